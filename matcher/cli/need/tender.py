"""Command `entremise dce`: read the documents of a tender (DCE) and propose its lots, with the document, page and sentence of each value."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from matcher.cli.frame.options import RequestRefused, command, existing
from matcher.cli.frame.outlet import UNKNOWN, Outlet, facts_grid, outlet_options
from matcher.domain.french import count
from matcher.journal.change import plain
from matcher.tender.piece import PieceState
from matcher.tender.proposal import AMOUNT, DURATION, HOURS, LEVER, MAXIMUM, PLACE, ProposedLot, SaidValue
from matcher.tender.reading import Tender, read_tender

_LABELS = {
    PLACE: "Lieu",
    AMOUNT: "Montant",
    MAXIMUM: "Montant maximum",
    DURATION: "Durée",
    LEVER: "Réservation",
    HOURS: "Heures d’insertion",
}
# Not every lot has them: they are not shown as unread.
_OPTIONAL = (MAXIMUM, HOURS)
_COLOURS = {PieceState.READ: "green", PieceState.PARTLY: "yellow", PieceState.UNREAD: "red"}


@command("dce", epilog="entremise dce reglement.docx")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FICHIER…")
@outlet_options("table", "json")
def tender_command(files: Sequence[Path], outlet: Outlet) -> None:
    """Lit les pièces d’un DCE et propose ses lots.

    Chaque valeur vient avec la phrase, la pièce et la page où elle est lue. PDF, DOCX, ODT, XLSX ou ODS, 50 Mo ensemble au plus. Rien n’est gardé.
    """
    tender = read_tender([existing(path) for path in files])
    if all(piece.state is PieceState.UNREAD for piece in tender.pieces):
        sentence = " ; ".join(f"{piece.name} : {' '.join(piece.says).rstrip('.')}" for piece in tender.pieces)
        raise RequestRefused(f"Rien n’est lu dans ces pièces. {sentence}.")
    outlet.send(table=lambda out: _show(tender, out), json=lambda: plain(tender))


def _show(tender: Tender, out: Console) -> None:
    for piece in tender.pieces:
        named = f"{piece.kind.letters or '?'} · {piece.name} : "
        says = f" : {' '.join(piece.says)}" if piece.says else ""
        out.print(Text.assemble(named, (piece.state.value, _COLOURS[piece.state]), says))
    lots = tender.proposal.lots
    if lots[0].number:
        headline = f"\n{count(len(lots) + tender.proposal.more, 'lot')}, lus dans {tender.proposal.told_by}"
        out.print(Text(f"{headline} ; les {len(lots)} premiers suivent." if tender.proposal.more else f"{headline}."))
    for doubt in tender.proposal.doubts:
        out.print(Text(doubt, style="yellow"))
    for value in tender.proposal.buyer_names:
        out.print(Text(f"Acheteur : {_with_sentence(value)}"))
    for value in tender.proposal.due:
        out.print(Text(f"Remise des offres : {_with_sentence(value)}"))
    for lot in lots:
        out.print(Text(f"\n{f'Lot {lot.number} : ' if lot.number else ''}{lot.title}", style="bold"))
        out.print(facts_grid(_lot_facts(lot)))


def _lot_facts(lot: ProposedLot) -> Iterator[tuple[str, Text | str]]:
    for name, label in _LABELS.items():
        values = lot.said.get(name, ())
        if not values and name not in _OPTIONAL:
            yield label, f"{UNKNOWN} non lu"
        for rank, value in enumerate(values):  # the first is retained; the others are in other documents
            yield "" if rank else label, f"{'ailleurs : ' if rank else ''}{_with_sentence(value)}"
    yield from (("Doute", Text(doubt, style="yellow")) for doubt in lot.doubts)


def _with_sentence(value: SaidValue) -> str:
    """Return a value with the document, the page and the sentence where it is read."""
    return f"{value.value} ({', '.join(filter(None, (value.piece, value.where)))} : « {value.sentence} »)"
