"""Queries of public contracts: those that suppliers won (their references), and those that a buyer awarded, each once although several sources
publish it. Imports no file reader, so that a search starts fast."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import MAXYEAR, date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, case, exists, func, select

from matcher.catalogue.identity.same_contract import PublishedContract, same_contracts
from matcher.catalogue.store.tables import AWARDS, REFERENCES
from matcher.domain.supplier import Reference
from matcher.rows import chunks

_REFERENCE_FIELDS = frozenset(field.name for field in fields(Reference))
# Columns that identify a contract: one won by a group of companies has a row for each of them.
_CONTRACT = ("buyer", "number", "objet", "cpv", "notified", "amount", "months")
# A longer duration is an error: days written as months, or « sans terme ».
_LONGEST_MONTHS = 600
_SIREN = 9
PERHAPS_TOLD = "peut-être le même qu’un autre, dit par une autre source"


@dataclass(frozen=True, slots=True)
class BuyerAward:
    """A public contract that a buyer awarded: `winners` are SIRETs (else SIRENs), each once; `amount` in euros before tax; `social` the source's
    words on social aims, empty where none are given; `buyer` the buyer's SIRET, or empty; `sources` those that publish it, the most trusted first;
    `perhaps_told` where another source's contract may be the same one."""

    number: str
    objet: str
    notified: date | None
    amount: float | None
    social: str
    winners: tuple[str, ...]
    buyer: str
    buyer_name: str
    cpv: str
    months: float | None
    sources: tuple[str, ...]
    perhaps_told: bool

    @property
    def ends(self) -> date | None:
        """Day its term ends, counted in months from the notification without renewals; None where unknown."""
        return end_of(self.notified, self.months)


def end_of(notified: date | None, months: float | None) -> date | None:
    """Return the day that many months after a notification, None where either is unknown; fractions of a month are dropped."""
    if notified is None or months is None or not 0 < months <= _LONGEST_MONTHS:
        return None
    year, month = divmod(notified.year * 12 + notified.month - 1 + int(months), 12)
    if year > MAXYEAR:
        return None
    return date(year, month + 1, min(notified.day, monthrange(year, month + 1)[1]))


def references(connection: Connection, only: Sequence[str] | None = None) -> dict[str, tuple[Reference, ...]]:
    """Return the references (contracts won) by supplier id, of `only` or of all: its own first, then the latest first."""

    def latest_first(reference: Reference) -> tuple[bool, int, str, str]:
        day = -reference.notified.toordinal() if reference.notified else 0
        return not reference.own, day, reference.source, reference.ref

    by_supplier: dict[str, list[Reference]] = {}
    for row in connection.execute(_references(only is None), {} if only is None else {"ids": only}).mappings():
        values = dict(row)
        if values.pop("shared"):
            values |= {"amount": None, "shared_amount": values["amount"]}
        by_supplier.setdefault(values.pop("supplier_id"), []).append(Reference(**values))
    return {supplier_id: tuple(sorted(won, key=latest_first)) for supplier_id, won in by_supplier.items()}


@cache
def _references(every: bool) -> Select[Any]:
    reference_columns = [column for column in AWARDS.columns if column.name in _REFERENCE_FIELDS]
    columns = (REFERENCES.c.supplier_id, REFERENCES.c.own, REFERENCES.c.activity, _has_shared_amount().label("shared"))
    query = select(*columns, *reference_columns).join(AWARDS, AWARDS.c.id == REFERENCES.c.award_id)
    return query if every else query.where(REFERENCES.c.supplier_id.in_(bindparam("ids", expanding=True)))


def _has_shared_amount() -> ColumnElement[bool]:
    """SQL condition: the amount of an award is several companies' together, by its source, or because another company has the same contract."""
    other = AWARDS.alias()
    compared_columns = [(other.c[name], AWARDS.c[name]) for name in ("source", *_CONTRACT)]
    # Only where nullable: PostgreSQL uses no index for « is not distinct from ».
    same = [theirs.is_not_distinct_from(own) if own.nullable else theirs == own for theirs, own in compared_columns]
    another = (other.c.siren != AWARDS.c.siren) | (other.c.siret != AWARDS.c.siret)
    with_another = exists().where(*same, another, other.c.superseded_by.is_(None))
    return case((AWARDS.c.shared.is_not(None), AWARDS.c.shared), else_=with_another)


