"""Checks the filters (trade, département, buyer, day…) that a page, a command or the API receives for lists of lots, and builds a LotFilter from them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from matcher.decisions.asked import DecisionRefused
from matcher.need.completion import activity_written
from matcher.notices.deadlines import PARIS
from matcher.notices.store import LotFilter
from matcher.reference.geography.territories import departement as departement_of
from matcher.reference.trades.activities import taxonomy

# A day outside is a typing mistake; some such days cannot be converted to UTC.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_SIREN, _SIRET = 9, 14


class LotsRefused(DecisionRefused, ValueError):
    """An invalid filter of lots; the message is French, and is shown beside the form field at fault."""


@dataclass(frozen=True, slots=True)
class ListAsked:
    """Filter of the lots published from `since` to `until`, or of the contracts that end then; an empty field does not filter. `places` are as
    typed, `trade` is a code of an activity or of its group, `buyer` a SIRET or a SIREN."""

    since: date
    until: date
    places: tuple[str, ...] = ()
    trade: str = ""
    buyer: str = ""


class ChosenLots(NamedTuple):
    """A filter of lots, and the moment (aware) at which their state is computed."""

    chosen: LotFilter
    at: datetime


def asked_lots(
    now: datetime,
    *,
    on: date | None = None,
    every: bool = False,
    trade: str = "",
    departement: str = "",
    buyer: str = "",
    reserved: bool | None = None,
    clause: bool | None = None,
) -> ChosenLots:
    """Return the filter of the lots open on the morning of the day `on` (Paris), else at `now` (aware), or `every` lot. Raises LotsRefused."""
    if trade and trade not in taxonomy().index:
        raise LotsRefused(
            f"« {trade} » n’est ni une activité ni une famille ; « entremise read --objet TEXTE --format json » donne les codes d’un besoin."
        )
    if on and not _FIRST_YEAR <= on.year <= _LAST_YEAR:
        raise LotsRefused(f"« {on.isoformat()} » : donnez un jour entre {_FIRST_YEAR} et {_LAST_YEAR}.")
    where = departement_of(departement) if departement else None
    if departement and where is None:
        raise LotsRefused(f"« {departement} » n’est pas le code d’un département (62, 2A, 974…).")
    at = morning_of(on) if on else now
    chosen = LotFilter(
        open_at=None if every else at.astimezone(UTC).replace(tzinfo=None),
        trade=trade,
        departements=frozenset({where.code} if where else ()),
        buyer=buyer_number(buyer) if buyer else "",
        reserved=reserved,
        clause=clause,
    )
    return ChosenLots(chosen, at)


def morning_of(day: date) -> datetime:
    """Return the first moment of a day, at Paris."""
    return datetime.combine(day, time(), PARIS)


def year_before(day: date) -> date:
    """Return the first day of the year that ends on a day."""
    return day - timedelta(days=364)


def trade_code(written: str) -> str:
    """Return the code of the activity or of the group that a person wrote. Raises LotsRefused."""
    code = activity_written(written)
    if not code:
        raise LotsRefused(f"« {written} » n’est pas un métier connu : « Nettoyage », « Espaces verts »…")
    return code


def buyer_number(written: str) -> str:
    """Return the digits of a SIRET or a SIREN. Raises LotsRefused for another length: the filter is by prefix, and would choose other buyers."""
    digits = "".join(filter(str.isdecimal, written))
    if len(digits) not in (_SIREN, _SIRET):
        raise LotsRefused(
            f"« {written} » n’est pas le numéro d’un acheteur : donnez son SIRET (14 chiffres) ou son SIREN (9 chiffres)."
        )
    return digits
