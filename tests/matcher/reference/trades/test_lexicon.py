"""The lexicon: what one more line of a table gives. docs/add-an-activity.md promises it."""

import re
from itertools import combinations

from matcher.cleaning.words import stem, stems, words
from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.lexicon import LOTS, NAMES, hits, lexicon

# Words that meet in one stem though the lexicon tells no common group of them: reviewed, each says near enough the same thing.
SAME_SENSE = {
    "accompagn",  # accompagnateur, accompagnement
    "autonom",  # autonome, autonomie
    "compost",  # compost, compostable
    "dupliqu",  # duplicateur, duplication
    "encombr",  # encombrants, logement encombré
    "ergonom",  # ergonomie, ergonomique
    "facilit",  # facilitateur, facilitation
    "financ",  # finance, financement
    "interphon",  # interphone, interphonie
    "mediat",  # médiation, médiatique
    "microbiolog",  # microbiologie, microbiologique
    "radiolog",  # radiologie, radiologique
    "scenograph",  # scénographe, scénographie
}
INFLECTED = tuple(
    (re.compile(f"{ending}$"), plain)
    for ending, plain in (
        ("aux", "al"),
        ("trices?", "teur"),
        ("iennes?", "ien"),
        ("elles?", "el"),
        ("ives?", "if"),
        ("es|e|s|x", ""),
    )
)


def uninflected(word: str) -> str:
    for ending, plain in INFLECTED:
        word = ending.sub(plain, word)
    return word


def test_stems_where_words_of_different_groups_meet_are_reviewed() -> None:
    """Of two words with one stem, one of which is a term by itself, told of no common group: none but those reviewed."""
    groups: dict[str, dict[str, set[str]]] = {}
    alone: dict[str, set[str]] = {}
    for term in (*lexicon(LOTS), *lexicon(NAMES)):
        if not term.target or term.weight <= 0:
            continue
        for word in (word for word in words(term.text) if stem(word) in term.words):
            groups.setdefault(stem(word), {}).setdefault(uninflected(word), set()).add(taxonomy().group_of(term.target))
        if len(term.words) == 1 and term.weight > 1:
            alone.setdefault(term.words[0], set()).update(map(uninflected, words(term.text)))
    met = {
        root
        for root, its in groups.items()
        for one, other in combinations(its, 2)
        if not its[one] & its[other] and {one, other} & alone.get(root, set())
    }
    assert met == SAME_SENSE


def test_the_kinds_of_suppliers_are_no_words_of_a_trade() -> None:
    """« ACI » is in no term of lots, is no term of names by itself (« GEIQ Vert » is a network), and nothing is learned of it."""
    acronyms = {stem(kind.value.lower()) for kind in SupplierKind} | {"siae", "stpa"}
    told = {root for term in lexicon(LOTS) for root in term.words} | {
        root for term in lexicon(NAMES) if len(term.words) == 1 for root in term.words
    }
    assert not acronyms & told
    for kind in SupplierKind:
        assert not hits(stems(f"{kind.value} du bassin")), kind
        assert not read(Lot(f"Lot réservé aux {kind.value}")).sure, kind
