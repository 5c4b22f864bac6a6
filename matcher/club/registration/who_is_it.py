"""Matches a name or badge code, typed at registration or at the entrance of a meeting day, to a supplier of the catalogue or a participant: certain,
several possible ones, or nobody. Also finds likely duplicate registrations. A seat is a participant with its duplicate registrations merged."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from rapidfuzz import fuzz, process
from sqlalchemy import Engine

from matcher.catalogue.identity.recogniser import MOST_OPTIONS, Recogniser, WrittenSupplier
from matcher.catalogue.store.opt_outs import read_guard
from matcher.catalogue.store.read import find_id
from matcher.catalogue.store.recognition import load_recogniser
from matcher.cleaning.names import name_key
from matcher.cleaning.siret import digits_of
from matcher.club.meeting_day.entrance import is_code, key_of
from matcher.club.meeting_day.meeting_day import MeetingDay, Option, Participant
from matcher.club.meeting_day.store import Person
from matcher.db import reading
from matcher.domain.french import in_groups
from matcher.ranking.shelf.card import Card
from matcher.ranking.shelf.shelf import Shelf

# A typed name certainly matches a participant from this likeness (rapidfuzz ratio, of 100), or where it alone contains all its words (at
# least `SURE_WORDS`), unless another participant matches too.
SURE_RATIO, NEAR_RATIO, SURE_WORDS = 92.0, 60.0, 2
# Names are also compared in written order, since a misspelt first letter or a missing space changes the sort order of words.
_SCORERS = (fuzz.token_sort_ratio, fuzz.ratio)
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Who:
    """Result of looking up a name: `sure`, a catalogue id or participant key as text, empty where uncertain; else the possible `options`."""

    sure: str = ""
    options: tuple[Option, ...] = ()


class Catalogue:
    """Lookup of registrations in the catalogue. `left`: numbers of suppliers that asked to be removed from it."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self._engine, self._shelf = engine, shelf
        with reading(engine) as connection:
            self.left = read_guard(connection).opted_out

    def card(self, supplier_id: str) -> Card | None:
        """Return the card (displayed fields) of a supplier; None where the catalogue does not hold it."""
        row = self._shelf.find(supplier_id)
        return None if row is None else self._shelf.suppliers[row]

    def by_number(self, key: str) -> str:
        """Return the present supplier id of a SIRET or former id, empty where the catalogue has none."""
        with reading(self._engine) as connection:
            return find_id(connection, key) or ""

    def by_name(self, name: str, place: str) -> Who:
        """Look up a supplier by its name and the town of `place`."""
        recognition = self._recogniser.recognise(WrittenSupplier(name, city=place))
        if recognition.sure:
            return Who(recognition.sure.id)
        cards = (self.card(option.supplier.id) for option in recognition.options)
        return Who(options=tuple(Option(card.id, card_words(card)) for card in cards if card))

    @cached_property
    def _recogniser(self) -> Recogniser:
        return load_recogniser(self._engine)


def card_words(card: Card) -> str:
    """Return a supplier of the catalogue as a question names it: « Les Ateliers du Marais (ESAT), Maubeuge, 000 112 345 00011 »."""
    kinds = f" ({', '.join(card.kinds)})" if card.kinds else ""
    return ", ".join(filter(None, (f"{card.name}{kinds}", card.city, in_groups(card.siret))))


def among(name: str, participants: Sequence[Participant], seats: Iterable[tuple[int, int]] = ()) -> Who:
    """Return the participant of a name or a SIRET; `seats`: pairs (key of a duplicate, key of its first registration)."""
    seat_of = dict(seats)
    digits = digits_of(name)
    same = [one for one in participants if digits and one.siret == digits]
    same = same or [one for one in participants if name_key(name) in map(name_key, one.names)]
    if len({seat_of.get(one.key, one.key) for one in same}) == 1:
        return Who(str(seat_of.get(same[0].key, same[0].key)))
    if same:
        return Who(options=_options_of(same))
    return _spelt_alike(name, participants)


def _spelt_alike(name: str, participants: Sequence[Participant]) -> Who:
    """Return the only participant spelt nearly so or containing all these words; else the similar ones as options."""
    likeness = partial(spelt_alike, name)
    ratios = {one.key: max(map(likeness, one.names)) for one in participants}
    inside = [one for one in participants if _inside(name, one)]
    whole = inside if len(inside) == 1 and len(name_key(name).split()) >= SURE_WORDS else []
    surely = [
        one
        for one in participants
        if one in whole or any(likeness(each) >= SURE_RATIO and _same_figures(name, each) for each in one.names)
    ]
    if len(surely) == 1:
        return Who(str(surely[0].key))
    nearest = sorted(participants, key=lambda one: (one not in surely, -ratios[one.key], one.key))
    return Who(
        options=_options_of([one for one in nearest if ratios[one.key] >= NEAR_RATIO or one in inside][:MOST_OPTIONS])
    )


