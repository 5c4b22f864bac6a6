"""Fiche of one supplier (its full card for the data steward): per field, the value kept, those it beat, their sources and dates. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.catalogue.identity.conflicts import FieldConflict, source_conflicts
from matcher.catalogue.identity.merge import Merged, StoredRecord, by_trust, merge, record_origin
from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.identity.signs_of_life import last_sign
from matcher.catalogue.identity.sites import united_sites
from matcher.cleaning.names import name_key
from matcher.domain.age import SignOfLife
from matcher.domain.fields import FIELDS, SupplierField, ValueKind
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Origin, Reference, Site, Supplier

# The fields shown on a fiche, long texts last.
_SHOWN = sorted((field for field in FIELDS if field.part), key=lambda field: field.kind is ValueKind.LONG_TEXT)


@dataclass(frozen=True, slots=True)
class SourcedValue:
    """A value in the words to show, and the origins of all records that give it, most trusted first."""

    value: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class FieldStory:
    """One field: the value `kept` (several for a list, none where no source gives one), and the `beaten` values, given by less trusted records."""

    field: SupplierField
    kept: tuple[SourcedValue, ...]
    beaten: tuple[SourcedValue, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair of possible duplicates that waits for a person: its number, the other supplier, and the evidence in French."""

    number: int
    supplier_id: str
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Fiche:
    """A supplier and the origin of each of its values. `contacts` are (label, value); `hidden_contacts` counts those older than the retention
    period. `door` (is the establishment open or closed, by registers) and `questions` are French sentences; `siblings` are other suppliers of its
    SIREN, as (id, name); `waiting` the pairs to judge that include it; `references` the public contracts it won, its own first, then the latest
    first."""

    supplier: Supplier
    fields: tuple[FieldStory, ...]
    kinds: tuple[SourcedValue, ...]
    finess: tuple[SourcedValue, ...]
    sites: tuple[tuple[Site, tuple[Origin, ...]], ...]
    activities: tuple[SourcedValue, ...]
    refused: tuple[tuple[str, date | None], ...]
    contacts: tuple[tuple[str, SourcedValue], ...]
    hidden_contacts: int
    flags: tuple[SourcedValue, ...]
    conflicts: tuple[FieldConflict, ...]
    door: tuple[str, ...]
    questions: tuple[str, ...]
    siblings: tuple[tuple[str, str], ...]
    waiting: tuple[Waiting, ...]
    references: tuple[Reference, ...] = ()

    @property
    def last_sign(self) -> SignOfLife | None:
        """Last sign of life, None where none is dated."""
        return last_sign(self.references, self.supplier.origins)


def fiche(
    supplier_id: str,
    stored: Sequence[StoredRecord],
    trust: Sequence[str],
    *,
    siblings: Sequence[tuple[str, str]] = (),
    waiting: Sequence[Waiting] = (),
    successor: tuple[str, str] | None = None,
    references: Sequence[Reference] = (),
    contacts_since: date | None = None,
) -> Fiche:
    """Build the fiche of a supplier from its records (one at least, in any order).

    `successor` is (id, name) of the supplier that holds the SIRET under which it carries on, None where the catalogue has none. A contact is hidden
    where its source's date, else the day of its last import, is before `contacts_since`.
    """
    merged = merge(supplier_id, stored, trust)
    records = [item.record for item in by_trust(supplier_id, stored, trust)]
    supplier = merged.supplier
    shown = [item.without_old_contacts(contacts_since) for item in stored]
    hiding = {item.record.key for item, recent in zip(stored, shown, strict=True) if item is not recent}
    contacts = [contact for contact in merged.contacts if (contact.origin.source, contact.origin.ref) not in hiding]
    return Fiche(
        supplier=supplier,
        fields=tuple(_field_story(field, supplier, records) for field in _SHOWN),
        kinds=_sourced_values(
            [str(kind) for kind in supplier.kinds], records, lambda record: [str(kind) for kind in record.kinds]
        ),
        finess=_sourced_values(supplier.finess, records, lambda record: (record.finess,)),
        sites=tuple((site, _site_origins(site, records)) for site in supplier.sites),
        activities=_sourced_activities(supplier, records),
        refused=tuple((refused.wording, refused.date) for refused in supplier.refused_activities),
        contacts=tuple((contact.type, SourcedValue(contact.value, (contact.origin,))) for contact in contacts),
        hidden_contacts=len(merged.contacts) - len(contacts),
        flags=_sourced_values(supplier.flags, records, lambda record: record.flags),
        conflicts=source_conflicts(supplier_id, shown, trust),
        door=_door_sentences(supplier, successor),
        questions=open_questions(merged),
        siblings=tuple(siblings),
        waiting=tuple(waiting),
        references=tuple(references),
    )


