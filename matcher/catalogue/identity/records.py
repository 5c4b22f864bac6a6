"""The cleaned record of one source: the truth of the catalogue, written as canonical JSON."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date
from typing import Any

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
class CleanRecord:
    """One supplier as one source gives it, cleaned. Empty or None is unknown.

    `lat` and `lon` are WGS84 degrees, `approximate` where they are the commune's centre. `claims` keeps the source's words,
    (vocabulary, text), that `activities` were read from; `other_contacts` the telephones and e-mails after the first, (type, value).
    `refused` are codes of activities that the team, or itself, says it does not do, `wrong_numbers` telephones that the team says are not its own.
    `open`, `closed` (the day), `successor` (a SIRET) and `headcount` (Sirene's code for a band) are what a register says of the
    establishment. `flags` are French remarks on what was repaired or is doubtful.
    """

    source: str
    ref: str
    name: str = ""
    kinds: tuple[SupplierKind, ...] = ()
    siret: str = ""
    siren: str = ""
    finess: str = ""
    brand: str = ""
    naf: str = ""
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
    description: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    activities: tuple[ClaimedActivity, ...] = ()
    workers: float | None = None
    workers_text: str = ""
    turnover: float | None = None
    capacity: str = ""
    area: str = ""
    area_codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    active: bool | None = None
    refused: tuple[str, ...] = ()
    wrong_numbers: tuple[str, ...] = ()
    as_of: date | None = None
    open: bool | None = None
    closed: date | None = None
    successor: str = ""
    headcount: str = ""
    flags: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Key of the record: its source and its reference there."""
        return self.source, self.ref


_NAMES = tuple(field.name for field in fields_of(CleanRecord))


def to_payload(record: CleanRecord) -> str:
    """Return the record as canonical JSON: known fields only, keys sorted, so that equal records give equal text."""
    known = {name: value for name in _NAMES if not _is_unknown(name, value := getattr(record, name))}
    if record.activities:
        known["activities"] = [[item.code, item.wording, item.evidence] for item in record.activities]
    return json.dumps(known, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat)


def _is_unknown(name: str, value: object) -> bool:
    """Whether a value says nothing; zero workers, an ended convention and a closed door do say something."""
    return value is None or value in ("", ()) or (value is False and name not in ("active", "open"))


def from_payload(payload: str) -> CleanRecord:
    """Return the record that `to_payload` wrote."""
    fields: dict[str, Any] = {"name": ""} | json.loads(payload)
    if "kinds" in fields:
        fields["kinds"] = tuple(SupplierKind(kind) for kind in fields["kinds"])
    if "activities" in fields:
        fields["activities"] = tuple(
            ClaimedActivity(code, wording, Evidence(evidence)) for code, wording, evidence in fields["activities"]
        )
    for name in ("claims", "other_contacts"):
        if name in fields:
            fields[name] = tuple((kind, text) for kind, text in fields[name])
    for name in ("as_of", "closed"):
        if name in fields:
            fields[name] = date.fromisoformat(fields[name])
    for name in ("area_codes", "labels", "refused", "wrong_numbers", "flags"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return CleanRecord(**{"name": ""} | fields)


def payload_hash(payload: str) -> str:
    """Return the SHA-256 of a payload, in hexadecimal."""
    return hashlib.sha256(payload.encode()).hexdigest()
