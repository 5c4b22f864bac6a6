"""Commands `entremise account …`: user accounts, roles, API tokens and the security journal. Passwords are typed or read from standard input, never given
as an argument."""

import getpass
import sys
from datetime import date

import click
from rich.console import Console
from rich.text import Text

from matcher.accounts import api_tokens, audit, sessions, store
from matcher.accounts.audit import AuditFilter, AuditKind, audit_csv
from matcher.accounts.organisations import add_member
from matcher.accounts.passwords import SHORTEST
from matcher.accounts.roles import Role
from matcher.cli.frame.options import (
    DAY,
    RequestRefused,
    WholeNumber,
    combine_options,
    command_group,
    database_option,
    own_catalogue,
    owner,
    session_option,
)
from matcher.cli.frame.outlet import Outlet, headed_table, outlet_options, print_list
from matcher.clock import now
from matcher.domain.french import count, day, moment, number
from matcher.journal.change import plain
from matcher.render.shaped import shaped

login_argument = click.argument("login", metavar="NOM|COURRIEL")
signing_options = combine_options(session_option, database_option)
role_choice = click.Choice([str(role) for role in Role])


@command_group("account")
def account_command() -> None:
    """Ouvre, change et ferme les comptes. Le mot de passe se tape au clavier, ou se lit sur l’entrée."""


@account_command.command("add", epilog="entremise account add lea --role acheteur")
@login_argument
@click.option("--role", type=role_choice, required=True, help="Ce que la personne peut faire.")
@click.option("--nom", "name", metavar="NOM", default="", help="Son nom, tel qu’il signe ; sinon, celui de connexion.")
@click.option(
    "--sans-mot-de-passe",
    "provider_alone",
    is_flag=True,
    help="La personne s’identifie par le fournisseur d’identité (ENTREMISE_OIDC_ISSUER), sous ce courriel.",
)
@signing_options
def add_account_command(
    login: str, role: str, name: str, provider_alone: bool, author: str, database: str | None
) -> None:
    """Ouvre un compte ; le premier de tous administre l’installation."""
    engine = own_catalogue(database)
    password = None if provider_alone else _password()
    made = store.add_account(
        engine, login, password, Role(role), owner(engine), name=name, author=author, now=now(), temporary=True
    )
    administers = ", administre l’installation" if made.installation else ""
    chooses = " La personne choisira le sien à sa première connexion, sous sept jours." if made.temporary else ""
    click.echo(f"Compte « {made.login} » ouvert : {role}{administers}.{chooses}")


@account_command.command("list", epilog="entremise account list")
@outlet_options("table", "json")
@database_option
def list_accounts_command(outlet: Outlet, database: str | None) -> None:
    """Liste les comptes : rôle, état, dernière connexion."""
    accounts = store.list_accounts(own_catalogue(database, create=False))

    def show(out: Console) -> None:
        rows = []
        for account in accounts:
            several = len(account.memberships) > 1
            roles = [f"{one.role} ({one.organisation})" if several else str(one.role) for one in account.memberships]
            roles = (roles or ["aucun"]) + ["installation"] * account.installation
            last = moment(account.last_sign_in) if account.last_sign_in else "jamais"
            state = "actif" if account.active else "désactivé"
            rows.append((account.login, account.name, ", ".join(roles), state, moment(account.created), last))
        headers = ("Connexion", "Nom", "Rôle", "État", "Ouvert le", "Dernière connexion")
        print_list(headed_table(headers, rows), "compte", out)

    fields = "login name roles active installation created last_sign_in has_password identity_since temporary"
    outlet.send(
        table=show,
        json=lambda: [
            shaped(fields, account, roles={one.organisation: str(one.role) for one in account.memberships})
            for account in accounts
        ],
    )


