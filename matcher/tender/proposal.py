"""Proposes the lots of a tender from its documents (the pieces of a DCE): need, place, amount, duration and reservation of each, with their sentences.

Documents are ordered by how reliable their kind is about lots. The most reliable one that lists lots gives the list; without any list the tender is one need.
A field takes the value of the first document that gives it; differing values of other documents are kept after it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from operator import attrgetter, itemgetter
from unicodedata import normalize

from matcher.cleaning.dates import clean_date
from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import flat
from matcher.domain.french import count, unit
from matcher.domain.reading import AmountRead, DoubtKind, DurationRead, Lot, Reading
from matcher.reading.insertion_hours import insertion_hours, takes_staff_over
from matcher.reading.lot_table import announced_lots
from matcher.reading.notice import Notice, condense, sentences, split_notice, title_line
from matcher.reading.reader import lots_of_notice, read, where_done
from matcher.reading.reservation import lever_told, lots_named, read_reservation, words_of_lot
from matcher.reading.sizes import read_sizes
from matcher.reference.levers import lever
from matcher.tender.particulars import buyers_written, days_due
from matcher.tender.passages import Passage, passages
from matcher.tender.piece import Piece, sort_pieces
from matcher.tender.quoting import normalise, quote_piece, shorten

# Each lot is read, listed and shown on one page.
MOST_LOTS = 40
# Characters of one document that are read for its lots: two hundred pages, the first of which list the lots.
_MOST_READ = 500_000
# Amounts that differ by less than this share are one amount, rounded.
_SHARE = 0.01
# The fields of a lot, by their names in the URL of a list of candidates.
NEED, PLACE, AMOUNT, DURATION, LEVER = FIELDS = ("besoin", "lieu", "montant", "duree", "levier")
HOURS, DEADLINE, BUYER, MAXIMUM = "heures", "remise", "acheteur", "maximum"
UNRESERVED = "non réservé"
# Most characters that the technical clauses (CCTP) add to a lot's need: one page.
_MOST_ADDED = 1_500
_A_YEAR = 12.0
_YEARLY = "Le montant est par an, et la durée n’est pas lue : donnez l’un et l’autre."
_TECHNICAL = "CCTP"
_CURE_OF_LIST = (
    "Un lot est lu sur une ligne « Lot 1 : … », ou dans un tableau dont la première colonne, « Lot », le numérote."
)


@dataclass(frozen=True, slots=True)
class SaidValue:
    """A value in French and its source: the sentence, the document's name, the page (`where`, empty for a document without pages)."""

    value: str
    sentence: str
    piece: str
    where: str


