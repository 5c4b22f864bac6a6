"""National forms of the BOAMP → record: one walker, driven by the table of paths, for whatever form; what it did not reach is named."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from importers.emit import References
from importers.notices import boamp_paths as at
from importers.notices.award_text import awarded_lots
from importers.notices.importer import LotWritten, NoticeRecord, PlaceWritten, WinnerWritten, winners_once
from importers.notices.tree import MOST_LOTS, TOO_MANY_LOTS, Node, TreeRefused
from importers.notices.walker import Walker

# A winner's name may be a person's; one that bears its legal form is an organisation's.
_LEGAL_FORM = re.compile(
    r"\b(?:S\.?A\.?R\.?L|S\.?A\.?S(?:\.?U)?|S\.?A|E\.?U\.?R\.?L|S\.?N\.?C|S\.?C\.?O\.?P|S\.?C\.?I\.?C|G\.?I\.?E|E\.?S\.?A\.?T|ASSOCIATION|SOCI[EÉ]T[EÉ]"
    r"|FONDATION|MUTUELLE|COOP[EÉ]RATIVE|ENTREPRISE ADAPT[EÉ]E|GROUPE)\b",
    re.IGNORECASE,
)
_OF_DECISIONS = ("title", "currency", "awarded_on", "duration", "without_winner")
_OFFERS, _ENDED = "ReceptionOffres", "sans suite"
# FNSimple asks whether all or part of a contract is reserved: of one of several lots it says no more.
_YES, _SOME = "oui", "tout ou partie"
_MONEY = re.compile(r"€|\beuros?\b|\beur\b", re.IGNORECASE)


def national_form(form: Node, shape: str, source: str, line: int, reference: str) -> NoticeRecord:
    """Return the notice of a form. Nothing is demanded of it: an empty form gives an empty record.

    Raises TreeRefused where it has more lots than any contract.
    """
    body, nature = _body(form)
    walker = Walker(body)
    for paths in at.ASIDE.values():
        walker.ignore(*paths)
    # the deadline that a correction puts in place of another, where it names it field by field
    corrected = ""
    for each in walker.holding("rubDelais"):
        each.ignore("auLieuDeDate")
        if each.first("rubDelais") == _OFFERS:
            corrected = corrected or each.first("lireDate")
    values = _texts(walker, at.NOTICE)
    title = values.get("title", "")
    description = _lines(walker, at.DESCRIPTION)
    changes = nature in at.CHANGES or any(name in form.inside for name in at.CHANGES)
    lots = list(_numbered(_lots(walker, title, description, divided=changes)))
    awarded = tuple(_numbered(_awarded(walker, lots)))
    if len(awarded) == 1 and awarded[0].without_winner and not walker.all(*at.LOTS):
        # The whole is ended, however many lots the notice that it follows has.
        nature, awarded = f"{nature}/{_ENDED}", ()
    return NoticeRecord(
        source,
        reference,
        line,
        nature=nature,
        shape=shape,
        earlier=notice_numbers(walker),
        description=description,
        why=_joined(*([] if corrected else [walker.words(path) for path in at.WHY])),
        deadline=corrected or walker.first(*at.EVERY_LOT["deadline"]),
        lots=awarded,
        **values,
        unread=walker.unread(),
    )


def notice_numbers(walker: Walker) -> tuple[str, ...]:
    """Return the numbers of notices that a tree names, however deep."""
    walkers = walker.holding(*at.NOTICE_NUMBERS)
    return tuple(dict.fromkeys(number for each in walkers for name in at.NOTICE_NUMBERS for number in each.texts(name)))


def organisation(name: str) -> str:
    """Return a name that bears its legal form, which is then an organisation's; empty for any other."""
    return name if _LEGAL_FORM.search(name) else ""


def _body(form: Node) -> tuple[Node, str]:
    """Return the form with its body as its top, and the name of the body: « initial » for a new notice."""
    for name in at.BODIES:
        if bodies := form.inside.get(name):
            others = {key: nodes for key, nodes in form.inside.items() if key != name}
            rest = {name: bodies[1:]} if bodies[1:] else {}
            inside = {**others, **rest, **bodies[0].inside}
            return Node(bodies[0].text or form.text, bodies[0].attributes, inside), name
    return form, ""


def _lots(walker: Walker, title: str, description: str, *, divided: bool) -> list[LotWritten]:
    """The lots; of a contract that is not `divided` (unknown of a notice that changes another), the only one, where anything of it is given."""
    shared = _shared(walker)
    parts = [part for part in walker.all(*at.LOTS) if not part.has("oui", "non")]
    alone = _texts(walker, at.ONLY_LOT)
    if len(parts) > 1 and shared.reserved == _YES:
        shared = replace(shared, reserved=_SOME)
    if len(parts) < 2:
        shared = replace(shared, title=title, description=description, **alone)
    if len(parts) > MOST_LOTS:
        raise TreeRefused(TOO_MANY_LOTS)
    lots = [_lot(part, shared) for part in parts]
    return lots if lots or divided or shared == LotWritten(shared.number) else [shared]


def _shared(walker: Walker) -> LotWritten:
    """Return the fields of the whole contract, as those of its only lot."""
    duration, unit = _duration(walker, at.WHOLE_DURATIONS)
    reserved = _YES if walker.has(*at.RESERVED) else "none" if walker.has(*at.NOT_RESERVED) else ""
    reservations = [f"Marché réservé : {words}" for path in at.RESERVED if (words := walker.words(path))]
    natures = (name for path in at.NATURE for name in at.NATURES if walker.has(f"{path}/{name}"))
    lot = LotWritten(
        "1",
        nature=next(natures, ""),
        framework=walker.has(*at.FRAMEWORK),
        cpv=_codes(walker, at.EVERY_LOT),
        places=tuple(_places(walker, at.WHOLE_PLACES)),
        duration=duration,
        duration_unit=unit,
        reserved=reserved,
        conditions=_joined(*reservations, _lines(walker, at.CONDITIONS)),
        **_texts(walker, at.EVERY_LOT),
    )
    return _renewed(walker, lot)


