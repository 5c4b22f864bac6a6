"""Hours of insertion in a journal: kept, added up, and refused where they cannot be."""

import re
from dataclasses import replace
from datetime import date

import pytest

from matcher.decisions.clause.followup import (
    PMSMP,
    ContractLines,
    HoursCorrection,
    HoursKind,
    HoursPromise,
    MonthHours,
    MonthImmersions,
    SheetHours,
)
from matcher.dossiers.changes import ACTIONS, RemoveLot
from matcher.dossiers.clause_contract import sheet_changes
from matcher.dossiers.dossier import Dossier, DossierChange
from matcher.dossiers.insertion_changes import (
    CorrectHours,
    MoveHours,
    Over,
    PromiseHours,
    RecordHours,
    RemoveHours,
)
from matcher.journal.change import ChangeRefused, append, change_of, line_row, replay
from tests.matcher.dossiers.kept import AT, WHO, opened, with_list

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
PROMISE = PromiseHours(HoursPromise(1200, date(2026, 3, 16), date(2027, 2, 28)))
MONTH = RecordHours((MonthHours(MARCH, "etti", planned=100),), (MonthImmersions(MARCH, 2),))


def done(*changes: DossierChange) -> Dossier:
    return append(opened(), *changes, at=AT, author=WHO)


def test_a_line_keeps_what_a_later_one_does_not_say_and_the_journal_gives_it_back() -> None:
    dossier = done(PROMISE, MONTH, RecordHours((MonthHours(MARCH, "etti", done=80, people=1),)))
    (line,) = dossier.insertion.months
    assert (line.planned, line.placed, line.done, line.people) == (100, None, 80, 1)
    assert [event.change.says(dossier) for event in dossier.journal[1:]] == [
        "dit la clause du marché : 1\u202f200\u00a0heures d’insertion promises, de mars 2026 à février 2027",
        "note les heures d’insertion de mars 2026 (1 ligne, 100 prévues, 2 PMSMP)",
        "note les heures d’insertion de mars 2026 (1 ligne, 80 faites)",
    ]
    for event in dossier.journal:
        assert change_of(ACTIONS, event.change.action, line_row(event)["data"]) == event.change
    assert replay(Dossier(dossier.id), dossier.journal) == dossier


def test_hours_and_pmsmp_are_taken_out_with_a_reason() -> None:
    dossier = done(PROMISE, MONTH, RemoveHours(MARCH, "etti", "erreur"), RemoveHours(MARCH, PMSMP, "erreur"))
    assert dossier.insertion.all_months == ()
    for absent in (RemoveHours(APRIL, "etti", "erreur"), RemoveHours(MARCH, "etti", "")):
        with pytest.raises(ChangeRefused):
            done(PROMISE, MONTH, absent)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (MonthHours(date(2026, 2, 1), "etti", done=1), "précède le marché, qui commence en 03/2026"),
        (MonthHours(date(2027, 3, 1), "etti", planned=1), "suit la fin du marché (02/2027)"),
        (MonthHours(date(2026, 12, 1), "etti", done=1), "à venir"),
        (MonthHours(MARCH, "etti", done=-1), "de 0 à"),
        (MonthHours(MARCH, "etti", done=float("nan")), "de 0 à"),
        (MonthHours(MARCH, "etti", done=500, people=2), "pour 2 personnes, c’est plus qu’un mois"),
        (MonthHours(MARCH, "Léa Exemple", done=1), "Modalité inconnue"),
        (MonthHours(date(2026, 3, 2), "etti", done=1), "premier jour"),
        (MonthHours(MARCH, "etti", done=3601), "pour 1\u202f200 promises : est-ce bien cela"),
    ],
)
def test_hours_that_cannot_be_are_refused(line: MonthHours, said: str) -> None:
    with pytest.raises(ChangeRefused, match=re.escape(said)):
        done(PROMISE, RecordHours((line,)))


