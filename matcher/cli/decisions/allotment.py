"""`allotissement`: a list of sites cut in lots that each keep enough candidates."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from matcher.cli.frame.columns import mapping_option, told_columns
from matcher.cli.frame.console import console
from matcher.cli.frame.contacts import contacts_of
from matcher.cli.frame.french import FrenchCommand, WholeNumber
from matcher.cli.frame.options import (
    catalogue,
    database_option,
    existing,
    format_option,
    output_option,
    write,
)
from matcher.cli.frame.progress import counting
from matcher.cli.frame.signed import today
from matcher.cli.need.match import filled_shelf
from matcher.decisions.allotment.answer import ETP, Allotted, allotted
from matcher.decisions.allotment.compute import LOT_KM
from matcher.decisions.allotment.document import (
    allotments_object,
    allotments_workbook,
    answer,
    comparison,
    remarks,
    size_of,
    who,
)
from matcher.decisions.allotment.site_list import SITES, read_sites
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.french import enumeration, number
from matcher.need.fields import ASKED_LEVERS
from matcher.render.json_text import json_text

SHOWN_SITES, SHOWN_NAMES = 6, 4
# Fewer sites than this are cut before a bar is read.
QUIET = 50


@click.command("allotissement", cls=FrenchCommand)
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--objet",
    "needs",
    multiple=True,
    metavar="TEXTE",
    help="L’activité à faire sur chaque site ; répétable : chaque activité a son découpage.",
)
@click.option(
    "--levier", type=click.Choice(ASKED_LEVERS), help="Article ou clause : écarte les fournisseurs non éligibles."
)
@click.option(
    "--candidats",
    "wanted",
    type=WholeNumber(),
    metavar="NOMBRE",
    default=DEFAULT.wanted,
    show_default=True,
    help="Candidats probables que chaque lot doit garder.",
)
@click.option(
    "--lot-km",
    type=WholeNumber(),
    metavar="KM",
    default=round(LOT_KM),
    show_default=True,
    help="Ce que vaut un lot de plus, en km cumulés des sites au milieu de leur lot : moins, et les lots sont plus petits.",
)
@click.option(
    "--unite",
    "unit",
    metavar="UNITÉ",
    default=ETP,
    show_default=True,
    help="Unité de la quantité de chaque site : « m² », « heures »… convertie en ETP par une table de cadences.",
)
@mapping_option
@format_option("table", "json", "xlsx")
@output_option
@database_option
def allotment_command(
    path: Path,
    needs: tuple[str, ...],
    levier: str | None,
    wanted: int,
    lot_km: int,
    unit: str,
    mapping: Path | None,
    fmt: str,
    output: Path | None,
    database: str | None,
) -> None:
    """Découpe une liste de sites (CSV ou classeur : nom, commune, code postal, ETP) en lots qui gardent chacun assez de candidats."""
    needs = tuple(dict.fromkeys(need.strip() for need in needs if need.strip()))
    if not needs:
        raise click.UsageError("Dites l’activité à faire sur chaque site : --objet « Nettoyage des locaux ».")
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o lots.xlsx ».")
    engine = catalogue(database)
    given = read_sites(existing(path), told_columns(engine, SITES, [path], mapping))
    shelf = filled_shelf(engine)
    with counting("Allotissement", quiet=len(given.sites) < QUIET) as tell:
        cuts = [
            allotted(
                shelf,
                given,
                need,
                today(),
                lever=levier or "",
                wanted=wanted,
                lot_km=float(lot_km),
                unit=unit,
                tell=tell,
            )
            for need in needs
        ]
    if fmt == "json":
        write(json_text(allotments_object(cuts)), output)
    elif fmt == "xlsx":
        write(allotments_workbook(cuts, contacts_of(engine)), output)
    else:
        _show(cuts, output)


def _show(cuts: Sequence[Allotted], output: Path | None) -> None:
    with console(output) as out:
        for its in cuts:
            if len(cuts) > 1:
                out.rule(escape(its.need), align="left")
            out.print(Text(answer(its), style="bold"))
            for remark in remarks(its):
                out.print(Text(remark))
            out.print(_lots(its))
            out.print(_cuts(its))
        out.print(f"[dim]{NOTICE}[/dim]")


def _lots(its: Allotted) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in ("Lot", "Sites", "Lesquels", "ETP", "Candidats", "km", "Qui peut répondre"):
        table.add_column(header)
    for place, lot in enumerate(its.allotment.lots, start=1):
        labels = [its.sites[row].label for row in lot.sites]
        table.add_row(
            str(place),
            str(len(labels)),
            Text(_few(labels, SHOWN_SITES)),
            size_of(its, lot),
            number(lot.candidates, 1) + ("" if lot.enough else " : trop peu"),
            number(lot.km, 1),
            Text(_few(who(its, lot), SHOWN_NAMES) or "personne à portée"),
        )
    return table


def _cuts(its: Allotted) -> Table:
    table = Table(
        box=box.SIMPLE,
        pad_edge=False,
        title="Comparé aux découpages usuels",
        title_justify="left",
        title_style="bold",
    )
    for header in ("Découpage", "Lots", "Candidats au moins", "Lots en manque", "km en moyenne"):
        table.add_column(header)
    for name, lots, fewest, lacking, km in comparison(its):
        table.add_row(name, number(lots), number(fewest, 1), number(lacking), number(km, 1))
    return table


def _few(labels: list[str], most: int) -> str:
    more = len(labels) - most
    return enumeration([*labels[:most], f"{number(more)} de plus"] if more > 0 else labels)
