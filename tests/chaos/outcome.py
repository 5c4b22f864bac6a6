"""The outcome of a scenario: one line of the table that `make chaos` prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that was struck so many times while so much was done: how much of it was lost, done twice, or answered by an error."""

    what: str
    strikes: int
    done: int
    lost: int
    twice: int
    errors: int = 0
    said: str = ""

    @property
    def held(self) -> bool:
        """Whether nothing was lost, done twice or answered by an error."""
        return not (self.lost or self.twice or self.errors)
