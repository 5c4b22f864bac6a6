"""`groupement`: who could carry together a lot of several sites or activities that nobody carries alone."""

from pathlib import Path

import click
from rich.text import Text

from matcher.cli.frame.console import console
from matcher.cli.frame.contacts import contacts_of
from matcher.cli.frame.french import FrenchCommand, WholeNumber
from matcher.cli.frame.options import catalogue, database_option, format_option, output_option, write
from matcher.cli.frame.signed import today
from matcher.cli.need.match import filled_shelf
from matcher.decisions.groupement.answer import MEMBERS, MOST_PARTS, PROPOSED, together, too_many
from matcher.decisions.groupement.compute import Groupements
from matcher.decisions.groupement.document import answer, together_object, together_workbook, told
from matcher.decisions.opinion.words import NOTICE, percent
from matcher.domain.french import count
from matcher.need.fields import ASKED_LEVERS
from matcher.render.json_text import json_text


@click.command("groupement", cls=FrenchCommand)
@click.option("--objet", "needs", multiple=True, metavar="TEXTE", help="Une activité du lot ; répétable.")
@click.option(
    "--lieu",
    "places",
    multiple=True,
    metavar="LIEU",
    help="Un site du lot ; répétable. Chaque activité est à faire sur chaque site.",
)
@click.option(
    "--levier", type=click.Choice(ASKED_LEVERS), help="Article ou clause : écarte les fournisseurs non éligibles."
)
@click.option("--etp", metavar="NOMBRE", help="Taille de chaque part (une activité sur un site), en ETP par an.")
@click.option(
    "--membres", type=WholeNumber(2), metavar="NOMBRE", default=MEMBERS, show_default=True, help="Membres au plus."
)
@click.option(
    "--top", type=WholeNumber(), metavar="NOMBRE", default=PROPOSED, show_default=True, help="Groupements proposés."
)
@format_option("table", "json", "xlsx")
@output_option
@database_option
def groupement_command(
    needs: tuple[str, ...],
    places: tuple[str, ...],
    levier: str | None,
    etp: str | None,
    membres: int,
    top: int,
    fmt: str,
    output: Path | None,
    database: str | None,
) -> None:
    """Propose qui pourrait répondre ensemble à un lot de plusieurs sites ou activités, et qui pourrait mener."""
    needs = tuple(need.strip() for need in needs if need.strip())
    places = tuple(place.strip() for place in places if place.strip())
    if not needs or not places:
        raise click.UsageError("Dites au moins une activité (--objet) et un site (--lieu).")
    if len(needs) * len(places) > MOST_PARTS:
        raise click.UsageError(too_many(needs, places))
    if fmt == "xlsx" and output is None:
        raise click.UsageError("Un classeur XLSX ne s’affiche pas : ajoutez « -o groupements.xlsx ».")
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    its = together(engine, shelf, needs, places, today(), lever=levier or "", etp=etp or "", members=membres, most=top)
    if fmt == "json":
        write(json_text(together_object(its)), output)
    elif fmt == "xlsx":
        write(together_workbook(its, contacts_of(engine)), output)
    else:
        _show(its.grouping, output)


def _show(found: Groupements, output: Path | None) -> None:
    with console(output) as out:
        out.print(Text(answer(found), style="bold"))
        for place, its in enumerate(found.groupements, start=1):
            out.print(
                f"\n[cyan]{place}.[/cyan] {count(len(its.members), 'membre')}, chance que tous fassent leur part : {percent(its.score)}"
            )
            for sentence in told(its):
                out.print(Text(f"   {sentence}"))
        if found.alone:
            out.print("\n[bold]Pourraient porter l’ensemble seuls[/bold]")
            for its in found.alone:
                out.print(Text(f"   {percent(its.score)} · {next(told(its))}"))
        out.print(f"[dim]{NOTICE} Chances : métier × effectif × distance (hypothèses d’« entremise avis »).[/dim]")
