"""Command `entremise allotissement`: divide a list of sites into lots that each keep enough candidate suppliers."""

from pathlib import Path

import click

from matcher.cli.frame.columns import mapping_of_files, mapping_option
from matcher.cli.frame.options import WholeNumber, catalogue, command, contact_lookup, database_option, existing
from matcher.cli.frame.outlet import Outlet, counting, outlet_options
from matcher.cli.need.match import filled_shelf
from matcher.clock import today
from matcher.decisions.allotment.answer import ETP, cut_sites
from matcher.decisions.allotment.compute import LOT_KM
from matcher.decisions.allotment.document import allotments_document, allotments_object, matrix
from matcher.decisions.allotment.site_list import SITES, read_sites
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.contacts_table import contacts_table
from matcher.need.fields import ASKED_LEVERS

# Fewer sites than this need no progress bar.
QUIET = 50


@command(
    "allotissement",
    epilog='entremise allotissement sites.csv --objet "Nettoyage des locaux" --levier 13',
)
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
@outlet_options("table", "json", "xlsx", file="lots")
@database_option
def allotment_command(
    path: Path,
    needs: tuple[str, ...],
    levier: str | None,
    wanted: int,
    lot_km: int,
    unit: str,
    mapping: Path | None,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Découpe des sites en lots qui gardent assez de candidats.

    FICHIER est la liste des sites (CSV ou classeur) : nom, commune, code postal, ETP.
    """
    needs = tuple(dict.fromkeys(need.strip() for need in needs if need.strip()))
    if not needs:
        raise click.UsageError("Dites l’activité à faire sur chaque site : --objet « Nettoyage des locaux ».")
    engine = catalogue(database)
    site_list = read_sites(existing(path), mapping_of_files(engine, SITES, [path], mapping))
    shelf = filled_shelf(engine)
    with counting("Allotissement", quiet=len(site_list.sites) < QUIET) as progress:
        cuts = [
            cut_sites(
                engine,
                shelf,
                site_list,
                need,
                today(),
                lever=levier or "",
                wanted=wanted,
                lot_km=float(lot_km),
                unit=unit,
                tell=progress,
            )
            for need in needs
        ]
    outlet.send_document(
        allotments_document(cuts),
        lambda: contacts_table({one.id: one.name for its in cuts for one in matrix(its)}, contact_lookup(engine)),
        json=lambda: allotments_object(cuts),
    )
