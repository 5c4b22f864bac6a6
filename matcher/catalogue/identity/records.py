"""The cleaned record of one source: the truth of the catalogue, written as canonical JSON."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date
from typing import Any

from matcher.domain.fields import SupplierValues, known
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Evidence

# Registers, by the key of their importer, and how one is named to a reader: they complete suppliers and make none.
REGISTERS: Mapping[str, str] = {"sirene": "Sirene", "recherche-entreprises": "Sirene"}


@dataclass(frozen=True, slots=True)
class ClaimedActivity:
    """A code of the taxonomy, the source's words, and how strong the evidence is."""

    code: str
    wording: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CleanRecord(SupplierValues):
    """One supplier as one source gives it, cleaned. Empty or None is unknown.

    `lat` and `lon` are WGS84 degrees, `approximate` where they are the commune's centre. `claims` keeps the source's words,
    (vocabulary, text), that `activities` were read from; `other_contacts` the telephones and e-mails after the first, (type, value).
    `refused` are codes of activities that the team, or itself, says it does not do, `wrong_numbers` telephones that the team says are not its own.
    `open`, `closed` (the day) and `successor` (a SIRET) are what a register says of the establishment. `flags` are French remarks on what was repaired or is doubtful.
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
        """Key of the record: its source and its reference there."""
        return self.source, self.ref


_NAMES = tuple(field.name for field in fields_of(CleanRecord))


def to_payload(record: CleanRecord) -> str:
    """Return the record as canonical JSON: known fields only, keys sorted, so that equal records give equal text."""
    said = {name: value for name in _NAMES if known(value := getattr(record, name))}
    if not record.approximate:
        said.pop("approximate")
    if record.activities:
        said["activities"] = [[item.code, item.wording, item.evidence] for item in record.activities]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat)


def from_payload(payload: str) -> CleanRecord:
    """Return the record that `to_payload` wrote."""
    values: dict[str, Any] = {"name": ""} | json.loads(payload)
    return CleanRecord(**{name: _READ.get(name, _plain)(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, list) else value


# Values that are more in a record than in JSON.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "kinds": lambda kinds: tuple(map(SupplierKind, kinds)),
    "activities": lambda told: tuple(ClaimedActivity(code, wording, Evidence(how)) for code, wording, how in told),
    "as_of": date.fromisoformat,
    "closed": date.fromisoformat,
}


def payload_hash(payload: str) -> str:
    """Return the SHA-256 of a payload, in hexadecimal."""
    return hashlib.sha256(payload.encode()).hexdigest()
