"""Options and parameter types shared by several commands, and functions that open what a command works on: catalogue, organisation, dossier, contacts."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce, wraps
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from sqlalchemy import URL, Engine

from matcher.answers.tables import any_past_end
from matcher.catalogue.steward.own_reader import follow_reader
from matcher.catalogue.store.sample import OWN_BEGINS, SAMPLE_CLOSED, chosen_url, notice_of
from matcher.cleaning.dates import clean_date, clean_month
from matcher.cleaning.numbers import whole_number
from matcher.cli.frame.french import FrenchCommand, FrenchGroup
from matcher.clock import now, today
from matcher.db import database_label, open_database, parsed_url, sqlite_file
from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.persona import Persona
from matcher.ownership import OrganisationId
from matcher.reference.wordings import set_persona
from matcher.render.described_file import set_head_notice
from matcher.settings import database_url, retention_months

if TYPE_CHECKING:  # not for every command
    from matcher.accounts.organisations import Organisation

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class RequestRefused(Exception):
    """A well-formed request that cannot be served (exit code 1); the message is French."""


def empty_catalogue(url: URL) -> RequestRefused:
    """Return the error of a command that needs suppliers, for an empty catalogue or a file that does not exist."""
    from matcher.need.answer import EMPTY  # not for every command

    absent = "" if (path := sqlite_file(url)) is None or path.exists() else "Ce fichier n’existe pas. "
    return RequestRefused(f"{database_label(url)} est vide. {EMPTY[1]} {absent}Une autre se dit par --db.")


class WholeNumber(click.types.IntParamType):
    """Parameter type: a whole number, `least` or more, of nine digits at most, with a French error message."""

    def __init__(self, least: int = 1) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = "".join(str(value).split())
        number = whole_number(text)
        if number is None or number < self.least:
            most = ", de neuf chiffres au plus" if number is None and text.isdigit() else ""
            self.fail(f"« {value} » n’est pas un nombre entier, {self.least} ou plus{most}.", param, ctx)
        return number


class Written(click.ParamType[T]):
    """Parameter type of values written the French way: `read` parses the text (None where invalid), `refusal` is the French error message."""

    def __init__(self, name: str, read: Callable[[str], T | None], refusal: str) -> None:
        self.name, self.read, self.refusal = name, read, refusal

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        converted: T | None = self.read(value) if isinstance(value, str) else value
        return self.fail(f"« {value} » {self.refusal}", param, ctx) if converted is None else converted


# A month, as its first day.
MONTH = Written("mois", lambda text: clean_month(text).value, "n’est pas un mois, par exemple 03/2026.")
DAY = Written("date", lambda text: clean_date(text).value, "n’est pas une date, par exemple 2026-12-15.")


# Option for the author of an act, by default the user of the session.
session_option = click.option(
    "--par", "author", metavar="NOM", default=getuser, help="Qui le fait (par défaut, votre nom de session)."
)
by_option = click.option("--par", "author", metavar="NOM", required=True, help="Qui l’écrit : gardé avec la date.")
motive_option = click.option("--motif", "motive", metavar="TEXTE", default="", help="Pourquoi, en quelques mots.")


def command(name: str, **more: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Return the decorator of a command whose help and errors are in French."""
    return click.command(name, cls=FrenchCommand, **more)


def command_group(name: str) -> Callable[[Callable[..., Any]], click.Group]:
    """Return the decorator of a group of commands whose help and errors are in French."""
    return click.group(name, cls=FrenchGroup)


