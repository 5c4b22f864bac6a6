"""Import of files of tender notices for `entremise import` and `fetch`, and the terminal output of its report."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from sqlalchemy import Engine

from importers.notices.importer import NoticeImporter
from matcher.cli.catalogue.imports import record_import
from matcher.cli.frame.outlet import REFUSED, UNKNOWN, Outlet, counting, tally_table
from matcher.clock import now
from matcher.domain.french import count, number
from matcher.jobs.reader_process import COMMAND
from matcher.notices.intake import notices_in_subprocess, take_notice_files
from matcher.notices.report import NoticesReport


def import_notices(
    engine: Engine, importer: NoticeImporter, paths: Sequence[Path], outlet: Outlet, *, dry_run: bool
) -> None:
    """Import files of notices and print or write the report."""
    with counting(f"Import de {importer.title}") as progress:
        report = take_notice_files(
            engine,
            notices_in_subprocess(importer, limits=COMMAND),
            paths,
            now=now(),
            dry_run=dry_run,
            progress=progress,
        )
    counts = count(report.counts["notices"], "avis lu", "avis lus")
    record_import(engine, report, counts, paths)
    outlet.send(table=lambda out: print_notices_report(report, importer.title, out), json=report.as_dict)


_COUNTS = {
    "understood": ("compris", "compris"),
    "doubtful": ("gardé, avec un doute", "gardés, avec un doute"),
    "refused": ("refusé", "refusés"),
}
_SHOWN = 12


def print_notices_report(done: NoticesReport, title: str, out: Console) -> None:
    """Print what an import of notices did, or would do."""
    figures = done.as_dict()
    verb = "Essai à blanc, rien n’est écrit" if done.dry_run else "Import"
    out.print(f"[bold]{verb} : {escape(title)}[/bold]")
    counts = ((figures[key], *words) for key, words in _COUNTS.items())
    out.print(tally_table(counts, (figures["read"], "avis lu", "avis lus")))
    for line in _written_sentences(figures):
        out.print(line)
    for reason in figures["reasons"]:
        refused = count(reason["count"], "avis refusé", "avis refusés")
        out.print(f"{REFUSED} {refused} : {escape(reason['reason'])} {_where(reason)}")
    for reason in figures["doubts"][:_SHOWN]:
        out.print(f"{UNKNOWN} {number(reason['count'])} avis : {escape(reason['doubt'])} {_where(reason)}")
    if more := figures["doubts"][_SHOWN:]:
        out.print(f"[dim]et {count(len(more), 'autre doute', 'autres doutes')} : --format json les donne.[/dim]")
    for reason, times in figures["unattached"].items():
        out.print(f"[dim]{count(times, 'marché', 'marchés')} : {escape(reason)}[/dim]")
    for shape, keys in figures["unread"].items():
        out.print(f"[dim]Forme {escape(shape) or 'sans nom'} : clés non lues : {escape(', '.join(keys))}[/dim]")
    for remark in figures["remarks"]:
        out.print(f"[dim]{remark['line']} : {escape(remark['message'])}[/dim]")


def _written_sentences(figures: dict[str, Any]) -> Iterator[str]:
    new, changed = count(figures["new"], "nouvel avis", "nouveaux avis"), count(figures["changed"], "modifié")
    yield (
        f"{new}, {changed}, {count(figures['unchanged'], 'inchangé')} ; {count(figures['lots'], 'lot écrit', 'lots écrits')}, "
        f"{count(figures['matched'], 'comparé')} au catalogue."
    )
    if figures["withdrawn"]:
        yield f"{UNKNOWN} {count(figures['withdrawn'], 'lot retiré', 'lots retirés')} : plus aucun avis ne le dit."
    if figures["awards"]:
        yield f"{count(figures['awards'], 'marché attribué', 'marchés attribués')}, gardés comme références des fournisseurs."


def _where(reason: dict[str, Any]) -> str:
    lines = ", ".join(map(str, reason["lines"]))
    return f"[dim]({escape(lines)}{'…' if reason['count'] > len(reason['lines']) else ''})[/dim]"
