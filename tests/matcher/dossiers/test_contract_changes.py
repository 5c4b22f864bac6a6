"""The contracts of a dossier: noted, replaced, refused where they cannot be, forgotten with their winner, kept by the journal."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.dossiers.changes import ACTIONS, RemoveLot
from matcher.dossiers.contract_changes import RecordContract, RemoveContract, contract_lines
from matcher.dossiers.dossier import WHOLE, AwardedContract, Dossier, Stage
from matcher.dossiers.withdrawn import WITHDRAWN, mute_change, withdraw_suppliers
from matcher.journal.change import ChangeRefused, append, change_of, line_row, replay
from tests.factories import siret
from tests.matcher.dossiers.kept import AT, WHO, opened, with_list

NOTED = AwardedContract(1, date(2026, 11, 10), 180_000.0, "Atelier A", siret(1), ("13", "clause"))


def noted(dossier: Dossier, *contracts: AwardedContract) -> Dossier:
    return append(dossier, *map(RecordContract, contracts), at=AT, author=WHO)


def test_a_contract_is_noted_and_the_purchase_is_awarded() -> None:
    its = noted(with_list(), NOTED)
    assert its.contracts == (NOTED,)
    assert its.course.stage is Stage.AWARDED
    again = replace(NOTED, amount=None, levers=None)
    assert noted(its, again).contracts == (again,), "the same lot has one contract: the last that was noted"
    (said,) = contract_lines(noted(its, again))
    assert said[0] == "Marché attribué, lot 1"
    assert "montant non connu" in said[1]
    assert "leviers non dits" in said[1]
    lines = [change_of(ACTIONS, line["action"], line["data"]) for line in map(line_row, its.journal)]
    assert replay(Dossier(1), its.journal) == its
    assert lines[-1] == RecordContract(NOTED)
    gone = append(its, RemoveContract(1, "saisi par erreur"), at=AT, author=WHO)
    assert gone.contracts == ()


def test_a_dossier_of_two_lots_is_awarded_with_its_last() -> None:
    lot = with_list().lots[0]
    two = replace(with_list(), lots=(lot, replace(lot, number=2)))
    one = noted(two, NOTED)
    assert one.course.stage is None
    assert noted(one, replace(NOTED, lot=2)).course.stage is Stage.AWARDED
    with pytest.raises(ChangeRefused, match="compteraient deux fois"):
        noted(one, replace(NOTED, lot=WHOLE))


@pytest.mark.parametrize(
    ("its", "said"),
    [
        (replace(NOTED, notified=date(2027, 3, 1)), "à venir"),
        (replace(NOTED, notified=date(18, 6, 1)), "trop ancien"),
        (replace(NOTED, amount=0.0), "au-dessus de zéro"),
        (replace(NOTED, amount=float("nan")), "au-dessus de zéro"),
        (replace(NOTED, levers=("99",)), "Levier inconnu : 99"),
        (replace(NOTED, lot=7), "pas de lot 7"),
        (replace(NOTED, winner="x" * 400), "300 caractères"),
    ],
)
def test_what_cannot_be_a_contract_is_refused(its: AwardedContract, said: str) -> None:
    with pytest.raises(ChangeRefused, match=said):
        noted(with_list(), its)


def test_a_lot_with_a_contract_stays_and_a_contract_needs_its_reason_to_go() -> None:
    its = noted(with_list(), NOTED)
    for change, said in ((RemoveLot(1, "doublon"), "retirez d’abord"), (RemoveContract(1, ""), "pourquoi|motif")):
        with pytest.raises(ChangeRefused, match=said):
            append(its, change, at=AT, author=WHO)
    with pytest.raises(ChangeRefused, match="Aucun marché n’est noté pour tout le dossier"):
        append(opened(), RemoveContract(WHOLE, "erreur"), at=AT, author=WHO)


def test_a_winner_that_leaves_the_catalogue_is_named_no_more() -> None:
    key = f"siret:{siret(1)}"
    its = noted(with_list(kept=()), replace(NOTED, winner_siret=siret(77), winner="Neuf"))
    gone = withdraw_suppliers(its, {f"siret:{siret(77)}"})
    assert gone.contracts[0].winner == WITHDRAWN
    assert siret(77) not in repr(gone.contracts) + repr(gone.journal)
    assert gone.contracts[0].amount == NOTED.amount
    assert mute_change(RecordContract(NOTED), {key}) == RecordContract(
        replace(NOTED, winner=WITHDRAWN, winner_siret="")
    )
