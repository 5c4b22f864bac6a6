"""Reads any national form of the BOAMP (official bulletin of public contracts) into a NoticeRecord, driven by the table of paths in `boamp_paths`."""

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

# A winner's name may be a person's, unless it contains a legal form.
_LEGAL_FORM = re.compile(
    r"\b(?:S\.?A\.?R\.?L|S\.?A\.?S(?:\.?U)?|S\.?A|E\.?U\.?R\.?L|S\.?N\.?C|S\.?C\.?O\.?P|S\.?C\.?I\.?C|G\.?I\.?E|E\.?S\.?A\.?T|ASSOCIATION|SOCI[EÉ]T[EÉ]"
    r"|FONDATION|MUTUELLE|COOP[EÉ]RATIVE|ENTREPRISE ADAPT[EÉ]E|GROUPE)\b",
    re.IGNORECASE,
)
_OF_DECISIONS = ("title", "currency", "awarded_on", "duration", "without_winner")
_OFFERS, _ENDED = "ReceptionOffres", "sans suite"
# FNSimple reserves all or part of a contract: if there are several lots, it does not give which.
_YES, _SOME = "oui", "tout ou partie"
_MONEY = re.compile(r"€|\beuros?\b|\beur\b", re.IGNORECASE)


def national_form(form: Node, shape: str, source: str, line: int, reference: str) -> NoticeRecord:
    """Return the record of a form. Every field is optional: an empty form gives an empty record. Raises TreeRefused if it has too many lots."""
    body, nature = _body(form)
    walker = Walker(body)
    for paths in at.ASIDE.values():
        walker.ignore(*paths)
    # the new deadline, if a correction gives it as a field
    corrected = ""
    for change in walker.holding("rubDelais"):
        change.ignore("auLieuDeDate")
        if change.first("rubDelais") == _OFFERS:
            corrected = corrected or change.first("lireDate")
    values = _texts(walker, at.NOTICE)
    title = values.get("title", "")
    description = _lines(walker, at.DESCRIPTION)
    changes = nature in at.CHANGES or any(name in form.inside for name in at.CHANGES)
    lots = list(_with_unique_numbers(_lots(walker, title, description, divided=changes)))
    awarded = tuple(_with_unique_numbers(_with_awards(walker, lots)))
    if len(awarded) == 1 and awarded[0].without_winner and not walker.all(*at.LOTS):
        # The whole contract is cancelled, even if the notice that it follows has several lots.
        nature, awarded = f"{nature}/{_ENDED}", ()
    return NoticeRecord(
        source,
        reference,
        line,
        nature=nature,
        shape=shape,
        earlier=notice_numbers(walker),
        description=description,
        why=_join_texts(*([] if corrected else [walker.words(path) for path in at.WHY])),
        deadline=corrected or walker.first(*at.EVERY_LOT["deadline"]),
        lots=awarded,
        **values,
        unread=walker.unread(),
    )


def notice_numbers(walker: Walker) -> tuple[str, ...]:
    """Return the numbers of other notices in a tree, at any depth."""
    nodes = walker.holding(*at.NOTICE_NUMBERS)
    return tuple(dict.fromkeys(number for node in nodes for name in at.NOTICE_NUMBERS for number in node.texts(name)))


def organisation(name: str) -> str:
    """Return a name if it contains a legal form, and so is an organisation's; else an empty text."""
    return name if _LEGAL_FORM.search(name) else ""


def _body(form: Node) -> tuple[Node, str]:
    """Return (the form with its body merged into the root, name of the body: « initial » for a new notice)."""
    for name in at.BODIES:
        if bodies := form.inside.get(name):
            others = {key: nodes for key, nodes in form.inside.items() if key != name}
            rest = {name: bodies[1:]} if bodies[1:] else {}
            inside = {**others, **rest, **bodies[0].inside}
            return Node(bodies[0].text or form.text, bodies[0].attributes, inside), name
    return form, ""


def _lots(walker: Walker, title: str, description: str, *, divided: bool) -> list[LotWritten]:
    """Return the lots; without listed lots, a single one if the form gives any field, unless the contract may be `divided` (a notice that changes
    another)."""
    shared = _fields_of_contract(walker)
    parts = [part for part in walker.all(*at.LOTS) if not part.has("oui", "non")]
    only_lot = _texts(walker, at.ONLY_LOT)
    if len(parts) > 1 and shared.reserved == _YES:
        shared = replace(shared, reserved=_SOME)
    if len(parts) < 2:
        shared = replace(shared, title=title, description=description, **only_lot)
    if len(parts) > MOST_LOTS:
        raise TreeRefused(TOO_MANY_LOTS)
    lots = [_lot(part, shared) for part in parts]
    return lots if lots or divided or shared == LotWritten(shared.number) else [shared]


