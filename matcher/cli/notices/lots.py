"""`annonces`: the lots that notices publish, and whom they suit."""

from datetime import UTC, date

import click
from rich.console import Console

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.frame.departement import DEPARTEMENT
from matcher.cli.frame.options import (
    DAY,
    RequestRefused,
    WholeNumber,
    catalogue,
    command,
    database_option,
    now,
)
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.progress import counting
from matcher.db import reading
from matcher.domain.french import count
from matcher.notices.listing import lots_csv, lots_object, lots_table
from matcher.notices.lists.asked import LotsRefused, asked_lots
from matcher.notices.lists.json_shapes import PublishedLotShape
from matcher.notices.pairing import pair_lots
from matcher.notices.store import lots
from matcher.reference.geography.territories import Departement
from matcher.render.described_file import json_file
from matcher.render.terminal import print_table


@command("list")
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
def list_command(
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
    try:
        chosen, at = asked_lots(
            now().replace(tzinfo=UTC),
            on=on,
            every=every,
            trade=trade,
            departement=departement.code if departement else "",
            buyer=buyer,
            reserved=reserved,
            clause=clause,
        )
    except LotsRefused as refusal:
        raise RequestRefused(str(refusal)) from refusal
    with reading(catalogue(database)) as connection:
        found = lots(connection, chosen, most)

    def show(out: Console) -> None:
        print_table(lots_table(found, at).as_shown(), out, most or len(found))
        out.print(f"{count(len(found), 'lot')}.")

    outlet.send(
        table=show,
        json=lambda: json_file(lots_object(found, at), list[PublishedLotShape]),
        csv=lambda: lots_csv(found, at),
    )


@command("match")
@database_option
def match_command(database: str | None) -> None:
    """Compare les lots ouverts au catalogue tel qu’il est.

    À faire après un import d’annuaire : les avis importés le sont déjà. Interrompu, il reprend où il en était.
    """
    engine = catalogue(database)
    with counting("Rapprochement des lots publiés") as progress:
        done = pair_lots(engine, load_shelf(engine), now=now(), again=True, progress=progress)
    click.echo(f"{count(done, 'lot comparé', 'lots comparés')} au catalogue.")
