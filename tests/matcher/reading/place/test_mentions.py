"""Where a lot is done, by the words around a name: what a buyer writes in a field, in an object and beside a court."""

import pytest

from matcher.domain.place import PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.place.mentions import to_confirm
from matcher.reading.place.places import read_places


def said(objet: str) -> list[str]:
    return [place.name for place in read_places(Lot(objet)).places]


def given(lieu: str) -> list[str]:
    return [place.code for place in read_places(Lot("Entretien", lieux=(RawPlace(lieu),))).places]


@pytest.mark.parametrize(
    ("lieu", "codes"),
    [
        ("59, 62", ["59", "62"]),
        ("13, 83", ["13", "83"]),
        ("59/62", ["59", "62"]),
        ("59 et 62", ["59", "62"]),
        ("59-62", ["59", "62"]),
        ("75, 92, 93", ["75", "92", "93"]),
        ("2A, 2b", ["2A", "2B"]),
        ("971, 974", ["971", "974"]),
        ("1, 38", ["01", "38"]),
    ],
)
def test_numbers_of_departements_are_no_point(lieu: str, codes: list[str]) -> None:
    assert given(lieu) == codes
    assert not read_places(Lot("Entretien", lieux=(RawPlace(lieu),))).doubts


@pytest.mark.parametrize("lieu", ["48.85, 2.35", "48,85 ; 2,35", "48, 2", "-21.1, 55.5"])
def test_a_point_of_france_stays_a_point(lieu: str) -> None:
    (place,) = read_places(Lot("Entretien", lieux=(RawPlace(lieu),))).places
    assert place.type is PlaceType.POINT


def test_a_list_with_a_number_of_no_departement_is_unknown() -> None:
    assert given("59, 62, 20") == []


@pytest.mark.parametrize(
    ("lieu", "codes"),
    [
        ("nord de la France", ["32", "28"]),
        ("le sud de la France", ["76", "93"]),
        ("AURA", ["84"]),
        ("BFC", ["27"]),
        ("Bourgogne-Franche-Comté", ["27"]),
    ],
)
def test_regions_as_people_say_them(lieu: str, codes: list[str]) -> None:
    assert given(lieu) == codes


def test_a_side_of_the_country_is_said_to_have_no_limits() -> None:
    (doubt,) = read_places(Lot("Formation dans le sud de la France")).doubts
    assert doubt.startswith("« sud de la France » n’a pas de limites officielles")


def test_the_verb_is_no_region() -> None:
    assert said("Nettoyage en AURA et BFC") == ["Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté"]
    assert said("Le titulaire aura la charge du nettoyage") == []


@pytest.mark.parametrize(
    ("objet", "places"),
    [
        (
            "Nettoyage des locaux. Lieu d’exécution : Lorient. Procédure adaptée. Recours : tribunal administratif de Rennes.",
            ["Lorient"],
        ),
        ("Nettoyage des bureaux de Lorient. Recours : tribunal administratif de Rennes", ["Lorient"]),
        ("Entretien des espaces verts du CROUS de Lyon. Sites : Villeurbanne et Bron.", ["Villeurbanne", "Bron"]),
        ("Nettoyage du tribunal administratif de Rennes", ["Rennes"]),
        ("Nettoyage des locaux. Tribunal administratif de Rennes", ["Rennes"]),
        ("Traiteur à Lille. Site : https://exemple.fr", ["Lille"]),
    ],
)
def test_a_heading_says_where_and_a_court_only_where_nothing_else_does(objet: str, places: list[str]) -> None:
    assert said(objet) == places


@pytest.mark.parametrize(
    ("objet", "places"),
    [
        ("Nettoyage des vitres, sauf le site de Lyon, à Dijon et Beaune", ["Dijon", "Beaune"]),
        ("Nettoyage à Dijon et Beaune, hormis celui de la ville de Lyon", ["Dijon", "Beaune"]),
        ("Entretien hors vitrerie des bureaux du centre administratif de Lyon", ["Lyon"]),
        ("Fourniture de savon de Marseille pour le CHU de Lille", ["Lille"]),
        ("Camembert de Normandie et vin de Bordeaux pour la cantine de Troyes", ["Troyes"]),
        ("Lentilles du Puy pour la ville de Caen", ["Caen"]),
        ("Nougat de Montélimar", []),
        ("Fourniture de savon à Marseille", ["Marseille"]),
        ("Transport au départ de Lille", ["Lille"]),
    ],
)
def test_what_is_excluded_or_only_a_product_is_no_place(objet: str, places: list[str]) -> None:
    assert said(objet) == places


