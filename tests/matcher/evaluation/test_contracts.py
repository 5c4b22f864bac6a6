"""The witness: contracts won by another branch of an organisation that the catalogue has."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.evaluation.contracts import NATIONAL, marches, won_by_another_branch
from matcher.need.fields import LotsError
from matcher.ranking.lay_out import build_shelf
from tests.factories import siret, supplier

TODAY = date(2026, 11, 25)


def contract(objet: str, *winners: str) -> dict[str, Any]:
    return {"id": objet, "objet": objet, "codeCPV": "77310000-6", "titulaires": [{"id": winner} for winner in winners]}


def written(folder: Path, *its: dict[str, Any]) -> Path:
    path = folder / "decp.json"
    path.write_text(json.dumps({"marches": its}), encoding="utf-8")
    return path


def test_any_branch_of_the_organisation_is_a_winner_and_each_contract_counts_once(tmp_path: Path) -> None:
    number = siret(1)
    other = siret(2)
    shelf = build_shelf([supplier("Jardins", id=f"siret:{number}"), supplier("Autre", id=f"siret:{other}")])
    won = contract("Espaces verts", number[:9] + "00099")
    path = written(tmp_path, won, won, contract("Ailleurs", siret(3)), contract("Sans gagnant"))
    (found,) = won_by_another_branch(path, shelf, TODAY)
    assert found.winners == {number}
    assert found.winner_key == number[:9]
    assert found.ask.reading.lot.objet == "Espaces verts"


def test_national_bodies_and_numbers_that_are_none_are_left_out(tmp_path: Path) -> None:
    body = next(iter(NATIONAL)) + "00018"
    shelf = build_shelf([supplier("Office", id=f"siret:{body}"), supplier("Faux", id="siret:12345678901234")])
    path = written(tmp_path, contract("Forêts", body), contract("Faux", "12345678901234"))
    assert won_by_another_branch(path, shelf, TODAY) == []


@pytest.mark.parametrize("content", ["[]", "{}", "nonsense", '{"marches": 3}'])
def test_a_file_that_is_no_decp_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "autre.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LotsError, match=r"« autre\.json » n’est pas un fichier DECP"):
        marches(path)
