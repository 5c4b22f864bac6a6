"""What identity compares, taken from a cleaned record or from its payload."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from matcher.catalogue.evidence import Registered, Traits
from matcher.catalogue.records import REGISTERS, CleanRecord
from matcher.cleaning.siret import SIRET_BAD_KEY, SIRET_PSEUDO
from matcher.domain.kinds import SupplierKind
from matcher.reference.communes import arrondissement

_PLAIN = ("siret", "finess", "siren", "address", "post_code", "city", "phone", "website")


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


def _doubtful(flags: tuple[str, ...] | list[str]) -> bool:
    return SIRET_BAD_KEY in flags or SIRET_PSEUDO in flags


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
