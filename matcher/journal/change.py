"""Event sourcing, without a database: changes (with author and time) appended to a journal and replayed into a state, their texts tidied, and their
conversion to plain JSON and back."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import inspect

from matcher.typed_values import convert_value

T = TypeVar("T")


class FrozenError(Exception):
    """Stored JSON that cannot be converted back. The French message names the part."""


def plain(value: Any) -> Any:
    """Return dataclasses, tuples, enumerations and dates as plain JSON values."""
    return json.loads(json.dumps(msgspec.to_builtins(value)))  # to_builtins leaves tuples and large integers


def build(wanted: type[T], value: Any, where: str) -> T:
    """Convert the result of `plain` back to the dataclass `wanted`; missing fields take their defaults.

    Raises FrozenError, which names the path (from `where`) of the first value of a wrong type.
    """
    try:
        return convert_value(value, wanted)
    except msgspec.ValidationError as error:
        place = f"{where}{_refused_place(wanted, value)}"
        raise FrozenError(f"« {place} » manque, ou n’est pas de la forme attendue.") from error


def _refused_place(wanted: Any, value: Any) -> str:
    """Return the path of the first part of `value` that is missing or of a wrong type: « .matches[0].score »."""
    for step, part_type, part in _parts(wanted, value):
        if part is msgspec.UNSET:
            return step
        try:
            convert_value(part, part_type)
        except msgspec.ValidationError:
            return step + _refused_place(part_type, part)
    return ""


def _parts(wanted: Any, value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, type, value) of each part of `value` according to the type `wanted`; UNSET for a missing part."""
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


LONGEST_TEXT = 20_000  # characters, ten times a long message to suppliers
LONGEST_LINE = 300
# Characters removed from texts: controls, surrogates and text direction marks.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class ChangeRefused(Exception):
    """A change that the state does not allow. Nothing is written; the message is French."""


def tidy_lines(text: str) -> str:
    """Return a person's text without invisible characters, its lines preserved. Raises ChangeRefused where it is too long."""
    if len(text) > LONGEST_TEXT:
        raise ChangeRefused(f"Ce texte est trop long : {LONGEST_TEXT} caractères au plus.")
    return "\n".join(_INVISIBLE.sub("", line).rstrip() for line in text.splitlines()).strip()


def one_line(value: T) -> T:
    """Return a text tidied on one line; for a dataclass or tuple, with all its texts tidied so."""
    text: Any = value
    if type(text) is str:  # not a StrEnum
        text = " ".join(tidy_lines(text).split())
    elif isinstance(text, tuple):
        text = tuple(map(one_line, text))
    elif is_dataclass(text) and not isinstance(text, type):
        text = replace(text, **{field.name: one_line(getattr(text, field.name)) for field in fields(text)})
    return text  # type: ignore[no-any-return]  # same type as `value`


def without_unseen(value: Any) -> Any:
    """Return JSON of another origin without invisible characters, which databases and spreadsheets refuse."""
    if isinstance(value, str):
        return _INVISIBLE.sub("", value)
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
    """An event: its data, its effect on a state, and its sentence in the journal.

    A subclass declares in its class line the `action` under which it is stored, and the standings that allow it (`when`).
    """

    __slots__ = ()
    action: ClassVar[str] = ""
    when: ClassVar[frozenset[str]] = frozenset({OPEN})

    def __init_subclass__(cls, action: str = "", when: frozenset[str] | None = None) -> None:
        super().__init_subclass__()
        # `dataclass(slots=True)` creates the class again without these arguments: the inherited values then stay
        cls.action = action or cls.action
        cls.when = when or cls.when

    @classmethod
    def from_older(cls, data: Any) -> Any:
        """Return stored data in the present shape; to override for a change whose shape was different."""
        return data

    @abstractmethod
    def apply(self, state: S, at: datetime, author: str, /) -> S:
        """Return the state after the change; the dicts of `state` belong to the replay and may be modified. Raises ChangeRefused."""

    @abstractmethod
    def says(self, state: S, /) -> str:
        """Return the French sentence of the change, without its subject."""

    def tidy(self) -> Self:
        """Return the change with its texts tidied."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        # `type is str`: a StrEnum is left as it is.
        return replace(self, **{name: tidy_lines(text) for name, text in values.items() if type(text) is str})


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of a journal: a numbered change (from 1) with author and time (UTC without zone)."""

    number: int
    at: datetime
    who: str
    change: Change[Any]


