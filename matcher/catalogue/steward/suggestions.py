"""Answers of persons to what suppliers' websites say: a yes is a correction by the team, whose motive is the page."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from matcher.catalogue.steward.corrections import state
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.followed import followed
from matcher.catalogue.store.read import find_id, load_these
from matcher.catalogue.store.websites import (
    SiteSuggestion,
    SuggestionState,
    proposed,
    settle_suggestion,
    suggestions_of,
)
from matcher.db import reading, writing
from matcher.domain.french import day


class SuggestedSupplier(NamedTuple):
    """A supplier of which suggestions wait for a person, and how many."""

    supplier_id: str
    name: str
    suggestions: int


def suggested(engine: Engine, supplier_id: str) -> tuple[SiteSuggestion, ...]:
    """Return what waits for a person of a supplier."""
    with reading(engine) as connection:
        return suggestions_of(connection, supplier_id)


def suggested_suppliers(engine: Engine) -> list[SuggestedSupplier]:
    """Return the suppliers of which suggestions wait, those with most first."""
    with reading(engine) as connection:
        counts = proposed(connection)
    now: dict[str, int] = {}
    for key, supplier_id in followed(engine, counts).items():
        now[supplier_id] = now.get(supplier_id, 0) + counts[key]
    found = [SuggestedSupplier(each.id, each.name, now[each.id]) for each in load_these(engine, now)]
    return sorted(found, key=lambda each: (-each.suggestions, each.name))


def confirm(engine: Engine, key: str, number: int, *, who: str, now: datetime) -> None:
    """Write a suggestion as a correction by the team, with its page as the motive. `now` is UTC.

    Raises CorrectionRefused or DatabaseError; nothing was then written.
    """
    with writing(engine) as connection:
        said = _waiting(connection, key, number)
        motive = f"lu le {day(said.found)} sur {said.url}"
        state(connection, key, {said.champ: [said.value]}, who=who, motive=motive, now=now)
        settle_suggestion(connection, number, SuggestionState.CONFIRMED, who)


def refuse(engine: Engine, key: str, number: int, *, who: str) -> None:
    """Write that a suggestion is wrong: it is not made again. Raises CorrectionRefused or DatabaseError."""
    with writing(engine) as connection:
        _waiting(connection, key, number)
        settle_suggestion(connection, number, SuggestionState.REFUSED, who)


def _waiting(connection: Connection, key: str, number: int) -> SiteSuggestion:
    found = [each for each in suggestions_of(connection, find_id(connection, key) or "") if each.id == number]
    if not found:
        raise CorrectionRefused("Cette proposition n’attend plus : quelqu’un y a répondu.")
    return found[0]
