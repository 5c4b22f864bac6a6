"""One supplier out of the records that describe it: field by field, by trust, then by date."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, NamedTuple

from matcher.catalogue.identity.records import REGISTERS, CleanRecord
from matcher.catalogue.identity.references import directory_of
from matcher.catalogue.identity.sites import corrected_sites
from matcher.catalogue.identity.succession import former_sirets
from matcher.catalogue.identity.trust import SHARED, STATED, STRUCTURE
from matcher.cleaning.limits import bounded
from matcher.cleaning.names import name_key
from matcher.domain.fields import FIELDS, MergeRule, known
from matcher.domain.kinds import Family, SupplierKind
from matcher.domain.supplier import Activity, Contact, Evidence, Origin, RefusedActivity, Supplier
from matcher.reference.name_words import kind_in
from matcher.reference.trades.activities import taxonomy

GONE = "absent de la dernière liste complète de sa source"

_CONTACTS = ("phone", "email", "website")
# What a record has whatever it says, and what it says of how a supplier is reached.
_REACHED = {
    "source",
    "ref",
    "siret",
    "siren",
    "finess",
    "as_of",
    "flags",
    "approximate",
    "wrong_numbers",
    "other_contacts",
    *_CONTACTS,
}
_KIND_ORDER = {kind: rank for rank, kind in enumerate(SupplierKind)}
_EVIDENCE_ORDER = {evidence: rank for rank, evidence in enumerate(Evidence)}


class StoredRecord(NamedTuple):
    """A cleaned record and whether the last complete file of its source no longer lists it."""

    record: CleanRecord
    gone: bool = False


class Merged(NamedTuple):
    """A supplier and its contacts, which are kept apart."""

    supplier: Supplier
    contacts: tuple[Contact, ...]


class Fact(NamedTuple):
    """Fact of a source about a whole organisation: its suppliers are of a kind. `wording` is in the source's words."""

    siren: str
    kind: SupplierKind
    wording: str
    origin: Origin


def is_over(supplier: Supplier) -> bool:
    """Return whether a supplier is closed, or listed no more, as any source says it."""
    return bool(supplier.closed_reason) or supplier.active is False or GONE in supplier.flags


def merge(supplier_id: str, stored: Sequence[StoredRecord], trust: Sequence[str], facts: Sequence[Fact] = ()) -> Merged:
    """Return the supplier that `stored` describe (one at least), whatever their order, with the `facts` of its organisation.

    `trust` lists sources, the most trusted first; one that it lacks comes last. Of one source the latest record speaks first;
    a record that is gone speaks after all others and gives no freshness, and one of a former SIRET, closed since, after those of
    the SIRET that names the supplier: of the place and of the door it says nothing any more. What the team, then the establishment,
    says of kinds, labels or a way to be reached replaces what the sources say, and the team's place theirs; of two things that one says, the last. A name tells the kind where nothing else does. Beyond the limit of a supplier's records, the
    least trusted say nothing, and a flag says so.
    """
    former = former_sirets(supplier_id, (item.record for item in stored))
    speakers = bounded("sources", tuple(by_trust(supplier_id, stored, trust)))
    ranked = speakers.value or ()
    records = [item.record for item in ranked]
    current = [record for record in records if record.siret not in former]
    values, provenance = _given(records, current)
    if (named := next((record for record in records if supplier_id == f"siret:{record.siret}"), None)) is not None:
        values |= {"siret": named.siret, "siren": named.siren or named.siret[:9]}
        provenance["siret"] = origin_of(named)
    if facts:
        provenance.setdefault("kinds", facts[0].origin)
    if (register := _closing(item for item in ranked if item.record.siret not in former)) is not None:
        values |= _closed(register)
        provenance["closed"] = origin_of(register)
        if successor := _first_with(current, "successor"):
            values["successor"] = successor.successor
            provenance["successor"] = origin_of(successor)
    supplier = Supplier(
        id=supplier_id,
        name=str(values.pop("name", "") or values.get("brand", "") or supplier_id),
        kinds=_kinds(speaking(records, "kinds"), facts) or _kinds_in_names(records),
        finess=tuple(sorted({record.finess for record in records if record.finess})),
        updated=_updated(ranked),
        sites=corrected_sites(current) or corrected_sites(records),
        activities=_activities(records),
        refused_activities=_refused(records),
        origins=tuple(origin_of(record) for record in records),
        flags=(*_flags(ranked), *filter(None, (speakers.flag,))),
        provenance=provenance,
        **values,
    )
    if not supplier.siren and supplier.siret:
        supplier = replace(supplier, siren=supplier.siret[:9])
    return Merged(supplier, _contacts(_without_wrong_numbers(records)))


