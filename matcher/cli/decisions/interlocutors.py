"""`reference interlocutors`: whom a buyer may speak to in a territory, as the pages complete them."""

import click
from rich.table import Column
from rich.text import Text

from matcher.cli.frame.options import catalogue, command, contacts_since, database_option
from matcher.cli.frame.outlet import console, headed
from matcher.decisions.interlocutors import interlocutors, speak_to, speak_to_table
from matcher.decisions.plaquette.answer import read_territory
from matcher.decisions.plaquette.people import people_table
from matcher.reading.place.areas import places_of
from matcher.reference.geography.territories import regions
from matcher.reference.source_rules import Use
from matcher.render.document import DocumentTable


@command("interlocutors")
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Commune, EPCI, département ou région ; répétable."
)
@database_option
def interlocutors_command(places: tuple[str, ...], database: str | None) -> None:
    """Montre à qui un acheteur peut parler, par région.

    CRESS, Guichet vert, réseau d’acheteurs, plateforme d’achats ; avec un lieu, ses facilitateurs aussi, et ce qui reste à compléter. La page
    « À qui parler » les complète.
    """
    engine, since = catalogue(database), contacts_since()
    if places:
        _show(people_table(engine, read_territory(places)[0], since=since, use=Use.EXPORT))
        return
    everywhere = speak_to(interlocutors(engine, since=since), places_of([f"reg:{code}" for code in regions()]))
    _show(speak_to_table(its for its in everywhere if its.those))


def _show(its: DocumentTable) -> None:
    table = headed(*(Column(column.label, overflow="fold") for column in its.columns))
    for line in its.lines():
        table.add_row(*map(Text, line))
    with console(None) as out:
        out.print(table)
