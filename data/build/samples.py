"""The shipped sample: three small directories of invented suppliers in Hauts-de-France, in the real formats.

Names, numbers and addresses are fictional; SIREN start with 0001, a range that is not in use. Towns and coordinates are real,
so that distances mean something. Written once from the tables below: the same script gives the same files.
"""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

from stdnum import luhn

from matcher.reference.communes import communes_named

SAMPLES = Path(__file__).parent.parent / "samples"
DATE = "2026-10-01"

# kind, name, NAF, town, street, presentation
SIAE = (
    (
        "ACI",
        "LES JARDINS DE LA SOLRE",
        "8899B",
        "Maubeuge",
        "12 Rue des Remparts",
        "Chantier d’insertion : entretien des espaces verts, débroussaillage, berges.",
    ),
    (
        "ACI",
        "RIVES ET SENTIERS DE L'AVESNOIS",
        "8130Z",
        "Avesnes-sur-Helpe",
        "3 Chemin du Moulin",
        "Entretien de rivières, ripisylve, sentiers de randonnée.",
    ),
    (
        "ACI",
        "ATELIER DES TROIS ECLUSES",
        "8899B",
        "Denain",
        "41 Rue de l'Escaut",
        "Espaces verts et petite maçonnerie paysagère.",
    ),
    (
        "ACI",
        "ARCHIVES & CO EN ARTOIS",
        "8899B",
        "Arras",
        "8 Rue des Rosati",
        "Reconditionnement d’archives, tri, dépoussiérage, préparation de déménagement d’archives.",
    ),
    (
        "ACI",
        "LA FABRIQUE DU REEMPLOI LILLOISE",
        "4779Z",
        "Lille",
        "77 Rue de Lannoy",
        "Ressourcerie : collecte d’encombrants, mobilier de réemploi, valorisation.",
    ),
    (
        "ACI",
        "LE POTAGER DES HAUTES TERRES",
        "0113Z",
        "Béthune",
        "2 Chemin des Maraîchers",
        "Maraîchage biologique, paniers de légumes.",
    ),
    (
        "ACI",
        "UN TOIT POUR APPRENDRE",
        "4334Z",
        "Saint-Quentin",
        "15 Rue de Guise",
        "Second œuvre : peinture, plâtrerie, sols.",
    ),
    (
        "ACI",
        "COUTURE SOLIDAIRE DU BEFFROI",
        "1413Z",
        "Douai",
        "6 Rue de la Cloris",
        "Atelier de couture, retouches, textile de seconde main.",
    ),
    (
        "ACI",
        "GARAGE SOLIDAIRE DE LA LYS",
        "4520A",
        "Armentières",
        "19 Rue Sadi Carnot",
        "Réparation automobile, prêt de véhicules.",
    ),
    ("ACI", "BAIE PROPRE", "8129B", "Abbeville", "30 Chaussée d'Hocquet", "Nettoyage urbain et désherbage manuel."),
    (
        "EI",
        "SAMBRE SERVICES PROPRETE",
        "8121Z",
        "Maubeuge",
        "5 Rue Casimir Fournier",
        "Nettoyage de locaux, vitrerie, remise en état.",
    ),
    (
        "EI",
        "TRI NORD SOLIDAIRE",
        "3832Z",
        "Valenciennes",
        "110 Avenue de Liège",
        "Collecte et tri des papiers, déchets de bureau, cinq flux.",
    ),
    (
        "EI",
        "LE BON LINGE",
        "9601A",
        "Lens",
        "24 Rue de Lille",
        "Blanchisserie, location et entretien de linge plat et de vêtements de travail.",
    ),
    ("EI", "TABLE D'ESCALE", "5621Z", "Lille", "9 Rue du Molinel", "Traiteur, buffets, plateaux repas."),
    (
        "EI",
        "MENUISERIE DES DEUX CAPS",
        "4332A",
        "Calais",
        "14 Rue des Fontinettes",
        "Menuiserie, agencement, mobilier.",
    ),
    (
        "EI",
        "ESPACES DU TERNOIS",
        "8130Z",
        "Saint-Pol-sur-Ternoise",
        "1 Rue d'Hesdin",
        "Création et entretien d’espaces verts.",
    ),
    (
        "EI",
        "PICARDIE ENCOMBRANTS",
        "3811Z",
        "Amiens",
        "52 Rue de la Vallée",
        "Collecte d’encombrants, démontage, valorisation.",
    ),
    ("EI", "CLIC ET RECLIC", "9511Z", "Beauvais", "7 Rue du Wage", "Reconditionnement informatique, DEEE."),
    (
        "AI",
        "COUP DE MAIN EN SAMBRE-AVESNOIS",
        "7830Z",
        "Maubeuge",
        "18 Avenue de France",
        "Mise à disposition de personnel : ménage, entretien, restauration scolaire.",
    ),
    (
        "AI",
        "RELAIS EMPLOI DE LA SCARPE",
        "7830Z",
        "Arras",
        "3 Rue Sainte-Marguerite",
        "Mise à disposition de personnel auprès des collectivités et des particuliers.",
    ),
    (
        "AI",
        "TRAVAIL PARTAGE BETHUNOIS",
        "7830Z",
        "Béthune",
        "40 Rue d'Arras",
        "Remplacement d’agents de service, entretien, jardinage.",
    ),
    ("AI", "SOLIDAIRES EN VIMEU", "7830Z", "Abbeville", "11 Rue Ledien", ""),
    (
        "ETTI",
        "CAP CHANTIER INTERIM",
        "7820Z",
        "Lille",
        "200 Rue de Paris",
        "Intérim d’insertion : bâtiment, travaux publics.",
    ),
    (
        "ETTI",
        "INTERIM D'APPUI ARTOIS",
        "7820Z",
        "Lens",
        "66 Avenue Raoul Briquet",
        "Intérim d’insertion : travaux publics, logistique, industrie.",
    ),
    ("ETTI", "OISE INSERTION INTERIM", "7820Z", "Creil", "5 Rue Jules Juillet", ""),
    (
        "GEIQ",
        "GEIQ CHANTIERS DU NORD (EXEMPLE)",
        "7830Z",
        "Valenciennes",
        "2 Place du Commerce",
        "Contrats de professionnalisation du bâtiment et des travaux publics.",
    ),
)