@account_command.command("role", epilog="entremise account role lea gestionnaire")
@login_argument
@click.argument("role", metavar="RÔLE", type=role_choice)
@signing_options
def role_command(login: str, role: str, author: str, database: str | None) -> None:
    """Donne un autre rôle : lecteur, acheteur, gestionnaire, administrateur."""
    engine = own_catalogue(database)
    add_member(engine, owner(engine), login, Role(role), author=author, now=now())
    click.echo(f"Compte « {login} » : {role}.")


@account_command.command("installation", epilog="entremise account installation lea")
@login_argument
@click.option("--retirer", "removed", is_flag=True, help="Ne l’administre plus.")
@signing_options
def installation_command(login: str, removed: bool, author: str, database: str | None) -> None:
    """Confie l’installation à un compte : toutes les organisations, tous les comptes, tout le journal."""
    store.set_installation(own_catalogue(database), login, not removed, author=author, now=now())
    click.echo(f"Compte « {login} » : {'n’administre plus' if removed else 'administre'} l’installation.")


@account_command.command("password", epilog="entremise account password lea")
@login_argument
@click.option("--retirer", "removed", is_flag=True, help="Le fournisseur d’identité connectera seul la personne.")
@signing_options
def password_command(login: str, removed: bool, author: str, database: str | None) -> None:
    """Donne un autre mot de passe, que la personne changera, ou le retire ; ses sessions se ferment."""
    engine = own_catalogue(database)
    store.set_password(engine, login, None if removed else _password(), author=author, now=now(), temporary=True)
    click.echo(f"Mot de passe de « {login} » {'retiré' if removed else 'changé'} ; ses sessions sont fermées.")


@account_command.command("disable", epilog="entremise account disable lea")
@login_argument
@signing_options
def disable_command(login: str, author: str, database: str | None) -> None:
    """Désactive un compte : ses sessions se ferment, ce qu’il a fait reste signé."""
    store.set_active(own_catalogue(database), login, False, author=author, now=now())
    click.echo(f"Compte « {login} » désactivé.")


@account_command.command("enable", epilog="entremise account enable lea")
@login_argument
@signing_options
def enable_command(login: str, author: str, database: str | None) -> None:
    """Réactive un compte."""
    store.set_active(own_catalogue(database), login, True, author=author, now=now())
    click.echo(f"Compte « {login} » réactivé.")


@account_command.command("revoke", epilog="entremise account revoke lea")
@login_argument
@signing_options
def revoke_command(login: str, author: str, database: str | None) -> None:
    """Ferme toutes les sessions d’un compte."""
    ended = store.revoke_sessions(own_catalogue(database), login, author=author, now=now())
    click.echo(f"{count(ended, 'session fermée', 'sessions fermées')}.")


@account_command.command("unbind", epilog="entremise account unbind lea")
@login_argument
@signing_options
def unbind_command(login: str, author: str, database: str | None) -> None:
    """Détache un compte de l’identité qui le connecte ; la prochaine qui vient sous son courriel le rattache."""
    sessions.unbind(own_catalogue(database), login, author=author, now=now())
    click.echo(f"Compte « {login} » détaché ; ses sessions sont fermées.")


@account_command.group("token")
def token_command() -> None:
    """Donne et révoque les jetons par lesquels un logiciel agit pour une personne."""


@token_command.command("create", epilog='entremise account token create lea --nom "Progiciel d’achats"')
@login_argument
@click.option("--nom", "name", metavar="TEXTE", required=True, help="À quoi il sert.")
@click.option(
    "--role", type=role_choice, default=str(Role.READER), show_default=True, help="Ce qu’il permet, au plus son rôle."
)
@click.option(
    "--jours",
    "days",
    type=WholeNumber(),
    metavar="NOMBRE",
    default=api_tokens.USUAL_DAYS,
    show_default=True,
    help="Pour combien de temps.",
)
@signing_options
def create_token_command(login: str, name: str, role: str, days: int, author: str, database: str | None) -> None:
    """Donne un jeton, écrit cette seule fois."""
    engine = own_catalogue(database)
    click.echo(
        api_tokens.issue_token(engine, login, owner(engine), Role(role), name=name, days=days, author=author, now=now())
    )


