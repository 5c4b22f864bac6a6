"""Options and parameter types shared by the commands of `dossier`, and the writing of one change."""

from collections.abc import Callable, Sequence
from typing import Any

import click
from sqlalchemy import Engine

from matcher.cli.frame.french import WholeNumber
from matcher.cli.frame.options import database_option, together, version_option
from matcher.cli.frame.organisation import owner
from matcher.cli.frame.signed import by_option, now
from matcher.dossiers.dossier import Dossier, DossierChange
from matcher.dossiers.store import change, load


class DossierNumber(click.ParamType[int]):
    """The number of a dossier, « 12 » or « 2026-0012 »."""

    name = "dossier"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        return WholeNumber().convert(str(value).strip().rpartition("-")[2], param, ctx)


number_argument = click.argument("number", metavar="DOSSIER", type=DossierNumber())
supplier_argument = click.argument("key", metavar="SIRET|ID")
lot_option = click.option(
    "--lot", "lot_number", type=WholeNumber(), metavar="NUMÉRO", default=1, show_default=True, help="Le lot."
)
# What every change takes: who, the version read, the database.
writing_options = together(by_option, version_option("le dossier"), database_option)


def write_change(
    engine: Engine, number: int, make: Callable[[Dossier], DossierChange], version: int | None, who: str
) -> Dossier:
    """Make one change to a dossier as it is, or as it was at `version`, and say what the journal says. Raises JournalConflict."""
    return write_changes(engine, number, lambda found: [make(found)], version, who)


def write_changes(
    engine: Engine, number: int, make: Callable[[Dossier], Sequence[DossierChange]], version: int | None, who: str
) -> Dossier:
    """Do the same for several changes, all of them or none; where there are none, say that nothing was to be changed."""
    found = load(engine, owner(engine), number)
    if not (made := make(found)):
        click.echo("Rien n’a changé : le dossier le disait déjà.")
        return found
    done = change(engine, owner(engine), number, made, version=version or found.version, who=who, now=now())
    for line in done.journal[len(done.journal) - len(made) :]:
        click.echo(f"Dossier {done.number}, version {line.number} : {line.who} {line.change.says(done)}.")
    return done
