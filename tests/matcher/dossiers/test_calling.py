"""Calls to the suppliers of a lot: the same three questions, the order of the queue, what is learned, the journal of it all."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from msgspec import structs

from matcher.domain.french import typeset
from matcher.domain.match import Band
from matcher.dossiers.answer_changes import RecordCall, TakeAnswers
from matcher.dossiers.calling import (
    MOST_ASKED,
    Turn,
    answer_sentences,
    answer_to_take,
    answered_signals,
    answers_of_form,
    call_queue,
    call_turn,
    find_question,
    free_teams,
    interested_without_trade,
    lot_questions,
    says_yes,
)
from matcher.dossiers.dossier import CallOutcome, Dossier, SavedLot, Status
from matcher.dossiers.entry_changes import Keep, Remove, SetStatus
from matcher.dossiers.todo import todo
from matcher.dossiers.withdrawn import WITHDRAWN, withdraw_suppliers
from matcher.journal.change import Change, ChangeRefused, append, replay
from tests.matcher.dossiers.kept import AT, CANDIDATES, IDS, SHORTLIST, WHO, with_list

TODAY = AT.date()


def called(dossier: Dossier, place: int, outcome: CallOutcome, again: int | None = None, **more: object) -> Dossier:
    """The dossier after a call to the supplier of a place, to be called again in so many days."""
    on = None if again is None else TODAY + timedelta(days=again)
    said = {"key": f"k{place}", "again": on, **more}
    return did(dossier, RecordCall(1, IDS[place], outcome, TODAY, **said))  # type: ignore[arg-type]  # named by the test


def did(dossier: Dossier, *changes: Change[Dossier], who: str = WHO) -> Dossier:
    return append(dossier, *changes, at=AT, author=who)


def in_bands(*bands: Band) -> SavedLot:
    lot = with_list(IDS).lot(1)
    entries = tuple(
        replace(entry, match=structs.replace(entry.match, band=band))
        for entry, band in zip(lot.entries, bands, strict=False)
    )
    return replace(lot, entries=entries)


def knowing(*trades: tuple[str, ...], levier: str = "", kept: int = 3) -> SavedLot:
    """A lot that asks for berges and espaces verts, each supplier known for some of these."""
    reading = replace(SHORTLIST.reading, lot=replace(SHORTLIST.reading.lot, levier=levier))
    matches = tuple(
        structs.replace(one, known_for=its) for one, its in zip(CANDIDATES, (*trades, *[()] * 5), strict=False)
    )
    shortlist = replace(SHORTLIST, reading=reading, matches=matches)
    return with_list(IDS[:kept], shortlist).lot(1)


def keys(lot: SavedLot) -> list[str]:
    return [question.key for question in lot_questions(lot)]


def test_the_trade_least_known_is_asked_then_the_team_then_the_procedure() -> None:
    asked = SHORTLIST.reading.asked
    assert keys(knowing(levier="12"))[:3] == [f"metier:{asked[0]}", "equipe", "reserve"]
    assert len(keys(knowing(levier="12"))) == MOST_ASKED
    assert "reserve" not in keys(knowing())
    known = knowing(asked, asked, asked, levier="clause")
    assert not any(key.startswith("metier:") for key in keys(known))
    assert len(keys(known)) == MOST_ASKED


def test_the_questions_of_the_first_call_are_those_of_all() -> None:
    asked = SHORTLIST.reading.asked
    dossier = with_list(
        IDS[:1], replace(SHORTLIST, matches=tuple(structs.replace(one, known_for=asked) for one in CANDIDATES))
    )
    first = tuple(keys(dossier.lot(1)))
    dossier = called(dossier, 0, CallOutcome.NO_ANSWER, 2, asked=("equipe", "reponse", "zone"))
    assert keys(did(dossier, Keep(1, IDS[1])).lot(1)) == ["equipe", "reponse", "zone"] != list(first)


def test_who_is_due_comes_first_then_the_bands_then_who_waits_then_who_has_answered() -> None:
    a_appeler, connu, indice = in_bands(Band.A_APPELER, Band.CONNU, Band.INDICE).entries[:3]
    dossier = called(called(with_list(IDS), 3, CallOutcome.CALL_AGAIN, 0), 4, CallOutcome.NO_ANSWER, 2)
    entries = dossier.lot(1).entries
    lot = replace(dossier.lot(1), entries=(a_appeler, connu, indice, entries[3], entries[4]))
    assert [entry.match.name[-1] for entry in call_queue(lot, TODAY)] == ["D", "B", "C", "A", "E"]
    assert [call_turn(entry, TODAY) for entry in call_queue(lot, TODAY)] == [Turn.DUE, *[Turn.NEW] * 3, Turn.LATER]
    later = call_queue(lot, TODAY + timedelta(days=2))
    assert [entry.match.name[-1] for entry in later][:2] == ["D", "E"]  # the oldest first


@pytest.mark.parametrize("outcome", [CallOutcome.INTERESTED, CallOutcome.NOT_INTERESTED, CallOutcome.WRONG_NUMBER])
def test_who_is_settled_is_called_last(outcome: CallOutcome) -> None:
    lot = called(with_list(), 0, outcome).lot(1)
    assert [entry.match.id for entry in call_queue(lot, TODAY)] == [IDS[1], IDS[2], IDS[0]]
    assert call_turn(lot.entries[0], TODAY) is Turn.DONE


def test_a_call_says_where_the_supplier_stands() -> None:
    for outcome, status in (
        (CallOutcome.INTERESTED, Status.INTERESTED),
        (CallOutcome.CALL_AGAIN, Status.CONTACTED),
        (CallOutcome.NO_ANSWER, Status.NO_ANSWER),
        (CallOutcome.WRONG_NUMBER, Status.TO_CONTACT),  # as it was
    ):
        entry = called(with_list(), 0, outcome, text="le matin").lot(1).entries[0]
        assert (entry.status, entry.status_on, entry.status_by, entry.note) == (status, TODAY, WHO, "le matin")
    dossier = called(with_list(), 0, CallOutcome.CALL_AGAIN, 8)
    assert "« rappeler » ; rappeler le 24 novembre 2026" in dossier.journal[-1].change.says(dossier)
    assert did(dossier, SetStatus(1, IDS[0], Status.INTERESTED)).lot(1).entries[0].again is None
    assert replay(Dossier(1), dossier.journal) == dossier
    with pytest.raises(ChangeRefused, match="est passée"):
        called(with_list(), 0, CallOutcome.CALL_AGAIN, -1)
    with pytest.raises(ChangeRefused, match="n’est pas dans la liste"):
        called(did(with_list(), Remove(1, IDS[0], "fermée")), 0, CallOutcome.INTERESTED)


def test_who_is_to_be_called_again_is_to_be_done_on_that_day() -> None:
    lot = called(with_list(IDS[:1]), 0, CallOutcome.CALL_AGAIN, 8).lot(1)
    assert todo(lot, TODAY + timedelta(days=7))[0].says == typeset("Attendre Atelier A ; noter chaque réponse.")
    assert todo(lot, TODAY + timedelta(days=8))[0].says == "Relancer Atelier A."
    silent = called(with_list(IDS[:1]), 0, CallOutcome.NO_ANSWER, 2).lot(1)
    assert todo(silent, TODAY + timedelta(days=1))[0].says == typeset("Attendre Atelier A ; noter chaque réponse.")


def test_a_call_that_had_not_seen_another_stays_beside_it() -> None:
    theirs = called(with_list(), 0, CallOutcome.NOT_INTERESTED, text="complet")
    both = did(theirs, RecordCall(1, IDS[0], CallOutcome.INTERESTED, TODAY, "z", stands=False), who="B. Modèle")
    entry = both.lot(1).entries[0]
    assert (entry.status, entry.note, entry.rival and entry.rival.who) == (
        Status.NOT_INTERESTED,
        "complet",
        "B. Modèle",
    )
    assert "sans avoir vu" in both.journal[-1].change.says(both)
    settled = did(both, RecordCall(1, IDS[0], CallOutcome.INTERESTED, TODAY, "y"), who="B. Modèle").lot(1).entries[0]
    assert (settled.status, settled.rival) == (Status.INTERESTED, None)


def test_answers_are_read_said_and_offered_once() -> None:
    trade = f"metier:{SHORTLIST.reading.asked[0]}"
    asked = tuple(filter(None, map(find_question, (trade, "equipe", "effectif", "zone"))))
    form = {
        trade: "oui",
        "equipe": "oui",
        "equipe:combien": "6",
        "effectif:combien": "24 salariés",
        "zone": "200 lieues",
    }
    answers = answers_of_form(form, asked)
    assert answers == {trade: "oui", "equipe": "oui", "equipe:combien": "6", "effectif:combien": "24"}
    assert "Une équipe libre au démarrage ? oui, 6 personnes" in answer_sentences(answers)
    dossier = called(with_list(), 0, CallOutcome.INTERESTED, answers=answers)
    entry = dossier.lot(1).entries[0]
    assert answer_to_take(entry).statement() == {"activite": [SHORTLIST.reading.asked[0]], "effectif": ["24"]}
    taken = did(dossier, TakeAnswers(1, IDS[0]))
    assert answer_to_take(taken.lot(1).entries[0]).empty
    other = RecordCall(1, IDS[0], CallOutcome.INTERESTED, TODAY, "z", answers={**answers, trade: "non"})
    again = did(taken, other, who="B. Modèle")
    assert answer_to_take(again.lot(1).entries[0]).statement() == {"ne-fait-pas": [SHORTLIST.reading.asked[0]]}
    partly = did(taken, replace(other, answers={trade: "en partie"}), who="B. Modèle")
    assert answer_to_take(partly.lot(1).entries[0]).empty


@pytest.mark.parametrize(
    ("written", "chosen", "kept", "says"),
    [
        ("22 salariés", "", {"effectif:combien": "22"}, "22 personnes"),
        ("1 200", "", {"effectif:combien": "1200"}, "1200 personnes"),
        ("22 salariés, 6 aux espaces verts", "", {"effectif:ecrit": "22 salariés, 6 aux espaces verts"}, "à préciser"),
        (
            "22 salariés, 6 aux espaces verts",
            "6",
            {"effectif:ecrit": "22 salariés, 6 aux espaces verts", "effectif:combien": "6"},
            "« 22 salariés, 6 aux espaces verts », 6 personnes",
        ),
        ("22 salariés, 6 aux espaces verts", "7", {"effectif:ecrit": "22 salariés, 6 aux espaces verts"}, "à préciser"),
        ("une vingtaine", "20", {"effectif:ecrit": "une vingtaine"}, "« une vingtaine », à préciser"),
    ],
)
def test_what_is_no_single_number_is_kept_as_written_and_asked(
    written: str, chosen: str, kept: dict[str, str], says: str
) -> None:
    asked = tuple(filter(None, [find_question("effectif")]))
    answers = answers_of_form({"effectif:combien": written, "effectif:retenu": chosen}, asked)
    assert answers == kept
    assert says in answer_sentences(answers)[0]


def test_who_leaves_takes_its_answers_along() -> None:
    dossier = called(with_list(), 0, CallOutcome.INTERESTED, answers={"zone": "30 km"}, text="M. Untel")
    gone = withdraw_suppliers(dossier, {IDS[0]})
    entry, line = gone.lot(1).entries[0], gone.journal[-1].change
    assert (entry.call, entry.rival, entry.taken) == (None, None, {})
    assert isinstance(line, RecordCall)
    assert (line.text, line.answers) == (WITHDRAWN, {})
    assert call_queue(gone.lot(1), date(2026, 12, 1))[0].match.id == IDS[1]


@pytest.mark.parametrize(("montant", "third"), [(180_000.0, "effectif"), (None, "metier")])
def test_a_lot_of_known_size_asks_how_many_they_are_before_its_other_trades(montant: float | None, third: str) -> None:
    reading = SHORTLIST.reading
    both = (*reading.activities[:1], replace(reading.activities[0], code="espaces-verts.debroussaillage"))
    of_two = replace(reading, activities=both, lot=replace(reading.lot, montant=montant, levier=""), amount=None)
    assert len(of_two.asked) == 2
    asked = keys(with_list(IDS[:3], replace(SHORTLIST, reading=of_two)).lot(1))
    assert [key.partition(":")[0] for key in asked] == ["metier", "equipe", third]


def test_the_people_that_a_supplier_has_free_are_counted_unless_it_says_no() -> None:
    people = {"equipe:combien": "6"}
    dossier = called(with_list(IDS), 0, CallOutcome.INTERESTED, answers={"equipe": "oui", **people})
    dossier = called(dossier, 1, CallOutcome.INTERESTED, answers={"equipe": "non", **people})
    dossier = called(dossier, 2, CallOutcome.INTERESTED, answers=people)
    dossier = called(dossier, 3, CallOutcome.INTERESTED, answers={"equipe": "oui"})
    assert free_teams(dossier.lot(1)) == {IDS[0]: 6.0, IDS[2]: 6.0}


@pytest.mark.parametrize(
    ("outcome", "answers", "is_odd"),
    [
        (CallOutcome.INTERESTED, {"metier:a": "non", "metier:b": "non", "equipe": "oui"}, True),
        (CallOutcome.INTERESTED, {"metier:a": "non", "metier:b": "en partie"}, False),
        (CallOutcome.INTERESTED, {"equipe": "non"}, False),
        (CallOutcome.NOT_INTERESTED, {"metier:a": "non"}, False),
    ],
)
def test_who_is_interested_and_does_none_of_the_trades_is_to_be_asked(
    outcome: CallOutcome, answers: dict[str, str], is_odd: bool
) -> None:
    assert interested_without_trade(outcome, answers) is is_odd


@pytest.mark.parametrize(
    ("outcome", "answers", "is_yes", "signals"),
    [
        (CallOutcome.INTERESTED, {"metier:a": "oui", "effectif:combien": "12"}, True, {"activity", "capacity"}),
        (CallOutcome.INTERESTED, {"metier:a": "non", "zone": "30 km"}, False, {"activity", "proximity"}),
        (CallOutcome.INTERESTED, {"metier:a": "en partie"}, False, {"activity"}),
        (CallOutcome.INTERESTED, {"metier:a": "en partie", "metier:b": "oui"}, True, {"activity"}),
        (CallOutcome.ANSWERED, {"metier:a": "oui", "effectif:ecrit": "une dizaine"}, False, {"activity"}),
        (CallOutcome.INTERESTED, {}, True, set()),
    ],
)
def test_a_yes_is_of_one_that_does_the_trade_and_an_answer_is_no_longer_unknown(
    outcome: CallOutcome, answers: dict[str, str], is_yes: bool, signals: set[str]
) -> None:
    entry = called(with_list(), 0, outcome, answers=answers).entry(1, IDS[0])
    assert says_yes(entry) is is_yes
    assert answered_signals(entry) == signals
