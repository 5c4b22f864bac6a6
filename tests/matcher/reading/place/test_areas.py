"""Lists of areas, short names, arrondissements and usages: what is read, and the doubt that names what is not."""

import pytest

from matcher.domain.place import PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.place.mentions import usual_doubt
from matcher.reading.place.places import Whereabouts, read_places

NORD = "22590001800016"


def codes(where: Whereabouts) -> list[str]:
    return [place.code for place in where.places]


def of_text(objet: str) -> Whereabouts:
    return read_places(Lot(objet))


def of_field(lieu: str) -> Whereabouts:
    return read_places(Lot("Nettoyage", lieux=(RawPlace(lieu),)))


@pytest.mark.parametrize(
    ("objet", "expected"),
    [
        ("nettoyage dans la Somme et l’Aisne", ["80", "02"]),
        ("nettoyage dans la Somme, l’Oise et l’Aisne", ["80", "60", "02"]),
        ("entretien dans les départements de la Somme, de l’Oise et de l’Aisne", ["80", "60", "02"]),
        ("collecte dans l’Ain, la Loire et le Rhône", ["01", "42", "69"]),
        ("collecte dans le Gard ou l’Hérault", ["30", "34"]),
        ("collecte dans le Lot-et-Garonne et les Landes", ["47", "40"]),
        ("nettoyage des agences de la Manche et du Calvados", ["50", "14"]),
        ("Départements du Gard (52 sites) et de la Lozère (6 sites)", ["30", "48"]),
        ("nettoyage en région Occitanie - Lot, Tarn, Haute-Garonne", ["46", "81", "31"]),
        ("nettoyage dans le 93 et le 94", ["93", "94"]),
        ("nettoyage en Guadeloupe et Martinique", ["971", "972"]),
        ("espaces verts en Bretagne et Pays de la Loire", ["53", "52"]),
        ("formation en régions Bretagne, Normandie et Grand Est", ["53", "28", "44"]),
        ("gardiennage à Lille et dans le Pas-de-Calais", ["59350", "62"]),
        ("nettoyage dans les Hauts-de-Seine et à Paris", ["92", "75056"]),
        ("nettoyage des collèges du Nord", ["59"]),
        ("nettoyage des collèges publics de l’Oise", ["60"]),
        ("entretien des routes départementales de l’Aisne", ["02"]),
        ("gardiennage à La Réunion", ["974"]),
        ("Région Martinique", ["972"]),
        ("insertion dans la région Guadeloupe", ["971"]),
        ("nettoyage à Mayotte et La Réunion", ["976", "974"]),
        ("nettoyage de la caserne de Saint-Denis à La Réunion", ["97411"]),
        ("nettoyage à Saint-Denis de La Réunion", ["97411"]),
        ("entretien du château de Laval (Mayenne)", ["53130"]),
        ("nettoyage à Lille, dans le Nord", ["59350"]),
        ("formation à Marseille, Aix et Toulon", ["13055", "13001", "83137"]),
        ("livraison à Sens", ["89387"]),
        ("nettoyage, place du Marché, Lille", ["59350"]),
        ("nettoyage, rue des Fleurs, Lens", ["62498"]),
        ("travaux, 3 avenue Jean Jaurès, Béthune", ["62119"]),
        ("nettoyage des garnisons de Chalon/Saône et Autun", ["71076", "71014"]),
    ],
)
def test_every_place_of_a_list_is_read(objet: str, expected: list[str]) -> None:
    where = of_text(objet)
    assert codes(where) == expected
    assert where.doubts == ()


@pytest.mark.parametrize(
    ("objet", "expected"),
    [
        ("Toulouse - secteurs Nord et Sud", ["31555"]),
        ("Lot 2 : entretien du secteur Nord", []),
        ("Nettoyage à Gray - Lot n° 4 - Circuit G3", ["70279"]),
        ("Entretien des crues de la Somme et de l’Oise", []),
        ("PARTICIPATION A LA REUNION DU COMITE", []),
        ("Sens de circulation à revoir", []),
        ("Mobilier de salon, bons de commande, port compris", []),
    ],
)
def test_sides_lots_rivers_and_words_are_no_areas(objet: str, expected: list[str]) -> None:
    assert codes(of_text(objet)) == expected