def _door_sentences(supplier: Supplier, successor: tuple[str, str] | None) -> tuple[str, ...]:
    """French sentences: the closing that a register gives, and what to do where the establishment carries on under another SIRET."""
    if not supplier.closed_reason:
        return ()
    if not supplier.successor:
        return (f"{supplier.closed_reason}.",)
    successor_words = f"continue sous le SIRET {supplier.successor}"
    if successor:
        return (f"{supplier.closed_reason}.", f"{successor_words}, au catalogue : « {successor[1]} » ({successor[0]}).")
    todo = f"importez un annuaire récent qui le liste (entremise sources), ou ajoutez-le (entremise catalogue add --siret {supplier.successor} …)"
    return (
        f"{supplier.closed_reason}.",
        f"{successor_words}, absent du catalogue : {todo}. La paire sera ensuite à juger (entremise catalogue review).",
    )


def open_questions(merged: Merged) -> tuple[str, ...]:
    """Return the data that a supplier lacks, as French questions to ask it."""
    supplier = merged.supplier
    contact_types = {contact.type for contact in merged.contacts}
    candidates = (
        (not supplier.activities, "Que fait-il ? Aucune activité n’est déclarée."),
        (not supplier.kinds, "De quel type est-il (EI, ACI, EA, ESAT…) ? Cela décide des marchés réservés."),
        (not supplier.siret, "Quel est son SIRET ?"),
        (not supplier.sites, "Où travaille-t-il ? Aucun lieu n’est connu."),
        (
            bool(supplier.sites) and all(site.lat is None or site.approximate for site in supplier.sites),
            "À quelle adresse exacte ? Il est situé au centre de sa commune.",
        ),
        (
            not contact_types & {"phone", "email"},
            "Comment le joindre ? Aucun annuaire n’en donne le téléphone ni le courriel.",
        ),
        (supplier.workers is None, "Combien de personnes y travaillent ?"),
        (not supplier.area, "Jusqu’où se déplace-t-il ?"),
        (supplier.active is None, "Sa convention ou son agrément est-il en cours ?"),
    )
    return tuple(question for missing, question in candidates if missing)


def _field_story(field: SupplierField, supplier: Supplier, records: Sequence[CleanRecord]) -> FieldStory:
    """The story of one field: the value kept is the supplier's, by the rules of merging; those of the records that differ are beaten."""
    if field.kind is ValueKind.LIST:  # each text, with the records that give it under any spelling
        spelled = {record.key: set(map(name_key, getattr(record, field.name))) for record in records}
        texts = tuple(
            SourcedValue(
                text, tuple(record_origin(record) for record in records if name_key(text) in spelled[record.key])
            )
            for text in getattr(supplier, field.name)
        )
        return FieldStory(field, texts, ())
    values = group_pairs((words, record_origin(record)) for record in records if (words := field.words(record)))
    shown: tuple[SourcedValue, ...] = ()
    if origin := (supplier.provenance or {}).get(field.name):
        words = field.words(supplier)
        shown = (SourcedValue(words, tuple(values.pop(words, (origin,)))),)
    return FieldStory(field, shown, tuple(SourcedValue(words, tuple(origins)) for words, origins in values.items()))


def _sourced_activities(supplier: Supplier, records: Sequence[CleanRecord]) -> tuple[SourcedValue, ...]:
    origins = group_pairs(
        ((record.source, claimed.code), record_origin(record)) for record in records for claimed in record.activities
    )
    values = []
    for activity in supplier.activities:
        words = f"{activity.wording} ({activity.evidence})"
        values.append(SourcedValue(words, tuple(dict.fromkeys(origins[activity.source, activity.code]))))
    return tuple(values)


def _sourced_values(
    values: Sequence[str], records: Sequence[CleanRecord], of: Callable[[CleanRecord], Iterable[str]]
) -> tuple[SourcedValue, ...]:
    return tuple(
        SourcedValue(value, tuple(record_origin(record) for record in records if value in tuple(of(record))))
        for value in values
    )


def _site_origins(site: Site, records: Sequence[CleanRecord]) -> tuple[Origin, ...]:
    """The records that name this place: the same commune, else the same postal code and town."""
    givers = []
    for record in records:
        if places := united_sites([record]):
            here, there = ((place.post_code, place.city) for place in (places[0], site))
            if places[0].insee or site.insee:
                here, there = (("insee", place.insee) for place in (places[0], site))
            if here == there:
                givers.append(record_origin(record))
    return tuple(givers)
