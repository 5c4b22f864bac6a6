"""Queries of the contracts that suppliers won, or that a buyer awarded; imports no reader of directories, so that a search starts fast."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import MAXYEAR, date

from sqlalchemy import ColumnElement, Connection, RowMapping, case, exists, func, select

from matcher.catalogue.store.tables import AwardRow, ReferenceRow
from matcher.domain.supplier import Reference
from matcher.rows import chunks, table_of

_AWARDS = table_of(AwardRow)
_REFERENCES = table_of(ReferenceRow)
_REFERENCE_FIELDS = frozenset(field.name for field in fields(Reference))
# What tells a contract from another of its buyer: one that a group won is read once a member.
_CONTRACT = ("buyer", "number", "objet", "cpv", "notified", "amount", "months")
# Longer than any contract lasts: a slip for days, or for « sans terme ».
_LONGEST_MONTHS = 600


@dataclass(frozen=True, slots=True)
class BuyerAward:
    """A public contract that a buyer awarded: `winners` their SIRET (else SIREN), each once; `amount` euros before tax; `social` the source's
    words on social aims, empty where it says that there are none, or says nothing. `buyer` is the buyer's SIRET, or empty."""

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
    told = [column for column in _AWARDS.columns if column.name in _REFERENCE_FIELDS]
    columns = (_REFERENCES.c.supplier_id, _REFERENCES.c.own, _REFERENCES.c.activity, _shared().label("shared"))
    query = select(*columns, *told)
    query = query.join(_AWARDS, _AWARDS.c.id == _REFERENCES.c.award_id)
    found: dict[str, list[Reference]] = {}
    for row in connection.execute(
        query if only is None else query.where(_REFERENCES.c.supplier_id.in_(only))
    ).mappings():
        values = dict(row)
        if values.pop("shared"):
            values |= {"amount": None, "shared_amount": values["amount"]}
        found.setdefault(values.pop("supplier_id"), []).append(Reference(**values))
    return {supplier_id: tuple(sorted(its, key=_latest_first)) for supplier_id, its in found.items()}


def _shared() -> ColumnElement[bool]:
    """Whether the amount of an award is that of several companies together: its source says so, or gives the same contract to another."""
    other = _AWARDS.alias()
    told = [(other.c[name], _AWARDS.c[name]) for name in ("source", *_CONTRACT)]
    # PostgreSQL looks nothing up in an index by « is not distinct from ».
    same = [its.is_not_distinct_from(mine) if mine.nullable else its == mine for its, mine in told]
    another = (other.c.siren != _AWARDS.c.siren) | (other.c.siret != _AWARDS.c.siret)
    with_another = exists().where(*same, another, other.c.superseded_by.is_(None))
    return case((_AWARDS.c.shared.is_not(None), _AWARDS.c.shared), else_=with_another)


def _latest_first(found: Reference) -> tuple[bool, int, str, str]:
    return not found.own, -found.notified.toordinal() if found.notified else 0, found.source, found.ref


def awarded_by(connection: Connection, siren: str) -> list[BuyerAward]:
    """Return the contracts that the establishments of a buyer (its SIREN) awarded, by day, those without one last."""
    its = _AWARDS.c.buyer.startswith(siren) & _AWARDS.c.superseded_by.is_(None)
    return _contracts(connection.execute(select(_AWARDS).where(its).order_by(_AWARDS.c.id)).mappings())


def awards_chosen(connection: Connection, chosen: Callable[[str, date | None, float | None], bool]) -> list[BuyerAward]:
    """Return the contracts chosen by their buyer's number, notification and months, by day, those without one last."""
    columns = (_AWARDS.c.id, _AWARDS.c.buyer, _AWARDS.c.notified, _AWARDS.c.months)
    standing = select(*columns).where(_AWARDS.c.superseded_by.is_(None)).order_by(_AWARDS.c.id)
    ids = [key for key, *told in connection.execute(standing) if chosen(*told)]
    return _contracts(
        row
        for part in chunks(ids)
        for row in connection.execute(select(_AWARDS).where(_AWARDS.c.id.in_(part)).order_by(_AWARDS.c.id)).mappings()
    )


def standing_awards(connection: Connection) -> int:
    """Return how many awards are kept."""
    query = select(func.count()).select_from(_AWARDS).where(_AWARDS.c.superseded_by.is_(None))
    return int(connection.execute(query).scalar_one())


def _contracts(rows: Iterable[RowMapping]) -> list[BuyerAward]:
    """The contracts of these awards, each once with all its winners; what a company won by an amount of its own is a contract of its own."""
    found: dict[tuple[object, ...], list[RowMapping]] = {}
    for row in rows:
        alone = (row["siret"] or row["siren"],) if row["shared"] is False else ()
        found.setdefault((*(row[name] for name in _CONTRACT), *alone), []).append(row)
    awards = [
        BuyerAward(
            **{name: its[0][name] for name in ("number", "objet", "notified", "amount", "buyer", "cpv", "months")},
            social=max((row["social"] for row in its), key=len),
            buyer_name=max((row["buyer_name"] for row in its), key=len),
            winners=tuple(dict.fromkeys(row["siret"] or row["siren"] for row in its)),
        )
        for its in found.values()
    ]
    return sorted(awards, key=lambda its: (its.notified is None, its.notified or date.min, its.number))
