"""JSON objects of a supplier's fiche (all its values with their sources), of conflicts and of the quality report, for the catalogue team's commands and
the API; the report as CSV."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from matcher.catalogue.identity.conflicts import FieldConflict
from matcher.catalogue.intake.clean_record import REPORTED
from matcher.catalogue.steward.corrections import Correction
from matcher.catalogue.steward.export import origin_object, reference_object, sign_object
from matcher.catalogue.steward.fiche import Fiche, SourcedValue
from matcher.catalogue.steward.quality import Quality
from matcher.catalogue.steward.trades_known import TradeStanding
from matcher.domain.fields import FIELDS, ValueKind
from matcher.reference.trades.activities import taxonomy
from matcher.render.described_file import DescribedFile
from matcher.render.shaped import json_value, shaped
from matcher.render.table import csv_of

_HEADERS = ("Source", "Champ", "Fiches", "Remplies", "Remplies (%)", "Douteuses", "Illisibles", "Anciennes", "En conflit")  # fmt: skip
# Champs (fields as the team types them) that are never published.
_PRIVATE = frozenset(field.champ for field in FIELDS if field.champ and not field.public)


def fiche_object(fiche: Fiche, corrections: Sequence[Correction]) -> dict[str, Any]:
    """All that is known of one supplier, without the team's private fields; a field that no source gives has a null value.

    `beaten`: values that a more trusted source outweighs; `door`: French sentences on the establishment being open or closed; `waiting`: pairs of
    possible duplicates with another supplier, for the team to judge."""
    supplier = fiche.supplier
    shown = [field_story for field_story in fiche.fields if field_story.field.public]
    return {
        **shaped("id name siret? siren?", supplier),
        "finess": _each_sourced(fiche.finess),
        "fields": [
            {
                **shaped("field=field.name label=field.label", field_story),
                **(_sourced_object(field_story.kept[0]) if field_story.kept else {"value": None, "origins": []}),
                "beaten": _each_sourced(field_story.beaten),
            }
            for field_story in shown
            if field_story.field.kind is not ValueKind.LIST
        ],
        **{one.field.name: _each_sourced(one.kept) for one in shown if one.field.kind is ValueKind.LIST},
        "kinds": _each_sourced(fiche.kinds),
        "sites": [asdict(site) | {"origins": [origin_object(o) for o in origins]} for site, origins in fiche.sites],
        "activities": _each_sourced(fiche.activities),
        "refused_activities": [
            {"activity": label, "date": on.isoformat() if on else None} for label, on in fiche.refused
        ],
        "references": [reference_object(won) for won in fiche.references],
        "contacts": [{"type": kind} | _sourced_object(value) for kind, value in fiche.contacts],
        "last_sign": sign_object(fiche.last_sign),
        "hidden_contacts": fiche.hidden_contacts,
        "flags": _each_sourced(fiche.flags),
        "conflicts": [conflict_object(conflict) for conflict in fiche.conflicts],
        "closed": supplier.closed_reason or None,
        "successor": supplier.successor or None,
        **shaped("door waiting questions", fiche),
        "siblings": [{"id": key, "name": name} for key, name in fiche.siblings],
        "corrections": [
            shaped(
                "id said by=who motive? given",
                correction,
                said={champ: values for champ, values in correction.said.items() if champ not in _PRIVATE},
            )
            for correction in corrections
        ],
    }


def conflict_object(conflict: FieldConflict) -> dict[str, Any]:
    """One field on which two sources differ."""
    return shaped("id=supplier_id name field why kept other", conflict)


def quality_object(quality: Quality) -> dict[str, Any]:
    """The quality report; counts, never shares, so that several reports can be added.

    `stale_before`: the day before which a value is old; `trades`: suppliers whose trade is known, pointed to by a clue or unknown, and the `steps` by which
    to learn more; `to_ask`: requests to make to each source, in French."""
    counts = "suppliers without_activity without_place without_contact conflicting_suppliers conflicts stale_before"
    trades, label = quality.trades, taxonomy().label
    return shaped(
        f"{counts} trades sources to_ask",
        quality,
        trades={
            "suppliers": _standing_counts(trades.whole),
            # a département that is not known is null
            "departements": [
                {"code": code or None} | _standing_counts(counts) for code, counts in sorted(trades.places.items())
            ],
            "cells": [
                {"departement": place or None, "group": group, "label": label(group)} | _standing_counts(counts)
                for (place, group), counts in sorted(trades.cells.items())
            ],
            "steps": [json_value(step) for step in trades.steps],
        },
        to_ask=[{"source": title, "requests": list(requests)} for title, requests in quality.to_ask],
    )


def _standing_counts(counts: Counter[TradeStanding]) -> dict[str, int]:
    return {str(standing): counts[standing] for standing in TradeStanding}


def quality_csv(quality: Quality) -> DescribedFile:
    """The quality report as CSV for French spreadsheets (`;`, byte-order mark): one line per source and field, with the share filled."""
    rows = (
        [
            *(source.title, REPORTED[key].field.label, source.records, counts.filled),
            round(100 * counts.filled / source.records, 1) if source.records else None,
            *(counts.doubtful, counts.unreadable, counts.stale, counts.conflicting),
        ]
        for source in quality.sources
        for key, counts in source.fields.items()
    )
    return csv_of(_HEADERS, rows)


def _each_sourced(values: Iterable[SourcedValue]) -> list[dict[str, Any]]:
    return [_sourced_object(value) for value in values]


def _sourced_object(value: SourcedValue) -> dict[str, Any]:
    return {"value": value.value, "origins": [origin_object(origin) for origin in value.origins]}
