"""Notices on a form, from the page that is pasted to what is understood of each lot, and those that are broken."""

from cProfile import Profile
from dataclasses import dataclass, replace

import pytest

from matcher.domain.reading import DoubtKind, Lot, RawPlace
from matcher.reading.notice import of_market, split_notice
from matcher.reading.reader import lots_of_notice, read
from tests.conftest import ROOT
from tests.matcher.reading.eforms import RESERVED, displayed

EFORMS = ROOT / "tests/fixtures/eforms"


@dataclass(frozen=True)
class Shown:
    """What an eForms notice says in its fields: (number, title, months, renewals) of each lot where it has several."""

    months: float
    renewals: float
    euros: float | None
    lots: tuple[tuple[str, str, float, float], ...] = ()


SHOWN = {
    "cn_23": Shown(48, 0, None),
    "cn_24_FRA_comments": Shown(52, 36, None, (("1", "Agence centre", 52, 36), ("2", "Agence Hauts de Rouen", 52, 36))),
    "cn_24_multilingual": Shown(48, 0, 4_500_000),
    "cn_81_FRA": Shown(27, 0, None),
}


@pytest.mark.parametrize("name", SHOWN)
def test_an_eforms_notice_is_read_as_its_fields_say(name: str) -> None:
    lot, expected = Lot(displayed(EFORMS / f"{name}.xml")), SHOWN[name]
    reading, lots = read(lot), lots_of_notice(lot)
    assert reading.duration is not None
    assert (reading.duration.months, reading.duration.renewals_months) == (expected.months, expected.renewals)
    assert reading.euros == expected.euros
    assert (reading.levier_hint, reading.reserved_by) == ("", "")
    told = [(one.number, one.title, one.reading.duration) for one in lots]
    assert [(n, title, d.months, d.renewals_months) for n, title, d in told if d] == list(expected.lots)
    assert [one.reading.levier_hint for one in lots] == [""] * len(expected.lots)


@pytest.mark.parametrize(("code", "levier"), [("res-ws", "14"), ("res-pub-ser", "15"), ("none", "")])
def test_an_eforms_lot_is_reserved_by_its_field(code: str, levier: str) -> None:
    page = displayed(EFORMS / "cn_24_FRA_comments.xml")
    first, rest = page.split("5.1. Lot: LOT-0002")
    lot = Lot(f"{first.replace(RESERVED['none'], RESERVED[code])}5.1. Lot: LOT-0002{rest}")
    one, two = lots_of_notice(lot)
    assert (one.reading.levier_hint, two.reading.levier_hint) == (levier, "")
    assert bool(one.reading.reserved_by) == bool(levier)
    assert read(lot).levier_hint == levier
    assert read(lot).reserved_by == ""


def test_a_reserved_execution_is_told_by_its_field() -> None:
    page = displayed(EFORMS / "cn_23.xml").replace("emplois protégés: Non", "emplois protégés: Oui")
    assert read(Lot(page)).levier_hint == "12"


FORM = """I.1) NOM ET ADRESSES
Ville de Loos, 104 rue du Maréchal Foch, 59120, Loos, F, Code NUTS : FRE11
II.1.1) Intitulé : Équipements de cuisine et de blanchisserie
II.1.6) Information sur les lots :
Ce marché est divisé en lots : oui
"""
LOT = """II.2) DESCRIPTION
II.2.1) Intitulé : {title}
Lot nº : {number}
II.2.2) Code(s) CPV additionnel(s)
Code CPV principal : {cpv}
II.2.3) Lieu d'exécution
Lieu principal d'exécution : {place}
II.2.6) Valeur estimée
Valeur hors TVA : {euros} euros
II.2.7) Durée du marché, de l'accord-cadre ou du système d'acquisition dynamique
Durée en mois : 12
Ce marché peut faire l'objet d'une reconduction :oui
Description des modalités ou du calendrier des reconductions : Trois fois un an
II.2.14) Informations complémentaires : {more}
"""
END = "III.1.5) Informations sur les marchés réservés :\nIII.2) CONDITIONS LIÉES AU MARCHÉ\n"


