"""`dossier award` and `remove-award`: a contract noted on the command line, each refusal and its code."""

import pytest

from tests.matcher.cli.conftest import Run
from tests.matcher.cli.dossiers.test_dossier import FIRST, shown, started  # noqa: F401  # the same dossier

GIVEN = ("dossier", "award", 1, "--notifie", "2026-11-10", "--par", "Léa")


def test_a_contract_is_noted_and_taken_out(started: Run) -> None:  # noqa: F811
    done = started(*GIVEN, "--montant", "180 k€", "--siret-titulaire", FIRST, "--levier", "clause", "--levier", "12")
    assert "note l’attribution du lot 1" in done.said
    (noted,) = shown(started)["contracts"]
    assert (noted["amount"], noted["levers"], noted["winner_siret"]) == (180_000, ["12", "clause"], FIRST)
    assert started("dossier", "remove-award", 1, "--par", "Léa").code == 1
    assert started("dossier", "remove-award", 1, "--motif", "erreur", "--par", "Léa").code == 0
    assert shown(started)["contracts"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--levier", "aucun", "--levier", "12"), 2),
        (("--siret-titulaire", "123"), 2),
        (("--lot", "7"), 1),
        (("--montant", "0"), 2),
    ],
)
def test_what_cannot_be_noted_is_refused(started: Run, more: tuple[str, ...], code: int) -> None:  # noqa: F811
    assert started(*GIVEN, *more).code == code
    assert shown(started)["contracts"] == []
