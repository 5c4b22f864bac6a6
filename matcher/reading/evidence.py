"""What a sentence says around a name: prepositions, « commune de », streets, capitals, a number in brackets."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from matcher.reading import place_words as words
from matcher.reference.place_names import ARTICLES, place_key
from matcher.reference.territories import departements, products_named_after_places

_WORD = re.compile(r"[^\W_]+")
_TIE = re.compile(r"(?:\s{1,2}|\s?['’]\s?|[-‑–]|\.\s?|/)?")
_LIST = re.compile(r"\s*[,;:/&+]\s*(?:et\s+)?|\s+[-–]\s+|\s+et\s+", re.IGNORECASE)
_LIST_ON = re.compile(rf"\)?(?:{_LIST.pattern})", re.IGNORECASE)
_BREAK = re.compile(r"[,;:()«»<>\n]")
_IN_BRACKETS = re.compile(r"\s*[(\[]\s*(\d{5}|97\d|2[AB]|\d\d)(?:\s*[)\]]|\s+[-–])")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")
_BRACKETS_BEFORE = re.compile(r"(?:^|[-–:;,.]\s*)[(\[]\s*(97\d|2[AB]|\d\d)\s*[)\]]\s*[-–:]?\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:$|[:;(<_]|[-–]\s|\s[-–])")
_ENDED = re.compile(r"\s*(?:$|[.;)\n]|[-–]\s|\s[-–])")
_COMMA_BEFORE = re.compile(r"[,(]\s*$")
_ALONE_BEFORE = re.compile(r"(?:^|[:;)>_]|\s[-–]|[-–]\s)\s*$")
_CLAUSE_ENDED = re.compile(r"\s*(?:$|[.,;:)/\n]|[-–]\s|\s[-–])")
_NEAR, _STREET_WORDS = 24, 9
_OPENING, _CLOSING = '«“"', '»”"'
_CONTRACTED = {"DU": "LE", "AU": "LE", "DES": "LES", "AUX": "LES"}


def without_markup(text: str) -> str:
    """Return a text pasted from a web page without its tags and entities; a tag separates, as a comma does."""
    return _TAG.sub(", ", unescape(text)) if "<" in text or "&" in text else text


@dataclass(frozen=True, slots=True)
class Evidence:
    """What surrounds a name.

    `sure_case` says that it begins with a capital where capitals mean something, `apart` that it stands between signs, as
    « ROUBAIX - » does at the head of an object, `bracketed` that it stands alone in brackets,
    `addressed` that it ends a clause after a street and a comma (« place du Marché, Lille »), `waters` that a river is meant
    (« crues de la Somme »), `aside` that what is done there is done elsewhere too if another place is named: where one comes from
    (« équipes venant de Lyon »), or a name borrowed (« résidence Les Jardins de Cannes »); `closing` that it stands after a
    comma and `ended` anyhow at the end of its clause, `seated` that it follows « agence », « antenne »…

    `departement` is the number written beside it ("Roubaix (59)"), `post_code` the whole code ("59100 Roubaix").
    """

    article: str
    link: str
    strong: bool
    direct: bool
    refused: bool
    capital: bool
    county: bool
    land: bool
    inside: bool
    departement: str
    post_code: str
    bare_article: bool
    sure_case: bool
    apart: bool
    addressed: bool
    bracketed: bool
    waters: bool
    aside: bool
    closing: bool
    ended: bool
    seated: bool

    @property
    def sure(self) -> bool:
        """Tell whether the sentence itself says that the name is a place, whatever is known of the lot."""
        return self.strong or self.direct or bool(self.departement)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a text as keys, where each begins and ends, and whether its capitals mean anything."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    mixed: bool

    @classmethod
    @lru_cache(maxsize=8)  # one text is read for its places and for the names in it
    def of(cls, text: str) -> "Sentence":
        """Cut a text into words; a text nearly all in capitals or all in small letters gives no hint by its case."""
        spans: list[tuple[int, int]] = []
        words: list[str] = []
        for match in _WORD.finditer(text):
            key = _word_key(match[0])
            if key:
                over = key == "S" and text[match.end() : match.end() + 1] == "/"
                words.append("SUR" if over else "LES" if key == "LEZ" and words else key)
                spans.append(match.span())
        letters = [sign for sign in text if sign.isalpha()]
        small = sum(sign.islower() for sign in letters)
        return cls(text, tuple(words), tuple(spans), 0.3 * len(letters) < small < len(letters))

    def word(self, position: int) -> str:
        """The word at a position, empty outside the text."""
        return self.words[position] if 0 <= position < len(self.words) else ""

    def key(self, start: int, end: int) -> str:
        """The key of the words from `start` to before `end`."""
        return " ".join(self.words[start:end])

    def said(self, start: int, end: int) -> str:
        """What the text says from the word at `start` to before the one at `end`, as written."""
        return self.text[self.spans[start][0] : self.spans[end - 1][1]]

    def left_of(self, position: int) -> str:
        """The few signs before a word; « … » first where the text begins earlier."""
        begin = self.spans[position][0]
        return self.text[:begin] if begin <= _NEAR else "…" + self.text[begin - _NEAR : begin]

    def gap(self, position: int) -> str:
        """What stands between the word at `position` and the one before."""
        begin = self.spans[position - 1][1] if position > 0 else 0
        end = self.spans[position][0] if position < len(self.spans) else len(self.text)
        return self.text[begin:end]

    def joined(self, position: int) -> bool:
        """Tell whether a word continues the one before: a space, a hyphen, an apostrophe between them."""
        return 0 < position < len(self.words) and _TIE.fullmatch(self.gap(position)) is not None

    def goes_on(self, end: int) -> bool:
        """Tell whether a name goes on after the words before `end`, as « Rue Jean… » does; « et » begins something else."""
        return self.joined(end) and self.word(end) not in words.AND

    def ends_name(self, end: int) -> bool:
        """Tell whether a name surely ends before the word at `end`: « Fort Haliguen », « Port de L’Isle » go on, « Évry pour » ends."""
        following = self.word(end)
        if not self.joined(end) or following in words.AFTER_NAME:
            return True
        small = self.text[self.spans[end][0]].islower()
        return self.mixed and small and self.gap(end).isspace() and following not in words.INSIDE_NAME

    def name_after(self, end: int) -> str:
        """The capitalised word that a link ties to the name before `end`, as in « Saint-Martin de Landelles »; empty for none."""
        position = end
        while self.joined(position) and self.word(position) in words.INSIDE_NAME:
            position += 1
        tied = position > end and self.joined(position) and self.capital(position)
        return self.word(position) if tied and self.mixed and self.word(position).isalpha() else ""

    def follows(self, start: int) -> bool:
        """Tell whether a word continues the name before it; after « et » something else begins."""
        return self.joined(start) and self.word(start - 1) not in words.AND

    def has_article(self, start: int) -> bool:
        """Tell whether an article stands before a word, alone or inside « du », « au »…"""
        return self.word(start - 1) in ARTICLES or self.word(start - 1) in _CONTRACTED

    def aside(self, start: int) -> bool:
        """Tell whether a word is said as a département is: after an article, or in brackets (« Laval (Mayenne) »)."""
        return self.has_article(start) or self.gap(start).endswith("(")

    def introduced(self, start: int) -> bool:
        """Tell whether an article or a preposition stands before a word."""
        return self.has_article(start) or self.word(start - 1) in words.LINKS

    def capital(self, position: int) -> bool:
        """Tell whether a word may begin a name, by its first letter; always so where case says nothing."""
        return not self.mixed or not self.text[self.spans[position][0]].islower()

    def keys_from(self, start: int, lengths: Mapping[str, Mapping[int, Set[str]]]) -> Iterator[tuple[int, str]]:
        """Give (end, key) of the known keys that begin at a word, longest first."""
        by_length = lengths.get(self.words[start])
        if not by_length:
            return
        reach = start + 1
        while reach < start + max(by_length) and self.joined(reach):
            reach += 1
        for length, keys in by_length.items():
            key = self.key(start, start + length)
            if start + length <= reach and key in keys:
                yield start + length, key

    def head_before(self, start: int) -> str:
        """The word that governs the one at `start`, through articles and « de »."""
        position = start - 1
        while position >= 0 and self.words[position] in words.BETWEEN:
            if _BREAK.search(self.gap(position + 1)):
                return ""
            position -= 1
        return "" if _BREAK.search(self.gap(position + 1)) else self.word(position)

    def previous_item(self, start: int) -> int:
        """Where the item before ends if a list sign stands between, else -1."""
        while self.word(start - 1) in words.JOINTS:
            start -= 1
        if start > 0 and self.word(start - 1) in words.AND:
            return self._before_brackets(start - 1)
        return self._before_brackets(start) if start > 0 and _LIST_ON.fullmatch(self.gap(start)) else -1

    def _before_brackets(self, end: int) -> int:
        """Where an item ends without what brackets say of it (« du Gard (52 sites) et… »)."""
        begin = end
        while begin > 0 and ")" in self.gap(end) and end - begin < _STREET_WORDS:
            begin -= 1
            if "(" in self.gap(begin):
                return begin
        return end

    def next_item(self, end: int) -> int:
        """Where the item after begins if a list sign stands between, else the end of the text."""
        begin = end + (self.word(end) in words.AND)
        if begin == end and (end >= len(self.words) or not _LIST.fullmatch(self.gap(end))):
            return len(self.words) + 1
        while self.word(begin) in words.JOINTS:
            begin += 1
        return begin


@lru_cache(maxsize=8192)  # the same few thousand words make most texts
def _word_key(word: str) -> str:
    return place_key(word)


def evidence_at(sentence: Sentence, start: int, end: int) -> Evidence:
    """Return what surrounds the name that covers the words from `start` to before `end`."""
    before = sentence.word(start - 1)
    article = before if before in ARTICLES else _CONTRACTED.get(before, "")
    first = start - 1 if before in ARTICLES else start
    tied = first > 0 and not _BREAK.search(sentence.gap(first))
    link = sentence.word(first - 1) if tied and sentence.word(first - 1) in words.LINKS else ""
    head = sentence.head_before(start)
    direct = link in words.DIRECT and not (
        link == "A" and sentence.text[sentence.spans[first - 1][0]] == "a" and sentence.mixed
    )
    near = {sentence.word(first - 1 - step) for step in range(3)} if tied else set()
    barred = (
        bool(near & words.EXCLUDED)
        or _excepted(sentence, first)
        or "SIEGE SOCIAL" in sentence.key(max(0, first - 14), first)
    )
    number = "" if barred else _number_beside(sentence, start, end)
    closing = _closing(sentence, first, end)
    seated = tied and sentence.word(first - 1) in words.OFFICES
    return Evidence(
        article=article,
        link=link,
        strong=head in words.TOWN_HEADS and (link in ("DE", "D", "DU", "DES", "")),
        direct=direct,
        refused=barred
        or _quoted(sentence, start, end)
        or (link in ("DE", "D", "DU", "DES") and head in products_named_after_places())
        or (
            not direct
            and (head in words.STREETS or (not link and (head in words.NAMED_AFTER or bool(near & words.STREETS))))
        ),
        capital=sentence.capital(start) and not _after_first_name(sentence, first, link, end - start),
        county=head in words.COUNTY_HEADS and not _counted(sentence, start, end),
        land=head in words.LAND_HEADS,
        inside=link in ("EN", "DANS"),
        departement=_departement_of(number),
        post_code=number if len(number) == 5 else "",
        bare_article=before in ("LA", "L"),
        sure_case=sentence.mixed
        and not sentence.text[sentence.spans[start][0]].islower()
        and (head in words.NAMED_AFTER or not _titled(sentence, start, head)),
        apart=bool(
            _ALONE_AFTER.match(sentence.text, sentence.spans[end - 1][1])
            and _ALONE_BEFORE.search(sentence.left_of(first))
        ),
        addressed=closing and _street_before(sentence, first),
        bracketed=closing and sentence.gap(first).endswith("("),
        waters=head in words.WATERS,
        closing=closing,
        ended=_ENDED.match(sentence.text, sentence.spans[end - 1][1]) is not None
        and not _numbered(sentence.word(start - 1)),
        seated=seated,
        aside=(link in ("DE", "D", "DU") and (_left_from(sentence, first - 2) or _borrowed(sentence, first - 2)))
        or (seated and sentence.goes_on(end)),
    )


def _excepted(sentence: Sentence, first: int) -> bool:
    """Tell whether « sauf » or « hors » governs a name through words for a site alone (« sauf le site de Lyon »)."""
    position = first - 1
    while position >= 0 and not _BREAK.search(sentence.gap(position + 1)):
        if sentence.words[position] not in words.TO_SITES:
            return sentence.words[position] in words.EXCLUDED
        position -= 1
    return False


def _left_from(sentence: Sentence, position: int) -> bool:
    """Tell whether one comes from there; « transport au départ de Lille » is done there."""
    return sentence.word(position) in words.FROM and sentence.word(position - 1) != "AU"


def _borrowed(sentence: Sentence, position: int) -> bool:
    """Tell whether a name of a house ends with the place: « Les Jardins » after « résidence », with a capital."""
    named = sentence.word(position - 1) in ("LE", "LA", "LES") and sentence.word(position - 2) in words.NAMED_AFTER
    return named and sentence.mixed and sentence.capital(position - 1)


def _numbered(word: str) -> bool:
    """Tell whether a word before a name makes it something else: « 3 Tours », « Besançon (ex Dijon) »."""
    return word.isdigit() or word == "EX"


def _closing(sentence: Sentence, first: int, end: int) -> bool:
    """Tell whether a name stands alone after a comma or in brackets and ends its clause."""
    return bool(
        first > 0
        and _COMMA_BEFORE.search(sentence.gap(first))
        and _ENDED.match(sentence.text, sentence.spans[end - 1][1])
    )


def _street_before(sentence: Sentence, first: int) -> bool:
    """Tell whether a street is named in the clause that ends before the word at `first`."""
    position = first - 1
    while position >= 0 and first - position <= _STREET_WORDS:
        if sentence.words[position] in words.ROADS:
            return True
        if _BREAK.search(sentence.gap(position)):
            return False
        position -= 1
    return False


def _quoted(sentence: Sentence, start: int, end: int) -> bool:
    """Tell whether a name is alone between quotation marks, as a work's or a unit's is ("Côte d'Or")."""
    before = sentence.left_of(start).rstrip()[-1:]
    after = sentence.text[sentence.spans[end - 1][1] :][:_NEAR].lstrip()[:1]
    return bool(before and after) and before in _OPENING and after in _CLOSING


def _titled(sentence: Sentence, start: int, head: str) -> bool:
    """Tell whether the word that governs a name begins with a capital, as in « la Fontaine du Bignon »."""
    position = next((rank for rank in range(start - 1, -1, -1) if sentence.words[rank] == head), -1)
    return position >= 0 and bool(head) and sentence.text[sentence.spans[position][0]].isupper()


def _counted(sentence: Sentence, start: int, end: int) -> bool:
    """Tell whether « Lot » is a lot's own number ("LOT 1", "lot n° 3") rather than the département."""
    return sentence.key(start, end) == "LOT" and (sentence.word(end).isdigit() or sentence.word(end) in ("N", "NO"))


