"""Commands `entremise serve`: run the web server of the pages, on this computer alone, or for a team on the network once sign-in protects it; and `worker`:
run the background jobs that the pages have queued (imports, programmes, mailings), in a process without a web server."""

import gc
import signal
import webbrowser
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from matcher.accounts.first_account import draw_link
from matcher.accounts.identity_settings import identity_provider
from matcher.accounts.store import any_account
from matcher.answers.erasing import end_facts_due
from matcher.cli.frame.options import catalogue, command, database_option, own_catalogue
from matcher.clock import now, today
from matcher.dossiers.privacy import mute_facts
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkStore
from matcher.monitoring.metrics import Metrics
from matcher.settings import metrics_address, web_settings
from matcher.web import create_app
from matcher.web.app import WORKS
from matcher.web.frame.serve import Server, check_door

if TYPE_CHECKING:
    from matcher.accounts.identity_provider import IdentityProvider

LOOPBACK = "127.0.0.1"
PORT = 8321
_FIRST = "Aucun compte n’existe encore. Rien ne répond que ce lien, bon une heure et une fois, qui ouvre le premier :\n"


@command("serve", epilog="entremise serve --port 0")
@click.option("--host", default=LOOPBACK, show_default=True, metavar="ADRESSE", help="Adresse où ouvrir les pages.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    metavar="PORT",
    help="Port ; 0 en prend un libre.",
)
@click.option(
    "--mon-catalogue",
    "own",
    is_flag=True,
    help="Ouvre votre catalogue même vide, pour y importer dans les pages, et non l’exemple inventé.",
)
@database_option
def serve_command(host: str, port: int, own: bool, database: str | None) -> None:
    """Ouvre les pages, pour vous seul ou pour une équipe.

    Sur cet ordinateur seulement, tant qu’aucun compte n’existe. Avec ENTREMISE_HOSTS, un lien bon une heure ouvre le premier.
    """
    engine = (own_catalogue if own else catalogue)(database, create=True)
    settings, provider = web_settings(), _provider()
    accounts = any_account(engine)
    check_door(host, settings, accounts=accounts)
    metrics = Metrics(engine)
    app = create_app(engine, settings, observe=metrics.observe, identity_provider=provider)
    with metrics.serve(metrics_address()):
        server = Server(app, host, port)
        if accounts or not settings.shared:
            serve(server, open_browser=False)
            return
        link = f"premier-compte/{draw_link(app.config['SECRET_KEY'], now())}"
        suffix = "" if settings.proxy or settings.https else f":{server.port}"  # no port in a public address
        address = f"{'https' if settings.https else 'http'}://{settings.names[0]}{suffix}/{link}"
        serve(server, announcement=_FIRST + address, open_browser=False)


def _provider() -> "IdentityProvider | None":
    """Return the identity provider (OpenID Connect) that the environment names, None without one."""
    named = identity_provider()
    if named is None:
        return None
    from matcher.accounts.identity_provider import IdentityProvider  # six megabytes, which the other servers save

    return IdentityProvider(named)


def serve(server: Server, *, announcement: str = "", open_browser: bool) -> None:
    """Load the catalogue, print the address of the pages (or `announcement`), open a browser if asked, and serve until Ctrl+C or SIGTERM, which first lets
    the running requests finish."""
    click.echo("Le catalogue se charge : quelques secondes…", err=True)
    server.warm()
    gc.collect()
    gc.freeze()  # tables live until the end; a garbage collection over them would stop every page for a third of a second
    server.listen()
    click.echo(f"{announcement or f'Pages ouvertes : {server.url}'}\nCtrl+C pour arrêter.")
    if open_browser:
        webbrowser.open(server.url)
    signal.signal(signal.SIGTERM, lambda *_: Thread(target=server.drain, daemon=True).start())
    try:
        server.run()
    finally:
        server.close()


@command("worker", epilog="entremise worker")
@database_option
def worker_command(database: str | None) -> None:
    """Fait les travaux demandés sur les pages, sans les ouvrir.

    Ces travaux : imports, programmes d’achats, envois…
    « entremise serve » les fait déjà ; un processus de plus, sur cet ordinateur ou un autre de la même base PostgreSQL, en prend sa part.
    """
    engine = catalogue(database, create=True)
    worker = Worker(WorkStore(engine), WORKS, forget=lambda: end_facts_due(engine, today(), mute_facts))
    over = Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with Metrics(engine).serve(metrics_address()):
        click.echo("Au travail.\nCtrl+C pour arrêter.")
        try:
            worker.watch(over)
        finally:
            worker.close()
