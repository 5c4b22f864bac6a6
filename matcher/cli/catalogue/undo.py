"""`catalogue imports` and `catalogue undo-import`: what came into the catalogue, when, and how to take it back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from matcher.catalogue.intake.undo import PastImport, past_imports
from matcher.cli.catalogue.view import NOTICES, OUTCOMES
from matcher.cli.frame.options import WholeNumber, catalogue, command, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.domain.french import count, day, unit
from matcher.notices.undoing import undo_any_import


@command("imports")
@outlet_options("table", "json")
@database_option
def imports_command(outlet: Outlet, database: str | None) -> None:
    """Liste les imports, du dernier au premier : fichier, date, durée, comptes, empreinte."""
    past = past_imports(catalogue(database))
    outlet.send(table=lambda out: _show(past, out), json=lambda: [_object(run) for run in past])


def _show(past: Sequence[PastImport], out: Console) -> None:
    if not past:
        out.print("Aucun import. Les annuaires et leurs fichiers : entremise sources")
        return
    titles = ("Annuaire", "Fichier", "Date", "Durée", "Comptes", "SHA-256")
    folded = (Column(title, overflow="fold") for title in titles)
    table = Table(Column("N°", justify="right"), *folded, box=box.SIMPLE, pad_edge=False)
    for run in past:
        state = f" [bold](défait le {day(run.undone)})[/bold]" if run.undone else ""
        named = escape(run.file_name) + (" (complet)" if run.complete else "") + state
        seconds = unit(run.seconds, "s", 1)
        table.add_row(str(run.id), run.source, named, _when(run.started), seconds, _counted(run), run.sha256[:12])
    out.print(table)


@command("undo-import")
@click.argument("run_id", metavar="NUMÉRO", type=WholeNumber())
@database_option
def undo_import_command(run_id: int, database: str | None) -> None:
    """Défait un import : ses fiches redeviennent ce qu’elles étaient juste avant lui.

    Ses avis aussi, et leurs lots. Refusé si un import plus récent a relu l’une de ses fiches, ou d’autres avis de la même source : défaites
    d’abord celui-là. Les numéros : « entremise catalogue imports ».
    """
    done = undo_any_import(catalogue(database), run_id, now=datetime.now(UTC).replace(tzinfo=None))
    click.echo(f"Import {run_id} ({done.run.source}, {done.run.file_name}) défait : {done.said}.")
    click.echo(f"Catalogue version {done.version}.")


def _object(run: PastImport) -> dict[str, Any]:
    times = {"started": run.started.isoformat(), "finished": run.finished.isoformat()}
    undone = run.undone.isoformat() if run.undone else None
    data_date = run.data_date.isoformat() if run.data_date else None
    return (
        asdict(run)
        | times
        | {"undone": undone, "data_date": data_date, "seconds": run.seconds, "counts": dict(run.counts)}
    )


def _when(moment: datetime) -> str:
    local = moment.replace(tzinfo=UTC).astimezone()
    return f"{day(local)}, {local:%H:%M}"


def _counted(run: PastImport) -> str:
    return ", ".join(
        count(run.counts[key], *words) for key, words in (NOTICES | OUTCOMES).items() if run.counts.get(key)
    )
