"""A possible place name in a sentence, with its context as properties: preposition, governing word, punctuation, number in brackets…

The clues (`clues`) use these properties to decide whether the name is a place.
"""

import re
from functools import cached_property

from matcher.reading.place.sentence import BREAK, CLAUSE_WORDS, CONTRACTED, NEAR, Sentence, words_around
from matcher.reference.geography.communes import commune_at, commune_names
from matcher.reference.geography.place_names import ARTICLES, place_key, split_article
from matcher.reference.geography.territories import departement_names, departements

_IN_BRACKETS = re.compile(r"\s*[(\[]\s*(\d{5}|97\d|2[AB]|\d\d)(?:\s*[)\]]|\s+[-–])")
_NAMED_IN_BRACKETS = re.compile(r"\s*\(([^()\d]{3,30})\)")
_BRACKETS_BEFORE = re.compile(r"(?:^|[-–:;,.]\s*)[(\[]\s*(97\d|2[AB]|\d\d)\s*[)\]]\s*[-–:]?\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:$|[:;(<_]|[-–]\s|\s[-–])")
_ALONE_BEFORE = re.compile(r"(?:^|[:;)>_]|\s[-–]|[-–]\s)\s*$")
_ENDED = re.compile(r"\s*(?:$|[.;)\n]|[-–]\s|\s[-–])")
# In « …, Saint-Malo, 90 000 euros sur 3 ans » what follows the name is not an item of a list.
_CLOSED = re.compile(rf"{_ENDED.pattern}|\s*,\s*[\da-zà-ÿ]")
_COMMA_BEFORE = re.compile(r"[,(]\s*$")
_CLAUSE_ENDED = re.compile(r"\s*(?:$|[.,;:)/\n]|[-–]\s|\s[-–])")
_GROUP_HEAD = re.compile(
    r"\b(?:COMMUNAUTE (?:DE COMMUNES|URBAINE|D AGGLOMERATION)|COMMUNAUTE|METROPOLE|AGGLO|AGGLOMERATION|CC|CA|CU|CDA|CDC"
    r"|ETABLISSEMENT PUBLIC TERRITORIAL|EPT)"
    r"(?: DE LA| DE L| DES| DU| DE| D| LA| LES| LE| L)?$"
)
# Registered office of somebody (not a building to clean).
_SEAT_OF = re.compile(r"\b(?:DONT LE|SON|LEUR) SIEGE SOCIAL\b|\bSIEGE SOCIAL (?:EST|SE)\b")
_OPENING, _CLOSING = '«“"', '»”"'
_POST_CODE = 5


