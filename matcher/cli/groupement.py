"""`groupement`: who could carry together a lot of several sites or activities that nobody carries alone."""

import json
from itertools import product
from pathlib import Path

import click
from rich.text import Text

from matcher.advice.assumptions import DEFAULT
from matcher.advice.candidates import candidates
from matcher.advice.groupement import Grouping, Part, group
from matcher.advice.needed import need_of
from matcher.advice.words import NOTICE, percent
from matcher.catalogue.means import shared_by
from matcher.cli.french import FrenchCommand, WholeNumber
from matcher.cli.lots import filled_shelf
from matcher.cli.options import RequestRefused, catalogue, database_option, format_option, output_option, write
from matcher.cli.render import console
from matcher.domain.french import count
from matcher.exports.groupement import answer, grouping_object, told
from matcher.lots.shortlist import day_asked
from matcher.ranking.ask import Ask
from matcher.ranking.engine import rank
from matcher.ranking.shelf import Shelf
from matcher.reading.lots import ASKED_LEVERS, lot_from
from matcher.reading.reader import read

# Beyond this many parts nobody reads a groupement: it is an allotment that is wanted.
MOST_PARTS = 12


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
@click.option("--membres", type=WholeNumber(2), metavar="NOMBRE", default=4, show_default=True, help="Membres au plus.")
@click.option("--top", type=WholeNumber(), metavar="NOMBRE", default=5, show_default=True, help="Groupements proposés.")
@format_option("table", "json")
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
    if not any(need.strip() for need in needs) or not any(place.strip() for place in places):
        raise click.UsageError("Dites au moins une activité (--objet) et un site (--lieu).")
    if len(needs) * len(places) > MOST_PARTS:
        raise click.UsageError(
            f"{len(needs) * len(places)} parts : un groupement en couvre {MOST_PARTS} au plus. Regroupez des sites."
        )
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    parts = [
        _part(need, place, levier, etp, shelf, alone=len(needs) == 1)
        for need, place in product(sorted(set(needs)), sorted(set(places)))
    ]
    shared = shared_by(engine, {one.id for part in parts for one in part.candidates})
    found = group(parts, DEFAULT, most=top, members=membres, shared=shared)
    if fmt == "json":
        write(
            json.dumps({"answer": answer(found), **grouping_object(found)}, ensure_ascii=False, indent=2) + "\n", output
        )
    else:
        _show(found, output)


def _part(need: str, place: str, levier: str | None, etp: str | None, shelf: Shelf, *, alone: bool) -> Part:
    """One activity at one site, with its candidates. Raises RequestRefused where it is not understood."""
    given = lot_from({"objet": need, "lieu": place, "levier": levier})
    reading = read(given.lot, given.doubts)
    ask = Ask(reading, shelf, day_asked(reading))
    if not ask.understood or not reading.places:
        raise RequestRefused(f"« {need} », {place} : {' '.join(reading.doubts) or 'le besoin n’est pas compris.'}")
    size = need_of(reading, DEFAULT, etp=etp).etp
    return Part(place if alone else f"{need}, {place}", candidates(rank(ask)), size)


def _show(found: Grouping, output: Path | None) -> None:
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
