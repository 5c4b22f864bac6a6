"""The list of a lot: where each supplier stands, notes, order; a supplier added or taken off, with its reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.store.search import LONGEST, suppliers_meant
from matcher.domain.match import Match
from matcher.dossiers.adding import addition
from matcher.dossiers.changes import RemoveLot
from matcher.dossiers.dossier import Dossier, DossierChange, Entry, SavedLot, Status
from matcher.dossiers.entry_changes import Keep, Move, NoteEntry, Remove, SetStatus
from matcher.journal.texts import ChangeRefused, tidied, without_unseen
from matcher.web.dossiers.dossier_page import dossier_page
from matcher.web.dossiers.write import LOT, NUMBER, dossier_of, typed, write, written_on
from matcher.web.frame.app_state import desk

pages = Blueprint("follow", __name__)


@dataclass(frozen=True, slots=True)
class SupplierFound:
    """A supplier that a name found: its match for the lot, whether the frozen list held it, and why it is refused."""

    match: Match
    frozen: bool
    held: bool
    refused: tuple[str, ...]


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/suivi")
def write_entry(number: int, lot: int) -> ResponseReturnValue:
    """Follow one supplier of the list, `id`: `faire` says whether it is noted, moved or taken off."""
    key = request.form.get("id", "")
    made = _DOES.get(request.form.get("faire", "")) or abort(400)

    def changes(seen: Dossier) -> Sequence[DossierChange]:
        held = seen.lot(lot)
        return made(held, held.place_of(key))

    return write(
        number,
        changes,
        lambda dossier, said: dossier_page(dossier, typed(said, f"{lot}/{key}"), 422),
        then=f"lot-{lot}",
    )


@pages.get(f"/dossiers/{NUMBER}/lots/{LOT}/ajouter")
def find(number: int, lot: int) -> ResponseReturnValue:
    """Show who else can be kept: the rest of the frozen list, and any supplier of the catalogue by its name or SIRET."""
    return _finding(dossier_of(number), lot, "", 200)


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/ajouter")
def add(number: int, lot: int) -> ResponseReturnValue:
    """Keep a supplier of the frozen list, or add one of the catalogue, with the reason."""
    key, motive = request.form.get("id", ""), request.form.get("motif", "")

    def changes(seen: Dossier) -> Sequence[DossierChange]:
        held = seen.lot(lot)
        if any(entry.match.id == key for entry in held.entries):
            return []
        if any(match.id == key for match in held.frozen.matches) or any(
            one.entry.match.id == key for one in held.removed
        ):
            return [Keep(lot, key, motive)]
        added = addition(held, desk().shelf(), key, reason=motive, on=desk().today())
        if added is None:
            raise ChangeRefused("Cette structure n’est plus au catalogue.")
        return [added]

    return write(
        number,
        changes,
        lambda dossier, said: _finding(dossier, lot, said, 422),
        then=f"lot-{lot}",
        said="La structure est dans la liste.",
    )


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/retirer")
def remove_lot(number: int, lot: int) -> ResponseReturnValue:
    """Take the lot out of the dossier, with the reason; the journal keeps it."""
    return write(
        number,
        lambda _: [RemoveLot(lot, request.form.get("motif", ""))],
        lambda dossier, said: dossier_page(dossier, typed(said, f"lot-{lot}"), 422),
        said="Le lot est retiré ; le journal le garde.",
    )


def _noted(lot: SavedLot, place: int) -> list[DossierChange]:
    """What of the status, its day and the note is not what the person read."""
    entry = lot.entries[place]
    done: list[DossierChange] = []
    status, on, today = _status(entry), written_on(request.form.get("le", "")), desk().today()
    if on is not None and on > today:
        raise ChangeRefused("Cette date est à venir : écrivez le jour où c’est arrivé.")
    dated = on if on != entry.status_on else None
    if status is not entry.status or dated:
        done.append(SetStatus(lot.number, entry.match.id, status, dated or today))
    if (text := tidied(request.form.get("note", ""))) != entry.note:
        done.append(NoteEntry(lot.number, entry.match.id, text))
    return done


def _status(entry: Entry) -> Status:
    written = request.form.get("statut", entry.status.value)
    if written not in {status.value for status in Status}:
        abort(400)
    return Status(written)


def _moved(by: int) -> Callable[[SavedLot, int], list[DossierChange]]:
    def made(lot: SavedLot, place: int) -> list[DossierChange]:
        wanted = place + 1 + by
        if not 1 <= wanted <= len(lot.entries):
            return []
        return [Move(lot.number, lot.entries[place].match.id, wanted, request.form.get("motif", ""))]

    return made


def _removed(lot: SavedLot, place: int) -> list[DossierChange]:
    return [Remove(lot.number, lot.entries[place].match.id, request.form.get("motif", ""))]


_DOES: Mapping[str, Callable[[SavedLot, int], list[DossierChange]]] = {
    "noter": _noted,
    "monter": _moved(-1),
    "descendre": _moved(1),
    "retirer": _removed,
}


def _finding(dossier: Dossier, lot: int, fault: str, status: int) -> tuple[str, int]:
    try:
        held = dossier.lot(lot)
    except ChangeRefused:
        abort(404)
    asked = without_unseen(request.values.get("qui_chercher", "")).strip()[:LONGEST]
    page = render_template(
        "dossiers/ajouter.html",
        dossier=dossier,
        lot=held,
        asked=asked,
        found=_found(held, asked),
        rest=_rest(held),
        fault=fault,
        given=request.form,
        back=url_for("dossiers.show", number=dossier.id, _anchor=f"lot-{lot}"),
    )
    return page, status


def _rest(lot: SavedLot) -> list[Match]:
    held = {entry.match.id for entry in lot.entries}
    return [match for match in lot.frozen.matches if match.id not in held]


def _found(lot: SavedLot, asked: str) -> list[SupplierFound]:
    """The suppliers that a text may name, each set against the lot as the catalogue knows it today."""
    shelf = desk().shelf()
    held = {entry.match.id for entry in lot.entries}
    frozen = {match.id: match for match in lot.frozen.matches}
    found = []
    for row in suppliers_meant(desk().engine, shelf, asked) if asked else ():
        key = shelf.ids[row]
        if key in frozen:
            found.append(SupplierFound(frozen[key], True, key in held, ()))
        elif (added := addition(lot, shelf, key, reason="", on=desk().today())) is not None:
            found.append(SupplierFound(added.match, False, key in held, added.refused))
    return found
