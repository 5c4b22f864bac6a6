"""A DCE of three lots, fictional, as pieces: rules that list the lots, clauses that say otherwise, prices."""

from importers.documents.page import PageText, row_line
from matcher.tender.piece import Piece, PieceState, kind_of

_LOTS = (
    "Objet : entretien des espaces verts, nettoyage des locaux et restauration. La durée du marché est de 24 mois.\n"
    "Lieu d’exécution : Valenciennes.\n"
    "Lot 1 : tonte et taille des espaces verts à Valenciennes, montant estimé 90 000 € HT, pour une durée de 24 mois\n"
    "Lot 2 : nettoyage des bureaux de la mairie de Denain, 40 000 € HT. Ce lot est réservé aux entreprises adaptées et aux "
    "ESAT, en application de l’article L. 2113-12 du code de la commande publique.\n"
    "Lot 3 : livraison de repas en liaison froide à Anzin"
)
RC = ("Règlement de la consultation\nVille de Valenciennes", _LOTS)
CCAP = (
    "Cahier des clauses administratives particulières",
    "Lot 1 : espaces verts, pour une durée de 36 mois\nLot 2 : nettoyage des bureaux\nLot 3 : repas, montant de 60 000 € HT",
)
DPGF = ("Bordereau des prix\nTonte : 12 ; passages",)


# Rules that name the lots in a word or two, technical clauses that say what each is and, in a table, for how much.
RULES = (
    "Règlement de la consultation\nVille de Guipavas\nDate limite de réception des offres : 15 janvier 2027 à 12 h 00",
    (
        "Objet : entretien du patrimoine de la ville de Guipavas. Le marché est conclu pour un an, reconductible trois fois.\n"
        "Lot 1 : Élagage. Ce lot est réservé aux entreprises adaptées et aux ESAT (article L. 2113-12).\n"
        "Lot 2 : Nettoyage des locaux. Clause sociale d’insertion.\n"
        "Lot 3 : Entretien des espaces verts. Lot non réservé.\n"
        "Critères de jugement des offres : prix 60 %, valeur technique 40 %."
    ),
)
TABLE = (("Lot", "Intitulé", "Montant annuel (HT)"), ("1", "Élagage", "48 500 €"), ("2", "Nettoyage des locaux", "26 000 €"),
    ("3", "Entretien des espaces verts", "74 000 €"))  # fmt: skip
ARTICLES = (
    "Article 2 - Lot 1 : élagage",
    "2.1 Consistance",
    "Taille des tilleuls de l’avenue et des chênes du parc de Guipavas.",
    "Article 3 - Lot 2 : nettoyage des locaux",
    "Pour le lot 2, 140 heures d’insertion par an sont à réaliser.",
    "Article 4 - Lot 3 : entretien des espaces verts",
    "Tonte des pelouses et taille des haies à Kersaint-Plabennec.",
    "Article 5 - Pénalités",
    "Cent euros par jour de retard.",
)


def technical() -> list[Piece]:
    """The rules, and the technical clauses with their table of lots."""
    clauses = ("Cahier des clauses techniques particulières", *map(row_line, TABLE), *ARTICLES)
    return [piece("CCTP.docx", "\n".join(clauses)), piece("RC.pdf", *RULES)]


def piece(name: str, *pages: str) -> Piece:
    """A piece of these pages."""
    told = tuple(PageText(f"page {rank}", text) for rank, text in enumerate(pages, start=1))
    state = PieceState.READ if pages else PieceState.UNREAD
    return Piece(name, kind_of(name, pages[0] if pages else ""), state, (), told)


def dce() -> list[Piece]:
    """The three pieces, the surest last."""
    return [piece("DPGF.xlsx", *DPGF), piece("ccap_2026.pdf", *CCAP), piece("RC.pdf", *RC)]


# Rules whose table has a column on reservations.
UNRESERVED_ROW = (
    "Objet : entretien des bâtiments de la ville de Denain.",
    row_line(("Lot", "Désignation", "Réservation")),
    row_line(("1", "Tonte des pelouses", "Réservé aux ESAT")),
    row_line(("2", "Nettoyage des bureaux", "Non")),
)