@dataclass(frozen=True, slots=True)
class Journaled:
    """Base of a state rebuilt from its journal. `deleted` is the time of deletion, None if not deleted; `called` is its French noun: « le dossier »."""

    called: ClassVar[str]

    id: int
    journal: Sequence[JournalEntry] = ()
    state: str = OPEN
    deleted: datetime | None = None

    @property
    def version(self) -> int:
        """Number of changes so far; a writer gives the version it has read (optimistic locking)."""
        return len(self.journal)

    @property
    def created(self) -> datetime:
        """Time of creation, UTC without zone."""
        return self.journal[0].at

    @property
    def updated(self) -> datetime:
        """Time of the last change, UTC without zone."""
        return self.journal[-1].at

    @property
    def standing(self) -> str:
        """Key of the changes that are allowed: new, deleted, or its state."""
        if not self.journal:
            return NEW
        return DELETED if self.deleted else self.state

    def at_version(self, version: int) -> Self:
        """Return the state at an earlier version."""
        return self if version == self.version else replay(type(self)(self.id), self.journal[:version])


def append(state: S, *changes: Change[S], at: datetime, author: str) -> S:
    """Return the state after more changes, their texts tidied, with a journal line for each. Raises ChangeRefused."""
    signed = one_line(author)
    if not signed:
        raise ChangeRefused("Dites qui le fait : le journal garde qui et quand.")
    signing = enumerate(changes, start=state.version + 1)
    return replay(state, (JournalEntry(nth, at.replace(tzinfo=None), signed, change.tidy()) for nth, change in signing))


def try_changes(state: S, *changes: Change[S]) -> S:
    """Return the state after changes that are not to be stored (a preview). Raises ChangeRefused."""
    return append(state, *changes, at=state.updated, author="essai")


def replay(state: S, lines: Iterable[JournalEntry]) -> S:
    """Apply journal lines to a state, blank or not. Raises ChangeRefused where a line does not follow from those before."""
    # Journal and dicts are copied once, then modified in place: intermediate states are not shared.
    entries = list(state.journal)
    fields_of_state = ((field.name, getattr(state, field.name)) for field in fields(state))
    own: dict[str, Any] = {name: dict(value) for name, value in fields_of_state if isinstance(value, dict)}
    state = replace(state, journal=entries, **own)
    for line in lines:
        if line.number != state.version + 1:
            raise ChangeRefused(f"Le journal saute de la ligne {state.version} à la ligne {line.number}.")
        if state.standing not in line.change.when:
            raise ChangeRefused(f"{state.called[0].upper()}{state.called[1:]} {_REFUSES[state.standing]}")
        state = line.change.apply(state, line.at, line.who)
        if state.journal is not entries:  # a change that erases a person rewrites earlier lines
            entries = list(state.journal)
            state = replace(state, journal=entries)
        entries.append(line)
    return replace(state, journal=tuple(entries))


@dataclass(frozen=True, slots=True)
class Delete(Change[Any], action="supprimer", when=frozenset({OPEN, CLOSED})):
    """Soft deletion: nothing is erased, and it can be restored."""

    reason: str = ""

    def apply(self, state: S, at: datetime, author: str) -> S:
        return replace(state, deleted=at)

    def says(self, state: Journaled) -> str:
        return f"supprime {state.called}{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class Restore(Change[Any], action="restaurer", when=frozenset({DELETED})):
    """Undo a deletion."""

    reason: str = ""

    def apply(self, state: S, at: datetime, author: str) -> S:
        return replace(state, deleted=None)

    def says(self, state: Journaled) -> str:
        return f"restaure {state.called}{because(self.reason)}"


Actions = Mapping[str, type[Change[S]]]


def by_action(changes: Sequence[type[Change[S]]]) -> Actions[S]:
    """Return the allowed changes of a journal by their action."""
    return {change.action: change for change in changes}


def line_row(line: JournalEntry) -> dict[str, Any]:
    """Return a journal line as a database row or JSON object."""
    signed = {"number": line.number, "at": line.at, "who": line.who, "action": line.change.action}
    return {**signed, "data": plain(line.change)}


def journal_object(state: S) -> list[dict[str, Any]]:
    """Return the journal of a state as JSON for scripts, with the sentence of each line."""
    objects = []
    for line in state.journal:
        signed = {"number": line.number, "at": line.at.isoformat(), "who": line.who, "action": line.change.action}
        objects.append({**signed, "says": line.change.says(state)})
    return objects


def change_of(actions: Actions[S], action: str, data: Mapping[str, Any]) -> Change[S]:
    """Return the change stored under an action. Raises ChangeRefused where the action or its data are invalid."""
    wanted = actions.get(action)
    if wanted is None:
        raise ChangeRefused(f"Action « {action} » inconnue de cette version d’Entremise.")
    try:
        return build(wanted, wanted.from_older(data), action)
    except FrozenError as error:
        raise ChangeRefused(str(error)) from error


def because(reason: str) -> str:
    """Return a reason as the end of a French sentence."""
    return f" : « {reason} »" if reason else ""
