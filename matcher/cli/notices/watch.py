"""Command `entremise veille envoyer`: send today's e-mail to each subscriber (« veille », a saved search of lots) whose followed lots have news.

Shelf: the catalogue's suppliers loaded in memory, with which each lot is compared.
"""

from datetime import date

import click

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.frame.options import DAY, RequestRefused, catalogue, command_group, database_option
from matcher.clock import on_day, today, utc_now
from matcher.domain.french import count, day
from matcher.dossiers.asking.sending import sending_summary
from matcher.notices.watching.sending import send_watches
from matcher.settings import SMTP_HOST_VARIABLE, public_address, retention_months, smtp_settings


@command_group("veille")
def watch_command() -> None:
    """Écrit à ceux qui suivent des lots publiés.

    Une veille s’ouvre sur les pages : celle d’un fournisseur depuis « Ses lots », celle d’une organisation depuis « Avis publiés ».
    """


@watch_command.command("envoyer", epilog="entremise veille envoyer --jour 2026-12-01")
@click.option("--jour", "on", type=DAY, metavar="AAAA-MM-JJ", help="Le jour du message ; sinon, aujourd’hui.")
@database_option
def send_watches_command(on: date | None, database: str | None) -> None:
    """Envoie le message du jour à chaque veille qui a du nouveau, et rien aux autres.

    Le même jour une seconde fois n’écrit à personne deux fois ; ce qui est différé ou interrompu repart à la prochaine commande.
    """
    engine, server = catalogue(database), smtp_settings()
    if server is None:
        raise RequestRefused(f"Aucun serveur n’envoie de courriels : donnez {SMTP_HOST_VARIABLE}. Rien n’est écrit.")
    with on_day(on):
        shelf, chosen, months = load_shelf(engine), today(), retention_months()
        run = send_watches(engine, shelf, chosen, server, public_address(), months=months, clock=utc_now)
    click.echo(
        f"{day(chosen)} : {count(run.written, 'message écrit', 'messages écrits')}, {count(run.without_news, 'veille')} sans rien à dire."
    )
    for title, why in run.unwritten.items():
        click.echo(f"Pas de message pour « {title} » : {why}")
    if run.sent.stopped:
        raise RequestRefused(sending_summary(run.sent))
    click.echo(sending_summary(run.sent))