def origin_of(record: CleanRecord) -> Origin:
    """Return where a record comes from."""
    return Origin(record.source, record.ref, record.as_of)


def by_trust(supplier_id: str, stored: Sequence[StoredRecord], trust: Sequence[str]) -> list[StoredRecord]:
    """Return the records of a supplier in the order in which they speak, whatever the order they are given in."""
    former = former_sirets(supplier_id, (item.record for item in stored))
    return sorted(stored, key=_speaks_before(trust, former))


def speaking(records: Sequence[CleanRecord], name: str) -> Sequence[CleanRecord]:
    """Return the records, in order of trust, that a list field is made of: the last word of the team alone, else of the
    establishment, where there is one."""
    stated = next((record for record in records if record.source in STATED and getattr(record, name)), None)
    return (stated,) if stated else records


def _given(records: Sequence[CleanRecord], current: Sequence[CleanRecord]) -> tuple[dict[str, Any], dict[str, Origin]]:
    """The fields that follow a rule of the table, and where all come from; `current` are the records of today's establishment."""
    values: dict[str, Any] = {}
    provenance: dict[str, Origin] = {}
    for field in FIELDS:
        giver = _first_with(current if field.merge is MergeRule.OF_TODAY else records, field.name)
        if giver is None or field.merge is None:
            continue
        provenance[field.name] = origin_of(giver)
        if field.merge is MergeRule.UNITED:
            values[field.name] = _united(speaking(records, field.name), field.name)
        elif field.merge is not MergeRule.OWN:
            values |= {name: getattr(giver, name) for name in field.names}
    if (giver := _first_with(records, "city")) is not None:
        provenance["sites"] = origin_of(giver)
    return values, provenance


def _speaks_before(
    trust: Sequence[str], former: Collection[str]
) -> Callable[[StoredRecord], tuple[bool, bool, int, int, str, int, str]]:
    ranks = {source: rank for rank, source in enumerate(trust)}
    if STRUCTURE in ranks:  # newer beats older, whoever asked
        ranks[SHARED] = ranks[STRUCTURE]

    def order(item: StoredRecord) -> tuple[bool, bool, int, int, str, int, str]:
        record = item.record
        age = -record.as_of.toordinal() if record.as_of else 0
        # The length first, so that reference 9 comes before 10; what persons say is numbered, and the last word speaks first.
        number = -int(record.ref) if record.source in STATED else len(record.ref)
        rank = ranks.get(record.source, len(ranks))
        return record.siret in former, item.gone, rank, age, record.source, number, record.ref

    return order


def _first_with(records: Sequence[CleanRecord], name: str) -> CleanRecord | None:
    for record in records:  # asked of each field of each supplier: a generator would cost more than what it reads
        if known(getattr(record, name)):
            return record
    return None


def _kinds(records: Sequence[CleanRecord], facts: Sequence[Fact]) -> tuple[SupplierKind, ...]:
    supplier_kinds = {kind for record in records for kind in record.kinds if kind.family is not Family.SIAE}
    # A convention of SIAE ends and another begins: of these kinds the most trusted source speaks alone.
    conventions = next((kinds_known for record in records if (kinds_known := _siae(record, records))), set())
    supplier_kinds |= conventions | {fact.kind for fact in facts}
    return tuple(sorted(supplier_kinds, key=_KIND_ORDER.__getitem__))


def _kinds_in_names(records: Sequence[CleanRecord]) -> tuple[SupplierKind, ...]:
    supplier_kinds = {kind for record in records for name in (record.name, record.brand) if (kind := kind_in(name))}
    return tuple(sorted(supplier_kinds, key=_KIND_ORDER.__getitem__))


def _siae(record: CleanRecord, records: Sequence[CleanRecord]) -> set[SupplierKind]:
    """The kinds of SIAE that the directory of `record` gives in all its records."""
    same = records
    if len(records) > 1:
        own = directory_of(record.source, record.ref)
        same = [other for other in records if directory_of(other.source, other.ref) == own]
    return {kind for other in same for kind in other.kinds if kind.family is Family.SIAE}