def test_a_total_far_beyond_the_promise_is_kept_once_it_is_confirmed() -> None:
    dossier = done(PROMISE, RecordHours((MonthHours(MARCH, "etti", done=3601),), sure=True))
    assert dossier.insertion.total(HoursKind.DONE) == 3601


@pytest.mark.parametrize(
    "change",
    [
        MONTH,
        PromiseHours(HoursPromise(0, MARCH)),
        PromiseHours(HoursPromise(1, APRIL, MARCH)),
        RecordHours(),
    ],
)
def test_no_month_without_a_promise_and_no_promise_that_cannot_be(change: DossierChange) -> None:
    with pytest.raises(ChangeRefused):
        done(change)
    with pytest.raises(ChangeRefused, match="précède le marché"):
        done(PROMISE, MONTH, PromiseHours(HoursPromise(None, APRIL)))


def refused(said: str, *changes: DossierChange) -> None:
    with pytest.raises(ChangeRefused, match=re.escape(said)):
        done(*changes)


MARCH_80 = RecordHours((MonthHours(MARCH, "etti", done=80),))
MARCH_100 = RecordHours((MonthHours(MARCH, "etti", done=100),))


def test_a_month_noted_otherwise_is_asked_then_replaced_or_added_to() -> None:
    refused(
        "Intérim d’insertion (ETTI, EATT), mars 2026, 80\u00a0heures faites, et non 100. Dites s’il faut « remplacer »",
        PROMISE,
        MARCH_80,
        MARCH_100,
    )
    for over, total in ((Over.REPLACE, 100), (Over.ADD, 180)):
        dossier = done(PROMISE, MARCH_80, replace(MARCH_100, over=over))
        assert dossier.insertion.total(HoursKind.DONE) == total
    refused("PMSMP, mars 2026, 2, et non 3", PROMISE, MONTH, RecordHours((), (MonthImmersions(MARCH, 3),)))


def test_the_same_sheet_again_is_noted_already_whatever_came_since() -> None:
    added = replace(MARCH_100, over=Over.ADD)
    refused("déjà notées, telles quelles", PROMISE, MARCH_80, MARCH_80)
    refused(f"déjà notées, le 16 novembre 2026, par {WHO}", PROMISE, MARCH_80, added, MARCH_80)
    refused("celles d’une autre structure", PROMISE, MARCH_80, added, added)
    assert done(PROMISE, MARCH_80, added, replace(added, sure=True)).insertion.total(HoursKind.DONE) == 280
    gone = RemoveHours(MARCH, "etti", "erreur")
    assert done(PROMISE, MARCH_80, gone, MARCH_80).insertion.total(HoursKind.DONE) == 80


def test_a_journal_kept_before_anybody_was_asked_replays_as_it_was() -> None:
    data = [{"months": [{"month": "2026-03-01", "modality": "etti", "done": hours}]} for hours in (80, 100)]
    dossier = done(PROMISE, *(change_of(ACTIONS, "noter-heures", its) for its in data))
    assert dossier.insertion.total(HoursKind.DONE) == 100


def test_a_correction_has_a_reason_is_told_and_is_noted_once() -> None:
    fixed = CorrectHours(MonthHours(MARCH, "etti", done=-20), "Feuille rectifiée")
    dossier = done(PROMISE, MARCH_80, fixed)
    assert dossier.insertion.total(HoursKind.DONE) == 60
    assert fixed.says(dossier) == (
        "corrige les heures « Intérim d’insertion (ETTI, EATT) » de mars 2026 (−20 faites) : « Feuille rectifiée »"
    )
    refused("déjà notée", PROMISE, MARCH_80, fixed, fixed)
    refused(
        "80 notées, 90 ne peuvent en être retirées",
        PROMISE,
        MARCH_80,
        CorrectHours(MonthHours(MARCH, "etti", done=-90), "x"),
    )
    refused("aucune heure faite n’y est notée", PROMISE, MONTH, fixed)
    with pytest.raises(ChangeRefused):
        done(PROMISE, MARCH_80, replace(fixed, reason=""))


