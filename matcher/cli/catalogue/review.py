"""Command `entremise catalogue review`: list, and decide by hand, pairs of records that may be the same supplier and rows without a kind of supplier."""

import getpass
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy import Engine

from matcher.catalogue.identity.compare import PairVerdict
from matcher.catalogue.identity.references import split_reference
from matcher.catalogue.steward.review import (
    SAYS,
    Described,
    Judged,
    Queue,
    ReviewRefused,
    decide,
    pairs,
    undo_decisions,
)
from matcher.catalogue.steward.rows_without_kind import (
    WaitingRow,
    keep_row,
    leave_row_out,
    rows_without_kind,
    take_row_back,
)
from matcher.cleaning.kinds import clean_kinds
from matcher.cli.frame.options import catalogue, command, database_option, record_act
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.clock import utc_now
from matcher.domain.french import count, day, enumeration
from matcher.domain.kinds import SupplierKind
from matcher.render.shaped import shaped

TITLES = {
    Queue.WAITING: ("paire à juger", "paires à juger"),
    Queue.MERGED: ("paire rapprochée par les indices", "paires rapprochées par les indices"),
    Queue.DECIDED: ("paire décidée", "paires décidées"),
}


@command("review", epilog="entremise catalogue review --rapprochees")
@click.option("--meme", "same", multiple=True, metavar="PAIRE", help="Décide que la paire est un seul fournisseur.")
@click.option("--siren-differents", "across_sirens", is_flag=True, help="Avec --meme : même si les SIREN diffèrent.")
@click.option(
    "--different",
    multiple=True,
    metavar="PAIRE",
    help="Décide que la paire est deux fournisseurs ; sépare s’il le faut.",
)
@click.option("--annuler", "undone", multiple=True, metavar="PAIRE", help="Retire la décision prise sur la paire.")
@click.option(
    "--rapprochees", "queue", flag_value=Queue.MERGED, type=Queue, help="Liste les paires rapprochées par les indices."
)
@click.option("--decidees", "queue", flag_value=Queue.DECIDED, type=Queue, help="Liste les paires décidées.")
@click.option(
    "--lignes",
    "rows",
    is_flag=True,
    help="Liste les lignes dont rien ne dit le type : elles attendent hors du catalogue.",
)
@click.option(
    "--garder",
    "kinds",
    multiple=True,
    nargs=2,
    metavar="LIGNE TYPE",
    help="Garde la ligne : un fournisseur de ce type.",
)
@click.option("--ecarter", "left_out", multiple=True, metavar="LIGNE", help="Laisse la ligne de côté.")
@click.option("--attendre", "back", multiple=True, metavar="LIGNE", help="Remet en attente une ligne laissée de côté.")
@click.option(
    "--par", "author", metavar="NOM", default=getpass.getuser, help="Qui décide (par défaut, votre nom de session)."
)
@outlet_options("table", "json")
@database_option
def review_command(
    same: tuple[str, ...],
    across_sirens: bool,
    different: tuple[str, ...],
    undone: tuple[str, ...],
    queue: Queue | None,
    rows: bool,
    kinds: tuple[tuple[str, str], ...],
    left_out: tuple[str, ...],
    back: tuple[str, ...],
    author: str,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Liste les paires de fiches que les indices ne suffisent pas à juger, ou en juge.

    PAIRE : le numéro d’une paire, ou deux fiches, « annuaire:référence=annuaire:référence ». LIGNE : son identifiant, que
    --lignes donne, ou un SIRET. Une décision vaut pour tous les imports suivants, jusqu’à ce qu’on la retire.
    """
    engine = catalogue(database)
    now = utc_now()
    decided = _judge_pairs(engine, same, different, undone, author, now, across_sirens)
    _judge_rows(engine, kinds, left_out, back, author, now)
    if rows or kinds or left_out or back:
        waiting = rows_without_kind(engine)

        def show_rows(out: Console) -> None:
            out.print(f"[bold]{count(len(waiting), 'ligne')}[/bold] sans type, hors du catalogue")
            for row in waiting:
                out.print(f"{escape(row.supplier_id)}  {escape(row.record.name)}  [dim]{escape(row.record.city)}[/dim]")
            if waiting:
                out.print(
                    "[dim]Pour décider : entremise catalogue review --garder LIGNE TYPE, ou --ecarter LIGNE.[/dim]"
                )

        outlet.send(table=show_rows, json=lambda: [_side(row) for row in waiting])
        return
    judgements = pairs(engine, queue or (Queue.DECIDED if decided and not undone else Queue.WAITING))

    def show(out: Console) -> None:
        if decided:
            for line in decided:
                out.print(escape(line))
            out.print("C’est noté, les fournisseurs sont recalculés.")
        else:
            _print(judgements, queue or Queue.WAITING, 0 if queue else len(rows_without_kind(engine)), out)

    outlet.send(
        table=show,
        json=lambda: [
            {
                "id": pair.number,
                **shaped("verdict score reason? says", pair.evidence, says=pair.evidence.says()),
                "decision": pair.decision and shaped("verdict who when=given", pair.decision),
                "one": _side(pair.one),
                "other": _side(pair.other),
                "fields": [shaped("field agreement one other", field) for field in pair.evidence.fields],
            }
            for pair in judgements
        ],
    )


def _judge_pairs(
    engine: Engine,
    same: Sequence[str],
    different: Sequence[str],
    undone: Sequence[str],
    author: str,
    now: datetime,
    across_sirens: bool,
) -> list[str]:
    """Write decisions on pairs; return a French line for each, and one for other pairs settled as a consequence."""
    lines = []
    for named, verdict in ((same, PairVerdict.SAME), (different, PairVerdict.DIFFERENT)):
        if named:
            decided, settled = decide(engine, named, verdict, author, now, across_sirens=across_sirens)
            for pair in decided:
                record_act(engine, "juge une paire", f"paire {pair.number}", SAYS[verdict], author=author)
            lines += [
                f"Paire {pair.number} : {_side_text(pair.one)} et {_side_text(pair.other)}, {SAYS[verdict]}."
                for pair in decided
            ]
            if settled:
                numbers = enumeration(list(map(str, settled)))
                lines.append(f"{'Paire réglée' if len(settled) == 1 else 'Paires réglées'} du même coup : {numbers}.")
    if undone:
        undo_decisions(engine, undone, now)
        record_act(engine, "retire une décision", f"paire {', '.join(undone)}", author=author)
        lines += [f"Décision retirée : {name}." for name in undone]
    return lines


def _side_text(side: Described) -> str:
    known = side.record
    where = ", ".join(filter(None, (known.city, f"{known.source} {known.ref}")))
    return f"« {known.name or known.brand or side.supplier_id} » ({where})"


def _judge_rows(
    engine: Engine,
    kinds: Sequence[tuple[str, str]],
    left_out: Sequence[str],
    back: Sequence[str],
    author: str,
    now: datetime,
) -> None:
    for key, text in kinds:
        kinds_read = clean_kinds(text).value or ()
        if len(kinds_read) != 1:
            raise ReviewRefused(f"« {text} » n’est pas un type : écrivez l’un de {', '.join(SupplierKind)}.")
        keep_row(engine, key, kinds_read[0], author, now)
    for key in left_out:
        leave_row_out(engine, key, author, now)
    for key in back:
        take_row_back(engine, key, now)
    for key in (*(key for key, _ in kinds), *left_out, *back):
        record_act(engine, "juge une ligne sans type", key, author=author)


def _side(side: Described | WaitingRow) -> dict[str, Any]:
    known = side.record
    listing, ref = split_reference(known.source, known.ref)
    return shaped(
        "supplier kinds ref list? source name brand siret siren finess address post_code city phone",
        known,
        supplier=side.supplier_id,
        ref=ref,
        list=listing,
    )


def _print(judgements: Sequence[Judged], queue: Queue, rows_apart: int, out: Console) -> None:
    out.print(f"[bold]{count(len(judgements), *TITLES[queue])}[/bold]")
    for pair in judgements:
        title = f"Paire {pair.number} · ressemblance {pair.evidence.score} sur 100"
        sides = (Column(f"{side.record.source} {side.record.ref}", overflow="fold") for side in (pair.one, pair.other))
        table = Table("", *sides, "", title=title, title_justify="left")
        for item in pair.evidence.fields:
            table.add_row(item.field, item.one or "—", item.other or "—", item.agreement.value)
        table.add_row("fournisseur", pair.one.supplier_id, pair.other.supplier_id, "")
        out.print(table)
        out.print(pair.evidence.says())
        if pair.decision:
            out.print(f"Décidé par {pair.decision.who} le {day(pair.decision.given)} : {SAYS[pair.decision.verdict]}.")
    if judgements and queue is Queue.WAITING:
        out.print("[dim]Pour juger : entremise catalogue review --meme NUMÉRO, ou --different NUMÉRO.[/dim]")
    if rows_apart:
        out.print(f"{count(rows_apart, 'ligne')} sans type, hors du catalogue : entremise catalogue review --lignes")
