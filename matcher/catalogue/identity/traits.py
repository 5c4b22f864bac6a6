"""Traits of a record that identity compares, and the same packed as bytes: those of a whole catalogue wait in a file."""

import json
import marshal
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NewType

from matcher.catalogue.identity.compare import RecordKey, Registered, Traits
from matcher.catalogue.identity.records import REGISTERS, CleanRecord
from matcher.cleaning.siret import SIRET_BAD_KEY, SIRET_PSEUDO
from matcher.domain.kinds import SupplierKind
from matcher.reference.geography.communes import arrondissement

_PLAIN = ("siret", "finess", "siren", "address", "post_code", "city", "phone", "website")
_KEY, _KINDS_AT, _REGISTERED_AT = 2, Traits._fields.index("kinds"), Traits._fields.index("registered")

Packed = NewType("Packed", bytes)


def traits_of(record: CleanRecord) -> Traits:
    """Return what identity compares of a record."""
    return Traits(
        source=record.source,
        ref=record.ref,
        doubtful=_doubtful(record.flags),
        names=_names(record.name, record.brand),
        kinds=record.kinds,
        insee=arrondissement(record.insee, record.post_code),
        registered=registered(record),
        **{name: getattr(record, name) for name in _PLAIN},
    )


def traits_in(payload: str) -> Traits:
    """Return the same from a stored payload, without building the record: a catalogue holds many."""
    fields = json.loads(payload)
    return Traits(
        source=fields["source"],
        ref=fields["ref"],
        doubtful=_doubtful(fields.get("flags", ())),
        names=_names(fields.get("name", ""), fields.get("brand", "")),
        insee=arrondissement(fields.get("insee", ""), fields.get("post_code", "")),
        kinds=tuple(map(SupplierKind, fields.get("kinds", ()))),
        registered=_registered_in(fields) if fields["source"] in REGISTERS else None,
        **{name: fields.get(name, "") for name in _PLAIN},
    )


def registered(record: CleanRecord) -> Registered | None:
    """Return what a record says as a register, None for one of a directory."""
    if record.source not in REGISTERS:
        return None
    return Registered(record.as_of, record.open, record.closed, record.successor)


def _registered_in(fields: Mapping[str, Any]) -> Registered:
    as_of, closed = (date.fromisoformat(fields[name]) if name in fields else None for name in ("as_of", "closed"))
    return Registered(as_of, fields.get("open"), closed, fields.get("successor", ""))


def pack(traits: Traits) -> Packed:
    """Return the traits of a record, its key aside, as bytes for `unpack` in this process."""
    kinds = tuple(kind.value for kind in traits.kinds)
    said = traits.registered and tuple(map(_day_as_number, traits.registered))
    fields: tuple[Any, ...] = (kinds, said, *traits[_KEY:_KINDS_AT], *traits[_KINDS_AT + 1 : _REGISTERED_AT])
    return Packed(marshal.dumps(fields))


def unpack(key: RecordKey, packed: Packed) -> Traits:
    """Return the traits of the record `key` that `pack` was given."""
    kinds, said, *fields = marshal.loads(packed)  # noqa: S302  # bytes of this process, in memory or in a file without a name
    before, after = fields[: _KINDS_AT - _KEY], fields[_KINDS_AT - _KEY :]
    return Traits._make((*key, *before, _kinds(kinds), *after, said and _as_registered(said)))


def _day_as_number(value: object) -> object:
    return value.toordinal() if isinstance(value, date) else value


def _as_registered(said: tuple[Any, ...]) -> Registered:
    as_of, is_open, closed, successor = said
    return Registered(as_of and date.fromordinal(as_of), is_open, closed and date.fromordinal(closed), successor)


@lru_cache(maxsize=1024)
def _kinds(values: tuple[str, ...]) -> tuple[SupplierKind, ...]:
    return tuple(map(SupplierKind, values))


def _doubtful(flags: tuple[str, ...] | list[str]) -> bool:
    return SIRET_BAD_KEY in flags or SIRET_PSEUDO in flags


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
