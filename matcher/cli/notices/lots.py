"""Commands `entremise annonces …`: published lots, their comparison with the catalogue, contracts that end soon, overview of a territory."""

from datetime import date
from typing import Any

import click
from rich.console import Console

from matcher.catalogue.store.awarded import end_of
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.frame.departement import DEPARTEMENT
from matcher.cli.frame.options import DAY, WholeNumber, catalogue, combine_options, command, database_option
from matcher.cli.frame.outlet import Outlet, counting, outlet_options
from matcher.clock import now, today, utc_now
from matcher.db import reading
from matcher.domain.french import count
from matcher.notices.listing import lots_csv, lots_object, lots_table
from matcher.notices.lists.answer import MONTHS, MOST_MONTHS, ListedContracts, ListedLots, list_contracts, list_lots
from matcher.notices.lists.as_json import list_object
from matcher.notices.lists.asked import ListAsked, asked_lots, buyer_number, trade_code, year_before
from matcher.notices.lists.document import list_csv, list_document
from matcher.notices.lists.json_shapes import PublishedLotShape
from matcher.notices.pairing import pair_lots
from matcher.notices.store import lots
from matcher.reference.geography.territories import Departement
from matcher.render.described_file import json_file
from matcher.render.terminal import print_table


@command("list", epilog="entremise annonces list --tous")
@click.option(
    "--metier", "trade", metavar="CODE", default="", help="Code d’une activité ou de sa famille : « espaces-verts »."
)
@click.option("--departement", type=DEPARTEMENT, metavar="CODE", help="Les lots qui s’exécutent dans ce département.")
@click.option(
    "--ouverts-le",
    "on",
    type=DAY,
    metavar="AAAA-MM-JJ",
    help="Les lots ouverts au matin de ce jour ; sinon, maintenant.",
)
@click.option("--tous", "every", is_flag=True, help="Les lots clos, attribués, annulés ou annoncés aussi.")
@click.option("--reserve/--non-reserve", "reserved", default=None, help="Les lots réservés, ou les autres.")
@click.option("--clause/--sans-clause", "clause", default=None, help="Les lots avec une clause sociale, ou les autres.")
@click.option(
    "--acheteur", "buyer", metavar="NUMÉRO", default="", help="Les lots d’un acheteur, par son SIRET ou son SIREN."
)
@click.option("--nombre", "most", type=WholeNumber(), metavar="NOMBRE", help="Les premiers à fermer, en ce nombre.")
@outlet_options("table", "json", "csv")
@database_option
def list_lots_command(
    trade: str,
    departement: Departement | None,
    on: date | None,
    every: bool,
    reserved: bool | None,
    clause: bool | None,
    buyer: str,
    most: int | None,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Liste les lots publiés, les premiers à fermer d’abord.

    Ce sont ceux des avis importés (« entremise import »), tels que leurs rectificatifs et annulations les laissent.
    """
    code = departement.code if departement else ""
    chosen, at = asked_lots(
        utc_now(), on=on, every=every, trade=trade, departement=code, buyer=buyer, reserved=reserved, clause=clause
    )
    with reading(catalogue(database)) as connection:
        lots_read = lots(connection, chosen, most)

    def show(out: Console) -> None:
        print_table(lots_table(lots_read, at).as_shown(), out, most or len(lots_read))
        out.print(f"{count(len(lots_read), 'lot')}.")

    outlet.send(
        table=show,
        json=lambda: json_file(lots_object(lots_read, at), list[PublishedLotShape]),
        csv=lambda: lots_csv(lots_read, at),
    )


@command("match", epilog="entremise annonces match")
@database_option
def match_lots_command(database: str | None) -> None:
    """Compare les lots ouverts au catalogue tel qu’il est.

    À faire après un import d’annuaire : les avis importés le sont déjà. Interrompu, il reprend où il en était.
    """
    engine = catalogue(database)
    with counting("Rapprochement des lots publiés") as progress:
        done = pair_lots(engine, load_shelf(engine), now=now(), again=True, progress=progress)
    click.echo(f"{count(done, 'lot comparé', 'lots comparés')} au catalogue.")


_choice = combine_options(
    click.option(
        "--lieu", "places", multiple=True, metavar="LIEU", help="Commune, EPCI, département ou région ; répétable."
    ),
    click.option("--metier", "trade", metavar="TEXTE", default="", help="Un métier, ou une famille de métiers."),
    click.option("--acheteur", "buyer", metavar="NUMÉRO", default="", help="Un acheteur, par son SIRET ou son SIREN."),
)


@command("renewals", epilog="entremise annonces renewals --lieu Nord")
@click.option(
    "--mois", "months", type=WholeNumber(), metavar="NOMBRE", default=MONTHS, help="Les mois à venir ; sinon 6."
)
@_choice
@outlet_options("table", "csv", "xlsx", "json", file="renouvellements")
@database_option
def renewals_command(months: int, outlet: Outlet, database: str | None, **chosen: Any) -> None:
    """Liste les marchés attribués qui finissent bientôt.

    Avec leur titulaire, quand le catalogue le connaît ; « --lieu » est où est l’acheteur. Ils viennent des données essentielles (DECP) et des avis
    d’attribution importés ; ceux dont la fin n’est pas publiée sont à part.
    """
    if months > MOST_MONTHS:
        raise click.UsageError(f"--mois : {MOST_MONTHS} au plus.")
    on = today()
    _send(list_contracts(catalogue(database), _list_request(on, end_of(on, months) or on, **chosen), on), outlet)


@command("territory", epilog="entremise annonces territory --lieu Nord")
@_choice
@click.option("--depuis", "since", type=DAY, metavar="AAAA-MM-JJ", help="Premier jour de parution ; sinon un an avant.")
@click.option(
    "--jusqu-au", "until", type=DAY, metavar="AAAA-MM-JJ", help="Dernier jour de parution ; sinon aujourd’hui."
)
@outlet_options("table", "csv", "xlsx", "json", file="territoire")
@database_option
def territory_command(
    since: date | None, until: date | None, outlet: Outlet, database: str | None, **chosen: Any
) -> None:
    """Fait la vue d’un territoire : ce qui y est publié.

    Par levier, métier, acheteur et mois, et les lots qui auraient pu être réservés, dont le CSV est la liste.
    """
    if not chosen["places"]:
        raise click.UsageError("Dites le territoire (--lieu) : un EPCI, un département ou une région.")
    on = today()
    last = until or on
    _send(list_lots(catalogue(database), _list_request(since or year_before(last), last, **chosen), on), outlet)


def _list_request(since: date, until: date, places: tuple[str, ...], trade: str, buyer: str) -> ListAsked:
    return ListAsked(since, until, places, trade and trade_code(trade), buyer and buyer_number(buyer))


def _send(listing: ListedLots | ListedContracts, outlet: Outlet) -> None:
    outlet.send_document(list_document(listing), json=lambda: list_object(listing), csv=lambda: list_csv(listing))
