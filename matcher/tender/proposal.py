"""Lots proposed from the pieces of a DCE: the need, place, amount, duration and reservation of each, with the sentences that give them.

Each piece is read as a notice is. The lots are those of the surest piece that has several, else the one need of the surest piece; a value is that of the
surest piece that gives it, and other values, of other pieces, stand beside it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from operator import attrgetter
from unicodedata import normalize

from matcher.cleaning.dates import clean_date
from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import flat
from matcher.domain.french import unit
from matcher.domain.reading import DoubtKind, Lot, Reading
from matcher.reading.insertion_hours import insertion_hours
from matcher.reading.notice import Notice, condense, notice, sentences
from matcher.reading.reader import lots_of_notice, read, where_done
from matcher.reading.reservation import lever_told, read_reservation
from matcher.reference.levers import lever
from matcher.tender.passages import Passage, passages
from matcher.tender.piece import Piece, sort_pieces

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
HOURS, DEADLINE = "heures", "remise"
UNRESERVED = "ni réservé, ni clause"
# Signs that what the technical clauses say of a lot adds to its need: a page of it, its first articles.
_MOST_ADDED = 1_500
_A_YEAR = 12.0
_YEARLY = "Le montant est par an, et la durée n’est pas lue : donnez l’un et l’autre."
_TECHNICAL = "CCTP"
_DAY = r"(?P<day>\d{1,2}(?:er)? [a-z]{3,9} \d{4}|\d{1,2}/\d{1,2}/\d{4})"
_BIDS = r"(?:offres?|plis?|candidatures?|propositions?)"
# « Date limite de réception des offres : 15 janvier 2027 à 12 h », « Les plis sont remis avant le 15/01/2027 »
_DUE = re.compile(
    rf"\b(?:limites?\b.{{0,40}}\b{_BIDS}|{_BIDS}\b.{{0,60}}\b(?:limite|avant|plus tard))\b.{{0,40}}?\b{_DAY}"
)


@dataclass(frozen=True, slots=True)
class SaidValue:
    """One value as a piece gives it, in French: the sentence, the piece and where in it; `where` is empty where the piece has no pages."""

    value: str
    sentence: str
    piece: str
    where: str


@dataclass(frozen=True, slots=True)
class ProposedLot:
    """One lot, as proposed: empty or None where no piece gives the value; `hours` are those of insertion over the whole duration. `said` gives, by field, the
    sentence of the value, then those of other pieces that differ."""

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
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The lots that the pieces of a DCE propose. `told_by` names the piece that lists them; `more` counts those left out; `buyer` is a SIRET or SIREN, or
    empty; `deadline` the day that offers are due by, and `due` the sentences that give it, the surest first."""

    lots: tuple[ProposedLot, ...] = ()
    told_by: str = ""
    more: int = 0
    buyer: str = ""
    deadline: date | None = None
    due: tuple[SaidValue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """A part of a piece as read: the whole of it, one of its lots, or the `passages` about one. `placed` where it gives its own place."""

    piece: Piece
    notice: Notice
    reading: Reading
    number: str = ""
    title: str = ""
    placed: bool = True
    passages: tuple[Passage, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All its sentences, of other lots too."""
        return tuple(one.text for one in self.passages) or self.notice.reserving or self.notice.said

    @property
    def own_sentences(self) -> tuple[str, ...]:
        """Return its sentences that are about no other lot."""
        return tuple(one.text for one in self.passages if one.alone) if self.passages else self.sentences


def propose_lots(pieces: Sequence[Piece]) -> Proposal:
    """Return the lots that pieces propose; none where no piece has a need."""
    pieces_read = [_read(piece) for piece in sort_pieces(piece for piece in pieces if piece.pages)]
    wholes = [whole for whole, _ in pieces_read]
    lots = next((lots for _, lots in pieces_read if lots), []) or _need_of(wholes)
    every = _parts(pieces_read, lots[:MOST_LOTS])
    made = [_lot(lot, [part for part in every if part.number == lot.number], wholes) for lot in lots[:MOST_LOTS]]
    due = _due(wholes)
    return Proposal(
        lots=tuple(made),
        told_by=lots[0].piece.name if lots else "",
        more=len(lots) - len(made),
        buyer=next(filter(None, (whole.reading.buyer for whole in wholes)), ""),
        deadline=clean_date(due[0].value).value if due else None,
        due=due,
    )


def _need_of(wholes: Sequence[_Told]) -> list[_Told]:
    """The piece of the one need, where none has lots: the surest that is understood."""
    return [whole for whole in wholes if whole.reading.understood][:1] or list(wholes[:1])


def _parts(pieces_read: Sequence[tuple[_Told, list[_Told]]], lots: Sequence[_Told]) -> list[_Told]:
    """Every piece and every lot that one lists, then the passages of each piece about the lots that have a number."""
    numbers = [lot.number for lot in lots if lot.number]
    parts = [part for whole, listed in pieces_read for part in (whole, *listed)]
    for whole, listed in pieces_read:
        parts += _spoken(whole.piece, numbers, listed=bool(listed))
    return parts


def _read(piece: Piece) -> tuple[_Told, list[_Told]]:
    """A piece as a whole, and each of its lots."""
    lot = Lot(normalize("NFC", plain_text(piece.text[:_MOST_READ])))
    whole = notice(lot.objet)
    notices = {part.number: part.told for part in reversed(whole.lots)}
    lots = [
        _Told(
            piece, its, part.reading, part.number, part.title, whole.form or bool(where_done(part.reading.lot).places)
        )
        for part in lots_of_notice(lot)
        for its in [notices[part.number]]
    ]
    reading = read(lot)
    # a piece loses the duration that it gives for one of its lots
    durations = {part.reading.duration for part in lots}
    return _Told(piece, whole, replace(reading, duration=None) if reading.duration in durations else reading), lots


def _spoken(piece: Piece, numbers: Sequence[str], *, listed: bool) -> Iterator[_Told]:
    """Yield what a piece writes of each lot beside listing it, read as a text of its own; passages about several lots count for reservation only."""
    for number, lot_passages in passages(piece.pages, numbers, listed=listed).items():
        text = normalize("NFC", "\n".join(one.text for one in lot_passages if one.alone))
        reserved = read_reservation([one.text for one in lot_passages]).of(number)
        lever_said = lever_told(reserved, {})
        reading = replace(read(Lot(text)), levier_hint=lever_said.lever, reserved_by=lever_said.outright)
        yield _Told(piece, notice(text), reading, number, passages=tuple(lot_passages))


def _lot(main: _Told, alike: Sequence[_Told], wholes: Sequence[_Told]) -> ProposedLot:
    """The lot `main`, completed by what is `alike` (the same lot, or the same need, in other pieces), then by the place and duration that pieces give for all
    lots: the amount of all is not that of one."""
    need = main.reading.lot.objet if main.number else main.notice.need
    lasting = _values(attrgetter("months"), main, [*alike, *wholes], ())
    months = lasting[0].reading.months if lasting else None
    mentions = {
        PLACE: _placed(main, alike, wholes),
        AMOUNT: _values(partial(_euros, months=months), main, alike, ()),
        DURATION: lasting,
        LEVER: _values(_lever, main, alike, ()),
    }
    where, size, _, reserved = ((its or [main])[0].reading for its in mentions.values())
    hours, said_of_hours = _hours((main, *alike), months)
    lever_code = _lever(reserved) or ""
    values = {NEED: (_said(NEED, main, need.partition("\n")[0]),), **_all_said(mentions), HOURS: said_of_hours}
    if not lever_code:
        values[LEVER] = _denied((main, *alike))
    return ProposedLot(
        number=main.number,
        title=main.title or main.notice.object.partition("\n")[0],
        need=_completed(need, alike, said_of_hours),
        cpv=main.reading.lot.cpv or main.notice.cpv[:1],
        places=tuple(place.key for place in where.places),
        place_names=tuple(place.name for place in where.places),
        euros=size.amount.over(months) if size.amount else None,
        months=months,
        lever=lever_code,
        said={name: its for name, its in values.items() if its},
        doubts=tuple(_doubts(main, size, months, placed=bool(mentions[PLACE]))),
        hours=hours,
    )


def _all_said(mentions: Mapping[str, Sequence[_Told]]) -> dict[str, tuple[SaidValue, ...]]:
    """Each value with its sentence, by field."""
    return {name: tuple(_said(name, one, _words(name, one)) for one in parts) for name, parts in mentions.items()}


def _placed(main: _Told, alike: Sequence[_Told], wholes: Sequence[_Told]) -> list[_Told]:
    """Return the parts that give the place of a lot: those about it before those about all lots."""
    first, *others = [one for one in (main, *alike) if one.placed] or [main, *alike]
    return _values(_places, first, others, wholes)


def _doubts(main: _Told, size: Reading, months: float | None, *, placed: bool) -> Iterator[str]:
    """Yield the doubts on a lot, that on its place left out where another piece gives it."""
    yield from (doubt.says for doubt in main.reading.doubts if not (placed and doubt.kind is DoubtKind.PLACE_UNKNOWN))
    if size.amount and size.amount.over(months) is None:
        yield _YEARLY


def _euros(reading: Reading, months: float | None) -> float | None:
    """Return an amount over the duration, that of one year where the duration is unknown."""
    amount_read = reading.amount
    return (amount_read.over(months) or amount_read.euros) if amount_read else None


def _completed(need: str, alike: Sequence[_Told], hours_said: Sequence[SaidValue]) -> str:
    """A need with the technical clauses on the lot, up to a page, and its hours of insertion, which the list counts."""
    clauses = (one for one in alike if one.piece.kind.letters == _TECHNICAL)
    prose = "\n".join(one.text for part in clauses for one in part.passages if one.prose)
    added = [said for said in notice(prose).need.splitlines() if said.rstrip(" .") not in need]
    condensed_text = condense("\n".join(dict.fromkeys(added)), _MOST_ADDED)[0]
    hours = [one.sentence for one in hours_said[:1] if one.sentence not in f"{need}\n{condensed_text}"]
    first, _, rest = need.partition("\n")
    more = "\n".join(filter(None, (condensed_text, *hours)))
    return "\n".join(filter(None, (f"Objet : {first.rstrip(' .')}.", rest, more))) if more else need


def _hours(parts: Sequence[_Told], months: float | None) -> tuple[float | None, tuple[SaidValue, ...]]:
    """The hours of insertion of a lot over its duration, None where that is unknown, and the sentence that gives them."""
    for mention in parts:
        for sentence in mention.own_sentences:
            yearly = insertion_hours(sentence, _A_YEAR)
            if yearly is not None:
                value = unit(yearly, "heures par an" if insertion_hours(sentence) is None else "heures")
                return insertion_hours(sentence, months), (_said(HOURS, mention, sentence, value),)
    return None, ()


def _denied(parts: Sequence[_Told]) -> tuple[SaidValue, ...]:
    """Return the first sentence that denies a reservation of the lot."""
    for mention in parts:
        for denial in read_reservation(mention.sentences).of(mention.number).denials:
            return (_said(LEVER, mention, denial.sentence, UNRESERVED),)
    return ()


def _due(wholes: Sequence[_Told]) -> tuple[SaidValue, ...]:
    """Return the days that offers are due by, with their sentences, the surest piece first; a piece that gives two days gives none."""
    values: dict[str, SaidValue] = {}
    for whole in wholes:
        lines = [" ".join(line.split()) for page in whole.piece.pages for line in page.text.splitlines()]
        days_written = _days_due(lines) or _days_due(map(" ".join, pairwise(lines)))  # a heading may stand over its day
        days = {clean_date(day).value: day for day in days_written}
        if len(days) == 1 and None not in days:
            day = next(iter(days.values()))
            values.setdefault(day, _said(DEADLINE, whole, days_written[day], day))
    return tuple(values.values())


def _days_due(lines: Iterable[str]) -> dict[str, str]:
    """The days that offers are due by in these lines, each with its line."""
    return {match["day"]: line for line in lines if (match := _DUE.search(flat(line)))}


def _places(reading: Reading) -> tuple[str, ...] | None:
    return tuple(sorted(place.key for place in reading.places)) or None


def _lever(reading: Reading) -> str | None:
    return reading.levier_hint if reading.reserved_by else None


def _values(
    value_of: Callable[[Reading], object], main: _Told, alike: Sequence[_Told], beyond: Sequence[_Told]
) -> list[_Told]:
    """Return the first part that gives a value, then those that give another one; one of `beyond` only where no other gives any."""
    saying: list[_Told] = []
    for mention in (main, *alike):
        value = value_of(mention.reading)
        if value is not None and not any(_is_same(value, value_of(part.reading)) for part in saying):
            saying.append(mention)
    return saying or [one for one in beyond if value_of(one.reading) is not None][:1]


def _is_same(value: object, other: object) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        return abs(value - other) <= _SHARE * max(value, other)
    return value == other


def _words(name: str, mention: _Told) -> str:
    """The words of a piece that give the value of a field."""
    reading = mention.reading
    if name == AMOUNT and reading.amount:
        return reading.amount.words
    if name == DURATION and reading.duration:
        return reading.duration.words
    if name == LEVER:
        return reading.reserved_by
    # of a place: the sentence that names one of them, among those of where, else the first
    texts = (*mention.notice.where, *(page.text for page in mention.piece.pages))
    saying = [sentence for text in texts for sentence in sentences(text)]
    names = [flat(place.name) for place in reading.places]
    naming = (sentence for sentence in saying if any(place in flat(sentence) for place in names))
    return next(naming, next(iter(saying), ""))


def _value(name: str, reading: Reading) -> str:
    """The value of a field in French."""
    if name == AMOUNT and reading.amount:
        return reading.amount.sentence
    if name == DURATION and reading.duration:
        return reading.duration.sentence
    if name == LEVER:
        return lever(reading.levier_hint).label
    return ", ".join(place.name for place in reading.places) if name == PLACE else ""


def _said(name: str, mention: _Told, words: str, value: str = "") -> SaidValue:
    """The value of a field, the sentence of the piece in which its words stand, and where that is, first one that names the lot too: another
    lot may have the same; the words alone where a page ends between them."""
    title = _level(mention.title)
    value = value or _value(name, mention.reading)
    for passage in mention.passages:
        if _level(words) in _level(passage.text):
            return SaidValue(value, _cut(passage.line), mention.piece.name, passage.where)
    for looked in filter(None, map(_level, (words, *_SENTENCE_ENDS.split(words)))):
        pages = [page for page in mention.piece.pages if looked in _level(page.text)]
        inside = [(said, page) for page in pages for said in sentences(page.text) if looked in _level(said)]
        named = [one for one in inside if title in _level(one[0])]
        if pages:
            sentence, page = (*named, *inside, (words, pages[0]))[0]
            return SaidValue(value, _cut(sentence), mention.piece.name, page.where)
    return SaidValue(value, _cut(words), mention.piece.name, "")


def _level(text: str) -> str:
    return _SPACES.sub(" ", flat(normalize("NFC", plain_text(text)))).strip()


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST_SENTENCE else f"{sentence[:_LONGEST_SENTENCE].rsplit(' ', 1)[0]} …"