class Name:
    """The words of a sentence from `start` to before `end`, with their `key`. Context is computed lazily. `before`: previous word; `article`: article
    before the name, alone or within « du », « aux »…; `first`: start, article included."""

    def __init__(self, sentence: Sentence, start: int, end: int, key: str) -> None:
        self.sentence, self.start, self.end, self.key = sentence, start, end, key
        self.before = sentence.word(start - 1)
        self.article = self.before if self.before in ARTICLES else CONTRACTED.get(self.before, "")
        self.first = start - 1 if self.before in ARTICLES else start

    @property
    def length(self) -> int:
        """Number of words, without the article."""
        return self.end - self.start

    @property
    def wording(self) -> str:
        """The name as written."""
        return self.sentence.wording(self.start, self.end)

    @property
    def around(self) -> tuple[str, str]:
        """The text before the name (and its article), and the text after it."""
        begin, end = self.sentence.spans[self.first][0], self.sentence.spans[self.end - 1][1]
        return self.sentence.text[max(0, begin - 2 * NEAR) : begin], self.sentence.text[end : end + 2 * NEAR]

    @property
    def whole(self) -> bool:
        """Return whether the name is the whole text."""
        return self.first == 0 and self.end == len(self.sentence.words)

    @cached_property
    def is_tied(self) -> bool:
        """Return whether no punctuation separates the name from the word before."""
        return self.first > 0 and not BREAK.search(self.sentence.gap(self.first))

    @cached_property
    def link(self) -> str:
        """The preposition before the name, empty for none."""
        word = self.sentence.word(self.first - 1)
        return word if self.is_tied and word in words_around("a", "de", "lien") else ""

    @cached_property
    def direct(self) -> bool:
        """Return whether « à », « sur » or « vers » stands before; lower-case « a » is a verb."""
        verb = self.link == "A" and self.sentence.mixed and self._text(self.first - 1) == "a"
        return self.link in words_around("a") and not verb

    @cached_property
    def head(self) -> str:
        """The word that governs the name, through articles and « de »: « rue » in « rue de Lille »."""
        return self.sentence.head_before(self.start)

    @cached_property
    def near(self) -> frozenset[str]:
        """The three words before the name."""
        positions = range(self.first - 1, self.first - 4, -1) if self.is_tied else ()
        return frozenset(map(self.sentence.word, positions))

    @cached_property
    def is_excluded(self) -> bool:
        """Return whether the text excludes the place: « hors Lyon », « sauf le site de Lyon », « dont le siège social… »."""
        return (
            not self.near.isdisjoint(words_around("exclut"))
            or self._is_excepted()
            or _SEAT_OF.search(self.sentence.key(max(0, self.first - 14), self.first)) is not None
        )

    def _is_excepted(self) -> bool:
        """Return whether « sauf » or « hors » stands before, separated only by words for a site."""
        position = self.first - 1
        through = words_around("article", "de", "adjectif", "site")
        while position >= 0 and not BREAK.search(self.sentence.gap(position + 1)):
            if self.sentence.words[position] not in through:
                return self.sentence.words[position] in words_around("exclut")
            position -= 1
        return False

    @cached_property
    def beside(self) -> str:
        """The number of a département, or a postal code, beside the name or in brackets (« Laval (Mayenne) » gives 53); empty for none."""
        if self.is_excluded:
            return ""
        after = self.sentence.spans[self.end - 1][1]
        if brackets := _IN_BRACKETS.match(self.sentence.text, after):
            return brackets[1]
        named = _NAMED_IN_BRACKETS.match(self.sentence.text, after)
        if named and (county := departement_names().get(split_article(place_key(named[1]))[1])):
            return county.code
        if opened := _BRACKETS_BEFORE.search(self.sentence.left_of(self.start)):
            return opened[1]
        sides = (
            self.sentence.word(self.first - 1),
            self.sentence.word(self.end) if self.sentence.is_joined(self.end) else "",
        )
        return next((word for word in sides if len(word) == _POST_CODE and word.isdigit()), "")

    @property
    def post_code(self) -> str:
        """The postal code beside the name, empty for none."""
        return self.beside if len(self.beside) == _POST_CODE else ""

    @cached_property
    def number(self) -> str:
        """The département written beside the name; without brackets only if a commune of that name lies there."""
        if number := departement_number(self.beside):
            return number
        bare = self._bare_number() if self.capital and not self.is_excluded else ""
        county = departement_names().get(self.key)
        if not bare or (county and county.code == bare):
            return ""
        return bare if any(commune_at(at).departement == bare for _, at in commune_names().get(self.key, ())) else ""

    def _bare_number(self) -> str:
        """Return the number of « Saint-Denis 93 » at the end of a clause, or « 93 Saint-Denis »; else empty."""
        after = self.sentence.word(self.end)
        is_after = after[:1].isdigit() and departement_number(after) == after and self.sentence.is_joined(self.end)
        if is_after and _CLAUSE_ENDED.match(self.sentence.text, self.sentence.spans[self.end][1]):
            return after
        is_before = self.before[:1].isdigit() and departement_number(self.before) == self.before
        return self.before if is_before and self.sentence.is_joined(self.start) else ""

    @cached_property
    def is_quoted(self) -> bool:
        """Return whether the name is between quotation marks, as the title of a work or a unit."""
        before = self.sentence.left_of(self.start).rstrip()[-1:]
        after = self.sentence.text[self.sentence.spans[self.end - 1][1] :][:NEAR].lstrip()[:1]
        return bool(before and after) and before in _OPENING and after in _CLOSING

    @cached_property
    def capital(self) -> bool:
        """Return whether its capital allows a place name; a single word after a first name is a family name (« Albert Samain »)."""
        if not self.sentence.capital(self.start):
            return False
        single = self.sentence.mixed and not self.link and self.length == 1 and self.first > 1
        if not single or not self.sentence.is_joined(self.first):
            return True
        word = self.sentence.word(self.first - 1)
        after_title = self._text(self.first - 1).istitle() and self.sentence.gap(self.first) == " "
        return word in words_around("siege") or not after_title

    @cached_property
    def sure_case(self) -> bool:
        """Return whether it has a meaningful capital, and is not the end of a title (« la Fontaine du Bignon »)."""
        if not self.sentence.mixed or self._text(self.start)[0].islower():
            return False
        if self.head in words_around("porte_un_nom"):
            return True
        at = next((rank for rank in range(self.start - 1, -1, -1) if self.sentence.words[rank] == self.head), -1)
        return at < 0 or not self.head or not self._text(at)[0].isupper()

    @cached_property
    def closing(self) -> bool:
        """Return whether it follows a comma or an opening bracket and ends its clause."""
        after = self.sentence.spans[self.end - 1][1]
        comma = self.first > 0 and _COMMA_BEFORE.search(self.sentence.gap(self.first))
        return bool(comma and _CLOSED.match(self.sentence.text, after))

    @property
    def is_bracketed(self) -> bool:
        """Return whether it is alone in brackets."""
        return self.closing and self.sentence.gap(self.first).endswith("(")

    @cached_property
    def last(self) -> bool:
        """Return whether it closes a need, « Élagage, Bar-le-Duc », with a capital if case is meaningful."""
        return self.closing and (self.sure_case or not self.sentence.mixed)

    @property
    def is_ended(self) -> bool:
        """Return whether it ends its clause; not after a number or « ex » (« 3 Tours », « Besançon (ex Dijon) »)."""
        counted = self.before.isdigit() or self.before == "EX"
        return not counted and _ENDED.match(self.sentence.text, self.sentence.spans[self.end - 1][1]) is not None

    @property
    def is_isolated(self) -> bool:
        """Return whether punctuation isolates it on both sides, as « ROUBAIX - » at the beginning of an object."""
        after = self.sentence.spans[self.end - 1][1]
        before = self.sentence.left_of(self.first)
        return bool(_ALONE_AFTER.match(self.sentence.text, after) and _ALONE_BEFORE.search(before))

    @property
    def after_street(self) -> bool:
        """Return whether it ends a clause after a street and a comma: « place du Marché, Lille »."""
        position = self.first - 1
        while self.closing and position >= 0 and self.first - position <= CLAUSE_WORDS:
            if self.sentence.words[position] in words_around("voie"):
                return True
            if BREAK.search(self.sentence.gap(position)):
                return False
            position -= 1
        return False

    @cached_property
    def follows_office(self) -> bool:
        """Return whether it follows « agence », « antenne »…"""
        return self.is_tied and self.sentence.word(self.first - 1) in words_around("bureau")

    @property
    def ends(self) -> bool:
        """Return whether the name surely ends here: in « Évry pour », not in « Fort Haliguen »."""
        return self.sentence.ends_name(self.end)

    @property
    def headed_group(self) -> bool:
        """Return whether « communauté de », « métropole de »… stands before."""
        words_before = self.sentence.key(max(0, self.start - 6), self.start)
        return self.sentence.is_joined(self.start) and bool(_GROUP_HEAD.search(words_before))

    @property
    def group_follows(self) -> bool:
        """Return whether « Agglo », « Métropole »… follows."""
        return self.sentence.word(self.end) in words_around("groupe") and self.sentence.is_joined(self.end)

    @property
    def counts_lots(self) -> bool:
        """Return whether « Lot » precedes the number of a lot, rather than being the département."""
        after = self.sentence.word(self.end)
        return self.key == "LOT" and (after.isdigit() or after in ("N", "NO"))

    @cached_property
    def comes_from(self) -> bool:
        """Return whether somebody comes from there (« équipes venant de Lyon »), or an establishment has its name (« Les Jardins de Cannes »);
        another place named wins."""
        at, word = self.first - 2, self.sentence.word
        if self.link in ("DE", "D", "DU"):
            departs = word(at) in words_around("venant_de") and word(at - 1) != "AU"
            borrowed = word(at - 1) in ("LE", "LA", "LES") and word(at - 2) in words_around("porte_un_nom")
            if departs or (borrowed and self.sentence.mixed and self.sentence.capital(at - 1)):
                return True
        return self.follows_office and self.sentence.goes_on(self.end)

    @property
    def can_be_listed(self) -> bool:
        """Return whether the name of an area may be an item of a list; not Paris (the commune), sides (« Nord et Sud ») or « Lot unique »."""
        if self.key in ("PARIS", "CENTRE") or (
            self.key == "NORD" and not words_around("point_cardinal").isdisjoint(self.sentence.words)
        ):
            return False
        if self.key == "LOT" and self.sentence.word(self.end)[:1] in ("N", *"0123456789"):
            return False
        return self.sentence.is_introduced(self.start) or not self.sentence.goes_on(self.end)

    def _text(self, position: int) -> str:
        begin, end = self.sentence.spans[position]
        return self.sentence.text[begin:end]


def departement_number(number: str) -> str:
    """Return the département of a number or a postal code, empty where none has it."""
    number = number.upper()
    code = number if len(number) < 4 else number[:3] if number.startswith("97") else number[:2]
    return code if code in departements() else ""