def awarded_by(connection: Connection, siren: str) -> list[BuyerAward]:
    """Return the contracts awarded by a buyer's establishments (its SIREN), by day, undated ones last."""
    condition = AWARDS.c.buyer.startswith(siren) & AWARDS.c.superseded_by.is_(None)
    return _contracts(connection.execute(select(AWARDS).where(condition).order_by(AWARDS.c.id)).mappings())


def awards_chosen(connection: Connection, chosen: Callable[[str, date | None, float | None], bool]) -> list[BuyerAward]:
    """Return the contracts that `chosen(buyer, notified, months)` accepts, by day, undated ones last."""
    columns = (AWARDS.c.id, AWARDS.c.source, AWARDS.c.siren, AWARDS.c.buyer, AWARDS.c.notified, AWARDS.c.months)
    standing = select(*columns).where(AWARDS.c.superseded_by.is_(None)).order_by(AWARDS.c.id)
    ids, sirens, sources = set(), set(), set()
    for key, source, siren, *texts in connection.execute(standing):
        sources.add(source)
        if chosen(*texts):
            ids.add(key)
            sirens.add(siren)
    # With several sources all awards of these winners are read: one may complete another.
    column, values = (AWARDS.c.siren, sirens) if len(sources) > 1 else (AWARDS.c.id, ids)
    rows = [
        row
        for part in chunks(sorted(values))
        for row in connection.execute(
            select(AWARDS).where(column.in_(part), AWARDS.c.superseded_by.is_(None))
        ).mappings()
    ]
    buyer_awards = _contracts(sorted(rows, key=lambda row: row["id"]))
    return [award for award in buyer_awards if chosen(award.buyer, award.notified, award.months)]


def standing_awards(connection: Connection) -> int:
    """Return the number of current awards (not superseded)."""
    query = select(func.count()).select_from(AWARDS).where(AWARDS.c.superseded_by.is_(None))
    return int(connection.execute(query).scalar_one())


def published_contract(rows: Sequence[RowMapping]) -> PublishedContract:
    """Return one contract from its awards by one source, one row per winner."""
    values = {name: rows[0][name] for name in ("source", "buyer", "number", "objet", "cpv", "notified", "amount")}
    return PublishedContract(**values, winners=frozenset(row["siren"] for row in rows))


def _contracts(rows: Iterable[RowMapping]) -> list[BuyerAward]:
    """Group awards into contracts, each with all its winners. A company's award with an amount of its own is a separate contract, and so is each
    lot of a notice, even with identical words; publications that are surely the same contract are merged."""
    same_words: dict[tuple[object, ...], list[RowMapping]] = {}
    for row in rows:
        alone = (row["siret"] or row["siren"],) if row["shared"] is False else ()
        same_words.setdefault((row["source"], *(row[name] for name in _CONTRACT), *alone), []).append(row)
    publications: list[list[RowMapping]] = []
    for publication_rows in same_words.values():
        notices: dict[str, list[str]] = {}
        lots: dict[int, list[RowMapping]] = {}
        for row in publication_rows:
            lot, _, _ = row["ref"].rpartition("/")  # « notice/lot/winner », or « notice/winner »
            of_notice = notices.setdefault(lot.rpartition("/")[0] or lot, [])
            if lot not in of_notice:
                of_notice.append(lot)
            lots.setdefault(of_notice.index(lot), []).append(row)
        publications += lots.values()
    same = same_contracts([published_contract(publication) for publication in publications])
    awards = [_award([publications[at] for at in group], group[0] in same.perhaps) for group in same.groups]
    return sorted(awards, key=lambda award: (award.notified is None, award.notified or date.min, award.number))


def _award(publications: Sequence[Sequence[RowMapping]], perhaps_told: bool) -> BuyerAward:
    """Merge the publications of one contract, the most trusted first: a value missing from one comes from the next."""
    all_rows = [row for publication in publications for row in publication]
    values = {name: all_rows[0][name] for name in ("number", "objet", "notified", "amount", "buyer", "cpv", "months")}
    for rows in publications[1:]:
        values |= {name: rows[0][name] for name, value in values.items() if value in (None, "")}
    winners: dict[str, None] = {}
    for rows in publications:  # the same SIREN from another source is the same company
        known = {winner[:_SIREN] for winner in winners}
        winners |= dict.fromkeys(row["siret"] or row["siren"] for row in rows if row["siren"] not in known)
    return BuyerAward(
        **values,
        social=max((row["social"] for row in all_rows), key=len),
        buyer_name=max((row["buyer_name"] for row in all_rows), key=len),
        winners=tuple(winners),
        sources=tuple(publication[0]["source"] for publication in publications),
        perhaps_told=perhaps_told,
    )
