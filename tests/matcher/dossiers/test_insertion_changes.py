"""Hours of insertion in a journal: kept, added up, and refused where they cannot be."""

import re
from datetime import date

import pytest

from matcher.decisions.clause.followup import PMSMP, HoursKind, HoursPromise, MonthHours, MonthImmersions
from matcher.dossiers.changes import ACTIONS
from matcher.dossiers.dossier import Dossier, DossierChange
from matcher.dossiers.insertion_changes import PromiseHours, RecordHours, RemoveHours
from matcher.journal.change import ChangeRefused, append, change_of, kept, replay
from tests.matcher.dossiers.kept import AT, WHO, opened

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
PROMISE = PromiseHours(HoursPromise(1200, date(2026, 3, 16), date(2027, 2, 28)))
MONTH = RecordHours((MonthHours(MARCH, "etti", planned=100),), (MonthImmersions(MARCH, 2),))


def done(*changes: DossierChange) -> Dossier:
    return append(opened(), *changes, at=AT, who=WHO)


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
        assert change_of(ACTIONS, event.change.action, kept(event)["data"]) == event.change
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
