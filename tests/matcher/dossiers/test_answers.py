"""One answer, one effect: by whatever way it came, the record, the list, the opinion and what has changed say the same; undone, they say it no more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from matcher.answers.fact import SharedFact
from matcher.answers.sharing import agree_by_telephone, outgoing
from matcher.catalogue.steward.corrections import correct_supplier, withdraw_correction
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.changes import Register
from matcher.club.meeting_day.meeting_day import MeetingOutcome, Participant, ParticipantRole, Result
from matcher.club.meeting_day.store import change_latest_day as change_event
from matcher.club.meeting_day.store import create_day as create_event
from matcher.db import reading, writing
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import CandidateStanding
from matcher.decisions.opinion.answer import advise
from matcher.decisions.workload import workload_of
from matcher.domain.match import Band
from matcher.dossiers.answers import declined_today, settle_answers, take_into_catalogue, undo_answer
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import erase, keep_answer
from matcher.dossiers.asking.standing import as_written_to
from matcher.dossiers.asking.store import campaigns_by_lot, load_campaign
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Dossier, SettledBy, Status
from matcher.dossiers.entry_changes import SetStatus
from matcher.dossiers.since import compare_with_today
from matcher.dossiers.store import DOSSIER_HEADS, WaitingAnswers, change_dossier, load_dossier, waiting_by_lot
from matcher.dossiers.todo import REMINDED_AFTER, todo
from matcher.journal.change import ChangeRefused
from matcher.need.answer import lay_on_shelf
from matcher.ownership import FIRST_ORGANISATION as OWNER
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.signals.freshness import UPDATED
from matcher.reference.trades.activities import taxonomy
from tests.matcher.answers.installations import private
from tests.matcher.club.day import HEADER as EVENT
from tests.matcher.club.day import RULES, SCHEDULE
from tests.matcher.dossiers.answered import KNOWN, TRADE, UNKNOWN, entry_of, link_of, note, said, tell_club
from tests.matcher.dossiers.asking.campaigns import GREEN, NOW
from tests.matcher.dossiers.kept import HEADER, WHO


@dataclass(frozen=True)
class Seen:
    """What is said of a supplier: in its record, in the list, in the opinion (known for the trade), and of what has changed."""

    does: frozenset[str]
    refuses: frozenset[str]
    listed: bool
    counted: bool
    changed: bool


def seen(engine: Engine, key: str) -> Seen:
    """What is said of a supplier today."""
    lot, shelf, today = load_dossier(engine, OWNER, 1).lot(1), load_shelf(engine), NOW.date()
    record = find_supplier(engine, key.removeprefix("siret:"))
    assert record is not None
    ask = lay_on_shelf(lot.frozen.reading, shelf, today, declined_today(engine, lot))
    known = {shelf.ids[row] for row in lay_out_bands(rank(ask)).of(Band.CONNU)}
    opinion = advise(engine, ask, workload_of(ask.reading, Assumptions()), Assumptions()).opinion
    news = compare_with_today(lot, shelf, today, {one.match.id: one.match.id for one in lot.entries})
    return Seen(
        does=frozenset(one.code for one in record.activities),
        refuses=frozenset(one.code for one in record.refused_activities),
        listed=key in known,
        counted=key in {one.id for one in opinion.told.candidates if one.standing is CandidateStanding.CREDIBLE},
        changed=key in {one.match.id for one in news.lost} | {one.match.id for one in news.updated},
    )


def by_hand(way: AnswerWay) -> Callable[[Engine, bool], Callable[[], object]]:
    def answered(engine: Engine, does: bool) -> Callable[[], object]:
        key, outcome = (UNKNOWN, CallOutcome.INTERESTED) if does else (KNOWN, CallOutcome.NOT_INTERESTED)
        note(engine, said(way, "oui" if does else "non", outcome, key))
        return lambda: undo_answer(engine, OWNER, 1, 1, key, author=WHO, now=NOW, corrects=WHO)

    return answered


def by_link(engine: Engine, does: bool) -> Callable[[], object]:
    key = UNKNOWN if does else KNOWN
    secret = link_of(engine, key)
    keep_answer(engine, secret, GivenAnswer(trades={GREEN: does}, available=does), now=NOW)
    return lambda: erase(engine, secret, now=NOW)


def by_correction(engine: Engine, does: bool) -> Callable[[], object]:
    key, champ = (UNKNOWN, "activite") if does else (KNOWN, "ne-fait-pas")
    made = correct_supplier(engine, key, {champ: [GREEN]}, author=WHO, motive="", now=NOW)
    return lambda: withdraw_correction(engine, made.id, now=NOW)


def by_club(engine: Engine, does: bool) -> Callable[[], object]:
    """The meeting that it comes to, with what it said of its trade as it registered; a Club hears no trade refused, but a no may be noted."""
    if not does:
        return by_hand(AnswerWay.CLUB)(engine, does)
    event = create_event(engine, OWNER, EVENT, SCHEDULE, RULES, author=WHO, now=NOW)
    coming = (
        Participant(
            1, ParticipantRole.SUPPLIER, "Atelier 2", supplier_id=UNKNOWN, activity="Entretien d’espaces verts"
        ),
        Participant(2, ParticipantRole.BUYER, "Ville de Valbrune"),
    )
    event = change_event(engine, OWNER, event.id, lambda _: [Register(coming, told=True)], author=WHO, now=NOW)
    event = replace(event, outcomes={frozenset((1, 2)): MeetingOutcome(2, 1, Result.QUOTE)})
    assert len(tell_club(engine, event)) == 1
    assert tell_club(engine, event) == [], "what stands is not told again"
    return lambda: undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)


WAYS: Mapping[str, Callable[[Engine, bool], Callable[[], object]]] = {
    "appel": by_hand(AnswerWay.PHONE),
    "courriel": by_hand(AnswerWay.EMAIL),
    "lien": by_link,
    "club": by_club,
    "correction": by_correction,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_no_and_a_yes_have_the_same_effects_by_every_way_and_are_undone(
    engine: Engine, dossier: Dossier, way: str
) -> None:
    before = {key: seen(engine, key) for key in (KNOWN, UNKNOWN)}
    assert (before[KNOWN].listed, before[KNOWN].counted, before[KNOWN].changed) == (True, True, False)
    assert (before[UNKNOWN].listed, before[UNKNOWN].counted) == (False, False)
    undo_no = WAYS[way](engine, False)
    assert seen(engine, KNOWN) == Seen(frozenset(), frozenset({GREEN}), False, False, True)
    undo_no()
    assert seen(engine, KNOWN) == before[KNOWN]
    undo_yes = WAYS[way](engine, True)
    assert seen(engine, UNKNOWN) == Seen(frozenset({GREEN}), frozenset(), True, True, True)
    undo_yes()
    assert seen(engine, UNKNOWN) == before[UNKNOWN]


@pytest.mark.parametrize("way", [AnswerWay.PHONE, AnswerWay.EMAIL, AnswerWay.LINK])
def test_a_no_to_the_lot_alone_leaves_the_record_and_takes_it_off_the_lot(
    engine: Engine, dossier: Dossier, way: AnswerWay
) -> None:
    if way is AnswerWay.LINK:
        keep_answer(engine, link_of(engine, KNOWN), GivenAnswer(available=False), now=NOW)
    else:
        note(engine, said(way, "", CallOutcome.NOT_INTERESTED))
    assert seen(engine, KNOWN) == Seen(frozenset(), frozenset(), False, False, True)
    lot = load_dossier(engine, OWNER, 1).lot(1)
    (lost,) = compare_with_today(lot, load_shelf(engine), NOW.date(), {KNOWN: KNOWN, UNKNOWN: UNKNOWN}).lost
    assert lost.reasons == ("a répondu non pour ce lot le 27 novembre 2026",)


def test_what_contradicts_is_asked_and_changes_nothing_until_it_is_settled(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "oui", CallOutcome.INTERESTED))
    first = seen(engine, KNOWN)
    note(engine, said(AnswerWay.PHONE, "", CallOutcome.NO_ANSWER))
    held = entry_of(engine, KNOWN)
    assert (held.status, held.rival and held.rival.outcome) == (Status.INTERESTED, CallOutcome.NO_ANSWER)
    assert held.call is not None
    assert held.call.answers == {TRADE: "oui"}
    with pytest.raises(ChangeRefused, match="laquelle compte"):
        note(engine, said(AnswerWay.PHONE, "", CallOutcome.NOT_INTERESTED))
    assert seen(engine, KNOWN) == first
    assert waiting_by_lot(engine, OWNER) == [WaitingAnswers(1, HEADER.title, 1, 1)]
    settle_answers(engine, OWNER, 1, 1, KNOWN, SettledBy.ANOTHER, author=WHO, now=NOW, corrects=WHO)
    held = entry_of(engine, KNOWN)
    assert (held.status, held.rival, held.again and held.again.isoformat()) == (Status.INTERESTED, None, "2026-11-29")
    note(engine, said(AnswerWay.EMAIL, "non", CallOutcome.NOT_INTERESTED))
    settle_answers(engine, OWNER, 1, 1, KNOWN, SettledBy.MISTAKE, author=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == first
    note(engine, said(AnswerWay.EMAIL, "non", CallOutcome.NOT_INTERESTED))
    settle_answers(engine, OWNER, 1, 1, KNOWN, SettledBy.CHANGED, author=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == Seen(frozenset(), frozenset({GREEN}), False, False, True)
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == first
    with pytest.raises(ChangeRefused, match="n’en contredit"):
        settle_answers(engine, OWNER, 1, 1, KNOWN, SettledBy.CHANGED, author=WHO, now=NOW)


def test_a_link_that_contradicts_the_telephone_waits_for_the_team(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED))
    refused = seen(engine, KNOWN)
    secret = link_of(engine, KNOWN)
    keep_answer(engine, secret, GivenAnswer(trades={GREEN: True}, available=True), now=NOW)
    assert seen(engine, KNOWN) == refused
    assert entry_of(engine, KNOWN).rival is not None
    (asked,) = load_campaign(engine, OWNER, 1).answered_structures
    assert asked.answer is not None
    assert asked.answer.waiting
    settle_answers(engine, OWNER, 1, 1, KNOWN, SettledBy.CHANGED, author=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == Seen(frozenset({GREEN}), frozenset(), True, True, True)
    (asked,) = load_campaign(engine, OWNER, 1).answered_structures
    assert asked.answer is not None
    assert not asked.answer.waiting
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == refused


def test_an_answer_noted_once_more_is_one_answer(engine: Engine, dossier: Dossier) -> None:
    before = seen(engine, KNOWN)
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED))
    note(engine, replace(said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED), key="b", text="complet"))
    note(engine, replace(said(AnswerWay.PHONE, "oui", CallOutcome.NOT_INTERESTED), key="c", text="complet"))
    found = seen(engine, KNOWN)
    assert (found.does, found.refuses) == (frozenset({GREEN}), frozenset())
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == before
    with pytest.raises(ChangeRefused, match="annuler"):
        undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)


def test_one_takes_back_the_answer_that_one_sees_and_may_take_back(engine: Engine, dossier: Dossier) -> None:
    no = said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED)
    note(engine, no)
    noted = seen(engine, KNOWN)
    for key, corrects, says in (("une autre", WHO, "depuis"), (no.key, "", "qui peut le corriger")):
        with pytest.raises(ChangeRefused, match=says):
            undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, key=key, corrects=corrects)
        assert seen(engine, KNOWN) == noted
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, key=no.key, corrects=WHO)
    assert not seen(engine, KNOWN).refuses


def test_a_status_set_by_hand_after_an_answer_outlives_its_undoing(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "", CallOutcome.INTERESTED))
    change_dossier(engine, OWNER, 1, [SetStatus(1, KNOWN, Status.NOT_INTERESTED)], version=None, author="Léa", now=NOW)
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    held = entry_of(engine, KNOWN)
    assert (held.status, held.call) == (Status.NOT_INTERESTED, None)


def test_words_for_a_number_take_its_place_and_what_waits_goes_on_waiting(engine: Engine, dossier: Dossier) -> None:
    first = replace(
        said(AnswerWay.PHONE, "non", CallOutcome.CALL_AGAIN), answers={TRADE: "non", "equipe:combien": "22"}
    )
    note(engine, first, corrects="")
    later = replace(said(AnswerWay.EMAIL, "", CallOutcome.CALL_AGAIN), answers={"equipe:ecrit": "une dizaine"})
    note(engine, later, corrects="")
    held = entry_of(engine, KNOWN)
    assert held.call is not None
    assert held.call.answers == {TRADE: "non", "equipe:ecrit": "une dizaine"}
    keep_answer(engine, link_of(engine, KNOWN), GivenAnswer(workers="12"), now=NOW)
    assert waiting_by_lot(engine, OWNER) == [WaitingAnswers(1, HEADER.title, 1, 1)]


def test_who_may_not_correct_the_catalogue_leaves_the_answer_to_one_who_may(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED), corrects="")
    assert seen(engine, KNOWN).refuses == frozenset()
    assert waiting_by_lot(engine, OWNER) == [WaitingAnswers(1, HEADER.title, 1, 1)]
    take_into_catalogue(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW)
    assert seen(engine, KNOWN).refuses == {GREEN}
    assert waiting_by_lot(engine, OWNER) == []


def test_contact_data_alone_make_a_record_no_fresher(engine: Engine, dossier: Dossier) -> None:
    def updated() -> float:
        shelf = load_shelf(engine)
        row = shelf.find(UNKNOWN)
        assert row is not None
        return float(shelf[UPDATED][row])

    before = updated()
    correct_supplier(engine, UNKNOWN, {"courriel": ["accueil@atelier.example"]}, author=WHO, motive="", now=NOW)
    assert updated() == before
    correct_supplier(engine, UNKNOWN, {"effectif": ["12"]}, author=WHO, motive="", now=NOW)
    assert updated() > before


def test_whoever_a_campaign_has_written_to_is_no_longer_to_be_contacted(engine: Engine, dossier: Dossier) -> None:
    link_of(engine, KNOWN)
    held = as_written_to(load_dossier(engine, OWNER, 1), campaigns_by_lot(engine, OWNER, 1)).lot(1)
    assert [one.says for one in todo(held, NOW.date())] == ["Contacter Atelier 2."]
    assert todo(held, NOW.date() + REMINDED_AFTER)[0].says == "Relancer Atelier 1 (7 jours sans réponse)."
    note(engine, said(AnswerWay.EMAIL, "", CallOutcome.INTERESTED))
    held = as_written_to(load_dossier(engine, OWNER, 1), campaigns_by_lot(engine, OWNER, 1)).lot(1)
    assert held.entries[0].status is Status.INTERESTED


def test_what_rests_on_an_answer_says_whose_and_of_which_day(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "oui", CallOutcome.INTERESTED, UNKNOWN))
    note(engine, said(AnswerWay.EMAIL, "non", CallOutcome.NOT_INTERESTED))
    sources = field_sources(engine, {UNKNOWN}, ())[UNKNOWN]
    assert sources.of("activities", taxonomy().label(GREEN)) == "a répondu le 27 novembre 2026"
    lot, shelf = load_dossier(engine, OWNER, 1).lot(1), load_shelf(engine)
    refusal = rank(lay_on_shelf(lot.frozen.reading, shelf, NOW.date())).why_not(KNOWN)
    assert refusal is not None
    assert refusal.match is not None
    (activity,) = [one for one in refusal.match.contributions if one.signal == "activity"]
    assert activity.says == "a répondu ne pas le faire le 27 novembre 2026"


def test_what_a_structure_takes_back_is_gone_from_later_answers_and_from_the_journal(
    engine: Engine, dossier: Dossier
) -> None:
    before, secret = seen(engine, UNKNOWN), link_of(engine, UNKNOWN)
    keep_answer(engine, secret, GivenAnswer(trades={GREEN: True}, workers="4173", available=True), now=NOW)
    later = replace(said(AnswerWay.PHONE, "", CallOutcome.INTERESTED, UNKNOWN), answers={"equipe": "oui"})
    note(engine, later)
    held = entry_of(engine, UNKNOWN).call
    assert held is not None
    assert held.answers == {TRADE: "oui", "effectif:combien": "4173", "equipe": "oui"}
    erase(engine, secret, now=NOW)
    entry, left = entry_of(engine, UNKNOWN), load_dossier(engine, OWNER, 1)
    assert [(one.way, one.answers) for one in entry.calls] == [(AnswerWay.PHONE, {"equipe": "oui"})]
    answered = [line.change for line in left.journal if not isinstance(line.change, AddLot)]
    assert "4173" not in " ".join(f"{one.says(left)} {one!r}" for one in answered)
    assert "reprend ce que Atelier 2 avait répondu" in answered[-1].says(left)
    assert seen(engine, UNKNOWN) == before
    undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)
    assert (entry_of(engine, UNKNOWN).status, list(entry_of(engine, UNKNOWN).calls)) == (Status.TO_CONTACT, [])


def shared(engine: Engine) -> list[tuple[str, tuple[str, ...], str]]:
    """The lines that would leave: facts by their way, their trades and their signer's guarantee; withdrawals as such."""
    with reading(engine) as connection:
        lines = outgoing(connection, private(1), today=NOW.date())
    facts = [line for line in lines if isinstance(line, SharedFact)]
    assert all(line.par and not line.annuaire for line in facts)
    return sorted((line.voie, tuple(line.metiers), ",".join(line.zone)) for line in facts)


