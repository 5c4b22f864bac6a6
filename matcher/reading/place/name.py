"""A name in a sentence and what stands around it: the words that govern it, the signs beside it, a number in brackets."""

import re
from functools import cached_property

from matcher.reading.place.sentence import BREAK, CLAUSE_WORDS, CONTRACTED, NEAR, Sentence, words
from matcher.reference.geography.communes import commune_at, commune_names
from matcher.reference.geography.place_names import ARTICLES, place_key, split_article
from matcher.reference.geography.territories import departement_names, departements

_IN_BRACKETS = re.compile(r"\s*[(\[]\s*(\d{5}|97\d|2[AB]|\d\d)(?:\s*[)\]]|\s+[-–])")
_NAMED_IN_BRACKETS = re.compile(r"\s*\(([^()\d]{3,30})\)")
_BRACKETS_BEFORE = re.compile(r"(?:^|[-–:;,.]\s*)[(\[]\s*(97\d|2[AB]|\d\d)\s*[)\]]\s*[-–:]?\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:$|[:;(<_]|[-–]\s|\s[-–])")
_ALONE_BEFORE = re.compile(r"(?:^|[:;)>_]|\s[-–]|[-–]\s)\s*$")
_ENDED = re.compile(r"\s*(?:$|[.;)\n]|[-–]\s|\s[-–])")
# « …, Saint-Malo, 90 000 euros sur 3 ans »: what follows is no item of the same list.
_CLOSED = re.compile(rf"{_ENDED.pattern}|\s*,\s*[\da-zà-ÿ]")
_COMMA_BEFORE = re.compile(r"[,(]\s*$")
_CLAUSE_ENDED = re.compile(r"\s*(?:$|[.,;:)/\n]|[-–]\s|\s[-–])")
_GROUP_HEAD = re.compile(
    r"\b(?:COMMUNAUTE (?:DE COMMUNES|URBAINE|D AGGLOMERATION)|COMMUNAUTE|METROPOLE|AGGLO|AGGLOMERATION|CC|CA|CU|CDA|CDC"
    r"|ETABLISSEMENT PUBLIC TERRITORIAL|EPT)"
    r"(?: DE LA| DE L| DES| DU| DE| D| LA| LES| LE| L)?$"
)
# A seat that is told of somebody; that which is cleaned is a place.
_SEAT_OF = re.compile(r"\b(?:DONT LE|SON|LEUR) SIEGE SOCIAL\b|\bSIEGE SOCIAL (?:EST|SE)\b")
_OPENING, _CLOSING = '«“"', '»”"'
_POST_CODE = 5


