"""A notice as its source writes it becomes lots that the engine reads, each doubt said beside its lot."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.notices.importer import LotWritten, NoticeRecord, PlaceWritten, WinnerWritten
from matcher.cleaning.amounts import AMOUNT_FOREIGN, AMOUNT_TAXED
from matcher.domain.notice import NoticeKind, PublishedLot
from matcher.domain.reading import RawPlace
from matcher.notices.clean import PLACE_SUPPOSED, awards_of, clean_notice, lot_number
from matcher.notices.deadlines import ZONE_SUPPOSED
from matcher.reading.reader import read
from tests.factories import siret
from tests.matcher.notices.written import BUYER, PLACE, lot, notice, won


def cleaned(**fields: object) -> PublishedLot:
    (its,) = clean_notice(notice("26-1", lot(**fields))).lots
    return its


def test_a_lot_is_what_the_reader_reads() -> None:
    its = cleaned(amount="48000.00", currency="EUR", duration="12", duration_unit="MONTH", renewals="3")
    assert its.lot.lieux == (RawPlace("59600", "Code postal", "Maubeuge"),)
    assert (its.lot.montant, its.lot.duree, its.renewals_months) == (48000, 48, 36)
    assert (its.lot.acheteur_siret, its.lot.date) == (BUYER, date(2026, 11, 20))
    assert read(its.lot).places[0].key == "insee:59392"
    assert its.doubts == ()


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("APPEL_OFFRE", NoticeKind.CALL), ("ATTRIBUTION", NoticeKind.AWARD), ("RECTIFICATIF", NoticeKind.CORRECTION),
        ("ANNULATION", NoticeKind.CANCELLED), ("PRE-INFORMATION", NoticeKind.PLANNED), ("MODIFICATION", NoticeKind.CHANGE),
        ("EX_ANTE_VOLONTAIRE", NoticeKind.AWARD), ("cn-standard", NoticeKind.CALL), ("cn-social/cor-buy", NoticeKind.CORRECTION),
        ("cn-standard/cancel", NoticeKind.CANCELLED), ("can-standard", NoticeKind.AWARD), ("can-standard/clos-nw", NoticeKind.CANCELLED),
        ("can-modif", NoticeKind.CHANGE), ("pin-only", NoticeKind.PLANNED), ("pin-cfc-standard", NoticeKind.CALL), ("", NoticeKind.CALL),
    ],
)  # fmt: skip
def test_what_a_notice_is(written: str, kind: NoticeKind) -> None:
    assert clean_notice(notice(nature=written)).kind is kind


@pytest.mark.parametrize(
    ("fields", "value", "says"),
    [
        ({"amount": "12000", "currency": "USD"}, None, f"montant en USD : {AMOUNT_FOREIGN}"),
        ({"amount": "12000", "tax": "TTC"}, 12000, f"montant : {AMOUNT_TAXED}"),
        ({"amount": "0"}, None, ""),
        ({"amount": "beaucoup"}, None, "montant : nombre illisible"),
    ],
)
def test_an_amount_is_euros_or_unknown(fields: dict[str, str], value: float | None, says: str) -> None:
    its = cleaned(**fields)
    assert its.lot.montant == value
    assert its.doubts == ((says,) if says else ())


@pytest.mark.parametrize(
    ("fields", "months", "says"),
    [
        ({"duration": "2", "duration_unit": "YEAR"}, 24, ""),
        ({"duration": "90", "duration_unit": "DAY"}, 3, ""),
        ({"starts": "2027-01-01", "ends": "2027-12-31"}, 12, ""),
        ({"duration": "12", "duration_unit": "MONTH", "renewals": "2 ; par reconduction expresse"}, 36, ""),
        ({"duration": "12", "duration_unit": "UNLIMITED"}, None, "durée non comprise : « 12 UNLIMITED »"),
        ({"duration": "900", "duration_unit": "MONTH"}, None, "durée invraisemblable, non reprise : « 900 MONTH »"),
    ],
)
def test_a_duration_is_months_with_its_renewals(fields: dict[str, str], months: float | None, says: str) -> None:
    its = cleaned(**fields)
    assert its.lot.duree == months
    assert its.doubts == ((says,) if says else ())


def test_places_and_codes_that_cannot_be_used_are_said() -> None:
    abroad, whole = PlaceWritten(nuts="BE100", country="BEL"), PlaceWritten(nuts="FRE11")
    its = cleaned(
        places=(PLACE, abroad, whole, PLACE), cpv=("77310000-6", "CDL", "09091000"), deadline="2026-12-15T24:00"
    )
    assert its.lot.lieux == (RawPlace("59600", "Code postal", "Maubeuge"), RawPlace("FRE11"))
    assert its.lot.cpv == ("77310000",)
    assert its.doubts[0] == ZONE_SUPPOSED
    assert len(its.doubts) == 4


def test_a_lot_without_a_place_is_where_its_buyer_is() -> None:
    (its,) = clean_notice(notice("1", lot(places=()), buyer="", buyer_post_code="59600", buyer_city="Maubeuge")).lots
    assert its.lot.lieux == (RawPlace("59600", "Code postal", "Maubeuge"),)
    assert its.doubts == (PLACE_SUPPOSED.format("Maubeuge"),)
    assert cleaned(places=()).lot.lieux == ()


def test_markup_goes_and_what_is_endless_is_cut() -> None:
    its = cleaned(title="<p>Tonte&nbsp;<b>des pelouses</b></p>", description="mot " * 100_000)
    assert its.title == "Tonte des pelouses"
    assert len(its.lot.objet) < 21_000


def test_a_notice_without_lots_is_one_and_three_hundred_are_three_hundred() -> None:
    alone = clean_notice(notice(lots=(), description="Tonte et taille"))
    assert [its.lot.objet for its in alone.lots] == ["Entretien des espaces verts\nTonte et taille"]
    assert alone.doubts != ()
    assert len(clean_notice(notice("1", *(lot(str(n)) for n in range(300)))).lots) == 300
    assert [its.number for its in clean_notice(notice("1", lot("1"), lot("LOT-0001"))).lots] == ["1", "1~2"]


@pytest.mark.parametrize(
    ("said", "reserved"),
    [
        ("Le lot n° 01 est réservé aux ESAT.", "1"),
        ("Les lots 2 à 3 sont réservés aux ESAT.", "23"),
        ("Le lot 4 est réservé aux ESAT.", ""),
    ],
)
def test_conditions_of_all_lots_reserve_the_one_that_they_name(said: str, reserved: str) -> None:
    numbers = {"1": "Tonte", "2": "Taille", "3": "Vitres", "7": "Lot 4 : élagage"}
    lots = (lot(f"LOT-000{number}", title, conditions=said) for number, title in numbers.items())
    found = clean_notice(notice("26-1", *lots)).lots
    assert "".join(one.number for one in found if one.reserved) == reserved
    assert [one.number for one in found if one.doubts] == ["7"]  # its source says lot 7, its title lot 4


def test_a_whole_text_tells_its_lots_its_deadline_and_nobody_to_call() -> None:
    text = (
        "Avis d’appel public à la concurrence\nVille imaginaire, téléphone 03 20 99 88 77, j.martin@valbrune.example\n"
        "Objet du marché : Entretien des espaces verts de la commune de Maubeuge\n"
        "Date limite de réception des offres : 15/12/2026 à 12h00\n"
    )
    read_as = clean_notice(NoticeRecord("avis", "1", 1, nature="avis de marché", text=text))
    (its,) = read_as.lots
    assert its.deadline is not None
    assert its.deadline.at.isoformat() == "2026-12-15T12:00:00+01:00"
    assert "espaces verts" in its.lot.objet
    assert "99 88" not in repr(read_as)
    assert "valbrune" not in repr(read_as)


def test_the_title_of_a_lot_of_a_text_is_what_follows_its_number() -> None:
    text = (
        "AVIS DE MARCHÉ\nSection II : Objet\nII.1.1) Intitulé : Équipements et transports\n"
        "II.2) DESCRIPTION\nII.2.1) Intitulé : Lot n o 1 : Équipements de cuisine professionnelle\nLot nº : 1\n"
        "II.2.4) Description des prestations : Lot n o 1 : Équipements de cuisine professionnelle\n"
        "II.2) DESCRIPTION\nII.2.1) Intitulé : Lignes 85 : Sallanches / Passy et 86 : Sallanches / Cordon\nLot nº : 2\n"
        "II.2.4) Description des prestations : Exploitation des lignes de transport\n"
    )
    lots = clean_notice(NoticeRecord("avis", "1", 1, nature="avis de marché", text=text)).lots
    assert [one.title for one in lots] == [
        "Équipements de cuisine professionnelle",
        "Lignes 85 : Sallanches / Passy et 86 : Sallanches / Cordon",
    ]
    whole = (
        "AVIS DE MARCHÉ\nSection II : Objet\nII.1.1) Intitulé : Nettoyage des gymnases\n"
        "II.1.4) Description succincte : Le présent marché porte sur quatre gymnases de la ville\n"
        "II.2.3) Lieu d'exécution\nLieu principal d'exécution : Maubeuge\nII.2.7) Durée du marché\nDurée en mois : 12\n"
        "IV.1) Type de procédure\nProcédure ouverte\n"
    )
    (its,) = clean_notice(NoticeRecord("avis", "1", 1, nature="avis de marché", text=whole)).lots
    assert its.title == "Nettoyage des gymnases"


@pytest.mark.parametrize(
    ("written", "number"), [("LOT-0001", "1"), ("Lot n° 12", "12"), ("", "1"), ("3b", "3b"), ("Nord", "Nord")]
)
def test_numbers_of_lots(written: str, number: str) -> None:
    assert lot_number(written) == number


def test_who_won_is_told_lot_by_lot() -> None:
    one, two = siret(1), siret(2)
    told = notice(
        "26-9",
        lot("1", awarded="900", winners=won(one)),
        lot("2", winners=won(two, one)),
        nature="ATTRIBUTION",
        folder="M-12",
    )
    assert [(its.source_ref, its.number, its.amount, its.shared) for its in awards_of(told)] == [
        (f"26-9/1/{one}", "M-12", "900", False),
        (f"26-9/2/{two}", "M-12", "", True),
        (f"26-9/2/{one}", "M-12", "", True),
    ]
    offers = (WinnerWritten(one, awarded="300", shared=False), WinnerWritten(two, awarded="600", shared=True))
    apart = notice("26-9", lot("1", awarded="900", winners=offers), nature="ATTRIBUTION")
    assert [(its.amount, its.shared) for its in awards_of(apart)] == [("300", False), ("600", True)]


_WORDS = st.text(max_size=12)


@given(
    st.builds(LotWritten, *[_WORDS] * 4, cpv=st.tuples(_WORDS), places=st.tuples(st.builds(PlaceWritten, *[_WORDS] * 4)), amount=_WORDS,
              currency=_WORDS, duration=_WORDS, duration_unit=_WORDS, starts=_WORDS, renewals=_WORDS, deadline=_WORDS, reserved=_WORDS)
)  # fmt: skip
def test_no_words_break_it(written: LotWritten) -> None:
    assert len(clean_notice(notice("1", written)).lots) == 1


@pytest.mark.parametrize(
    ("term", "renewals", "months", "added", "asked"),
    [
        ("4", "3", 48, None, True),  # a platform that writes the whole term
        ("1", "3", 48, 36, False),
        ("2", "3", 96, 72, True),
        ("5", "", 60, None, True),
    ],
)
def test_a_framework_of_more_than_four_years_is_in_doubt(
    term: str, renewals: str, months: float, added: float | None, asked: bool
) -> None:
    its = cleaned(duration=term, duration_unit="YEAR", renewals=renewals, framework=True)
    assert (its.lot.duree, its.renewals_months) == (months, added)
    assert any("L2125-1" in doubt for doubt in its.doubts) is asked
    assert not any(
        "L2125-1" in doubt for doubt in cleaned(duration=term, duration_unit="YEAR", renewals=renewals).doubts
    )


def test_the_page_of_the_contract_is_taken_rather_than_the_door_of_its_platform() -> None:
    page = "https://profil.invalid/avis/12"
    its = cleaned(
        documents="https://profil.invalid/", conditions=f"Dossier : {page}. Autre : https://ailleurs.invalid/1"
    )
    assert its.documents == page
