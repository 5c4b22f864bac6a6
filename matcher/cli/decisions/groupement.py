"""Command `entremise groupement`: propose groups of suppliers that could together answer a lot of several sites or activities."""

import click

from matcher.cli.frame.options import WholeNumber, catalogue, command, contact_lookup, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.need.match import filled_shelf
from matcher.clock import today
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.groupement.answer import MEMBERS, PROPOSED, join_needs, too_many
from matcher.decisions.groupement.document import groupements_document, groupements_object
from matcher.need.fields import ASKED_LEVERS


@command("groupement", epilog='entremise groupement --objet "Traiteur" --lieu Denain --lieu Maubeuge')
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
@outlet_options("table", "json", "xlsx", file="groupements")
@database_option
def groupement_command(
    needs: tuple[str, ...],
    places: tuple[str, ...],
    levier: str | None,
    etp: str | None,
    membres: int,
    top: int,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Propose qui pourrait répondre ensemble à un lot.

    Le lot est de plusieurs sites ou activités ; dit aussi qui pourrait mener.
    """
    needs = tuple(need.strip() for need in needs if need.strip())
    places = tuple(place.strip() for place in places if place.strip())
    if not needs or not places:
        raise click.UsageError("Dites au moins une activité (--objet) et un site (--lieu).")
    if refusal := too_many(needs, places):
        raise click.UsageError(refusal)
    engine = catalogue(database)
    shelf = filled_shelf(engine)
    joint_need = join_needs(
        engine, shelf, needs, places, today(), lever=levier or "", etp=etp or "", members=membres, most=top
    )
    outlet.send_document(
        groupements_document(joint_need),
        lambda: contacts_table({one.id: one.name for one in joint_need.establishments}, contact_lookup(engine)),
        json=lambda: groupements_object(joint_need),
    )