def _after_first_name(sentence: Sentence, first: int, link: str, length: int) -> bool:
    """Tell whether a single word follows a capitalised one, as a family name does ("Albert Samain")."""
    if (
        not sentence.mixed
        or link
        or length > 1
        or not sentence.joined(first)
        or sentence.word(first - 1) in words.SEATS
    ):
        return False
    begin, end = sentence.spans[first - 1]
    return sentence.text[begin:end].istitle() and sentence.gap(first) == " " and first > 1


def _number_beside(sentence: Sentence, start: int, end: int) -> str:
    """The number of a département or the postal code in brackets after a name, the number in brackets or the code before it."""
    brackets = _IN_BRACKETS.match(sentence.text, sentence.spans[end - 1][1])
    if brackets:
        return brackets[1]
    opened = _BRACKETS_BEFORE.search(sentence.left_of(start))
    if opened:
        return opened[1]
    sides = (sentence.word(start - 1), sentence.word(end) if sentence.joined(end) else "")
    return next((word for word in sides if len(word) == 5 and word.isdigit()), "")


def bare_number(sentence: Sentence, start: int, end: int) -> str:
    """The number of a département beside a name without brackets: « Saint-Denis 93 » at the end of a clause, « 93 Saint-Denis »."""
    after, before = sentence.word(end), sentence.word(start - 1)
    told = after[:1].isdigit() and _departement_of(after) == after and sentence.joined(end)
    if told and _CLAUSE_ENDED.match(sentence.text, sentence.spans[end][1]):
        return after
    said = before[:1].isdigit() and _departement_of(before) == before and sentence.joined(start)
    return before if said else ""


def _departement_of(number: str) -> str:
    code = number if len(number) < 4 else number[:3] if number.startswith("97") else number[:2]
    return code if code in departements() else ""