class Name:
    """The words of a sentence from `start` to before `end`, under their `key`. What surrounds them is worked out when a clue asks.

    `before` is the word before, `article` the article, alone or inside « du », « aux »…, and `first` where the name begins with it.
    """

    def __init__(self, sentence: Sentence, start: int, end: int, key: str) -> None:
        self.sentence, self.start, self.end, self.key = sentence, start, end, key
        self.before = sentence.word(start - 1)
        self.article = self.before if self.before in ARTICLES else CONTRACTED.get(self.before, "")
        self.first = start - 1 if self.before in ARTICLES else start

    @property
    def length(self) -> int:
        """Return how many words it has, its article apart."""
        return self.end - self.start

    @property
    def wording(self) -> str:
        """The name as written."""
        return self.sentence.wording(self.start, self.end)

    @property
    def around(self) -> tuple[str, str]:
        """The text before it and its article, and the text after."""
        begin, end = self.sentence.spans[self.first][0], self.sentence.spans[self.end - 1][1]
        return self.sentence.text[max(0, begin - 2 * NEAR) : begin], self.sentence.text[end : end + 2 * NEAR]

    @property
    def whole(self) -> bool:
        """Return whether nothing else is written."""
        return self.first == 0 and self.end == len(self.sentence.words)

    @cached_property
    def is_tied(self) -> bool:
        """Return whether no sign stands between it and the word before."""
        return self.first > 0 and not BREAK.search(self.sentence.gap(self.first))

    @cached_property
    def link(self) -> str:
        """The preposition before it, empty for none."""
        word = self.sentence.word(self.first - 1)
        return word if self.is_tied and word in words("a", "de", "lien") else ""

    @cached_property
    def direct(self) -> bool:
        """Return whether « à », « sur », « vers » make it a place; « a » in small letters is a verb."""
        verb = self.link == "A" and self.sentence.mixed and self._text(self.first - 1) == "a"
        return self.link in words("a") and not verb

    @cached_property
    def head(self) -> str:
        """The word that governs it, through articles and « de »."""
        return self.sentence.head_before(self.start)

    @cached_property
    def near(self) -> frozenset[str]:
        """The three words before it."""
        return (
            frozenset(self.sentence.word(self.first - 1 - step) for step in range(3)) if self.is_tied else frozenset()
        )

    @cached_property
    def is_excluded(self) -> bool:
        """Return whether the text states that it is not there: « hors Lyon », « sauf le site de Lyon », « dont le siège social… »."""
        return (
            not self.near.isdisjoint(words("exclut"))
            or self._but_for()
            or _SEAT_OF.search(self.sentence.key(max(0, self.first - 14), self.first)) is not None
        )

    def _but_for(self) -> bool:
        """Return whether « sauf » or « hors » governs it through words for a site alone."""
        position = self.first - 1
        through = words("article", "de", "adjectif", "site")
        while position >= 0 and not BREAK.search(self.sentence.gap(position + 1)):
            if self.sentence.words[position] not in through:
                return self.sentence.words[position] in words("exclut")
            position -= 1
        return False

    @cached_property
    def beside(self) -> str:
        """The number of a département (or its name: « Laval (Mayenne) ») or a postal code in brackets after or before it."""
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
        """The postal code beside it, empty for none."""
        return self.beside if len(self.beside) == _POST_CODE else ""

    @cached_property
    def number(self) -> str:
        """The département that is written beside it, without brackets too where a commune of that name lies there."""
        if number := departement_number(self.beside):
            return number
        bare = self._bare_number() if self.capital and not self.is_excluded else ""
        county = departement_names().get(self.key)
        if not bare or (county and county.code == bare):
            return ""
        return bare if any(commune_at(at).departement == bare for _, at in commune_names().get(self.key, ())) else ""

    def _bare_number(self) -> str:
        """« Saint-Denis 93 » at the end of a clause, « 93 Saint-Denis »."""
        after = self.sentence.word(self.end)
        is_after = after[:1].isdigit() and departement_number(after) == after and self.sentence.is_joined(self.end)
        if is_after and _CLAUSE_ENDED.match(self.sentence.text, self.sentence.spans[self.end][1]):
            return after
        is_before = self.before[:1].isdigit() and departement_number(self.before) == self.before
        return self.before if is_before and self.sentence.is_joined(self.start) else ""

    @cached_property
    def is_quoted(self) -> bool:
        """Return whether it is alone between quotation marks, as a work's or a unit's name is."""
        before = self.sentence.left_of(self.start).rstrip()[-1:]
        after = self.sentence.text[self.sentence.spans[self.end - 1][1] :][:NEAR].lstrip()[:1]
        return bool(before and after) and before in _OPENING and after in _CLOSING

    @cached_property
    def capital(self) -> bool:
        """Return whether it may begin a name, by its first letter; a single word after a first name is a family's (« Albert Samain »)."""
        if not self.sentence.capital(self.start):
            return False
        single = self.sentence.mixed and not self.link and self.length == 1 and self.first > 1
        if not single or not self.sentence.is_joined(self.first):
            return True
        word = self.sentence.word(self.first - 1)
        return word in words("siege") or not (
            self._text(self.first - 1).istitle() and self.sentence.gap(self.first) == " "
        )

    @cached_property
    def sure_case(self) -> bool:
        """Return whether it has a capital where capitals mean something, and is not the end of a title (« la Fontaine du Bignon »)."""
        if not self.sentence.mixed or self._text(self.start)[0].islower():
            return False
        if self.head in words("porte_un_nom"):
            return True
        at = next((rank for rank in range(self.start - 1, -1, -1) if self.sentence.words[rank] == self.head), -1)
        return at < 0 or not self.head or not self._text(at)[0].isupper()

    @cached_property
    def closing(self) -> bool:
        """Return whether it stands alone after a comma or in brackets and ends its clause."""
        after = self.sentence.spans[self.end - 1][1]
        comma = self.first > 0 and _COMMA_BEFORE.search(self.sentence.gap(self.first))
        return bool(comma and _CLOSED.match(self.sentence.text, after))

    @property
    def is_bracketed(self) -> bool:
        """Return whether it stands alone in brackets."""
        return self.closing and self.sentence.gap(self.first).endswith("(")

    @cached_property
    def last(self) -> bool:
        """Return whether it is how a need ends: « Élagage, Bar-le-Duc », with a capital where capitals mean something."""
        return self.closing and (self.sure_case or not self.sentence.mixed)

    @property
    def is_ended(self) -> bool:
        """Return whether it ends its clause; « 3 Tours », « Besançon (ex Dijon) » do not."""
        counted = self.before.isdigit() or self.before == "EX"
        return not counted and _ENDED.match(self.sentence.text, self.sentence.spans[self.end - 1][1]) is not None

    @property
    def apart(self) -> bool:
        """Return whether it stands between signs, as « ROUBAIX - » does at the head of an object."""
        after = self.sentence.spans[self.end - 1][1]
        return bool(
            _ALONE_AFTER.match(self.sentence.text, after) and _ALONE_BEFORE.search(self.sentence.left_of(self.first))
        )

    @property
    def after_street(self) -> bool:
        """Return whether it ends a clause after a street and a comma: « place du Marché, Lille »."""
        position = self.first - 1
        while self.closing and position >= 0 and self.first - position <= CLAUSE_WORDS:
            if self.sentence.words[position] in words("voie"):
                return True
            if BREAK.search(self.sentence.gap(position)):
                return False
            position -= 1
        return False

    @cached_property
    def is_seated(self) -> bool:
        """Return whether it follows « agence », « antenne »…"""
        return self.is_tied and self.sentence.word(self.first - 1) in words("bureau")

    @property
    def ends(self) -> bool:
        """Return whether it surely ends here: « Évry pour » does, « Fort Haliguen » goes on."""
        return self.sentence.ends_name(self.end)

    @property
    def headed_group(self) -> bool:
        """Return whether « communauté de », « métropole de » stand before it."""
        return self.sentence.is_joined(self.start) and bool(
            _GROUP_HEAD.search(self.sentence.key(max(0, self.start - 6), self.start))
        )

    @property
    def group_follows(self) -> bool:
        """Return whether « Agglo », « Métropole » follow it."""
        return self.sentence.word(self.end) in words("groupe") and self.sentence.is_joined(self.end)

    @property
    def counts_lots(self) -> bool:
        """Return whether « Lot » is a lot's own number rather than the département."""
        after = self.sentence.word(self.end)
        return self.key == "LOT" and (after.isdigit() or after in ("N", "NO"))

    @cached_property
    def comes_from(self) -> bool:
        """Return whether one comes from there (« équipes venant de Lyon »), or a house bears its name (« Les Jardins de Cannes »): done
        elsewhere if another place is named."""
        at, word = self.first - 2, self.sentence.word
        if self.link in ("DE", "D", "DU"):
            left = word(at) in words("venant_de") and word(at - 1) != "AU"
            borrowed = word(at - 1) in ("LE", "LA", "LES") and word(at - 2) in words("porte_un_nom")
            if left or (borrowed and self.sentence.mixed and self.sentence.capital(at - 1)):
                return True
        return self.is_seated and self.sentence.goes_on(self.end)

    @property
    def listable_area(self) -> bool:
        """Return whether the name of an area may be an item of a list; Paris is its commune, « Nord et Sud » sides, « Lot unique » a lot."""
        if self.key in ("PARIS", "CENTRE") or (
            self.key == "NORD" and not words("point_cardinal").isdisjoint(self.sentence.words)
        ):
            return False
        if self.key == "LOT" and self.sentence.word(self.end)[:1] in ("N", *"0123456789"):
            return False
        return self.sentence.is_introduced(self.start) or not self.sentence.goes_on(self.end)

    def _text(self, position: int) -> str:
        begin, end = self.sentence.spans[position]
        return self.sentence.text[begin:end]


def departement_number(number: str) -> str:
    """Return the number of the département that a number or a postal code states, empty where it is that of none."""
    number = number.upper()
    code = number if len(number) < 4 else number[:3] if number.startswith("97") else number[:2]
    return code if code in departements() else ""