def _fields_of_contract(walker: Walker) -> LotWritten:
    """Return the fields of the whole contract as a lot: the defaults of each lot."""
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
        conditions=_join_texts(*reservations, _lines(walker, at.CONDITIONS)),
        **_texts(walker, at.EVERY_LOT),
    )
    return _without_renewals(walker, lot)


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
            values["description"] = _join_texts(values.get("description", ""), f"Quantité : {quantity}")
    values["cpv"] = _codes(part, at.LOT) or shared.cpv
    values["places"] = tuple(_places(part, at.LOT_PLACES)) or shared.places
    return _without_renewals(part, replace(shared, **{"number": "", **values}))


def _without_renewals(walker: Walker, lot: LotWritten) -> LotWritten:
    return replace(lot, renewals="0") if walker.has(*at.NOT_RENEWED) and not lot.renewals else lot


def _with_awards(walker: Walker, lots: list[LotWritten]) -> Iterator[LotWritten]:
    """Yield the lots with their award decisions; lots named only by a decision come last."""
    decisions_by_lot: dict[str, list[LotWritten]] = {}
    for decision in _decisions(walker):
        number = lots[0].number if len(lots) == 1 and not decision.number else decision.number
        decisions_by_lot.setdefault(number, []).append(decision)
    for lot in lots:
        yield _with_decisions(lot, decisions_by_lot.pop(lot.number, []))
    for number, decisions in decisions_by_lot.items():
        yield from [_with_decisions(LotWritten(number), decisions)] if number else decisions


def _with_unique_numbers(lots: Iterable[LotWritten]) -> Iterator[LotWritten]:
    """Yield the lots with unique numbers; a lot without one takes its rank."""
    numbers = References()
    for rank, lot in enumerate(lots, start=1):
        yield replace(lot, number=numbers.apart(lot.number or str(rank)))


def _with_decisions(lot: LotWritten, decisions: list[LotWritten]) -> LotWritten:
    """Return a lot with its decisions: an amount common to all is the lot's; different amounts go to the winners of each decision."""
    amounts_differ = len({(decision.awarded, decision.currency) for decision in decisions if decision.awarded}) > 1
    winners = list(lot.winners)
    for decision in decisions:
        values = {name: getattr(lot, name) or getattr(decision, name) for name in _OF_DECISIONS}
        if not lot.duration:
            values["duration_unit"] = decision.duration_unit
        lot = replace(lot, awarded=lot.awarded or ("" if amounts_differ else decision.awarded), **values)
        own = decision.awarded if amounts_differ and decision.currency == lot.currency else ""
        shared = len(decision.winners) > 1 if own else None
        winners += [replace(winner, awarded=own, shared=shared) for winner in decision.winners]
    return replace(lot, winners=winners_once(winners))


def _decisions(walker: Walker) -> Iterator[LotWritten]:
    """Yield each award decision as a lot; without a number, it is about the whole contract."""
    for text in walker.texts(*at.AWARD_TEXT):
        yield from awarded_lots(text)
    for holder in walker.holding(*at.DECISIONS):
        for name in at.DECISIONS:
            for decision in holder.all(name):
                winners: dict[WinnerWritten, None] = {}
                for winner in decision.all(*at.WINNERS):
                    winner.ignore(*at.WINNER_ASIDE)
                    company = organisation(winner.first(*at.WINNER["name"]))
                    winners[WinnerWritten(winner.first(*at.WINNER["number"]), company)] = None
                values = {"number": "", **_texts(decision, at.DECISION)}
                ended = decision.has(*at.WITHOUT_WINNER)
                named = tuple(winner for winner in winners if winner != WinnerWritten())
                lot = LotWritten(**values, winners=named, without_winner=ended)
                if lot != LotWritten(lot.number):
                    yield lot


def _texts(walker: Walker, fields: at.Fields) -> dict[str, Any]:
    """Return the fields that have a text, except the CPV codes, which `_codes` reads."""
    values = {field: walker.first(*paths) for field, paths in fields.items() if field not in at.CODES}
    return {field: text for field, text in values.items() if text}


def _codes(walker: Walker, fields: at.Fields) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for field in at.CODES for text in walker.texts(*fields[field])))


def _duration(walker: Walker, durations: at.Fields) -> tuple[str, str]:
    """Return the first duration given, and its unit."""
    durations_read = [(walker.first(*paths), unit) for unit, paths in durations.items()]
    return next((duration for duration in durations_read if duration[0]), ("", ""))


def _places(walker: Walker, paths: at.Paths) -> Iterator[PlaceWritten]:
    for path in paths:
        for place in walker.all(path):
            written_place = PlaceWritten(**{field: place.first(*parts) for field, parts in at.PLACE.items()})
            if written_place != PlaceWritten():
                yield written_place


def _lines(walker: Walker, paths: at.Paths) -> str:
    """Return the texts at all paths, one on a line."""
    return _join_texts(*(text for path in paths for text in walker.texts(path)))


def _join_texts(*texts: str) -> str:
    return "\n".join(dict.fromkeys(filter(None, texts)))
