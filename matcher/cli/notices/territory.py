"""`annonces territory`: what the buyers of a territory publish, reserved or with a clause, and the lots that could have been reserved."""

from datetime import date

import click

from matcher.cli.frame.options import DAY, catalogue, command, database_option, today
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.notices.territory.answer import territory_view, year_before
from matcher.notices.territory.document import territory_csv, territory_document, territory_object


@command("territory")
@click.option("--lieu", "places", multiple=True, metavar="LIEU", help="EPCI, département ou région ; répétable.")
@click.option("--depuis", "since", type=DAY, metavar="AAAA-MM-JJ", help="Premier jour de parution ; sinon un an avant.")
@click.option(
    "--jusqu-au", "until", type=DAY, metavar="AAAA-MM-JJ", help="Dernier jour de parution ; sinon aujourd’hui."
)
@outlet_options("table", "csv", "xlsx", "json", file="territoire")
@database_option
def territory_command(
    places: tuple[str, ...],
    since: date | None,
    until: date | None,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Fait la vue d’un territoire : ce qui y est publié.

    Par levier, métier, acheteur et mois, et les lots qui auraient pu être réservés, dont le CSV est la liste.
    """
    if not places:
        raise click.UsageError("Dites le territoire (--lieu) : un EPCI, un département ou une région.")
    on = today()
    last = until or on
    its = territory_view(catalogue(database), places, since or year_before(last), last, on)
    outlet.send_document(territory_document(its), json=lambda: territory_object(its), csv=lambda: territory_csv(its))
