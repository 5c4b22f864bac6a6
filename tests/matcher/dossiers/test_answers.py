"""One answer, one effect: by whatever way it came, the record, the list, the opinion and what has changed say the same; undone, they say it no more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.steward.corrections import correct, corrections_of, withdraw
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import find
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.changes import Register
from matcher.club.meeting_day.meeting_day import MeetingOutcome, Participant, ParticipantRole, Result
from matcher.club.meeting_day.store import change_as as change_event
from matcher.club.meeting_day.store import create as create_event
from matcher.club.results.follow_up import told_in
from matcher.club.results.learned import offers
from matcher.club.results.learned import take_in as take_words
from matcher.db import writing
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import CandidateStanding
from matcher.decisions.opinion.answer import advise
from matcher.decisions.workload import need_of
from matcher.domain.match import Band
from matcher.domain.need import Need
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.answers import answer, declined_today, settle, take_back, take_in, undo
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import erase, take
from matcher.dossiers.asking.campaign import about_lot
from matcher.dossiers.asking.standing import as_written_to
from matcher.dossiers.asking.store import create as create_campaign
from matcher.dossiers.asking.store import load as load_campaign
from matcher.dossiers.asking.store import of_dossier
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Dossier, Entry, SettledBy, Status
from matcher.dossiers.entry_changes import RecordCall, SetStatus
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.since import since
from matcher.dossiers.store import WaitingAnswers, change, create, load, waiting_by_lot
from matcher.dossiers.todo import REMINDED_AFTER, todo
from matcher.journal.change import ChangeRefused
from matcher.need.answer import answer_from, laid, ranked
from matcher.ownership import FIRST_ORGANISATION as OWNER
from matcher.ranking.bands import banded
from matcher.ranking.engine import rank
from matcher.ranking.signals.freshness import UPDATED
from matcher.reference.trades.activities import taxonomy
from tests.factories import siret, taking
from tests.matcher.club.day import HEADER as EVENT
from tests.matcher.club.day import RULES, SCHEDULE
from tests.matcher.dossiers.asking.campaigns import BY, GREEN, MONTHS, NOW, secrets, supplier
from tests.matcher.dossiers.kept import HEADER, WHO

NEED = Need(Lot("Entretien des espaces verts", lieux=(RawPlace("Maubeuge"),), montant=60_000.0, duree=12.0))
TRADE = f"metier:{GREEN}"
# Known by its class, and one of whom nothing tells the trade.
KNOWN, UNKNOWN = f"siret:{siret(1)}", f"siret:{siret(2)}"


@dataclass(frozen=True)
class Seen:
    """What is said of a supplier: in its record, in the list, in the opinion (known for the trade), and of what has changed."""

    does: frozenset[str]
    refuses: frozenset[str]
    listed: bool
    counted: bool
    changed: bool


@pytest.fixture
def dossier(engine: Engine, tmp_path: Path) -> Dossier:
    """A list frozen, of which the two are followed."""
    taking(engine, tmp_path, NOW)(supplier(1, naf="8130Z"), supplier(2), supplier(3, naf="8130Z"))
    found = ranked(NEED, load_shelf(engine), today=NOW.date())
    shortlist = answer_from(found, found.first(10))
    made = create(engine, OWNER, HEADER, who=WHO, now=NOW)
    lot = AddLot("Espaces verts", freeze(shortlist), (KNOWN, UNKNOWN))
    return change(engine, OWNER, made.id, [lot], version=made.version, who=WHO, now=NOW)


def entry_of(engine: Engine, key: str) -> Entry:
    lot = load(engine, OWNER, 1).lot(1)
    return lot.entries[lot.place_of(key)]


def seen(engine: Engine, key: str) -> Seen:
    """What is said of a supplier today."""
    lot, shelf, today = load(engine, OWNER, 1).lot(1), load_shelf(engine), NOW.date()
    record = find(engine, key.removeprefix("siret:"))
    assert record is not None
    ask = laid(lot.frozen.reading, shelf, today, declined_today(engine, lot))
    known = {shelf.ids[row] for row in banded(rank(ask)).of(Band.CONNU)}
    opinion = advise(engine, ask, need_of(ask.reading, Assumptions()), Assumptions()).opinion
    news = since(lot, shelf, today, {one.match.id: one.match.id for one in lot.entries})
    return Seen(
        does=frozenset(one.code for one in record.activities),
        refuses=frozenset(one.code for one in record.refused_activities),
        listed=key in known,
        counted=key in {one.id for one in opinion.told.found if one.standing is CandidateStanding.CREDIBLE},
        changed=key in {one.match.id for one in news.lost} | {one.match.id for one in news.updated},
    )


def said(way: AnswerWay, does: str, outcome: CallOutcome, key: str = KNOWN, **more: object) -> RecordCall:
    answers = {TRADE: does} if does else {}
    return RecordCall(1, key, outcome, NOW.date(), f"{way} {does} {outcome}", answers=answers, way=way, **more)  # type: ignore[arg-type]


def note(engine: Engine, noted: RecordCall, corrects: str = WHO, who: str = WHO, now: datetime = NOW) -> Dossier:
    return answer(engine, OWNER, 1, lambda _: noted, who=who, now=now, corrects=corrects)


def link_of(engine: Engine, key: str) -> str:
    """The link of a supplier that a campaign about the lot asks."""
    draft = about_lot(load(engine, OWNER, 1), 1, BY)
    made = create_campaign(engine, OWNER, draft, (key,), BY, who=WHO, now=NOW, months=MONTHS)
    return secrets(engine, made.campaign.id)[key.removeprefix("siret:")]


def by_hand(way: AnswerWay) -> Callable[[Engine, bool], Callable[[], object]]:
    def answered(engine: Engine, does: bool) -> Callable[[], object]:
        key, outcome = (UNKNOWN, CallOutcome.INTERESTED) if does else (KNOWN, CallOutcome.NOT_INTERESTED)
        note(engine, said(way, "oui" if does else "non", outcome, key))
        return lambda: undo(engine, OWNER, 1, 1, key, who=WHO, now=NOW, corrects=WHO)

    return answered


def by_link(engine: Engine, does: bool) -> Callable[[], object]:
    key = UNKNOWN if does else KNOWN
    secret = link_of(engine, key)
    take(engine, secret, GivenAnswer(trades={GREEN: does}, available=does), now=NOW)
    return lambda: erase(engine, secret, now=NOW)


def by_correction(engine: Engine, does: bool) -> Callable[[], object]:
    key, champ = (UNKNOWN, "activite") if does else (KNOWN, "ne-fait-pas")
    made = correct(engine, key, {champ: [GREEN]}, who=WHO, motive="", now=NOW)
    return lambda: withdraw(engine, made.id, now=NOW)


def by_club(engine: Engine, does: bool) -> Callable[[], object]:
    """What it says of its trade as it registers, and the meeting that comes of it; a Club hears no trade refused, but a no may be noted."""
    if not does:
        return by_hand(AnswerWay.CLUB)(engine, does)
    event = create_event(engine, OWNER, EVENT, SCHEDULE, RULES, who=WHO, now=NOW)
    coming = (
        Participant(
            1, ParticipantRole.SUPPLIER, "Atelier 2", supplier_id=UNKNOWN, activity="Entretien d’espaces verts"
        ),
        Participant(2, ParticipantRole.BUYER, "Ville de Valbrune"),
    )
    event = change_event(engine, OWNER, event.id, lambda _: [Register(coming, told=True)], who=WHO, now=NOW)
    (offer,) = offers(engine, event)
    take_words(engine, OWNER, event.id, offer, who=WHO, now=NOW)
    event = replace(event, outcomes={frozenset((1, 2)): MeetingOutcome(2, 1, Result.QUOTE)})
    held = load(engine, OWNER, 1)
    change(engine, OWNER, 1, told_in(held, event, event.outcomes[frozenset((1, 2))]), version=None, who=WHO, now=NOW)

    def undone() -> None:
        undo(engine, OWNER, 1, 1, UNKNOWN, who=WHO, now=NOW, corrects=WHO)
        with writing(engine) as connection:
            take_back(connection, corrections_of(engine, UNKNOWN)[0].id, NOW)

    return undone


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
        take(engine, link_of(engine, KNOWN), GivenAnswer(available=False), now=NOW)
    else:
        note(engine, said(way, "", CallOutcome.NOT_INTERESTED))
    assert seen(engine, KNOWN) == Seen(frozenset(), frozenset(), False, False, True)
    lot = load(engine, OWNER, 1).lot(1)
    (lost,) = since(lot, load_shelf(engine), NOW.date(), {KNOWN: KNOWN, UNKNOWN: UNKNOWN}).lost
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
    settle(engine, OWNER, 1, 1, KNOWN, SettledBy.ANOTHER, who=WHO, now=NOW, corrects=WHO)
    held = entry_of(engine, KNOWN)
    assert (held.status, held.rival, held.again and held.again.isoformat()) == (Status.INTERESTED, None, "2026-11-29")
    note(engine, said(AnswerWay.EMAIL, "non", CallOutcome.NOT_INTERESTED))
    settle(engine, OWNER, 1, 1, KNOWN, SettledBy.MISTAKE, who=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == first
    note(engine, said(AnswerWay.EMAIL, "non", CallOutcome.NOT_INTERESTED))
    settle(engine, OWNER, 1, 1, KNOWN, SettledBy.CHANGED, who=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == Seen(frozenset(), frozenset({GREEN}), False, False, True)
    undo(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == first
    with pytest.raises(ChangeRefused, match="n’en contredit"):
        settle(engine, OWNER, 1, 1, KNOWN, SettledBy.CHANGED, who=WHO, now=NOW)


def test_a_link_that_contradicts_the_telephone_waits_for_the_team(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED))
    refused = seen(engine, KNOWN)
    secret = link_of(engine, KNOWN)
    take(engine, secret, GivenAnswer(trades={GREEN: True}, available=True), now=NOW)
    assert seen(engine, KNOWN) == refused
    assert entry_of(engine, KNOWN).rival is not None
    (asked,) = load_campaign(engine, OWNER, 1).answered
    assert asked.answer is not None
    assert asked.answer.waiting
    settle(engine, OWNER, 1, 1, KNOWN, SettledBy.CHANGED, who=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == Seen(frozenset({GREEN}), frozenset(), True, True, True)
    (asked,) = load_campaign(engine, OWNER, 1).answered
    assert asked.answer is not None
    assert not asked.answer.waiting
    undo(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == refused


def test_an_answer_noted_once_more_is_one_answer(engine: Engine, dossier: Dossier) -> None:
    before = seen(engine, KNOWN)
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED))
    note(engine, replace(said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED), key="b", text="complet"))
    note(engine, replace(said(AnswerWay.PHONE, "oui", CallOutcome.NOT_INTERESTED), key="c", text="complet"))
    found = seen(engine, KNOWN)
    assert (found.does, found.refuses) == (frozenset({GREEN}), frozenset())
    undo(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW, corrects=WHO)
    assert seen(engine, KNOWN) == before
    with pytest.raises(ChangeRefused, match="annuler"):
        undo(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW, corrects=WHO)


def test_one_takes_back_the_answer_that_one_sees_and_may_take_back(engine: Engine, dossier: Dossier) -> None:
    no = said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED)
    note(engine, no)
    noted = seen(engine, KNOWN)
    for key, corrects, says in (("une autre", WHO, "depuis"), (no.key, "", "qui peut le corriger")):
        with pytest.raises(ChangeRefused, match=says):
            undo(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW, key=key, corrects=corrects)
        assert seen(engine, KNOWN) == noted
    undo(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW, key=no.key, corrects=WHO)
    assert not seen(engine, KNOWN).refuses


def test_a_status_set_by_hand_after_an_answer_outlives_its_undoing(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "", CallOutcome.INTERESTED))
    change(engine, OWNER, 1, [SetStatus(1, KNOWN, Status.NOT_INTERESTED)], version=None, who="Léa", now=NOW)
    undo(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW, corrects=WHO)
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
    take(engine, link_of(engine, KNOWN), GivenAnswer(workers="12"), now=NOW)
    assert waiting_by_lot(engine, OWNER) == [WaitingAnswers(1, HEADER.title, 1, 1)]


def test_who_may_not_correct_the_catalogue_leaves_the_answer_to_one_who_may(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED), corrects="")
    assert seen(engine, KNOWN).refuses == frozenset()
    assert waiting_by_lot(engine, OWNER) == [WaitingAnswers(1, HEADER.title, 1, 1)]
    take_in(engine, OWNER, 1, 1, KNOWN, who=WHO, now=NOW)
    assert seen(engine, KNOWN).refuses == {GREEN}
    assert waiting_by_lot(engine, OWNER) == []


def test_contact_data_alone_make_a_record_no_fresher(engine: Engine, dossier: Dossier) -> None:
    def updated() -> float:
        shelf = load_shelf(engine)
        row = shelf.find(UNKNOWN)
        assert row is not None
        return float(shelf[UPDATED][row])

    before = updated()
    correct(engine, UNKNOWN, {"courriel": ["accueil@atelier.example"]}, who=WHO, motive="", now=NOW)
    assert updated() == before
    correct(engine, UNKNOWN, {"effectif": ["12"]}, who=WHO, motive="", now=NOW)
    assert updated() > before


def test_whoever_a_campaign_has_written_to_is_no_longer_to_be_contacted(engine: Engine, dossier: Dossier) -> None:
    link_of(engine, KNOWN)
    held = as_written_to(load(engine, OWNER, 1), of_dossier(engine, OWNER, 1)).lot(1)
    assert [one.says for one in todo(held, NOW.date())] == ["Contacter Atelier 2."]
    assert todo(held, NOW.date() + REMINDED_AFTER)[0].says == "Relancer Atelier 1 (7 jours sans réponse)."
    note(engine, said(AnswerWay.EMAIL, "", CallOutcome.INTERESTED))
    held = as_written_to(load(engine, OWNER, 1), of_dossier(engine, OWNER, 1)).lot(1)
    assert held.entries[0].status is Status.INTERESTED


def test_what_rests_on_an_answer_says_whose_and_of_which_day(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "oui", CallOutcome.INTERESTED, UNKNOWN))
    note(engine, said(AnswerWay.EMAIL, "non", CallOutcome.NOT_INTERESTED))
    sources = field_sources(engine, {UNKNOWN}, ())[UNKNOWN]
    assert sources.of("activities", taxonomy().label(GREEN)) == "a répondu le 27 novembre 2026"
    lot, shelf = load(engine, OWNER, 1).lot(1), load_shelf(engine)
    refusal = rank(laid(lot.frozen.reading, shelf, NOW.date())).why_not(KNOWN)
    assert refusal is not None
    assert refusal.match is not None
    (activity,) = [one for one in refusal.match.contributions if one.signal == "activity"]
    assert activity.says == "a répondu ne pas le faire le 27 novembre 2026"
