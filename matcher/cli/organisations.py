"""Commands `entremise organisation …`: create, describe and list the organisations that the installation serves, and manage their members."""

from dataclasses import replace
from typing import Any

import click

from matcher.accounts.organisations import (
    OrganisationProfile,
    add_member,
    create_organisation,
    describe_organisation,
    list_organisations,
    load_organisation,
    remove_member,
)
from matcher.accounts.roles import Role
from matcher.accounts.store import list_accounts
from matcher.cli.accounts import login_argument, role_choice, signing_options
from matcher.cli.frame.options import (
    combine_options,
    command_group,
    database_option,
    given_options,
    own_catalogue,
    owner,
)
from matcher.cli.frame.outlet import console, headed_table, print_list
from matcher.clock import now
from matcher.domain.persona import Persona
from matcher.reference.law import BuyerNature


@command_group("organisation")
def organisation_command() -> None:
    """Ouvre et décrit les organisations servies, et leurs membres."""


described_options = combine_options(
    click.option("--siret", metavar="SIRET", help="Son SIRET ; sans lui, elle n’est pas écartée des listes."),
    click.option("--territoire", "territory", metavar="TEXTE", help="Le territoire où elle achète."),
    click.option("--lieu", "place", metavar="LIEU", help="Le lieu d’un besoin qui n’en dit pas."),
    click.option(
        "--famille", "families", multiple=True, metavar="CODE", help="Une famille de métiers qu’elle achète souvent."
    ),
    click.option("--responsable", "controller_name", metavar="NOM", help="Qui répond de ses données personnelles."),
    click.option("--adresse", "controller_address", metavar="TEXTE", help="L’adresse postale de ce responsable."),
    click.option("--courriel", "controller_contact", metavar="COURRIEL", help="Son courriel."),
    click.option(
        "--nature",
        type=click.Choice([nature.value for nature in BuyerNature]),
        help="La nature de l’acheteur, dont les seuils européens dépendent.",
    ),
    click.option(
        "--personne",
        "persona",
        type=click.Choice([persona.value for persona in Persona]),
        help="Qui elle est : les pages, les messages et les papiers prennent ses mots.",
    ),
    signing_options,
)


@organisation_command.command("create", epilog='entremise organisation create "Ville de Maubeuge" --lieu Maubeuge')
@click.argument("name", metavar="NOM")
@described_options
def create_organisation_command(name: str, author: str, database: str | None, **options: Any) -> None:
    """Ouvre une organisation, encore sans membre."""
    made = create_organisation(
        own_catalogue(database), OrganisationProfile(name, **given_options(options)), author=author, now=now()
    )
    click.echo(f"Organisation {made.id} ouverte : « {made.its.name} ».")


@organisation_command.command("edit", epilog='entremise organisation edit --nom "Ville de Maubeuge" --lieu Maubeuge')
@click.option("--nom", "name", metavar="NOM", help="Son nouveau nom.")
@described_options
def edit_organisation_command(author: str, database: str | None, **options: Any) -> None:
    """Décrit l’organisation (« entremise --organisation NOM », s’il y en a plusieurs) ; ce qui n’est pas donné reste."""
    engine = own_catalogue(database)
    organisation = load_organisation(engine, owner(engine))
    profile = replace(organisation.its, **given_options(options))
    describe_organisation(engine, organisation.id, profile, author=author, now=now())
    click.echo(f"Organisation {organisation.id} : « {profile.name} ».")


@organisation_command.command("list", epilog="entremise organisation list")
@database_option
def list_organisations_command(database: str | None) -> None:
    """Liste les organisations et leurs membres."""
    engine = own_catalogue(database, create=False)
    organisations, persons = list_organisations(engine), list_accounts(engine)
    rows = []
    for organisation in organisations:
        memberships = [(person, person.member_of(organisation.id)) for person in persons]
        members = ", ".join(f"{person.login} ({member.role})" for person, member in memberships if member)
        name, siret, place = organisation.its.name, organisation.its.siret, organisation.its.place
        rows.append((str(organisation.id), name, siret or "non donné", place, members or "aucun"))
    table = headed_table(("N°", "Organisation", "SIRET", "Lieu par défaut", "Membres"), rows)
    with console(None) as out:
        print_list(table, "organisation", out)


@organisation_command.command("member", epilog="entremise organisation member lea --role acheteur")
@login_argument
@click.option("--role", type=role_choice, help="Son rôle dans l’organisation ; pour qui en est déjà, le nouveau.")
@click.option("--retirer", "removed", is_flag=True, help="N’en est plus membre, dès sa prochaine page.")
@signing_options
def member_command(login: str, role: str | None, removed: bool, author: str, database: str | None) -> None:
    """Fait d’un compte un membre de l’organisation, change son rôle, ou l’en retire."""
    if removed is (role is not None):
        raise click.UsageError("Donnez --role RÔLE, ou --retirer.")
    engine = own_catalogue(database)
    organisation = load_organisation(engine, owner(engine))
    if role is None:
        remove_member(engine, organisation.id, login, author=author, now=now())
        click.echo(f"« {login} » n’est plus membre de « {organisation.its.name} ».")
    else:
        add_member(engine, organisation.id, login, Role(role), author=author, now=now())
        click.echo(f"« {login} » est {role} de « {organisation.its.name} ».")
