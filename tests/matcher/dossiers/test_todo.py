"""What is to be done next for a lot, from what is known of each supplier."""

from dataclasses import replace
from datetime import date, timedelta

from matcher.dossiers.dossier import Entry, SavedLot, Status
from matcher.dossiers.todo import REMINDED_AFTER, todo
from tests.matcher.dossiers.kept import CANDIDATES, with_list

TODAY = date(2026, 11, 25)


def lot(*entries: tuple[Status, int]) -> SavedLot:
    """A lot of suppliers A, B, C…, each of a status since so many days."""
    kept = tuple(
        Entry(match, status=status, status_on=TODAY - timedelta(days=days))
        for match, (status, days) in zip(CANDIDATES, entries, strict=False)
    )
    return replace(with_list().lot(1), entries=kept)


def says(held: SavedLot, deadline: date | None = None) -> str:
    return " ".join(one.says for one in todo(held, TODAY, deadline))


def test_an_empty_list_is_to_be_filled() -> None:
    assert says(lot()).startswith("Retenir au moins une structure")


def test_who_is_silent_is_reminded_before_others_are_called() -> None:
    held = lot((Status.CONTACTED, 9), (Status.TO_CONTACT, 0), (Status.NO_ANSWER, 3), (Status.CONTACTED, 2))
    found = todo(held, TODAY)
    assert [one.says for one in found] == [
        "Relancer Atelier A et Atelier C (9 jours sans réponse).",
        "Contacter Atelier B.",
    ]
    assert found[0].suppliers == (CANDIDATES[0].id, CANDIDATES[2].id)


def test_a_week_is_left_to_answer() -> None:
    days = REMINDED_AFTER.days
    assert says(lot((Status.CONTACTED, days - 1))).startswith("Attendre Atelier A")
    assert says(lot((Status.CONTACTED, days))).startswith("Relancer Atelier A")


def test_a_day_that_is_past_is_said() -> None:
    held = lot((Status.CONTACTED, 1))
    assert "avant le 1ᵉʳ décembre 2026" in says(held, date(2026, 12, 1))
    assert "étaient attendues le 24 novembre 2026" in says(held, date(2026, 11, 24))


def test_when_all_have_answered_it_concludes() -> None:
    no, yes = (Status.NOT_INTERESTED, 1), (Status.INTERESTED, 1)
    assert says(lot(no, no)).startswith("Toutes ont répondu non")
    assert says(lot(yes, no)).startswith("1 structure intéressée")
    assert "le lot peut être préparé" in says(lot(yes, yes, yes))


def test_many_are_counted_and_who_has_left_is_not_named() -> None:
    held = lot(*[(Status.TO_CONTACT, 0)] * 5)
    assert says(held) == "Contacter Atelier A, Atelier B, Atelier C et 2 autres."
    gone = replace(held, entries=(replace(held.entries[0], withdrawn=True), held.entries[1]))
    assert says(gone) == "Contacter Atelier B."
