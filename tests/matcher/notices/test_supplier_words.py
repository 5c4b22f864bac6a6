"""The words that a supplier reads of a lot: one for each gate and evidence, and how long is left."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from matcher.domain.notice import Deadline
from matcher.domain.supplier import Evidence
from matcher.notices.supplier_words import EVIDENCE, REFUSED, SAID, supplier_sentence, time_left
from matcher.ranking.gates import GATES
from matcher.ranking.signals import BY_KEY

REUNION = timezone(timedelta(hours=4))


def test_every_gate_and_evidence_has_its_words_and_no_signal_is_made_up() -> None:
    assert set(REFUSED) == {gate.key for gate in GATES}
    assert set(EVIDENCE) == set(Evidence)
    assert set(SAID) <= set(BY_KEY)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 12, 3, 12, tzinfo=UTC), "dans 6 jours"),
        (datetime(2026, 11, 28, 9, tzinfo=UTC), "demain"),
        (datetime(2026, 11, 27, 17, 5, tzinfo=UTC), "aujourd’hui à 17\u00a0h\u00a005"),
        (datetime(2026, 11, 28, 1, tzinfo=REUNION), "aujourd’hui à 1\u00a0h\u00a000"),
        (datetime(2026, 11, 27, 8, tzinfo=UTC), "date limite passée"),
    ],
)
def test_days_are_those_of_the_zone_of_the_deadline(at: datetime, said: str) -> None:
    now = datetime(2026, 11, 27, 20 if at.tzinfo is REUNION else 8, tzinfo=UTC)
    assert time_left(Deadline(at), now) == said


def test_a_deadline_that_is_not_known_is_none() -> None:
    assert time_left(None, datetime(2026, 11, 27, tzinfo=UTC)) == "date limite non connue"


def test_a_sentence_begins_with_a_capital_and_ends() -> None:
    assert supplier_sentence("le lot est à 9 km") == "Le lot est à 9\u00a0km."
    assert supplier_sentence("est-ce bien le vôtre ?") == "Est-ce bien le vôtre\u202f?"
