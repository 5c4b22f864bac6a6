"""Search for who stands at the entrance: the code of a badge, else some letters of the structure's name or of the person's."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.cleaning.names import name_key
from matcher.club.meeting_day.entrance import is_code, key_of
from matcher.club.meeting_day.meeting_day import MeetingDay, Participant
from matcher.club.meeting_day.store import Person
from matcher.club.registration.who_is_it import SURE_RATIO, among, spelt_alike


@dataclass(frozen=True, slots=True)
class AtEntrance:
    """Result of a search: who it `surely` is (key of a seat), else all whom it may be, the nearest first; and why it is nobody, in French."""

    surely: int | None = None
    options: tuple[int, ...] = ()
    fault: str = ""


def at_entrance(event: MeetingDay, people: Mapping[int, tuple[Person, ...]], typed: str) -> AtEntrance:
    """Return whom a code or a name names. A code, or a whole name that one alone has, is sure; letters are not."""
    if (key := key_of(event.id, typed)) is not None and key in event.by_key:
        return AtEntrance(event.seat_of(key))
    seats = [one for supplies in (False, True) for one in event.seated(suppliers=supplies)]
    names = {one.key: tuple(map(name_key, _names(event, people, one))) for one in seats}
    wanted = name_key(typed)
    whole = [key for key, its in names.items() if wanted and wanted in its]
    if len(whole) == 1:
        return AtEntrance(whole[0])
    options = whole or [key for key, its in names.items() if _begun(wanted, its)] or _alike(event, seats, names, typed)
    return AtEntrance(options=tuple(options), fault="" if options else _unknown(typed))


def _names(event: MeetingDay, people: Mapping[int, tuple[Person, ...]], one: Participant) -> tuple[str, ...]:
    """What a seat may be called by: the names of its lines, and those of the persons who come."""
    lines = (one.key, *event.others_of.get(one.key, ()))
    return (
        *(name for key in lines for name in event.by_key[key].names),
        *(person.name for key in lines for person in people.get(key, ()) if person.name),
    )


def _begun(wanted: str, names: tuple[str, ...]) -> bool:
    """Whether each word typed begins a word of one of the names."""
    words = wanted.split()
    return bool(words) and any(all(any(own.startswith(word) for own in its.split()) for word in words) for its in names)


def _alike(event: MeetingDay, seats: list[Participant], names: Mapping[int, tuple[str, ...]], typed: str) -> list[int]:
    """Those whose structure, or a person of whom, is spelt nearly so."""
    found = among(typed, seats, event.doubles.items())
    structures = [int(code) for code in (found.sure, *(option.code for option in found.options)) if code]
    persons = [key for key, its in names.items() if any(spelt_alike(typed, name) >= SURE_RATIO for name in its)]
    return list(dict.fromkeys((*structures, *persons)))


def _unknown(typed: str) -> str:
    if not typed:
        return "Écrivez le code d’un badge, ou quelques lettres d’un nom."
    if is_code(typed):
        return (
            f"Le code « {typed} » est mal recopié, ou d’un autre événement : relisez le badge, ou cherchez par le nom."
        )
    return f"Personne n’est inscrit sous « {typed} »."