@pytest.mark.parametrize(
    ("objet", "place", "aside"),
    [
        ("Traiteur à Deauville, départ de Paris", "Deauville", "Paris"),
        ("Nettoyage par des équipes venant de Lyon, à Dijon", "Dijon", "Lyon"),
        ("Entretien de la résidence Les Jardins de Cannes, Antibes", "Antibes", "Cannes"),
    ],
)
def test_where_one_comes_from_and_a_borrowed_name_give_way_and_are_said(objet: str, place: str, aside: str) -> None:
    found = read_places(Lot(objet))
    assert [entry.name for entry in found.places] == [place]
    assert found.doubts == (f"{aside} : aussi dans le texte, non retenue.",)


def test_a_borrowed_name_alone_is_the_place() -> None:
    assert said("Entretien de la résidence Les Jardins de Cannes") == ["Cannes"]


def doubts(lieu: str = "", objet: str = "Entretien") -> tuple[str, ...]:
    return read_places(Lot(objet, lieux=(RawPlace(lieu),) if lieu else ())).doubts


@pytest.mark.parametrize(
    ("lieu", "code"),
    [
        ("Saint-Denis 93", "93066"),
        ("93 Saint-Denis", "93066"),
        ("Saint-Denis 974", "97411"),
        ("Sceaux 92", "92071"),
        ("Valence 82", "82186"),
        ("La Réunion 47", "47222"),
        ("département Vienne", "86"),
        ("département de la Vienne", "86"),
        ("Massy", "91377"),
        ("Sceaux", "92071"),
        ("Saint-Nazaire", "44184"),
    ],
)
def test_a_place_that_is_given_is_not_asked(lieu: str, code: str) -> None:
    assert given(lieu) == [code]
    assert not doubts(lieu)


@pytest.mark.parametrize("lieu", ["Valence", "Saint-Denis", "La Réunion", "Vienne"])
def test_what_a_doubt_says_to_write_is_read(lieu: str) -> None:
    (doubt,) = doubts(lieu)
    written = doubt.split("« ")[-1].partition(" »")[0]
    assert "insee:" not in doubt
    assert given(written) not in ([], given(lieu))
    assert not doubts(written)


@pytest.mark.parametrize(
    ("objet", "places"),
    [
        ("Nettoyage à Saint-Denis 93", ["Saint-Denis"]),
        ("Nettoyage 93 Saint-Denis", ["Saint-Denis"]),
        ("Traiteur, Le Mans", ["Le Mans"]),
        ("Ménage - Le Havre", ["Le Havre"]),
        ("Nettoyage agence Lyon Part-Dieu", ["Lyon"]),
        ("Nettoyage des agences Lyon et Villeurbanne", ["Lyon", "Villeurbanne"]),
        ("nettoyage bureaux lyon", ["Lyon"]),
        ("Entretien des pelouses du mas Saint-Paul", []),
        ("Rénovation de 3 Tours", []),
        ("Location d’un lien Orange", []),
        ("Salage des cours d’école, Pontarlier", ["Pontarlier"]),
        ("NETTOYAGE DES LOCAUX, PONTARLIER", ["Pontarlier"]),
        ("Élagage, Bar-le-Duc", ["Bar-le-Duc"]),
        ("Balayage, Saint-Nazaire, 24 mois", ["Saint-Nazaire"]),
        ("Voirie, Saint-Pierre (Réunion), 2 ans", ["Saint-Pierre"]),
        ("Plomberie, Sanitaire, Chauffage", []),
        ("Salage, Saint-Pierre", []),
        ("Traiteur pour l’université Lumière Lyon 2", []),
        (
            "Saint-Maur-des-Fossés, Joinville et Champigny",
            ["Saint-Maur-des-Fossés", "Joinville-le-Pont", "Champigny-sur-Marne"],
        ),
    ],
)
def test_a_city_needs_no_preposition(objet: str, places: list[str]) -> None:
    assert said(objet) == places


