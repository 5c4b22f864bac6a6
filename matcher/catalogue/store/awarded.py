"""Queries of the contracts that suppliers won, or that a buyer awarded; imports no reader of directories, so that a search starts fast."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import MAXYEAR, date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, case, exists, func, select

from matcher.catalogue.identity.same_contract import PublishedContract, same_contracts
from matcher.catalogue.store.tables import AWARDS, REFERENCES
from matcher.domain.supplier import Reference
from matcher.rows import chunks

_REFERENCE_FIELDS = frozenset(field.name for field in fields(Reference))
# What distinguishes a contract from another of its buyer: one that a group won is read once a member.
_CONTRACT = ("buyer", "number", "objet", "cpv", "notified", "amount", "months")
# Longer than any contract lasts: a slip for days, or for « sans terme ».
_LONGEST_MONTHS = 600
_SIREN = 9
PERHAPS_TOLD = "peut-être le même qu’un autre, dit par une autre source"


@dataclass(frozen=True, slots=True)
class BuyerAward:
    """A public contract that a buyer awarded: `winners` their SIRET (else SIREN), each once; `amount` euros before tax; `social` the source's
    words on social aims, empty where there are none, or none are written. `buyer` is the buyer's SIRET, or empty. `sources` publish it, the
    most trusted first; `perhaps_told` where a contract that another source publishes may be this one.
    """

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
        """The day that its term ends on, None where it is not known: counted in months from its notification, whatever was renewed since."""
        return end_of(self.notified, self.months)


def end_of(notified: date | None, months: float | None) -> date | None:
    """Return the day so many months after a notification, None where either is not known; parts of a month are left out."""
    if notified is None or months is None or not 0 < months <= _LONGEST_MONTHS:
        return None
    year, month = divmod(notified.year * 12 + notified.month - 1 + int(months), 12)
    if year > MAXYEAR:
        return None
    return date(year, month + 1, min(notified.day, monthrange(year, month + 1)[1]))


def references(connection: Connection, only: Sequence[str] | None = None) -> dict[str, tuple[Reference, ...]]:
    """Return the references by supplier (those of `only`, or all), its own first, then the latest first."""

    def latest_first(reference: Reference) -> tuple[bool, int, str, str]:
        day = -reference.notified.toordinal() if reference.notified else 0
        return not reference.own, day, reference.source, reference.ref

    query = _references()
    by_supplier: dict[str, list[Reference]] = {}
    for row in connection.execute(
        query if only is None else query.where(REFERENCES.c.supplier_id.in_(only))
    ).mappings():
        values = dict(row)
        if values.pop("shared"):
            values |= {"amount": None, "shared_amount": values["amount"]}
        by_supplier.setdefault(values.pop("supplier_id"), []).append(Reference(**values))
    return {supplier_id: tuple(sorted(its, key=latest_first)) for supplier_id, its in by_supplier.items()}


@cache
def _references() -> Select[Any]:
    reference_columns = [column for column in AWARDS.columns if column.name in _REFERENCE_FIELDS]
    columns = (REFERENCES.c.supplier_id, REFERENCES.c.own, REFERENCES.c.activity, _shared().label("shared"))
    return select(*columns, *reference_columns).join(AWARDS, AWARDS.c.id == REFERENCES.c.award_id)


def _shared() -> ColumnElement[bool]:
    """The condition that the amount of an award is that of several companies together: by its source, or since it gives the same contract to another."""
    other = AWARDS.alias()
    compared_columns = [(other.c[name], AWARDS.c[name]) for name in ("source", *_CONTRACT)]
    # PostgreSQL looks nothing up in an index by « is not distinct from ».
    same = [its.is_not_distinct_from(mine) if mine.nullable else its == mine for its, mine in compared_columns]
    another = (other.c.siren != AWARDS.c.siren) | (other.c.siret != AWARDS.c.siret)
    with_another = exists().where(*same, another, other.c.superseded_by.is_(None))
    return case((AWARDS.c.shared.is_not(None), AWARDS.c.shared), else_=with_another)


def awarded_by(connection: Connection, siren: str) -> list[BuyerAward]:
    """Return the contracts that the establishments of a buyer (its SIREN) awarded, by day, those without one last."""
    condition = AWARDS.c.buyer.startswith(siren) & AWARDS.c.superseded_by.is_(None)
    return _contracts(connection.execute(select(AWARDS).where(condition).order_by(AWARDS.c.id)).mappings())


def awards_chosen(connection: Connection, chosen: Callable[[str, date | None, float | None], bool]) -> list[BuyerAward]:
    """Return the contracts chosen by their buyer's number, notification and months, by day, those without one last."""
    columns = (AWARDS.c.id, AWARDS.c.source, AWARDS.c.siren, AWARDS.c.buyer, AWARDS.c.notified, AWARDS.c.months)
    standing = select(*columns).where(AWARDS.c.superseded_by.is_(None)).order_by(AWARDS.c.id)
    ids, sirens, sources = set(), set(), set()
    for key, source, siren, *texts in connection.execute(standing):
        sources.add(source)
        if chosen(*texts):
            ids.add(key)
            sirens.add(siren)
    # What one source leaves out of a contract, another of its winner's may give.
    column, values = (AWARDS.c.siren, sirens) if len(sources) > 1 else (AWARDS.c.id, ids)
    rows = [
        row
        for part in chunks(sorted(values))
        for row in connection.execute(
            select(AWARDS).where(column.in_(part), AWARDS.c.superseded_by.is_(None))
        ).mappings()
    ]
    buyer_awards = _contracts(sorted(rows, key=lambda row: row["id"]))
    return [its for its in buyer_awards if chosen(its.buyer, its.notified, its.months)]


