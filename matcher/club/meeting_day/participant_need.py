"""A need of a participant, needs written several times as one, and why a timetable serves one not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ParticipantNeed:
    """Need of a buyer, or work that an attributaire has to have done: `hours` of insertion. Euros before tax; None is not known."""

    text: str
    place: str = ""
    amount: float | None = None
    hours: float | None = None

    def is_within(self, other: "ParticipantNeed") -> bool:
        """Return whether another need of the same words and place gives all that this one does: they are one need."""
        same = (self.text.casefold(), self.place) == (other.text.casefold(), other.place)
        return same and self.amount in (None, other.amount) and self.hours in (None, other.hours)


def merge_needs(needs: Iterable[ParticipantNeed]) -> tuple[ParticipantNeed, ...]:
    """Return needs in order, each once: one that another line writes with its amount or its hours is that one, in the place of the first."""
    participant_needs: list[ParticipantNeed] = []
    for need in needs:
        at = next((at for at, held in enumerate(participant_needs) if held.is_within(need)), None)
        if at is not None:
            participant_needs[at] = replace(need, text=participant_needs[at].text)
        elif not any(need.is_within(held) for held in participant_needs):
            participant_needs.append(need)
    return tuple(participant_needs)


class WhyUnserved(StrEnum):
    """Reason why a timetable serves a need not: no timetable can, but for `TAKEN`."""

    NOT_READ = "besoin non compris"
    NOBODY = "personne de ce métier dans la salle"
    BARRED = "écarté d’office"  # closed, the buyer itself, not of a kind that the lot admits
    TOO_FAR = "trop loin"
    REFUSED = "refusé"
    MET = "déjà vus"
    APART = "jamais là en même temps"
    TAKEN = "pris ailleurs"  # by other needs, or by wishes


@dataclass(frozen=True, slots=True)
class UnservedNeed:
    """Need that a timetable serves not: the key of its `buyer`, its text, its trade, and the keys of the `suppliers` of that trade who come."""

    buyer: int
    text: str
    trade: str
    why: WhyUnserved
    suppliers: tuple[int, ...] = ()
