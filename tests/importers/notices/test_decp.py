"""Contracts as notices of award: one lot a contract, its place in the words of its publisher, in each layout."""

import json
from pathlib import Path

import pytest

from importers.importer import RefusedRow
from importers.notices import NOTICES
from importers.notices.importer import NoticeItem, NoticeRecord, PlaceWritten, WinnerWritten
from tests.importers.reading import FIXTURES

WINNER = {"typeIdentifiant": "SIRET", "id": "90000201500015"}
CONTRACT = {
    "id": "2024-1",
    "acheteur": {"id": "20000101400014", "nom": "Ville de Villefranche-sur-Test"},
    "objet": "Entretien des berges",
    "codeCPV": "77310000",
    "dateNotification": "2024-02-15",
    "montant": 90000,
    "dureeMois": 48,
    "titulaires": [WINNER],
}


def read(tmp_path: Path, document: object) -> list[NoticeItem]:
    path = tmp_path / "decp.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return list(NOTICES["decp"].read(path))


def notices(items: list[NoticeItem]) -> list[NoticeRecord]:
    return [item for item in items if isinstance(item, NoticeRecord)]


def test_a_contract_is_a_lot_that_was_won(tmp_path: Path) -> None:
    other = {"typeIdentifiant": "SIRET", "id": "90000202300019", "denominationSociale": "Camille Dupontel"}
    (found,) = notices(read(tmp_path, {"marches": [CONTRACT | {"titulaires": [WINNER, other], "nouveauté": "x"}]}))
    (lot,) = found.lots
    assert (found.source_ref, found.folder, found.buyer) == ("20000101400014/2024-1", "2024-1", "20000101400014")
    assert (lot.awarded, lot.currency, lot.awarded_on, lot.amount) == ("90000", "EUR", "2024-02-15", "")
    assert (lot.duration, lot.duration_unit, lot.cpv) == ("48", "MONTH", ("77310000",))
    numbers = ("90000201500015", "90000202300019")
    assert lot.winners == tuple(WinnerWritten(number, awarded="90000", shared=True) for number in numbers)
    assert found.unread == ("nouveauté",)
    assert "Dupontel" not in repr(found), "a winner's name may be a person's"


@pytest.mark.parametrize(
    "place",
    [
        {"lieuExecution": {"code": "62", "typeCode": "Code département", "nom": "Pas-de-Calais"}},
        {
            "lieuExecution_code": "62",
            "lieuExecution_typeCode": "Code département",
            "lieuExecution_nom": "Pas-de-Calais",
        },
    ],
)
def test_the_place_is_read_in_each_layout(tmp_path: Path, place: dict[str, object]) -> None:
    (found,) = notices(read(tmp_path, [CONTRACT | place]))
    assert found.lots[0].places == (PlaceWritten(code="62", code_type="Code département", text="Pas-de-Calais"),)


def test_a_row_of_the_flat_table_is_a_contract(tmp_path: Path) -> None:
    flat = {key: value for key, value in CONTRACT.items() if key not in ("acheteur", "titulaires")}
    flat |= {"acheteur_id": "20000101400014", "titulaire_id": WINNER["id"], "titulaire_typeIdentifiant": "SIRET"}
    (found,) = notices(read(tmp_path, [flat]))
    assert found.buyer == "20000101400014"
    assert found.lots[0].winners == (WinnerWritten("90000201500015", awarded="90000"),)
    assert found.unread == ()
    group = [flat, flat | {"titulaire_id": "90000202300019"}, flat | {"objet": "Tonte"}]
    assert [[its.shared for its in one.lots[0].winners] for one in notices(read(tmp_path, group))] == [
        [True, True],
        [None],
    ]


def test_two_contracts_of_one_number_are_told_apart_and_the_same_said_twice_is_refused(tmp_path: Path) -> None:
    items = read(tmp_path, {"marches": [CONTRACT, CONTRACT | {"objet": "Tonte"}, CONTRACT]})
    assert [found.source_ref for found in notices(items)] == ["20000101400014/2024-1", "20000101400014/2024-1~2"]
    assert items[2] == RefusedRow(3, "répète un autre marché du fichier, sans rien de nouveau")


def test_a_contract_without_a_winner_stops_no_other(tmp_path: Path) -> None:
    items = read(tmp_path, {"marches": [CONTRACT | {"titulaires": []}, CONTRACT]})
    assert items[0] == RefusedRow(1, "marché sans titulaire : personne à qui le rattacher")
    assert len(notices(items)) == 1


def test_the_layout_of_2022_says_that_a_contract_is_reserved() -> None:
    found = notices(list(NOTICES["decp"].read(FIXTURES / "decp_2022.json")))
    assert [lot.reserved for notice in found for lot in notice.lots].count("oui") == 1
    assert all(notice.unread == () for notice in found)


def test_the_real_file_is_read_whole(shared: Path) -> None:
    items = list(NOTICES["decp"].read(shared / "data/sources/decp_2018_2020.json"))
    found = notices(items)
    assert (
        len(found) + sum(isinstance(item, RefusedRow) for item in items) == len(items) == 18_911
    )  # 41 rows name one more winner of the contract before
    assert len({notice.source_ref for notice in found}) == len(found)
    assert {notice.unread for notice in found} == {()}
