"""Aims of a timetable in their order, each with its figure, its base and whether it is proved; the needs served, in a headline; and the simpler
timetables that it was compared with."""

from dataclasses import dataclass

from matcher.club.meeting_day.header import Rival
from matcher.club.meeting_day.meeting_day import FrozenTimetable, MeetingDay
from matcher.club.results.view import Summary, gap_words, summary
from matcher.domain.french import count, enumeration, number, typeset

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
    plan, counts = event.plan, summary(event)
    if plan is None or counts is None:
        return ()
    guests, short = counts.buyers + counts.suppliers, len(plan.short)
    if plan.mended:
        interest = ("refait", "en changeant le moins")
    elif counts.gap < _ROUNDING:
        interest = ("le plus grand", "à autant de vœux et de besoins")
    else:
        interest = (gap_words(counts.gap), "au plus du meilleur")
    most = f", {_UNCOUNTED}" if "vœux" in counts.uncounted and not plan.mended else ""
    wished, kept = counts.wished - counts.wished_since, counts.kept - counts.kept_since
    since = count(counts.wished_since, "noté depuis", "notés depuis") if counts.wished_since else ""
    kept_of = (number(kept), f"sur {number(wished)}{most}") if wished else ("aucun", "")
    wishes, needs = (
        None if name in counts.uncounted else name not in counts.doubtful for name in ("vœux", "besoins servis")
    )
    rows = (
        ("Les vœux", (kept_of[0], " ; ".join(filter(None, (kept_of[1], since)))), wishes),
        ("Chaque besoin, son métier", _served(plan, counts), needs),
        ("Personne sous son minimum", (number(guests - short), f"sur {number(guests)}"), not short or plan.fair),
        (f"L’intérêt des {count(counts.meetings, 'rendez-vous', 'rendez-vous')}", interest, counts.gap < _ROUNDING),
    )
    rules = Aim("Les règles", "toutes tenues", "", proven=True)
    others = (
        Aim(typeset(label), typeset(figure), typeset(base), None if plan.mended else proven)
        for label, (figure, base), proven in rows
    )
    return rules, *others


def _served(plan: FrozenTimetable, summary: Summary) -> tuple[str, str]:
    """Needs served, and of how many: those possible, where that is known."""
    if summary.answered is None:
        return "non compté", ""
    if plan.mended:
        return number(summary.answered), f"sur {number(summary.needs)}"
    if plan.most_answered is None:
        return number(summary.answered), f"sur {number(summary.needs)}, {_UNCOUNTED}"
    return number(summary.answered), f"sur {count(plan.most_answered, 'possible', 'possibles')}"


def needs_headline(event: MeetingDay) -> tuple[str, ...]:
    """Return how many needs are served of those that can be, then how many cannot, as French sentences; none where that was not counted."""
    plan, counts = event.plan, summary(event)
    if plan is None or counts is None or counts.answered is None or not counts.needs:
        return ()
    if plan.mended or plan.most_answered is None:
        return (typeset(f"Besoins servis : {number(counts.answered)} sur {number(counts.needs)}."),)
    most = "" if counts.answered >= plan.most_answered else " au plus"
    possible = count(plan.most_answered, "possible", "possibles")
    impossible = counts.needs - plan.most_answered
    served = f"Besoins servis : {number(counts.answered)} sur {possible}{most}."
    why = f"{count(impossible, 'impossible', 'impossibles')} : voici pourquoi."
    return tuple(typeset(text) for text in (served, *([why] if impossible else [])))


def compare_rivals(event: MeetingDay) -> tuple[Rival, ...]:
    """Return the timetable and the simpler ones that it was compared with, counted alike, ours first; none where it was not compared."""
    plan, plan_summary = event.plan, summary(event)
    if plan is None or plan_summary is None or not plan.rivals:
        return ()
    fewest, short = plan_summary.fewest or 0, len(plan.short)
    ours = Rival("cet horaire", plan.total, plan_summary.meetings, fewest, short, plan_summary.kept, plan.answered)
    return ours, *plan.rivals


def price_of_total(event: MeetingDay) -> str:
    """Return in French what a simpler timetable of a higher total gives up for it; empty where none has one."""
    rivals = compare_rivals(event)
    if not rivals:
        return ""
    best = max(rivals, key=lambda one: one.total)  # ours, the first, where they are equal
    lost = _given_up(rivals[0], best)
    text = f"L’intérêt total est plus grand avec « {best.name} », qui y sacrifie {enumeration(lost)}."
    return typeset(text) if lost else ""


def _given_up(ours: Rival, other: Rival) -> list[str]:
    wishes = (ours.kept or 0) - other.kept if other.kept is not None else 0
    needs = (ours.answered or 0) - other.answered if other.answered is not None else 0
    lost = (
        (wishes, f"{count(wishes, 'vœu', 'vœux')}"),
        (other.short - ours.short, f"le minimum de {count(other.short - ours.short, 'participant')}"),
        (needs, count(needs, "besoin servi", "besoins servis")),
    )
    return [text for figure, text in lost if figure > 0]