# kind, name, town, street, trades, full-time equivalents (empty: not known), FINESS only (no SIRET)
STPA = (
    (
        "EA",
        "LES ATELIERS DES BORDS DE SAMBRE",
        "Maubeuge",
        "25 Rue des Usines",
        "Entretien et création d'espaces verts, Nettoyage de locaux, Peinture",
        "42",
        False,
    ),
    (
        "ESAT",
        "ESAT LES HORTENSIAS DE LA SOLRE",
        "Aulnoye-Aymeries",
        "4 Rue du Parc",
        "Entretien et création d'espaces verts, Conditionnement, travaux à façon",
        "88",
        False,
    ),
    (
        "ESAT",
        "ESAT DU CANAL",
        "Denain",
        "61 Rue de Villars",
        "Entretien et création d'espaces verts, Mise sous pli, mailing, routage",
        "75",
        False,
    ),
    (
        "ESAT",
        "ESAT DE LA HAUTE DEULE",
        "Lille",
        "132 Rue du Faubourg d'Arras",
        "Restauration collective interne, Traiteur",
        "110",
        False,
    ),
    ("ESAT", "ESAT LE VAL FLEURI", "Villeneuve-d'Ascq", "8 Rue des Techniques", "", "", False),
    ("ESAT", "ESAT LES TILLEULS D'ARTOIS", "Arras", "17 Rue de Cambrai", "Blanchisserie, Repassage", "64", False),
    (
        "EA",
        "NUMERIS ADAPTE",
        "Arras",
        "30 Boulevard de Strasbourg",
        "Numérisation, saisie informatique, Secrétariat, travaux administratifs",
        "35",
        False,
    ),
    (
        "ESAT",
        "ESAT LA LEGUMERIE DU BEAUVAISIS",
        "Beauvais",
        "9 Rue de Bracheux",
        "Légumerie, Conditionnement, travaux à façon",
        "96",
        False,
    ),
    (
        "ESAT",
        "ESAT DES MARAIS DE SOMME",
        "Amiens",
        "300 Rue de Rouen",
        "Entretien et création d'espaces verts, Horticulture, Assemblage, montage",
        "120",
        False,
    ),
    (
        "EA",
        "SOMME BUREAU ADAPTE",
        "Amiens",
        "12 Rue de l'Île Mystérieuse",
        "Vente de fournitures de bureau, Produits d'entretien",
        "28",
        False,
    ),
    ("ESAT", "ESAT DU PAYS DE LAON", "Laon", "2 Rue Arsène Houssaye", "", "", True),
    ("EA", "PEINTURES ET SOLS DU CHAUNOIS", "Chauny", "21 Rue Pasteur", "Peinture, Revêtement de sols", "19", False),
    (
        "ESAT",
        "ESAT DE LA COTE D'OPALE",
        "Boulogne-sur-Mer",
        "70 Boulevard Industriel",
        "Conditionnement, travaux à façon, Mise sous pli, mailing, routage",
        "130",
        False,
    ),
    (
        "ESAT",
        "ESAT DES FLANDRES INTERIEURES",
        "Hazebrouck",
        "15 Rue d'Aire",
        "Entretien et création d'espaces verts, Blanchisserie",
        "82",
        False,
    ),
    ("ESAT", "ESAT DU DOUAISIS (EXEMPLE)", "Douai", "33 Rue de l'Hippodrome", "", "", True),
    (
        "EA",
        "RECYCL'ADAPT NORD",
        "Roubaix",
        "5 Rue de Cassel",
        "Collecte et recyclage de papiers, Collecte de déchets électriques",
        "54",
        False,
    ),
    (
        "ESAT",
        "ESAT LES ATELIERS DE THIERACHE",
        "Hirson",
        "6 Rue de Guise",
        "Travail du bois, Palettes, Assemblage, montage",
        "58",
        False,
    ),
    (
        "ESAT",
        "ESAT DU VALENCIENNOIS (EXEMPLE)",
        "Valenciennes",
        "90 Rue du Faubourg de Paris",
        "Couture, Blanchisserie",
        "71",
        False,
    ),
)

