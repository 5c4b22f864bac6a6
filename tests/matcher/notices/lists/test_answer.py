"""Contracts that end soon, from the awards that notices and directories told: by territory, trade and buyer, with who holds them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from importers.notices.importer import LotWritten
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.awarded import end_of
from matcher.notices.lists.answer import MONTHS, ListedContracts, list_contracts
from matcher.notices.lists.as_json import list_object
from matcher.notices.lists.asked import ListAsked
from matcher.notices.lists.document import list_csv, list_document
from tests.factories import siret
from tests.matcher.notices.watching.followed import TODAY, gardeners, take
from tests.matcher.notices.written import FOLDER, NOW, lot, notice, won

NORD = "21590392300010"  # Maubeuge
ELSEWHERE = siret(9, "3")


def awarded(ref: str, buyer: str, its: LotWritten) -> object:
    return notice(ref, its, nature="ATTRIBUTION", published="2024-03-01", buyer=buyer, buyer_name=f"Acheteur {ref}")


def contract(title: str, months: str, day: str, *winners: str) -> LotWritten:
    given = {"duration": months, "duration_unit": "MONTH" if months else "", "deadline": ""}
    return lot("1", title, awarded="9000", awarded_on=day, winners=won(*winners), **given)


def ending(engine: Engine, *places: str, months: int = MONTHS, **asked: str) -> ListedContracts:
    return list_contracts(engine, ListAsked(TODAY, end_of(TODAY, months) or TODAY, places, **asked), TODAY)


@pytest.fixture
def held(engine: Engine) -> Engine:
    gardeners(engine, 1)
    take(
        engine,
        awarded("1", NORD, contract("Entretien des espaces verts", "36", "2024-02-15", siret(1), siret(50))),  # type: ignore[arg-type]
        awarded("2", NORD, contract("Nettoyage des locaux", "24", "2024-12-20", siret(60))),  # type: ignore[arg-type]
        awarded("3", NORD, contract("Entretien des espaces verts", "", "2025-01-10", siret(60))),  # type: ignore[arg-type]
        awarded("4", NORD, contract("Entretien des espaces verts", "60", "2024-01-10", siret(60))),  # type: ignore[arg-type]
        awarded("5", ELSEWHERE, contract("Entretien des espaces verts", "36", "2024-02-15", siret(60))),  # type: ignore[arg-type]
    )
    return engine


def refs(found: ListedContracts) -> list[str]:
    return [one.award.buyer_name.removeprefix("Acheteur ") for one in found.coming]


def test_what_ends_within_the_months_asked_comes_in_order_with_its_holder(held: Engine) -> None:
    found = ending(held, "Nord (59)")
    assert refs(found) == ["2", "1", "5"]  # the last is where all that its buyer publishes is carried out
    assert [one.award.ends for one in found.coming[:2]] == [date(2026, 12, 20), date(2027, 2, 15)]
    (mine,) = [one for one in found.coming if one.suppliers]
    assert [(holder.name, holder.number) for holder in mine.holders] == [("Jardin 1", siret(1)), ("", siret(50))]
    told = list_document(found, most=1)
    assert told.answer == "3 marchés finissent d’ici le 27 mai 2027, dont 1 tenu par un fournisseur du catalogue."
    assert told.tables[0].says == ("Et 2 autres : les fichiers les donnent.",)
    assert "Jardin 1 et 1 autre, hors catalogue" in list_csv(found).content.decode("utf-8-sig")


def test_an_end_that_is_not_known_is_listed_as_such_and_never_supposed(held: Engine) -> None:
    found = ending(held, "Nord (59)")
    assert [one.award.ends for one in found.unknown] == [None]
    assert list_object(found)["unknown_end"][0]["ends"] is None
    assert any("leur fin n’est pas connue" in said for said in list_document(found).remarks)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["2", "1", "5"]),
        ({"trade": "espaces-verts"}, ["1", "5"]),
        ({"months": 1}, ["2"]),
        ({"buyer": ELSEWHERE[:9]}, ["5"]),
    ],
)
def test_it_is_narrowed_by_trade_buyer_and_term(held: Engine, asked: dict[str, Any], expected: list[str]) -> None:
    assert refs(ending(held, **asked)) == expected


def test_a_catalogue_without_awards_says_what_to_import(engine: Engine) -> None:
    assert "importez les données essentielles" in list_document(ending(engine)).answer


def test_a_contract_that_two_sources_tell_ends_once_with_what_each_says(engine: Engine, tmp_path: Path) -> None:
    its = contract("Entretien des espaces verts", "", "2024-03-01", siret(60))
    take(engine, awarded("1", NORD, its))  # type: ignore[arg-type]
    data = tmp_path / "decp.json"
    data.write_text(json.dumps({"marches": [_decp("2024-7", 9000), _decp("2024-8", 9500)]}), encoding="utf-8")
    run_import(engine, REGISTRY["decp"], [Source(data)], now=NOW)
    found = ending(engine)
    assert [(one.award.number, one.award.sources) for one in found.coming] == [
        ("2024-7", ("decp", "boamp")),
        ("2024-8", ("decp",)),
    ]
    assert found.unknown == (), "the one tells the term that the other does not"
    assert "DECP ; BOAMP" in list_csv(found).content.decode("utf-8-sig")


def test_a_contract_that_another_source_may_tell_is_counted_apart_and_said(engine: Engine, tmp_path: Path) -> None:
    take(engine, awarded("1", NORD, contract("Espaces verts", "36", "2024-02-15", siret(60))))  # type: ignore[arg-type]
    data = tmp_path / "decp.json"
    data.write_text(json.dumps({"marches": [_decp("2024-7", 9000)]}), encoding="utf-8")
    run_import(engine, REGISTRY["decp"], [Source(data)], now=NOW)
    found = ending(engine)
    assert [(one.award.number, one.award.perhaps_told) for one in found.coming] == [("1", True), ("2024-7", False)]
    assert (
        "1 marché est peut-être le même qu’un autre, dit par une autre source : compté à part."
        in list_document(found).remarks
    )


def test_lots_of_one_notice_that_say_the_same_are_as_many(engine: Engine) -> None:
    its = [contract("Entretien des espaces verts", "36", "2024-02-15", siret(60), siret(61)) for _ in range(2)]
    lots = [replace(one, number=str(number)) for number, one in enumerate(its, 1)]
    for ref in ("26-1", "26-2"):  # the same, published again
        take(engine, notice(ref, *lots, folder=FOLDER, nature="ATTRIBUTION", published="2024-03-01", buyer=NORD))
    coming = ending(engine).coming
    assert [len(one.award.winners) for one in coming] == [2, 2]


def _decp(number: str, amount: float) -> dict[str, object]:
    return {
        "id": number,
        "acheteur": {"id": NORD},
        "objet": "Entretien des espaces verts",
        "codeCPV": "77310000",
        "dateNotification": "2024-02-20",
        "dureeMois": 36,
        "montant": amount,
        "titulaires": [{"typeIdentifiant": "SIRET", "id": siret(60)}],
    }
