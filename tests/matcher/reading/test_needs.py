"""What a buyer writes for every activity of the taxonomy, and the acceptance cases of the domain as far as reading goes."""

import tomllib

import pytest

from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import Lot, Reading
from matcher.reading.reader import read
from matcher.reading.trade.activities import read_activities
from matcher.reading.trade.doubt import shown_activities
from matcher.reference.trades.activities import taxonomy
from tests.conftest import ROOT
from tests.matcher.reading.answers import is_answered

NEEDS: dict[str, list[str]] = tomllib.loads((ROOT / "tests/reading_needs.toml").read_text(encoding="utf-8"))
# Shares of the needs that must be read; a single sentence may slip, the trade as a whole may not.
LEAST_GROUPS, LEAST_SECTORS, LEAST_SURE = 0.97, 0.95, 0.95


def test_every_activity_has_a_need() -> None:
    assert set(NEEDS) == {leaf.code for leaf in taxonomy().leaves}
    assert all(needs for needs in NEEDS.values())


def test_needs_of_the_trade_are_read() -> None:
    names = taxonomy()
    read_as = [(code, read_activities(need)) for code, needs in NEEDS.items() for need in needs]
    sought = [names.sector(names.leaf(code).need_sector) for code, _ in read_as]
    groups = [
        understood.groups[0] == names.label(sector.group)
        for sector, (_, understood) in zip(sought, read_as, strict=True)
    ]
    sectors = [understood.sectors[0] == sector.slug for sector, (_, understood) in zip(sought, read_as, strict=True)]
    sure = [understood.sure for _, understood in read_as]
    assert sum(groups) / len(groups) >= LEAST_GROUPS
    assert sum(sectors) / len(sectors) >= LEAST_SECTORS
    assert sum(sure) / len(sure) >= LEAST_SURE


# Activities that the list keeps apart and of which the plainest need says no difference.
EITHER = {
    "agroalimentaire.maraichage": ("transports.fruits-legumes",),
    "agroalimentaire.production-transformation": ("restauration.producteurs",),
    "reparations.flottes": ("reparations.velos",),
    "reparations.machines": ("reparations.maintenance-batiment",),
}


@pytest.mark.parametrize("code", sorted(NEEDS))
def test_the_plainest_need_of_an_activity_names_it(code: str) -> None:
    """The first sentence of each line is what nobody may misread."""
    assert is_answered(NEEDS[code][0], code, *EITHER.get(code, ()))


def lot(objet: str, levier: str = "") -> Reading:
    return read(Lot(objet=objet, levier=levier))


