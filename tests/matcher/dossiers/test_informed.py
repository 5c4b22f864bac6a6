"""The register of what suppliers were told: each once, in order of time, and what was not written said so."""

from datetime import date, timedelta

from matcher.dossiers.dossier import CallOutcome, Status
from matcher.dossiers.entry_changes import Consult, RecordCall, SetStatus
from matcher.dossiers.informed import register, told_by_hand
from matcher.journal.change import append
from tests.matcher.dossiers.kept import AT, IDS, WHO, with_list

SENT = Consult(1, IDS[:2], "Consultation préalable", "Pouvez-vous nous dire…")


def test_a_call_says_the_questions_put_and_that_nothing_was_said_to_nobody() -> None:
    dossier = with_list()
    for place, (outcome, key) in enumerate(((CallOutcome.INTERESTED, "a"), (CallOutcome.NO_ANSWER, "b"))):
        call = RecordCall(1, IDS[place], outcome, date(2026, 11, 20), key, ("reserve", "reponse"))
        dossier = append(dossier, call, at=AT, who=WHO)
    spoken, silent = (row.cells for row in register(told_by_hand(dossier, 1)).rows)
    assert spoken[2:4] == ("Atelier A", "appel : intéressé")
    assert str(spoken[4]).replace("\u202f", " ") == "Répondriez-vous à un lot réservé ? Y répondriez-vous ?"
    assert silent[2:5] == ("Atelier B", "appel : pas de réponse", "rien n’a pu être dit")


def test_each_supplier_has_its_line_in_order_of_time() -> None:
    dossier = append(with_list(), SENT, at=AT + timedelta(days=2), who=WHO)
    dossier = append(dossier, SetStatus(1, IDS[2], Status.CONTACTED, date(2026, 11, 17)), at=AT, who="Zoé")
    dossier = append(dossier, SetStatus(1, IDS[2], Status.INTERESTED), at=AT, who="Zoé")
    rows = [row.cells for row in register(told_by_hand(dossier, 1)).rows]
    assert [row[:4] for row in rows] == [
        ("17 novembre 2026", "Zoé", "Atelier C", "contact noté"),
        ("18 novembre 2026", WHO, "Atelier A", "message"),
        ("18 novembre 2026", WHO, "Atelier B", "message"),
    ]
    assert [row[5] for row in rows] == ["", SENT.text, SENT.text]
    assert rows[0][4] == "non noté"
    assert list(told_by_hand(dossier, 2)) == []
    assert register(()).rows == ()
