"""Sentences and tables of the hours of insertion of a dossier: beside the promise, by month and modality, what is late."""

from collections.abc import Iterable, Iterator
from datetime import date

from matcher.decisions.clause.followup import (
    HoursKind,
    InsertionHours,
    MonthHours,
    added,
    first_day,
    in_table_order,
    label_of,
    promise_said,
)
from matcher.domain.french import count, enumeration, number, percent, short_month, unit
from matcher.render.document import (
    CellMark,
    ColumnKind,
    DocumentCell,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    Marked,
)

_DECIMALS = 2
_KINDS = (HoursKind.PLANNED, HoursKind.PLACED, HoursKind.DONE)


def _hours(label: str) -> DocumentColumn:
    return DocumentColumn(label, ColumnKind.NUMBER, decimals=_DECIMALS)


_BESIDE = (
    DocumentColumn("Heures d’insertion"),
    *map(_hours, ("Attendues à ce jour", "Faites", "Faites ou placées", "Promises")),
)


def hours_said(its: InsertionHours, today: date) -> Iterator[str]:
    """Yield how the hours stand: done beside promised, late, not said yet; the PMSMP apart."""
    if its.promise is None:
        return
    yield f"{promise_said(its.promise).capitalize()}."
    done, due, promised = its.total(HoursKind.DONE), its.due(today), its.promise.hours
    if done is not None:
        share = f", {percent(done / promised)} de la promesse" if promised else ""
        yield f"{unit(done, 'heures', _DECIMALS)} faites{share}."
    elif its.months:
        yield "Aucune heure faite n’est notée."
    late = its.late(today)
    if due is not None and late is not None:
        basis = (
            "d’après les heures prévues"
            if its.total(HoursKind.PLANNED, today) is not None
            else "à part égale chaque mois"
        )
        lacks = f"{unit(late, 'heures', _DECIMALS)} de retard" if late else "aucun retard"
        yield f"{number(due, _DECIMALS)} attendues à la fin du mois dernier, {basis} : {lacks}."
    if unsaid := to_note(its, today):
        yield unsaid
    if its.immersions:
        told = count(sum(one.count for one in its.immersions), "période d’immersion", "périodes d’immersion")
        months = enumeration([short_month(one.month) for one in its.immersions])
        yield f"PMSMP : {told} ({months}), comptées à part : ce ne sont pas des heures d’insertion."


def to_note(its: InsertionHours, today: date) -> str:
    """Return the sentence of the months whose hours done are still to be noted, "" where none is."""
    months = [short_month(month) for month in its.unsaid(today)]
    return f"Heures faites à noter : {enumeration(months)}." if months else ""


def hours_tables(its: InsertionHours, today: date) -> tuple[DocumentTable, ...]:
    """Return the bar beside the promise, then the hours by month and modality with their totals; none where nothing is followed."""
    beside = [_beside(its, today)] if its.promise and its.promise.hours is not None else []
    return (*beside, *([_by_month(its, today)] if its.months else []))


def _beside(its: InsertionHours, today: date) -> DocumentTable:
    promised = its.promise.hours if its.promise else None
    done, placed, due = its.total(HoursKind.DONE), its.total(HoursKind.PLACED), its.due(today)
    row: tuple[DocumentCell, ...] = (
        "Ensemble du marché",
        due,
        done,
        max(filter(None, (done, placed)), default=placed),
        promised,
    )
    return DocumentTable("Heures faites et promises", _BESIDE, (DocumentRow(row),), ranged=True)


def _by_month(its: InsertionHours, today: date) -> DocumentTable:
    codes = tuple(in_table_order(one.modality for one in its.months))
    columns = (
        DocumentColumn("Mois"),
        *(_hours(label_of(code)) for code in codes),
        *(_hours(kind.capitalize()) for kind in _KINDS),
    )
    by_month: dict[date, dict[str, MonthHours]] = {}
    for one in its.months:
        by_month.setdefault(one.month, {})[one.modality] = one
    rows = [
        (
            short_month(month),
            *(_cell(lines.get(code), first_day(today)) for code in codes),
            *(_total(lines.values(), kind) for kind in _KINDS),
        )
        for month, lines in by_month.items()
    ]
    done = (_total((one for one in its.months if one.modality == code), HoursKind.DONE) for code in codes)
    rows.append(("Total", *done, *(_total(its.months, kind) for kind in _KINDS)))
    says = ("Sous chaque modalité, les heures faites ; « 80 sur 100 » où il en était prévu plus.",)
    return DocumentTable("Heures par mois et modalité", columns, tuple(map(DocumentRow, rows)), says, total=True)


def _cell(one: MonthHours | None, this_month: date) -> DocumentCell:
    """The hours done; beside those planned where they lack."""
    if one is None:
        return ""
    planned = one.planned or 0
    if one.done is None:
        said = f"{number(planned, _DECIMALS)} prévues" if planned else "non dites"
        return Marked(said, CellMark.UNKNOWN) if one.month < this_month else said
    if one.done < planned and one.month < this_month:
        return Marked(f"{number(one.done, _DECIMALS)} sur {number(planned, _DECIMALS)}", CellMark.PARTLY)
    return one.done


def _total(lines: Iterable[MonthHours], kind: HoursKind) -> DocumentCell:
    total = added(one.of(kind) for one in lines)
    return "" if total is None else total
