from dataclasses import replace
from datetime import date

import pytest

from importers.importer import Claim
from matcher.catalogue.identity.records import ClaimedActivity, CleanRecord, to_payload
from matcher.catalogue.identity.references import opaque
from matcher.catalogue.intake.clean_record import (
    ACTIVITY_UNKNOWN,
    KIND_MISSING,
    NAME_MISSING,
    SIRET_WRITTEN,
    TRADE_UNREAD,
    clean_records,
)
from matcher.catalogue.intake.lookups import COMMUNE_OF_POST_CODE, COMMUNE_UNKNOWN, locate, shipped_lookups
from matcher.cleaning.coordinates import COORDINATES_FAR, COORDINATES_UNREADABLE
from matcher.cleaning.dates import DATE_UNREADABLE
from matcher.cleaning.limits import LIMITS
from matcher.cleaning.siret import SIREN_ONLY, SIRET_BAD_KEY
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Evidence
from tests.factories import lookups, raw, siret


def cleaned(**fields: object) -> CleanRecord:
    return clean_records([replace(raw("1"), **fields)], lookups())[0]  # type: ignore[arg-type]


def test_every_field_is_cleaned() -> None:
    number = siret(1)
    record = cleaned(
        name="  Les  Ateliers du Marais ",
        kind="ESAT / EA",
        siret=f"{number[:9]} {number[9:]}",
        finess="590000011",
        naf="88.10C",
        address="12 R DES LILAS",
        address_extra="BP 8",
        city="MAUBEUGE CEDEX",
        x="3,97",
        y="50,28",
        projection="WGS84",
        phone="327000000",
        website="www.exemple.fr",
        workers="175 travailleurs, dont 10 à 15 à la légumerie",
        turnover="1,2 M€",
        area="Nord ; Hauts-de-France",
        labels="RSEi, ISO 9001",
        active="non",
        as_of="2025-03-04",
    )
    assert record.name == "Les Ateliers du Marais"
    assert record.kinds == (K.EA, K.ESAT)
    assert (record.siret, record.siren, record.finess, record.naf) == (number, number[:9], "590000011", "8810C")
    assert (record.address, record.city, record.cedex) == ("12 RUE DES LILAS, BP 8", "MAUBEUGE", "CEDEX")
    assert (record.insee, record.lat, record.lon, record.approximate) == ("59392", 50.28, 3.97, False)
    assert (record.workers, record.workers_text) == (175, "175 travailleurs, dont 10 à 15 à la légumerie")
    assert record.turnover == pytest.approx(1_200_000)
    assert record.area_codes == ("dep:59", "reg:32")
    assert record.labels == ("RSEi", "ISO 9001")
    assert record.active is False
    assert record.as_of == date(2025, 3, 4)
    assert record.phone == "+33327000000"
    assert record.website == "http://www.exemple.fr"


def test_the_words_of_a_reference_are_kept_as_a_digest() -> None:
    told = "esat_les-tilleuls_62000"
    assert cleaned(source_ref="62000", ref_words="").ref == "62000"
    record = cleaned(source_ref=f"page:{told}@couture~2", ref_words=told, listing="nord")
    assert record.ref == f"nord:page:{opaque(told)}@couture~2"


def test_a_siren_in_the_siret_column_is_a_siren() -> None:
    record = cleaned(siret=siret(1)[:9])
    assert (record.siret, record.siren, record.flags) == ("", siret(1)[:9], (SIREN_ONLY,))


def test_a_siret_of_a_wrong_key_names_nobody() -> None:
    wrong = siret(1)[:-1] + str((int(siret(1)[-1]) + 1) % 10)
    record = cleaned(siret=wrong)
    assert (record.siret, record.siren) == ("", wrong[:9]), "the key of its SIREN is right"
    assert record.flags == (SIRET_BAD_KEY, SIRET_WRITTEN.format(wrong)), "kept as it is written"
    assert (cleaned(siret="12345678901234").siret, cleaned(siret="12345678901234").siren) == ("", "")
    assert cleaned(siret="12345678901234", siren=siret(2)[:9]).siren == siret(2)[:9]


def test_without_coordinates_the_centre_of_the_commune_stands_in() -> None:
    record = cleaned()
    assert (record.lat, record.lon, record.approximate, record.flags) == (50.2781, 3.9727, True, ())


@pytest.mark.parametrize(
    ("x", "y", "flag"),
    [("3.0", "51.5", COORDINATES_FAR), ("2.0", "50.0", COORDINATES_FAR), ("x", "y", COORDINATES_UNREADABLE)],
)
def test_a_point_in_the_sea_or_unreadable_is_replaced_and_flagged(x: str, y: str, flag: str) -> None:
    record = cleaned(x=x, y=y, projection="WGS84")
    assert (record.lat, record.approximate) == (50.2781, True)
    assert len(record.flags) == 1
    assert record.flags[0] == flag or flag == COORDINATES_FAR


def test_a_commune_that_does_not_exist_is_kept_and_flagged() -> None:
    record = cleaned(city="Trifouillis", post_code="99999")
    assert (record.city, record.insee, record.lat, record.flags) == ("Trifouillis", "", None, (COMMUNE_UNKNOWN,))