@pytest.mark.parametrize(
    ("objet", "expected"),
    [
        ("Montage de sous-ensembles mécaniques, Vendée", ["85"]),
        ("Réparation de palettes, 2 000 par mois, Vaucluse", ["84"]),
        ("ELAGAGE DES ALIGNEMENTS, ISERE", ["38"]),
        ("Balayage, Drôme, 24 mois", ["26"]),
        ("Lavage de bouteilles consignées, Alsace", ["42"]),
        ("Gestion des aires d’accueil, Grand Cognac", ["200070514"]),
        ("Rideaux pour les EHPAD du Morbihan", ["56"]),
        ("menus travaux dans nos agences de Lozère", ["48"]),
        ("Signalisation horizontale des RD de l’Aveyron", ["12"]),
        ("POTS DE CONFITURE POUR LES INTERNATS DE L’YONNE", ["89"]),
        ("Archivage des dossiers, CDG 33", ["33"]),
        ("nettoyage bureaux Gironde", ["33"]),
        ("mise sous pli DGFIP Guadeloupe", ["971"]),
        ("nettoyage à la Réunion", ["974"]),
    ],
)
def test_an_area_set_apart_by_a_comma_or_said_of_what_stands_all_over_it(objet: str, expected: list[str]) -> None:
    assert codes(of_text(objet)) == expected


@pytest.mark.parametrize(
    ("objet", "expected"),
    [
        ("une prestation, lot, somme", []),
        ("ENTRETIEN, NORD", []),
        ("nettoyage des services des hôpitaux Nord et Timone", []),
        ("travaux à l’EHPAD de Mayenne", []),
        ("fourniture de produits, Lot 3", []),
        ("tonte du secteur Nord", []),
        ("Travaux lot 3 Manche", []),
        ("Crues Isère", []),
        ("remplacement d’une manche", []),
        ("entretien des crues, berges de la Somme", []),
    ],
)
def test_a_word_a_side_or_a_town_of_that_name_is_no_area(objet: str, expected: list[str]) -> None:
    assert [place.code for place in of_text(objet).places if place.type is PlaceType.DEPARTEMENT] == expected


def test_a_region_that_ends_another_name_is_left_aside_and_said() -> None:
    where = of_text("Maintenance à l’hôpital de Berck du Groupe Hospitalier Paris Île-de-France Ouest")
    assert codes(where) == ["62108"]
    assert where.doubts == ("Île-de-France : aussi dans le texte, non retenue.",)


@pytest.mark.parametrize(
    ("name", "expected", "others"),
    [
        ("Évry", "91228", "Évry (89)"),
        ("Choisy", "94022", "Choisy (74)"),
        ("Asnières", "92004", "Asnières (27)"),
        ("Charleville", "08105", "Charleville (51)"),
        ("Corbeil", "91174", "Corbeil (51)"),
        ("Boulogne", "92012", "Boulogne-sur-Mer (62)"),
        ("Neuilly", "92051", "Neuilly-sur-Marne (93)"),
        ("Saint-Ouen", "93070", "Saint-Ouen (41)"),
        ("Villeneuve", "59009", "Villeneuve-Saint-Georges (94)"),
        ("Bruay", "62178", "Bruay-sur-l'Escaut (59)"),
        ("Mons", "59410", "Mons (31)"),
        ("Condé", "", "Condé (36)"),
    ],
)
def test_a_village_is_not_what_the_bare_name_of_a_far_larger_town_means(name: str, expected: str, others: str) -> None:
    for where in (of_text(f"nettoyage à {name}"), of_field(name)):
        assert codes(where) == ([expected] if expected else [])
        (doubt,) = where.doubts
        assert others in doubt or name == "Villeneuve"
        assert ("est retenue" in doubt) == bool(expected)


