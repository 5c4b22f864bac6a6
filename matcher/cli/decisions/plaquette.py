"""Command `entremise plaquette`: a booklet of the inclusive suppliers of a territory, by trade, with contacts, as CSV, XLSX or JSON; the pages print it."""

import click

from matcher.cli.frame.options import catalogue, command, contacts_since, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.clock import today
from matcher.decisions.plaquette.answer import build_plaquette, people_table
from matcher.decisions.plaquette.document import plaquette_csv, plaquette_document, plaquette_object
from matcher.domain.kinds import SupplierKind
from matcher.need.completion import activity_written
from matcher.reference.source_rules import Use

KINDS = tuple(kind.value for kind in SupplierKind)


@command("plaquette", epilog="entremise plaquette --lieu Nord")
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Commune, EPCI, département ou région ; répétable."
)
@click.option(
    "--type",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="TYPE",
    help="Un type de structures ; répétable.",
)
@click.option(
    "--metier", "trades", multiple=True, metavar="TEXTE", help="Un métier, ou une famille de métiers ; répétable."
)
@click.option(
    "--interne",
    is_flag=True,
    help="Pour un document de travail, que vous remettez sans le publier. Sinon, ne garde que les sources qui se publient.",
)
@outlet_options("table", "csv", "xlsx", "json", file="plaquette")
@database_option
def plaquette_command(
    places: tuple[str, ...],
    kinds: tuple[str, ...],
    trades: tuple[str, ...],
    interne: bool,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Réunit les structures inclusives d’un territoire.

    Par métier, avec leurs coordonnées et à qui parler.
    Ce qui ne peut pas être remis n’y est pas : c’est compté et dit. Les pages l’impriment.
    """
    if not places:
        raise click.UsageError("Dites le territoire (--lieu) : une commune, un EPCI, un département ou une région.")
    codes = {text: activity_written(text) for text in trades}
    if unread := [text for text, code in codes.items() if not code]:
        raise click.UsageError(f"« {unread[0]} » n’est pas un métier connu : « Nettoyage », « Espaces verts »…")
    engine, use, since = catalogue(database), Use.EXPORT if interne else Use.PUBLISH, contacts_since()
    booklet = build_plaquette(
        engine,
        places,
        on=today(),
        since=since,
        use=use,
        kinds=[SupplierKind(kind) for kind in kinds],
        trades=tuple(dict.fromkeys(codes.values())),
    )
    people = people_table(engine, booklet.places, since=since, use=use)
    outlet.send_document(
        plaquette_document(booklet, people),
        json=lambda: plaquette_object(booklet, people),
        csv=lambda: plaquette_csv(booklet),
    )
