"""API endpoints of `/events`: list and read the organisation's Club events (mornings of meetings between buyers, contract winners and suppliers)."""

from functools import partial
from typing import Any, TypedDict

from matcher.accounts.roles import Action
from matcher.club.meeting_day.store import list_days, load_day
from matcher.club.results.document import event_object, listed_object
from matcher.web.api.dossiers import JournalLineShape
from matcher.web.api.frame.endpoint import ListParameters, by_number, cut_page, endpoint, position
from matcher.web.frame.app_state import desk, owner

_endpoint = partial(endpoint, tag="Club Busin’ESS")


class EventLineShape(TypedDict):
    """Un événement dans une liste."""

    id: int
    title: str
    day: str | None
    place: str | None
    participants: int
    meetings: int
    questions: int
    version: int


class EventsShape(TypedDict):
    """Une page d’événements, le dernier ouvert d’abord."""

    items: list[EventLineShape]
    next: str | None


class EventShape(TypedDict):
    """Un événement : ses heures, ses participants, son horaire, son journal. Ni personne ni contact n’y est."""

    id: int
    version: int
    title: str
    day: str | None
    place: str | None
    slots: list[str]
    minutes: int
    participants: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    to_ring: list[dict[str, Any]]
    timetable: dict[str, Any] | None
    journal: list[JournalLineShape]


@_endpoint("/events", action=Action.READ, returns=EventsShape, errors=(422,), example={"limit": 5})
def events(query: ListParameters) -> Any:
    """Liste les événements de l’organisation, le dernier ouvert d’abord."""
    before = position(query, by_number)
    listings = sorted(list_days(desk().engine, owner()), key=lambda one: one.id, reverse=True)
    items, after = cut_page([one for one in listings if before is None or one.id < before], lambda one: one.id, query)
    return {"items": [listed_object(one) for one in items], "next": after}


@_endpoint(
    "/events/<int(max=2147483647):number>", action=Action.READ, returns=EventShape, errors=(404,), example={"number": 1}
)
def event(number: int) -> Any:
    """Montre un événement comme il est.

    La réponse est celle de `entremise club show --format json`.
    """
    return event_object(load_day(desk().engine, owner(), number))
