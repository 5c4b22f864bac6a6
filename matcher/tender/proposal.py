"""Lots proposed from the pieces of a DCE: what each asks, where, for how much, how long, reserved or not, and the sentences that say so.

Each piece is read as a notice is. The lots are those of the surest piece that has several, else the one need of the surest piece; a value
is that of the surest piece that says it, and those of other pieces that say otherwise stand beside it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from unicodedata import normalize

from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import flat
from matcher.domain.reading import DoubtKind, Lot, Reading
from matcher.reading.notice import Notice, notice, sentences
from matcher.reading.reader import lots_of_notice, read
from matcher.reference.levers import lever
from matcher.tender.piece import Piece, in_order

# Each lot is read, listed and shown on one page.
MOST_LOTS = 40
# Signs of one piece that are read for its lots: two hundred pages, whose first say them.
_MOST_READ = 500_000
_LONGEST_SENTENCE = 320
# Amounts nearer than this are the same one, rounded.
_SHARE = 0.01
_SPACES = re.compile(r"\s+")
# Words may be of two sentences, which nothing between them tells of: the first then says where they stand.
_SENTENCE_ENDS = re.compile(r"\. | - ")
# The fields of a lot, by the names that they have in the address of a list.
NEED, PLACE, AMOUNT, DURATION, LEVER = FIELDS = ("besoin", "lieu", "montant", "duree", "levier")


@dataclass(frozen=True, slots=True)
class SaidValue:
    """One value as a piece says it, in French: the sentence, the piece and where in it; `where` is empty where the piece has no pages."""

    value: str
    sentence: str
    piece: str
    where: str


@dataclass(frozen=True, slots=True)
class ProposedLot:
    """One lot, as proposed: empty or None where no piece says it. `said` gives, by field, the sentence of the value, then those of other
    pieces that say otherwise."""

    number: str
    title: str
    need: str
    cpv: tuple[str, ...]
    places: tuple[str, ...]
    place_names: tuple[str, ...]
    euros: float | None
    months: float | None
    lever: str
    said: Mapping[str, tuple[SaidValue, ...]]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The lots that the pieces of a DCE propose. `told_by` names the piece that lists them; `more` counts those left out; `buyer` is a
    SIRET or SIREN, empty where no piece says it."""

    lots: tuple[ProposedLot, ...] = ()
    told_by: str = ""
    more: int = 0
    buyer: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """A part of a piece as read: the whole of it, or one of its lots."""

    piece: Piece
    notice: Notice
    reading: Reading
    number: str = ""
    title: str = ""


def proposed(pieces: Sequence[Piece]) -> Proposal:
    """Return the lots that pieces propose; none where no piece says a need."""
    pieces_read = [_read(piece) for piece in in_order(piece for piece in pieces if piece.pages)]
    wholes = [whole for whole, _ in pieces_read]
    # where no piece has lots, the surest that is understood says the need
    lots = next((lots for _, lots in pieces_read if lots), [])
    lots = lots or [whole for whole in wholes if whole.reading.understood][:1] or wholes[:1]
    made = [_lot(lot, _alike(lot, pieces_read), wholes) for lot in lots[:MOST_LOTS]]
    buyer = next(filter(None, (whole.reading.buyer for whole in wholes)), "")
    return Proposal(tuple(made), lots[0].piece.name if lots else "", len(lots) - len(made), buyer)


def _alike(main: _Told, pieces_read: Sequence[tuple[_Told, list[_Told]]]) -> list[_Told]:
    """The same lot in every piece, or every piece where the need is one."""
    return [part for whole, lots in pieces_read for part in (whole, *lots) if part.number == main.number]


def _read(piece: Piece) -> tuple[_Told, list[_Told]]:
    """A piece as a whole, and each of its lots."""
    lot = Lot(normalize("NFC", plain_text(piece.text[:_MOST_READ])))
    whole = notice(lot.objet)
    notices = {part.number: part.told for part in reversed(whole.lots)}
    lots = [_Told(piece, notices[part.number], part.reading, part.number, part.title) for part in lots_of_notice(lot)]
    reading = read(lot)
    # a piece loses the duration that it gives for one of its lots
    durations = {part.reading.duration for part in lots}
    return _Told(piece, whole, replace(reading, duration=None) if reading.duration in durations else reading), lots


