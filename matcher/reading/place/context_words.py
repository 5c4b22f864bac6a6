"""The words around a name that say whether it is a place, as keys: what governs it, what it is part of, what excludes it."""

from matcher.reference.geography.place_names import ARTICLES

DIRECT = frozenset({"A", "AU", "AUX", "SUR", "VERS"})
OF = frozenset({"DE", "D", "DU", "DES"})
JOINTS = frozenset({*ARTICLES, "DE", "D", "DU", "DES", "A"})
ADJECTIVES = frozenset({"PUBLIC", "PUBLICS", "PUBLIQUES", "PRIVES"})
BETWEEN = frozenset({*ARTICLES, "DE", "D", "DU", "DES", *ADJECTIVES})
LINKS = frozenset({*DIRECT, "DE", "D", "DU", "DES", "EN", "DANS", "PAR", "POUR"})
AND = ("ET", "OU", "PUIS")
AFTER_NAME = frozenset({"ET", "OU", "POUR", "PAR", "DANS", "AVEC"})
INSIDE_NAME = frozenset({*ARTICLES, "DE", "D", "DU", "DES", "SUR", "EN", "SOUS", "AUX", "AU"})
EXCLUDED = frozenset({"HORS", "SAUF", "EXCEPTE", "EXCLUANT", "HORMIS"})
# Between « sauf » and a name: « sauf le site de Lyon », « hors les agences de la ville de Lyon ».
TO_SITES = BETWEEN | frozenset(
    {"SITE", "SITES", "AGENCE", "AGENCES", "CELUI", "CELLE", "CEUX", "CELLES", "SECTEUR", "VILLE", "COMMUNE"}
)
FROM = frozenset({"DEPART", "VENANT", "PROVENANCE", "VENUS", "VENUES", "PARTANT"})
INSTITUTIONS = frozenset({"CH", "CHR", "CHU", "CHRU", "CPAM", "CAF", "CCI", "OPH"})
TOWN_HEADS = frozenset(
    {"COMMUNE", "COMMUNES", "VILLE", "VILLES", "MAIRIE", "TERRITOIRE", "MUNICIPALITE", "CCAS", *INSTITUTIONS}
)
COUNTY_HEADS = frozenset(
    {
        *("DEPARTEMENT", "DEPARTEMENTS", "DEPARTEMENTAL", "DEPARTEMENTALE", "DEPARTEMENTAUX", "DEPARTEMENTALES"),
        *("GENERAL", "PREFECTURE", "PREFECTURES", "SDIS", "CAF", "CPAM", "DDT", "DDTM", "DSDEN", "MDPH", "COLLEGES"),
    }
)
# What stands all over a département: « les EHPAD du Morbihan », where « l’EHPAD de Mayenne » is that of the town.
SPREAD = frozenset(
    {
        *(
            "AGENCES",
            "BIBLIOTHEQUES",
            "CASERNES",
            "CENTRES",
            "COMMUNES",
            "ECOLES",
            "ENTREPRISES",
            "ETABLISSEMENTS",
            "GENDARMERIES",
        ),
        *(
            "HABITANTS",
            "HOPITAUX",
            "INTERNATS",
            "LYCEES",
            "LYCEENS",
            "COLLEGIENS",
            "MAIRIES",
            "MAISONS",
            "POMPIERS",
            "POMPIER",
        ),
        *(
            "RD",
            "RESIDENCES",
            "ROUTES",
            "SELFS",
            "SERVICES",
            "SITES",
            "TRIBUNAUX",
            "EHPAD",
            "EHPADS",
            "RESTAURANTS",
            "DEPARTEMENTALES",
        ),
    }
)
# « Vallée de l’Oise », « crues de la Somme » speak of the river, not of the département that bears its name.
WATERS = frozenset(
    {
        *(
            "VALLEE",
            "VALLEES",
            "BERGE",
            "BERGES",
            "RIVE",
            "RIVES",
            "BORD",
            "BORDS",
            "EAU",
            "EAUX",
            "LIT",
            "CRUE",
            "CRUES",
        ),
        *(
            "BASSIN",
            "BASSINS",
            "SOURCE",
            "SOURCES",
            "RIPISYLVE",
            "RIPISYLVES",
            "HALAGE",
            "COURS",
            "AFFLUENTS",
            "BARRAGES",
        ),
    }
)
LAND_HEADS = frozenset({"REGION", "REGIONS", "REGIONAL", "REGIONALE", "EX", "ACADEMIE"})
ROADS = frozenset(
    {
        *("RUE", "AVENUE", "AV", "BOULEVARD", "BD", "PLACE", "ROUTE", "CHEMIN", "QUAI", "IMPASSE", "ALLEE", "SQUARE"),
        *("RUES", "AVENUES", "BOULEVARDS", "QUAIS", "ALLEES", "CHAUSSEE"),
    }
)
STREETS = frozenset(
    {
        *ROADS,
        *("COURS", "PORTE", "FAUBOURG", "ESPLANADE", "ROND", "CARREFOUR", "RIVIERE", "FORET", "TORRENT", "RUISSEAU"),
        *("QUARTIER", "ZAC", "ZA", "ZI", "CITE", "ETANG", "LAC", "CANAL", "MARAIS", "PONTON", "COL"),
    }
)
SEATS = frozenset({"SECTEUR", "AGENCE", "ANTENNE", "LOT", "ZONE", "UNIVERSITE", "DELEGATION", "POLE", "LIGNE", "PORT"})
OFFICES = frozenset({"AGENCE", "AGENCES", "ANTENNE", "DELEGATION", "BUREAUX", "SECTEUR", "POLE"})
NAMED_AFTER = frozenset(
    {
        *("ECOLE", "COLLEGE", "LYCEE", "GYMNASE", "STADE", "RESIDENCE", "CRECHE", "SALLE", "THEATRE", "EHPAD", "FOYER"),
        *("GROUPE", "SCOLAIRE", "MATERNELLE", "ELEMENTAIRE", "PRIMAIRE", "HOPITAL", "CLINIQUE", "EGLISE", "CHAPELLE"),
        *("MUSEE", "SITE", "IMMEUBLE", "BATIMENT", "PARC", "CATHEDRALE", "POLYCLINIQUE", "ESPACE", "CENTRE", "MAISON"),
        *("DOCTEUR", "DR", "GENERAL", "MARECHAL", "PRESIDENT", "SAINT", "SAINTE", "CITE", "COLONEL", "CASERNE", "LES"),
    }
)
