"""Back to nothing: what a withdrawal, an end, a key that is dropped or a supplier that leaves takes out, and every copy of it."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine

import matcher.jobs.worker
from matcher.answers.erasing import end_agreements, end_facts, end_facts_due, forget_key
from matcher.answers.fact import SharedFact, encode_line
from matcher.answers.tables import RECEIVED
from matcher.catalogue.steward.corrections import withdraw_correction, withdraw_statement
from matcher.catalogue.steward.export import FORMS
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.steward.shareable import shareable
from matcher.catalogue.store.contacts import load_contacts
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.leaving import LEAVING
from matcher.db import compact_database, reading, writing
from matcher.decisions.groupement.answer import GroupementQuestion, join_needs
from matcher.decisions.groupement.document import groupements_document
from matcher.decisions.opinion.document import usual_opinion
from matcher.domain.match import Band, Stance
from matcher.domain.need import Need
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.asking.campaign import about_lot
from matcher.dossiers.asking.store import create_campaign
from matcher.dossiers.changes import AddLot, KeepDecision
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.privacy import mute_facts
from matcher.dossiers.store import change_dossier, create_dossier, load_dossier
from matcher.dossiers.withdrawn import TAKEN_BACK
from matcher.need.answer import answer_from, rank_need
from matcher.need.sourced import sourced_answers
from matcher.ownership import FIRST_ORGANISATION as OWNER
from matcher.reference.source_rules import Use
from tests.engines import dump
from tests.factories import siret
from tests.matcher.answers.installations import CRESS, GREEN, NOW, SAID, Installation, fact, private, withdrawal
from tests.matcher.dossiers.asking.campaigns import BY, MONTHS
from tests.matcher.dossiers.kept import HEADER, WHO

Two = tuple[Installation, Installation]
KEY = private(1)
TRUSTED = fact(KEY).cle
DIGESTS = re.compile(rb"[0-9a-f]{16,}")  # by chance one in a thousand holds the four figures of a workforce
PHONE, EMAIL = "03 53 01 20 77", "contact@atelier-essai.example"
NEED = Need(Lot("Entretien des espaces verts", lieux=(RawPlace("Maubeuge"),), montant=60_000.0, duree=12.0))


def take(here: Installation, *facts: SharedFact) -> int:
    return here.take([encode_line(line) for line in facts], trusts=TRUSTED).applied


@pytest.fixture
def pair(new_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """Installation A, and B on each database in turn."""
    there = Installation(tmp_path / "b", monkeypatch, url=new_url)
    yield Installation(tmp_path / "a", monkeypatch), there
    there.engine.dispose()


def frozen_in_a_dossier(engine: Engine) -> Dossier:
    """A dossier that freezes today's list with its sources, its opinion, and a decision."""
    shelf = load_shelf(engine)
    found = rank_need(NEED, shelf, today=NOW.date())
    dated = dated_sources(engine)
    (shortlist,) = sourced_answers([answer_from(found, found.first(10))], lambda ids: field_sources(engine, ids, dated))
    ids = tuple(match.id for match in shortlist.matches)
    made = create_dossier(engine, OWNER, HEADER, author=WHO, now=NOW)
    opinion = usual_opinion(engine, found.ranking.ask)
    question = GroupementQuestion(needs=(NEED.lot.objet,), places=("Maubeuge",))
    grouped = groupements_document(join_needs(engine, shelf, question, NOW.date()))
    changes = [AddLot("Espaces verts", freeze(shortlist), ids, opinion=opinion), KeepDecision(grouped.as_shown())]
    return change_dossier(engine, OWNER, made.id, changes, version=made.version, author=WHO, now=NOW)


def test_a_withdrawal_leaves_nothing_of_the_fact_anywhere(pair: Two) -> None:
    """The canary: a telephone, an address and a workforce that nobody else has, followed from A to B and back to nothing."""
    here, there = pair
    number = here.answered(1, {**SAID, "effectif": ["4321"], "telephone": [PHONE], "courriel": [EMAIL]})
    before = frozen_in_a_dossier(there.enter().engine)
    there.take(here.export(), trusts=here.key)
    dossier = frozen_in_a_dossier(there.engine)
    ids = [entry.match.id for entry in dossier.lot(1).entries]
    create_campaign(there.engine, OWNER, about_lot(dossier, 1, BY), ids, BY, author=WHO, now=NOW, months=MONTHS)
    canaries = (b"353012077", b"atelier-essai", b"4321", CRESS.encode(), "répondu ailleurs".encode())
    assert [traces(there, canary) for canary in canaries if not traces(there, canary)] == []
    assert "+33353012077" in [one.value for one in load_contacts(there.engine, there.known(1).id)]
    here.enter()
    with writing(here.engine) as connection:
        withdraw_statement(connection, number, now=NOW)
    assert there.take(here.export()).erased == 1
    load_shelf(there.engine)
    assert (there.known(1).activities, there.known(1).refused_activities, there.known(1).workers) == ((), (), None)
    assert {canary: traces(there, canary) for canary in canaries} == {key: [] for key in canaries}
    after = load_dossier(there.engine, OWNER, dossier.id).lot(1)
    then, now = dossier.lot(1).entries, after.entries
    assert [(one.match.name, one.match.rank) for one in now] == [(one.match.name, one.match.rank) for one in then]
    (muted,) = [one.match for one in now if one.match.id == there.known(1).id]
    assert (muted.known_for, muted.band) == ((), Band.A_APPELER)
    assert [one.says for one in muted.contributions if one.stance is Stance.FOR].count(TAKEN_BACK) == 1
    others = [one for one in then if one.match.id != muted.id]
    assert [one for one in now if one.match.id != muted.id] == others
    assert load_dossier(there.engine, OWNER, before.id) == before, "what was frozen before it came stands"


