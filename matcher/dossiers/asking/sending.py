"""Sending of a campaign (one question put to many suppliers): by SMTP, never twice, or as a mail-merge file, which may be taken again; then one reminder.

The reminder goes once, a week after the last message, to the suppliers that have not answered."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, update

from matcher.accounts.organisations import controller_of
from matcher.clock import utc_now
from matcher.db import DatabaseError, writing
from matcher.domain.french import count, day
from matcher.dossiers.asking.campaign import NOT_LISTED, reminder
from matcher.dossiers.asking.store import AskedSupplier, CampaignState, load_campaign
from matcher.dossiers.asking.tables import CAMPAIGNS
from matcher.dossiers.todo import REMINDED_AFTER
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused
from matcher.mail.delivery import Clock, Delivery, Letterhead, MailRefused, send_batch
from matcher.mail.links import Correspondence
from matcher.mail.outbox import LINK, SENT_STATES, MessageState, QueuedMessage, cancel, hand_message, queue_messages
from matcher.ownership import OrganisationId, owned_by
from matcher.render.described_file import DescribedFile
from matcher.render.table import NO_DAY, Cell, Column, Sheet, csv_of, workbook_of
from matcher.settings import SMTP_HOST_VARIABLE, Controller, SettingsError, SmtpSettings, public_address, smtp_settings

# Path of the page of a secret link, under the public address.
LINKS = "r"
_DEFECT = "Une erreur s’est produite de notre côté : ce qui attend encore repart par « Envoyer », sans rien envoyer deux fois."
_COLUMNS = (
    Column("Structure", 36),
    Column("SIRET", 17),
    Column("Courriel", 36),
    Column("Objet", 50),
    Column("Message", 100),
    Column("Lien", 60),
)


def send_campaign(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    server: SmtpSettings | None,
    data_controller: Controller,
    address: str,
    *,
    clock: Clock,
) -> Delivery:
    """Send the waiting messages of a campaign by SMTP, except to suppliers no longer in the catalogue; `address` is the public address of the pages.
    Raises ChangeRefused, MailRefused."""
    state = _open_campaign(engine, owner, number)
    if server is None:
        raise ChangeRefused(
            f"Aucun serveur n’envoie de messages ({SMTP_HOST_VARIABLE}) : donnez-en un, ou prenez le fichier de publipostage "
            f"(« entremise campagne merge-file {number} -o FICHIER.xlsx »)."
        )
    delisted = [one.id for one in state.asked_structures if one.supplier is None]
    with writing(engine) as connection:
        cancel(connection, Correspondence.CAMPAIGN, delisted, NOT_LISTED, clock())
    letterhead = Letterhead(server.sender, data_controller.name, data_controller.contact, _link_prefix(address))
    return send_batch(engine, Correspondence.CAMPAIGN, number, server, letterhead, clock=clock)


def _send_in_worker(hold: Hold) -> Mapping[str, Any]:
    """Send the waiting messages with the worker's settings; each is marked as sent before the next, so that a restarted job sends none twice."""
    number = hold.work.asked["number"]
    data_controller, address = controller_of(hold.engine, hold.owner), public_address()
    server = smtp_settings()
    return asdict(send_campaign(hold.engine, hold.owner, number, server, data_controller, address, clock=utc_now))


SEND = WorkKind("envoi", _send_in_worker, (MailRefused, ChangeRefused, SettingsError, DatabaseError), defect=_DEFECT)


def sending_summary(done: Delivery) -> str:
    """Return a French summary of one sending run, and the reason where it stopped early."""
    counts = (
        f"{count(done.sent, 'message envoyé', 'messages envoyés')}, {count(done.later, 'différé', 'différés')}, "
        f"{count(done.refused, 'refusé', 'refusés')}."
    )
    return f"{counts} {done.stopped}".strip()


def merge_file(
    engine: Engine, owner: OrganisationId, number: int, address: str, *, now: datetime, workbook: bool
) -> bytes | DescribedFile:
    """Return a mail-merge file (CSV, or XLSX where `workbook`): the last message to each supplier without an answer, with a new link, where it waits or was
    in such a file before. `send_campaign` no longer sends these messages. Raises ChangeRefused where there is none."""
    rows: list[list[Cell]] = []
    for structure in _open_campaign(engine, owner, number).asked_structures:
        message = structure.messages[-1] if structure.messages else None
        if message is None or structure.supplier is None or structure.answer or not message.address:
            continue
        waits = message.state is MessageState.TO_SEND or (message.state is MessageState.HANDED and structure.linked)
        if waits and (secret := hand_message(engine, message, now)):
            link = f"{_link_prefix(address)}/{secret}"
            text = message.text.replace(LINK, link)
            rows.append([structure.name, structure.supplier.siret, message.address, message.subject, text, link])
    if not rows:
        raise ChangeRefused(f"Aucun message de la campagne {number} n’attend.")
    if not workbook:
        return csv_of(_COLUMNS, rows)
    return workbook_of("", NO_DAY, Sheet("Publipostage", _COLUMNS, rows, frozen=1))


def _link_prefix(address: str) -> str:
    return f"{address}/{LINKS}"


def _open_campaign(engine: Engine, owner: OrganisationId, number: int) -> CampaignState:
    state = load_campaign(engine, owner, number)
    if state.campaign.revoked:
        raise ChangeRefused(f"La campagne {number} est close : rien n’en part plus.")
    return state


def reminder_from(state: CampaignState) -> date | None:
    """Return the first day on which the reminder may be sent, a week after the last message; None where there is nobody to remind."""
    sent_on = [one.messages[-1].changed.date() for one in _silent(state)]
    return max(sent_on) + REMINDED_AFTER if sent_on else None


def _silent(state: CampaignState) -> list[AskedSupplier]:
    """Return the suppliers that may have received a message, have not answered, and whose link is open."""
    return [
        one
        for one in state.asked_structures
        if not one.answer and one.linked and one.messages and one.messages[-1].state in SENT_STATES
    ]


def queue_reminder(engine: Engine, owner: OrganisationId, number: int, *, now: datetime) -> int:
    """Queue the reminder for suppliers that have not answered and whose link is open; return how many.
    Raises ChangeRefused where there is nobody to remind, the campaign is closed or reminded already, or its message is less than a week old."""
    state = load_campaign(engine, owner, number)
    if state.campaign.revoked or state.campaign.followed:
        raise ChangeRefused(
            f"La campagne {number} est {'close' if state.campaign.revoked else 'déjà relancée : une fois suffit'}."
        )
    silent, opens_on = _silent(state), reminder_from(state)
    if opens_on is None:
        raise ChangeRefused("Personne à relancer : tous ont répondu, ou rien n’est encore parti.")
    if now.date() < opens_on:
        raise ChangeRefused(
            f"Le premier message vient de partir : la relance, une seule, se prépare à partir du {day(opens_on)}."
        )
    reminders = [
        QueuedMessage(one.id, sent.address, f"Rappel : {sent.subject}", reminder(sent.text, sent.changed.date()))
        for one in silent
        if (sent := one.messages[-1]).address
    ]
    own = (CAMPAIGNS.c.id == number) & owned_by(CAMPAIGNS, owner) & CAMPAIGNS.c.followed.is_(None)
    with writing(engine) as connection:
        marked = connection.execute(update(CAMPAIGNS).where(own).values(followed=now.replace(tzinfo=None))).rowcount
        if marked:  # two people who ask at the same time queue one reminder
            queue_messages(connection, Correspondence.CAMPAIGN, number, reminders, now)
    return len(reminders) if marked else 0