def combine_options(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Combine several option decorators into one, in the order of the help."""
    return lambda function: reduce(lambda decorated, option: option(decorated), reversed(options), function)


def database_option(function: F) -> F:
    """Add `--db URL`: the database of the catalogue."""
    return click.option(
        "--db",
        "database",
        metavar="URL",
        callback=in_a_folder,
        help="Base du catalogue (adresse SQLAlchemy). Sinon ENTREMISE_DATABASE_URL, sinon un fichier de votre dossier de données.",
    )(function)


def mapping_option(function: F) -> F:
    """Add `--mapping FILE`: the fields that columns of a spreadsheet hold."""
    return click.option(
        "--mapping",
        type=click.Path(path_type=Path),
        metavar="FICHIER",
        help='Ce que contiennent des colonnes (TOML ou JSON), "Titre de colonne" = "champ" ou "ignorer". Retenu pour les fichiers de même en-tête.',
    )(function)


def in_a_folder(_ctx: click.Context, param: click.Parameter, url: str | None) -> str | None:
    """Check a database URL: raise click.BadParameter where the folder of an SQLite file does not exist, as an empty database would be created."""
    path = sqlite_file(parsed_url(url)) if url else None
    if path is not None and not path.parent.is_dir():
        raise click.BadParameter(f"le dossier « {path.parent} » n’existe pas.", param=param)
    return url


def top_option(default: int, says: str = "Nombre de candidats par lot, 1 ou plus.") -> Callable[[F], F]:
    """Add `--top N`: number of candidates for each lot."""
    return click.option(
        "--top",
        type=WholeNumber(),
        metavar="NOMBRE",
        default=default,
        show_default=True,
        help=says,
    )


def given_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given on the command line, without the others."""
    return {name: value for name, value in options.items() if value not in (None, ())}


def version_option(what: str) -> Callable[[F], F]:
    """Add `--version N`: the version of `what` (French, with its article) that the user read, to detect a conflict."""
    return click.option(
        "--version",
        type=WholeNumber(),
        metavar="NUMÉRO",
        help=f"Version lue : refuse si quelqu’un a changé {what} depuis. Sinon, la dernière.",
    )


def catalogue(database: str | None, *, create: bool = False) -> Engine:
    """Open (upgrade if needed) the catalogue chosen by `--db`, the environment or the default, which is the invented sample where no other exists.

    It is closed with the command. If it is the sample, a notice is printed on the error stream and at the head of each file. Raises RequestRefused
    where there is none, unless `create`: a mistyped address is no empty catalogue.
    """
    return own_catalogue(chosen_url(database), create=create)


def own_catalogue(database: str | None, *, create: bool = True) -> Engine:
    """Open the catalogue as `catalogue` does, but never the sample by default: for commands that write or administer real data."""
    url = parsed_url(database or database_url())
    if not create and (path := sqlite_file(url)) is not None and not path.exists():
        raise empty_catalogue(url)
    engine = open_database(database or database_url())
    follow_reader(engine.url)
    if any_past_end(engine, today()):
        from matcher.answers.erasing import end_facts_due  # imported only when needed: it takes a second to load
        from matcher.dossiers.privacy import mute_facts

        end_facts_due(engine, today(), mute_facts)
    notice = notice_of(engine)
    if notice:
        click.echo(f"{notice} {database_label(engine.url)}.", err=True)
    set_head_notice(notice)
    if (context := click.get_current_context(silent=True)) is not None:
        context.call_on_close(engine.dispose)
        context.call_on_close(lambda: set_head_notice(""))
    return engine


def receiving_catalogue(database: str | None, *, dry_run: bool = False) -> Engine:
    """Open the catalogue, as `own_catalogue` does, for an import; where the sample was the default until now, print that the user's own catalogue begins.

    Raises RequestRefused where the catalogue is the sample itself, except in a `dry_run`."""
    begins = not (database or dry_run) and chosen_url() != database_url()
    engine = own_catalogue(database)
    if notice_of(engine) and not dry_run:
        raise RequestRefused(SAMPLE_CLOSED)
    if begins:
        click.echo(f"{OWN_BEGINS} {database_label(engine.url)}.", err=True)
    return engine


def existing(path: Path, *, piped: bool = False, folder: bool = False) -> Path:
    """Return `path` if it is a file, or a directory if `folder`, or a pipe if `piped` (for a reader that reads it once: a second read would never end).

    Raises click.UsageError (exit code 2) where it is missing, a directory, a pipe or a device.
    """
    if path.is_dir() and folder:
        return path
    if path.is_dir():
        raise click.UsageError(f"« {path} » est un dossier : donnez un fichier.")
    if not path.exists():
        raise click.UsageError(f"Le fichier « {path} » n’existe pas.")
    if path.is_char_device() or path.is_block_device():
        raise click.UsageError(f"« {path} » n’est pas un fichier ordinaire.")
    if path.is_fifo() and not piped:
        raise click.UsageError(f"« {path} » est un tube : enregistrez d’abord ce qui en sort dans un fichier.")
    return path


def owner(engine: Engine) -> OrganisationId:
    """Return the organisation chosen by `--organisation`, else the only one, and set its persona for the output. Raises RequestRefused, AccountRefused."""
    from matcher.accounts.organisations import (
        find_organisation,
        list_organisations,
    )  # not for every command

    context = click.get_current_context(silent=True)
    if wanted := context.find_root().obj if context else None:
        return _set_persona_of(find_organisation(engine, wanted), context)
    every = list_organisations(engine)
    if len(every) > 1:
        names = ", ".join(f"« {one.its.name} »" for one in every)
        raise RequestRefused(
            f"Il y a plusieurs organisations ici : {names}. Dites laquelle, avant la commande : entremise --organisation NOM …"
        )
    return _set_persona_of(every[0], context)


def _set_persona_of(organisation: "Organisation", context: click.Context | None) -> OrganisationId:
    """Word the rest of the command's output for the persona of an organisation (buyer, winner…), and return its number."""
    set_persona(organisation.its.spoken_to)
    if context:
        context.call_on_close(lambda: set_persona(Persona.BUYER))
    return organisation.id


def record_act(engine: Engine, action: str, target: str = "", detail: str = "", *, author: str = "") -> None:
    """Add what a command has just done to the security journal, under `author`, by default the user of the session. Raises DatabaseError."""
    from matcher.accounts.audit import commit_audit_line  # not for every command

    author = author.strip() or getuser()
    commit_audit_line(engine, at=now(), author=author, action=action, target=target, detail=detail)


def contacts_since() -> date:
    """Return the retention limit: contacts last confirmed before this day are neither shown nor exported."""
    # Imported here because it loads the readers of directories, which most commands do not need.
    from matcher.catalogue.steward.privacy import kept_since

    return kept_since(today(), retention_months())


def contact_lookup(engine: Engine) -> ContactLookup:
    """Return a function that gives the contact details of suppliers by id."""

    def details(ids: Collection[str]) -> Mapping[str, ContactDetails]:
        from matcher.catalogue.store.contacts import contact_details

        return contact_details(engine, ids, since=contacts_since())

    return details


@dataclass(frozen=True)
class Opened:
    """A dossier, a campaign or an event that a command works on, by number; its catalogue is opened on first use. `who` is the author of changes, `version` the
    version that the author read (None: the current one)."""

    number: int
    database: str | None
    who: str = ""
    version: int | None = None

    @cached_property
    def engine(self) -> Engine:
        """Open the catalogue."""
        return catalogue(self.database)

    @cached_property
    def owner(self) -> OrganisationId:
        """Return the organisation that owns it. Raises RequestRefused, AccountRefused."""
        return owner(self.engine)


def open_options(
    kind: type[Opened], *options: Callable[[Any], Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: pass the number and these options (`--db`, author, version) to a command as one object of class `kind`, `opened`."""

    def given_opened(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_opened(
            number: int, database: str | None, author: str = "", version: int | None = None, **options: Any
        ) -> None:
            command(opened=kind(number, database, author, version), **options)

        return combine_options(*options)(with_opened)

    return given_opened
