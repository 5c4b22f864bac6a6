"""Changes with who made them and when, and the state that they add up to: appended, replayed, seen at an earlier version; their texts tidied
and bounded, their data as plain JSON and back."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import inspect

T = TypeVar("T")


class FrozenError(Exception):
    """A frozen object that cannot be read. The message, in French, names the part."""


def plain(value: Any) -> Any:
    """Return a value made of dataclasses, tuples, enumerations, dates and plain values as JSON holds it."""
    return json.loads(json.dumps(msgspec.to_builtins(value)))  # which leaves tuples, and whole numbers of any size


def build(wanted: type[T], value: Any, where: str) -> T:
    """Return the dataclass `wanted` that `plain` gave `value` for; what is missing takes its default.

    Raises FrozenError, which names the place (`where`), at the first value of another type.
    """
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        place = f"{where}{_refused_place(wanted, value)}"
        raise FrozenError(f"« {place} » manque, ou n’est pas de la forme attendue.") from error


def _refused_place(wanted: Any, value: Any) -> str:
    """Return the path of the first part of `value` that is missing or of another type than is wanted: « .matches[0].score »."""
    for step, part_type, part in _parts(wanted, value):
        if part is msgspec.UNSET:
            return step
        try:
            msgspec.convert(part, part_type)
        except msgspec.ValidationError:
            return step + _refused_place(part_type, part)
    return ""


def _parts(wanted: Any, value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path, the type and the value of each part of `value`, as the type `wanted` has it; UNSET for one that is missing."""
    described, arguments = inspect.type_info(wanted), get_args(wanted)
    match described, value:
        case inspect.UnionType(), _:
            for argument in arguments:
                yield from _parts(argument, value)
        case inspect.DataclassType() | inspect.StructType(), dict():
            hints = get_type_hints(described.cls)
            for field in described.fields:
                if field.required or field.name in value:
                    yield f".{field.name}", hints[field.name], value.get(field.name, msgspec.UNSET)
        case inspect.DictType(), dict():
            yield from ((f"[{key}]", arguments[1], part) for key, part in value.items())
        case inspect.TupleType(), list():
            yield from ((f"[{place}]", *pair) for place, pair in enumerate(zip(arguments, value, strict=False)))
        case inspect.CollectionType(), list():
            yield from ((f"[{place}]", arguments[0], part) for place, part in enumerate(value))


LONGEST_TEXT = 20_000  # characters: a message to suppliers fits ten times
LONGEST_LINE = 300
# What no text of a person holds: controls, halves of characters, and the marks that turn the direction of what follows.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class ChangeRefused(Exception):
    """A change that this dossier cannot take. Nothing is written; the message is French."""


def tidy_lines(text: str) -> str:
    """Return a person's text without what cannot be seen, on its own lines. Raises ChangeRefused where it is too long."""
    if len(text) > LONGEST_TEXT:
        raise ChangeRefused(f"Ce texte est trop long : {LONGEST_TEXT} caractères au plus.")
    return "\n".join(_UNSEEN.sub("", line).rstrip() for line in text.splitlines()).strip()


def one_line(value: T) -> T:
    """Return a text, or a dataclass and the tuples of it with each of their texts, tidied and on one line."""
    text: Any = value
    if type(text) is str:  # and no enumeration of texts
        text = " ".join(tidy_lines(text).split())
    elif isinstance(text, tuple):
        text = tuple(map(one_line, text))
    elif is_dataclass(text) and not isinstance(text, type):
        text = replace(text, **{one.name: one_line(getattr(text, one.name)) for one in fields(text)})
    return text  # type: ignore[no-any-return]  # of the type given, whatever it holds


def without_unseen(value: Any) -> Any:
    """Return JSON from elsewhere with its texts freed of what cannot be seen, which databases and sheets refuse."""
    if isinstance(value, str):
        return _UNSEEN.sub("", value)
    if isinstance(value, list):
        return [without_unseen(item) for item in value]
    if isinstance(value, dict):
        return {without_unseen(key): without_unseen(item) for key, item in value.items()}
    return value


NEW, OPEN, CLOSED, DELETED = "nouveau", "ouvert", "clos", "supprimé"
_REFUSES = {
    NEW: "commence par sa création.",
    OPEN: "est déjà ouvert.",
    CLOSED: "est clos : rouvrez-le pour le changer.",
    DELETED: "est supprimé : restaurez-le pour le changer.",
}

S = TypeVar("S", bound="Journaled")


@dataclass(frozen=True)
class Change(ABC, Generic[S]):
    """One thing done to a state: its data, its effect, and its sentence in the journal.

    A change declares, in the line of its class, the `action` under which it is kept, and the standings that allow it (`when`).
    """

    __slots__ = ()
    action: ClassVar[str] = ""
    when: ClassVar[frozenset[str]] = frozenset({OPEN})

    def __init_subclass__(cls, action: str = "", when: frozenset[str] | None = None) -> None:
        super().__init_subclass__()
        # which `dataclass(slots=True)`, as it makes the class anew, does not give again
        cls.action = action or cls.action
        cls.when = when or cls.when

    @classmethod
    def from_older(cls, data: Any) -> Any:
        """Return data that was kept in the shape of today; for a change whose former shape was kept to override."""
        return data

    @abstractmethod
    def apply(self, state: S, at: datetime, author: str, /) -> S:
        """Return the state with this done; the mappings of the one given are its run's own, to be written in. Raises ChangeRefused."""

    @abstractmethod
    def says(self, state: S, /) -> str:
        """Return what was done, as a French sentence without its subject."""

    def tidy(self) -> Self:
        """Return the change with each of its own texts tidied."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        # And no enumeration of texts.
        return replace(self, **{name: tidy_lines(text) for name, text in values.items() if type(text) is str})


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of a journal. `number` counts from 1; `at` is UTC without zone."""

    number: int
    at: datetime
    who: str
    change: Change[Any]


