"""Needs of participants of a meeting day: the need itself, merging of repeated ones, and the reasons why a timetable leaves one unserved."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ParticipantNeed:
    """Need of a buyer, or of an attributaire (contract winner) with insertion `hours` to fulfil. `amount` in euros before tax; None: unknown."""

    text: str
    place: str = ""
    amount: float | None = None
    hours: float | None = None

    def is_within(self, other: "ParticipantNeed") -> bool:
        """Return whether another need of the same text and place has at least the figures of this one: they are one need."""
        same = (self.text.casefold(), self.place) == (other.text.casefold(), other.place)
        return same and self.amount in (None, other.amount) and self.hours in (None, other.hours)


def merge_needs(needs: Iterable[ParticipantNeed]) -> tuple[ParticipantNeed, ...]:
    """Return needs in order, without repetitions: the more detailed of two equal ones (`is_within`) takes the place of the first."""
    participant_needs: list[ParticipantNeed] = []
    for need in needs:
        at = next((at for at, held in enumerate(participant_needs) if held.is_within(need)), None)
        if at is not None:
            participant_needs[at] = replace(need, text=participant_needs[at].text)
        elif not any(need.is_within(held) for held in participant_needs):
            participant_needs.append(need)
    return tuple(participant_needs)


class WhyUnserved(StrEnum):
    """Reason why a timetable leaves a need unserved; for all but `TAKEN`, no timetable could serve it."""

    NOT_READ = "besoin non compris"
    NEVER_HERE = "acheteur jamais là"
    NOBODY = "personne de ce métier dans la salle"
    BARRED = "écarté d’office"  # closed, the buyer itself, not of a kind that the lot admits
    TOO_FAR = "trop loin"
    REFUSED = "refusé"
    MET = "déjà vus"
    APART = "jamais là en même temps"
    TAKEN = "pris ailleurs"  # by other needs, or by wishes


@dataclass(frozen=True, slots=True)
class UnservedNeed:
    """Need left unserved by a timetable: key of its `buyer`, text, trade, reason, and keys of the `suppliers` of that trade who come."""

    buyer: int
    text: str
    trade: str
    why: WhyUnserved
    suppliers: tuple[int, ...] = ()
