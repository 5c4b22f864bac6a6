"""Quality report of the catalogue: for each source and field, counts of filled, doubtful, stale and conflicting values, and what to ask its publisher. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from matcher.catalogue.identity.conflicts import source_conflicts
from matcher.catalogue.identity.merge import StoredRecord, merge
from matcher.catalogue.identity.trust import STATED, source_title
from matcher.catalogue.intake.clean_record import REPORTED
from matcher.catalogue.steward.trades_known import TradesKnown
from matcher.domain.french import count, number, percent
from matcher.domain.supplier import Reference

# Field names of `source_conflicts` → field names of this report, where they differ.
_REPORT_FIELD = {"NAF": "naf", "téléphone": "telephone", "SIREN": "siret", "métier": "activite"}
# Fields worth asking a publisher for.
_WORTH_ASKING = ("activite", "telephone", "courriel", "siret", "coordonnees", "effectif", "zone", "type", "commune")
MOST_ASKED = 4  # requests to one publisher
STALE_MONTHS = 24  # default limit of the age of a value


@dataclass(slots=True)
class Counts:
    """Counts for one field of one source. Of its listed records: those with a value, a doubtful value, an unreadable value, a value from a record older
    than the limit. Of suppliers: those for which its value contradicts another record."""

    filled: int = 0
    doubtful: int = 0
    unreadable: int = 0
    stale: int = 0
    conflicting: int = 0


@dataclass(slots=True)
class SourceQuality:
    """One source: its records still listed, no longer listed, without a date, and the counts of each field."""

    source: str
    title: str
    records: int = 0
    gone: int = 0
    undated: int = 0
    fields: dict[str, Counts] = field(default_factory=lambda: {key: Counts() for key in REPORTED})


@dataclass(frozen=True, slots=True)
class Quality:
    """The whole report. Suppliers `without_place` have no site that is located, as on the map. `to_ask` holds (source's title, requests in French, the
    largest gap first)."""

    suppliers: int
    without_activity: int
    without_place: int
    without_contact: int
    conflicting_suppliers: int
    conflicts: Mapping[str, int]
    sources: tuple[SourceQuality, ...]
    to_ask: tuple[tuple[str, tuple[str, ...]], ...]
    stale_before: date
    trades: TradesKnown


def quality_report(
    suppliers: Iterable[tuple[str, Sequence[StoredRecord]]],
    trust: Sequence[str],
    stale_before: date,
    won: Mapping[str, Sequence[Reference]] = MappingProxyType({}),
    contacts_since: date | None = None,
) -> Quality:
    """Count over the records of every supplier, with the contracts that each `won`. A value is stale where its record is dated before
    `stale_before`; one of an undated record is not. Suppliers are judged without the contacts dated before `contacts_since`, which nobody sees."""
    sources: dict[str, SourceQuality] = {}
    lacks: Counter[str] = Counter()
    trades = TradesKnown()
    conflict_counts: Counter[str] = Counter()
    total = conflicting = 0
    for supplier_id, stored in suppliers:
        total += 1
        for item in stored:
            source = item.record.source
            _count(sources.setdefault(source, SourceQuality(source, source_title(source))), item, stale_before)
        stored = [item.without_old_contacts(contacts_since) for item in stored]
        merged = merge(supplier_id, stored, trust)
        trades.add(merged.supplier, merged.contacts, won.get(supplier_id, ()))
        lacks["activity"] += not merged.supplier.activities
        lacks["place"] += not any(site.is_located for site in merged.supplier.sites)
        lacks["contact"] += not merged.contacts
        field_conflicts = source_conflicts(supplier_id, stored, trust)
        conflicting += bool(field_conflicts)
        for conflict in field_conflicts:
            conflict_counts[conflict.field] += 1
            for source in {conflict.kept.source, conflict.other.source}:
                sources[source].fields[_REPORT_FIELD.get(conflict.field, conflict.field)].conflicting += 1
    ranks = {source: rank for rank, source in enumerate(trust)}
    ordered = tuple(
        sorted(sources.values(), key=lambda quality: (ranks.get(quality.source, len(ranks)), quality.source))
    )
    return Quality(
        suppliers=total,
        without_activity=lacks["activity"],
        without_place=lacks["place"],
        without_contact=lacks["contact"],
        conflicting_suppliers=conflicting,
        conflicts=dict(sorted(conflict_counts.items(), key=lambda item: (-item[1], item[0]))),
        sources=ordered,
        to_ask=tuple((quality.title, requests) for quality in ordered if (requests := _to_ask(quality))),
        stale_before=stale_before,
        trades=trades,
    )


def _count(source_quality: SourceQuality, item: StoredRecord, stale_before: date) -> None:
    if item.gone:
        source_quality.gone += 1
        return
    record = item.record
    source_quality.records += 1
    source_quality.undated += record.as_of is None
    stale = record.as_of is not None and record.as_of < stale_before
    for key, kind in REPORTED.items():
        counts = source_quality.fields[key]
        filled = kind.filled(record)
        doubted = not kind.flags.isdisjoint(record.flags)
        counts.filled += filled
        counts.doubtful += filled and doubted
        counts.unreadable += doubted and not filled
        counts.stale += filled and stale


def _to_ask(source_quality: SourceQuality) -> tuple[str, ...]:
    """French requests for the fields of a directory that most often lack, the largest gap first."""
    if source_quality.source in STATED or not source_quality.records:
        return ()
    gaps = [(source_quality.records - source_quality.fields[key].filled, key) for key in _WORTH_ASKING]
    largest = sorted((gap for gap in gaps if gap[0]), key=lambda gap: -gap[0])
    return tuple(
        f"{REPORTED[key].field.asked} : manque à {count(gap, 'fiche')} sur {number(source_quality.records)} ({percent(gap / source_quality.records)})"
        for gap, key in largest[:MOST_ASKED]
    )
