"""A promise that papers propose: the last plan or calibration, the first contract, the duration of the lot; nothing of what none says."""

from dataclasses import replace
from datetime import date, timedelta

from matcher.decisions.clause.followup import HoursPromise
from matcher.dossiers.clause_contract import proposed_promise
from matcher.dossiers.contract_changes import RecordContract
from matcher.dossiers.dossier import WHOLE, AwardedContract, Dossier, DossierChange
from matcher.dossiers.insertion_changes import PromiseHours
from matcher.journal.change import append
from matcher.render.document import ColumnKind, DocumentColumn, DocumentKind, DocumentRow, DocumentTable
from tests.matcher.dossiers.kept import AT, WHO, opened, with_list
from tests.matcher.dossiers.report.year import kept


def done(*changes: DossierChange) -> Dossier:
    dossier = with_list()
    for at, one in enumerate(changes):
        dossier = append(dossier, one, at=AT + timedelta(days=at), who=WHO)
    return dossier


def calibrated(title: str, *hours: float | None, total: bool = False) -> DossierChange:
    columns = (DocumentColumn("Lot"), DocumentColumn("Heures", ColumnKind.NUMBER))
    rows = tuple(DocumentRow(("Lot", its)) for its in hours)
    its = kept(DocumentKind.CALIBRATION, title)
    return replace(
        its, decision=replace(its.decision, tables=(DocumentTable("Les heures", columns, rows, total=total),))
    )


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