@pytest.mark.parametrize(
    ("objet", "places"),
    [
        ("Nettoyage école Saint-André-lez-Lille", ["Saint-André-lez-Lille"]),
        ("Nettoyage école Villeneuve-d’Ascq", ["Villeneuve-d'Ascq"]),
        ("Peinture du collège Marcq-en-Barœul", ["Marcq-en-Barœul"]),
        *((f"Nettoyage école {name}", []) for name in ("Pasteur", "Voltaire", "Saint-Martin", "Saint-Exupéry", "Hem")),
        ("Tonte rue de Saint-Amand-les-Eaux", []),
        ("Peinture, (59)", ["Nord"]),
        ("Peinture, Saint-Martin (59)", ["Nord"]),
        ("Peinture, Lens (62) et Saint-Martin (59)", ["Lens", "Nord"]),
        ("Peinture, Lille (59)", ["Lille"]),
        *((objet, []) for objet in ("Fourniture de chaises (40)", "Lavage de vitres (25)", "Nettoyage des sites (12)")),
    ],
)
def test_a_school_and_a_number_in_brackets(objet: str, places: list[str]) -> None:
    assert said(objet) == places


def test_a_commune_unknown_in_the_departement_of_its_brackets_is_a_doubt() -> None:
    assert (
        "« Saint-Martin (59) » : aucune commune de ce nom" in read_places(Lot("Peinture, Saint-Martin (59)")).doubts[0]
    )


def test_a_number_before_a_word_in_lower_case_counts_it() -> None:
    assert to_confirm("élections municipales, 22 000 électeurs, 2 tours") is None
    confirm = to_confirm("nettoyage lot 3 lens")
    assert confirm is not None
    assert confirm.towns[0].name == "Lens"


@pytest.mark.parametrize(
    ("lieu", "codes", "words"),
    [
        (
            "Joinville",
            ["94042"],
            "Joinville-le-Pont (94), Joinville (52), ou une autre ; Joinville-le-Pont (94) est retenue",
        ),
        ("Nogent", ["94052"], "Nogent-sur-Marne (94), Nogent-sur-Oise (60), Nogent (52)"),
        ("Lons", [], "« Lons » : laquelle ? Lons (64), Lons-le-Saunier (39), ou une autre."),
        ("Viry", ["91687"], "Viry-Châtillon (91) est retenue"),
        ("Sablé", ["72264"], "« Sablé » est le début d’un nom de commune : Sablé-sur-Sarthe (72) retenue."),
    ],
)
def test_a_short_name_is_that_of_the_larger_commune_and_is_said(lieu: str, codes: list[str], words: str) -> None:
    assert given(lieu) == codes
    assert any(words in doubt for doubt in doubts(lieu))


def test_a_misspelt_name_in_a_list_is_said() -> None:
    assert said("Nettoyage à Roubaix, Tourcoing et Watrelos") == ["Roubaix", "Tourcoing"]
    assert doubts(objet="Nettoyage à Roubaix, Watrelos et Tourcoing") == (
        "« Watrelos » n’est pas reconnu : ce lieu n’est pas compté. Est-ce Wattrelos ?",
    )
    assert not doubts(objet="Nettoyage à Roubaix et Hygiène")


@pytest.mark.parametrize(
    ("objet", "places"),
    [
        ("Réhabilitation d’un pavillon à Brénod", ["Brénod"]),
        ("VITTEL - Tr 10 - Entretien de 18 logements", ["Vittel"]),
        ("Nettoyage des locaux de l’antenne régionale au Mans", ["Le Mans"]),
        ("Entretien des espaces verts, Castelnau-le-Lez", ["Castelnau-le-Lez"]),
        ("Prestations sur le territoire du Grand Annecy", ["Grand Annecy"]),
        ("Services d’insertion sur le territoire de la Ville", []),
        ("Nettoyage à Dijon et son agglomération", ["Dijon"]),
        ("Fournitures pour le CH Nord, rue Saint-Pierre", []),
    ],
)
def test_clues_add_up(objet: str, places: list[str]) -> None:
    found = said(objet)
    assert len(found) == len(places)
    assert all(name in read for name, read in zip(places, found, strict=True))


