"""Tokenises a text for the search of place names: normalised words with their positions, and tests on neighbours (articles, lists, case)."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from matcher.reference.geography.place_names import ARTICLES, place_key
from matcher.reference.tables import rows

# « CharlevilleMézières », « DieppeDans le cadre » are split in two words: some forms lose hyphens and line breaks.
_WORD = re.compile(r"[^\W_](?:[^\W_](?<![a-zà-ÿ][A-ZÀ-Ý](?=[a-zà-ÿ])))*")
_TIE = re.compile(r"(?:\s{1,2}|\s?['’]\s?|[-‑–]|\.\s?|/)?")
_LIST = re.compile(r"\s*[,;:/&+]\s*(?:et\s+)?|\s+[-–]\s+|\s+et\s+", re.IGNORECASE)
_LIST_ON = re.compile(rf"\)?(?:{_LIST.pattern})", re.IGNORECASE)
BREAK = re.compile(r"[,;:()«»<>\n]")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")
# Characters examined before a word, and most words of a clause or brackets.
NEAR, CLAUSE_WORDS = 24, 9
CONTRACTED = {"DU": "LE", "AU": "LE", "DES": "LES", "AUX": "LES"}


@lru_cache(maxsize=64)
def words_around(*roles: str) -> frozenset[str]:
    """Return the words with these roles (of any role for none given) around a place name, from `lieux_mots.csv`, as keys; the role « article » is
    built in."""
    table = frozenset(row["mot"] for row in rows("lieux_mots") if not roles or row["role"] in roles)
    return table | frozenset(ARTICLES) if "article" in roles else table


def without_markup(text: str) -> str:
    """Return a text without HTML tags (replaced by commas) and entities."""
    return _TAG.sub(", ", unescape(text)) if "<" in text or "&" in text else text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as words (keys) with their spans; `mixed`: its case is meaningful."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    mixed: bool

    @classmethod
    @lru_cache(maxsize=8)  # one text is read for its places and for the names in it
    def of(cls, text: str) -> "Sentence":
        """Split a text into words; the case of a text nearly all in capitals, or all in lower case, is not meaningful."""
        spans: list[tuple[int, int]] = []
        keys: list[str] = []
        for match in _WORD.finditer(text):
            key = _word_key(match[0])
            if key:
                over = key == "S" and text[match.end() : match.end() + 1] == "/"
                keys.append("SUR" if over else "LES" if key == "LEZ" and keys else key)
                spans.append(match.span())
        letters = [sign for sign in text if sign.isalpha()]
        small = sum(sign.islower() for sign in letters)
        return cls(text, tuple(keys), tuple(spans), 0.3 * len(letters) < small < len(letters))

    def word(self, position: int) -> str:
        """The word at a position, empty outside the text."""
        return self.words[position] if 0 <= position < len(self.words) else ""

    def key(self, start: int, end: int) -> str:
        """The key of the words from `start` to before `end`."""
        return " ".join(self.words[start:end])

    def wording(self, start: int, end: int) -> str:
        """Text from the word at `start` to before the one at `end`, as written."""
        return self.text[self.spans[start][0] : self.spans[end - 1][1]]

    def left_of(self, position: int) -> str:
        """The few characters before a word, beginning with « … » if the text begins earlier."""
        begin = self.spans[position][0]
        return self.text[:begin] if begin <= NEAR else "…" + self.text[begin - NEAR : begin]

    def gap(self, position: int) -> str:
        """Text between the word at `position` and the one before."""
        begin = self.spans[position - 1][1] if position > 0 else 0
        end = self.spans[position][0] if position < len(self.spans) else len(self.text)
        return self.text[begin:end]

    def is_joined(self, position: int) -> bool:
        """Return whether a word continues the one before: a space, a hyphen, an apostrophe between them."""
        return 0 < position < len(self.words) and _TIE.fullmatch(self.gap(position)) is not None

    def goes_on(self, end: int) -> bool:
        """Return whether the word at `end` continues the name before it, as in « Rue Jean… »; « et » does not."""
        return self.is_joined(end) and self.word(end) not in words_around("et")

    def ends_name(self, end: int) -> bool:
        """Return whether a name surely ends before the word at `end`: in « Évry pour », not in « Fort Haliguen » or « Port de L’Isle »."""
        following = self.word(end)
        if not self.is_joined(end) or following in words_around("apres_nom"):
            return True
        small = self.text[self.spans[end][0]].islower()
        return (
            self.mixed
            and small
            and self.gap(end).isspace()
            and following not in words_around("article", "de", "dans_nom")
        )

    def name_after(self, end: int) -> str:
        """The capitalised word linked to the name before `end`, as in « Saint-Martin de Landelles »; empty for none."""
        position = end
        while self.is_joined(position) and self.word(position) in words_around("article", "de", "dans_nom"):
            position += 1
        tied = position > end and self.is_joined(position) and self.capital(position)
        return self.word(position) if tied and self.mixed and self.word(position).isalpha() else ""

    def follows(self, start: int) -> bool:
        """Return whether the word at `start` continues the word before it, other than « et »."""
        return self.is_joined(start) and self.word(start - 1) not in words_around("et")

    def has_article(self, start: int) -> bool:
        """Return whether an article stands before a word, alone or inside « du », « au »…"""
        return self.word(start - 1) in ARTICLES or self.word(start - 1) in CONTRACTED

    def is_introduced(self, start: int) -> bool:
        """Return whether an article or a preposition stands before a word."""
        return self.has_article(start) or self.word(start - 1) in words_around("a", "de", "lien")

    def capital(self, position: int) -> bool:
        """Return whether a word has a capital; always True where case is not meaningful."""
        return not self.mixed or not self.text[self.spans[position][0]].islower()

    def keys_from(self, start: int, lengths: Iterable[int], known: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
        """Yield (end, key) of the `known` keys of these numbers of words that begin at a word, in the order of `lengths`; a key may hold the words of
        a bracket, « Château-Chinon (Ville) »; not « Marseille (13) »."""
        for length in lengths:
            end = start + length
            key = self.key(start, end)
            if (
                end <= len(self.words)
                and known(key)
                and all(
                    self.is_joined(at) or (self.gap(at).strip() == "(" and self.words[at].isalpha())
                    for at in range(start + 1, end)
                )
            ):
                yield end, key

    def head_before(self, start: int) -> str:
        """The word that governs the one at `start`, through articles and « de »."""
        position = start - 1
        while position >= 0 and self.words[position] in words_around("article", "de", "adjectif"):
            if BREAK.search(self.gap(position + 1)):
                return ""
            position -= 1
        return "" if BREAK.search(self.gap(position + 1)) else self.word(position)

    def previous_item_end(self, start: int) -> int:
        """Return where the list item before the word `start` ends (index of the word after it); -1 if no list sign stands between."""
        while self.word(start - 1) in words_around("article", "de", "a"):
            start -= 1
        if start > 0 and self.word(start - 1) in words_around("et"):
            return self._before_brackets(start - 1)
        return self._before_brackets(start) if start > 0 and _LIST_ON.fullmatch(self.gap(start)) else -1

    def _before_brackets(self, end: int) -> int:
        """Return the end of an item without brackets after it (« du Gard (52 sites) et… »)."""
        begin = end
        while begin > 0 and ")" in self.gap(end) and end - begin < CLAUSE_WORDS:
            begin -= 1
            if "(" in self.gap(begin):
                return begin
        return end

    def next_item_start(self, end: int) -> int:
        """Return the index of the first word of the list item after the word before `end`; beyond the text if no list sign stands between."""
        begin = end + (self.word(end) in words_around("et"))
        if begin == end and (end >= len(self.words) or not _LIST.fullmatch(self.gap(end))):
            return len(self.words) + 1
        while self.word(begin) in words_around("article", "de", "a"):
            begin += 1
        return begin


@lru_cache(maxsize=8192)  # the same few thousand words make most texts
def _word_key(word: str) -> str:
    return place_key(word)