@dataclass(frozen=True, slots=True)
class ProposedLot:
    """One proposed lot; a value that no document gives is empty or None. `hours`: hours of insertion over the whole duration. `said`: by field, the source
    of the value, then the differing values of other documents."""

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
    """The proposed lots. `told_by`: name of the document that lists them; `more`: number of lots beyond `MOST_LOTS`; `buyer`: SIRET or SIREN, or empty;
    `buyer_names`: its name, from the most reliable document that writes it, then other names; `deadline`: last day for offers; `due`: the sentences that
    give it; `doubts` on the list of lots, in French."""

    lots: tuple[ProposedLot, ...] = ()
    told_by: str = ""
    more: int = 0
    buyer: str = ""
    buyer_names: tuple[SaidValue, ...] = ()
    deadline: date | None = None
    due: tuple[SaidValue, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a document with its reading: the whole, one of its lots, or `passages` about one lot. `placed`: it gives a place of its own."""

    piece: Piece
    notice: Notice
    reading: Reading
    number: str = ""
    title: str = ""
    placed: bool = True
    passages: tuple[Passage, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Its sentences, including those about several lots."""
        return tuple(passage.text for passage in self.passages) or self.notice.reserving or self.notice.said

    @property
    def own_sentences(self) -> tuple[str, ...]:
        """Its sentences that name no other lot."""
        return tuple(passage.text for passage in self.passages if passage.alone) if self.passages else self.sentences


def propose_lots(pieces: Sequence[Piece]) -> Proposal:
    """Return the lots proposed from the documents of one tender; no lot if no document has readable pages."""
    pieces_read = [_read(piece) for piece in sort_pieces(piece for piece in pieces if piece.pages)]
    wholes = [whole for whole, _ in pieces_read]
    # Without lots, one need: that of the most reliable document whose activity is understood, else of the first.
    by_activity = sorted(wholes, key=lambda whole: not whole.reading.understood)
    lots = next(filter(None, map(itemgetter(1), pieces_read)), by_activity[:1])
    every = _parts(pieces_read, lots[:MOST_LOTS])
    made = [_lot(lot, [part for part in every if part.number == lot.number], wholes) for lot in lots[:MOST_LOTS]]
    due = _due(wholes)
    return Proposal(
        lots=tuple(made),
        told_by=lots[0].piece.name if lots else "",
        more=len(lots) - len(made),
        buyer=next(filter(None, (whole.reading.buyer for whole in wholes)), ""),
        buyer_names=tuple(
            _quote(BUYER, wholes[rank], words, name)
            for rank, name, words in buyers_written(map(attrgetter("piece"), wholes))
        ),
        deadline=clean_date(due[0].value).value if due else None,
        due=due,
        doubts=_doubts_on_list(wholes, len(lots) if lots and lots[0].number else 0),
    )


def _doubts_on_list(wholes: Sequence[_Part], listed: int) -> tuple[str, ...]:
    """Return the doubt that the most reliable document which announces a number of lots announces another than that of the lots listed, if any."""
    announcing = ((announced_lots(whole.piece.text), whole.piece.name) for whole in wholes)
    announced, name = next((pair for pair in announcing if pair[0]), (None, ""))
    if not announced or announced == (listed or 1):
        return ()
    lots_read = count(listed, "lot est lu", "lots sont lus") if listed else "aucun n’est délimité"
    return (f"{name} annonce {count(announced, 'lot')}, et {lots_read} dans ces pièces. {_CURE_OF_LIST}",)


def _parts(pieces_read: Sequence[tuple[_Part, list[_Part]]], lots: Sequence[_Part]) -> list[_Part]:
    """Return all the parts: every document, every lot it lists, then its passages about each numbered lot."""
    numbers = [lot.number for lot in lots if lot.number]
    parts = [part for whole, listed in pieces_read for part in (whole, *listed)]
    for whole, listed in pieces_read:
        for number, about_lot in passages(whole.piece.pages, numbers, listed=bool(listed)).items():
            text = normalize("NFC", "\n".join(passage.text for passage in about_lot if passage.alone))
            # Passages about several lots count for the reservation only.
            reserved = lever_told(read_reservation([passage.text for passage in about_lot]).of(number), {})
            reading = replace(read(Lot(text)), levier_hint=reserved.lever, reserved_by=reserved.outright)
            parts.append(_Part(whole.piece, split_notice(text), reading, number, passages=tuple(about_lot)))
    return parts


def _read(piece: Piece) -> tuple[_Part, list[_Part]]:
    lot = Lot(normalize("NFC", plain_text(piece.text[:_MOST_READ])))
    whole = split_notice(lot.objet)
    notices = {part.number: part.told for part in reversed(whole.lots)}
    lots = [
        _Part(
            piece,
            notices[part.number],
            part.reading,
            part.number,
            part.title,
            placed=whole.form or bool(where_done(part.reading.lot).places),
        )
        for part in lots_of_notice(lot)
    ]
    reading = read(lot)
    # A duration found in one of its lots is not that of the whole.
    durations = {part.reading.duration for part in lots}
    return _Part(piece, whole, replace(reading, duration=None) if reading.duration in durations else reading), lots


def _lot(main: _Part, parts: Sequence[_Part], wholes: Sequence[_Part]) -> ProposedLot:
    """Build the lot of `main`, completed by the parts about the same lot (`parts`), then, for place and duration only, by the documents as wholes: an
    amount for all lots is not the amount of one."""
    need = main.reading.lot.objet if main.number else main.notice.need
    mentions = _field_parts(main, parts, wholes)
    months = mentions[DURATION][0].reading.months if mentions[DURATION] else None
    where, size, _, reserved, most = ((field_parts or [main])[0].reading for field_parts in mentions.values())
    hours, hours_source = _hours((main, *parts), months)
    lever_code = _lever(reserved) or ""
    sources = {
        NEED: (_quote(NEED, main, need.partition("\n")[0]),),
        **{name: _sources(name, field_parts, parts) for name, field_parts in mentions.items()},
        HOURS: hours_source,
    }
    if not lever_code:
        sources[LEVER] = _denial((main, *parts))
    facts = list(map("Clause d’insertion : {0.value}".format, hours_source[:1]))
    if most.maximum and read_sizes(split_notice(need)).maximum is None:
        facts.append(f"Montant maximum : {most.maximum.sentence}")
    return ProposedLot(
        number=main.number,
        title=main.title or title_line([main.notice.object]),
        need=_need_with_clauses(need, main, parts, facts),
        cpv=main.reading.lot.cpv or main.notice.cpv[:1],
        places=tuple(place.key for place in where.places),
        place_names=tuple(place.name for place in where.places),
        euros=size.amount.over(months) if size.amount else None,
        months=months,
        lever=lever_code,
        said=dict(filter(itemgetter(1), sources.items())),
        doubts=tuple(_doubts(main, size, months, placed=bool(mentions[PLACE]))),
        hours=hours,
    )


def _sources(name: str, field_parts: Sequence[_Part], parts: Sequence[_Part]) -> tuple[SaidValue, ...]:
    """Return the value that each part gives to a field, with its source."""
    return tuple(_quote(name, _with_passages(part, parts), _words(name, part)) for part in field_parts)


def _with_passages(part: _Part, parts: Sequence[_Part]) -> _Part:
    """Return a part with the passages of its document about the lot: the row as it is written, for a lot listed in a table."""
    about_lot = (passage for other in parts if other.piece.name == part.piece.name for passage in other.passages)
    return replace(part, passages=part.passages or tuple(about_lot))


def _field_parts(main: _Part, parts: Sequence[_Part], wholes: Sequence[_Part]) -> dict[str, list[_Part]]:
    """Return, by field of a lot, the parts that give its value."""
    duration_parts = _values(attrgetter("months"), main, [*parts, *wholes], ())
    months = duration_parts[0].reading.months if duration_parts else None
    first, *others = [part for part in (main, *parts) if part.placed] or [main, *parts]
    return {
        PLACE: _values(
            lambda reading: tuple(sorted(place.key for place in reading.places)) or None, first, others, wholes
        ),
        AMOUNT: _values(  # over one year if the duration is unknown
            lambda reading: reading.amount and (reading.amount.over(months) or reading.amount.euros), main, parts, ()
        ),
        DURATION: duration_parts,
        LEVER: _values(_lever, main, parts, ()),
        MAXIMUM: _values(
            lambda reading: reading.maximum and (reading.maximum.over(months) or reading.maximum.euros), main, parts, ()
        ),
    }


def _doubts(main: _Part, size: Reading, months: float | None, *, placed: bool) -> Iterator[str]:
    """Yield the doubts on a lot in French, without « place unknown » if some document gives the place (`placed`), nor those on the list of lots, nor those
    on its amount that the duration settles."""
    settled = {DoubtKind.LOTS, *([DoubtKind.PLACE_UNKNOWN] if placed else []), *([DoubtKind.AMOUNT] if months else [])}
    yield from (doubt.says for doubt in main.reading.doubts if doubt.kind not in settled)
    if months:
        yield from read_sizes(main.notice, months=months).about_amount
    if size.amount and size.amount.over(months) is None:
        yield _YEARLY


def _need_with_clauses(need: str, main: _Part, parts: Sequence[_Part], facts: Sequence[str]) -> str:
    """Return the text of a need followed by the technical clauses (CCTP) about the lot, up to one page, then by what they lack: the sentences of
    its `facts` (hours of insertion, maximum), and the first that transfers the staff in place."""
    clauses = (part for part in parts if part.piece.kind.letters == _TECHNICAL)
    prose = "\n".join(passage.text for part in clauses for passage in part.passages if passage.prose)
    added = [line for line in split_notice(prose).need.splitlines() if line.rstrip(" .") not in need]
    condensed_text = condense("\n".join(dict.fromkeys(added)), _MOST_ADDED)[0]
    transfers = (shorten(sentence) for _, sentence in _about_lot((main, *parts)) if takes_staff_over(sentence))
    lacking = [sentence for sentence in (*facts, *islice(transfers, 1)) if sentence not in f"{need}\n{condensed_text}"]
    first, _, rest = need.partition("\n")
    more = "\n".join(filter(None, (condensed_text, *lacking)))
    return "\n".join(filter(None, (f"Objet : {first.rstrip(' .')}.", rest, more))) if more else need


def _hours(parts: Sequence[_Part], months: float | None) -> tuple[float | None, tuple[SaidValue, ...]]:
    """Return the hours of insertion of a lot over its duration (None if the duration is unknown), and their source: a sentence about this lot alone, else the
    words about it (« clause d’insertion 420 heures ») in one that names several, « le lot 1 réalise 820 heures d’insertion et le lot 2, 420 »."""
    clauses = [(part, sentence, sentence) for part, sentence in _about_lot(parts)]
    for part in parts:
        for text in (passage.text for passage in part.passages if not passage.alone and "insertion" in passage.text):
            about_lot = words_of_lot(flat(text), part.number).replace("d'insertion", "").strip(" ,:")
            clauses.append((part, text, f"clause d'insertion {about_lot}"))
    for mention, sentence, clause in clauses:
        yearly = insertion_hours(clause, _A_YEAR)
        if yearly is not None:
            value = unit(yearly, "heures par an" if insertion_hours(clause) is None else "heures")
            return insertion_hours(clause, months), (_quote(HOURS, mention, sentence, value),)
    return None, ()


def _about_lot(parts: Sequence[_Part]) -> Iterator[tuple[_Part, str]]:
    """Yield (part, sentence) for each sentence about a lot alone: a lot among others, named by a text that does not list them, is not the whole."""
    for part in parts:
        yield from ((part, text) for text in part.own_sentences if part.number or not lots_named(flat(text)))


def _denial(parts: Sequence[_Part]) -> tuple[SaidValue, ...]:
    """Return the source of the first sentence stating that the lot is not reserved."""
    for mention in parts:
        for denial in read_reservation(mention.sentences).of(mention.number).denials:
            return (_quote(LEVER, _with_passages(mention, parts), denial.sentence, UNRESERVED),)
    return ()


def _due(wholes: Sequence[_Part]) -> tuple[SaidValue, ...]:
    """Return the deadlines for offers with their sources, from the most reliable document; a document with two different days is ignored."""
    values: dict[str, SaidValue] = {}
    for whole in wholes:
        days_written = days_due(whole.piece)
        days = {clean_date(day).value: day for day in days_written}
        if len(days) == 1 and None not in days:
            day = next(iter(days.values()))
            values.setdefault(day, _quote(DEADLINE, whole, days_written[day], day))
    return tuple(values.values())


def _lever(reading: Reading) -> str | None:
    return reading.levier_hint if reading.reserved_by else None


def _values(
    value_of: Callable[[Reading], object], main: _Part, parts: Sequence[_Part], fallback: Sequence[_Part]
) -> list[_Part]:
    """Return the first part that gives a value, then the parts that give a different one; if none does, the first of `fallback` that gives any."""
    candidates: list[_Part] = []
    for mention in (main, *parts):
        value, values = value_of(mention.reading), [value_of(part.reading) for part in candidates]
        if value is None or value in values:
            continue
        numbers = [other for other in values if isinstance(other, float)]
        if not (
            isinstance(value, float) and any(abs(value - other) <= _SHARE * max(value, other) for other in numbers)
        ):
            candidates.append(mention)
    return candidates or [part for part in fallback if value_of(part.reading) is not None][:1]


def _words(name: str, mention: _Part) -> str:
    """Return the words of the document from which the value of a field was read."""
    reading = mention.reading
    if size := _size(name, reading):
        return size.words
    if name == LEVER:
        return reading.reserved_by
    # For a place: the first sentence that names one of the places, else the first sentence.
    texts = (*mention.notice.where, *(page.text for page in mention.piece.pages))
    candidates = [sentence for text in texts for sentence in sentences(text)]
    names = [flat(place.name) for place in reading.places]
    naming = (sentence for sentence in candidates if any(place in flat(sentence) for place in names))
    return next(naming, next(iter(candidates), ""))


def _size(name: str, reading: Reading) -> AmountRead | DurationRead | None:
    return {AMOUNT: reading.amount, DURATION: reading.duration, MAXIMUM: reading.maximum}.get(name)


def _value(name: str, reading: Reading) -> str:
    if size := _size(name, reading):
        return size.sentence
    if name == LEVER:
        return lever(reading.levier_hint).label
    if name == PLACE:
        return ", ".join(place.name for place in reading.places)
    return ""


def _quote(name: str, mention: _Part, words: str, value: str = "") -> SaidValue:
    """Return the value of a field with the sentence and the page that contain its `words`, those of each part where they span several sentences: first a
    passage about the lot, then a sentence of a page; the words themselves if a page break cuts them."""
    value = value or _value(name, mention.reading)
    for passage in mention.passages:
        if normalise(words) in normalise(passage.text):
            return SaidValue(value, shorten(passage.line), mention.piece.name, passage.where)
    sentence, where = quote_piece(words, mention.piece, mention.title)
    return SaidValue(value, sentence, mention.piece.name, where)
