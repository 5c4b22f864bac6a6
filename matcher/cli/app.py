"""The `entremise` command: its list of commands, and how every refusal becomes a sentence and an exit code."""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click
from rich.console import Console

from importers.faults import FetchError
from importers.importer import SourceError
from matcher.accounts.passwords import PasswordRefused
from matcher.accounts.store import AccountRefused
from matcher.catalogue.history import UndoRefused
from matcher.catalogue.intake import IntakeRefused
from matcher.catalogue.privacy import PrivacyRefused
from matcher.catalogue.review import ReviewRefused
from matcher.catalogue.team import CorrectionRefused
from matcher.catalogue.transfer import TransferRefused
from matcher.cli.accounts import account_command
from matcher.cli.catalogue import import_command, sources_command, stats_command
from matcher.cli.database import db_command
from matcher.cli.demo import demo_command
from matcher.cli.dossier import dossier_command
from matcher.cli.evaluate import evaluate_command
from matcher.cli.export import export_command
from matcher.cli.fetch import enrich_command, fetch_command
from matcher.cli.french import FrenchGroup, explain, system_trouble
from matcher.cli.history import imports_command, undo_import_command
from matcher.cli.lots import explain_command, match_command, read_command
from matcher.cli.options import RequestRefused
from matcher.cli.privacy import PRIVACY_COMMANDS
from matcher.cli.review import review_command
from matcher.cli.steward import STEWARD_COMMANDS
from matcher.db import DatabaseError
from matcher.exports.dossier import DossierFileError
from matcher.lots.dossier import ChangeRefused
from matcher.lots.frozen import FrozenError
from matcher.lots.store import Conflict, DossierUnknown
from matcher.reading.lots import LotsError
from matcher.settings import SettingsError

# What a person can mend: each of these carries its own French message. Anything else is a defect and keeps its traceback.
REFUSALS = (
    SourceError,
    FetchError,
    IntakeRefused,
    DatabaseError,
    LotsError,
    RequestRefused,
    ReviewRefused,
    CorrectionRefused,
    PrivacyRefused,
    TransferRefused,
    UndoRefused,
    ChangeRefused,
    Conflict,
    DossierUnknown,
    DossierFileError,
    FrozenError,
    AccountRefused,
    PasswordRefused,
    SettingsError,
)


@click.group(cls=FrenchGroup)
@click.version_option(
    package_name="entremise", prog_name="entremise", message="%(prog)s %(version)s", help="Affiche la version."
)
def cli() -> None:
    """Relie un besoin d’achat aux fournisseurs inclusifs : un catalogue, un classement, des raisons.

    Commencez par « entremise demo », puis « entremise sources » pour savoir quels annuaires importer.
    """


for command in (
    import_command,
    fetch_command,
    enrich_command,
    sources_command,
    review_command,
    match_command,
    read_command,
    explain_command,
    dossier_command,
    stats_command,
    export_command,
    *STEWARD_COMMANDS,
    *PRIVACY_COMMANDS,
    evaluate_command,
    demo_command,
    imports_command,
    undo_import_command,
    account_command,
    db_command,
):
    cli.add_command(command)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 refused with nothing written, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that is not in UTF-8 shows « ? », and shows the rest
    sys.exit(_run(args))


def _run(args: Sequence[str] | None) -> int:
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        cli.main(args=None if args is None else list(args), prog_name="entremise", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.UsageError as error:
        errors.print(f"[bold]Erreur.[/bold] {_escaped(explain(error))}")
        return 2
    except REFUSALS as error:
        errors.print(f"[bold]Refusé.[/bold] {_escaped(str(error))}")
        return 1
    except click.Abort:
        errors.print("Interrompu. Ce qui n’était pas fini n’est pas écrit.")
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader has closed its end (`| head`; rich then exits): nothing is wrong, and nothing more can be printed.
        _close_output()
    except OSError as error:
        errors.print(f"[bold]Refusé.[/bold] {_escaped(system_trouble(error))}")
        if error.filename is None:
            _close_output()
        return 1
    return 0


def _close_output() -> None:
    """Send what is left of the answer nowhere, so that the interpreter's last flush fails no more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")
