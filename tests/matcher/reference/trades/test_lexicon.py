"""The lexicon: what one more line of a table gives. docs/add-an-activity.md promises it."""

import json
import re
import subprocess
import sys
from itertools import combinations

import pytest

from matcher.cleaning.words import stem, stems, words
from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.lexicon import LOTS, NAMES, hits, lexicon

# A reader of its own, whose tables have one line more.
READER = """
import json, sys
from matcher.reference import tables
table, line, needs = json.loads(sys.argv[1])
as_shipped = tables.rows
tables.rows = lambda name: (*as_shipped(name), line) if name == table else as_shipped(name)
from matcher.need.fields import need_from
from matcher.reading.reader import read
readings = [read(need_from({"objet": need, "lieu": "Lille"}).lot) for need in needs]
print(json.dumps([(reading.activities[0].code if reading.activities else "", list(map(str, reading.doubts))) for reading in readings]))
"""
ACTIVITY = {
    "code": "espaces-verts.aquaponie",
    "libelle": "Aquaponie et serres d’algues",
    "groupe": "espaces-verts",
    "secteur": "creation-et-entretien-des-espaces-verts",
    "nature": "service",
    "portee_km": "",
}
TERM = {"terme": "zorglonde", "cible": "linge.blanchisserie", "poids": "5"}


def read_with(table: str, line: dict[str, str], *needs: str) -> list[tuple[str, list[str]]]:
    done = subprocess.run(
        [sys.executable, "-c", READER, json.dumps([table, line, needs])], capture_output=True, text=True, check=True
    )
    return [(code, doubts) for code, doubts in json.loads(done.stdout)]


@pytest.mark.slow(reason="a process of its own reads every table again")
def test_one_line_is_a_new_activity_that_is_read_by_the_words_of_its_label() -> None:
    found = read_with("activites", ACTIVITY, "Aquaponie pour les écoles", "Entretien de serres d’algues", "AQUAPONIES")
    assert [code for code, _ in found] == [ACTIVITY["code"]] * 3
    assert not any("Lu «" in doubt for _, doubts in found for doubt in doubts)


@pytest.mark.slow(reason="a process of its own reads every table again")
def test_one_line_is_a_new_word_for_an_activity_its_typos_and_plurals_included() -> None:
    found = read_with("termes", TERM, "Prestations de zorglonde", "ZORGLONDES", "Marché de zorglnode")
    assert [code for code, _ in found] == ["linge.blanchisserie"] * 3


@pytest.mark.slow(reason="a process of its own reads every table again")
@pytest.mark.parametrize("need", ["Aquaponie pour les écoles", "Prestations de zorglonde"])
def test_without_these_lines_neither_is_understood(need: str) -> None:
    ((code, doubts),) = read_with("unites", {"ecrit": "x", "unite": "x", "libelle": "x"}, need)
    assert code not in (ACTIVITY["code"], TERM["cible"])
    assert doubts


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
