"""State of each supplier in a campaign (answered, to send, left out…), exactly one each so that counts add up, and its status in the dossier's list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from matcher.dossiers.asking.campaign import LEFT
from matcher.dossiers.asking.store import AskedSupplier, CampaignState
from matcher.dossiers.dossier import Dossier, Entry, Status
from matcher.mail.outbox import SENT_STATES, MessageState


class Standing(StrEnum):
    """State of a supplier in a campaign; pages show them in this order."""

    TO_READ = "réponse à relire"
    ANSWERED = "a répondu"
    TO_SEND = "à envoyer"
    SENT = "sans réponse encore"
    HANDED = "remis au publipostage"
    SENDING = "peut-être envoyé"
    REFUSED = "refusé par le serveur"
    RETURNED = "revenu"
    CANCELLED = "annulé"
    LEFT = LEFT
    LEFT_OUT = "pas interrogée"


_OF_MESSAGE: Mapping[MessageState, Standing] = {
    MessageState.TO_SEND: Standing.TO_SEND,
    MessageState.SENDING: Standing.SENDING,
    MessageState.SENT: Standing.SENT,
    MessageState.REFUSED: Standing.REFUSED,
    MessageState.RETURNED: Standing.RETURNED,
    MessageState.HANDED: Standing.HANDED,
    MessageState.CANCELLED: Standing.CANCELLED,
}


def structure_standing(structure: AskedSupplier) -> Standing:
    """Return the state of a supplier: left out, else that of its answer, else that of its last message that was not cancelled."""
    if structure.left_out:
        return Standing.LEFT if structure.left_out == LEFT else Standing.LEFT_OUT
    if structure.answer:
        return Standing.TO_READ if structure.answer.waiting else Standing.ANSWERED
    states = [message.state for message in structure.messages if message.state is not MessageState.CANCELLED]
    return _OF_MESSAGE[states[-1]] if states else Standing.CANCELLED


def count_standings(state: CampaignState) -> dict[Standing, int]:
    """Return the number of suppliers of a campaign by state, in the order of `Standing`."""
    standings = [structure_standing(one) for one in state.structures]
    return {each: standings.count(each) for each in Standing if each in standings}


def as_written_to(dossier: Dossier, campaigns: Mapping[int, Sequence[CampaignState]]) -> Dossier:
    """Return the dossier with the status « contacté » (contacted) for each supplier still to contact to which a campaign has sent a message."""
    for lot in dossier.lots:
        written: dict[str, Entry] = {}
        for state in campaigns.get(lot.number, ()):
            for structure in state.asked_structures:
                sent = [message for message in structure.messages if message.state in SENT_STATES]
                for entry in lot.entries if sent else ():
                    if entry.match.id in (structure.supplier_id, structure.supplier.id if structure.supplier else ""):
                        on, by = sent[-1].changed.date(), state.campaign.who
                        written[entry.match.id] = replace(entry, status=Status.CONTACTED, status_on=on, status_by=by)
        entries = (
            written.get(entry.match.id, entry) if entry.status is Status.TO_CONTACT else entry for entry in lot.entries
        )
        dossier = dossier.with_lot(replace(lot, entries=tuple(entries)))
    return dossier
