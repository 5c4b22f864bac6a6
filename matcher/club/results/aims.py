"""Aims of a timetable in their order, each with its figure, its base and whether it is proved; and the needs served, in a headline."""

from dataclasses import dataclass

from matcher.club.meeting_day.meeting_day import FrozenTimetable, MeetingDay
from matcher.club.results.view import Summary, share_of, summary
from matcher.domain.french import count, number, typeset

_ROUNDING = 1e-9
_UNCOUNTED = "le plus possible est non compté"


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim: its `figure` of a `base`, as texts, and whether it is proved that no timetable does better; None where that was not looked at, as for a timetable that changes a former one."""

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
    interest = ("refait", "en changeant le moins") if plan.mended else _interest(found.gap)
    most = f", {_UNCOUNTED}" if "vœux" in found.uncounted and not plan.mended else ""
    wished = (number(found.kept), f"sur {number(found.wished)}{most}") if found.wished else ("aucun", "")
    wishes, needs = (
        None if name in found.uncounted else name not in found.doubtful for name in ("vœux", "besoins servis")
    )
    rows = (
        ("Les vœux", wished, wishes),
        ("Chaque besoin, son métier", _served(plan, found), needs),
        ("Personne sous son minimum", (number(guests - short), f"sur {number(guests)}"), not short or plan.fair),
        (f"L’intérêt des {_meetings(found)}", interest, found.gap < _ROUNDING),
    )
    rules = Aim("Les règles", "toutes tenues", "", proven=True)
    others = (Aim(typeset(label), *figure, None if plan.mended else proven) for label, figure, proven in rows)
    return rules, *others


def _meetings(found: Summary) -> str:
    return count(found.meetings, "rendez-vous", "rendez-vous")


def _served(plan: FrozenTimetable, found: Summary) -> tuple[str, str]:
    """Needs served, and of how many: those possible, where that is known."""
    if found.answered is None:
        return "non compté", ""
    if plan.mended:
        return number(found.answered), f"sur {number(found.needs)}"
    if plan.most_answered is None:
        return number(found.answered), f"sur {number(found.needs)}, {_UNCOUNTED}"
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
