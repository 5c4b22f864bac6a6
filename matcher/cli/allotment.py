"""`allotissement`: a list of sites cut in lots that each keep enough candidates."""

import json
from pathlib import Path

import click
from rich import box
from rich.table import Table
from rich.text import Text

from matcher.advice.allotment import LOT_KM, Site, allot, judge, usual_cuts
from matcher.advice.assumptions import DEFAULT
from matcher.advice.candidates import Candidate, candidates
from matcher.advice.reach import reach_of
from matcher.advice.words import NOTICE
from matcher.cli.french import FrenchCommand, WholeNumber
from matcher.cli.lots import filled_shelf
from matcher.cli.options import (
    RequestRefused,
    catalogue,
    database_option,
    existing,
    format_option,
    output_option,
    write,
)
from matcher.cli.progress import tracked
from matcher.cli.render import console
from matcher.cli.sites import GivenSite, read_sites
from matcher.domain.french import enumeration, number
from matcher.domain.lot import Lot, RawPlace
from matcher.domain.place import Place
from matcher.exports.allotment import Allotted, allotment_object, allotment_workbook, answer, comparison, remarks, who
from matcher.lots.shortlist import day_asked
from matcher.ranking.ask import Ask
from matcher.ranking.engine import rank
from matcher.ranking.shelf import Shelf
from matcher.reading.lots import ASKED_LEVERS
from matcher.reading.reader import read
from matcher.reference.communes import commune

SHOWN_SITES, SHOWN_NAMES = 6, 4


@click.command("allotissement", cls=FrenchCommand)
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--objet", metavar="TEXTE", required=True, help="L’activité à faire sur chaque site.")
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
@format_option("table", "json", "xlsx")
@output_option
@database_option
def allotment_command(
    path: Path,
    objet: str,
    levier: str | None,
    wanted: int,
    lot_km: int,
    fmt: str,
    output: Path | None,
    database: str | None,
) -> None:
    """Découpe une liste de sites (CSV ou classeur : nom, commune, code postal, ETP) en lots qui gardent chacun assez de candidats."""
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o lots.xlsx ».")
    try:
        given = read_sites(existing(path))
    except ValueError as error:
        raise RequestRefused(str(error)) from error
    shelf = filled_shelf(catalogue(database))
    its = _allotted(given, objet, levier or "", wanted, float(lot_km), shelf)
    if fmt == "json":
        write(json.dumps(allotment_object(its), ensure_ascii=False, indent=2) + "\n", output)
    elif fmt == "xlsx":
        write(allotment_workbook(its), output)
    else:
        _show(its, output)


def _allotted(given: list[GivenSite], objet: str, levier: str, wanted: int, lot_km: float, shelf: Shelf) -> Allotted:
    """Cut the sites that are located. Raises RequestRefused where none is, or where the need is not understood."""
    placed = [(site, site.place) for site in given if site.place is not None]
    if not placed:
        raise RequestRefused(
            "Aucun lieu de cette liste n’est reconnu : donnez la commune ou le code postal de chaque site."
        )
    around: dict[str, tuple[Candidate, ...]] = {}
    for _, place in tracked(placed, "Candidats de chaque site", quiet=len(placed) < 50):
        if place.code not in around:
            around[place.code] = _candidates(objet, levier, place, shelf)
    sites = tuple(_made(site, place) for site, place in placed)
    reach = reach_of([around[place.code] for _, place in placed], DEFAULT)
    compared = {name: judge(sites, reach, wanted, cut, lot_km) for name, cut in usual_cuts(sites).items()}
    lost = tuple(f"{site.label} (ligne {site.line})" for site in given if site.place is None)
    return Allotted(sites, reach, wanted, allot(sites, reach, wanted, lot_km=lot_km), compared, lost)


def _candidates(objet: str, levier: str, place: Place, shelf: Shelf) -> tuple[Candidate, ...]:
    reading = read(Lot(objet, lieux=(RawPlace(f"insee:{place.code}"),), levier=levier))
    ask = Ask(reading, shelf, day_asked(reading))
    if not ask.understood:
        raise RequestRefused(f"« {objet} » : {' '.join(reading.doubts)}")
    return candidates(rank(ask))


def _made(site: GivenSite, place: Place) -> Site:
    known = commune(place.code)
    return Site(site.label, (place.lat or 0.0, place.lon or 0.0), site.etp or 0.0, known.epci if known else "")


def _show(its: Allotted, output: Path | None) -> None:
    with console(output) as out:
        out.print(Text(answer(its), style="bold"))
        for remark in remarks(its):
            out.print(Text(remark))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for header in ("Lot", "Sites", "Lesquels", "ETP", "Candidats", "km", "Qui peut répondre"):
            table.add_column(header)
        for place, lot in enumerate(its.allotment.lots, start=1):
            labels = [its.sites[row].label for row in lot.sites]
            names = who(its, lot)
            table.add_row(
                str(place),
                str(len(labels)),
                Text(_few(labels, SHOWN_SITES)),
                number(lot.etp, 1) if lot.etp else "non connu",
                number(lot.candidates, 1) + ("" if lot.enough else " : trop peu"),
                number(lot.km, 1),
                Text(_few(names, SHOWN_NAMES) or "personne à portée"),
            )
        out.print(table)
        cuts = Table(
            box=box.SIMPLE,
            pad_edge=False,
            title="Comparé aux découpages usuels",
            title_justify="left",
            title_style="bold",
        )
        for header in ("Découpage", "Lots", "Candidats au moins", "Lots en manque", "km en moyenne"):
            cuts.add_column(header)
        for name, lots, fewest, lacking, km in comparison(its):
            cuts.add_row(name, number(lots), number(fewest, 1), number(lacking), number(km, 1))
        out.print(cuts)
        out.print(f"[dim]{NOTICE}[/dim]")


def _few(labels: list[str], most: int) -> str:
    more = len(labels) - most
    return enumeration([*labels[:most], f"{number(more)} de plus"] if more > 0 else labels)
