"""Command `entremise allotissement`: divide a list of sites into lots that each keep enough candidate suppliers."""

from pathlib import Path

import click

from matcher.cli.frame.columns import mapping_of_files, mapping_option
from matcher.cli.frame.options import catalogue, command, contact_lookup, database_option, existing
from matcher.cli.frame.outlet import Outlet, counting, outlet_options
from matcher.cli.frame.question_options import question_options
from matcher.cli.need.match import filled_shelf
from matcher.clock import today
from matcher.decisions.allotment.answer import AllotmentQuestion, cut_sites
from matcher.decisions.allotment.document import allotments_document, allotments_object, matrix
from matcher.decisions.allotment.site_list import SITES, read_sites
from matcher.decisions.contacts_table import contacts_table

# Fewer sites than this need no progress bar.
QUIET = 50


@command("allotissement", epilog='entremise allotissement sites.csv --objet "Nettoyage des locaux" --levier 13')
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@question_options(AllotmentQuestion)
@mapping_option
@outlet_options("table", "json", "xlsx", file="lots")
@database_option
def allotment_command(
    path: Path, question: AllotmentQuestion, mapping: Path | None, outlet: Outlet, database: str | None
) -> None:
    """Découpe des sites en lots qui gardent assez de candidats.

    FICHIER est la liste des sites (CSV ou classeur) : nom, commune, code postal, ETP.
    """
    engine = catalogue(database)
    site_list = read_sites(existing(path), mapping_of_files(engine, SITES, [path], mapping))
    shelf = filled_shelf(engine)
    with counting("Allotissement", quiet=len(site_list.sites) < QUIET) as progress:
        cuts = cut_sites(engine, shelf, site_list, question, today(), tell=progress)
    outlet.send_document(
        allotments_document(cuts),
        lambda: contacts_table({one.id: one.name for its in cuts for one in matrix(its)}, contact_lookup(engine)),
        json=lambda: allotments_object(cuts),
    )