def _lot(part: Walker, shared: LotWritten) -> LotWritten:
    part.ignore(*at.LOT_ASIDE)
    values = _texts(part, at.LOT)
    if "title" not in values:
        values["title"] = values.pop("description", "") or shared.title
    duration, unit = _duration(part, at.LOT_DURATIONS)
    if duration:
        values |= {"duration": duration, "duration_unit": unit}
    if quantity := part.first(at.QUANTITY):
        if _MONEY.search(quantity):
            values.setdefault("amount", quantity)
        else:
            values["description"] = _joined(values.get("description", ""), f"Quantité : {quantity}")
    values["cpv"] = _codes(part, at.LOT) or shared.cpv
    values["places"] = tuple(_places(part, at.LOT_PLACES)) or shared.places
    return _renewed(part, replace(shared, **{"number": "", **values}))


def _renewed(walker: Walker, lot: LotWritten) -> LotWritten:
    return replace(lot, renewals="0") if walker.has(*at.NOT_RENEWED) and not lot.renewals else lot


def _awarded(walker: Walker, lots: list[LotWritten]) -> Iterator[LotWritten]:
    """The lots with what became of each; one that only its award names comes last."""
    decisions_by_lot: dict[str, list[LotWritten]] = {}
    for decision in _decisions(walker):
        number = lots[0].number if len(lots) == 1 and not decision.number else decision.number
        decisions_by_lot.setdefault(number, []).append(decision)
    for lot in lots:
        yield _with(lot, decisions_by_lot.pop(lot.number, []))
    for number, decisions in decisions_by_lot.items():
        yield from [_with(LotWritten(number), decisions)] if number else decisions


def _numbered(lots: Iterable[LotWritten]) -> Iterator[LotWritten]:
    """The lots each under a number of its own; one that has none takes its rank."""
    numbers = References()
    for rank, lot in enumerate(lots, start=1):
        yield replace(lot, number=numbers.apart(lot.number or str(rank)))


def _with(lot: LotWritten, decisions: list[LotWritten]) -> LotWritten:
    """A lot with its decisions: an amount that all of them share is the lot's, others are each of its own decision."""
    apart = len({(one.awarded, one.currency) for one in decisions if one.awarded}) > 1
    winners = list(lot.winners)
    for written_lot in decisions:
        values = {name: getattr(lot, name) or getattr(written_lot, name) for name in _OF_DECISIONS}
        if not lot.duration:
            values["duration_unit"] = written_lot.duration_unit
        lot = replace(lot, awarded=lot.awarded or ("" if apart else written_lot.awarded), **values)
        own = written_lot.awarded if apart and written_lot.currency == lot.currency else ""
        shared = len(written_lot.winners) > 1 if own else None
        winners += [replace(winner, awarded=own, shared=shared) for winner in written_lot.winners]
    return replace(lot, winners=winners_once(winners))


def _decisions(walker: Walker) -> Iterator[LotWritten]:
    """Yield each decision of award as a lot; one without a number is of the whole."""
    for text in walker.texts(*at.AWARD_TEXT):
        yield from awarded_lots(text)
    for holder in walker.holding(*at.DECISIONS):
        for name in at.DECISIONS:
            for decision in holder.all(name):
                winners = dict.fromkeys(_winner(each) for each in decision.all(*at.WINNERS))
                values = {"number": "", **_texts(decision, at.DECISION)}
                ended = decision.has(*at.WITHOUT_WINNER)
                named = tuple(one for one in winners if one != WinnerWritten())
                lot = LotWritten(**values, winners=named, without_winner=ended)
                if lot != LotWritten(lot.number):
                    yield lot


def _winner(walker: Walker) -> WinnerWritten:
    walker.ignore(*at.WINNER_ASIDE)
    return WinnerWritten(walker.first(*at.WINNER["number"]), organisation(walker.first(*at.WINNER["name"])))


def _texts(walker: Walker, fields: at.Fields) -> dict[str, Any]:
    """The fields that have a text; the codes, of which there may be several, are read apart."""
    values = {field: walker.first(*paths) for field, paths in fields.items() if field not in at.CODES}
    return {field: text for field, text in values.items() if text}


def _codes(walker: Walker, fields: at.Fields) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for field in at.CODES for text in walker.texts(*fields[field])))


def _duration(walker: Walker, durations: at.Fields) -> tuple[str, str]:
    """The first duration that is given, and its unit."""
    durations_read = [(walker.first(*paths), unit) for unit, paths in durations.items()]
    return next((one for one in durations_read if one[0]), ("", ""))


def _places(walker: Walker, paths: at.Paths) -> Iterator[PlaceWritten]:
    for path in paths:
        for place in walker.all(path):
            written_place = PlaceWritten(**{field: place.first(*parts) for field, parts in at.PLACE.items()})
            if written_place != PlaceWritten():
                yield written_place


def _lines(walker: Walker, paths: at.Paths) -> str:
    """Return the text at each path, a line each."""
    return _joined(*(text for path in paths for text in walker.texts(path)))


def _joined(*texts: str) -> str:
    return "\n".join(dict.fromkeys(filter(None, texts)))
