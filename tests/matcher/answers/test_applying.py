"""Facts taken in: evidence with its origin and its own weight, the latest first, contradictions shown."""

from datetime import date

from matcher.answers.fact import SharedFact, encode_line
from matcher.catalogue.identity.trust import SHARED
from matcher.catalogue.steward.corrections import correct_supplier, corrections_of
from matcher.catalogue.steward.readings import read_conflicts, read_quality
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources
from matcher.db import writing
from matcher.domain.supplier import Evidence
from matcher.ranking.shelf.activity_clues import STRENGTH, strongest_clues
from tests.factories import siret, taking
from tests.matcher.answers.installations import CRESS, GREEN, NOW, SAID, WASH, Installation, fact, private, state_answer
from tests.matcher.dossiers.asking.campaigns import supplier

Two = tuple[Installation, Installation]
KEY = private(1)
TRUSTED = fact(KEY).cle
PHONE = "03 53 01 20 77"


def take(here: Installation, *facts: SharedFact) -> int:
    return here.take([encode_line(one) for one in facts], trusts=TRUSTED).applied


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
    assert next(clue for clue in strongest_clues(theirs) if clue.code == GREEN).sure
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
    correct_supplier(there.engine, siret(1), {"effectif": ["40"]}, author="Léa", motive="", now=NOW)
    assert there.known(1).workers == 40


def test_two_answers_that_contradict_each_other_are_asked_about_until_the_team_says(two: Two) -> None:
    _, there = two
    with writing(there.engine) as connection:
        state_answer(connection, f"siret:{siret(1)}", {"ne-fait-pas": [GREEN]}, NOW, on=date(2026, 11, 1))
    assert list(read_conflicts(there.engine)) == []
    take(there, fact(KEY, 1))
    (found,) = read_conflicts(there.engine)
    assert (found.field, found.kept.source, found.other.source) == ("métier", SHARED, "structure")
    quality = read_quality(there.engine, stale_before=NOW.date())
    assert quality.conflicts == {"métier": 1}
    by_source = {source.source: source.fields["activite"].conflicting for source in quality.sources}
    assert (by_source[SHARED], by_source["structure"]) == (1, 1)
    assert found.kept.value.startswith("fait « ")
    assert found.other.value.startswith("ne fait pas « ")
    assert [one.code for one in there.known(1).activities] == [GREEN], "the latest counts meanwhile"
    correct_supplier(there.engine, siret(1), {"activite": [GREEN]}, author="Léa", motive="rappelée", now=NOW)
    assert list(read_conflicts(there.engine)) == []


def test_a_fact_waits_for_its_supplier_and_enters_with_the_next_file(two: Two) -> None:
    _, there = two
    assert take(there, fact(KEY, 40)) == 0
    everyone = [supplier(number) for number in (1, 2, 3, 40)]
    taking(there.engine, there.folder, NOW)(*everyone)
    assert take(there, fact(KEY, 2)) == 2
    assert [one.code for one in there.known(40).activities] == [GREEN]


def test_a_fact_of_a_finess_number_enters_too(two: Two) -> None:
    _, there = two
    alone = supplier(60, siret="", finess="590000014")
    taking(there.engine, there.folder, NOW)(*(supplier(number) for number in (1, 2, 3)), alone)
    assert take(there, fact(KEY, 60, siret="", finess="590000014")) == 1
