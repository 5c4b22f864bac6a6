"""Counts of the works of a catalogue, whoever owns them."""

from collections import Counter

from sqlalchemy import Engine, func, select

from matcher.db import reading
from matcher.jobs.tables import WORKS
from matcher.jobs.works import WorkState


def count_works(engine: Engine) -> Counter[WorkState]:
    """Return how many works there are in each state. Raises DatabaseError."""
    with reading(engine) as connection:
        query = select(WORKS.c.state, func.count()).group_by(WORKS.c.state)
        return Counter({WorkState(state): number for state, number in connection.execute(query)})
