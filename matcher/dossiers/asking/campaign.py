"""Draft of a campaign: the message in which an organisation asks suppliers what they do, in the same words for all. Pure.

A message gives the need, never its amount; `written_to` adds the notice on personal data that the law requires (controller, origin of the address, ground,
duration, right to object)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matcher.catalogue.identity.trust import source_title
from matcher.domain.french import day, typeset
from matcher.domain.persona import Persona
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.messages import amounts_in, facts, message_title
from matcher.journal.change import ChangeRefused
from matcher.mail.links import Correspondence
from matcher.mail.outbox import LINK
from matcher.mail.rights import rights
from matcher.need.title import title_of
from matcher.reference.wordings import current_persona, persona_wording
from matcher.settings import Controller

# A larger mailing would not be read over by the person who sends it.
MOST_ASKED = 500
NO_ADDRESS = "sans adresse : aucune source ne donne de courriel"
NOT_LISTED = "n’est plus dans le catalogue"
LATER = "hors de cette vague"
ALREADY = "déjà interrogée sur ce besoin, ou par ce message"
HAS_ANSWERED = "a répondu"
BOUNCED = "un message est revenu"
LEFT = "retirée à sa demande"

_ASKS = (
    f"Une minute suffit, sur un téléphone, pour dire ce que vous faites :\n{LINK}\n"
    f"Ce lien est le vôtre : il s’ouvre {Correspondence.CAMPAIGN.lasts.days} jours. Répondre ne vous engage à rien."
)
_SHARED = "Vos réponses iront aux organisations qui utilisent ce catalogue, comme dites par vous, avec leur date."


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign before it is stored: its title, the message, the trades asked of all, the dossier and the lot that it is about."""

    title: str
    subject: str
    text: str
    trades: tuple[str, ...] = ()
    dossier_id: int | None = None
    lot: int | None = None


def about_lot(dossier: Dossier, number: int, by: Controller, *, objet: str = "", signature: str = "") -> CampaignDraft:
    """Return the draft about a lot, with the need in the lot's own words, or in `objet`. Raises ChangeRefused where they hold an amount."""
    lot = dossier.lot(number)
    lines = [(label, objet if objet and label == "Objet" else text) for label, text in facts(dossier, lot, lot.entries)]
    title = title_of(objet) if objet else message_title(dossier, lot)
    buyer = dossier.header.buyer if current_persona() is Persona.BUYER else ""
    sought = persona_wording("campagne_de", nous=buyer or by.name)
    need = "\n".join(f"{label} : {text}" for label, text in lines)
    trades = tuple(guess.code for guess in lot.frozen.reading.activities)
    return _draft(
        title, (sought, need, persona_wording("message_cadre")), signature or by.name, trades, dossier.id, number
    )


def about_trades(title: str, trades: Sequence[str], by: Controller, *, signature: str = "") -> CampaignDraft:
    """Return the draft that asks about trades in general, for a territory or a meeting, not about one need. Raises ChangeRefused where its title is empty or
    holds an amount."""
    if not title.strip():
        raise ChangeRefused("Donnez un titre à la campagne : les structures le lisent.")
    sought = f"{by.name} cherche qui fait quoi parmi les structures inclusives : {title}."
    return _draft(title, (sought,), signature or by.name, tuple(trades))


def written_to(text: str, by: Controller, source: str, as_of: date | None, months: int) -> str:
    """Return a message followed by the notice on personal data for one recipient."""
    notice = "\n".join(told_rights(by, source, as_of, months))
    return typeset(f"{text}\n\n--\n{notice}")


def told_rights(by: Controller, source: str, as_of: date | None, months: int) -> tuple[str, ...]:
    """Return the notice on a recipient's personal data: controller, origin (`source`, `as_of`), ground, duration in months, right to object."""
    dated = f", {day(as_of)}" if as_of else ""
    return rights(
        by,
        origin=f"{source_title(source)}{dated}",
        ground=persona_wording("campagne_motif"),
        duration=f"{months} mois après votre réponse, ou après la dernière date de la source",
    )


def reminder(text: str, sent: date) -> str:
    """Return the text of the single reminder, sent where the first message had no answer."""
    return (
        f"Rappel : nous vous avons écrit le {day(sent)}. Sans réponse, nous ne vous écrirons plus à ce sujet.\n\n{text}"
    )


def _draft(
    title: str,
    paragraphs: Sequence[str],
    signature: str,
    trades: tuple[str, ...],
    dossier_id: int | None = None,
    lot: int | None = None,
) -> CampaignDraft:
    text = typeset("\n\n".join(("Bonjour,", *paragraphs, _ASKS, _SHARED, f"Bien cordialement,\n{signature}")))
    if amounts := amounts_in(f"{title}\n{text}"):
        raise ChangeRefused(
            f"Le message dirait un montant (« {amounts[0]} ») : un montant estimé ne se dit pas aux candidats. Écrivez l’objet sans lui."
        )
    subject = typeset(f"Qui fait quoi : {' '.join(title.split())}")
    return CampaignDraft(title, subject, text, trades, dossier_id, lot)
