"""Contracts that end soon, from the awards that notices and directories told: by territory, trade and buyer, with who holds them."""

from datetime import date

import pytest
from sqlalchemy import Engine

from importers.notices.record import LotWritten
from matcher.notices.renewals.answer import Renewals, RenewalsAsked, renewals
from matcher.notices.renewals.document import renewals_csv, renewals_document, renewals_object
from tests.factories import siret
from tests.matcher.notices.watching.followed import TODAY, gardeners, take
from tests.matcher.notices.written import lot, notice, won

NORD = "21590392300010"  # Maubeuge
ELSEWHERE = siret(9, "3")


def awarded(ref: str, buyer: str, its: LotWritten) -> object:
    return notice(ref, its, nature="ATTRIBUTION", published="2024-03-01", buyer=buyer, buyer_name=f"Acheteur {ref}")


def contract(title: str, months: str, day: str, *winners: str) -> LotWritten:
    given = {"duration": months, "duration_unit": "MONTH" if months else "", "deadline": ""}
    return lot("1", title, awarded="9000", awarded_on=day, winners=won(*winners), **given)


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


def refs(found: Renewals) -> list[str]:
    return [one.award.buyer_name.removeprefix("Acheteur ") for one in found.coming]


def test_what_ends_within_the_months_asked_comes_in_order_with_its_holder(held: Engine) -> None:
    found = renewals(held, RenewalsAsked(places=("Nord (59)",)), TODAY)
    assert refs(found) == ["2", "1", "5"]  # the last is where all that its buyer publishes is carried out
    assert [one.award.ends for one in found.coming[:2]] == [date(2026, 12, 20), date(2027, 2, 15)]
    (mine,) = [one for one in found.coming if one.held_here]
    assert [(holder.name, holder.number) for holder in mine.holders] == [("Jardin 1", siret(1)), ("", siret(50))]
    told = renewals_document(found, most=1)
    assert told.answer == "3 marchés finissent d’ici le 27 mai 2027, dont 1 tenu par un fournisseur du catalogue."
    assert told.tables[0].says == ("Et 2 autres : les fichiers les donnent.",)
    assert "Jardin 1 et 1 autre, hors catalogue" in renewals_csv(found).content.decode("utf-8-sig")


def test_an_end_that_is_not_known_is_listed_as_such_and_never_supposed(held: Engine) -> None:
    found = renewals(held, RenewalsAsked(places=("Nord (59)",)), TODAY)
    assert [one.award.ends for one in found.unknown] == [None]
    assert renewals_object(found)["unknown_end"][0]["ends"] is None
    assert any("leur fin n’est pas connue" in said for said in renewals_document(found).remarks)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (RenewalsAsked(), ["2", "1", "5"]),
        (RenewalsAsked(trade="espaces-verts"), ["1", "5"]),
        (RenewalsAsked(months=1), ["2"]),
        (RenewalsAsked(buyer=ELSEWHERE[:9]), ["5"]),
    ],
)
def test_it_is_narrowed_by_trade_buyer_and_term(held: Engine, asked: RenewalsAsked, expected: list[str]) -> None:
    assert refs(renewals(held, asked, TODAY)) == expected


def test_a_catalogue_without_awards_says_what_to_import(engine: Engine) -> None:
    assert "importez les données essentielles" in renewals_document(renewals(engine, RenewalsAsked(), TODAY)).answer