def test_the_lot_s_departement_or_another_place_settles_a_short_name() -> None:
    assert codes(of_text("nettoyage à Aubervilliers, Saint-Denis et Saint-Ouen")) == ["93001", "93066", "93070"]
    assert codes(of_field("Évry (89)")) == ["89162"]
    assert codes(read_places(Lot("Ménage à Condé", acheteur_siret=NORD))) == ["59153"]
    assert of_field("Évry (91)").doubts == ()


@pytest.mark.parametrize(
    ("objet", "kind", "expected", "doubt"),
    [
        ("insertion dans l’arrondissement de Valenciennes", PlaceType.ARRONDISSEMENT, "596", ""),
        ("insertion dans l’arrondissement d’Avesnes-sur-Helpe", PlaceType.ARRONDISSEMENT, "591", ""),
        (
            "insertion dans l’arrondissement de Denain",
            PlaceType.COMMUNE,
            "59172",
            "« arrondissement de Denain » : entendu",
        ),
        (
            "chantier dans le canton de Denain",
            PlaceType.COMMUNE,
            "59172",
            "« canton de Denain » : entendu comme Denain",
        ),
        ("formation, bassin d’emploi de Lens", PlaceType.EPCI, "246200364", "« bassin d’emploi de Lens » : entendu"),
        ("nettoyage de la gare de Lyon", PlaceType.COMMUNE, "75112", "« gare de Lyon » : entendu comme Paris 12e"),
        ("nettoyage des locaux de la CAHC", PlaceType.EPCI, "246200299", "« CAHC » : entendu comme"),
        ("entretien de la forêt de Mormal", PlaceType.EPCI, "200043321", "n’a pas de limites officielles"),
    ],
)
def test_what_a_usage_was_taken_for_is_said(objet: str, kind: PlaceType, expected: str, doubt: str) -> None:
    where = of_text(objet)
    assert [(place.type, place.code) for place in where.places] == [(kind, expected)]
    assert where.doubts == () if not doubt else any(said.startswith(doubt) or doubt in said for said in where.doubts)


def test_arrondissements_are_areas_of_communes_inside_their_departement() -> None:
    both = of_text("chantier dans les arrondissements de Cambrai et de Valenciennes")
    assert [place.name for place in both.places] == ["Arrondissement de Cambrai", "Arrondissement de Valenciennes"]
    assert "59606" in both.places[1].communes
    assert codes(of_field("arr:596")) == ["596"]
    decp = read_places(Lot("Peinture", lieux=(RawPlace("544", "Code arrondissement", "Arrondissement de Toul"),)))
    assert [(place.type, place.code) for place in decp.places] == [(PlaceType.ARRONDISSEMENT, "544")]
    buyer = read_places(
        Lot("Peinture", lieux=(RawPlace("596", "Code arrondissement"),), acheteur_siret="21590606600011")
    )
    assert codes(buyer) == ["59606"]


@pytest.mark.parametrize(
    ("objet", "expected", "doubt"),
    [
        ("Travaux du Canal Seine-Nord Europe", [], "« Canal Seine-Nord Europe » : dites quelles communes"),
        ("Entretien des berges de la Deûle", ["59482"], "Deule : les lieux qui en portent le nom"),
    ],
)
def test_waters_are_asked_about(objet: str, expected: list[str], doubt: str) -> None:
    where = of_text(objet)
    assert codes(where) == expected
    assert any(doubt in said for said in where.doubts)


def test_a_river_holds_the_group_of_communes_that_bears_its_name() -> None:
    assert {"200043396", "59467", "02067"} <= set(codes(of_text("Entretien des berges de la Sambre")))


@pytest.mark.parametrize(
    ("objet", "expected"),
    [
        ("arrondissements de Paris : 1er, 2e, 3e et 4e", ["75101", "75102", "75103", "75104"]),
        ("Paris Habitat dans le 18e et le 19e", ["75118", "75119"]),
        ("Nettoyage du 2e étage à Paris", ["75056"]),
        ("Nettoyage à Lyon 3e, 6e et 7e arrondissements", ["69383", "69386", "69387"]),
    ],
)
def test_lists_of_arrondissements(objet: str, expected: list[str]) -> None:
    where = of_text(objet)
    assert codes(where) == expected
    assert where.doubts == ()


