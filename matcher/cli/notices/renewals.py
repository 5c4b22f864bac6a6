"""`annonces renewals`: the contracts whose term ends soon, and who holds them."""

import click

from matcher.cli.frame.options import WholeNumber, catalogue, command, database_option, today
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.need.completion import activity_written
from matcher.notices.renewals.answer import MONTHS, MOST_MONTHS, RenewalsAsked, buyer_number, renewals
from matcher.notices.renewals.document import renewals_csv, renewals_document, renewals_object


@command("renewals")
@click.option(
    "--mois", "months", type=WholeNumber(), metavar="NOMBRE", default=MONTHS, help="Les mois à venir ; sinon 6."
)
@click.option(
    "--lieu", "places", multiple=True, metavar="LIEU", help="Où est l’acheteur : commune, EPCI, département, région."
)
@click.option("--metier", "trade", metavar="TEXTE", default="", help="Un métier, ou une famille de métiers.")
@click.option("--acheteur", "buyer", metavar="NUMÉRO", default="", help="Un acheteur, par son SIRET ou son SIREN.")
@outlet_options("table", "csv", "xlsx", "json", file="renouvellements")
@database_option
def renewals_command(
    months: int,
    places: tuple[str, ...],
    trade: str,
    buyer: str,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Liste les marchés attribués qui finissent bientôt.

    Avec leur titulaire, quand le catalogue le connaît. Ils viennent des données essentielles (DECP) et des avis d’attribution importés ; ceux dont
    la fin n’est pas publiée sont à part.
    """
    if months > MOST_MONTHS:
        raise click.UsageError(f"--mois : {MOST_MONTHS} au plus.")
    code = activity_written(trade)
    if trade and not code:
        raise click.UsageError(f"« {trade} » n’est pas un métier connu : « Nettoyage », « Espaces verts »…")
    number = buyer_number(buyer)
    if buyer and number is None:
        raise click.UsageError(f"« {buyer} » n’est ni un SIREN (9 chiffres), ni un SIRET (14 chiffres).")
    asked = RenewalsAsked(months, places, code, number or "")
    its = renewals(catalogue(database), asked, today())
    outlet.send_document(renewals_document(its), json=lambda: renewals_object(its), csv=lambda: renewals_csv(its))
