"""Suggested next steps for a lot, as French sentences: suppliers to contact or remind, answers to note, decision to take. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.domain.french import count, day, enumeration, typeset
from matcher.dossiers.calling import is_undecided
from matcher.dossiers.dossier import Entry, SavedLot, Status
from matcher.reference.wordings import persona_wording

# Suppliers have a week to answer a message before they are reminded.
REMINDED_AFTER = timedelta(days=7)
# Number of interested suppliers that is enough: fewer show little of a market, more waste everyone's time.
ENOUGH = 3
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Todo:
    """One step, as a French sentence, with the ids of its suppliers; `due` is False where one can only wait."""

    says: str
    suppliers: tuple[str, ...] = ()
    due: bool = True


def todo(lot: SavedLot, today: date, deadline: date | None = None) -> tuple[Todo, ...]:
    """Return the next steps for a lot, the most urgent first."""
    living = [entry for entry in lot.entries if not entry.withdrawn]
    if not living:
        return (Todo("Retenir au moins une structure de la liste, ou en ajouter une."),)
    return tuple(_todo(living, today, deadline))


def suppliers_to_remind(lot: SavedLot, today: date) -> tuple[str, ...]:
    """Return the ids of the suppliers that were asked, have not answered in time, and are to be reminded."""
    return _ids([entry for entry in lot.entries if not entry.withdrawn and _silent(entry, today)])


def _todo(living: Sequence[Entry], today: date, deadline: date | None) -> Iterator[Todo]:
    late = [entry for entry in living if _silent(entry, today)]
    new = _with_status(living, Status.TO_CONTACT)
    undecided = [entry for entry in living if is_undecided(entry) and entry not in late]
    contacted = _with_status(living, Status.CONTACTED, Status.NO_ANSWER)
    waiting = [entry for entry in contacted if entry not in (*late, *undecided)]
    if late:
        yield _reminder(late, today)
    if new:
        yield Todo(f"Contacter {_names(new)}.", _ids(new))
    if undecided:
        question = f"Demander à {_names(undecided)} si ce lot convient : la réponse reçue ne le dit pas."
        yield Todo(typeset(question), _ids(undecided))
    if deadline and waiting and today > deadline:
        yield Todo(
            typeset(f"Les réponses étaient attendues le {day(deadline)} : noter celles qui sont venues."), _ids(waiting)
        )
    elif waiting and not late and not new:
        before = f" avant le {day(deadline)}" if deadline else ""
        yield Todo(typeset(f"Attendre {_names(waiting)}{before} ; noter chaque réponse."), _ids(waiting), due=False)
    if not (late or new or undecided or waiting):
        keen = _with_status(living, Status.INTERESTED, Status.CHOSEN)
        yield Todo(_conclusion(len(keen)), _ids(keen))


def _with_status(living: Sequence[Entry], *statuses: Status) -> list[Entry]:
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


def _conclusion(keen: int) -> str:
    if not keen:
        return persona_wording("suite_personne")
    interested = count(keen, "structure intéressée", "structures intéressées")
    if keen < ENOUGH:
        return typeset(persona_wording("suite_peu", structures=interested))
    return typeset(persona_wording("suite_assez", structures=interested))


def _names(entries: Sequence[Entry]) -> str:
    names = [entry.match.name for entry in entries[:_NAMED]]
    others = len(entries) - len(names)
    return enumeration([*names, count(others, "autre")] if others > 0 else names)


def _ids(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.match.id for entry in entries)