# Acceptance case, paraphrases of its need, codes of which one must be the first asked, or among the options (or hold it).
CASES = [
    (
        "C1",
        (
            "Entretien des espaces naturels : 43 km de berges de la Sambre, marché réservé L2113-12",
            "Entretien des berges de la Sambre sur 43 kilomètres",
            "ENTRETIEN DES ESPACES NATURELS ET DES BERGES DE LA SAMBRE",
            "Fauchage et gestion différenciée des rives de la Sambre, travaux réservés aux EA et ESAT",
        ),
        ("espaces-verts",),
    ),
    (
        "C2",
        (
            "Légumes et herbes lavés, épluchés, découpés, livrés aux hôpitaux de Creil, Noyon, Compiègne et Beauvais",
            "Fourniture de légumes frais épluchés et découpés (4e gamme) pour les cuisines hospitalières",
            "Légumerie : préparation de légumes crus prêts à l’emploi",
        ),
        ("agroalimentaire",),
    ),
    (
        "C4",
        (
            "Reconditionnement d’archives linéaires, Arras",
            "Reconditionnement et dépoussiérage d’archives départementales",
            "Prestation de reconditionnement des fonds d’archives du Pas-de-Calais",
        ),
        ("administratif.archivage",),
    ),
    (
        "C5",
        (
            "Entretien des espaces verts de deux sites, Denain et Maubeuge, pour sept ans",
            "Tonte, taille et désherbage des abords des sites de Denain et de Maubeuge",
        ),
        ("espaces-verts",),
    ),
    (
        "C6",
        (
            "Peinture intérieure et extérieure d’un marché couvert",
            "Travaux de peinture du marché couvert de Chauny",
            "Mise en peinture des façades et de l’intérieur de la halle",
        ),
        ("batiment.peinture",),
    ),
    (
        "C7",
        (
            "Terrassements et écluses du canal Seine-Nord Europe",
            "Travaux de terrassement et de construction d’écluses sur 107 km de canal",
        ),
        ("batiment",),
    ),
    (
        "C9",
        (
            "Maintenance d’équipements de fibre optique",
            "Maintenance du réseau de fibre optique de la voie d’eau",
        ),
        ("batiment.fibre-reseaux", "informatique", "reparations"),
    ),
    (
        "C10",
        (
            "Prestations de traiteur pour la plateforme achats de l’État",
            "Traiteur : buffets et plateaux pour les réunions",
        ),
        ("restauration",),
    ),
    (
        "C10 mobilier",
        (
            "Mobilier de réemploi pour un immeuble neuf",
            "Fourniture de mobilier issu du réemploi",
            "Achat de mobilier de seconde main",
        ),
        ("recyclage",),
    ),
    (
        "C11 outillage",
        ("Petit outillage", "Fourniture de petit outillage", "Outillage à main"),
        ("batiment.outillage",),
    ),
    (
        "C11 vêtements",
        ("Vêtements de travail", "Fourniture de vêtements de travail et d’EPI", "Habillement professionnel des agents"),
        ("ameublement.vetements-travail",),
    ),
    ("C11 véhicules", ("Véhicules", "Acquisition de véhicules", "Achat de véhicules neufs"), ("transports.vehicules",)),
]


@pytest.mark.parametrize(
    ("objet", "codes"),
    [pytest.param(objet, codes, id=f"{case}-{rank}") for case, many, codes in CASES for rank, objet in enumerate(many)],
)
def test_acceptance_cases_are_read(objet: str, codes: tuple[str, ...]) -> None:
    assert is_answered(objet, *codes)


@pytest.mark.parametrize("need", ["Petit outillage", "Vêtements de travail", "Véhicules"])
def test_c11_are_supplies(need: str) -> None:
    reading = lot(need)
    answers = reading.asked[:1] if reading.sure else reading.options
    assert "bien" in {taxonomy().nature_of(code) for code in answers}


def test_c1_says_its_article() -> None:
    assert lot(CASES[0][1][0]).levier_hint == "12"
    assert set(lot(CASES[0][1][3]).kinds_asked) == {SupplierKind.EA, SupplierKind.ESAT}


@pytest.mark.parametrize(
    "objet",
    [
        "Remplacement d’agents de nettoyage et de restauration collective des collèges du Pas-de-Calais",
        "Mise à disposition de personnel pour le nettoyage et la restauration collective",
        "Remplacement de personnel d’entretien et de cuisine dans les collèges",
    ],
)
def test_c3_asks_for_staff_whatever_the_trade(objet: str) -> None:
    assert lot(objet).mode == "conseil.mise-a-disposition"


@pytest.mark.parametrize(
    ("objet", "groups"),
    [
        ("Espaces verts, nettoyage et gardiennage", {"espaces-verts", "proprete", "securite"}),
        ("Entretien des espaces verts et nettoyage des locaux", {"espaces-verts", "proprete"}),
        ("Collecte d’encombrants, espaces verts, démolition, maçonnerie", {"dechets", "espaces-verts", "batiment"}),
        pytest.param(
            "Petit outillage, vêtements de travail, véhicules",
            {"batiment", "ameublement", "transports"},
            marks=pytest.mark.xfail(reason="« véhicules », un mot à la fin d’une liste, n’est pas entendu"),
        ),
    ],
)
def test_several_trades_are_said_and_are_no_ignorance(objet: str, groups: set[str]) -> None:
    reading = lot(objet)
    if not reading.sure:
        assert is_answered(objet, *groups)
        return
    assert {taxonomy().group_of(code) for code in reading.asked} >= groups
    assert any(doubt.says.startswith("Plusieurs métiers dans ce lot") for doubt in reading.doubts)