def test_a_correction_far_beyond_the_promise_is_asked_unless_it_takes_off_or_is_kept_already() -> None:
    more = CorrectHours(MonthHours(MARCH, "etti", done=10_000), "Feuille rectifiée")
    refused("est-ce bien cela", PROMISE, MARCH_80, more)
    sure = replace(more, sure=True)
    fewer = CorrectHours(MonthHours(MARCH, "etti", done=-20), "Une absence")
    assert done(PROMISE, MARCH_80, sure, fewer).insertion.total(HoursKind.DONE) == 10_060
    refused("déjà notée", PROMISE, MARCH_80, sure, more)
    older = change_of(
        ACTIONS, "corriger-heures", {"line": {"month": "2026-03-01", "modality": "etti", "done": 10_000}, "reason": "x"}
    )
    assert done(PROMISE, MARCH_80, older).insertion.total(HoursKind.DONE) == 10_080


def three() -> Dossier:
    """A dossier of three lots."""
    dossier = with_list()
    added = dossier.journal[-1].change
    return append(dossier, replace(added, title="Voirie"), replace(added, title="Collège"), at=AT, author=WHO)


def test_each_lot_has_its_promise_and_its_hours_and_the_whole_dossier_excludes_them() -> None:
    road = PromiseHours(HoursPromise(1070, date(2026, 1, 1), date(2027, 6, 30), "Amiens"), lot=2)
    dossier = append(three(), road, replace(PROMISE, lot=3), replace(MARCH_80, lot=3), at=AT, author=WHO)
    assert {lot: its.total(HoursKind.DONE) for lot, its in dossier.followed.items()} == {2: None, 3: 80}
    assert dossier.insertion.promise == HoursPromise(2270, date(2026, 1, 1), date(2027, 6, 30))
    assert road.says(dossier).startswith(
        "dit la clause du lot 2 : 1\u202f070\u00a0heures d’insertion promises, pour Amiens"
    )
    for change, said in (
        (PROMISE, "compteraient deux fois"),
        (replace(MARCH_80, lot=1), "Dites d’abord quand le marché commence"),
        (replace(PROMISE, lot=9), "n’a pas de lot 9"),
        (RemoveLot(3, "erreur"), "Des heures sont suivies pour le lot 3"),
        (MoveHours(2, 3), "déjà suivies pour le lot 3"),
        (MoveHours(2, 0), "compteraient deux fois"),
    ):
        with pytest.raises(ChangeRefused, match=re.escape(said)):
            append(dossier, change, at=AT, author=WHO)
    moved = append(dossier, MoveHours(3, 1), at=AT, author=WHO)
    assert sorted(moved.followed) == [1, 2]
    back = append(moved, MoveHours(1, 3), at=AT, author=WHO)
    assert back.followed == dossier.followed
    for event in back.journal:
        assert change_of(ACTIONS, event.change.action, line_row(event)["data"]) == event.change


def test_a_sheet_notes_what_is_new_and_says_what_is_noted_already() -> None:
    dossier = append(
        three(), replace(PROMISE, lot=2), replace(PROMISE, lot=3), replace(MARCH_80, lot=2), at=AT, author=WHO
    )
    line, correction = MARCH_80.months[0], HoursCorrection(MonthHours(MARCH, "etti", done=-20), "rectifié")
    read = SheetHours((ContractLines(2, (line,), (), (correction,)), ContractLines(3, (line,))), ())
    made, said = sheet_changes(dossier, read, Over.ASK, sure=False)
    assert said == ["Le lot 2 : heures déjà notées."]
    again = append(dossier, *made, at=AT, author=WHO)
    assert {lot: its.total(HoursKind.DONE) for lot, its in again.followed.items()} == {2: 60, 3: 80}
    with pytest.raises(ChangeRefused, match="déjà notées"):
        append(again, *sheet_changes(again, read, Over.ASK, sure=False)[0], at=AT, author=WHO)
