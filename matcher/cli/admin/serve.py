"""`serve`: opens the pages on this computer, or on an address that is closed to strangers."""

import gc
import webbrowser

import click

from matcher.accounts.store import any_account
from matcher.cli.frame.french import FrenchCommand
from matcher.cli.frame.options import catalogue, database_option
from matcher.settings import web_settings
from matcher.web import create_app
from matcher.web.frame.serve import Server, check_door

LOOPBACK = "127.0.0.1"
PORT = 8321


@click.command("serve", cls=FrenchCommand)
@click.option("--host", default=LOOPBACK, show_default=True, metavar="ADRESSE", help="Adresse où ouvrir les pages.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    metavar="PORT",
    help="Port ; 0 en prend un libre.",
)
@database_option
def serve_command(host: str, port: int, database: str | None) -> None:
    """Ouvre les pages : décrire un besoin, lire la liste, comprendre pourquoi.

    Sur cet ordinateur seulement. Une autre adresse est refusée tant qu’aucun compte n’existe.
    """
    engine, settings = catalogue(database), web_settings()
    check_door(host, accounts=any_account(engine), proxy=settings.proxy)
    serve(Server(create_app(engine, settings), host, port), open_browser=False)


def serve(server: Server, *, open_browser: bool) -> None:
    """Say where the pages are, show them where there is a screen to, and serve until Ctrl+C."""
    server.warm()
    gc.collect()
    gc.freeze()  # the tables stay until the end: to go through them again would stop every page for a third of a second
    click.echo(f"Pages ouvertes : {server.url}\nCtrl+C pour arrêter.")
    if open_browser:
        webbrowser.open(server.url)
    try:
        server.run()
    finally:
        server.close()