def _lot(main: _Told, alike: Sequence[_Told], wholes: Sequence[_Told]) -> ProposedLot:
    """The lot `main`, completed by what is `alike` (the same lot, or the same need, in other pieces), then by what pieces say of all lots:
    where and for how long, for the amount of all is not that of one."""
    need = main.reading.lot.objet if main.number else main.notice.need
    told = {
        PLACE: _values(_places, main, alike, wholes),
        AMOUNT: _values(attrgetter("euros"), main, alike, ()),
        DURATION: _values(attrgetter("months"), main, [*alike, *wholes], ()),
        LEVER: _values(_lever, main, alike, ()),
    }
    where, size, lasting, reserved = ((its or [main])[0].reading for its in told.values())
    return ProposedLot(
        number=main.number,
        title=main.title or main.notice.object.partition("\n")[0],
        need=need,
        cpv=main.reading.lot.cpv or main.notice.cpv[:1],
        places=tuple(place.key for place in where.places),
        place_names=tuple(place.name for place in where.places),
        euros=size.euros,
        months=lasting.months,
        lever=_lever(reserved) or "",
        said={
            NEED: (_said(NEED, main, need.partition("\n")[0]),),
            **{name: tuple(_said(name, one, _words(name, one)) for one in its) for name, its in told.items() if its},
        },
        doubts=tuple(
            doubt.says for doubt in main.reading.doubts if not (told[PLACE] and doubt.kind is DoubtKind.PLACE_UNKNOWN)
        ),
    )


def _places(reading: Reading) -> tuple[str, ...] | None:
    return tuple(sorted(place.key for place in reading.places)) or None


def _lever(reading: Reading) -> str | None:
    return reading.levier_hint if reading.reserved_by else None


def _values(
    value_of: Callable[[Reading], object], main: _Told, alike: Sequence[_Told], beyond: Sequence[_Told]
) -> list[_Told]:
    """Who says a value, then who says another one; those `beyond` only where nobody else says one."""
    saying: list[_Told] = []
    for one in (main, *alike):
        value = value_of(one.reading)
        if value is not None and not any(_same(value, value_of(kept.reading)) for kept in saying):
            saying.append(one)
    return saying or [one for one in beyond if value_of(one.reading) is not None][:1]


def _same(value: object, other: object) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        return abs(value - other) <= _SHARE * max(value, other)
    return value == other


def _words(name: str, told: _Told) -> str:
    """The words of a piece that say the value of a field."""
    reading = told.reading
    if name == AMOUNT and reading.amount:
        return reading.amount.words
    if name == DURATION and reading.duration:
        return reading.duration.words
    return reading.reserved_by if name == LEVER else _placing(told)


def _placing(told: _Told) -> str:
    """The sentence that names one of the places, among those that say where; else the first of them."""
    names = [flat(place.name) for place in told.reading.places]
    saying = [
        said for text in (*told.notice.where, *(page.text for page in told.piece.pages)) for said in sentences(text)
    ]
    return next((said for said in saying if any(name in flat(said) for name in names)), next(iter(saying), ""))


def _value(name: str, reading: Reading) -> str:
    """The value of a field in French."""
    if name == AMOUNT and reading.amount:
        return reading.amount.said
    if name == DURATION and reading.duration:
        return reading.duration.said
    if name == LEVER:
        return lever(reading.levier_hint).label
    return ", ".join(place.name for place in reading.places) if name == PLACE else ""


def _said(name: str, told: _Told, words: str) -> SaidValue:
    """The value of a field, the sentence of the piece in which its words stand, and where that is, first one that names the lot too: another
    lot may have the same; the words alone where a page ends between them."""
    title = _level(told.title)
    for looked in filter(None, map(_level, (words, *_SENTENCE_ENDS.split(words)))):
        pages = [page for page in told.piece.pages if looked in _level(page.text)]
        inside = [(said, page) for page in pages for said in sentences(page.text) if looked in _level(said)]
        named = [one for one in inside if title in _level(one[0])]
        if pages:
            said, page = (*named, *inside, (words, pages[0]))[0]
            return SaidValue(_value(name, told.reading), _cut(said), told.piece.name, page.where)
    return SaidValue(_value(name, told.reading), _cut(words), told.piece.name, "")


def _level(text: str) -> str:
    return _SPACES.sub(" ", flat(normalize("NFC", plain_text(text)))).strip()


def _cut(said: str) -> str:
    return said if len(said) <= _LONGEST_SENTENCE else f"{said[:_LONGEST_SENTENCE].rsplit(' ', 1)[0]} …"
