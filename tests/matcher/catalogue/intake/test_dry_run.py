"""What a dry run shows: fields as they were understood, and what each record would change."""

from datetime import datetime
from pathlib import Path

from importers.importer import Source
from matcher.catalogue.intake.dry_run import MOST_EXAMPLES, understood_fields
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.db import open_database
from tests.factories import clean, importer, lookups, raw, siret

NOW = datetime(2026, 11, 1)  # noqa: DTZ001


def test_only_what_is_filled_is_told_with_its_first_value() -> None:
    told = understood_fields([clean("1", siret=siret(1)), clean("2", workers=12.5, description="x" * 500)])
    assert [(each.label, each.filled) for each in told] == [
        ("nom", 2),
        ("SIRET", 1),
        ("présentation", 1),
        ("effectif", 1),
    ]
    by_label = {each.label: each.example for each in told}
    assert by_label["effectif"] == "12,5"
    assert by_label["présentation"].endswith("…")
    assert len(by_label["présentation"]) < 100


def test_a_dry_run_gives_examples_of_each_outcome_and_a_real_one_none(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'c.sqlite').as_posix()}")
    path = tmp_path / "f.csv"
    path.write_text("fictif", encoding="utf-8")

    def take(*items: object, dry_run: bool = False):  # type: ignore[no-untyped-def]
        chosen = importer(list(items), "essai")  # type: ignore[arg-type]
        return run_import(engine, chosen, [Source(path)], now=NOW, lookups=lookups(), dry_run=dry_run)

    assert take(raw("1", siret=siret(1), phone="0327000000"), raw("2", siret=siret(2))).preview is None
    told = take(
        raw("1", "Les Ateliers du Pré", siret=siret(1)),
        raw("2", siret=siret(2)),
        *(raw(f"n{n}", f"Neuf {n}", siret=siret(10 + n)) for n in range(9)),
        dry_run=True,
    ).preview
    assert told is not None
    assert {outcome: len(examples) for outcome, examples in told.examples.items()} == {
        RecordOutcome.UPDATED: 1,
        RecordOutcome.UNCHANGED: 1,
        RecordOutcome.CREATED: MOST_EXAMPLES,
    }
    (changed,) = told.examples[RecordOutcome.UPDATED]
    assert [(change.label, change.before, change.after) for change in changed.changes] == [
        ("nom", "Les Ateliers du Marais", "Les Ateliers du Pré"),
        ("téléphone", "03 27 00 00 00", ""),
    ]
    engine.dispose()
