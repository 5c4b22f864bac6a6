"""The plan of a social clause with what it was worked out on: the call that the command line and the page share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matcher.decisions.asked import DecisionRefused, asked
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.clause.compute import ClauseActivity, ClausePlan, plan
from matcher.decisions.clause.facilitators import Facilitator, facilitators_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.insertion_hours import insertion_hours

MOST_HOURS = 30_000_000.0
MOST_MONTHS = 600.0
# Activities of one contract; beyond, nobody reads the plan.
MOST_WORKS = 12


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, its works with their hours, and whether these are a total shared equally for want of better; the facilitators of its
    places, among how many `listed`."""

    plan: ClausePlan
    works: tuple[ClauseActivity, ...]
    shared: bool
    facilitators: tuple[Facilitator, ...]
    listed: int
    catalogue_version: int
    catalogue_suppliers: int
    on: date


def hours_said(needs: Sequence[str], months: float | None) -> tuple[float, ...]:
    """Return the hours of insertion of each activity as its text says them, over `months`; empty where one of them says none."""
    found = tuple(insertion_hours(need, months) for need in needs)
    return tuple(hours for hours in found if hours is not None) if None not in found else ()


def planned(
    shelf: Shelf,
    needs: Sequence[str],
    places: Sequence[str],
    hours: Sequence[float],
    months: float,
    on: date,
    works_type: str = "",
    known: Sequence[Facilitator] = (),
) -> Planned:
    """Plan activities done at all of `places`: `hours` are one a need, or a total that they share equally. `works_type` is what side
    needs are those of (see `reference.clauses.works_types`), empty for that of each activity; `known` are the facilitators among whom those of the
    places are told. Raises DecisionRefused."""
    if not needs or not places:
        raise DecisionRefused("Dites au moins une activité et un lieu.")
    if len(needs) > MOST_WORKS:
        raise DecisionRefused(f"{len(needs)} activités : un plan en tient {MOST_WORKS} au plus. Faites-en plusieurs.")
    if len(hours) not in (1, len(needs)):
        raise DecisionRefused("Donnez un total d’heures, ou un nombre d’heures par activité.")
    each = hours if len(hours) == len(needs) else [hours[0] / len(needs)] * len(needs)
    works = tuple(
        ClauseActivity(need, asked(need, places, "", shelf, on), its) for need, its in zip(needs, each, strict=True)
    )
    its = plan(works, months, DEFAULT, works_type)
    near = facilitators_of(known, works[0].ask.reading.places)
    return Planned(its, works, len(hours) < len(needs), near, len(known), shelf.version, len(shelf), on)
