"""Facts taken in: evidence with its origin and its own weight, the latest first, contradictions shown; and back to nothing."""

from datetime import date

from matcher.answers.applying import end_facts, forget_key
from matcher.answers.fact import SharedFact, written
from matcher.answers.tables import RECEIVED
from matcher.catalogue.identity.trust import SHARED
from matcher.catalogue.steward.corrections import correct, corrections_of, unstate
from matcher.catalogue.steward.export import FORMS
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.steward.readings import read_conflicts
from matcher.catalogue.steward.shareable import shareable
from matcher.catalogue.store.contacts import load_contacts
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.leaving import LEAVING
from matcher.db import compact, reading, writing
from matcher.domain.supplier import Evidence
from matcher.ranking.shelf.activity_clues import STRENGTH, clues
from matcher.reference.source_rules import Use
from tests.factories import siret, taking
from tests.matcher.answers.installations import CRESS, GREEN, NOW, SAID, WASH, Installation, fact, private, state_answer
from tests.matcher.dossiers.asking.campaigns import supplier

Two = tuple[Installation, Installation]
KEY = private(1)
TRUSTED = fact(KEY).cle
PHONE = "03 53 01 20 77"


def take(here: Installation, *facts: SharedFact) -> int:
    return here.take([written(one) for one in facts], trusts=TRUSTED).applied


def test_a_record_says_there_what_it_says_here_with_who_was_answered_and_when(two: Two) -> None:
    here, there = two
    here.answered(1, {**SAID, "telephone": [PHONE]})
    there.take(here.export(), trusts=here.key)
    mine, theirs = here.known(1), there.known(1)
    for name in ("workers", "area_codes", "contract_size", "updated", "siret", "name", "sites"):
        assert getattr(mine, name) == getattr(theirs, name), name
    (activity,) = theirs.activities
    assert (activity.code, activity.evidence, activity.source) == (GREEN, Evidence.SHARED, SHARED)
    assert [one.code for one in theirs.refused_activities] == [WASH]
    assert 0 < STRENGTH[Evidence.SHARED] < STRENGTH[Evidence.ANSWER]
    assert next(clue for clue in clues(theirs) if clue.code == GREEN).sure
    (correction,) = corrections_of(there.engine, theirs.id)
    assert (correction.who, "par son lien" in correction.motive, "« cress »" in correction.motive) == (
        CRESS,
        True,
        True,
    )
    sources = field_sources(there.engine, [theirs.id], dated_sources(there.engine))
    assert f"a répondu à {CRESS}, le 2 décembre 2026" in str(sources[theirs.id])


def test_the_latest_answer_speaks_first_whoever_was_answered_and_the_team_before_both(two: Two) -> None:
    _, there = two
    old, new = date(2026, 10, 1), date(2026, 12, 1)
    take(there, fact(KEY, 1, date_maj=old, effectif=5), fact(KEY, 11, siret=siret(1), date_maj=new, effectif=9))
    assert there.known(1).workers == 9
    with writing(there.engine) as connection:
        state_answer(connection, f"siret:{siret(1)}", {"effectif": ["7"]}, NOW, on=date(2026, 11, 1))
    assert there.known(1).workers == 9
    with writing(there.engine) as connection:
        state_answer(connection, f"siret:{siret(1)}", {"effectif": ["8"]}, NOW, on=date(2026, 12, 1))
    assert there.known(1).workers == 8, "of one day, what was said here"
    correct(there.engine, siret(1), {"effectif": ["40"]}, who="Léa", motive="", now=NOW)
    assert there.known(1).workers == 40


def test_two_answers_that_contradict_each_other_are_asked_about_until_the_team_says(two: Two) -> None:
    _, there = two
    with writing(there.engine) as connection:
        state_answer(connection, f"siret:{siret(1)}", {"ne-fait-pas": [GREEN]}, NOW, on=date(2026, 11, 1))
    assert list(read_conflicts(there.engine)) == []
    take(there, fact(KEY, 1))
    (found,) = read_conflicts(there.engine)
    assert (found.field, found.kept.source, found.other.source) == ("métier", SHARED, "structure")
    assert found.kept.value.startswith("fait « ")
    assert found.other.value.startswith("ne fait pas « ")
    assert [one.code for one in there.known(1).activities] == [GREEN], "the latest counts meanwhile"
    correct(there.engine, siret(1), {"activite": [GREEN]}, who="Léa", motive="rappelée", now=NOW)
    assert list(read_conflicts(there.engine)) == []