@pytest.mark.parametrize(
    ("text", "field", "towns"),
    [
        ("nettoyage bureaux Hautmont", False, ["59"]),
        ("Nettoyage à Saint-Denis", False, ["93", "974"]),
        ("Saint-Denis", True, ["93", "974"]),
        ("Nettoyage à Aubervilliers et Saint-Denis", False, []),
        ("Saint-Denis (974)", True, []),
        ("Nettoyage à Lille", False, []),
        ("Réfection de la rue de Hautmont", False, []),
        ("", False, []),
    ],
)
def test_what_a_click_would_settle(text: str, field: bool, towns: list[str]) -> None:
    asked = to_confirm(text, field=field)
    assert [town.departement for town in asked.towns] == towns if asked else not towns
    assert bool(asked and asked.doubt) == (len(towns) > 1)


@pytest.mark.parametrize(
    ("objet", "name"),
    [
        ("Nettoyage des écoles de Saint-Amand-les-Eaux 62000 euros par an", "Saint-Amand-les-Eaux"),
        ("Nettoyage des bureaux de Valenciennes 62000 € par an", "Valenciennes"),
        ("Entretien des espaces verts Roubaix 45000 euros", "Roubaix"),
        ("peinture Amiens 40 000 € HT pour 3 ans", "Amiens"),
        ("Nettoyage à Lens 62300", "Lens"),
    ],
)
def test_an_amount_that_ends_a_need_is_no_postal_code(objet: str, name: str) -> None:
    assert said(objet) == [name]


@pytest.mark.parametrize(
    ("objet", "names"),
    [
        ("110 route de Bischwiller 67300 - Schiltigheim", ["Schiltigheim"]),
        ("17 rue de Lens 59100 Roubaix", ["Roubaix"]),
        ("17 Grand Place 59066 ROUBAIX", ["Roubaix"]),
        ("Centre hospitalier, 97150 Saint-Martin", ["Saint-Martin"]),
    ],
)
def test_a_postal_code_is_that_of_the_town_it_belongs_to(objet: str, names: list[str]) -> None:
    assert said(objet) == names


@pytest.mark.parametrize(
    ("objet", "names"),
    [
        ("49 av. L. Bourgeois, 08000 CharlevilleMézières", ["Charleville-Mézières"]),
        ("Mesures sur le territoire de Nantes MétropoleDans le cadre de l’auscultation", ["Nantes Métropole"]),
        ("Tri dans la Communauté Urbaine d'ArrasLot 1 : gestion", ["Communauté urbaine d'Arras"]),
    ],
)
def test_words_that_a_form_has_glued_are_two(objet: str, names: list[str]) -> None:
    assert said(objet) == names


@pytest.mark.parametrize(
    ("objet", "name"),
    [
        ("Déneigement de l’Etablissement Public Territorial Plaine Commune", "Plaine Commune"),
        ("EPT Est Ensemble", "Est Ensemble"),
        ("CDA LA ROCHELLE", "Communauté d'agglomération de La Rochelle"),
    ],
)
def test_what_buyers_call_an_intercommunalite(objet: str, name: str) -> None:
    assert said(objet) == [name]


def test_an_intercommunalite_named_by_one_of_its_villages_is_said() -> None:
    where = read_places(Lot("Entretien", lieux=(RawPlace("CC de Ri"),)))
    assert [place.name for place in where.places] == ["Communauté de communes Terres d'Argentan Interco"]
    assert any("entendu comme" in doubt for doubt in where.doubts)
    assert not read_places(Lot("Entretien", lieux=(RawPlace("Lens Agglo"),))).doubts
