"""French sentences and tables on insertion hours (social clauses): done against promised, by month and modality, delay, yearly sums."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from matcher.decisions.clause.followup import (
    SILENT_MONTHS,
    ClauseContract,
    HoursKind,
    InsertionHours,
    MonthHours,
    bare_month,
    first_day,
    hours_by_year,
    in_table_order,
    label_of,
    promise_said,
    public_label,
    sum_by_key,
    sum_contracts,
    sum_known,
)
from matcher.domain.french import count, enumeration, number, percent, short_month, unit
from matcher.reference.wordings import persona_wording
from matcher.render.document import (
    CellMark,
    ColumnKind,
    DocumentCell,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    MarkedText,
)

_DECIMALS = 2


def _hours(label: str) -> DocumentColumn:
    return DocumentColumn(label, ColumnKind.NUMBER, decimals=_DECIMALS)


_PROMISES = (
    DocumentColumn("Heures d’insertion"),
    *map(_hours, ("Attendues à la fin du mois dernier", "Faites", "Faites ou placées", "Promises", "Retard")),
    DocumentColumn("Faites à la fin du mois dernier", ColumnKind.NUMBER, decimals=_DECIMALS, under=True),
)


def followed_said(contracts: Sequence[ClauseContract], today: date) -> Iterator[str]:
    """Yield sentences on the state of the hours: of the one contract, or first of all contracts together, then of each."""
    followed = [contract for contract in contracts if contract.hours.promise]
    if len(followed) < 2:
        for contract in followed:
            yield from hours_said(contract.hours, today)
        return
    whole = sum_contracts([contract.hours for contract in followed])
    promised = whole.promise.hours if whole.promise else None
    done = whole.total(HoursKind.DONE)
    known = (
        "heures promises non dites pour tous" if promised is None else f"{unit(promised, 'heures', _DECIMALS)} promises"
    )
    noted = "aucune heure faite notée" if done is None else f"{unit(done, 'heures', _DECIMALS)} faites"
    late = [contract.title for contract in followed if contract.hours.late(today)]
    behind = f" ; en retard : {enumeration(late)}" if late else ""
    yield f"{count(len(followed), 'contrat')} : {known}, {noted}{behind}."
    for contract in followed:
        yield f"{contract.title} : {' '.join(hours_said(contract.hours, today))}"


def hours_said(hours: InsertionHours, today: date) -> Iterator[str]:
    """Yield sentences on one contract: promise, hours done, delay, missing entries, and separately the PMSMP (immersion periods)."""
    if hours.promise is None:
        return
    promised = promise_said(hours.promise)
    yield f"{promised[0].upper()}{promised[1:]}."
    yield from _done_sentence(hours, today)
    late, due, before = hours.late(today), hours.due(today), hours.total(HoursKind.DONE, today) or 0
    if due is not None and (due or late is not None):
        basis = (
            "d’après les heures prévues"
            if hours.total(HoursKind.PLANNED, today) is not None
            else "à part égale chaque mois"
        )
        expected = f"{number(due, _DECIMALS)} attendues à la fin du mois dernier, {basis}"
        if late is None:
            yield f"{expected} : le retard n’est pas connu."
        else:
            lacks = f"{unit(late, 'heures', _DECIMALS)} de retard" if late else "aucun retard"
            yield f"{expected}, {number(before, _DECIMALS)} faites à cette date : {lacks}."
    if lacking := to_note(hours, today):
        yield lacking
    if hours.immersions:
        periods = count(sum(one.count for one in hours.immersions), "période d’immersion", "périodes d’immersion")
        months = enumeration([short_month(one.month) for one in hours.immersions])
        yield f"PMSMP : {periods} ({months}), comptées à part : ce ne sont pas des heures d’insertion."


def _done_sentence(hours: InsertionHours, today: date) -> Iterator[str]:
    """Yield a sentence on all hours done, including those of the current month, which are not yet due."""
    done, promised = hours.total(HoursKind.DONE), hours.promise.hours if hours.promise else None
    if done is None:
        if hours.months:
            yield "Aucune heure faite n’est notée."
        return
    share = f", {percent(done / promised)} de la promesse" if promised else ""
    now = sum_known(one.done for one in hours.months if one.month >= first_day(today))
    current = f", dont {number(now, _DECIMALS)} en {bare_month(today)}" if now else ""
    yield f"{unit(done, 'heures', _DECIMALS)} faites{share}{current}."


def to_note(hours: InsertionHours, today: date) -> str:
    """Return a reminder: months without their hours done, else the time since the last entry; "" if nothing is missing."""
    if months := [short_month(month) for month in hours.unsaid(today)]:
        return f"Heures faites à noter : {enumeration(months)}."
    silent = hours.silence(today)
    return f"Rien noté depuis {unit(silent, 'mois')}." if silent >= SILENT_MONTHS else ""


def notes_due(contracts: Sequence[ClauseContract], today: date) -> Iterator[str]:
    """Yield the reminder of each contract (see `to_note`), with its title if there are several."""
    for contract in contracts:
        if sentence := to_note(contract.hours, today):
            yield f"{contract.title} : {sentence}" if len(contracts) > 1 else sentence


def hours_tables(contracts: Sequence[ClauseContract], today: date) -> tuple[DocumentTable, ...]:
    """Return a table comparing each contract's hours with its promise, then one of hours by month and modality per contract; empty without follow-up."""
    followed = [contract for contract in contracts if contract.hours.promise or contract.hours.months]
    several = len(followed) > 1
    promises = tuple(
        DocumentRow(_promise_cells(contract, today, several))
        for contract in followed
        if contract.hours.promise and contract.hours.promise.hours is not None
    )
    bars = [DocumentTable("Heures faites et promises", _PROMISES, promises, ranged=True)] if promises else []
    months = [(contract.title, _by_month(contract.hours, today)) for contract in followed if contract.hours.months]
    return (*bars, *(replace(table, title=f"{table.title}, {of}") if several else table for of, table in months))


