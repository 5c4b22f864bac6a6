"""What identity compares, taken from a cleaned record or from its payload, and packed: a whole catalogue is in memory at once."""

import json
import marshal
from functools import lru_cache
from typing import NewType

from matcher.catalogue.evidence import RecordKey, Traits
from matcher.catalogue.records import CleanRecord
from matcher.cleaning.siret import SIRET_BAD_KEY, SIRET_PSEUDO
from matcher.domain.kinds import SupplierKind
from matcher.reference.communes import arrondissement

_PLAIN = ("siret", "finess", "siren", "address", "post_code", "city", "phone", "website")
_KEY, _KINDS_AT = 2, Traits._fields.index("kinds")

# Some 250 bytes a record, where its fields as objects take 900.
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
        **{name: fields.get(name, "") for name in _PLAIN},
    )


def pack(traits: Traits) -> Packed:
    """Return the traits of a record, its key aside, as bytes for `unpack` in this process."""
    kinds = tuple(kind.value for kind in traits.kinds)
    written = marshal.dumps((kinds, *traits[_KEY:_KINDS_AT], *traits[_KINDS_AT + 1 :]))
    return Packed(
        bytes(memoryview(written))
    )  # a copy: the first leaves holes in memory where it grew, 400 bytes a record


def unpack(key: RecordKey, packed: Packed) -> Traits:
    """Return the traits of the record `key` that `pack` was given."""
    kinds, *fields = marshal.loads(packed)  # noqa: S302  # bytes of this process, never of a file
    return Traits._make((*key, *fields[: _KINDS_AT - _KEY], _kinds(kinds), *fields[_KINDS_AT - _KEY :]))


@lru_cache(maxsize=1024)
def _kinds(values: tuple[str, ...]) -> tuple[SupplierKind, ...]:
    return tuple(map(SupplierKind, values))


def _doubtful(flags: tuple[str, ...] | list[str]) -> bool:
    return SIRET_BAD_KEY in flags or SIRET_PSEUDO in flags


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
