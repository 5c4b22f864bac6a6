"""Command `entremise worker`: run the background jobs that the pages have queued (imports, programmes, mailings), in a process without a web server."""

import signal
from threading import Event

import click

from matcher.answers.erasing import end_facts_due
from matcher.cli.frame.options import catalogue, command, database_option
from matcher.clock import today
from matcher.dossiers.privacy import mute_facts
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkStore
from matcher.monitoring.metrics import Metrics
from matcher.settings import metrics_address
from matcher.web.app import WORKS


@command("worker", epilog="entremise worker")
@database_option
def worker_command(database: str | None) -> None:
    """Fait les travaux demandés sur les pages, sans les ouvrir.

    Ces travaux : imports, programmes d’achats, envois…
    « entremise serve » les fait déjà ; un processus de plus, sur cet ordinateur ou un autre de la même base PostgreSQL, en prend sa part.
    """
    engine = catalogue(database)
    worker = Worker(WorkStore(engine), WORKS, forget=lambda: end_facts_due(engine, today(), mute_facts))
    over = Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with Metrics(engine).serve(metrics_address()):
        click.echo("Au travail.\nCtrl+C pour arrêter.")
        try:
            worker.watch(over)
        finally:
            worker.close()
