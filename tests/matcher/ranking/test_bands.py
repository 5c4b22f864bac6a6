"""Bands: the known trade first, a clue after it, then who is to be called; an organisation stands once; places have no hole."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.match import Band, BandCounts
from matcher.domain.reading import ActivityGuess
from matcher.domain.supplier import Activity, Evidence, Reference, RefusedActivity, Supplier
from matcher.ranking.bands import BandedRanking, lay_out_bands, screen_sizes
from matcher.ranking.engine import rank
from matcher.ranking.known import BANDS
from matcher.ranking.reasons import listed_evidence
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, declares, siret, supplier
from tests.matcher.ranking.ranking_cases import ON_THE_LIST, pair

GREEN, LINEN = "espaces-verts.creation-entretien", "linge.blanchisserie"
OBJET = "Entretien des espaces verts"
AWARD = Reference("decp", "1", True, "Tonte", GREEN, notified=date(2024, 1, 1))


def laid(*suppliers: Supplier, objet: str = OBJET, **lot: object) -> BandedRanking:
    return lay_out_bands(rank(ask(objet, suppliers, **{"lieu": "Maubeuge", **lot})))


def band_of(one: Supplier, objet: str = OBJET, **lot: object) -> Band | None:
    return laid(one, objet=objet, **lot).first_by_rank(1)[0].band


@pytest.mark.parametrize(
    ("one", "band"),
    [
        (supplier(activities=declares(GREEN)), Band.CONNU),
        (supplier(naf="8130Z"), Band.CONNU),
        (supplier(activities=(Activity(GREEN, "tonte", Evidence.ROME, "essai"),)), Band.INDICE),
        (supplier(activities=(Activity(GREEN, "tonte", Evidence.ANSWER, "structure"),)), Band.CONNU),
        (supplier(activities=(Activity(GREEN, "tonte", Evidence.SITE, "site"),)), Band.INDICE),
        (supplier(activities=(Activity("espaces-verts", "espaces verts", Evidence.GROUP, "essai"),)), Band.INDICE),
        (supplier("Les Espaces Verts du Nord"), Band.INDICE),
        (supplier(activities=declares("espaces-verts.elagage")), Band.INDICE),
        (supplier(naf="8121Z"), Band.A_APPELER),
        (supplier(naf="8520Z", kind="ACI"), Band.AUTRE),
        (supplier(naf="8520Z", kind="ESAT"), Band.A_APPELER),
        (supplier(naf="8130Z", kind="GEIQ"), Band.AUTRE),
        (supplier("Régie de quartier du Nord", "EI"), Band.INDICE),
        (supplier(), Band.A_APPELER),
        (supplier(activities=declares(LINEN)), Band.AUTRE),
        (supplier(naf="9601B"), Band.AUTRE),
        (supplier("Blanchisserie du Nord"), Band.AUTRE),
        (supplier(description="Nous proposons une blanchisserie."), Band.A_APPELER),
        (supplier(activities=(Activity(LINEN, "lavage", Evidence.ANSWER, "structure"),)), Band.AUTRE),
        (supplier(activities=(Activity(LINEN, "lavage", Evidence.SITE, "site"),)), Band.A_APPELER),
        (supplier(activities=(Activity(LINEN, "lavage", Evidence.DECLARED, "equipe"),)), Band.A_APPELER),
        (supplier("CCAS de Ville", "ACI"), Band.AUTRE),
        (supplier(naf="8130Z", refused_activities=(RefusedActivity(GREEN, "tonte", None),)), Band.AUTRE),
    ],
)
def test_evidence_decides_the_band(one: Supplier, band: Band) -> None:
    assert band_of(one) is band


@pytest.mark.parametrize(
    ("candidate", "objet", "band"),
    [
        (supplier("Atelier Menuiserie du Lac", "EA"), "Menuiserie intérieure bois", Band.INDICE),
        (supplier("Recyclerie du Lac", "ACI"), "Enlèvement des encombrants", Band.INDICE),
        (supplier("Recyclerie du Lac", "ACI"), "Gestion de déchèterie", Band.A_APPELER),
        (supplier("Informatique du Lac", "ACI"), "Fourniture d’ordinateurs reconditionnés", Band.INDICE),
        (supplier("Métal du Lac", "EI"), "Travaux de métallerie", Band.INDICE),
        (supplier("Rivières du Lac", "ACI"), "Entretien des berges", Band.INDICE),
        (supplier("Serres horticoles du Lac"), "Fleurissement de la commune", Band.INDICE),
        (supplier("Atelier Bois du Lac", "ACI"), "Fabrication de mobilier en bois", Band.A_APPELER),
        (supplier("Label Emmaüs", "ACI", naf="6312Z"), "Enlèvement des encombrants", Band.A_APPELER),
        (supplier("Emmaüs Friperie du Lac", "ACI"), "Enlèvement des encombrants", Band.A_APPELER),
        (supplier("Régie de quartier du Lac", "EI"), "Nettoyage de graffitis", Band.INDICE),
        (supplier("Ménage et Propreté du Lac", "EI", naf="8121Z"), "Nettoyage de graffitis", Band.A_APPELER),
        (supplier("Ménage et Propreté du Lac", "EI", naf="8121Z"), "Nettoyage de locaux", Band.CONNU),
        (supplier("Ménage et Propreté du Lac", "EI"), "Nettoyage de locaux", Band.INDICE),
        (supplier(naf="1814Z", kind="EA"), "Reliure des registres", Band.CONNU),
        (supplier(naf="8010Z", kind="EI"), "Gardiennage d’un site", Band.CONNU),
        (supplier("Sineo du Lac", "EI"), "Réparation de vélos", Band.A_APPELER),
        (supplier(naf="4724Z", kind="EI"), "Prestations de traiteur", Band.A_APPELER),
        (supplier(naf="7990Z", kind="ACI"), "Élagage d’arbres", Band.AUTRE),
        (supplier("GEIQ Paysage du Lac", "GEIQ", naf="8130Z"), OBJET, Band.AUTRE),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "name", None),
)
def test_whom_a_buyer_saw_in_a_wrong_band_stands_in_the_right_one(candidate: Supplier, objet: str, band: Band) -> None:
    assert band_of(candidate, objet) is band


def test_who_is_known_comes_a_little_beyond_the_reach_of_the_trade_and_no_farther() -> None:
    cleaner, wood = supplier(naf="8121Z", kind="EI", at=DENAIN), supplier(naf="0220Z", kind="ACI", at=MARSEILLE)
    assert laid(cleaner, objet="Nettoyage des locaux").counts.connu == 1, "42 km, where forty are usual"
    assert not any(laid(wood, objet="Fourniture de plaquettes forestières").counts.placed)


@pytest.mark.parametrize("case", ON_THE_LIST, ids=lambda case: case["reason"])
def test_the_better_stands_above_the_worse_on_the_list(case: dict[str, Any]) -> None:
    better, worse = pair(case)
    listed = lay_out_bands(rank(ask(suppliers=[better, worse], **case["lot"])))
    rows = np.concatenate([*map(listed.of, BANDS), listed.beyond, listed.seconders])
    assert [match.id for match in listed.matches(rows)][:1] != [worse.id], case["reason"]


def test_a_class_that_is_the_trade_is_shown_and_counts_above_a_word_of_the_name() -> None:
    named, sure = supplier("Blanchisserie du Nord"), supplier("Blanchisserie du Nord", naf="9601B")
    assert band_of(named, "Blanchisserie") is Band.INDICE
    assert band_of(sure, "Blanchisserie") is Band.CONNU
    (reason, *_) = listed_evidence(laid(sure, objet="Blanchisserie").first(1)[0])
    assert reason.says.startswith("NAF 96.01B")
    painter = supplier("Tremplin Bâtiment", naf="4334Z")
    assert band_of(painter, "Remise en peinture des halls") is Band.CONNU


def test_a_name_that_bears_the_very_words_of_the_need_is_never_that_of_another_trade() -> None:
    filler = [supplier(f"Structure {number}") for number in range(30)]
    bearing = supplier("Horlogerie du Lac", naf="9601A")
    found = laid(bearing, supplier("Linge du Lac", naf="9601A"), *filler, objet="Réparation d’horlogerie ancienne")
    bands = {match.name: match.band for match in found.first_by_rank(40)}
    assert bands["Linge du Lac"] is Band.AUTRE
    assert bands["Horlogerie du Lac"] is not Band.AUTRE


def test_those_to_call_come_by_how_likely_they_do_it_and_how_near_they_are() -> None:
    found = laid(
        supplier("EA proche", kind="EA"),
        supplier("EI proche", kind="EI"),
        supplier("EA plus loin", kind="EA", at=DENAIN),
        supplier("EI lavage", kind="EI", naf="8121Z"),
        objet="Numérisation d’archives",
    )
    places = {match.name: match.place or 0 for match in found.first_by_rank(9) if match.band is Band.A_APPELER}
    assert places["EA proche"] < min(places["EI proche"], places["EA plus loin"])
    share = found.share_to_call
    assert share is not None
    assert 0 < share < 0.5


def test_who_only_seconds_staff_stands_apart_but_where_staff_or_hours_are_asked() -> None:
    geiq, works = supplier("GEIQ BTP du Nord", "GEIQ"), "Travaux de maçonnerie"
    found = laid(geiq, supplier("Intérim du Nord", "AI"), objet=works)
    assert (found.counts.personnel, found.counts.autre) == (1, 0)
    assert [found.ranking.ask.shelf.suppliers[row].name for row in found.seconders] == ["GEIQ BTP du Nord"]
    assert laid(geiq, objet=works, levier="clause").counts.personnel == 0
    assert laid(geiq, objet="Mise à disposition de maçons").counts.personnel == 0


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (supplier(activities=declares(LINEN)), "autre activité : déclare"),
        (supplier("Blanchisserie du Nord"), "autre activité : son nom évoque"),
        (supplier("CCAS de Ville", "ACI"), "mais ce chantier travaille pour la collectivité ou l’œuvre qui le porte"),
        (supplier(naf="8130Z", refused_activities=(RefusedActivity(GREEN, "tonte", None),)), "l’équipe note qu’il ne"),
    ],
)
def test_who_is_known_for_something_else_is_shown_with_what(one: Supplier, says: str) -> None:
    (reason,) = listed_evidence(laid(one).first_by_rank(1)[0])
    assert says in reason.says


def test_a_body_that_works_for_itself_is_called_where_its_name_bears_the_need() -> None:
    syndicat = supplier("Syndicat intercommunal des rivières", "ACI", siren="257802009")
    assert band_of(syndicat, "Entretien des berges de rivières") is not Band.AUTRE
    assert band_of(syndicat, "Nettoyage de locaux") is Band.AUTRE


def test_a_geiq_of_another_branch_is_known_for_something_else() -> None:
    staff = "Mise à disposition d’agents de restauration collective"
    assert band_of(supplier("GEIQ BTP du Nord", "GEIQ"), staff) is Band.AUTRE
    assert band_of(supplier("GEIQ Restauration du Nord", "GEIQ"), staff) is Band.CONNU
    assert band_of(supplier("GEIQ Multisectoriel", "GEIQ"), staff) is Band.CONNU
    assert band_of(supplier("Intérim Bâtiment", "ETTI"), staff) is Band.CONNU, "it seconds people to any trade"
    assert band_of(supplier("GEIQ BTP du Nord", "GEIQ"), "Mise à disposition de personnel") is Band.CONNU


def test_where_insertion_is_bought_nobody_is_known_for_a_trade_that_the_lot_does_not_tell() -> None:
    shelter = supplier("Foyer du Lac", "ACI", naf="8899B")
    objet = "Marché pour l’insertion professionnelle d’habitants du quartier"
    for one in (shelter, supplier("Nettoyage du Lac", "EI", naf="8121Z"), supplier("Régie de quartier", "EI")):
        assert band_of(one, objet) is Band.A_APPELER
    assert band_of(supplier(naf="8130Z"), "Marché d’insertion : entretien des espaces verts") is Band.CONNU


def test_a_past_contract_makes_known_from_the_day_after_it() -> None:
    won = supplier(references=(AWARD,))
    assert band_of(won, date=date(2024, 1, 2)) is Band.CONNU
    assert band_of(won, date=date(2024, 1, 1)) is Band.A_APPELER
    assert band_of(won) is Band.A_APPELER, "a lot without a date"
    assert band_of(supplier(references=(replace(AWARD, own=False),)), date=date(2024, 1, 2)) is Band.A_APPELER


def test_who_knows_what_is_asked_first_is_known_and_who_knows_the_rest_pointed_to() -> None:
    banks = "espaces-verts.cours-eau"
    found = laid(
        supplier("Tondeurs", activities=declares(GREEN)),
        supplier("Berges", activities=declares(banks)),
        supplier("Tout", activities=declares(GREEN, banks)),
        objet="Entretien des espaces verts et des berges",
    )
    told = {match.name: (match.band, set(match.known_for)) for match in found.first_by_rank(3)}
    assert told == {
        "Tondeurs": (Band.CONNU, {GREEN}),
        "Berges": (Band.INDICE, {banks}),
        "Tout": (Band.CONNU, {GREEN, banks}),
    }
    assert (found.counts.connu, found.counts_by_activity) == (2, {GREEN: 2, banks: 2})
    assert len({next(c.value for c in match.contributions if c.signal == "activity") for match in found.first(3)}) == 1


def test_to_second_staff_is_what_some_kinds_are_for() -> None:
    objet = "Mise à disposition de personnel"
    assert band_of(supplier(kind="AI"), objet) is Band.CONNU
    assert band_of(supplier(kind="ESAT"), objet) is not Band.CONNU


def test_a_trade_that_is_only_guessed_beside_what_is_asked_is_no_clue() -> None:
    painter = supplier(naf="4334Z")
    assert band_of(painter, "Déménagement d’un collège") in (Band.A_APPELER, Band.AUTRE)
    assert band_of(painter, "Travaux de peinture") is Band.CONNU


def test_a_trade_that_is_not_understood_makes_nobody_known() -> None:
    assert band_of(supplier(activities=declares(GREEN)), "zzz qqq") is Band.A_APPELER


@pytest.mark.parametrize(("confidence", "band"), [(0.1, Band.A_APPELER), (0.4, Band.CONNU)], ids=["unlikely", "likely"])
def test_of_a_trade_that_is_unlikely_nobody_is_said_to_do_it(confidence: float, band: Band) -> None:
    asked = ask("zzz", [supplier(activities=declares(GREEN))], lieu="Maubeuge")
    reading = replace(asked.reading, activities=(ActivityGuess(GREEN, "tonte", confidence),))
    found = lay_out_bands(rank(replace(asked, reading=reading)))
    assert found.first_by_rank(1)[0].band is band


def test_a_known_trade_comes_before_an_unknown_neighbour_and_who_is_too_far_has_no_place() -> None:
    found = laid(
        supplier("Voisin", at=MAUBEUGE),
        supplier("Connu", at=DENAIN, activities=declares(GREEN)),
        supplier("Loin", at=MARSEILLE, activities=declares(GREEN)),
    )
    told = {match.name: (match.band, match.place) for match in found.first_by_rank(3)}
    assert told == {"Connu": (Band.CONNU, 1), "Voisin": (Band.A_APPELER, 1), "Loin": (Band.CONNU, None)}
    assert found.counts == BandCounts(connu=1, indice=0, a_appeler=1, autre=0, plus_loin=1, personnel=0)


def test_a_declared_area_is_its_reach() -> None:
    north = supplier("Nord", at=MARSEILLE, activities=declares(GREEN), area_codes=("dep:59",))
    assert [match.place for match in laid(north).first_by_rank(1)] == [1]


def test_an_organisation_stands_once_by_the_best_site_of_its_best_band() -> None:
    near = supplier("Siège", at=MAUBEUGE, id=f"siret:{siret(1)}", siret=siret(1), siren=siret(1)[:9])
    known = supplier(
        "Atelier",
        at=DENAIN,
        activities=declares(GREEN),
        id=f"siret:{near.siret[:9]}00099",
        siren=near.siren,
        siret=f"{near.siret[:9]}00099",
    )
    found = {match.name: match for match in laid(near, known).first_by_rank(5)}
    assert (found["Atelier"].place, found["Atelier"].folded) == (1, "")
    assert (found["Siège"].place, found["Siège"].folded) == (None, known.id)


@st.composite
def suppliers(draw: st.DrawFn) -> list[Supplier]:
    """A dozen suppliers, some of one organisation, near and far, known or not."""
    made = []
    for number in range(draw(st.integers(1, 12))):
        at = f"{siret(draw(st.integers(1, 4)))[:9]}{number:05}"
        made.append(
            supplier(
                f"Atelier {number}",
                kind=draw(st.sampled_from(["EI", "AI", "ESAT"])),
                at=draw(st.sampled_from([None, MAUBEUGE, DENAIN, LILLE, MARSEILLE])),
                activities=declares(draw(st.sampled_from([GREEN, LINEN]))) if draw(st.booleans()) else (),
                id=f"siret:{at}",
                siret=at,
                siren=at[:9],
            )
        )
    return made


@pytest.mark.parametrize(
    ("held", "places", "sizes"),
    [
        ((3, 5, 9), 1, (1, 0, 0)),
        ((3, 5, 9), 2, (1, 1, 0)),
        ((3, 5, 9), 4, (2, 1, 1)),
        ((9, 9, 9), 10, (4, 3, 3)),
        ((0, 5, 9), 1, (0, 1, 0)),
        ((0, 1, 9), 10, (0, 1, 9)),
        ((9, 1, 0), 10, (9, 1, 0)),
        ((1, 0, 1), 10, (1, 0, 1)),
    ],
)
def test_the_places_of_a_screen_are_the_surest_first_whatever_their_number(
    held: tuple[int, ...], places: int, sizes: tuple[int, ...]
) -> None:
    assert screen_sizes(held, places) == sizes


@given(suppliers(), st.integers(1, 15))
def test_a_screen_fills_the_places_that_it_has(some: list[Supplier], places: int) -> None:
    found = laid(*some)
    shown = found.screen_matches(places)
    assert len(shown) == min(places, sum(found.counts.placed))
    bands = [(Band.CONNU, Band.INDICE, Band.A_APPELER).index(match.band) for match in shown if match.band]
    assert bands == sorted(bands)
    assert not found.counts.connu or shown[0].band is Band.CONNU


@given(suppliers(), st.integers(1, 5))
def test_places_have_no_hole_and_lines_come_by_rank(some: list[Supplier], count: int) -> None:
    found = laid(*some)
    everyone = found.first_by_rank(len(some))
    assert [match.rank for match in everyone] == sorted(match.rank or 0 for match in everyone)
    for band in (Band.CONNU, Band.INDICE, Band.A_APPELER):
        places = [match.place for match in everyone if match.band is band and match.place]
        assert sorted(places) == list(range(1, len(places) + 1))
        assert places == sorted(places) or band is Band.A_APPELER, "by score inside a band, or by what a call promises"
    placed = [match for match in everyone if match.place]
    assert len({match.siret[:9] for match in placed}) == len(placed), "once an organisation"
    assert all(match.folded in {lead.id for lead in placed} for match in everyone if match.folded)
    assert found.counts.placed == tuple(sum(match.band is band for match in placed) for band in BANDS[:3])
    assert all(match.band is not Band.AUTRE for match in placed)
    few = found.first_by_rank(count)
    assert {m.id for m in few} == {m.id for m in everyone if (m.rank or 0) <= count or (m.place or count + 1) <= count}
