"""A file read: what is refused, each line with its number; the rest counted, and nothing written until a person lets it in."""

import io
from datetime import date, timedelta

import pytest

from matcher.answers.fact import LONGEST_LINE, encode_line
from matcher.answers.intake import numbered_lines
from matcher.answers.tables import RECEIVED
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.read import catalogue_version
from matcher.db import reading
from tests.factories import siret
from tests.matcher.answers.installations import (
    GREEN,
    NOW,
    TODAY,
    WASH,
    Installation,
    altered,
    fact,
    private,
    withdrawal,
)

Two = tuple[Installation, Installation]
KEY, STRANGER = private(1), private(2)
TRUSTED = fact(KEY).cle


def test_nothing_is_written_until_a_person_has_looked_at_the_count(two: Two) -> None:
    _, here = two
    before = catalogue_version(here.engine)
    lines = [encode_line(fact(KEY, 1, refus=[WASH])), encode_line(fact(KEY, 2)), encode_line(fact(KEY, 500))]
    counted = here.take(lines, trusts=TRUSTED, accept=False)
    assert (counted.lines, counted.facts, counted.absent, counted.refused, counted.accepted) == (3, 3, 1, 0, False)
    assert {counted.names[key]: figure for key, figure in counted.by_supplier.items()} == {
        "Atelier 1": 1,
        "Atelier 2": 1,
    }
    assert dict(counted.by_trade) == {(GREEN, True): 3, (WASH, False): 1}
    assert dict(counted.by_key) == {"cress": 3}
    assert catalogue_version(here.engine) == before
    with reading(here.engine) as connection:
        assert connection.execute(RECEIVED.select()).all() == []
    taken = here.take(lines)
    assert (taken.accepted, taken.applied, taken.digest) == (True, 2, counted.digest)
    assert [one.code for one in here.known(1).activities] == [GREEN]


REFUSED = [
    (encode_line(fact(STRANGER)), "clé inconnue"),
    (altered(fact(KEY), effectif=900), "signature fausse"),
    (altered(fact(STRANGER), cle=TRUSTED), "signature fausse"),
    (encode_line(fact(KEY, fin=TODAY)), "périmée depuis le 2 décembre 2026"),
    (encode_line(fact(KEY, date_maj=TODAY + timedelta(days=2))), "à venir"),
    (encode_line(fact(KEY, fin=date(2030, 1, 1))), "plus de 36 mois"),
    (encode_line(fact(KEY)).replace(b'"version":1', b'"version":2'), "version 2"),
    (b"pas une ligne", "objet JSON"),
    (b'{"format":"entremise-reponses","version":1,"id":"' + b"0" * LONGEST_LINE, "octets"),
    (encode_line(fact(KEY, metiers=["metier.invente"])), "métier inconnu : metier.invente"),
    (encode_line(fact(KEY, refus=[GREEN])), "dit et refuse le même métier"),
    (encode_line(fact(KEY, courriel="jeanne.martin@atelier.example")), "boîte de service"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_a_line_that_is_refused_is_told_with_its_number_and_the_rest_enters(
    two: Two, content: bytes, reason: str
) -> None:
    _, here = two
    report = here.take([encode_line(fact(KEY, 2)), content, encode_line(fact(KEY, 3))], trusts=TRUSTED)
    assert [(one.number, reason in one.reason) for one in report.refusals] == [(2, True)]
    assert (report.applied, report.refused) == (2, 1)


def test_what_was_received_or_withdrawn_or_opposed_enters_no_more(two: Two) -> None:
    _, here = two
    one, other = fact(KEY, 1), fact(KEY, 2)
    report = here.take([encode_line(one), encode_line(one)], trusts=TRUSTED)
    assert [(line.number, line.reason) for line in report.refusals] == [(2, "deux fois dans ce fichier")]
    again = here.take([encode_line(one)])
    assert (again.already, again.facts, again.refused) == (1, 0, 0), "a whole file is handed over each time"
    assert here.take([encode_line(withdrawal(KEY, one))]).erased == 1
    assert [line.reason for line in here.take([encode_line(one)]).refusals] == ["retirée depuis"]
    assert here.take([encode_line(withdrawal(KEY, one))]).already == 1
    opt_out(here.engine, siret(2), author="Léa", motive="", now=NOW)
    assert [line.reason for line in here.take([encode_line(other)]).refusals] == [
        "fournisseur retiré du catalogue à sa demande"
    ]


def test_a_withdrawal_holds_wherever_it_stands_in_the_file(two: Two) -> None:
    _, here = two
    one = fact(KEY, 1)
    for lines in ([withdrawal(KEY, one), one], [one, withdrawal(KEY, one)]):
        report = here.take([encode_line(line) for line in lines], trusts=TRUSTED)
        assert (report.applied, here.known(1).activities) == (0, ())


def test_an_installation_takes_nothing_of_its_own(two: Two) -> None:
    here, _ = two
    here.answered(1)
    (refused,) = here.take(here.export()).refusals
    assert refused.reason == "cette installation l’a elle-même signée"


def test_a_file_other_than_the_one_that_was_looked_at_is_not_taken_in(two: Two) -> None:
    _, here = two
    seen = here.take([encode_line(fact(KEY, 1))], trusts=TRUSTED, accept=False).digest
    assert not here.take([encode_line(fact(KEY, 2))], seen=seen).accepted
    assert here.take([encode_line(fact(KEY, 1))], seen=seen).accepted


def test_lines_are_read_one_at_a_time_and_a_long_one_keeps_its_number() -> None:
    file = io.BytesIO(b"a\n\n" + b"b" * (3 * LONGEST_LINE) + b"\r\nc")
    read = list(numbered_lines(file))
    assert [(number, content[:1], len(content) > LONGEST_LINE) for number, content in read] == [
        (1, b"a", False),
        (3, b"b", True),
        (4, b"c", False),
    ]


def test_nothing_is_lost_of_a_file_of_many_lines_good_and_bad(two: Two) -> None:
    """Each line is one of the counts; beyond the most that are shown, refusals are counted still."""
    _, here = two
    good = [encode_line(fact(KEY, number, siret=siret(1 + number % 3))) for number in range(1, 61)]
    bad = [content for content, _ in REFUSED] * 100
    lines = [line for place in range(60) for line in (good[place], *bad[place * 20 : place * 20 + 20])]
    report = here.take([*lines, *good], trusts=TRUSTED)
    assert (report.facts, report.applied) == (60, 60)
    assert report.lines == report.facts + report.withdrawals + report.already + report.refused == len(lines) + 60
    assert len(report.refusals) == 1_000 < report.refused
    assert all(lines[one.number - 1] not in good for one in report.refusals)
    assert here.take(good).already == 60
