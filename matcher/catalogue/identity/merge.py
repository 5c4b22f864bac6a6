"""Merging of the records of one supplier into one `Supplier`, field by field: the value of the source first in the order of trust
(precedence of sources, `identity.trust`) wins, then the most recent."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, NamedTuple

from matcher.catalogue.identity.records import REGISTERS, CleanRecord
from matcher.catalogue.identity.references import Directory, directory_of, listing_of
from matcher.catalogue.identity.sites import corrected_sites
from matcher.catalogue.identity.succession import former_sirets
from matcher.catalogue.identity.trust import SHARED, STATED, STRUCTURE
from matcher.cleaning.limits import cut_to_limit
from matcher.cleaning.names import name_key
from matcher.domain.fields import FIELDS, MergeRule, is_known
from matcher.domain.kinds import Family, SupplierKind
from matcher.domain.supplier import Activity, Contact, Evidence, Origin, RefusedActivity, Supplier
from matcher.reference.name_words import kind_in
from matcher.reference.trades.activities import taxonomy

GONE = "absent de la dernière liste complète de sa source"
ANOTHERS_SIRET = "SIRET écarté : il désigne un autre fournisseur"

_CONTACTS = ("phone", "email", "website")
# Fields that do not date a supplier's activity: identity, contacts and technical fields.
_NO_SIGN_FIELDS = {
    *("source", "ref", "siret", "siren", "finess", "as_of", "flags", "approximate", "wrong_numbers", "other_contacts"),
    *_CONTACTS,
}
_KIND_ORDER = {kind: rank for rank, kind in enumerate(SupplierKind)}
_EVIDENCE_ORDER = {evidence: rank for rank, evidence in enumerate(Evidence)}


class StoredRecord(NamedTuple):
    """A cleaned record; `gone`: the last complete file of its source no longer lists it; `seen`: the day of its last import."""

    record: CleanRecord
    gone: bool = False
    seen: date | None = None

    def without_old_contacts(self, since: date | None) -> "StoredRecord":
        """Return it without contacts where its source's date, else `seen`, is before `since`; itself where it has none, or either is None."""
        confirmed = self.record.as_of or self.seen
        if since is None or confirmed is None or confirmed >= since:
            return self
        if not any(getattr(self.record, name) for name in (*_CONTACTS, "other_contacts")):
            return self
        return self._replace(record=replace(self.record, phone="", email="", website="", other_contacts=()))


class Merged(NamedTuple):
    """A supplier, and its contacts, which are stored separately."""

    supplier: Supplier
    contacts: tuple[Contact, ...]


class Fact(NamedTuple):
    """A source's fact about a whole organisation (SIREN): its suppliers are of a kind. `wording` is the source's."""

    siren: str
    kind: SupplierKind
    wording: str
    origin: Origin


def is_over(supplier: Supplier) -> bool:
    """Return True for a supplier that any source gives as closed, ended or no longer listed."""
    return bool(supplier.closed_reason) or supplier.active is False or GONE in supplier.flags