def test_what_is_agreed_by_telephone_leaves_box_by_box_and_the_last_word_stands(
    engine: Engine, dossier: Dossier
) -> None:
    answers = {TRADE: "oui", "zone": "30 km"}
    call = replace(said(AnswerWay.PHONE, "oui", CallOutcome.INTERESTED, UNKNOWN), answers=answers)
    note(engine, replace(call, shared=("metiers",)))
    assert shared(engine) == [("telephone", (GREEN,), "")]
    assert "accepte de partager : métiers" in load_dossier(engine, OWNER, 1).journal[-2].change.says(dossier)
    note(engine, replace(call, key="z", shared=("metiers", "zone")))
    assert shared(engine) == [("telephone", (GREEN,), "km:30")]
    silent = replace(said(AnswerWay.EMAIL, "", CallOutcome.CALL_AGAIN, UNKNOWN), key="y")
    note(engine, silent, who="B. Modèle")
    assert shared(engine) == [("telephone", (GREEN,), "km:30")], "what is not asked again stands"
    note(engine, replace(silent, key="x", way=AnswerWay.PHONE), who="B. Modèle")
    assert shared(engine) == []
    undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)
    undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)
    assert shared(engine) == [("telephone", (GREEN,), "km:30")]
    undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)
    assert shared(engine) == []