@dataclass(frozen=True, slots=True)
class Journaled:
    """A state that its journal adds up to. `deleted` is when, None where it is not; `called` is its noun in French: « le dossier »."""

    called: ClassVar[str]

    id: int
    journal: Sequence[JournalEntry] = ()
    state: str = OPEN
    deleted: datetime | None = None

    @property
    def version(self) -> int:
        """Number of changes so far: whoever writes gives the one that was read."""
        return len(self.journal)

    @property
    def created(self) -> datetime:
        """Time it was opened, UTC without zone."""
        return self.journal[0].at

    @property
    def updated(self) -> datetime:
        """Time of its last change, UTC without zone."""
        return self.journal[-1].at

    @property
    def standing(self) -> str:
        """Which changes it takes: new, deleted, or its state."""
        if not self.journal:
            return NEW
        return DELETED if self.deleted else self.state

    def at_version(self, version: int) -> Self:
        """Return it as it was at one of its versions."""
        return self if version == self.version else replay(type(self)(self.id), self.journal[:version])


def append(state: S, *changes: Change[S], at: datetime, author: str) -> S:
    """Return the state with more changes, their texts tidied, and a line of its journal for each. Raises ChangeRefused."""
    signed = one_line(author)
    if not signed:
        raise ChangeRefused("Dites qui le fait : le journal garde qui et quand.")
    signing = enumerate(changes, start=state.version + 1)
    return replay(state, (JournalEntry(nth, at.replace(tzinfo=None), signed, one.tidy()) for nth, one in signing))


def try_changes(state: S, *changes: Change[S]) -> S:
    """Return what changes that nobody has signed yet would make of a state. Raises ChangeRefused."""
    return append(state, *changes, at=state.updated, author="essai")


def replay(state: S, lines: Iterable[JournalEntry]) -> S:
    """Return what the lines of a journal make of a state, blank or not. Raises ChangeRefused where one does not follow from those before."""
    # Copied once a run: nobody else sees a state between two lines.
    done = list(state.journal)
    fields_of_state = ((one.name, getattr(state, one.name)) for one in fields(state))
    own: dict[str, Any] = {name: dict(value) for name, value in fields_of_state if isinstance(value, dict)}
    state = replace(state, journal=done, **own)
    for line in lines:
        if line.number != state.version + 1:
            raise ChangeRefused(f"Le journal saute de la ligne {state.version} à la ligne {line.number}.")
        if state.standing not in line.change.when:
            raise ChangeRefused(f"{state.called[0].upper()}{state.called[1:]} {_REFUSES[state.standing]}")
        state = line.change.apply(state, line.at, line.who)
        if state.journal is not done:  # a change that forgets somebody rewrites the lines before
            done = list(state.journal)
            state = replace(state, journal=done)
        done.append(line)
    return replace(state, journal=tuple(done))


@dataclass(frozen=True, slots=True)
class Delete(Change[Any], action="supprimer", when=frozenset({OPEN, CLOSED})):
    """Put the whole away; nothing is erased, and it can be restored."""

    reason: str = ""

    def apply(self, state: S, at: datetime, author: str) -> S:
        return replace(state, deleted=at)

    def says(self, state: Journaled) -> str:
        return f"supprime {state.called}{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Restore(Change[Any], action="restaurer", when=frozenset({DELETED})):
    """Bring what was deleted back as it was."""

    reason: str = ""

    def apply(self, state: S, at: datetime, author: str) -> S:
        return replace(state, deleted=None)

    def says(self, state: Journaled) -> str:
        return f"restaure {state.called}{because(self.reason)}"


Actions = Mapping[str, type[Change[S]]]


def by_action(changes: Sequence[type[Change[S]]]) -> Actions[S]:
    """Return the changes that a journal may hold, each under the name that is kept of it."""
    return {change.action: change for change in changes}


def line_row(line: JournalEntry) -> dict[str, Any]:
    """Return a line of a journal as databases and files hold it, its change under its `action`."""
    return {
        "number": line.number,
        "at": line.at,
        "who": line.who,
        "action": line.change.action,
        "data": plain(line.change),
    }


def journal_object(state: S) -> list[dict[str, Any]]:
    """Return the journal of a state as JSON for scripts, each line with its sentence."""
    return [
        {
            "number": line.number,
            "at": line.at.isoformat(),
            "who": line.who,
            "action": line.change.action,
            "says": line.change.says(state),
        }
        for line in state.journal
    ]


def change_of(actions: Actions[S], action: str, data: Mapping[str, Any]) -> Change[S]:
    """Return the change that was kept under this action. Raises ChangeRefused where it is none of `actions`, or its data is not right."""
    wanted = actions.get(action)
    if wanted is None:
        raise ChangeRefused(f"Action « {action} » inconnue de cette version d’Entremise.")
    try:
        return build(wanted, wanted.from_older(data), action)
    except FrozenError as error:
        raise ChangeRefused(str(error)) from error


def because(reason: str) -> str:
    """Return a reason as a sentence ends with it."""
    return f" : « {reason} »" if reason else ""
