"""Needs of a participant in words, as files name them: of access, and what it looks for."""

from matcher.club.meeting_day.meeting_day import Participant
from matcher.domain.french import unit


def access_needs(one: Participant) -> list[str]:
    """Return what is needed to come in and to talk."""
    needed = {
        "table sans marche": one.step_free,
        "interprète": one.interpreter,
        "boucle magnétique": one.hearing_loop,
    }
    return [label for label, needs in needed.items() if needs]


def need_with_size(text: str, amount: float | None, hours: float | None) -> str:
    """Return a need in words, with its amount and its hours."""
    size = [unit(amount, "€") if amount else "", unit(hours, "h") if hours else ""]
    return f"{text} ({', '.join(filter(None, size))})" if any(size) else text
