"""Aims of a timetable in their order, each with its figure, its base and whether it is proved; and the needs served, in a headline."""

from dataclasses import dataclass

from matcher.club.meeting_day.meeting_day import FrozenTimetable, MeetingDay
from matcher.club.results.view import Summary, share_of, summary
from matcher.domain.french import count, number, typeset

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim: its `figure` of a `base`, as texts, and whether it is proved that no timetable does better; None where that was not looked at."""

    label: str
    figure: str
    base: str
    proven: bool | None


def aims(event: MeetingDay) -> tuple[Aim, ...]:
    """Return the aims of the timetable of an event, the first first; none where it has none."""
    plan, found = event.plan, summary(event)
    if plan is None or found is None:
        return ()
    guests, short = found.buyers + found.suppliers, len(plan.short)
    unproven = None if plan.mended else False
    interest = ("refait", "en changeant le moins") if plan.mended else _interest(found.gap)
    wished = (number(found.kept), f"sur {number(found.wished)}") if found.wished else ("aucun", "")
    rows = (
        ("Les règles", ("toutes tenues", ""), True),
        ("Les vœux", wished, "vœux" not in found.doubtful),
        ("Chaque besoin, son métier", _served(plan, found), "besoins servis" not in found.doubtful),
        ("Personne sous son minimum", (number(guests - short), f"sur {number(guests)}"), not short or bool(plan.fair)),
        (f"L’intérêt des {_meetings(found)}", interest, not plan.mended and found.gap < _ROUNDING),
    )
    return tuple(Aim(typeset(label), *figure, proven or unproven) for label, figure, proven in rows)


def _meetings(found: Summary) -> str:
    return count(found.meetings, "rendez-vous", "rendez-vous")


def _served(plan: FrozenTimetable, found: Summary) -> tuple[str, str]:
    """Needs served, and of how many: those possible, where that is known."""
    if found.answered is None:
        return "non compté", ""
    if plan.mended or plan.most_answered is None:
        return number(found.answered), f"sur {number(found.needs)}"
    return number(found.answered), f"sur {count(plan.most_answered, 'possible', 'possibles')}"


def _interest(gap: float) -> tuple[str, str]:
    if gap < _ROUNDING:
        return "le plus grand", "à autant de vœux et de besoins"
    return share_of(gap), "au plus du meilleur"


def headline(event: MeetingDay) -> tuple[str, ...]:
    """Return how many needs are served of those that can be, then how many cannot, as French sentences; none where that was not counted."""
    plan, found = event.plan, summary(event)
    if plan is None or found is None or found.answered is None or not found.needs:
        return ()
    if plan.mended or plan.most_answered is None:
        return (typeset(f"Besoins servis : {number(found.answered)} sur {number(found.needs)}."),)
    most = "" if found.answered >= plan.most_answered else " au plus"
    possible = count(plan.most_answered, "possible", "possibles")
    impossible = found.needs - plan.most_answered
    served = f"Besoins servis : {number(found.answered)} sur {possible}{most}."
    why = f"{count(impossible, 'impossible', 'impossibles')} : voici pourquoi."
    return tuple(typeset(text) for text in (served, *([why] if impossible else [])))
