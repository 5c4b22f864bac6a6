"""Commands `entremise catalogue show`, `conflicts`, `quality`, `correct`, `add` and `withdraw`: inspect suppliers' records and correct them by hand."""

import click

from matcher.catalogue.steward.corrections import (
    WrittenCorrection,
    add_supplier,
    correct_supplier,
    corrections_of,
    withdraw_correction,
)
from matcher.catalogue.steward.document import conflict_object, fiche_object, quality_csv, quality_object
from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.steward.quality import STALE_MONTHS
from matcher.catalogue.steward.readings import read_conflicts, read_fiche, read_quality
from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED
from matcher.catalogue.store.why_missing import why_missing
from matcher.cli.catalogue import steward_view as fiches
from matcher.cli.frame.departement import DEPARTEMENT
from matcher.cli.frame.options import (
    RequestRefused,
    WholeNumber,
    by_option,
    catalogue,
    command,
    contacts_since,
    database_option,
    motive_option,
    receiving_catalogue,
)
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.supplier import SUPPLIER, supplier_named
from matcher.clock import now, today
from matcher.reference.geography.territories import Departement

champ_option = click.option(
    "--champ",
    "champs",
    multiple=True,
    metavar="CHAMP=VALEUR",
    help="Ce qui est su ; répétable. Un champ qui n’existe pas est refusé, avec la liste des autres.",
)


@command("show", epilog="entremise catalogue show 00010101400017")
@click.argument("key", metavar=SUPPLIER)
@outlet_options("table", "json")
@database_option
def show_supplier_command(key: str, outlet: Outlet, database: str | None) -> None:
    """Montre un fournisseur champ par champ : valeur, source, date, valeurs écartées, questions à poser."""
    engine = catalogue(database)
    fiche = read_fiche(engine, supplier_named(engine, key), contacts_since=contacts_since())
    if fiche is None:
        raise RequestRefused(why_missing(engine, key))
    corrections = corrections_of(engine, fiche.supplier.id)
    outlet.send(
        table=lambda out: fiches.print_fiche(fiche, corrections, out), json=lambda: fiche_object(fiche, corrections)
    )


@command("conflicts", epilog="entremise catalogue conflicts")
@outlet_options("table", "json")
@database_option
def conflicts_command(outlet: Outlet, database: str | None) -> None:
    """Liste ce sur quoi deux sources se contredisent, au-delà de l’orthographe."""
    field_conflicts = read_conflicts(catalogue(database))
    outlet.send(
        table=lambda out: fiches.print_conflicts(field_conflicts, out),
        json=lambda: [conflict_object(conflict) for conflict in field_conflicts],
    )


@command("quality", epilog="entremise catalogue quality --departement 59")
@click.option(
    "--mois",
    "months",
    type=WholeNumber(),
    metavar="NOMBRE",
    default=STALE_MONTHS,
    show_default=True,
    help="Âge en mois au-delà duquel une fiche est ancienne.",
)
@click.option(
    "--departement", "place", type=DEPARTEMENT, metavar="CODE", help="Les métiers connus de ce département seulement."
)
@outlet_options("table", "json", "csv")
@database_option
def quality_command(months: int, place: Departement | None, outlet: Outlet, database: str | None) -> None:
    """Dit quels métiers sont connus, par département et par famille, ce que chaque étape apporterait, et ce que vaut chaque source.

    Chaque source est jugée champ par champ (rempli, valide, ancien, contredit), avec quoi demander à qui.
    """
    quality = read_quality(catalogue(database), stale_before=kept_since(today(), months))
    outlet.send(
        table=lambda out: fiches.print_quality(quality, out, place),
        json=lambda: quality_object(quality),
        csv=lambda: quality_csv(quality),
    )


@command("correct", epilog="entremise catalogue correct 00010101400017 --champ effectif=32 --par Léa")
@click.argument("key", metavar=SUPPLIER)
@champ_option
@click.option(
    "--ne-fait-pas",
    "refused",
    multiple=True,
    metavar="ACTIVITÉ",
    help="Activité qu’il ne fait pas : libellé ou code ; répétable.",
)
@by_option
@motive_option
@database_option
def correct_supplier_command(
    key: str, champs: tuple[str, ...], refused: tuple[str, ...], author: str, motive: str, database: str | None
) -> None:
    """Corrige un fournisseur : la parole de l’équipe passe avant toute source, et aucun import ne l’efface."""
    statement = _statement(champs) | ({REFUSED: list(refused)} if refused else {})
    engine = catalogue(database)
    done = correct_supplier(engine, supplier_named(engine, key), statement, author=author, motive=motive, now=now())
    _print_correction(done, "écrite")


@command("add", epilog="entremise catalogue add --nom Lilas --type ESAT --commune Arras --par Léa")
@click.option("--nom", metavar="NOM", required=True, help="Le nom du fournisseur.")
@click.option("--type", "kind", metavar="TYPE", required=True, help="Son type : EI, ACI, EA, ESAT…")
@click.option(
    "--commune", metavar="COMMUNE", required=True, help="« 59600 Maubeuge », « Maubeuge (59) » ou un code INSEE."
)
@click.option("--siret", metavar="SIRET", help="Son SIRET, s’il est connu.")
@click.option("--activite", "activities", multiple=True, metavar="ACTIVITÉ", help="Ce qu’il fait ; répétable.")
@champ_option
@by_option
@motive_option
@database_option
def add_supplier_command(
    nom: str,
    kind: str,
    commune: str,
    siret: str | None,
    activities: tuple[str, ...],
    champs: tuple[str, ...],
    author: str,
    motive: str,
    database: str | None,
) -> None:
    """Ajoute un fournisseur qu’aucun annuaire ne liste."""
    own = {
        "nom": [nom],
        "type": [kind],
        "commune": [commune],
        "siret": [siret] if siret else [],
        ACTIVITY: list(activities),
    }
    statement = _statement(champs)
    for champ, written in own.items():
        if written:
            statement[champ] = [*written, *statement.get(champ, [])]
    done = add_supplier(receiving_catalogue(database), statement, author=author, motive=motive, now=now())
    _print_correction(done, "écrite")


@command("withdraw", epilog="entremise catalogue withdraw 1")
@click.argument("number", metavar="NUMÉRO", type=WholeNumber())
@database_option
def withdraw_correction_command(number: int, database: str | None) -> None:
    """Retire une correction : la valeur des sources revient. « entremise catalogue show » donne les numéros."""
    _print_correction(withdraw_correction(catalogue(database), number, now=now()), "retirée")


def _statement(champs: tuple[str, ...]) -> dict[str, list[str]]:
    statement: dict[str, list[str]] = {}
    for written in champs:
        champ, equals, value = written.partition("=")
        if not equals:
            raise click.UsageError(f"« {written} » : écrivez CHAMP=VALEUR, par exemple --champ effectif=32.")
        statement.setdefault(champ.strip().lower().replace("_", "-"), []).append(value)
    return statement


def _print_correction(done: WrittenCorrection, what: str) -> None:
    where = (
        f" Fournisseur : {done.supplier_id}." if done.supplier_id else " Le fournisseur n’est plus dans le catalogue."
    )
    click.echo(f"Correction {done.id} {what}.{where}")
