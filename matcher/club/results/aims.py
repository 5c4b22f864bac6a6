"""French figures on the quality of a meeting-day timetable for its page: each aim with its figure and whether it is proven optimal, the needs
served, and a comparison with simpler planners."""

from dataclasses import dataclass

from matcher.club.meeting_day.header import Rival
from matcher.club.meeting_day.meeting_day import FrozenTimetable, MeetingDay
from matcher.club.results.view import Summary, gap_words, summary
from matcher.domain.french import count, enumeration, number, typeset

_ROUNDING = 1e-9
_UNCOUNTED = "le plus possible est non compté"


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim: its `figure` on a `base`, as texts; `proven`: whether no timetable does better, None where unknown, as for a replanned one."""

    label: str
    figure: str
    base: str
    proven: bool | None


def aims(event: MeetingDay) -> tuple[Aim, ...]:
    """Return the aims of an event's timetable, the most important first."""
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
        ("Chaque besoin, son métier", _needs_served(plan, counts), needs),
        ("Personne sous son minimum", (number(guests - short), f"sur {number(guests)}"), not short or plan.fair),
        (f"L’intérêt des {count(counts.meetings, 'rendez-vous', 'rendez-vous')}", interest, counts.gap < _ROUNDING),
    )
    rules = Aim("Les règles", "toutes tenues", "", proven=True)
    others = (
        Aim(typeset(label), typeset(figure), typeset(base), None if plan.mended else proven)
        for label, (figure, base), proven in rows
    )
    return rules, *others


def _needs_served(plan: FrozenTimetable, counts: Summary) -> tuple[str, str]:
    """Return the needs served and their base, in French: the possible ones where known, else all."""
    if counts.answered is None:
        return "non compté", ""
    if plan.mended:
        return number(counts.answered), f"sur {number(counts.needs)}"
    if plan.most_answered is None:
        return number(counts.answered), f"sur {number(counts.needs)}, {_UNCOUNTED}"
    return number(counts.answered), f"sur {count(plan.most_answered, 'possible', 'possibles')}"


def needs_headline(event: MeetingDay) -> tuple[str, ...]:
    """Return French sentences: how many of the possible needs are served, then how many are impossible; none where not counted."""
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
    """Return the figures of the timetable, then of the simpler planners' ones; none where it was not compared."""
    plan, plan_summary = event.plan, summary(event)
    if plan is None or plan_summary is None or not plan.rivals:
        return ()
    fewest, short = plan_summary.fewest or 0, len(plan.short)
    ours = Rival("cet horaire", plan.total, plan_summary.meetings, fewest, short, plan_summary.kept, plan.answered)
    return ours, *plan.rivals


def price_of_total(event: MeetingDay) -> str:
    """Return in French what a simpler timetable with a higher total of affinities sacrifices; empty where ours has the highest."""
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
