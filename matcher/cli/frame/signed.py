"""Options of the commands that write (`--par`) and their clock."""

from datetime import UTC, date, datetime

import click

by_option = click.option("--par", "who", metavar="NOM", required=True, help="Qui l’écrit : gardé avec la date.")


motive_option = click.option("--motif", "motive", metavar="TEXTE", default="", help="Pourquoi, en quelques mots.")


def now() -> datetime:
    """This computer's clock, UTC without zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """This computer's day."""
    return datetime.now().astimezone().date()
