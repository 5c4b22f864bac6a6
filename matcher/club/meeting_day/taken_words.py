"""Word of a participant that the catalogue has taken in: what it says of itself, as a correction writes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TakenWord:
    """A word of `by` (key) that the catalogue has: the champ of a correction and what is written there."""

    by: int
    champ: str
    text: str
