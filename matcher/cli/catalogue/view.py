"""Terminal output of the report of an import of a directory of suppliers."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from matcher.catalogue.intake.report import ImportReport
from matcher.cli.frame.outlet import REFUSED, UNKNOWN, tally_table
from matcher.domain.french import count

OUTCOMES = {
    "created": ("nouveau fournisseur", "nouveaux fournisseurs"),
    "merged": ("rattaché à un fournisseur déjà connu", "rattachés à un fournisseur déjà connu"),
    "updated": ("mis à jour", "mis à jour"),
    "unchanged": ("inchangé", "inchangés"),
    "review": ("à revoir", "à revoir"),
    "refused": ("refusé", "refusés"),
}
NOTICES = {"new": ("nouvel avis", "nouveaux avis"), "changed": ("avis modifié", "avis modifiés")}


def print_report(done: ImportReport, title: str, out: Console) -> None:
    """Print what an import did, or would do: counts that add up, reasons, flags and remarks."""
    figures = done.as_dict()
    verb = "Essai à blanc, rien n’est écrit" if done.dry_run else "Import"
    out.print(f"[bold]{verb} : {escape(title)}[/bold]")
    out.print(tally_table(((figures[key], *words) for key, words in OUTCOMES.items()), (figures["read"], "lu", "lus")))
    for reason in figures["reasons"]:
        out.print(
            f"{REFUSED} {count(reason['count'], 'ligne refusée', 'lignes refusées')} : {escape(reason['reason'])} {_lines(reason)}"
        )
    for flag in figures["flags"]:
        out.print(
            f"{UNKNOWN} {count(flag['count'], 'fiche gardée et signalée', 'fiches gardées et signalées')} : {escape(flag['flag'])} {_lines(flag)}"
        )
    for remark in figures["remarks"]:
        out.print(f"[dim]ligne {remark['line']} : {escape(remark['message'])}[/dim]")
    if done.gone:
        out.print(
            f"{UNKNOWN} {count(done.gone, 'fiche absente', 'fiches absentes')} de cette liste complète : rien n’est effacé, la fraîcheur baisse."
        )
    if done.pairs:
        out.print(f"{UNKNOWN} {count(done.pairs, 'paire')} à juger au catalogue : entremise catalogue review")
    elif figures["review"] and not done.dry_run:
        out.print(f"{UNKNOWN} Pour ce qui est à revoir : entremise catalogue review")
    if not done.dry_run:
        out.print(f"[dim]Catalogue version {done.version}{'' if done.changed else ', inchangé'}.[/dim]")


def _lines(reason: Mapping[str, Any]) -> str:
    lines = ", ".join(map(str, reason["lines"]))
    more = " …" if reason["count"] > len(reason["lines"]) else ""
    return f"[dim](ligne{'s' if len(reason['lines']) > 1 else ''} {lines}{more})[/dim]"
