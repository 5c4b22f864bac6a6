"""A notice pasted whole: which of its sentences say the need, which say where, and which every notice says (penalties, recourse).

An object of a sentence is its own need. Of several sentences, those that the table `passages.csv` sets aside are no longer read, and
one headed « lieu d’exécution » says where. In a long text the sentences that say the object come first, for the first words of a need
count most; in a short one they stay as written.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from matcher.cleaning.words import flat
from matcher.paths import shipped

# A need is told in a few lines: of a whole notice pasted, only these many words are read, and that is said.
MOST_WORDS = 1_000
# Nor more signs than these, where words are as long as lines.
MOST_SIGNS = 20_000
# In an object of no more words than this, what says the object and what says the place are not told apart.
LONGEST_OBJECT = 60
_FIRST_WORDS = re.compile(rf"(?:\S+\s+){{0,{MOST_WORDS - 1}}}\S+")
_INLINE_TAG = re.compile(r"</?(?:a|b|em|font|i|span|strong|sub|sup|u)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")
# « art. L2113-12 » and « L. 2113-12 » do not end a sentence.
_END = re.compile(r"[.!?](?<=[\w)»€%²]{2}.)(?<![Aa]rt.)(?<!ART.)(?<![Tt]él.)\s+|;(?<=\s;)\s+|\n")
# A heading stands alone on its line: what it announces follows.
_HEADING_WORDS = 6
_TITLES, _TITLE_WORDS = 2, 15


@dataclass(frozen=True, slots=True)
class Notice:
    """`need` is what says the trade, the object first, which `object` holds alone where a sentence says it is;
    `where` the texts that say the place, the surest first; `said` every sentence kept, in order, as written and without markup."""

    need: str
    object: str
    where: tuple[str, ...]
    said: tuple[str, ...]


def first_words(text: str) -> str:
    """Return a text without spaces around it; of one that is very long, its first words."""
    found = _FIRST_WORDS.match(text.strip())
    return found[0][:MOST_SIGNS].strip() if found else ""


def is_very_long(text: str) -> bool:
    """Whether a text has more words, or signs, than are read."""
    return len(text.split(maxsplit=MOST_WORDS)) > MOST_WORDS or len(text.strip()) > MOST_SIGNS


def is_object(text: str) -> bool:
    """Whether a text is no longer than the object of a lot."""
    return len(text.split(maxsplit=LONGEST_OBJECT)) <= LONGEST_OBJECT


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, as written but for tags and entities; a line ends one."""
    if "<" in text or "&" in text:
        text = _TAG.sub("\n", _INLINE_TAG.sub("", unescape(text)))
    return tuple(said for piece in _END.split(text) if (said := " ".join(piece.split())))


@lru_cache(maxsize=16)
def notice(text: str) -> Notice:
    """Tell apart the sentences of a text of any length. Where nothing but usual clauses is found, all of it is the need."""
    kept = first_words(text)
    pieces = sentences(kept)
    if len(pieces) == 1:
        return Notice(kept, "", (kept,), pieces)
    of: dict[str, list[str]] = {"objet": [], "lieu": [], "acheteur": [], "": [], "hors": []}
    read: list[str] = []
    announced = ""
    short = is_object(kept)
    for rank, said in enumerate(pieces):
        own = _meaning(said)
        meaning = own or announced
        announced = own if own in ("objet", "lieu") and _is_heading(said) else ""
        of[meaning].append(said)
        if meaning != "hors" or (short and not rank):  # an object begins by saying what is bought: an insurance too
            read.append(said)
    if short:
        need = (_lines(read) if of["hors"] else kept) or kept
        # A court may be where the lot is done: what is set aside says where if nothing else does.
        return Notice(
            need, "", tuple(dict.fromkeys(filter(None, (_lines(of["lieu"]), need, kept)))), tuple(read) or pieces
        )
    if of["objet"]:
        # The title above a heading says the object in a few words.
        titles = [said for said in read[:_TITLES] if said in of[""] and 2 < len(said.split()) <= _TITLE_WORDS]
        of["objet"], of[""] = titles + of["objet"], [said for said in of[""] if said not in titles]
    need = _lines([*of["objet"], *of[""]]) or kept
    where = dict.fromkeys(filter(None, (_lines(of["lieu"]), need, _lines([*of["acheteur"], *of[""]]))))
    return Notice(need, _lines(of["objet"]), tuple(where), tuple(read))


def condensed(text: str, longest: int) -> tuple[str, bool]:
    """Return a text of at most `longest` signs: a longer one without its usual clauses, then cut; and whether it had to be cut."""
    if len(text) <= longest:
        return text, False
    kept = _lines(list(notice(text).said)) or text
    return kept[:longest], len(kept) > longest or is_very_long(text)


def _is_heading(said: str) -> bool:
    """Whether a sentence only announces the next one: few words, and none after a colon."""
    return len(said.split()) <= _HEADING_WORDS and not said.partition(":")[2].strip()


def _lines(said: list[str]) -> str:
    return "\n".join(said)


def _meaning(said: str) -> str:
    """What a sentence is for: `objet`, `lieu`, `acheteur`, `hors` where every notice says it, else empty."""
    level = flat(said)
    return next((meaning for pattern, meaning in _passages() if pattern.search(level)), "")


@lru_cache(maxsize=1)
def _passages() -> tuple[tuple[re.Pattern[str], str], ...]:
    """One pattern for each meaning; the object and the place win over what is set aside."""
    with shipped("data/reference/passages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    meanings = ("lieu", "objet", "acheteur", "hors")
    return tuple(
        (re.compile("|".join(f"(?:{row['motif']})" for row in rows if row["sens"] == meaning)), meaning)
        for meaning in meanings
    )
