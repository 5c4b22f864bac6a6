"""Context of a name in a sentence: prepositions, « commune de », streets, capitals, a number in brackets."""

import re
from dataclasses import dataclass

from matcher.reading.place import context_words as words
from matcher.reading.place.sentence import BREAK, CLAUSE_WORDS, CONTRACTED, NEAR, Sentence
from matcher.reference.geography.place_names import ARTICLES, place_key, split_article
from matcher.reference.geography.territories import departement_names, departements, products_named_after_places

_IN_BRACKETS = re.compile(r"\s*[(\[]\s*(\d{5}|97\d|2[AB]|\d\d)(?:\s*[)\]]|\s+[-–])")
_NAMED_IN_BRACKETS = re.compile(r"\s*\(([^()\d]{3,30})\)")
_BRACKETS_BEFORE = re.compile(r"(?:^|[-–:;,.]\s*)[(\[]\s*(97\d|2[AB]|\d\d)\s*[)\]]\s*[-–:]?\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:$|[:;(<_]|[-–]\s|\s[-–])")
_ENDED = re.compile(r"\s*(?:$|[.;)\n]|[-–]\s|\s[-–])")
# « …, Saint-Malo, 90 000 euros sur 3 ans »: what follows is no item of the same list.
_CLOSED = re.compile(rf"{_ENDED.pattern}|\s*,\s*[\da-zà-ÿ]")
_COMMA_BEFORE = re.compile(r"[,(]\s*$")
_ALONE_BEFORE = re.compile(r"(?:^|[:;)>_]|\s[-–]|[-–]\s)\s*$")
_CLAUSE_ENDED = re.compile(r"\s*(?:$|[.,;:)/\n]|[-–]\s|\s[-–])")
_OPENING, _CLOSING = '«“"', '»”"'


@dataclass(frozen=True, slots=True)
class NameContext:
    """Surroundings of a name in a sentence.

    `sure_case` says that it begins with a capital where capitals mean something, `apart` that it stands between signs, as
    « ROUBAIX - » does at the head of an object, `bracketed` that it stands alone in brackets,
    `addressed` that it ends a clause after a street and a comma (« place du Marché, Lille »), `waters` that a river is meant
    (« crues de la Somme »), `aside` that what is done there is done elsewhere too if another place is named: where one comes from
    (« équipes venant de Lyon »), or a name borrowed (« résidence Les Jardins de Cannes »); `closing` that it stands after a
    comma and `ended` anyhow at the end of its clause, `seated` that it follows « agence », « antenne »…, `spread` that it follows
    what a whole département has (« les EHPAD de la Meuse »); `cased` that capitals mean something in the text.

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
    spread: bool
    cased: bool

    @property
    def last(self) -> bool:
        """Tell whether it is how a need ends: « Élagage, Bar-le-Duc », with a capital where capitals mean something."""
        return self.closing and (self.sure_case or not self.cased)

    @property
    def sure(self) -> bool:
        """Tell whether the sentence itself says that the name is a place, whatever is known of the lot."""
        return self.strong or self.direct or bool(self.departement)


def evidence_at(sentence: Sentence, start: int, end: int) -> NameContext:
    """Return what surrounds the name that covers the words from `start` to before `end`."""
    before = sentence.word(start - 1)
    article = before if before in ARTICLES else CONTRACTED.get(before, "")
    first = start - 1 if before in ARTICLES else start
    tied = first > 0 and not BREAK.search(sentence.gap(first))
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
    return NameContext(
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
        cased=sentence.mixed,
        spread=link in words.OF and head in words.SPREAD and not _counted(sentence, start, end),
        aside=(link in ("DE", "D", "DU") and (_left_from(sentence, first - 2) or _borrowed(sentence, first - 2)))
        or (seated and sentence.goes_on(end)),
    )


def _excepted(sentence: Sentence, first: int) -> bool:
    """Tell whether « sauf » or « hors » governs a name through words for a site alone (« sauf le site de Lyon »)."""
    position = first - 1
    while position >= 0 and not BREAK.search(sentence.gap(position + 1)):
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
        and _CLOSED.match(sentence.text, sentence.spans[end - 1][1])
    )


def _street_before(sentence: Sentence, first: int) -> bool:
    """Tell whether a street is named in the clause that ends before the word at `first`."""
    position = first - 1
    while position >= 0 and first - position <= CLAUSE_WORDS:
        if sentence.words[position] in words.ROADS:
            return True
        if BREAK.search(sentence.gap(position)):
            return False
        position -= 1
    return False


def _quoted(sentence: Sentence, start: int, end: int) -> bool:
    """Tell whether a name is alone between quotation marks, as a work's or a unit's is ("Côte d'Or")."""
    before = sentence.left_of(start).rstrip()[-1:]
    after = sentence.text[sentence.spans[end - 1][1] :][:NEAR].lstrip()[:1]
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
    """The number of the département (or its name, « Laval (Mayenne) ») or the postal code in brackets after a name, the number in
    brackets or the code before it."""
    brackets = _IN_BRACKETS.match(sentence.text, sentence.spans[end - 1][1])
    if brackets:
        return brackets[1]
    named = _NAMED_IN_BRACKETS.match(sentence.text, sentence.spans[end - 1][1])
    county = departement_names().get(split_article(place_key(named[1]))[1]) if named else None
    if county:
        return county.code
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
