"""A promise that papers propose: the last plan or calibration, the first contract, the duration of the lot; nothing of what none says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matcher.decisions.clause.followup import HoursPromise, HoursReading
from matcher.decisions.clause.followup_columns import only_named
from matcher.dossiers.changes import AddLot
from matcher.dossiers.clause_contract import clause_contracts, hours_reading, promised_lots, proposed_promise
from matcher.dossiers.contract_changes import RecordContract
from matcher.dossiers.dossier import WHOLE, AwardedContract, Dossier, DossierChange
from matcher.dossiers.insertion_changes import PromiseHours
from matcher.journal.change import append
from matcher.render.document import (
    CellMark,
    ColumnKind,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    MarkedText,
)
from tests.matcher.dossiers.kept import AT, WHO, opened, with_list
from tests.matcher.dossiers.report.year import kept


def done(*changes: DossierChange) -> Dossier:
    dossier = with_list()
    for at, one in enumerate(changes):
        dossier = append(dossier, one, at=AT + timedelta(days=at), author=WHO)
    return dossier


def calibrated(title: str, *hours: float | None, total: bool = False) -> DossierChange:
    columns = (DocumentColumn("Lot"), DocumentColumn("Heures", ColumnKind.NUMBER))
    rows = tuple(DocumentRow(("Lot", its)) for its in hours)
    return kept(DocumentKind.CALIBRATION, title, tables=(DocumentTable("Les heures", columns, rows, total=total),))


def test_what_papers_say_is_proposed_with_its_source_and_the_last_of_them_counts() -> None:
    dossier = done(
        kept(DocumentKind.PLAN, "Gros œuvre", hours=4_000),
        calibrated("Voirie", 830),
        calibrated("Deux lots", 500, None),
        RecordContract(AwardedContract(WHOLE, date(2026, 1, 31))),
    )
    its = proposed_promise(dossier)
    assert (its.hours, its.start) == (830, date(2026, 1, 31))
    assert its.says[0] == "830\u00a0heures d’après : calibrage « Voirie » du 17 novembre 2026."
    assert its.source_of(HoursPromise(830, date(2026, 1, 1))) == "calibrage « Voirie » du 17 novembre 2026"
    assert its.source_of(HoursPromise(900, date(2026, 1, 1))) == ""
    assert proposed_promise(done(calibrated("Deux lots", 500, 300, 800, total=True))).hours == 800


def test_the_end_follows_the_duration_of_the_lot() -> None:
    dossier = done(RecordContract(AwardedContract(WHOLE, date(2026, 1, 31))))
    (lot,) = dossier.lots
    reading = replace(lot.frozen.reading, lot=replace(lot.frozen.reading.lot, duree=25.0))
    its = proposed_promise(replace(dossier, lots=(replace(lot, frozen=replace(lot.frozen, reading=reading)),)))
    assert its.end == date(2028, 2, 28)
    none = proposed_promise(opened())
    assert (none.hours, none.start, none.end, none.says) == (None, None, None, ())


def test_the_journal_says_whose_hours_were_confirmed() -> None:
    change = PromiseHours(HoursPromise(830, date(2026, 1, 1)), "calibrage « Voirie » du 17 novembre 2026")
    assert change.says(opened()).endswith("fin non dite, d’après : calibrage « Voirie » du 17 novembre 2026")


COLUMNS = (
    *map(DocumentColumn, ("Contrat", "Début")),
    *(DocumentColumn(label, ColumnKind.NUMBER) for label in ("Heures", "Mois")),
)
PLANNED = (
    ("1. Réfection de voirie", "janv. 2027", 1_070, 18),
    ("2. Collège", None, 1_800, 12),
    ("3. Nettoyage", None, 900, 12),
)


def of_plan(lots: Sequence[str], *contracts: tuple[str, str | None, int, int]) -> Dossier:
    """A dossier of these lots, from a plan of these contracts."""
    several = len(contracts) > 1
    total = (DocumentRow(("Total", "", sum(hours for _, _, hours, _ in contracts), "")),) if several else ()
    table = DocumentTable("Les contrats", COLUMNS, (*map(DocumentRow, contracts), *total), total=several)
    plan = kept(DocumentKind.PLAN, "Un plan", tables=(table,))
    added = with_list().journal[-1].change
    assert isinstance(added, AddLot)
    return append(opened(), plan, *(replace(added, title=title) for title in lots), at=AT, author=WHO)


def planned() -> Dossier:
    """A dossier of three lots, from a plan of three contracts."""
    return of_plan(("Réfection de voirie", "Collège", "Nettoyage"), *PLANNED)


def test_each_lot_is_proposed_the_hours_of_its_own_contract() -> None:
    only = of_plan(("Collège",), *PLANNED)  # the one of three that was kept
    assert [proposed_promise(only, lot).hours for lot in (1, WHOLE)] == [1_800, 3_770]
    assert proposed_promise(of_plan(("Peinture",), *PLANNED), 1).hours is None
    assert proposed_promise(of_plan(("Peinture",), PLANNED[1]), 1).hours == 1_800  # alone, whatever it is called
    twice = of_plan(("Nettoyage", "Nettoyage"), ("1. Nettoyage", None, 1_070, 12), ("2. Nettoyage", None, 500, 12))
    assert [proposed_promise(twice, lot).hours for lot in (1, 2)] == [1_070, 500]
    titled = of_plan(("1. Peinture",), ("1. Peinture", "janv. 2027", 400, 12))
    assert proposed_promise(titled, 1).start == date(2027, 1, 1)


def test_a_plan_proposes_the_hours_of_each_of_its_contracts() -> None:
    dossier = planned()
    assert [proposed_promise(dossier, lot).hours for lot in (1, 2, 3, WHOLE)] == [1_070, 1_800, 900, 3_770]
    first = proposed_promise(dossier, 1)
    assert (first.start, first.end) == (date(2027, 1, 1), date(2028, 6, 30))
    awarded = append(dossier, RecordContract(AwardedContract(2, date(2026, 10, 5))), at=AT, author=WHO)
    assert (proposed_promise(awarded, 2).start, proposed_promise(awarded, 2).end) == (
        date(2026, 10, 5),
        date(2027, 10, 4),
    )


@pytest.mark.parametrize(("to_write", "proposed"), [(350, 350), (MarkedText("à fixer", CellMark.UNKNOWN), None)])
def test_a_calibration_proposes_the_hours_to_write_of_each_lot(
    to_write: int | MarkedText, proposed: int | None
) -> None:
    columns = (DocumentColumn("Lot"), *(DocumentColumn(label, ColumnKind.NUMBER) for label in ("Heures", "À écrire")))
    rows = (DocumentRow(("Collège", 660, to_write)), DocumentRow(("Nettoyage", 900, 810)))
    its = kept(DocumentKind.CALIBRATION, "Deux lots", tables=(DocumentTable("Les heures", columns, rows),))
    lots = [one.change for one in planned().journal if isinstance(one.change, AddLot)]
    dossier = append(opened(), its, *lots, at=AT, author=WHO)
    assert (proposed_promise(dossier, 2).hours, proposed_promise(dossier, 3).hours) == (proposed, 810)


def test_a_dossier_is_one_contract_until_the_hours_of_a_lot_are_followed() -> None:
    dossier = planned()
    assert [one.lot for one in clause_contracts(dossier)] == [WHOLE]
    assert promised_lots(dossier) == (1, 2, 3, WHOLE)
    followed = append(
        dossier,
        PromiseHours(HoursPromise(1_800, date(2027, 1, 1), client="Oise", reference="2027-TX-04"), lot=2),
        PromiseHours(HoursPromise(900, date(2027, 1, 1)), lot=3),
        at=AT,
        author=WHO,
    )
    assert [(one.lot, one.title, one.client) for one in clause_contracts(followed)] == [
        (2, "Lot 2 : Collège", "Oise"),
        (3, "Lot 3 : Nettoyage", "CA de Valbrune"),
    ]
    assert promised_lots(followed) == (1, 2, 3)
    how = hours_reading(followed, HoursReading("etti"))
    named = {text: only_named(text, how.contracts) for text in ("2", "Lot 3", "collège", "2027-TX-04", "oise", "1")}
    assert named == {"2": 2, "Lot 3": 3, "collège": 2, "2027-TX-04": 2, "oise": 2, "1": None}
    assert only_named("1. Réfection de voirie", how.others) == 1
