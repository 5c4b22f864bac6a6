"""Commands of `dossier` that note the contract that came of a lot, or take it out."""

from datetime import date

import click

from matcher.cleaning.siret import SIRET_BAD_KEY, clean_siret
from matcher.cli.decisions.opinion import Euros
from matcher.cli.dossiers.options import OpenDossier, number_argument, writing_options
from matcher.cli.frame.options import DAY, WholeNumber, command, motive_option
from matcher.dossiers.contract_changes import USED, RecordContract, RemoveContract
from matcher.dossiers.dossier import AwardedContract

NONE = "aucun"
_lot = click.option(
    "--lot",
    type=WholeNumber(0),
    metavar="NUMÉRO",
    default=1,
    show_default=True,
    help="Le lot ; 0 : tout le dossier.",
)


@command("award")
@number_argument
@_lot
@click.option("--notifie", "notified", type=DAY, metavar="DATE", required=True, help="Jour de la notification.")
@click.option("--montant", "amount", type=Euros(), metavar="EUROS", help="Hors taxes, sur toute la durée.")
@click.option("--titulaire", "winner", metavar="NOM", default="", help="Qui l’a obtenu.")
@click.option("--siret-titulaire", "siret", metavar="SIRET", default="", help="Son SIRET.")
@click.option(
    "--levier",
    "levers",
    type=click.Choice([*USED, NONE]),
    multiple=True,
    metavar="LEVIER",
    help=f"Levier utilisé, répétable : {', '.join(USED)}, ou {NONE}. Sinon, il n’est pas dit.",
)
@writing_options
def award_command(
    opened: OpenDossier,
    lot: int,
    notified: date,
    amount: float | None,
    winner: str,
    siret: str,
    levers: tuple[str, ...],
) -> None:
    """Note le marché attribué à la suite d’un lot : il compte dans le bilan de l’année."""
    if NONE in levers and len(set(levers)) > 1:
        raise click.UsageError(f"Donnez « --levier {NONE} », ou les leviers utilisés, pas les deux.")
    digits, fault = clean_siret(siret)
    if siret and (digits is None or fault == SIRET_BAD_KEY):
        raise click.UsageError("--siret-titulaire : un SIRET compte 14 chiffres, dont une clé ; vérifiez-les.")
    used = tuple(code for code in USED if code in levers) if levers else None
    its = AwardedContract(lot, notified, amount, winner, digits or "", used)
    opened.write(lambda _: RecordContract(its))


@command("remove-award")
@number_argument
@_lot
@motive_option
@writing_options
def remove_award_command(opened: OpenDossier, lot: int, motive: str) -> None:
    """Retire un marché noté par erreur ; le journal le garde."""
    opened.write(lambda _: RemoveContract(lot, motive))


CONTRACT_COMMANDS = (award_command, remove_award_command)
