"""Where a lot is done: the given place, its text, the buyer. Invented lots over real places."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.place import PlaceOrigin, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import commune
from matcher.reference.geography.place_names import place_key
from matcher.reference.geography.territories import place_aliases

MAUBEUGE_AGGLO, ROUBAIX, PAS_DE_CALAIS = "20004339600015", "21590512600011", "22620001200012"


def names(objet: str = "Entretien", *lieux: RawPlace, acheteur: str = "") -> list[str]:
    places = read_places(Lot(objet, lieux=lieux, acheteur_siret=acheteur)).places
    return [place.name for place in places]


@pytest.mark.parametrize(
    "written", ["tout le territoire", "Ensemble des communes", "EPCI", "l’agglomération", "multi-sites"]
)
def test_the_whole_of_a_territory_is_the_buyers_own(written: str) -> None:
    where = read_places(Lot("Ménage", lieux=(RawPlace(written),), acheteur_siret=ROUBAIX))
    assert ([place.code for place in where.places], where.doubts) == (["59512"], ())
    assert read_places(Lot("Ménage", lieux=(RawPlace(written),))).places == ()
    assert names("Ménage", RawPlace(written), RawPlace("Denain"), acheteur=ROUBAIX) == ["Denain"]


def test_a_group_of_communes_is_known_without_the_kind_that_ends_its_name() -> None:
    (place,) = read_places(Lot("Communauté d’agglomération du Pays de Saint-Malo")).places
    assert place.key == "epci:243500782"


@pytest.mark.parametrize(
    ("written", "codes", "asks"),
    [
        ("Château-Chinon", [], "laquelle ? Château-Chinon (Ville) (58), Château-Chinon (Campagne) (58)"),
        ("chateau chinon 58120", [], "laquelle ? Château-Chinon (Ville) (58)"),
        ("Château-Chinon (Ville)", ["58062"], ""),
        ("Château-Chinon (Campagne)", ["58063"], ""),
        ("Bors", [], "Bors (Canton de Charente-Sud)"),
        ("Castillon (Canton de Lembeye)", ["64182"], ""),
        ("Trucmuche-Chinon", [], "Lieu inconnu"),
        ("CHU-Nantes", ["44109"], ""),
        ("Bourg-en-Bresse-Lyon", ["01053", "69123"], ""),
        ("Marseille (13)", ["13055"], ""),
    ],
)
def test_part_of_a_longer_name_never_wins_over_it(written: str, codes: list[str], asks: str) -> None:
    for lot in (Lot("Tonte", lieux=(RawPlace(written),)), Lot(f"Tonte à {written}")):
        where = read_places(lot)
        assert [place.code for place in where.places] == codes
        assert any(asks in doubt for doubt in where.doubts) or not (asks and lot.lieux)


def decp(code: str, kind: str, nom: str) -> RawPlace:
    return RawPlace(code, kind, nom)


@pytest.mark.parametrize(
    ("lieu", "kind", "code"),
    [
        ("Maubeuge", PlaceType.COMMUNE, "59392"),
        ("insee:59392", PlaceType.COMMUNE, "59392"),
        ("cp:59600", PlaceType.COMMUNE, "59392"),
        ("59600", PlaceType.COMMUNE, "59392"),
        ("59392", PlaceType.COMMUNE, "59392"),
        ("59600 Maubeuge", PlaceType.COMMUNE, "59392"),
        ("62022 ARRAS CEDEX", PlaceType.COMMUNE, "62041"),
        ("Paris 13", PlaceType.COMMUNE, "75113"),
        ("Ville de Roubaix", PlaceType.COMMUNE, "59512"),
        ("dep:62", PlaceType.DEPARTEMENT, "62"),
        ("62", PlaceType.DEPARTEMENT, "62"),
        ("2A", PlaceType.DEPARTEMENT, "2A"),
        ("Nord", PlaceType.DEPARTEMENT, "59"),
        ("département du Pas-de-Calais", PlaceType.DEPARTEMENT, "62"),
        ("FRE12", PlaceType.DEPARTEMENT, "62"),
        ("reg:32", PlaceType.REGION, "32"),
        ("Hauts-de-France", PlaceType.REGION, "32"),
        ("ex-Picardie", PlaceType.REGION, "22"),
        ("epci:200043396", PlaceType.EPCI, "200043396"),
        ("200043396", PlaceType.EPCI, "200043396"),
        ("Lille Métropole", PlaceType.EPCI, "200093201"),
        ("Communauté urbaine d’Arras", PlaceType.EPCI, "200033579"),
        ("50.27,3.97", PlaceType.POINT, "50.27000,3.97000"),
        ("France", PlaceType.PAYS, "FR"),
    ],
)
def test_free_places(lieu: str, kind: PlaceType, code: str) -> None:
    places = read_places(Lot("Entretien des espaces verts", lieux=(RawPlace(lieu),))).places
    assert [(place.type, place.code) for place in places] == [(kind, code)]
    assert places[0].origin is PlaceOrigin.LIEU


@pytest.mark.parametrize(
    ("lieu", "words"),
    [
        ("59392", "n’est pas un code postal"),
        ("cp:59600", "communes"),
        (
            "Saint-Denis",
            "Plusieurs communes se nomment Saint-Denis (Seine-Saint-Denis et La Réunion) : Saint-Denis (93) est retenue",
        ),
        ("Maubeuje", "Maubeuge (59) retenue"),
        ("Vienne", "pour le département, écrivez « département Vienne »"),
        ("46.0,-6.0", "est-ce le bon ?"),
        ("3.97,50.27", "inversées"),
        ("95,200", "n’existent pas"),
        ("Tokyo", "lieu à l’étranger (Japon)"),
        ("Bruxelles", "lieu à l’étranger (Belgique)"),
        ("Genève, Suisse", "lieu à l’étranger (Suisse)"),
        ("Xyzabc", "Lieu inconnu"),
        ("Valencienne", "Valenciennes (59) retenue"),
        ("Roissy", "« Roissy » : laquelle ? Roissy-en-Brie (77), Roissy-en-France (95), ou une autre"),
        ("Saint-Michel", "Saint-Michel : laquelle ?"),
        ("Saint-Martin", "Plusieurs communes se nomment Saint-Martin"),
        ("bassin minier", "« bassin minier » n’a pas de limites officielles"),
        ("Paris La Défense", "entendu comme Courbevoie, Nanterre et Puteaux"),
        ("Marne-la-Vallée", "n’a pas de limites officielles"),
        ("Parc naturel régional de Lorraine", "entendu comme ex-Lorraine"),
        ("PNR de Lorraine", "dites quelles communes"),
        ("Parc naturel régional des Vosges du Nord", "dites quelles communes"),
        ("parc naturel régional de la Montagne de Reims", "entendu comme Reims"),
        ("insee:99999", "Lieu inconnu"),
        ("cp:62022", "CEDEX"),
    ],
)
def test_doubts_are_said(lieu: str, words: str) -> None:
    doubts = read_places(Lot("Entretien", lieux=(RawPlace(lieu),))).doubts
    assert any(words in doubt for doubt in doubts)


@pytest.mark.parametrize(
    ("place", "acheteur", "expected"),
    [
        (decp("66", "Code postal", "Département des Pyrénées-Orientales"), "", ["Pyrénées-Orientales"]),
        (decp("FR03100", "Code postal", "FRANCE"), "", ["Montluçon"]),
        (decp("45058", "Code postal", "ORLEANS CEDEX 1"), "", ["Orléans"]),
        (decp("59066", "Code postal", "17 Grand Place 59066 ROUBAIX"), "", ["Roubaix"]),
        (decp("DEP", "Code département", "Département des Vosges"), "", ["Vosges"]),
        (decp("60000", "Code département", "Communauté d'Agglomération du Beauvaisis"), "", ["Beauvaisis"]),
        (decp("57000", "Code département", "Moselle"), "", ["Moselle"]),
        (decp("77500", "Code postal", "Seine-et-Marne"), "", ["Chelles"]),
        (decp("38500", "Code postal", "Pays Voironnais"), "", ["Voironnais"]),
        (decp("45000", "Code postal", "Ville de Fleury les Aubrais (45)"), "", ["Fleury-les-Aubrais"]),
        (decp("62", "CODE DEPARTEMENT", "(62) Pas-de-Calais"), "", ["Pas-de-Calais"]),
        (decp("75056", "CODE COMMUNE", "PARIS"), "", ["Paris"]),
        (decp("53", "Code département", "Mayenne"), "", ["Mayenne"]),
        (decp("FR", "Code pays", "FRANCE"), ROUBAIX, ["Roubaix"]),
        (decp("59", "Code département", "Nord"), MAUBEUGE_AGGLO, ["Maubeuge Val de Sambre"]),
        (decp("62", "Code département", "Pas-de-Calais"), PAS_DE_CALAIS, ["Pas-de-Calais"]),
        (decp("PT", "Code département", "PORTUGAL"), "", []),
    ],
)
def test_decp_places_lie_and_are_read_all_the_same(place: RawPlace, acheteur: str, expected: list[str]) -> None:
    found = names("Prestations de nettoyage", place, acheteur=acheteur)
    assert len(found) == len(expected)
    assert all(end in name for name, end in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("objet", "place", "expected"),
    [
        ("PROPRETE URBAINE SUR LE TERRITOIRE DE FLEURY LES AUBRAIS", "45", ["Fleury-les-Aubrais"]),
        ("Entretien des espaces publics à St Jean de Braye", "45", ["Saint-Jean-de-Braye"]),
        ("Travaux sis 12 boulevard du Général de Gaulle à Roubaix", "59", ["Roubaix"]),
        ("Agence de Neufchâteau : Coussey, Rebeuville, Grand, Vicherey", "88", ["Neufchâteau", "Coussey", "Rebeuville", "Grand", "Vicherey"]),
        ("Lot 4 : Villedieu les Poêles et St Hilaire du Harcouët", "50", ["Villedieu-les-Poêles-Rouffigny", "Saint-Hilaire-du-Harcouët"]),
        ("Nettoyage des communes de Cavaillon et Les Taillades", "84", ["Cavaillon", "Taillades"]),
        ("Ménage des locaux, ville du Havre", "76", ["Le Havre"]),
        ("Lot 7 : Département 67", "FR", ["Bas-Rhin"]),
        ("Lots des départements 54 et 88", "FR", ["Meurthe-et-Moselle", "Vosges"]),
        ("Espaces verts dépt.87 réservé", "FR", ["Haute-Vienne"]),
        ("Fourniture de repas pour le SDIS43", "FR", ["Haute-Loire"]),
        ("Gardiennage, lot ex-Picardie", "FR", ["ex-Picardie"]),
        ("Tri dans l’agglomération Maubeuge-Val de Sambre", "59", ["Communauté d'agglomération Maubeuge Val de Sambre"]),
        ("PONT-DE-CLAIX (38) : entretien du stand de tir", "38", ["Le Pont-de-Claix"]),
        ("Électricité (Secteur Rouen - Elbeuf)", "76", ["Rouen", "Elbeuf"]),
        ("Nettoyage pour les CPAM du Calvados, de l’Orne et de la Manche", "FR", ["Calvados", "Orne", "Manche"]),
        ("Corrèze (19) et Creuse (23)", "FR", ["Corrèze", "Creuse"]),
        ("Ménage des locaux, 27 rue Blanche, 75009 Paris", "75", ["Paris 9e Arrondissement"]),
        ("Ménage des mairies des 15e et 16e arrondissements", "75", ["Paris 15e Arrondissement", "Paris 16e Arrondissement"]),
        ("Entretien du port de Cherbourg", "50", ["Cherbourg-en-Cotentin"]),
        ("Maintenance des sites de Noyelles-sous-Lens, Wittelsheim et Hayange", "62", ["Noyelles-sous-Lens", "Wittelsheim", "Hayange"]),
        ("Élagage à <b>Denain</b>&nbsp;: lot 2", "59", ["Denain"]),
        ("Nettoyage d’Amiens Métropole, y compris vitres", "80", ["Communauté d'agglomération Amiens Métropole"]),
    ],
)  # fmt: skip
def test_places_of_the_text_refine_an_area(objet: str, place: str, expected: list[str]) -> None:
    raw = decp(place, "Code pays" if place == "FR" else "Code département", "")
    places = read_places(Lot(objet, lieux=(raw,))).places
    assert [found.name for found in places] == expected
    assert {found.origin for found in places} == {PlaceOrigin.OBJET}


@pytest.mark.parametrize(
    ("objet", "place", "words"),
    [
        ("Tonte", "Dans un rayon de 30 km autour de Pontivy", "« rayon de 30 km » n’est pas compté"),
        ("Tonte dans un rayon de 20 km autour de Pontivy", "", "« rayon de 20 km » n’est pas compté"),
        ("Tonte", "Pontivy, 30 km à la ronde", "« 30 km à la ronde » n’est pas compté"),
    ],
)
def test_a_radius_that_is_not_counted_is_told(objet: str, place: str, words: str) -> None:
    where = read_places(Lot(objet, lieux=(RawPlace(place),) if place else ()))
    assert [place.name for place in where.places] == ["Pontivy"]
    assert any(words in doubt for doubt in where.doubts)


def test_a_head_office_that_is_served_is_a_place() -> None:
    lot = Lot("Gardiennage du siège social à Melun", lieux=(RawPlace("dep:77"),))
    assert [place.name for place in read_places(lot).places] == ["Melun"]


@pytest.mark.parametrize(
    ("objet", "place"),
    [
        ("Entretien du parc de la ville et des bois", "59"),
        ("TRAVAUX DANS LE GRAND PARC, MARCHE DE LA VILLE", "88"),
        ("Réfection de la rue de Roubaix", "59"),
        ("Travaux à l’école Albert Samain", "59"),
        ("Rénovation du gymnase Jean Moulin", "03"),
        ("LOT 3 : NORD ET SUD", "59"),
        ("Mobilier de La Ruche", "35"),
        ("Nettoyage, hors Colmar (68)", "68"),
        ("Entretien, hors métropole nantaise", "44"),
        ("Travaux pour Habitat+, dont le siège social est situé 3 rue Neuve, 59100 Roubaix", "59"),
        ("Fournitures pour un office qui a son siège social à Roubaix", "59"),
        ("Prix lancé par la SETE", "34"),
        ("Logiciel pour l’escadron « Roubaix »", "59"),
        ("Réfection de la place - Rue Jean Mermoz", "80"),
    ],
)
def test_false_friends_are_no_places(objet: str, place: str) -> None:
    places = read_places(Lot(objet, lieux=(RawPlace(f"dep:{place}"),))).places
    assert [found.code for found in places] == [place]


def test_a_place_given_by_a_person_stands_and_a_decp_place_gives_way_with_a_doubt() -> None:
    objet = "Nettoyage sur la commune de Fleury-les-Aubrais"
    assert names(objet, RawPlace("Orléans")) == ["Orléans"]
    where = read_places(Lot(objet, lieux=(decp("45000", "Code postal", "Orléans"),)))
    assert [place.name for place in where.places] == ["Fleury-les-Aubrais"]
    assert "le texte est retenu" in where.doubts[0]


@pytest.mark.parametrize(
    ("objet", "place", "expected"),
    [
        ("Réhabilitation de la CPAM de Caen", decp("61", "Code département", "Orne"), ["Caen"]),
        ("Espaces verts du cimetière militaire de Neuville-Saint-Vaast", decp("54", "Code département", ""), ["Neuville-Saint-Vaast"]),
        ("Vitrerie de services de l’Oise (60) et de la Somme (80)", decp("94", "Code département", "Val-de-Marne"), ["Oise", "Somme"]),
        ("Formation au management, méthode Laval", decp("72", "Code département", "Sarthe"), ["Sarthe"]),
    ],
)  # fmt: skip
def test_a_text_that_leaves_no_choice_moves_a_decp_place_with_a_doubt(
    objet: str, place: RawPlace, expected: list[str]
) -> None:
    where = read_places(Lot(objet, lieux=(place,)))
    assert [found.name for found in where.places] == expected
    assert bool(where.doubts) == (where.places[0].origin is PlaceOrigin.OBJET)


def test_the_wider_places_are_kept_apart_and_never_among_the_finer_ones() -> None:
    lot = Lot("Ménage à Maubeuge", lieux=(decp("59", "Code département", "Nord"),), acheteur_siret=MAUBEUGE_AGGLO)
    where = read_places(lot)
    assert [(place.name, place.origin) for place in where.places] == [("Maubeuge", PlaceOrigin.OBJET)]
    assert [(place.name, place.origin) for place in where.within] == [
        ("Communauté d'agglomération Maubeuge Val de Sambre", PlaceOrigin.ACHETEUR),
        ("Nord", PlaceOrigin.LIEU),
    ]
    assert read_places(Lot("Ménage", lieux=(RawPlace("Maubeuge"),))).within == ()


@pytest.mark.parametrize(
    ("objet", "codes"),
    [
        ("Rénovation de logements dans le bassin minier", {"246200364", "245901160"}),
        ("Surveillance dans l’académie de Nice", {"06", "83"}),
        ("Entretien des berges de la Sambre sur 12 km", {"59467", "02067"}),
        ("Désherbage de la métropole lilloise", {"200093201"}),
        ("RD 917 entre Péronne et Cambrai", {"80620", "59122"}),
        ("Marquage des communes d’Avy et Marignac", {"17027", "17220"}),
    ],
)
def test_usual_names_rivers_and_lists_alone(objet: str, codes: set[str]) -> None:
    assert codes <= {place.code for place in read_places(Lot(objet)).places}


@pytest.mark.parametrize(
    ("objet", "words"),
    [
        (
            "Ménage à Saint-Denis",
            "Plusieurs communes se nomment Saint-Denis (Seine-Saint-Denis et La Réunion) : Saint-Denis (93) est retenue",
        ),
        ("Collège à Saint-Michel", "Saint-Michel : laquelle ?"),
        ("Travaux à Bruxelles", "à l’étranger (Belgique)"),
        ("Curage du canal de Saint-Quentin", "« canal de Saint-Quentin » : dites quelles communes"),
        ("Berges de la Sambre", "dites lesquels"),
    ],
)
def test_what_a_text_leaves_open_is_asked(objet: str, words: str) -> None:
    assert any(words in doubt for doubt in read_places(Lot(objet)).doubts)


def test_a_street_named_after_a_foreign_town_is_not_abroad() -> None:
    assert read_places(Lot("Réfection de la rue de Tournai")).doubts == ()


def test_small_communes_of_one_name_are_not_chosen() -> None:
    assert read_places(Lot("Collège à Saint-Michel")).places == ()
    assert read_places(Lot("Ménage", lieux=(RawPlace("Saint-Michel"),))).places == ()


def test_several_given_places_are_all_places() -> None:
    assert names("Entretien", RawPlace("Denain"), RawPlace("Maubeuge")) == ["Denain", "Maubeuge"]


def test_the_buyer_chooses_among_homonyms_and_says_where_when_nothing_else_does() -> None:
    assert [place.code for place in read_places(Lot("Ménage", lieux=(RawPlace("Saint-Denis"),), acheteur_siret="22930008200016")).places] == ["93066"]  # fmt: skip
    where = read_places(Lot("Ménage", acheteur_siret=ROUBAIX))
    assert [(place.name, place.origin) for place in where.places] == [("Roubaix", PlaceOrigin.ACHETEUR)]
    assert where.doubts == ()


def test_an_area_lists_its_communes_and_lies_at_its_centre_of_population() -> None:
    (area,) = read_places(Lot("Entretien", lieux=(RawPlace("dep:59"),))).places
    lille = commune("59350")
    assert lille is not None
    assert len(area.communes) > 600
    assert area.lat is not None
    assert lille.lat is not None
    assert abs(area.lat - lille.lat) < 0.3


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20), st.text(max_size=40), st.text(max_size=16))
def test_no_text_makes_it_fail(objet: str, code: str, kind: str, nom: str, siret: str) -> None:
    lot = Lot(objet, lieux=(RawPlace(code, kind, nom), RawPlace(code)), acheteur_siret=siret)
    assert read_places(lot) == read_places(lot)


@given(st.text(alphabet="abcdeilnorstu -'", min_size=1, max_size=30))
def test_a_name_that_is_not_written_is_never_read_without_a_doubt(text: str) -> None:
    where = read_places(Lot("Entretien", lieux=(RawPlace(text),)))
    written = {key for name in (text, text.replace("'", " ")) for key in place_key(name).split()}
    guessed = [place for place in where.places if not set(place_key(place.name).split()) & written]
    assert not guessed or where.doubts or place_key(text) in place_aliases()


@pytest.mark.parametrize(
    "text",
    [
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "Lille " * 4000,
        "(" * 3000,
        "{{7*7}}",
        "&#0;&lt;",
    ],
)
def test_hostile_texts_are_read_like_others(text: str) -> None:
    where = read_places(Lot(text, lieux=(RawPlace(text),)))
    assert {place.name for place in where.places} == ({"Lille"} if "Lille" in text else set())
    assert where.places or where.doubts
    assert all(len(doubt) < 400 for doubt in where.doubts)


@given(st.from_regex(r"(insee|cp|dep|reg|epci|FR)?:?[0-9AB]{0,9}[ ,;.-]?[0-9.]{0,6}", fullmatch=True))
def test_no_code_makes_it_fail(code: str) -> None:
    places = read_places(Lot("Entretien", lieux=(RawPlace(code), RawPlace(code, "Code postal")))).places
    assert all(place.name for place in places)


def test_the_open_lots_of_the_ranking_suite_all_have_a_place(shared: Path) -> None:
    for line in (shared / "eval/ranking_dev.jsonl").read_text(encoding="utf-8").splitlines():
        lot = json.loads(line)
        lieu = lot["lieu"]
        raw = RawPlace(lieu["code"] or "", lieu["type"] or "", lieu["nom"] or "")
        places = read_places(Lot(lot["objet"], lieux=(raw,), acheteur_siret=lot["acheteur_siret"])).places
        assert places, lot["lot_id"]


@pytest.mark.parametrize(
    "lieu", ["Maubeuge", "dep:59", "reg:32", "epci:200043396", "arr:593", "Paris 13e", "50.27,3.97", "France"]
)
def test_the_key_of_a_place_reads_as_that_place(lieu: str) -> None:
    (place,) = read_places(Lot("", lieux=(RawPlace(lieu),))).places
    assert read_places(Lot("", lieux=(RawPlace(place.key),))).places == (place,)
