"""The one reminder of those that a campaign has written to and that are silent, after a week left to answer."""

from datetime import date, datetime

from sqlalchemy import Engine, update

from matcher.db import writing
from matcher.domain.french import day
from matcher.dossiers.asking.campaign import reminder
from matcher.dossiers.asking.store import AskedStructure, CampaignState, load
from matcher.dossiers.asking.tables import CAMPAIGNS
from matcher.dossiers.todo import REMINDED_AFTER
from matcher.journal.change import ChangeRefused
from matcher.mail.links import Correspondence
from matcher.mail.outbox import GONE, QueuedMessage, queue_messages
from matcher.ownership import OrganisationId, owned_by


def reminder_from(state: CampaignState) -> date | None:
    """Return the first day on which those who are silent may be reminded, a week after the last message; None where nobody is."""
    left = [one.messages[-1].changed.date() for one in _silent(state)]
    return max(left) + REMINDED_AFTER if left else None


def _silent(state: CampaignState) -> list[AskedStructure]:
    """Those that may have had a message, have not answered and whose link was not closed."""
    return [
        one for one in state.asked if not one.answer and one.linked and one.messages and one.messages[-1].state in GONE
    ]


def follow_up(engine: Engine, owner: OrganisationId, number: int, *, now: datetime) -> int:
    """Queue one more message to those that may have had the first, have not answered and whose link was not closed; return how many.

    Raises ChangeRefused: once is enough, after a week left to answer."""
    state = load(engine, owner, number)
    if state.campaign.revoked or state.campaign.followed:
        raise ChangeRefused(
            f"La campagne {number} est {'close' if state.campaign.revoked else 'déjà relancée : une fois suffit'}."
        )
    silent, opens = _silent(state), reminder_from(state)
    if opens is None:
        raise ChangeRefused("Personne à relancer : tous ont répondu, ou rien n’est encore parti.")
    if now.date() < opens:
        raise ChangeRefused(
            f"Le premier message vient de partir : la relance, une seule, se prépare à partir du {day(opens)}."
        )
    again = [
        QueuedMessage(one.id, sent.address, f"Rappel : {sent.subject}", reminder(sent.text, sent.changed.date()))
        for one in silent
        if (sent := one.messages[-1]).address
    ]
    own = (CAMPAIGNS.c.id == number) & owned_by(CAMPAIGNS, owner) & CAMPAIGNS.c.followed.is_(None)
    with writing(engine) as connection:
        marked = connection.execute(update(CAMPAIGNS).where(own).values(followed=now.replace(tzinfo=None))).rowcount
        if marked:  # two who ask at once queue one message
            queue_messages(connection, Correspondence.CAMPAIGN, number, again, now)
    return len(again) if marked else 0