def _promise_cells(contract: ClauseContract, today: date, several: bool) -> tuple[DocumentCell, ...]:
    hours = contract.hours
    done, placed, due = hours.total(HoursKind.DONE), hours.total(HoursKind.PLACED), hours.due(today)
    either = max(filter(None, (done, placed)), default=placed)
    promised = hours.promise.hours if hours.promise else None
    label = contract.title_and_client if several else "Ensemble du marché"
    return label, due, done, either, promised, hours.late(today), hours.total(HoursKind.DONE, today)


def yearly_table(
    contracts: Sequence[ClauseContract], years: Collection[int] = (), title: str = "Heures par an"
) -> DocumentTable:
    """Return a table of hours by year, client, contract, modality and public; only those of `years` if given."""
    rows = (
        (
            *(str(line.month.year), contract.client or "non dit", contract.title, label_of(line.modality)),
            *(public_label(line.public), *("" if (hours := line.of(kind)) is None else hours for kind in HoursKind)),
        )
        for contract, line in hours_by_year(contracts, years)
    )
    columns = (
        *map(DocumentColumn, ("Année", persona_wording("client"), "Contrat", "Modalité", "Public")),
        *(_hours(f"Heures {kind}") for kind in HoursKind),
    )
    return DocumentTable(title, columns, tuple(map(DocumentRow, rows)))


def _by_month(hours: InsertionHours, today: date) -> DocumentTable:
    codes = tuple(in_table_order(one.modality for one in hours.months))
    columns = (
        DocumentColumn("Mois"),
        *(_hours(label_of(code)) for code in codes),
        *(_hours(kind.capitalize()) for kind in HoursKind),
    )
    by_month = {
        month: sum_by_key((line.modality, line) for line in hours.months if line.month == month)
        for month in dict.fromkeys(line.month for line in hours.months)
    }
    rows = [
        (
            short_month(month),
            *(_cell(lines.get(code), first_day(today)) for code in codes),
            *(_total(lines.values(), kind) for kind in HoursKind),
        )
        for month, lines in by_month.items()
    ]
    done = (_total((one for one in hours.months if one.modality == code), HoursKind.DONE) for code in codes)
    rows.append(("Total", *done, *(_total(hours.months, kind) for kind in HoursKind)))
    says = ("Sous chaque modalité, les heures faites ; « 80 sur 100 » où il en était prévu plus.",)
    return DocumentTable("Heures par mois et modalité", columns, tuple(map(DocumentRow, rows)), says, total=True)


def _cell(month_hours: MonthHours | None, this_month: date) -> DocumentCell:
    """Return the hours done, « done sur planned » if some are missing."""
    if month_hours is None:
        return ""
    planned = month_hours.planned or 0
    if month_hours.done is None:
        text = f"{number(planned, _DECIMALS)} prévues" if planned else "non dites"
        return MarkedText(text, CellMark.UNKNOWN) if month_hours.month < this_month else text
    if month_hours.done < planned and month_hours.month < this_month:
        return MarkedText(f"{number(month_hours.done, _DECIMALS)} sur {number(planned, _DECIMALS)}", CellMark.PARTLY)
    return month_hours.done


def _total(lines: Iterable[MonthHours], kind: HoursKind) -> DocumentCell:
    total = sum_known(one.of(kind) for one in lines)
    return "" if total is None else total
