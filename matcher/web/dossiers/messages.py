"""Messages page of a lot: drafts one text for the suppliers still to contact, makes its links and mail merge, records it as sent."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from matcher.domain.contact_details import ContactDetails
from matcher.dossiers.asking.standing import as_written_to
from matcher.dossiers.asking.store import campaigns_by_lot
from matcher.dossiers.dossier import Dossier, Entry, SavedLot, Status
from matcher.dossiers.entry_changes import Consult
from matcher.dossiers.files.workbook import merge_csv
from matcher.dossiers.messages import (
    Message,
    amounts_in,
    consultation,
    mailto,
    recipients,
    taken_out,
    with_contact,
)
from matcher.journal.change import ChangeRefused, tidy_lines
from matcher.web.dossiers.write import (
    LOT,
    NUMBER,
    dossier_of,
    lot_of,
    write_dossier,
)
from matcher.web.frame.app_state import (
    desk,
    owner,
    profile,
    signature,
)
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import render_answer

pages = Blueprint("messages", __name__)

_WRITTEN_TO = (Status.TO_CONTACT, Status.NO_ANSWER)


@pages.get(f"/dossiers/{NUMBER}/lots/{LOT}/messages", endpoint="prepare")
def prepare_message(number: int, lot: int) -> ResponseReturnValue:
    """Show the draft message for the suppliers still to contact (or those named by `a`), and their addresses."""
    dossier = as_written_to(dossier_of(number), campaigns_by_lot(desk().engine, owner(), number))
    saved_lot = lot_of(dossier, lot)
    living = [entry for entry in saved_lot.entries if not entry.withdrawn]
    to_write = [entry for entry in living if entry.status in _WRITTEN_TO]
    contacts = _contacts(living)
    entries = _entries_named(saved_lot, request.args.getlist("a")) or with_contact(to_write or living, contacts)
    return _message_page(dossier, saved_lot, entries, _draft(dossier, saved_lot, entries), contacts=contacts)


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/messages", endpoint="act")
def act_on_message(number: int, lot: int) -> ResponseReturnValue:
    """Process the edited message as `faire` asks: draft it again, make mailto links, export a mail merge, or record it as sent."""
    dossier = dossier_of(number)
    saved_lot = lot_of(dossier, lot)
    chosen = _entries_named(saved_lot, request.form.getlist("a"))
    try:
        message = Message(
            " ".join(tidy_lines(request.form.get("objet", "")).split()), tidy_lines(request.form.get("texte", ""))
        )
    except ChangeRefused as refusal:
        message_sent = Message(request.form.get("objet", "")[:300], request.form.get("texte", ""))
        return _message_page(dossier, saved_lot, chosen, message_sent, str(refusal))
    action = request.form.get("faire", "")
    if action == "refaire":
        return _message_page(dossier, saved_lot, chosen, _draft(dossier, saved_lot, chosen))
    fault = _fault(message, chosen)
    if fault or action == "liens":
        return _message_page(dossier, saved_lot, chosen, message, fault)
    if action == "csv":
        return attachment(
            f"messages-{dossier.number}-lot-{lot}.csv", merge_csv(recipients(chosen, _contacts(chosen)), message)
        )
    if action != "envoye":
        abort(400)
    consult = Consult(lot, tuple(entry.match.id for entry in chosen), message.subject, message.text)
    today = desk().now().date()

    def list_changes(seen: Dossier) -> list[Consult]:
        """Return no change where the same message was recorded today: the button was pressed twice."""
        is_kept = any(event.change == consult and event.at.date() == today for event in seen.journal)
        return [] if is_kept else [consult]

    return write_dossier(
        number,
        list_changes,
        lambda current, said: _message_page(current, saved_lot, chosen, message, said),
        then=f"lot-{lot}",
        notice="Le message est au dossier ; ses destinataires sont notés « contacté ».",
    )


def _tells_amount() -> bool:
    """Return whether the person ticked that the message gives the estimated amount."""
    return request.form.get("montant") == "oui"


def _draft(dossier: Dossier, lot: SavedLot, entries: Sequence[Entry]) -> Message:
    return consultation(
        dossier,
        lot,
        entries,
        by=profile().own_name,
        signature=signature(),
        tell_amount=_tells_amount(),
        today=desk().today(),
    )


def _entries_named(lot: SavedLot, keys: Sequence[str]) -> list[Entry]:
    return [entry for entry in lot.entries if entry.match.id in keys and not entry.withdrawn]


def _fault(message: Message, chosen: Sequence[Entry]) -> str:
    if not chosen:
        return "Cochez au moins une structure."
    if not (message.subject and message.text):
        return "Écrivez l’objet et le texte du message."
    amounts = () if _tells_amount() else amounts_in(f"{message.subject}\n{message.text}")
    if not amounts:
        return ""
    return f"Le message dit un montant (« {amounts[0]} ») : retirez-le, ou cochez « Dire le montant estimé »."


def _contacts(entries: Sequence[Entry]) -> Mapping[str, ContactDetails]:
    return desk().contacts_of({entry.match.id for entry in entries if not entry.withdrawn})


def _message_page(
    dossier: Dossier,
    lot: SavedLot,
    chosen: Sequence[Entry],
    message: Message,
    fault: str = "",
    contacts: Mapping[str, ContactDetails] | None = None,
) -> tuple[str, int]:
    everyone = recipients(lot.entries, _contacts(lot.entries) if contacts is None else contacts)
    keys = {entry.match.id for entry in chosen}
    addresses = [one.contact.email for one in everyone if one.contact.email and one.entry.match.id in keys]
    return render_answer(
        fault,
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
        taken_out=() if _tells_amount() else taken_out(dossier, lot),
        links=mailto(addresses, message) if addresses and not fault else (),
        written=len(addresses),
        phoned=any(one.contact.phone for one in everyone if one.entry.match.id in keys),
        fault=fault,
    )