@token_command.command("list", epilog="entremise account token list lea")
@login_argument
@outlet_options("table", "json")
@database_option
def list_tokens_command(login: str, outlet: Outlet, database: str | None) -> None:
    """Liste les jetons d’une personne, sans leur secret."""
    tokens = api_tokens.list_tokens(own_catalogue(database, create=False), login)

    def show(out: Console) -> None:
        for token in tokens:
            used = f"dernier usage le {moment(token.used)}" if token.used else "jamais utilisé"
            rights = f"{token.role}, {token.organisation}, jusqu’au {day(token.expires)}"
            out.print(Text(f"{token.id}  {token.name} : {rights}, {used}"))
        out.print(f"{count(len(tokens), 'jeton')}.")

    outlet.send(table=show, json=lambda: plain(tokens))


@token_command.command("revoke", epilog="entremise account token revoke lea 1")
@login_argument
@click.argument("number", metavar="NUMÉRO", type=WholeNumber())
@signing_options
def revoke_token_command(login: str, number: int, author: str, database: str | None) -> None:
    """Révoque un jeton : il n’ouvre plus rien."""
    api_tokens.end_token(own_catalogue(database), login, number, author=author, now=now())
    click.echo(f"Jeton {number} révoqué.")


@account_command.command("audit", epilog="entremise account audit --nombre 20")
@click.option("--de", "author", metavar="NOM", default="", help="Ce qui concerne une seule personne.")
@click.option(
    "--nature",
    "kind",
    type=click.Choice([kind.value for kind in AuditKind]),
    metavar="NATURE",
    help=f"Une seule nature de lignes : {', '.join(AuditKind)}.",
)
@click.option("--depuis", "first", type=DAY, metavar="DATE", help="Depuis ce jour.")
@click.option("--jusqu-au", "last", type=DAY, metavar="DATE", help="Jusqu’à ce jour, compris.")
@click.option(
    "--avant",
    "before",
    type=WholeNumber(),
    metavar="NUMÉRO",
    help="Les lignes plus anciennes que celle-ci : la page suivante.",
)
@click.option("--nombre", "most", type=WholeNumber(), metavar="NOMBRE", default=50, show_default=True, help="Combien.")
@outlet_options("table", "json", "csv")
@database_option
def audit_command(
    author: str,
    kind: str | None,
    first: date | None,
    last: date | None,
    before: int | None,
    most: int,
    outlet: Outlet,
    database: str | None,
) -> None:
    """Montre le journal de sécurité : qui a fait quoi, ce qui a été refusé, ce qui est emporté ; le dernier en premier."""
    audit_filter = AuditFilter(author, AuditKind(kind) if kind else None, first, last, before)
    acts = audit.read_whole_journal(own_catalogue(database, create=False), audit_filter, most=most)

    def show(out: Console) -> None:
        for act in acts:
            more = [act.target, f"({act.detail})" if act.detail else "", f"[{act.network}]" if act.network else ""]
            times = f"× {number(act.times)}" if act.times > 1 else ""
            parts = (f"{moment(act.at)} ", act.who or "sans compte", act.action, *more, times)
            out.print(Text(" ".join(filter(None, parts))))
        out.print(f"{count(len(acts), 'ligne')}.")
        if len(acts) == most:
            out.print(f"Les précédentes : --avant {acts[-1].id}")

    outlet.send(table=show, json=lambda: plain(acts), csv=lambda: audit_csv(acts))


def _password() -> str:
    """Ask for a password twice at a terminal; otherwise read one line of standard input."""
    if sys.stdin is None or not sys.stdin.isatty():
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line.strip():
            raise RequestRefused("Donnez le mot de passe au clavier, ou sur une ligne de l’entrée.")
        return line.rstrip("\r\n")
    first = getpass.getpass(f"Mot de passe ({SHORTEST} caractères au moins) : ")
    if first != getpass.getpass("Encore une fois : "):
        raise RequestRefused("Les deux mots de passe diffèrent : rien n’est changé.")
    return first