def standing_awards(connection: Connection) -> int:
    """Return how many awards are kept."""
    query = select(func.count()).select_from(AWARDS).where(AWARDS.c.superseded_by.is_(None))
    return int(connection.execute(query).scalar_one())


def published_contract(rows: Sequence[RowMapping]) -> PublishedContract:
    """Return the contract that awards of one source make up, a winner each."""
    values = {name: rows[0][name] for name in ("source", "buyer", "number", "objet", "cpv", "notified", "amount")}
    return PublishedContract(**values, winners=frozenset(row["siren"] for row in rows))


def _contracts(rows: Iterable[RowMapping]) -> list[BuyerAward]:
    """The contracts of these awards, each once with all its winners: what a company won by an amount of its own is a contract of its own, so is
    each lot of a notice, and what several sources surely publish is one.
    """
    rows_by_publication = list(_told_by_each(rows))
    same = same_contracts([published_contract(its) for its in rows_by_publication])
    awards = [_award([rows_by_publication[at] for at in group], group[0] in same.perhaps) for group in same.groups]
    return sorted(awards, key=lambda its: (its.notified is None, its.notified or date.min, its.number))


def _told_by_each(rows: Iterable[RowMapping]) -> Iterator[list[RowMapping]]:
    """The awards of each contract as one source publishes it; lots of one notice that have the same words are as many."""
    rows_by_publication: dict[tuple[object, ...], list[RowMapping]] = {}
    for row in rows:
        alone = (row["siret"] or row["siren"],) if row["shared"] is False else ()
        rows_by_publication.setdefault((row["source"], *(row[name] for name in _CONTRACT), *alone), []).append(row)
    for publication_rows in rows_by_publication.values():
        notices: dict[str, list[str]] = {}
        lots: dict[int, list[RowMapping]] = {}
        for row in publication_rows:
            lot, _, _ = row["ref"].rpartition("/")  # « notice/lot/winner », or « notice/winner »
            of_notice = notices.setdefault(lot.rpartition("/")[0] or lot, [])
            if lot not in of_notice:
                of_notice.append(lot)
            lots.setdefault(of_notice.index(lot), []).append(row)
        yield from lots.values()


def _award(publications: Sequence[Sequence[RowMapping]], perhaps_told: bool) -> BuyerAward:
    """The contract that each source publishes, the most trusted first: what the first leaves out, the next gives."""
    every = [row for its in publications for row in its]
    values = {name: every[0][name] for name in ("number", "objet", "notified", "amount", "buyer", "cpv", "months")}
    for rows in publications[1:]:
        values |= {name: rows[0][name] for name, value in values.items() if value in (None, "")}
    winners: dict[str, None] = {}
    for rows in publications:  # another establishment, told by another source, is the same company
        known = {winner[:_SIREN] for winner in winners}
        winners |= dict.fromkeys(row["siret"] or row["siren"] for row in rows if row["siren"] not in known)
    return BuyerAward(
        **values,
        social=max((row["social"] for row in every), key=len),
        buyer_name=max((row["buyer_name"] for row in every), key=len),
        winners=tuple(winners),
        sources=tuple(its[0]["source"] for its in publications),
        perhaps_told=perhaps_told,
    )
