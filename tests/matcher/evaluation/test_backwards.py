"""The suite read backwards: the lot that was won, among others drawn, for the organisation that won it."""

import json
from datetime import date
from pathlib import Path

import pytest

from matcher.evaluation import backwards
from matcher.evaluation.backwards import IN_USE, NEAREST, read_backwards
from matcher.evaluation.suites import DEPTH, SuiteLot
from matcher.need.fields import need_from
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.shelf import Shelf
from tests.factories import MARSEILLE, declares, siret, supplier

TODAY = date(2026, 11, 27)
GARDENS, CLEANERS = siret(1), siret(2)


@pytest.fixture
def shelf() -> Shelf:
    return build_shelf(
        [
            supplier("Jardins", id=f"siret:{GARDENS}", activities=declares("espaces-verts.creation-entretien")),
            supplier("Propreté", id=f"siret:{CLEANERS}", at=MARSEILLE, activities=declares("proprete.locaux")),
        ]
    )


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty contracts: some of another trade at the very place, the others far."""
    monkeypatch.setattr(backwards, "SIZE", 20)
    here, far = ({"code": code, "typeCode": "Code commune", "nom": ""} for code in ("59392", "64445"))
    its = [
        {
            "id": f"{n}",
            "objet": "Assurances" if n % 2 else "Entretien des espaces verts",
            "lieuExecution": here if n % 2 else far,
        }
        for n in range(30)
    ]
    path = tmp_path / "decp.json"
    path.write_text(json.dumps({"marches": its}), encoding="utf-8")
    return path


def lot(objet: str, place: str, *winners: str) -> SuiteLot:
    fields = {"objet": objet, "lieu": place, "date": "2019-02-01", "gold_sirets": list(winners)}
    return SuiteLot(need_from(fields), fields)


def test_the_lot_that_was_won_is_first_for_who_declares_its_trade_and_one_among_equals_by_distance(
    shelf: Shelf, drawn: Path
) -> None:
    read = read_backwards([lot("Tonte de pelouses", "insee:59392", GARDENS)], drawn, shelf, TODAY)
    assert [its[0] for its in read.ranks[IN_USE]] == [1] * backwards.DRAWS
    assert {its[0] for its in read.ranks[NEAREST]} != {1}
    assert read.figures()[IN_USE]["hit@1"] == 1
    assert read.gains()[f"sur « {NEAREST} »"]["mrr"] > 0


def test_a_lot_that_its_winner_is_not_told_of_or_whose_winner_is_not_known_is_not_found(
    shelf: Shelf, drawn: Path
) -> None:
    far, unknown = lot("Nettoyage de bureaux", "insee:59392", CLEANERS), lot("Tonte", "insee:59392", siret(9))
    read = read_backwards([far, unknown], drawn, shelf, TODAY)
    assert read.ranks[IN_USE] == [[DEPTH + 1, DEPTH + 1]] * backwards.DRAWS
    assert all(1 <= its[0] <= 21 for its in read.ranks[NEAREST])
    assert read.part(slice(1, 2)).figures()[NEAREST]["hit@100"] == 0


def test_the_same_file_gives_the_same_ranks(shelf: Shelf, drawn: Path) -> None:
    suite = [lot("Tonte de pelouses", "insee:59392", GARDENS)]
    assert read_backwards(suite, drawn, shelf, TODAY).ranks == read_backwards(suite, drawn, shelf, TODAY).ranks
