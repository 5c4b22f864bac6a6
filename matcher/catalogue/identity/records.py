"""Cleaned record of one supplier by one source (`CleanRecord`), its storage as canonical JSON, and the traits that identity compares.

These stored records are the reference data of the catalogue: suppliers are computed from them.
"""

import hashlib
import json
import marshal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date
from functools import lru_cache
from typing import Any, NewType

from matcher.catalogue.identity.compare import RecordKey, RegisterState, Traits
from matcher.cleaning.siret import SIRET_BAD_KEY, SIRET_PSEUDO
from matcher.domain.fields import SupplierValues, is_known
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Evidence
from matcher.reference.geography.communes import arrondissement

# Official registers: importer's key → name shown. They complete suppliers and never create one.
REGISTERS: Mapping[str, str] = {"sirene": "Sirene", "recherche-entreprises": "Sirene"}


@dataclass(frozen=True, slots=True)
class ClaimedActivity:
    """An activity that a source claims: taxonomy code, the source's words, kind of evidence."""

    code: str
    wording: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CleanRecord(SupplierValues):
    """One supplier as one source gives it, cleaned. Empty or None is unknown.

    `lat` and `lon` are WGS84 degrees, `approximate` where they are the commune's centre. `claims` are the source's words, (vocabulary, text), from
    which `activities` were read; `other_contacts` the telephones and e-mails after the first, (type, value). `refused` are codes of activities that
    the team or the establishment denies, `wrong_numbers` telephones that the team marked as wrong. `open`, `closed` (the day) and `successor` (a
    SIRET) are the establishment's state in a register; a list may give the day too. `flags` are French remarks on what was repaired or is doubtful.
    """

    source: str
    ref: str
    name: str = ""
    kinds: tuple[SupplierKind, ...] = ()
    siret: str = ""
    siren: str = ""
    finess: str = ""
    address: str = ""
    post_code: str = ""
    city: str = ""
    cedex: str = ""
    insee: str = ""
    lat: float | None = None
    lon: float | None = None
    approximate: bool = False
    phone: str = ""
    email: str = ""
    other_contacts: tuple[tuple[str, str], ...] = ()
    website: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    activities: tuple[ClaimedActivity, ...] = ()
    refused: tuple[str, ...] = ()
    wrong_numbers: tuple[str, ...] = ()
    as_of: date | None = None
    open: bool | None = None
    closed: date | None = None
    successor: str = ""
    flags: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Record key: the source and the reference in that source."""
        return self.source, self.ref


_NAMES = tuple(field.name for field in fields_of(CleanRecord))


def to_payload(record: CleanRecord) -> str:
    """Return the record as canonical JSON (known fields only, sorted keys): equal records give equal text."""
    payload = {name: value for name in _NAMES if is_known(value := getattr(record, name))}
    if not record.approximate:
        payload.pop("approximate")
    if record.activities:
        payload["activities"] = [[item.code, item.wording, item.evidence] for item in record.activities]
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat)


def from_payload(payload: str) -> CleanRecord:
    """Parse the JSON of `to_payload`."""
    values: dict[str, Any] = {"name": ""} | json.loads(payload)
    return CleanRecord(**{name: _PARSERS.get(name, _plain)(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, list) else value


# Parsers of the fields that are not plain JSON values.
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "kinds": lambda kinds: tuple(map(SupplierKind, kinds)),
    "activities": lambda claims: tuple(ClaimedActivity(code, wording, Evidence(how)) for code, wording, how in claims),
    "as_of": date.fromisoformat,
    "closed": date.fromisoformat,
}


def payload_hash(payload: str) -> str:
    """Return the SHA-256 of a payload, in hexadecimal."""
    return hashlib.sha256(payload.encode()).hexdigest()


_PLAIN = ("siret", "finess", "siren", "address", "post_code", "city", "phone", "website")
_KEY, _KINDS_AT, _REGISTERED_AT = 2, Traits._fields.index("kinds"), Traits._fields.index("registered")

Packed = NewType("Packed", bytes)


def traits_of(record: CleanRecord) -> Traits:
    """Return the traits that identity compares of a record."""
    return Traits(
        source=record.source,
        ref=record.ref,
        doubtful=_doubtful(record.flags),
        names=_names(record.name, record.brand),
        kinds=record.kinds,
        insee=arrondissement(record.insee, record.post_code),
        registered=register_state(record),
        **{name: getattr(record, name) for name in _PLAIN},
    )


def traits_in(payload: str) -> Traits:
    """Return the traits of the record in a stored payload, without building the record, for speed."""
    fields = json.loads(payload)
    state = None
    if fields["source"] in REGISTERS:
        as_of, closed = (date.fromisoformat(fields[name]) if name in fields else None for name in ("as_of", "closed"))
        state = RegisterState(as_of, fields.get("open"), closed, fields.get("successor", ""))
    return Traits(
        source=fields["source"],
        ref=fields["ref"],
        doubtful=_doubtful(fields.get("flags", ())),
        names=_names(fields.get("name", ""), fields.get("brand", "")),
        insee=arrondissement(fields.get("insee", ""), fields.get("post_code", "")),
        kinds=tuple(map(SupplierKind, fields.get("kinds", ()))),
        registered=state,
        **{name: fields.get(name, "") for name in _PLAIN},
    )


def register_state(record: CleanRecord) -> RegisterState | None:
    """Return the establishment's state in a register's record, None for a directory's record."""
    if record.source not in REGISTERS:
        return None
    return RegisterState(record.as_of, record.open, record.closed, record.successor)


def pack(traits: Traits) -> Packed:
    """Serialise traits without their key, for `unpack` in this process."""
    kinds = tuple(kind.value for kind in traits.kinds)
    packed_state = traits.registered and tuple(
        value.toordinal() if isinstance(value, date) else value for value in traits.registered
    )
    fields: tuple[Any, ...] = (kinds, packed_state, *traits[_KEY:_KINDS_AT], *traits[_KINDS_AT + 1 : _REGISTERED_AT])
    return Packed(marshal.dumps(fields))


def unpack(key: RecordKey, packed: Packed) -> Traits:
    """Return the traits of the record `key` from the bytes of `pack`."""
    kinds, state, *fields = marshal.loads(packed)  # noqa: S302  # bytes of this process, in memory or in a file without a name
    before, after = fields[: _KINDS_AT - _KEY], fields[_KINDS_AT - _KEY :]
    if state:
        as_of, is_open, closed, successor = state
        state = RegisterState(
            as_of and date.fromordinal(as_of), is_open, closed and date.fromordinal(closed), successor
        )
    return Traits._make((*key, *before, _kinds(kinds), *after, state))


@lru_cache(maxsize=1024)
def _kinds(values: tuple[str, ...]) -> tuple[SupplierKind, ...]:
    return tuple(map(SupplierKind, values))


def _doubtful(flags: tuple[str, ...] | list[str]) -> bool:
    return SIRET_BAD_KEY in flags or SIRET_PSEUDO in flags


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