@pytest.mark.parametrize("how", ["withdrawal", "end", "key"])
def test_what_the_team_had_withdrawn_of_a_fact_goes_too(two: Two, how: str) -> None:
    _, there = two
    said = fact(KEY, 1, telephone="+33353012077", effectif=4321)
    take(there, said)
    dossier = frozen_in_a_dossier(there.engine)
    ids = [entry.match.id for entry in dossier.lot(1).entries]
    create_campaign(there.engine, OWNER, about_lot(dossier, 1, BY), ids, BY, author=WHO, now=NOW, months=MONTHS)
    with reading(there.engine) as connection:
        number = connection.execute(RECEIVED.select()).one().correction_id
    withdraw_correction(there.engine, number, now=NOW)
    canaries = (b"353012077", CRESS.encode(), b"4321")
    assert traces(there, CRESS.encode())
    if how == "withdrawal":
        there.take([encode_line(withdrawal(KEY, said))])
    elif how == "key":
        forget_key(there.engine, "cress", mute_facts)
    else:
        end_facts_due(there.engine, said.fin, mute_facts)
    load_shelf(there.engine)
    assert {canary: traces(there, canary) for canary in canaries} == {canary: [] for canary in canaries}
    (entry,) = [
        one for one in load_dossier(there.engine, OWNER, dossier.id).lot(1).entries if one.match.id == there.known(1).id
    ]
    assert TAKEN_BACK in [one.says for one in entry.match.contributions]


def test_a_key_trusted_again_brings_no_withdrawn_fact_back(two: Two) -> None:
    _, there = two
    said = fact(KEY, 1)
    take(there, said)
    there.take([encode_line(withdrawal(KEY, said))])
    forget_key(there.engine, "cress", mute_facts)
    assert there.take([encode_line(said)], trusts=TRUSTED).refusals[0].reason == "retirée depuis"
    assert there.known(1).activities == ()


def traces(one: Installation, canary: bytes) -> list[str]:
    """Every table, every file of an installation and every form of its export that holds the canary."""
    compact_database(one.engine)
    files = [
        path.name for path in one.folder.rglob("*") if path.is_file() and canary in DIGESTS.sub(b"", path.read_bytes())
    ]
    table_rows = ((str(row[0]), " ".join(map(str, row)).encode()) for row in dump(one.engine, numbers=True))
    rows = {table for table, text in table_rows if canary in DIGESTS.sub(b"", text)}
    leaving = shareable(one.engine, Use.EXPORT, contacts_since=None)
    forms = (form.file(leaving.suppliers, leaving.mentions) for name, form in FORMS.items() if name != "xlsx")
    texts = [text if isinstance(text, bytes) else str(getattr(text, "content", text)).encode() for text in forms]
    return [*files, *sorted(rows), *(["export"] if any(canary in text for text in texts) else [])]


def test_facts_past_their_end_and_those_of_a_key_that_is_trusted_no_more_go(two: Two) -> None:
    _, there = two
    take(there, fact(KEY, 1, fin=date(2027, 1, 1)), fact(KEY, 2), fact(KEY, 50, fin=date(2027, 1, 1)))
    with writing(there.engine) as connection:
        assert end_facts(connection, date(2026, 12, 31), mute_facts) == 0
        assert end_facts(connection, date(2027, 1, 1), mute_facts) == 2
    assert (there.known(1).activities, len(there.known(2).activities)) == ((), 1)
    assert forget_key(there.engine, "cress", mute_facts) == 1
    assert there.known(2).activities == ()
    with reading(there.engine) as connection:
        assert connection.execute(RECEIVED.select()).all() == []
    late = [encode_line(fact(KEY, 3))]
    assert "clé inconnue" in there.take(late).refusals[0].reason


def test_an_installation_that_imports_no_more_lets_go_by_itself(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = two
    here.answered(1)
    there.take(here.export(), trusts=here.key)
    monkeypatch.setattr(matcher.jobs.worker, "LOOK_S", 0.001)
    for today, left in ((date(2028, 6, 1), [GREEN]), (date(2028, 6, 2), [])):
        over = Event()

        def looked(today: date = today, over: Event = over) -> None:
            end_facts_due(there.engine, today, mute_facts)
            over.set()

        worker = matcher.jobs.worker.Worker(matcher.jobs.worker.WorkStore(there.engine), (), forget=looked)
        worker.watch(over)
        assert [one.code for one in there.known(1).activities] == left
    with writing(here.engine) as connection:
        assert [end_agreements(connection, day) for day in (date(2028, 6, 1), date(2028, 6, 2))] == [0, 1]


def test_a_supplier_that_leaves_takes_what_waits_of_it_along(two: Two) -> None:
    _, there = two
    take(there, fact(KEY, 1), fact(KEY, 2))
    opt_out(there.engine, siret(1), author="Léa", motive="", now=NOW, leaving=LEAVING)
    with reading(there.engine) as connection:
        assert [row.siret for row in connection.execute(RECEIVED.select())] == [siret(2)]