def test_a_fact_waits_for_its_supplier_and_enters_with_the_next_file(two: Two) -> None:
    _, there = two
    assert take(there, fact(KEY, 40)) == 0
    everyone = [supplier(number) for number in (1, 2, 3, 40)]
    taking(there.engine, there.folder, NOW)(*everyone)
    assert take(there, fact(KEY, 2)) == 2
    assert [one.code for one in there.known(40).activities] == [GREEN]


def test_a_withdrawal_leaves_nothing_of_the_fact_anywhere(two: Two) -> None:
    """The canary: a telephone and a workforce that nobody else has, followed from A to B and back to nothing."""
    here, there = two
    link = {**SAID, "effectif": ["4321"], "telephone": [PHONE]}
    number = here.answered(1, link)
    there.take(here.export(), trusts=here.key)
    load_shelf(there.engine)
    canaries = (b"353012077", b"4321", CRESS.encode())
    assert all(traces(there, canary) for canary in canaries)
    assert [one.value for one in load_contacts(there.engine, there.known(1).id) if one.type == "phone"] == [
        "+33353012077"
    ]
    here.enter()
    with writing(here.engine) as connection:
        unstate(connection, number, now=NOW)
    there.take(here.export())
    load_shelf(there.engine)
    assert (there.known(1).activities, there.known(1).refused_activities, there.known(1).workers) == ((), (), None)
    assert {canary: traces(there, canary) for canary in canaries} == {key: [] for key in canaries}
    assert GREEN.encode() not in exported(there)


def traces(one: Installation, canary: bytes) -> list[str]:
    """Every file of an installation, and every form of its export, that holds the canary."""
    compact(one.engine)
    found = [path.name for path in one.folder.rglob("*") if path.is_file() and canary in path.read_bytes()]
    return [*found, *(["export"] if canary in exported(one) else [])]


def exported(one: Installation) -> bytes:
    leaving = shareable(one.engine, Use.EXPORT)
    files = (form.file(leaving.suppliers, leaving.mentions) for name, form in FORMS.items() if name in ("csv", "json"))
    return b"".join(text if isinstance(text, bytes) else str(getattr(text, "content", text)).encode() for text in files)


def test_facts_past_their_end_and_those_of_a_key_that_is_trusted_no_more_go(two: Two) -> None:
    _, there = two
    take(there, fact(KEY, 1, fin=date(2027, 1, 1)), fact(KEY, 2), fact(KEY, 50, fin=date(2027, 1, 1)))
    with writing(there.engine) as connection:
        assert end_facts(connection, date(2026, 12, 31)) == 0
        assert end_facts(connection, date(2027, 1, 1)) == 2
    assert (there.known(1).activities, len(there.known(2).activities)) == ((), 1)
    assert forget_key(there.engine, "cress") == 1
    assert there.known(2).activities == ()
    with reading(there.engine) as connection:
        assert connection.execute(RECEIVED.select()).all() == []
    late = [written(fact(KEY, 3))]
    assert "clé inconnue" in there.take(late).refusals[0].reason


def test_a_supplier_that_leaves_takes_what_waits_of_it_along(two: Two) -> None:
    _, there = two
    take(there, fact(KEY, 1), fact(KEY, 2))
    opt_out(there.engine, siret(1), who="Léa", motive="", now=NOW, leaving=LEAVING)
    with reading(there.engine) as connection:
        assert [row.siret for row in connection.execute(RECEIVED.select())] == [siret(2)]


def test_a_fact_of_a_finess_number_enters_too(two: Two) -> None:
    _, there = two
    alone = supplier(60, siret="", finess="590000014")
    taking(there.engine, there.folder, NOW)(*(supplier(number) for number in (1, 2, 3)), alone)
    assert take(there, fact(KEY, 60, siret="", finess="590000014")) == 1