def test_a_call_that_nobody_answers_changes_nothing_of_what_was_agreed(engine: Engine, dossier: Dossier) -> None:
    def leaving() -> list[tuple[str, tuple[str, ...], str]]:
        with reading(engine) as connection:
            lines = outgoing(connection, private(1), today=NOW.date())
        return [(line.id, tuple(line.metiers), str(line.date_maj)) for line in lines if isinstance(line, SharedFact)]

    def unanswered(key: str, outcome: CallOutcome = CallOutcome.NO_ANSWER) -> None:
        silent = replace(said(AnswerWay.PHONE, "", outcome, UNKNOWN), key=key, on=NOW.date() + timedelta(days=20))
        note(engine, silent, who="B. Modèle")

    call = said(AnswerWay.PHONE, "oui", CallOutcome.CALL_AGAIN, UNKNOWN)
    note(engine, replace(call, shared=("metiers",)), corrects="")
    unanswered("a")
    (line,) = leaving()
    assert line[1:] == ((GREEN,), "2026-11-27"), "the day of what was said, by whoever it is taken in"
    unanswered("b", CallOutcome.WRONG_NUMBER)
    assert leaving() == [line]
    (number,) = entry_of(engine, UNKNOWN).former.corrections  # type: ignore[union-attr]
    with writing(engine) as connection:
        agree_by_telephone(connection, number, [], asked_by=WHO, now=NOW)
    unanswered("c")
    undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)
    assert leaving() == [], "what was agreed since, on the number of the answer, stands"


def test_what_is_agreed_leaves_once_who_may_correct_the_catalogue_takes_the_answer_in(
    engine: Engine, dossier: Dossier
) -> None:
    call = said(AnswerWay.PHONE, "oui", CallOutcome.INTERESTED, UNKNOWN, shared=("metiers",))
    note(engine, call, corrects="")
    assert shared(engine) == []
    take_into_catalogue(engine, OWNER, 1, 1, UNKNOWN, author="Léa", now=NOW)
    assert shared(engine) == [("telephone", (GREEN,), "")]


def test_answers_that_wait_in_a_dossier_of_before_are_counted_before_it_changes(
    engine: Engine, dossier: Dossier
) -> None:
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED), corrects="")
    with writing(engine) as connection:
        summary = dict(connection.execute(select(DOSSIER_HEADS.c.summary)).scalar_one())
        del summary["waiting"]
        connection.execute(DOSSIER_HEADS.update().values(summary=summary))
    assert waiting_by_lot(engine, OWNER) == [WaitingAnswers(1, HEADER.title, 1, 1)]