LOTS = (
    {
        "lot_id": "berges",
        "objet": "Entretien des espaces verts et des berges de la Sambre",
        "lieu": "Maubeuge",
        "levier": "12",
        "montant": 180000,
        "duree": 12,
    },
    {"lot_id": "traiteur", "objet": "Prestations de traiteur pour les réceptions de la plateforme", "lieu": "Lille"},
    {"lot_id": "archives", "objet": "Reconditionnement d’archives linéaires", "lieu": "Arras", "levier": "13"},
    {
        "lot_id": "agents",
        "objet": "Remplacement d’agents de nettoyage et de restauration collective dans les collèges",
        "lieu": "dep:62",
        "levier": "13",
    },
)


@dataclass(frozen=True, slots=True)
class Town:
    """Where an invented supplier stands: a real commune and its centroid."""

    code: str
    name: str
    post_code: str
    lat: float
    lon: float


def town(name: str) -> Town:
    """Look a commune of Hauts-de-France up. Raises ValueError where it is not located."""
    found = communes_named(name, ("02", "59", "60", "62", "80"))[0]
    if found.lat is None or found.lon is None:
        raise ValueError(name)
    return Town(found.code, found.name, found.post_codes[0], found.lat, found.lon)


def siret(rank: int) -> str:
    """A SIRET with valid check digits in the unused range 0001."""
    siren = f"0001{rank:04d}"
    siren += luhn.calc_check_digit(siren)
    return (base := f"{siren}0001") + luhn.calc_check_digit(base)


