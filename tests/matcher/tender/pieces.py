"""A DCE of three lots, fictional, as pieces: rules that list the lots, clauses that say otherwise, prices."""

from importers.documents.page import PageText
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


def piece(name: str, *pages: str) -> Piece:
    """A piece of these pages."""
    told = tuple(PageText(f"page {rank}", text) for rank, text in enumerate(pages, start=1))
    state = PieceState.READ if pages else PieceState.UNREAD
    return Piece(name, kind_of(name, pages[0] if pages else ""), state, (), told)


def dce() -> list[Piece]:
    """The three pieces, the surest last."""
    return [piece("DPGF.xlsx", *DPGF), piece("ccap_2026.pdf", *CCAP), piece("RC.pdf", *RC)]