def _closing(ranked: Iterable[StoredRecord]) -> CleanRecord | None:
    """The record that says the establishment closed, if the latest that knows of its state does; of one day, the most trusted."""
    knowing = [item.record for item in ranked if item.record.open is not None and not item.gone]
    latest = max(knowing, key=lambda record: record.as_of or date.min, default=None)
    return latest if latest is not None and latest.open is False else None


def _closed(record: CleanRecord) -> dict[str, Any]:
    when = f"depuis le {record.closed:%d/%m/%Y} " if record.closed else ""
    said_by = REGISTERS.get(record.source, record.source)
    return {"closed": record.closed, "closed_reason": f"fermé {when}d’après {said_by}"}


def _united(records: Sequence[CleanRecord], name: str) -> tuple[str, ...]:
    """The texts that the records list, each under its first spelling."""
    spelled: dict[str, str] = {}
    for record in records:
        for text in getattr(record, name):
            spelled.setdefault(name_key(text), text)
    return tuple(spelled.values())


def _activities(records: Sequence[CleanRecord]) -> tuple[Activity, ...]:
    best: dict[tuple[str, str], Activity] = {}
    refused = {activity.code for activity in _refused(records)}
    for record in records:
        for claimed in record.activities:
            if refused & {claimed.code, claimed.code.partition(".")[0]}:  # a leaf is written group.leaf
                continue
            activity = Activity(claimed.code, claimed.wording, claimed.evidence, record.source)
            activity_known = best.get((activity.code, activity.source))
            if activity_known is None or _EVIDENCE_ORDER[activity.evidence] < _EVIDENCE_ORDER[activity_known.evidence]:
                best[activity.code, activity.source] = activity
    return tuple(best.values())


def _refused(records: Sequence[CleanRecord]) -> tuple[RefusedActivity, ...]:
    """Return what the team, else the establishment, says that the supplier does not do, unless it has said since that it does."""
    refused_activities: dict[str, RefusedActivity | None] = {}
    for record in records:
        if record.source in STATED:
            for claimed in record.activities:
                refused_activities.setdefault(claimed.code, None)
            for code in record.refused:
                refused_activities.setdefault(
                    code, RefusedActivity(code, taxonomy().label(code), record.as_of, record.source)
                )
    return tuple(refused for _, refused in sorted(refused_activities.items()) if refused)


def _updated(ranked: Sequence[StoredRecord]) -> date | None:
    """The last day a source vouched for the supplier; a register does so only where it says that the door is open."""
    dates = (item.record.as_of for item in ranked if not item.gone and _vouches(item.record))
    return max((day for day in dates if day), default=None)


def _vouches(record: CleanRecord) -> bool:
    if record.source in STATED and not _says_more_than_contacts(record):
        return False
    return record.open is True if record.source in REGISTERS else record.open is not False


def _says_more_than_contacts(record: CleanRecord) -> bool:
    """Return True where a person writes more of a supplier than its contact details: a telephone is no sign of its trade."""
    names = (column.name for column in fields(record) if column.name not in _REACHED)
    return any(known(getattr(record, name)) for name in names)


def _flags(ranked: Sequence[StoredRecord]) -> tuple[str, ...]:
    flags = dict.fromkeys(flag for item in ranked for flag in item.record.flags)
    sources = [item for item in ranked if item.record.source not in STATED and item.record.source not in REGISTERS]
    if sources and all(item.gone for item in sources):
        flags[GONE] = None
    return tuple(flags)


def _without_wrong_numbers(records: Sequence[CleanRecord]) -> list[CleanRecord]:
    """The records without the telephones that the team, which speaks first, says are wrong, unless it has given them since."""
    wrong: set[str] = set()
    right = []
    for record in records:
        wrong.update(record.wrong_numbers)
        if wrong:
            others = tuple(other for other in record.other_contacts if other[1] not in wrong)
            record = replace(record, phone="" if record.phone in wrong else record.phone, other_contacts=others)
        right.append(record)
    return right


def _contacts(records: Sequence[CleanRecord]) -> tuple[Contact, ...]:
    contacts: dict[tuple[str, str], Contact] = {}
    for record in records:
        for kind in _CONTACTS:
            others = (value for other, value in record.other_contacts if other == kind)
            values_told = filter(None, (getattr(record, kind), *others)) if record in speaking(records, kind) else ()
            for value in values_told:
                contacts.setdefault((kind, value), Contact(kind, value, origin_of(record)))
    return tuple(contacts.values())
