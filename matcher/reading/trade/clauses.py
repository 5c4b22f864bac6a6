"""Cuts a need into clauses and lists the features of each that the trade model weighs (words, stems, pairs of these, pieces of words, terms of the
lexicon), and its cues (marks of how much the clause counts for the trade asked)."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import fold, stems, stems_of_word
from matcher.reference.trades.lexicon import hits
from matcher.reference.trades.taxonomy import taxonomy

# Words that open a clause: what follows « pour », « dans », « sans », « déjà », « mais » is rarely asked as what stands before it is.
OPENERS = (
    "mais", "pour", "dans", "sans", "avec", "apres", "avant", "entre", "qui", "que", "dont", "et", "ou", "car", "puis", "afin", "alors", "chez",
    "sur", "pendant", "lors", "depuis", "quand", "comme", "plutot", "deja", "pas", "ni", "seulement", "uniquement", "hors", "sauf",
)  # fmt: skip
# Punctuation opens a clause too, as a new line does; the first clause of a text has the opener « ^ ».
_SIGNS = ".;:!?(),+/&"
OPENING = ("^", "-", *_SIGNS, *OPENERS)
_CUT = re.compile(rf"([{_SIGNS}\n]|(?<=\s)-(?=\s)|\b(?:{'|'.join(OPENERS)})\b)")
# « Réfection du gymnase – Électricité »: the dash of a title, which folding would drop.
DASHES = str.maketrans("–—", "--")
FOLDED_WORD = re.compile(r"[a-z0-9]+")
# Greetings, which are left out: they are habits of a writer, not of a trade.
POLITE = frozenset((
    "bonjour", "bonsoir", "madame", "mesdames", "monsieur", "messieurs", "merci", "cordialement", "salutations", "svp", "veuillez", "agreer",
    "sinceres", "distinguees", "remercie", "remercions",
))  # fmt: skip
# Every number is one word: « 40 » tells no more of a trade than « 50 ».
NUMBER = "0"
# Lengths of the pieces of a word, spaces around it included: « lava », « avage » bring « laver » and « lavage » together.
PIECES = (3, 4, 5)
# Prefix of a feature's name, by what the feature is: a word or a pair of words, a piece of a word, a term of the lexicon, a stem or a pair of stems.
WORD, PIECE, TERM, STEM = "w ", "c", "h ", "s "
BLOCKS = (WORD, PIECE, TERM, STEM)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a text: the punctuation and words that open it (« , sans »), its words, and its features by block (see `BLOCKS`)."""

    opener: str
    words: tuple[str, ...]
    features: tuple[Mapping[str, float], ...]


def clauses_of(text: str) -> tuple[Clause, ...]:
    """Cut a text into clauses, each with its features by block, in the order of `BLOCKS`."""
    pieces = _CUT.split(fold(text.translate(DASHES)))
    clauses: list[Clause] = []
    opener = "^"
    for place in range(0, len(pieces), 2):
        words = tuple(
            NUMBER if word.isdigit() else word for word in FOLDED_WORD.findall(pieces[place]) if word not in POLITE
        )
        if words:
            of_words = Counter(name for name, _ in pair_features(WORD, words, words))
            of_pieces = Counter(itertools.chain.from_iterable(map(pieces_of, words)))
            of_stems = Counter(name for name, _ in stem_features(words))
            of_terms: Counter[str] = Counter()  # weights of terms of the lexicon, by activity and by group
            for hit in hits(stems(pieces[place])):
                if hit.term.weight > 0:
                    for code in {hit.term.target, taxonomy().group_of(hit.term.target)}:
                        of_terms[f"{TERM}{code}"] += hit.term.weight
            clauses.append(Clause(opener, words, (of_words, of_pieces, of_terms, of_stems)))
            opener = ""
        if place + 1 < len(pieces):
            opener = f"{opener} {pieces[place + 1]}".strip()
    return tuple(clauses)


def cues_of(clauses: tuple[Clause, ...]) -> Iterator[frozenset[str]]:
    """Yield the cues of how much each clause counts, by prefix: its opener (op), those of the clauses before (pop) and after (nop), its first word (f), its
    words (w), the last two words of the clause before (p)."""
    for place, clause in enumerate(clauses):
        before = clauses[place - 1] if place else None
        after = clauses[place + 1].opener if place + 1 < len(clauses) else "$"
        yield frozenset(
            (
                f"op={clause.opener}",
                f"pop={before.opener if before else '^^'}",
                f"nop={after}",
                f"f={clause.words[0]}",
                *(f"w={word}" for word in clause.words),
                *(f"p={word}" for word in (before.words[-2:] if before else ())),
            )
        )


@lru_cache(maxsize=65_536)
def pieces_of(word: str) -> tuple[str, ...]:
    """Return the pieces of a word; a number has none."""
    if word == NUMBER:
        return ()
    padded = f" {word} "
    pieces = [f"{PIECE}{padded[at : at + size]}" for size in PIECES for at in range(len(padded) - size + 1)]
    return tuple(pieces) if len(padded) > PIECES[0] else (f"{PIECE}{padded}",)


def pair_features(kind: str, units: Sequence[str], words: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the features of units (words or stems) and of pairs of neighbours: the name of each, and the words it comes from; `words` gives the
    word of each unit."""
    return [
        *((f"{kind}{unit}", (word,)) for unit, word in zip(units, words, strict=True)),
        *(
            (f"{kind}{a} {b}", pair)
            for (a, b), pair in zip(itertools.pairwise(units), itertools.pairwise(words), strict=True)
        ),
    ]


def stem_features(words: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the features of the stems of words and of their pairs, without grammatical words (« de », « les ») and numbers: « nettoyage de locaux » and
    « nettoyer les locaux » share theirs."""
    stemmed = [(stem, word) for word in words if word != NUMBER for stem in stems_of_word(word)]
    return pair_features(STEM, [stem for stem, _ in stemmed], [word for _, word in stemmed])