@pytest.mark.parametrize(("written", "kept"), [("Paris 21e", "75056"), ("Paris 20e et 21e", "75120")])
def test_an_arrondissement_that_does_not_exist_is_said(written: str, kept: str) -> None:
    for where in (of_text(f"nettoyage à {written}"), of_field(written)):
        assert codes(where) == [kept]
        assert where.doubts == ("Paris n’a pas de 21e arrondissement.",)


@pytest.mark.parametrize(
    ("lieu", "expected", "doubt"),
    [
        ("reg:Bretagne", ["53"], ""),
        ("dep:Nord", ["59"], ""),
        ("epci:Douaisis Agglo", ["200044618"], ""),
        ("59790, 59100", ["59507", "59512"], ""),
        ("insee:59392 ; dep:62", ["59392", "62"], ""),
        ("dep:Nrod", [], "« dep:Nrod ». Attendu : le code ou le nom d’un département, comme « dep:59 »"),
        ("48,85, 2,35", ["48.85000,2.35000"], ""),
        ("48,85 ; 2,35", ["48.85000,2.35000"], ""),
        ("59172", ["59504"], "« 59172 » est aussi le code INSEE de Denain : écrivez « insee:59172 »"),
        ("<script>alert(1)</script>", [], "Lieu inconnu"),
        ("DROP TABLE lots;", [], "Lieu inconnu"),
        ("Nord et Pas-de-Calais", ["59", "62"], ""),
        ("Somme et Aisne", ["80", "02"], ""),
        ("Saint-Denis (La Réunion)", ["97411"], ""),
        ("Chalon/Saône, Xyzabc", ["71076"], "« Xyzabc » n’est pas reconnu : ce lieu n’est pas compté."),
        ("Maubeuge, Cambrai, Xyzabc", ["59392", "59122"], "« Xyzabc » n’est pas reconnu : ce lieu n’est pas compté."),
        ("Lomme", ["59350"], "« Lomme » fait aujourd’hui partie de Lille (59)."),
        ("Hellemmes", ["59350"], ""),
        ("Cornus, La Cavalerie, Nant", ["12077", "12063", "12168"], ""),
        ("Loir et Cher", ["41"], ""),
    ],
)
def test_what_is_typed_in_the_field_of_a_place(lieu: str, expected: list[str], doubt: str) -> None:
    where = of_field(lieu)
    assert codes(where) == expected
    assert any(doubt in said for said in where.doubts) if doubt else where.doubts == ()


def test_one_place_more_is_named_rather_than_counted() -> None:
    (flandre,) = of_text("Espaces verts en Flandre").doubts
    assert "autres" not in flandre
    places = of_text("Logements dans le bassin minier").places
    assert usual_doubt("bassin minier", places).endswith(" et 4 autres.")


PEVELE = (
    "Attiches, Bachy, Bersée, Chemy, Cobrieux, Cysoing, Ennevelin, Genech, Herrin, Landas, Mérignies, Moncheaux, Nomain"
)


def test_most_communes_of_an_intercommunalite_are_all_of_it() -> None:
    assert len(of_text(f"Communes de {PEVELE}").places) == PEVELE.count(",") + 1
    more = "Pont-à-Marcq, Thumeries, Tourmignies, Wannehain, Aix-en-Pévèle, Cappelle-en-Pévèle, Templeuve-en-Pévèle"
    found = of_text(f"Communes de {PEVELE}, {more} et de Lille")
    assert [place.name for place in found.places] == ["Communauté de communes Pévèle-Carembault", "Lille"]


def test_the_code_of_a_region_is_that_region() -> None:
    assert [place.name for place in of_field("FR10").places] == ["Île-de-France"]
    assert [place.name for place in of_field("FRF1").places] == ["ex-Alsace"]
