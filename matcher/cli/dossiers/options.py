"""Options and parameter types shared by the `entremise dossier` commands, and the dossier that a command reads or changes."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from matcher.accounts.organisations import load_organisation
from matcher.cli.frame.options import Opened, WholeNumber, by_option, database_option, open_options, version_option
from matcher.cli.frame.supplier import SUPPLIER
from matcher.clock import now
from matcher.dossiers.dossier import Dossier, DossierChange
from matcher.dossiers.planned_part import persona_of
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.reference.wordings import set_persona


class DossierNumber(click.ParamType[int]):
    """Parameter type: the number of a dossier, « 12 » or « 2026-0012 »."""

    name = "dossier"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        return WholeNumber().convert(str(value).strip().rpartition("-")[2], param, ctx)


number_argument = click.argument("number", metavar="DOSSIER", type=DossierNumber())
supplier_argument = click.argument("key", metavar=SUPPLIER)
lot_option = click.option(
    "--lot", "lot_number", type=WholeNumber(), metavar="NUMÉRO", default=1, show_default=True, help="Le lot."
)


class OpenDossier(Opened):
    """A dossier that a command reads or changes."""

    def read(self) -> Dossier:
        """Return the dossier in its current state, and word the rest of the command's output for its persona (buyer, winner…)."""
        dossier = load_dossier(self.engine, self.owner, self.number)
        set_persona(persona_of(dossier, load_organisation(self.engine, self.owner).its.persona))
        return dossier

    def write(self, make: Callable[[Dossier], DossierChange]) -> Dossier:
        """Make one change to the dossier and print the new journal line. Raises JournalConflict where the dossier changed since `version`."""
        return self.write_all(lambda dossier: [make(dossier)])

    def write_all(self, make: Callable[[Dossier], Sequence[DossierChange]]) -> Dossier:
        """Make several changes, all of them or none, as `write` does; where there are none, print that nothing has changed."""
        dossier = self.read()
        if not (made := make(dossier)):
            click.echo("Rien n’a changé : le dossier le disait déjà.")
            return dossier
        target, version = (self.engine, self.owner, self.number), self.version or dossier.version
        done = change_dossier(*target, made, version=version, author=self.who, now=now())
        echo_journal(done, len(done.journal) - len(made))
        return done


def echo_journal(dossier: Dossier, version: int) -> None:
    """Print the journal lines of a dossier after a version."""
    for line in dossier.journal[version:]:
        click.echo(f"Dossier {dossier.number}, version {line.number} : {line.who} {line.change.says(dossier)}.")


reading_options = open_options(OpenDossier, database_option)
# Options of every command that writes: author, version read, database.
writing_options = open_options(OpenDossier, by_option, version_option("le dossier"), database_option)