def emplois() -> str:
    """The marché shape of Les emplois."""
    results = []
    for rank, (kind, name, naf, city, street, description) in enumerate(SIAE, start=1):
        at = town(city)
        results.append(
            {
                "id": rank, "siret": siret(rank), "naf": naf, "kind": kind, "name": name, "brand": "", "phone": None,
                "email": None, "website": "", "description": description, "address_line_1": street, "address_line_2": "",
                "post_code": at.post_code, "city": at.name, "department": at.code[:2],
                "source": "GEIQ" if kind == "GEIQ" else "ASP",
                "latitude": round(at.lat + 0.002 * (rank % 3), 5), "longitude": round(at.lon - 0.002 * (rank % 5), 5),
                "convention_is_active": True, "convention_asp_id": None, "admin_name": None, "admin_email": None,
            }
        )  # fmt: skip
    return (
        json.dumps(
            {"count": len(results), "next": None, "previous": None, "results": results}, ensure_ascii=False, indent=1
        )
        + "\n"
    )


def finess() -> str:
    """The etalab extract: no header, a first block of establishments, a second of coordinates."""
    from pyproj import Transformer

    project = Transformer.from_crs(4326, 2154, always_xy=True)
    first, second = [], []
    for rank, (kind, name, city, street, _, _, without_siret) in enumerate(STPA, start=1):
        at = town(city)
        number = f"99{at.code[:2]}{rank:05d}"
        category, label = (
            ("246", "Etablissement et Service d'Aide par le Travail (E.S.A.T.)")
            if kind == "ESAT"
            else ("247", "Entreprise adaptée")
        )
        way_number, _, way = street.partition(" ")
        upper = at.name.upper().replace("-", " ").replace("’", " ")
        cells = [
            "structureet", number, f"99{at.code[:2]}9{rank:04d}", name[:38], name[:60], "", "", way_number, "", way.upper(), "", "",
            at.code[2:], at.code[:2], "", f"{at.post_code} {upper}", "", "", category, label, "", "",
            "" if without_siret else siret(100 + rank), "8810C", "", "", "", "", "1990-01-01", "", DATE, "",
        ]  # fmt: skip
        first.append(";".join(cells))
        x, y = project.transform(at.lon + 0.003 * (rank % 4), at.lat)
        second.append(f"geolocalisation;{number};{x:.1f};{y:.1f};1,EXEMPLE,100,IGN,BD_ADRESSE,V2.1,LAMBERT_93;{DATE}")
    return "\n".join([f"finess;etalab;96;{DATE}", *first, *second]) + "\n"


def hosmoz() -> str:
    """The Hosmoz export: trades and workforce of those that declare them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            "Id",
            "Raison Sociale",
            "Siren",
            "Siret",
            "Siret 2",
            "Catégorie",
            "Adresse",
            "Lieudit/BP",
            "Code Postal",
            "Ville",
            "Tel public",
            "Email",
            "Nombre de travailleurs dans la structure (en ETP)",
            "Pôles de compétences",
            "Adhérent Hosmoz",
            "URL",
        ]
    )
    for rank, (kind, name, city, street, trades, workers, without_siret) in enumerate(STPA, start=1):
        if not trades:
            continue
        at = town(city)
        number = "" if without_siret else siret(100 + rank)
        writer.writerow(
            [
                rank,
                name,
                number[:9],
                number,
                "",
                kind,
                street,
                "",
                at.post_code,
                at.name,
                "",
                "",
                workers,
                trades,
                "Oui",
                "",
            ]
        )
    return out.getvalue()


def build() -> None:
    """Write the four files of data/samples."""
    lots = "".join(json.dumps(lot, ensure_ascii=False) + "\n" for lot in LOTS)
    for name, content in (
        ("emplois.json", emplois()),
        ("finess.csv", finess()),
        ("hosmoz.csv", hosmoz()),
        ("lots.jsonl", lots),
    ):
        (SAMPLES / name).write_text(content, encoding="utf-8")