def merge(supplier_id: str, stored: Sequence[StoredRecord], trust: Sequence[str], facts: Sequence[Fact] = ()) -> Merged:
    """Return the supplier described by the records `stored` (one at least, in any order) and by the `facts` of its organisation.

    `trust` lists sources, the most trusted first; an unlisted one comes last. Within a source the latest record has priority. A record no longer
    listed comes after all others and gives no date; one of a former, closed SIRET comes after those of the SIRET that names the supplier and gives
    neither the place nor the open or closed state. Kinds, labels and contacts written by the team, else by the establishment, replace those of the
    sources, and the team's place replaces theirs; of two statements by one of them the last counts. Names give the kind where nothing else does.
    Beyond the limit of records of a supplier the least trusted are left out, with a flag.
    """
    former = former_sirets(supplier_id, (item.record for item in stored))
    limited = cut_to_limit("sources", tuple(by_trust(supplier_id, stored, trust)))
    ranked = limited.value or ()
    records = [item.record for item in ranked]
    # records set apart from the supplier that their SIRET names
    misnumbered = not supplier_id.startswith("siret:") and any(record.siret for record in records)
    if misnumbered:
        records = [replace(record, siret="", siren="") for record in records]
    current = [record for record in records if record.siret not in former]
    values, provenance = _field_values(records, current)
    if (naming := next((record for record in records if supplier_id == f"siret:{record.siret}"), None)) is not None:
        values |= {"siret": naming.siret, "siren": naming.siren or naming.siret[:9]}
        provenance |= dict.fromkeys(("siret", "siren"), record_origin(naming))
    if facts:
        provenance.setdefault("kinds", facts[0].origin)
    # The latest open or closed state counts; of the same day, that of the most trusted source.
    listed = [item.record for item in ranked if item.record.siret not in former and not item.gone]
    with_state = (record for record in listed if record.open is not None)
    register = max(with_state, key=lambda record: record.as_of or date.min, default=None)
    if register is not None and register.open is False:
        values |= {"closed": register.closed, "closed_reason": _closed_reason(register)}
        provenance["closed"] = record_origin(register)
        if successor := _first_with(current, "successor"):
            values["successor"] = successor.successor
            provenance["successor"] = record_origin(successor)
    supplier = Supplier(
        id=supplier_id,
        name=str(values.pop("name", "") or values.get("brand", "") or supplier_id),
        kinds=_kinds(records, facts),
        finess=tuple(sorted({record.finess for record in records if record.finess})),
        updated=_updated(ranked),
        sites=corrected_sites(current) or corrected_sites(records),
        activities=_activities(records),
        refused_activities=_refused_activities(records),
        origins=tuple(record_origin(record) for record in records),
        flags=(*_flags(ranked), *filter(None, (limited.flag, ANOTHERS_SIRET if misnumbered else ""))),
        provenance=provenance,
        **values,
    )
    if not supplier.siren and supplier.siret:
        supplier = replace(supplier, siren=supplier.siret[:9])
    return Merged(supplier, _contacts(records))


def record_origin(record: CleanRecord) -> Origin:
    """Return the origin of a record: source, reference, date."""
    return Origin(record.source, record.ref, record.as_of)


def by_trust(supplier_id: str, stored: Sequence[StoredRecord], trust: Sequence[str]) -> list[StoredRecord]:
    """Return the records of a supplier by priority: the values of the first win."""
    former = former_sirets(supplier_id, (item.record for item in stored))
    return sorted(stored, key=_priority_key(trust, former))


def speaking(records: Sequence[CleanRecord], name: str) -> Sequence[CleanRecord]:
    """Return the records whose values make up a list field, by priority: the team's last statement, else the establishment's, else all."""
    stated = next((record for record in records if record.source in STATED and getattr(record, name)), None)
    return (stated,) if stated else records


def _field_values(
    records: Sequence[CleanRecord], current: Sequence[CleanRecord]
) -> tuple[dict[str, Any], dict[str, Origin]]:
    """The values of the fields of `FIELDS`, and the origin of each; `current` are the records of the present SIRET."""
    values: dict[str, Any] = {}
    provenance: dict[str, Origin] = {}
    for field in FIELDS:
        giver = _first_with(current if field.merge is MergeRule.OF_TODAY else records, field.name)
        if giver is None or field.merge is None:
            continue
        provenance[field.name] = record_origin(giver)
        if field.merge is MergeRule.UNITED:
            spelled: dict[str, str] = {}  # each text under its first spelling
            for record in speaking(records, field.name):
                for text in getattr(record, field.name):
                    spelled.setdefault(name_key(text), text)
            values[field.name] = tuple(spelled.values())
        elif field.merge is not MergeRule.OWN:
            values |= {name: getattr(giver, name) for name in field.names}
    if (giver := _first_with(records, "city")) is not None:
        provenance["sites"] = record_origin(giver)
    return values, provenance


def _priority_key(
    trust: Sequence[str], former: Collection[str]
) -> Callable[[StoredRecord], tuple[bool, bool, int, int, str, int, str]]:
    ranks = {source: rank for rank, source in enumerate(trust)}
    if STRUCTURE in ranks:  # of two answers of the establishment the newer wins, wherever it was given
        ranks[SHARED] = ranks[STRUCTURE]

    def order(item: StoredRecord) -> tuple[bool, bool, int, int, str, int, str]:
        record = item.record
        age = -record.as_of.toordinal() if record.as_of else 0
        # Length first, so that reference 9 comes before 10; statements of persons are numbered, the last has priority.
        number = -int(record.ref) if record.source in STATED else len(record.ref)
        rank = ranks.get(record.source, len(ranks))
        return record.siret in former, item.gone, rank, age, record.source, number, record.ref

    return order


