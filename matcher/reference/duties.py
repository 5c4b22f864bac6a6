"""Legal duties of a public buyer by what it buys, e.g. minimum shares of reused goods (devoirs.csv), and territories with their own
procurement law (droits_propres.csv)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from matcher.domain.place import Place
from matcher.reference.tables import rows

_ANY = "*"


@dataclass(frozen=True, slots=True)
class BuyerDuty:
    """A legal duty of buyers of these activities (of any, if empty); `to_check`: the legal text could not be verified at its source."""

    name: str
    demand: str
    activities: frozenset[str]
    since: date
    until: date | None
    article: str
    source: str
    to_check: bool


@dataclass(frozen=True, slots=True)
class OwnLaw:
    """A territory whose buyers, except the State, do not follow the code de la commande publique; `rule`: the text that they follow."""

    name: str
    rule: str
    source: str


@lru_cache(maxsize=1)
def _duties() -> tuple[BuyerDuty, ...]:
    return tuple(
        BuyerDuty(
            name=row["devoir"],
            demand=row["demande"],
            activities=frozenset(row["activites"].split()) - {_ANY},
            since=date.fromisoformat(row["depuis"]),
            until=date.fromisoformat(row["jusqu_a"]) if row["jusqu_a"] else None,
            article=row["article"],
            source=row["source"],
            to_check=row["a_verifier"] == "oui",
        )
        for row in rows("devoirs")
    )


def buyer_duties(activities: Collection[str], on: date) -> tuple[BuyerDuty, ...]:
    """Return the duties in force on a day for a buyer of these activities, general ones last."""
    in_force = (
        duty
        for duty in _duties()
        if duty.since <= on
        and (duty.until is None or on <= duty.until)
        and (not duty.activities or not duty.activities.isdisjoint(activities))
    )
    return tuple(sorted(in_force, key=lambda duty: not duty.activities))


@lru_cache(maxsize=1)
def _own_laws() -> dict[str, OwnLaw]:
    return {row["territoire"]: OwnLaw(row["nom"], row["texte"], row["source"]) for row in rows("droits_propres")}


def own_law(places: Iterable[Place]) -> OwnLaw | None:
    """Return the own law of the first place that has one; else None."""
    codes = (code for place in places for code in place.communes or (place.code,))
    return next((_own_laws()[code[:3]] for code in codes if code[:3] in _own_laws()), None)
