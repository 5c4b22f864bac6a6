"""Incidents in the journal: counted by minute, bounded whatever the flood, on a network and never an address."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import Engine

from matcher.accounts import audit
from matcher.accounts.audit import AuditFilter, AuditKind
from matcher.accounts.incidents import MOST_A_MINUTE, OTHERS, Incident, IncidentCounter, network_of
from matcher.db import open_database, writing
from matcher.ownership import FIRST_ORGANISATION
from tests.waiting import awaited

NOW = datetime(2026, 11, 28, 9, 30, 20, tzinfo=UTC)
FORGED = Incident(AuditKind.FORM_REFUSAL, "envoie un formulaire forgé", network="192.0.2.0/24")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::77", "2001:db8:1::/48"),
        ("", ""),
        ("ailleurs", ""),
    ],
)
def test_a_network_tells_no_person_from_their_neighbours(address: str, network: str) -> None:
    assert network_of(address) == network


def test_what_is_refused_again_in_the_same_minute_is_counted(engine: Engine) -> None:
    counter = IncidentCounter(engine)
    for second in range(45):
        counter.count(FORGED, NOW + timedelta(seconds=second))
    counter.write()
    assert [(line.at.minute, line.times) for line in audit.read_whole_journal(engine)] == [(31, 5), (30, 40)]
    assert audit.read_journal(engine, FIRST_ORGANISATION) == [], "an incident of nobody is of the whole installation"


def test_a_flood_is_a_few_lines_and_a_few_writes_whatever_it_says(engine: Engine) -> None:
    counter = IncidentCounter(engine)
    for at in range(5_000):
        one = Incident(AuditKind.REFUSAL, "demande", network=f"10.{at // 250}.{at % 250}.0/24")
        counter.count(one, NOW + timedelta(milliseconds=at))
    counter.write()
    lines = audit.read_whole_journal(engine, most=1_000)
    assert len(lines) == MOST_A_MINUTE + 1
    assert sum(line.times for line in lines) == 5_000, "each is counted"
    assert lines[0].action == OTHERS


def test_what_the_database_cannot_take_now_is_written_later(new_url: str) -> None:
    engine = open_database(new_url, busy_timeout_s=0.05)
    counter = IncidentCounter(engine)
    counter.count(FORGED, NOW)
    with writing(engine):
        other = Thread(target=counter.write)
        other.start()
        other.join()
    assert audit.read_whole_journal(engine) == []
    counter.count(FORGED, NOW + timedelta(seconds=2))
    counter.write()
    assert [line.times for line in audit.read_whole_journal(engine)] == [2]
    engine.dispose()


def test_a_watch_writes_what_is_seen_and_what_is_left_at_the_end(engine: Engine) -> None:
    counter, over = IncidentCounter(engine), Event()
    watch = Thread(target=counter.write_until, args=(over,))
    watch.start()
    counter.count(FORGED, NOW)
    awaited(lambda: len(audit.read_whole_journal(engine)), lambda lines: lines == 1)
    counter.count(FORGED, NOW)
    over.set()
    watch.join()
    assert [line.times for line in audit.read_whole_journal(engine)] == [2]


def test_lines_are_asked_for_by_person_kind_and_period_from_any_of_them_on(engine: Engine) -> None:
    for day in range(1, 6):
        kind = AuditKind.EXPORT if day % 2 else AuditKind.TOKEN
        audit.commit_audit_line(engine, at=NOW.replace(day=day), author="Léa", action=f"jour {day}", kind=kind)
    told = [line.action for line in audit.read_whole_journal(engine, AuditFilter(kind=AuditKind.EXPORT))]
    assert told == ["jour 5", "jour 3", "jour 1"]
    period = AuditFilter("Léa", first=NOW.replace(day=2).date(), last=NOW.replace(day=4).date())
    first = audit.read_whole_journal(engine, period, most=2)
    assert [line.action for line in first] == ["jour 4", "jour 3"]
    after = AuditFilter("Léa", first=period.first, last=period.last, before=first[-1].id)
    assert [line.action for line in audit.read_whole_journal(engine, after)] == ["jour 2"]
    assert audit.read_whole_journal(engine, AuditFilter("Jean")) == []
