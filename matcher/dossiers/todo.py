"""Next steps for a lot: suppliers to call or remind, decisions to take. Pure: a suggestion, which the page words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.domain.french import count, day, enumeration, typeset
from matcher.dossiers.calling import is_undecided
from matcher.dossiers.dossier import Entry, SavedLot, Status
from matcher.reference.wordings import persona_wording

# A consultation before a contract leaves a week to answer; then one calls.
REMINDED_AFTER = timedelta(days=7)
# Fewer answers tell little of a market; more cost the supplier and the buyer for nothing.
ENOUGH = 3
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, as a French sentence, and the ids of the suppliers that it is about; `due` where it is to be done now, not waited for."""

    says: str
    suppliers: tuple[str, ...] = ()
    due: bool = True


def todo(lot: SavedLot, today: date, deadline: date | None = None) -> tuple[Todo, ...]:
    """Return what is to be done next, the most urgent first; empty where nothing is waited for."""
    living = [entry for entry in lot.entries if not entry.withdrawn]
    if not living:
        return (Todo("Retenir au moins une structure de la liste, ou en ajouter une."),)
    return tuple(_todo(living, today, deadline))


def suppliers_to_remind(lot: SavedLot, today: date) -> tuple[str, ...]:
    """Return the ids of those who were asked and are to be reminded."""
    return _ids([entry for entry in lot.entries if not entry.withdrawn and _silent(entry, today)])


def _todo(living: Sequence[Entry], today: date, deadline: date | None) -> Iterator[Todo]:
    late = [entry for entry in living if _silent(entry, today)]
    new = _of(living, Status.TO_CONTACT)
    unsaid = [entry for entry in living if is_undecided(entry) and entry not in late]
    waiting = [entry for entry in _of(living, Status.CONTACTED, Status.NO_ANSWER) if entry not in (*late, *unsaid)]
    if late:
        yield _reminder(late, today)
    if new:
        yield Todo(f"Contacter {_names(new)}.", _ids(new))
    if unsaid:
        yield Todo(
            typeset(f"Demander à {_names(unsaid)} si ce lot convient : la réponse reçue ne le dit pas."), _ids(unsaid)
        )
    if deadline and waiting and today > deadline:
        yield Todo(
            typeset(f"Les réponses étaient attendues le {day(deadline)} : noter celles qui sont venues."), _ids(waiting)
        )
    elif waiting and not late and not new:
        before = f" avant le {day(deadline)}" if deadline else ""
        yield Todo(typeset(f"Attendre {_names(waiting)}{before} ; noter chaque réponse."), _ids(waiting), due=False)
    if not (late or new or unsaid or waiting):
        keen = _of(living, Status.INTERESTED, Status.CHOSEN)
        yield Todo(_concludes(len(keen)), _ids(keen))


def _of(living: Sequence[Entry], *statuses: Status) -> list[Entry]:
    return [entry for entry in living if entry.status in statuses]


def _reminder(late: Sequence[Entry], today: date) -> Todo:
    silent = (today - entry.status_on for entry in late if entry.status_on and not entry.again)
    oldest = max(silent, default=timedelta()).days
    silence = f" ({count(oldest, 'jour')} sans réponse)" if oldest else ""
    return Todo(f"Relancer {_names(late)}{silence}.", _ids(late))


def _silent(entry: Entry, today: date) -> bool:
    if entry.again is not None:
        return entry.again <= today
    if entry.status is Status.NO_ANSWER:
        return True
    if entry.status is not Status.CONTACTED or entry.status_on is None or is_undecided(entry):
        return False
    return today - entry.status_on >= REMINDED_AFTER


def _concludes(keen: int) -> str:
    if not keen:
        return persona_wording("suite_personne")
    interested = count(keen, "structure intéressée", "structures intéressées")
    if keen < ENOUGH:
        return typeset(persona_wording("suite_peu", structures=interested))
    return typeset(persona_wording("suite_assez", structures=interested))


def _names(entries: Sequence[Entry]) -> str:
    names = [entry.match.name for entry in entries[:_NAMED]]
    more = len(entries) - len(names)
    return enumeration([*names, count(more, "autre")] if more > 0 else names)


def _ids(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.match.id for entry in entries)
