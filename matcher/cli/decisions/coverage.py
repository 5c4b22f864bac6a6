"""Command `entremise coverage`: compare lots with the suppliers of a network: who may answer which lot, the lots without anyone, a sheet for each supplier."""

from pathlib import Path

import click

from matcher.catalogue.store.recognition import load_recogniser
from matcher.cli.frame.columns import mapping_of_files, mapping_option
from matcher.cli.frame.options import catalogue, command, contact_lookup, database_option, existing
from matcher.cli.frame.outlet import Outlet, counting, outlet_options
from matcher.cli.frame.question_options import question_options
from matcher.cli.need.match import filled_shelf
from matcher.clock import today
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.coverage.answer import cover_lots
from matcher.decisions.coverage.document import coverage_document, coverage_object, known_structures
from matcher.decisions.coverage.network import (
    NetworkQuestion,
    in_territory,
    read_asked_lots,
    read_network_lines,
    recognise_network,
)
from matcher.decisions.coverage.structure_sheet import sheet_document, sheets_archive
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING


@command("coverage", epilog="entremise coverage lots.csv --territoire Nord")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@question_options(NetworkQuestion)
@click.option(
    "--structures",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Le réseau en tableau, au lieu du territoire : SIRET, ou nom et commune.",
)
@click.option("--fiche", "sheet", metavar="SIRET|ID", help="La fiche d’une structure du réseau, au lieu de l’ensemble.")
@mapping_option
@outlet_options("table", "json", "xlsx", "zip", file="couverture")
@database_option
def coverage_command(
    path: Path,
    question: NetworkQuestion,
    structures: Path | None,
    sheet: str | None,
    mapping: Path | None,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Dit qui, d’un réseau, peut répondre à quel lot.

    FICHIER est un tableau de 2 000 lots au plus : objet ou CPV, lieu et, s’ils existent, référence, montant, durée, réservation. Le ZIP donne
    un classeur par structure.
    """
    if bool(structures) == bool(question.territory):
        raise click.UsageError("Donnez le réseau : « --territoire », ou « --structures » avec un fichier.")
    if sheet and outlet.form in ("json", "zip"):
        raise click.UsageError("Une fiche se donne en tableau ou en XLSX ; le JSON et le ZIP les donnent toutes.")
    engine = catalogue(database)
    lots = read_asked_lots(existing(path), mapping_of_files(engine, PROGRAMME, [path], mapping))
    shelf = filled_shelf(engine)
    with counting("Lots") as progress:
        if structures is None:
            network = in_territory(shelf, question)
        else:
            lines = read_network_lines(existing(structures), mapping_of_files(engine, SPENDING, [structures], None))
            network = recognise_network(lines, load_recogniser(engine))
        coverage = cover_lots(engine, shelf, lots, network, today(), progress)
    document = coverage_document(coverage)
    if sheet:
        identifiers = [(one.id, one.id.removeprefix("siret:")) for one in coverage.matrix.structures]
        column = next((at for at, names in enumerate(identifiers) if sheet.strip() in names), None)
        if column is None:
            raise DecisionRefused(
                f"« {sheet} » n’est pas du réseau comparé : donnez le SIRET ou l’identifiant d’une de ses structures."
            )
        document = sheet_document(coverage, column)
    outlet.send_document(
        document,
        lambda: contacts_table(known_structures(coverage.matrix), contact_lookup(engine)),
        json=lambda: coverage_object(coverage),
        zip=lambda: sheets_archive(coverage),
    )