def spelt_alike(name: str, other: str) -> float:
    """Return the spelling likeness of two names, in 0..100, ignoring word order and separators."""
    keys = name_key(name), name_key(other)
    return max(scorer(*keys) for scorer in _SCORERS)


def spelt_nearly(side: Sequence[Participant]) -> dict[int, Participant]:
    """Return, by key, an earlier participant with nearly the same name, unless SIRET, place, role or digits in the names differ."""
    keys = [name_key(one.name) for one in side]
    ratios = np.maximum(
        *(process.cdist(keys, keys, scorer=scorer, score_cutoff=SURE_RATIO, dtype=np.uint8) for scorer in _SCORERS)
    )
    participants: dict[int, Participant] = {}
    for row, column in np.argwhere(np.tril(ratios, -1)).tolist():
        participant, other = side[row], side[column]
        parted = [
            (participant.number, other.number),
            (name_key(participant.place), name_key(other.place)),
            (participant.sort, other.sort),
        ]
        if _same_figures(participant.name, other.name) and all(
            not first or not second or first == second for first, second in parted
        ):
            participants.setdefault(participant.key, other)
    return participants


def _options_of(participants: Sequence[Participant]) -> tuple[Option, ...]:
    return tuple(
        Option(str(one.key), ", ".join(filter(None, (one.name, one.place, f"n° {one.key}")))) for one in participants
    )


def _same_figures(name: str, other: str) -> bool:
    """« Collège du Val 1 » is not « Collège du Val 2 » misspelt."""
    return _FIGURES.findall(name) == _FIGURES.findall(other)


def _inside(name: str, participant: Participant) -> bool:
    """« Synergie » is inside « ESAT Synergie Nord »."""
    words = set(name_key(name).split())
    return bool(words) and any(words <= set(name_key(each).split()) for each in participant.names)


@dataclass(frozen=True, slots=True)
class AtEntrance:
    """Result of a search at the entrance: `surely`, the key of the seat found; else possible ones, the nearest first; else a French `fault`."""

    surely: int | None = None
    options: tuple[int, ...] = ()
    fault: str = ""


def at_entrance(event: MeetingDay, people: Mapping[int, tuple[Person, ...]], typed: str) -> AtEntrance:
    """Search a badge code or a name. A code, or a whole name that only one seat has, is certain; the first letters of a name are not."""
    if (key := key_of(event.id, typed)) is not None and key in event.by_key:
        return AtEntrance(event.seat_of(key))
    seats = [one for supplies in (False, True) for one in event.list_seats(suppliers=supplies)]
    names = {one.key: tuple(map(name_key, _names(event, people, one))) for one in seats}
    wanted = name_key(typed)
    whole = [key for key, its in names.items() if wanted and wanted in its]
    if len(whole) == 1:
        return AtEntrance(whole[0])
    if options := whole or _alike(event, seats, names, typed):
        return AtEntrance(options=tuple(options))
    fault = f"Personne n’est inscrit sous « {typed} »."
    if not typed:
        fault = "Écrivez le code d’un badge, ou quelques lettres d’un nom."
    elif is_code(typed):
        fault = (
            f"Le code « {typed} » est mal recopié, ou d’un autre événement : relisez le badge, ou cherchez par le nom."
        )
    return AtEntrance(fault=fault)


def _names(event: MeetingDay, people: Mapping[int, tuple[Person, ...]], participant: Participant) -> tuple[str, ...]:
    """Return the names of a seat: of its registration lines, and of the persons who come."""
    lines = (participant.key, *event.others_of.get(participant.key, ()))
    return (
        *(name for key in lines for name in event.by_key[key].names),
        *(person.name for key in lines for person in people.get(key, ()) if person.name),
    )


def _alike(event: MeetingDay, seats: list[Participant], names: Mapping[int, tuple[str, ...]], typed: str) -> list[int]:
    """Return the seats (keys) with a name in which each typed word begins a word; else those whose organisation or person is spelt nearly so."""
    words = name_key(typed).split()
    begun = []
    for key, own in names.items() if words else ():
        parts = [name.split() for name in own]
        if any(all(any(part.startswith(word) for part in name) for word in words) for name in parts):
            begun.append(key)
    if begun:
        return begun
    result = among(typed, seats, event.doubles.items())
    structures = [int(code) for code in (result.sure, *(option.code for option in result.options)) if code]
    persons = [key for key, its in names.items() if any(spelt_alike(typed, name) >= SURE_RATIO for name in its)]
    return list(dict.fromkeys((*structures, *persons)))