def _first_with(records: Sequence[CleanRecord], name: str) -> CleanRecord | None:
    for record in records:  # a plain loop: this runs for each field of each supplier, and a generator is slower
        if is_known(getattr(record, name)):
            return record
    return None


def _kinds(records: Sequence[CleanRecord], facts: Sequence[Fact]) -> tuple[SupplierKind, ...]:
    givers = speaking(records, "kinds")
    supplier_kinds = {kind for record in givers for kind in record.kinds if kind.family is not Family.SIAE}
    # SIAE conventions end and begin: only the most trusted directory that has any gives these kinds.
    conventions: dict[Directory, set[SupplierKind]] = {}
    for record in givers:
        own = conventions.setdefault(directory_of(record.source, record.ref), set())
        own.update(kind for kind in record.kinds if kind.family is Family.SIAE)
    supplier_kinds |= next(filter(None, conventions.values()), set()) | {fact.kind for fact in facts}
    if not supplier_kinds:
        supplier_kinds = {kind for record in records for name in (record.name, record.brand) if (kind := kind_in(name))}
    return tuple(sorted(supplier_kinds, key=_KIND_ORDER.__getitem__))


def _activities(records: Sequence[CleanRecord]) -> tuple[Activity, ...]:
    best: dict[tuple[str, str], Activity] = {}
    refused = {activity.code for activity in _refused_activities(records)}
    for record in records:
        for claimed in record.activities:
            if refused & {claimed.code, claimed.code.partition(".")[0]}:  # a leaf is written group.leaf
                continue
            activity = Activity(claimed.code, claimed.wording, claimed.evidence, record.source)
            best_known = best.get((activity.code, activity.source))
            if best_known is None or _EVIDENCE_ORDER[activity.evidence] < _EVIDENCE_ORDER[best_known.evidence]:
                best[activity.code, activity.source] = activity
    return tuple(best.values())


def _refused_activities(records: Sequence[CleanRecord]) -> tuple[RefusedActivity, ...]:
    """Return the activities that the team, else the establishment, refuses and has not claimed since."""
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


def _closed_reason(record: CleanRecord) -> str:
    """Return in French since when, or from which day announced, a record gives an establishment as closed, and the register or the list that does."""
    listing = listing_of(record.source, record.ref)
    giver = REGISTERS.get(record.source, f"la liste « {listing} »" if listing else record.source)
    announced = record.closed and record.as_of and record.closed > record.as_of
    when = f"{'à partir du' if announced else 'depuis le'} {record.closed:%d/%m/%Y} " if record.closed else ""
    return f"fermé {when}d’après {giver}"


def _updated(ranked: Sequence[StoredRecord]) -> date | None:
    """The last day a source confirmed the supplier. A register confirms only an open establishment; a person only by more than contact details: a
    telephone number does not prove a trade."""
    days = []
    for record in (item.record for item in ranked if not item.gone):
        if record.as_of is None or not (
            record.open is True if record.source in REGISTERS else record.open is not False
        ):
            continue
        written = (column.name for column in fields(record) if column.name not in _NO_SIGN_FIELDS)
        if record.source not in STATED or any(is_known(getattr(record, name)) for name in written):
            days.append(record.as_of)
    return max(days, default=None)


def _flags(ranked: Sequence[StoredRecord]) -> tuple[str, ...]:
    flags = dict.fromkeys(flag for item in ranked for flag in item.record.flags)
    sources = [item for item in ranked if item.record.source not in STATED and item.record.source not in REGISTERS]
    if sources and all(item.gone for item in sources):
        flags[GONE] = None
    return tuple(flags)


def _contacts(records: Sequence[CleanRecord]) -> tuple[Contact, ...]:
    """The contacts of a supplier, without the telephones that the team marked as wrong (unless it gave them later)."""
    wrong: set[str] = set()
    right = []
    for record in records:
        wrong.update(record.wrong_numbers)
        if wrong:
            others = tuple(other for other in record.other_contacts if other[1] not in wrong)
            record = replace(record, phone="" if record.phone in wrong else record.phone, other_contacts=others)
        right.append(record)
    contacts: dict[tuple[str, str], Contact] = {}
    for record in right:
        for kind in _CONTACTS:
            if record not in speaking(right, kind):
                continue
            values = (value for other, value in record.other_contacts if other == kind)
            for value in filter(None, (getattr(record, kind), *values)):
                contacts.setdefault((kind, value), Contact(kind, value, record_origin(record)))
    return tuple(contacts.values())
