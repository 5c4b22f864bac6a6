"""Needs as buyers type them, on a phone or in haste, whose reading leaves no doubt: the trade first asked, and where."""

import pytest

from matcher.domain.reading import Lot
from matcher.reading.reader import read

CLEANING, LAWNS = "proprete.locaux", "espaces-verts.creation-entretien"


@pytest.mark.parametrize(
    ("text", "trade", "places"),
    [
        ("bonjr je cherche kelkun pr nettoyer la sale des fetes de bavay svp", CLEANING, ["insee:59053"]),
        ("besoin tonte ts les 15 jrs + taille haies mairie de Bachant 59138", LAWNS, ["insee:59041"]),
        ("nett. locaux 3x/sem école primaire jules ferry à Denain", CLEANING, ["insee:59172"]),
        ("Nettoyage des gares TER de la métropole lilloise", CLEANING, ["epci:200093201"]),
        ("ménage des bureaux, métropole de Lyon", CLEANING, ["epci:200046977"]),
        ("plateaux repas 25 pers seminaire Tourcoing", "restauration.plateaux-repas", ["insee:59599"]),
        ("besoin de bras pour déménager des archives dans le 59", "transports.demenagement", ["dep:59"]),
        ("mise sous pli 12 000 courriers dans le Nord", "administratif.mise-sous-pli", ["dep:59"]),
        ("entretien des espaces verts autour de Lille", LAWNS, ["insee:59350"]),
        ("espaces verts Lille, Roubaix et Tourcoing", LAWNS, ["insee:59350", "insee:59512", "insee:59599"]),
        ("collecte de cartons sur tout le Pas de Calais", "dechets.papiers", ["dep:62"]),
        ("entretien du linge ehpad de Caudry", "linge.blanchisserie", ["insee:59139"]),
        ("peinture de 3 salles de classe à Fourmies, été 2027, 12 k€", "batiment.peinture", ["insee:59249"]),
        ("réparation des vélos des agents, CUD Dunkerque", "reparations.velos", ["insee:59183"]),
        ("numérisation de 200 000 pages, Amiens", "informatique.numerisation", ["insee:80021"]),
        ("ramassage des encombrants dans les halls HLM, Hem et Wattrelos", "dechets.encombrants", ["insee:59299", "insee:59650"]),
        ("gardiennage du marché de noel d'Arras 4 semaines", "securite.gardiennage", ["insee:62041"]),
        ("transport scolaire enfants handicapés département de la Somme", "transports.personnes", ["dep:80"]),
        ("accueil téléphonique de notre standard, département 62", "administratif.accueil", ["dep:62"]),
        ("mise à disposition de 2 agents polyvalents commune d'Anor", "conseil.mise-a-disposition", ["insee:59012"]),
        ("Élagage de 30 platanes, avenue de Verdun, Laon", "espaces-verts.elagage", ["insee:02408"]),
        ("traiteur voeux du maire 300 pers 15/01 salle Jean Moulin Hénin-Beaumont", "restauration.traiteur", ["insee:62427"]),
        ("balayage des trottoirs + vidage corbeilles + affichage sauvage, Calais", "proprete.urbain", ["insee:62193"]),
        ("Nettoyage des véhicules de la police municipale de Marcq en Baroeul", "proprete.vehicules", ["insee:59378"]),
        ("buffet froid pr 60 pers. mairie du 13e Paris", "restauration.traiteur", ["insee:75113"]),
        ("livraison de fruits dans les écoles maternelles de Marseille 13008", "transports.fruits-legumes", ["insee:13208"]),
        ("debarras cave et grenier succession OPH Aubervilliers (93)", "dechets.encombrants", ["insee:93001"]),
        ("pose de clôtures et petite maçonnerie, cc du Sud Avesnois", "batiment.metallerie", ["epci:200043404"]),
        ("affranchissement et mise sous pli taxe fonciere, DGFIP Guadeloupe", "administratif.mise-sous-pli", ["dep:971"]),
        ("Tri postal et distribution de courrier interne, CHU d'Angers", "transports.coursiers", ["insee:49007"]),
        ("nettoyage de fin de chantier groupe scolaire Simone Veil, Tours 37", "proprete.specifique", ["insee:37261"]),
        ("nettoyage vitrerie 2 fois par an, 14 écoles de la ville de Saint-Quentin (02)", "proprete.vitrerie", ["insee:02691"]),
    ],
)  # fmt: skip
def test_a_need_typed_in_haste_is_read(text: str, trade: str, places: list[str]) -> None:
    reading = read(Lot(text))
    assert reading.sure
    assert reading.asked[0] == trade
    assert [place.key for place in reading.places] == places


MAIL = """Bonjour,

Nous cherchons un prestataire pour l'entretien des espaces verts de notre lycée à Valenciennes (2 ha).
Budget : 18 000 € par an.

Cordialement,
Mme Dupont
Gestionnaire, restauration - Lycée Henri Wallon
16 place de la République 59000 Lille
Tél : 03 20 19 30 40"""


def test_a_mail_with_its_greeting_and_its_signature_is_read() -> None:
    reading = read(Lot(MAIL))
    assert reading.sure
    assert reading.asked == (LAWNS,)
    assert [place.name for place in reading.places] == ["Valenciennes"]
    assert reading.amount is not None
    assert (reading.amount.euros, reading.amount.yearly) == (18_000, True)
