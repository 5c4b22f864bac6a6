"""« Préparer les messages »: the same text to all, read again before it leaves; links, a mail merge, and what was sent kept."""

from collections.abc import Sequence

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from matcher.dossiers.dossier import Dossier, Entry, SavedLot, Status
from matcher.dossiers.entry_changes import Consult
from matcher.dossiers.files.workbook import merge_csv
from matcher.dossiers.messages import Message, Recipient, amounts_in, consultation, mailto, recipients
from matcher.journal.texts import ChangeRefused, tidied
from matcher.web.dossiers.write import LOT, NUMBER, dossier_of, write
from matcher.web.frame.app_state import desk, signature
from matcher.web.frame.file_response import sent

pages = Blueprint("messages", __name__)

_WRITTEN_TO = (Status.TO_CONTACT, Status.NO_ANSWER)


@pages.get(f"/dossiers/{NUMBER}/lots/{LOT}/messages")
def prepare(number: int, lot: int) -> ResponseReturnValue:
    """Show the message to send to those still to contact (or to those that `a` names), and how to reach each."""
    dossier, held = _lot(number, lot)
    entries = _chosen(held, request.args.getlist("a"))
    return _page(dossier, held, entries, _drafted(dossier, held, entries))


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/messages")
def act(number: int, lot: int) -> ResponseReturnValue:
    """Do what `faire` says of the text as it was edited: make its links, its mail merge, or keep it as sent."""
    dossier, held = _lot(number, lot)
    chosen = _named(held, request.form.getlist("a"))
    try:
        message = Message(
            " ".join(tidied(request.form.get("objet", "")).split()), tidied(request.form.get("texte", ""))
        )
    except ChangeRefused as refusal:
        given = Message(request.form.get("objet", "")[:300], request.form.get("texte", ""))
        return _page(dossier, held, chosen, given, str(refusal))
    action = request.form.get("faire", "")
    if action == "refaire":
        return _page(dossier, held, chosen, _drafted(dossier, held, chosen))
    fault = _fault(message, chosen)
    if fault or action == "liens":
        return _page(dossier, held, chosen, message, fault)
    if action == "csv":
        return sent(f"messages-{dossier.number}-lot-{lot}.csv", merge_csv(_recipients(chosen), message))
    if action != "envoye":
        abort(400)
    consult = Consult(lot, tuple(entry.match.id for entry in chosen), message.subject, message.text)
    return write(
        number,
        lambda seen: [] if _kept_today(seen, consult) else [consult],
        lambda current, said: _page(current, held, chosen, message, said),
        then=f"lot-{lot}",
        said="Le message est au dossier ; ses destinataires sont notés « contacté ».",
    )


def _tells_amount() -> bool:
    """Whether the person asks that the estimate be told."""
    return request.form.get("montant") == "oui"


def _drafted(dossier: Dossier, lot: SavedLot, entries: Sequence[Entry]) -> Message:
    return consultation(dossier.header, lot, entries, signature=signature(), tell_amount=_tells_amount())


def _kept_today(dossier: Dossier, consult: Consult) -> bool:
    """Whether the same message to the same was kept today: the button pressed again after going back."""
    today = desk().now().date()
    return any(event.change == consult and event.at.date() == today for event in dossier.journal)


def _lot(number: int, lot: int) -> tuple[Dossier, SavedLot]:
    dossier = dossier_of(number)
    try:
        return dossier, dossier.lot(lot)
    except ChangeRefused:
        abort(404)


def _chosen(lot: SavedLot, keys: Sequence[str]) -> list[Entry]:
    """Those named; else those still to contact or silent; else everyone."""
    living = [entry for entry in lot.entries if not entry.withdrawn]
    return _named(lot, keys) or [entry for entry in living if entry.status in _WRITTEN_TO] or living


def _named(lot: SavedLot, keys: Sequence[str]) -> list[Entry]:
    return [entry for entry in lot.entries if entry.match.id in keys and not entry.withdrawn]


def _fault(message: Message, chosen: Sequence[Entry]) -> str:
    if not chosen:
        return "Cochez au moins une structure."
    if not (message.subject and message.text):
        return "Écrivez l’objet et le texte du message."
    amounts = () if _tells_amount() else amounts_in(f"{message.subject}\n{message.text}")
    return (
        f"Le message dit un montant (« {amounts[0]} ») : retirez-le, ou cochez « Dire le montant estimé »."
        if amounts
        else ""
    )


def _recipients(entries: Sequence[Entry]) -> tuple[Recipient, ...]:
    ids = {entry.match.id for entry in entries if not entry.withdrawn}
    return recipients(entries, desk().contacts_of(ids))


def _page(
    dossier: Dossier, lot: SavedLot, chosen: Sequence[Entry], message: Message, fault: str = ""
) -> tuple[str, int]:
    everyone = _recipients(lot.entries)
    keys = {entry.match.id for entry in chosen}
    addresses = [one.contact.email for one in everyone if one.contact.email and one.entry.match.id in keys]
    page = render_template(
        "dossiers/messages.html",
        dossier=dossier,
        lot=lot,
        everyone=everyone,
        unreachable=[
            e for e in lot.entries if not e.withdrawn and e.match.id not in {o.entry.match.id for o in everyone}
        ],
        chosen=keys,
        message=message,
        tells_amount=_tells_amount(),
        links=mailto(addresses, message) if addresses and not fault else (),
        written=len(addresses),
        fault=fault,
    )
    return page, 422 if fault else 200
