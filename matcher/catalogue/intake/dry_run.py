"""Preview of an import, shown before a person confirms it: for each field how many records fill it and an example, and for each outcome (created,
updated…) a few records with what would change. Nothing is written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from importers.formats.content import excerpt
from matcher.catalogue.identity.compare import RecordKey
from matcher.catalogue.identity.records import CleanRecord, from_payload
from matcher.catalogue.intake.clean_record import REPORTED
from matcher.catalogue.intake.plan import KnownRecord, RecordOutcome
from matcher.catalogue.store.tables import RECORDS
from matcher.cleaning.phone import shown_phone
from matcher.domain.fields import FIELDS, SupplierField
from matcher.domain.french import in_groups, number

MOST_EXAMPLES = 6
# Fields whose changes are shown; the others are computed from these or internal to the source.
_CHANGES = tuple(field for field in FIELDS if field.champ or field.name in ("activities", "as_of"))
_LONGEST = 90


class UnderstoodField(NamedTuple):
    """A supplier's field: its French name, how many records of the file fill it, and one value as understood."""

    label: str
    filled: int
    example: str


class FieldChange(NamedTuple):
    """A field that the file changes, with both values in words, empty where there is none."""

    label: str
    before: str
    after: str


class ChangedRecord(NamedTuple):
    """A record of the file, by name and commune, and its changes against the stored record."""

    name: str
    city: str
    changes: tuple[FieldChange, ...]


class ImportPreview(NamedTuple):
    """Preview shown by a dry run besides its counts."""

    understood: tuple[UnderstoodField, ...]
    examples: Mapping[RecordOutcome, tuple[ChangedRecord, ...]]


def preview_changes(
    connection: Connection,
    known: Mapping[RecordKey, KnownRecord],
    payloads: Iterable[str],
    outcomes: Iterable[RecordOutcome],
) -> ImportPreview:
    """Return the preview of the records read: `payloads` and `outcomes` are in the same order."""
    chosen: dict[RecordOutcome, list[CleanRecord]] = {}

    def read() -> Iterator[CleanRecord]:
        for payload, outcome in zip(payloads, outcomes, strict=True):
            record = from_payload(payload)
            if len(shown := chosen.setdefault(outcome, [])) < MOST_EXAMPLES:
                shown.append(record)
            yield record

    fields = understood_fields(read())
    ids = [known[record.key].id for record in chosen.get(RecordOutcome.UPDATED, ())]
    query = select(RECORDS.c.source, RECORDS.c.ref, RECORDS.c.payload).where(RECORDS.c.id.in_(ids))
    former = {(row.source, row.ref): from_payload(row.payload) for row in connection.execute(query)} if ids else {}
    examples: dict[RecordOutcome, tuple[ChangedRecord, ...]] = {}
    for outcome, records in chosen.items():
        for record in records:
            before = former.get(record.key, record)
            changed = [field for field in _CHANGES if getattr(before, field.name) != getattr(record, field.name)]
            changes = tuple(FieldChange(field.label, _words(field, before), _words(field, record)) for field in changed)
            name = record.name or record.brand or in_groups(record.siret) or record.ref
            examples[outcome] = (*examples.get(outcome, ()), ChangedRecord(name, record.city, changes))
    return ImportPreview(fields, examples)


def understood_fields(records: Iterable[CleanRecord]) -> tuple[UnderstoodField, ...]:
    """Return the fields filled by at least one record, in the order of the quality report."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for record in records:
        for key, reported in REPORTED.items():
            if reported.filled(record):
                counts[key] += 1
                if key in examples:
                    continue
                if reported.field.name == "city":
                    examples[key] = f"{record.post_code} {record.city} → {record.insee}".strip()
                elif reported.field.name == "lat":
                    examples[key] = f"{number(record.lat or 0, 4)} ; {number(record.lon or 0, 4)}"
                else:
                    examples[key] = _words(reported.field, record)
    return tuple(
        UnderstoodField(reported.field.label, counts[key], examples[key])
        for key, reported in REPORTED.items()
        if counts[key]
    )


def _words(field: SupplierField, record: CleanRecord) -> str:
    if field.name == "phone":
        words = shown_phone(record.phone) if record.phone else ""
    elif field.name == "activities":
        words = " · ".join(dict.fromkeys(activity.wording for activity in record.activities))
    else:
        words = field.words(record)
    return excerpt(words, _LONGEST)