@pytest.mark.parametrize(
    "objet",
    [
        "Collecte et traitement des déchets",
        "Location et entretien de vêtements de travail",
    ],
)
def test_acts_on_one_thing_are_one_trade(objet: str) -> None:
    assert not any(doubt.says.startswith("Plusieurs métiers") for doubt in lot(objet).doubts)


@pytest.mark.parametrize(
    ("objet", "code"),
    [
        ("Chantier d’insertion ayant pour support l’entretien des rivières", "espaces-verts"),
        ("Service d’insertion et de qualification professionnelle : nettoyage des parties communes", "proprete"),
        ("Marché d’insertion : second œuvre du bâtiment, peinture", "batiment"),
        ("Prestations d’insertion par l’activité économique, support collecte d’encombrants", "dechets"),
    ],
)
@pytest.mark.parametrize("cpv", ["75231240", "85312510"])
def test_the_trade_behind_an_insertion_cpv(objet: str, code: str, cpv: str) -> None:
    assert is_answered(objet, code, cpv=(cpv,))


@pytest.mark.parametrize(
    ("objet", "first", "never"),
    [
        ("Blanchisserie des bleus de travail", "linge.blanchisserie", "ameublement"),
        ("Lavage et repassage de vêtements de travail", "linge.blanchisserie", ""),
        ("Nettoyage du linge", "linge.blanchisserie", ""),
        ("Collecte des papiers", "dechets.papiers", "administratif"),
        ("Collecte de papiers de bureau", "dechets.papiers", "administratif"),
        ("Location de drones", "transports.location-vehicules", "administratif"),
        ("Déménagement de mobilier", "transports.demenagement", ""),
        ("Linge", "linge", ""),
        ("Espaces verts, lot réservé EI ACI", "espaces-verts.creation-entretien", "industrie"),
        ("Fourniture et livraison de cadeaux d’entreprise", "communication.goodies", "transports"),
        ("Fourniture d’acier", "industrie.metallurgie", ""),
    ],
)
def test_an_act_on_a_thing_is_no_purchase_of_it(objet: str, first: str, never: str) -> None:
    assert is_answered(objet, first)
    assert never not in {taxonomy().group_of(guess.code) for guess in shown_activities(lot(objet))}


@pytest.mark.parametrize(
    "objet", ["Collège de 600 élèves", "lot réservé EI ACI", "clause sociale d’insertion (article L2112-2)"]
)
def test_a_public_or_a_reservation_is_sure_of_no_trade(objet: str) -> None:
    assert not lot(objet).sure


@pytest.mark.parametrize("objet", ["lot réservé EI ACI", "clause sociale d’insertion (article L2112-2)"])
def test_a_reservation_alone_offers_no_trade(objet: str) -> None:
    assert shown_activities(lot(objet)) == ()


@pytest.mark.parametrize("objet", ["", "lot réservé EA ESAT"])
def test_a_code_beside_a_reservation_alone_is_read_as_the_code(objet: str) -> None:
    roads = read(Lot(objet, cpv=("45233140",)))
    assert (roads.sure, roads.activities[0].code) == (True, "batiment.vrd")
    vague = read(Lot(objet, cpv=("90000000",)))
    assert not vague.sure


@pytest.mark.parametrize(
    "objet", ["les variantes ne sont pas réservées", "prestations adaptées", "chaque retard est signalé"]
)
def test_a_clause_that_asks_for_no_trade_is_sure_of_none(objet: str) -> None:
    assert not lot(objet).sure


CLEANING, LAWNS = "proprete.locaux", "espaces-verts.creation-entretien"


@pytest.mark.parametrize(
    ("text", "trade", "places"),
    [
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
    assert is_answered(text, trade)
    assert [place.key for place in read(Lot(text)).places] == places


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