def european(*lots: tuple[str, str, str, str]) -> Lot:
    told = (
        LOT.format(number=number, cpv=f"{90_000_000 + number}", title=title, place=place, euros=euros, more=more)
        for number, (title, place, euros, more) in enumerate(lots, start=1)
    )
    return Lot(f"{FORM}{''.join(told)}{END}")


def test_each_lot_has_its_place_its_amount_and_its_reservation() -> None:
    lot = european(
        ("Nettoyage de la vitrerie", "Lille", "10 000", ""),
        ("Tonte des pelouses", "Loos", "20 000", "Ce lot est réservé aux EA."),
    )
    glass, lawns = lots_of_notice(lot)
    assert [place.name for place in glass.reading.places] == ["Lille"]
    assert [place.name for place in lawns.reading.places] == ["Loos"]
    assert (glass.reading.euros, lawns.reading.euros) == (10_000, 20_000)
    assert (glass.reading.levier_hint, lawns.reading.levier_hint) == ("", "12")
    assert lawns.reading.reserved_by == "Ce lot est réservé aux EA."
    assert (glass.reading.lot.cpv, lawns.reading.lot.cpv) == (("90000001",), ("90000002",))
    assert glass.reading.activities[0].code.startswith("proprete")
    assert lawns.reading.activities[0].code.startswith("espaces-verts")


def test_a_notice_counts_its_lots_together() -> None:
    reading = read(european(("Vitrerie", "Lille", "10 000", ""), ("Tonte", "Loos", "20 000", "")))
    assert reading.euros == 30_000
    assert reading.months == 48
    assert {place.name for place in reading.places} == {"Lille", "Loos"}
    assert (reading.levier_hint, reading.kinds_asked) == ("", ())


def test_an_amount_of_one_lot_is_not_that_of_all() -> None:
    assert read(european(("Vitrerie", "Lille", "10 000", ""), ("Tonte", "Loos", "", ""))).amount is None


def test_where_nothing_says_where_the_buyer_does_and_it_is_told() -> None:
    reading = read(european(("Vitrerie", "", "1 000", ""), ("Tonte", "", "1 000", "")))
    assert [place.name for place in reading.places] == ["Loos"]
    assert any("adresse de l’acheteur" in doubt.says for doubt in reading.doubts)


def test_what_is_given_wins_over_the_form() -> None:
    lot = replace(
        european(("Vitrerie", "Lille", "10 000", ""), ("Tonte", "Loos", "20 000", "")),
        lieux=(RawPlace("Douai"),),
        montant=5_000.0,
    )
    assert [place.name for place in read(lot).places] == ["Douai"]
    assert read(lot).euros == 5_000
    assert {place.name for one in lots_of_notice(lot) for place in one.reading.places} == {"Douai"}


def test_lots_listed_in_a_sentence_are_lots() -> None:
    one, two = lots_of_notice(
        Lot("Lot 1 : tonte. Ce lot est réservé aux EA. Lot 2 : lavage des vitres à Lille, 20 000 € HT")
    )
    assert (one.title, one.reading.levier_hint) == ("tonte", "12")
    assert two.reading.levier_hint == ""
    assert two.reading.euros == 20_000
    assert lots_of_notice(Lot("Pour le lot 1 : tonte. Lot 3 : vitres")) == ()


# ---- what is broken


def test_three_hundred_lots_are_three_hundred() -> None:
    lots = lots_of_notice(european(*((f"Tonte du secteur {number}", "Lille", "1 000", "") for number in range(300))))
    assert [one.number for one in lots] == [str(number) for number in range(1, 301)]


def test_reading_a_form_twice_as_long_is_twice_the_work() -> None:
    def calls(many: int) -> int:
        profile = Profile()
        split_notice.cache_clear()
        lot = european(*((f"Tonte du secteur {number}", "Lille", "1 000", f"Texte {number}") for number in range(many)))
        profile.runcall(read, lot)
        return sum(entry.callcount for entry in profile.getstats())

    calls(5)
    assert calls(120) < 2.6 * calls(60)


