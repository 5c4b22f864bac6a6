"""Contracts that were won: whose they are, whatever the order of imports; counted, changed, taken back, forgotten."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import AwardRecord, Item, Scope, Source
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.awards import ABSENT, DATE_DOUBTFUL, NO_NUMBER, SAME_AWARD
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.undo import UndoRefused, undo_import
from matcher.catalogue.steward.privacy import forget_value, opt_out
from matcher.catalogue.steward.readings import read_fiche
from matcher.catalogue.store.awarded import awarded_by
from matcher.catalogue.store.opt_outs import OPTED_OUT
from matcher.catalogue.store.read import catalogue_version, load_suppliers
from matcher.cleaning.limits import LIMITS
from matcher.db import open_database, reading
from matcher.domain.supplier import Reference
from tests.engines import digest
from tests.factories import Take, importer, lookups, raw, siret, taking

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ONE, TWO = siret(1), siret(2)
BUYER = siret(7, "2")


def award(number: str = "2024-1", winner: str = ONE, **fields: object) -> AwardRecord:
    """A contract for green spaces, won by `winner`."""
    given: dict[str, object] = {
        "source": "decp",
        "source_ref": f"{BUYER}/{number}/{winner}",
        "line": 1,
        "winner": winner,
        "winner_type": "SIRET",
        "number": number,
        "buyer": BUYER,
        "buyer_name": "Ville imaginaire",
        "objet": "Entretien des espaces verts",
        "cpv": "77310000-6",
        "notified": "2024-02-15",
        "amount": "48000",
        "months": "12",
    }
    return AwardRecord(**(given | fields))  # type: ignore[arg-type]


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return partial(taking(engine, tmp_path, NOW, scopes={"decp": Scope.AWARD, "boamp": Scope.AWARD}), key="decp")


def won(engine: Engine) -> dict[str, tuple[Reference, ...]]:
    return {supplier.id: supplier.references for supplier in load_suppliers(engine)}


def test_an_award_is_a_reference_of_its_siret_read_and_cleaned(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    report = take(award())
    assert report.outcomes == {RecordOutcome.MERGED: 1}
    assert won(engine)[f"siret:{ONE}"] == (
        Reference(
            source="decp", ref=f"{BUYER}/2024-1/{ONE}", own=True, objet="Entretien des espaces verts",
            activity="espaces-verts.creation-entretien", cpv="77310000", number="2024-1", buyer=BUYER,
            buyer_name="Ville imaginaire", notified=date(2024, 2, 15), amount=48000.0, months=12.0,
        ),
    )  # fmt: skip


def test_the_siren_alone_is_told_from_the_siret(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    elsewhere = f"{ONE[:9]}00045"
    vat = f"FR12{ONE[:9]}"
    take(
        award("a"),
        award("b", winner=elsewhere),
        award("c", winner=ONE[:9]),
        award("d", winner=vat, winner_type="TVA"),
    )
    assert [(found.number, found.own) for found in won(engine)[f"siret:{ONE}"]] == [
        ("a", True), ("b", False), ("c", False), ("d", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shared", "own", "together"), [(True, None, 48000.0), (None, None, 48000.0), (False, 48000.0, None)]
)
def test_an_amount_told_of_several_is_nobodys_alone(
    shared: bool | None, own: float | None, together: float | None, take: Take, engine: Engine
) -> None:
    take(raw("1", siret=ONE), key="essai")
    take(award("group", shared=shared), award("group", winner=TWO, shared=shared), award("alone", amount="900"))
    group, alone = sorted(won(engine)[f"siret:{ONE}"], key=lambda its: its.number == "alone")
    assert (group.amount, group.shared_amount) == (own, together)
    assert (alone.amount, alone.shared_amount, alone.won_for) == (900.0, None, "900\u00a0€")
    assert ("à plusieurs, part non connue" in group.won_for) is (own is None)
    with reading(engine) as connection:
        totals = sorted(its.amount or 0 for its in awarded_by(connection, BUYER[:9]))
    assert totals == ([900.0, 48000.0] if own is None else [900.0, 48000.0, 48000.0])


def test_a_source_that_says_who_shares_changes_no_other_award(take: Take) -> None:
    take(raw("1", siret=ONE), key="essai")
    take(award("a"), award("b"))
    again = take(award("a"), award("b", shared=True))
    assert again.outcomes == {RecordOutcome.UNCHANGED: 1, RecordOutcome.UPDATED: 1}


def test_words_without_measure_are_cut_and_said(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    report = take(award(objet="Tonte " * 500_000, buyer_name="V" * 3_000_000, line=4))
    assert report.doubts == {LIMITS[name].flag: [4] for name in ("buyer_name", "objet")}
    (reference,) = won(engine)[f"siret:{ONE}"]
    assert (len(reference.buyer_name), reference.objet) == (300, ("Tonte " * 500)[:1_000].strip())


def test_the_counts_add_up_and_say_why(take: Take) -> None:
    take(raw("1", siret=ONE), key="essai")
    report = take(
        award("a"),
        award("b", winner=TWO, source_ref="x/b/2"),
        award("c", winner="CHE-1", winner_type="HORS-UE"),
        award("d", winner="123"),
        award("a"),
        award("e", notified="0019-01-01"),
    )
    assert report.outcomes == {RecordOutcome.MERGED: 2}
    assert {reason: len(lines) for reason, lines in report.refusals.items()} == {ABSENT: 1, NO_NUMBER: 2, SAME_AWARD: 1}
    assert list(report.doubts) == [DATE_DOUBTFUL]
    assert report.read == 6


def test_the_order_of_imports_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "fichier.json"
    path.write_text("fictif", encoding="utf-8")
    files: list[tuple[str, list[Item]]] = [
        ("essai", [raw("1", siret=ONE)]),
        ("autre", [raw("A", source="autre", siret=TWO), raw("B", source="autre", siret=ONE)]),
        ("decp", [award("a"), award("b", winner=TWO)]),
    ]
    found = set()
    for rank, order in enumerate(permutations(files)):
        engine = open_database(f"sqlite:///{(tmp_path / f'{rank}.sqlite').as_posix()}")
        for key, items in order:
            given = replace(importer(items, key), scope=Scope.AWARD if key == "decp" else Scope.SUPPLIER)
            run_import(engine, given, [Source(path)], now=NOW, lookups=lookups(), trust=("essai", "autre"))
        assert all(len(references) == 1 for references in won(engine).values())
        found.add(digest(engine))
        engine.dispose()
    assert len(found) == 1


def test_what_waits_for_its_supplier_is_refused_and_kept(take: Take, engine: Engine) -> None:
    report = take(award())
    assert (report.refusals, report.version) == ({ABSENT: [1]}, 0)
    take(raw("1", siret=ONE), key="essai")
    assert len(won(engine)[f"siret:{ONE}"]) == 1
    assert take(award()).outcomes == {RecordOutcome.UNCHANGED: 1}


def test_importing_again_changes_nothing_and_another_value_replaces(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    take(award())
    before, version = digest(engine), catalogue_version(engine)
    assert take(award()).outcomes == {RecordOutcome.UNCHANGED: 1}
    assert (digest(engine), catalogue_version(engine)) == (before, version)
    assert take(award(amount="51000")).outcomes == {RecordOutcome.UPDATED: 1}
    assert [found.amount for found in won(engine)[f"siret:{ONE}"]] == [51000.0]


def test_a_dry_run_writes_nothing(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    before = digest(engine)
    assert take(award(), dry_run=True).outcomes == {RecordOutcome.MERGED: 1}
    assert digest(engine) == before


def test_a_list_of_awards_is_never_complete(take: Take, engine: Engine) -> None:
    before = digest(engine)
    with pytest.raises(IntakeRefused, match="--complet n’a pas de sens"):
        take(award(), complete=True)
    assert digest(engine) == before


def test_imports_of_awards_are_taken_back_from_the_last_to_the_first(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    states = [digest(engine)]
    for items in ([award("a"), award("z", winner=TWO)], [award("a", amount="51000"), award("b")], [award("a")]):
        take(*items)
        states.append(digest(engine))
    assert states[1] != states[2] != states[3]
    with pytest.raises(UndoRefused, match="entremise catalogue undo-import 4, puis entremise catalogue undo-import 3"):
        undo_import(engine, 3, now=NOW)
    undone = []
    for run_id in (4, 3, 2):
        done = undo_import(engine, run_id, now=NOW + timedelta(days=1))
        undone.append((done.removed, done.restored))
        assert digest(engine) == states[run_id - 2]
        assert done.version == catalogue_version(engine)
    assert undone == [(0, 1), (1, 1), (2, 0)]
    assert won(engine) == {f"siret:{ONE}": ()}


def test_the_supplier_of_an_undone_import_leaves_its_awards_behind(take: Take, engine: Engine) -> None:
    take(award())
    take(raw("1", siret=ONE), key="essai")
    undo_import(engine, 2, now=NOW)
    assert won(engine) == {}
    take(raw("1", siret=ONE), key="essai")
    assert len(won(engine)[f"siret:{ONE}"]) == 1


def test_who_leaves_takes_its_awards_along(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), raw("2", siret=TWO), key="essai")
    take(award("a"), award("b", winner=TWO))
    opt_out(engine, ONE, author="Léa", motive="", now=NOW)
    assert [len(references) for references in won(engine).values()] == [1]
    assert take(award("a")).refusals == {OPTED_OUT: [1]}


def test_a_person_is_forgotten_in_the_words_of_a_contract_and_stays_so(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    named = award(objet="Entretien des espaces verts, suivi par Jean Imaginaire")
    take(named)
    version = catalogue_version(engine)
    assert forget_value(engine, "Jean Imaginaire", now=NOW).records == 1
    assert catalogue_version(engine) > version
    assert "Imaginaire" not in won(engine)[f"siret:{ONE}"][0].objet
    assert take(named).outcomes == {RecordOutcome.UNCHANGED: 1}


def test_the_dossier_lists_the_references_own_first_then_latest(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="essai")
    take(
        award("old", notified="2019-01-02"),
        award("weak", winner=ONE[:9], notified="2025-01-02"),
        award("new", notified="2024-01-02"),
        award("undated", notified=""),
    )
    found = read_fiche(engine, ONE)
    assert found is not None
    assert [reference.number for reference in found.references] == ["new", "old", "undated", "weak"]


def test_an_award_that_two_sources_publish_is_one_reference_where_that_is_sure(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), key="emplois")
    told: dict[str, dict[str, str]] = {
        "same": {},
        "no amount": {"amount": ""},
        "another number": {"number": "26-1", "objet": "Espaces verts"},
        "another amount": {"amount": "50000"},
        "another number, near day, same title": {"number": "26-1", "notified": "2024-02-16"},
        "another number, near day and title": {"number": "26-1", "notified": "2024-02-16", "objet": "Tonte"},
        "another number, no amount": {"number": "26-1", "amount": ""},
        "another buyer": {"buyer": siret(8, "3")},
        "no buyer": {"buyer": ""},
    }
    # Each case of a buyer of its own.
    pairs = {
        case: [
            award(**({"source": source, "source_ref": case, "buyer": siret(number, "2")} | its))
            for source, its in (("decp", {}), ("boamp", fields))
        ]
        for number, (case, fields) in enumerate(told.items(), 20)
    }
    for rank, source in ((1, "boamp"), (0, "decp")):
        take(*(pair[rank] for pair in pairs.values()), key=source)
    kept = Counter((its.ref, its.source) for its in won(engine)[f"siret:{ONE}"])
    alone = {case for case in told if (case, "boamp") not in kept}
    assert alone == {"same", "no amount", "another number", "another number, near day, same title"}
    assert {case for case, source in kept if source == "decp"} == set(told)
    undo_import(engine, 3, now=NOW.replace(tzinfo=None))
    assert {its.source for its in won(engine)[f"siret:{ONE}"]} == {"boamp"}


def test_two_awards_of_one_source_are_two(engine: Engine, take: Take) -> None:
    take(raw("1", siret=ONE), key="emplois")
    take(award(), award(source_ref="autre"))
    assert len(won(engine)[f"siret:{ONE}"]) == 2
