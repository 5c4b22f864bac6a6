"""Terminal output of an import of notices: what was understood, doubtful, refused, and the keys that nobody reads."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape

from matcher.cli.frame.outlet import REFUSED, UNKNOWN, counted
from matcher.domain.french import count, number
from matcher.notices.report import NoticesReport

_COUNTS = {
    "understood": "compris",
    "doubtful": "gardés, avec un doute",
    "refused": "refusés",
}
_SHOWN = 12


def notices_report(done: NoticesReport, title: str, out: Console) -> None:
    """Print what an import of notices did, or would do."""
    figures = done.as_dict()
    verb = "Essai à blanc, rien n’est écrit" if done.dry_run else "Import"
    out.print(f"[bold]{verb} : {escape(title)}[/bold]")
    table = counted()
    for key, label in _COUNTS.items():
        if figures[key]:
            table.add_row(number(figures[key]), label)
    table.add_section()
    table.add_row(number(figures["read"]), "avis lus", style="bold")
    out.print(table)
    for line in (*_written(figures), *_told(figures), *_left(figures)):
        out.print(line)


def _written(figures: dict[str, Any]) -> Iterator[str]:
    """What was written, in sentences."""
    new, changed = count(figures["new"], "nouvel avis", "nouveaux avis"), count(figures["changed"], "modifié")
    yield (
        f"{new}, {changed}, {count(figures['unchanged'], 'inchangé')} ; {count(figures['lots'], 'lot écrit', 'lots écrits')}, "
        f"{count(figures['matched'], 'comparé')} au catalogue."
    )
    if figures["withdrawn"]:
        yield f"{UNKNOWN} {count(figures['withdrawn'], 'lot retiré', 'lots retirés')} : plus aucun avis ne le dit."
    if figures["awards"]:
        yield f"{count(figures['awards'], 'marché attribué', 'marchés attribués')}, gardés comme références des fournisseurs."


def _told(figures: dict[str, Any]) -> Iterator[str]:
    """What was refused or is in doubt, the commonest first."""
    for one in figures["reasons"]:
        yield f"{REFUSED} {count(one['count'], 'avis refusé', 'avis refusés')} : {escape(one['reason'])} {_where(one)}"
    for one in figures["doubts"][:_SHOWN]:
        yield f"{UNKNOWN} {number(one['count'])} avis : {escape(one['doubt'])} {_where(one)}"
    if more := figures["doubts"][_SHOWN:]:
        yield f"[dim]et {count(len(more), 'autre doute', 'autres doutes')} : --format json les donne.[/dim]"


def _left(figures: dict[str, Any]) -> Iterator[str]:
    """What the file holds besides, and nobody took."""
    for reason, times in figures["unattached"].items():
        yield f"[dim]{count(times, 'marché', 'marchés')} : {escape(reason)}[/dim]"
    for shape, keys in figures["unread"].items():
        yield f"[dim]Forme {escape(shape) or 'sans nom'} : clés non lues : {escape(', '.join(keys))}[/dim]"
    for remark in figures["remarks"]:
        yield f"[dim]{remark['line']} : {escape(remark['message'])}[/dim]"


def _where(told: dict[str, Any]) -> str:
    lines = ", ".join(map(str, told["lines"]))
    return f"[dim]({escape(lines)}{'…' if told['count'] > len(told['lines']) else ''})[/dim]"