@pytest.mark.parametrize("euros", ["1", "1 000 000 000 000"])
def test_an_amount_beyond_belief_is_unread(euros: str) -> None:
    assert read(european(("Vitrerie", "Lille", euros, ""), ("Tonte", "Loos", euros, ""))).amount is None


@pytest.mark.parametrize("euros", ["1 €", "12 €", "1 000 000 000 000 €", "1 euro HT", "9 999 999 999 euros"])
def test_an_amount_beyond_belief_is_said_to_be_unread(euros: str) -> None:
    for text in (
        f"Vitrerie à Lille, montant estimé : {euros}",
        f"{FORM}II.1.5) Valeur totale estimée : {euros}\n{END}",
    ):
        reading = read(Lot(text))
        said = [doubt.says for doubt in reading.doubts if doubt.kind is DoubtKind.AMOUNT]
        assert reading.amount is None
        assert len(said) == 1
        assert f"{euros} » n’est pas compté" in said[0]
        assert "500\xa0€ à 1\xa0milliard d’euros" in said[0]


def test_a_form_that_tells_its_amount_elsewhere_counts_it() -> None:
    told = f"{FORM}II.1.5) Valeur totale estimée : 1 €\nII.1.4) Description succincte : montant total de 45 000 € HT\n{END}"
    assert read(Lot(told)).euros == 45_000


@pytest.mark.parametrize(
    "text",
    [
        *(f"{FORM}{END}", FORM.replace(" : ", "\n"), FORM.replace("II.1.1) Intitulé", "II.1.1) In-\ntitulé") + END),
        "Lot | Désignation | Montant | Durée\n1 | Tonte | 10 000 € HT | 12 mois\n2 | Vitres | 5 000 € HT | 24 mois\n"
        * 30,
        f"{FORM}{END}\nContract notice\nII.1.1) Title: Kitchen equipment\nReserved: no\n" * 3,
    ],
)
def test_a_broken_notice_is_read_without_a_wild_guess(text: str) -> None:
    reading = read(Lot(text))
    assert reading.levier_hint == ""
    assert reading.amount is None
    assert reading.duration is None
    assert reading == read(Lot(text))


def test_two_megabytes_of_a_page_say_that_they_are_not_read_whole() -> None:
    reading = read(Lot("<div><p>Tonte des pelouses à Lille.</p>" + "<p>Rien à dire de plus.</p>" * 80_000 + "</div>"))
    assert [place.name for place in reading.places] == ["Lille"]
    assert any("Page très longue" in doubt.says for doubt in reading.doubts)


MAPA = """Objet du marché : Entretien des espaces verts de la commune de Hautmont
Type de marché : services
Lieu d'exécution : Hautmont (59330)
Durée du marché : 12 mois
Montant estimé : 60 000 € HT par an
Lot 1 : Vitrerie
Lot 2 : Secteur centre-ville
Critères d'attribution : prix 60 %, valeur technique 40 %"""


@pytest.mark.parametrize(
    "text", [MAPA, "Entretien des espaces verts à Hautmont. Lot 1 : Vitrerie. Lot 2 : Secteur centre-ville"]
)
def test_a_lot_that_tells_no_trade_is_read_with_the_object_of_its_market(text: str) -> None:
    glass, centre = lots_of_notice(Lot(text))
    assert centre.market.startswith("Entretien des espaces verts")
    assert "services" not in centre.market
    assert centre.reading.asked[0] == "espaces-verts.creation-entretien"
    again = read(Lot(of_market(centre.title, centre.number, centre.market)))
    assert again.asked == centre.reading.asked
    alone = read(Lot(of_market(glass.title, glass.number, glass.market)))
    assert alone.asked == glass.reading.asked == ("proprete.vitrerie",)
    assert [place.name for place in alone.places] == ["Hautmont"]