@pytest.mark.parametrize(
    ("cell", "city", "post_code", "insee"),
    [
        ("80200 Péronne", "Péronne", "80200", "80620"),
        ("Amiens (80)", "Amiens", "", "80021"),
        ("Péronne", "Péronne", "", ""),
    ],
)
def test_a_town_is_read_with_the_code_beside_it(cell: str, city: str, post_code: str, insee: str) -> None:
    (record,) = clean_records([replace(raw("1"), city=cell, post_code="", insee="")], shipped_lookups())
    assert (record.city, record.post_code, record.insee) == (city, post_code, insee)
    assert (COMMUNE_UNKNOWN in record.flags) == (not insee)


def test_each_trade_of_a_cell_is_read_or_said() -> None:
    row = replace(raw("1"), claims=(Claim("libre", "menuiserie; palettes ; EV"),))
    (record,) = clean_records([row], shipped_lookups())
    assert [activity.wording for activity in record.activities] == ["menuiserie", "EV"]
    assert record.flags == (TRADE_UNREAD.format("palettes"),)


def test_a_closing_date_closes_unless_a_register_says_open() -> None:
    stated = cleaned(closed="12/03/2024")
    assert (stated.closed, stated.open) == (date(2024, 3, 12), False)
    assert cleaned(closed="12/03/2024", state="A").open is True
    unread = cleaned(closed="au printemps")
    assert (unread.closed, unread.open, unread.flags) == (None, None, (DATE_UNREADABLE,))


@pytest.mark.parametrize(
    ("cell", "active"),
    [("oui", False), ("fermé 2024", False), ("non", True), ("en cours", True), ("En activité", True), ("", None)],
)
def test_who_works_no_more_is_told(cell: str, active: bool | None) -> None:
    assert cleaned(ended=cell).active is active
    assert cleaned(ended=cell, active="oui").active is True, "what is said of the activity itself comes first"


@pytest.mark.parametrize(
    ("cell", "active", "flags"), [("x", True, ()), ("à voir", None, ("ni oui ni non (convention)",))]
)
def test_a_yes_or_no_is_read_or_said(cell: str, active: bool | None, flags: tuple[str, ...]) -> None:
    record = cleaned(active=cell)
    assert (record.active, record.flags) == (active, flags)


def test_missing_name_and_kind_are_said() -> None:
    assert clean_records([raw("1", "", kind="")], lookups())[0].flags == (KIND_MISSING, NAME_MISSING)


def test_a_field_without_measure_is_cut_and_flagged() -> None:
    record = cleaned(
        name="N" * 3_000_000,
        description="mot " * 3_000_000,
        website=f"https://exemple.fr/{'x' * 3_000_000}",
        x="3" * 3_000_000,
        source_ref="r" * 3_000_000,
        area="Nord ; " * 3_000_000,
    )
    assert (len(record.name), len(record.ref), record.website) == (300, 300, "")
    assert len(to_payload(record)) < 30_000
    fields = ("source_ref", "name", "x", "website", "description", "area")
    assert {LIMITS[name].flag for name in fields} <= set(record.flags)


def test_a_list_without_measure_is_cut_and_flagged() -> None:
    known = tuple(Claim("libre", f"Espaces verts{' ' * rank}") for rank in range(300))
    record = cleaned(claims=(Claim("libre", "Ludothèque " * 1_000), *known))
    assert len(record.claims) == LIMITS["claims"].most
    assert len(record.claims[0][1]) == LIMITS["claim"].most
    assert {LIMITS["claims"].flag, LIMITS["claim"].flag} <= set(record.flags)


def test_claims_become_activities_with_their_evidence() -> None:
    record = cleaned(
        claims=(
            Claim("libre", "Espaces verts"),
            Claim("hosmoz", "Nettoyage"),
            Claim("rome", "A1203"),
            Claim("libre", "Ludothèque"),
        )
    )
    assert record.activities == (
        ClaimedActivity("espaces-verts.entretien", "Espaces verts", Evidence.DECLARED),
        ClaimedActivity("nettoyage", "Nettoyage", Evidence.GROUP),
        ClaimedActivity("espaces-verts.entretien", "A1203", Evidence.ROME),
    )
    assert record.flags == (ACTIVITY_UNKNOWN,)
    assert ("libre", "Ludothèque") in record.claims


@pytest.mark.parametrize(
    ("insee", "post_code", "city", "departement", "found", "flag"),
    [
        ("59392", "", "", "", "59392", ""),
        ("", "59600", "MAUBEUGE", "", "59392", ""),
        ("", "14052", "CAEN", "", "14118", ""),
        ("", "75013", "Paris", "75", "75113", ""),
        ("", "62600", "BERCK SUR MER", "62", "62108", ""),
        ("", "44153", "ANCENIS", "44", "44003", ""),
        ("9A105", "97100", "BASSE TERRE", "9A", "97105", ""),
        ("", "88150", "Lieu inventé", "", "88465", COMMUNE_OF_POST_CODE),
    ],
)
def test_communes_are_found_as_directories_write_them(
    insee: str, post_code: str, city: str, departement: str, found: str, flag: str
) -> None:
    located = locate(insee, post_code, city, departement)
    assert located is not None
    assert (located.insee, located.flag) == (found, flag)
    assert located.centre is not None


def test_a_commune_that_nothing_tells_is_not_guessed() -> None:
    assert locate("", "", "", "") is None
    assert locate("", "", "Montreuil", "") is None, "three towns have this name"
    assert locate("", "99999", "Trifouillis", "") is None
    assert locate("", "21024", "Le Havre", "21") is None
