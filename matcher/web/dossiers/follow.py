"""Forms of a lot in a dossier: follow its suppliers (status, note, order), add or remove one, and record the contract awarded for the lot."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.store.search import LONGEST, suppliers_meant
from matcher.domain.french import number
from matcher.domain.match import Match
from matcher.dossiers.answer_changes import RecordCall, change_status
from matcher.dossiers.changes import RemoveLot
from matcher.dossiers.contract_changes import USED, RecordContract, RemoveContract
from matcher.dossiers.dossier import WHOLE, AwardedContract, Dossier, DossierChange, SavedLot, Status
from matcher.dossiers.entry_changes import Keep, Move, NoteEntry, Remove
from matcher.dossiers.since import addition
from matcher.journal.change import ChangeRefused, tidy_lines, without_unseen
from matcher.web.dossiers.dossier_page import dossier_page
from matcher.web.dossiers.write import LOT, NUMBER, dossier_of, form_not_written, lot_of, write_dossier, written_on
from matcher.web.frame.app_state import desk, signer_of
from matcher.web.frame.forms import Line, Lines, PageForm, amount, calendar_date, render_answer, siret

pages = Blueprint("follow", __name__)


@dataclass(frozen=True, slots=True)
class SupplierFound:
    """A supplier found by a search: its match for the lot, whether the frozen list has it, whether the lot has it now, why it is refused."""

    match: Match
    frozen: bool
    present: bool
    refused: tuple[str, ...]


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/suivi")
def write_entry(number: int, lot: int) -> ResponseReturnValue:
    """Change one supplier (`id`) of the list, as `faire` asks: note it, move it up or down, or remove it."""
    key = request.form.get("id", "")
    action = _ACTIONS.get(request.form.get("faire", "")) or abort(400)

    def changes(seen: Dossier) -> Sequence[DossierChange]:
        lot_read = seen.lot(lot)
        return action(seen, lot_read, lot_read.place_of(key))

    return write_dossier(
        number,
        changes,
        lambda dossier, fault: dossier_page(dossier, form_not_written(fault, f"{lot}/{key}"), 422),
        then=f"lot-{lot}",
    )


@pages.get(f"/dossiers/{NUMBER}/lots/{LOT}/ajouter", endpoint="find")
def find_additions(number: int, lot: int) -> ResponseReturnValue:
    """Show the suppliers that may be added: the rest of the frozen list, and a search of the catalogue by name or SIRET."""
    return _search_page(dossier_of(number), lot, "", 200)


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/ajouter", endpoint="add")
def add_entry(number: int, lot: int) -> ResponseReturnValue:
    """Add a supplier of the frozen list or of the catalogue to the lot, with a reason."""
    key, motive = request.form.get("id", ""), request.form.get("motif", "")

    def changes(seen: Dossier) -> Sequence[DossierChange]:
        lot_read = seen.lot(lot)
        if any(entry.match.id == key for entry in lot_read.entries):
            return []
        if any(match.id == key for match in lot_read.frozen.matches) or any(
            one.entry.match.id == key for one in lot_read.removed
        ):
            return [Keep(lot, key, motive)]
        added = addition(lot_read, desk().shelf(), key, reason=motive, on=desk().today())
        if added is None:
            raise ChangeRefused("Cette structure n’est plus au catalogue.")
        return [added]

    return write_dossier(
        number,
        changes,
        lambda dossier, fault: _search_page(dossier, lot, fault, 422),
        then=f"lot-{lot}",
        notice="La structure est dans la liste.",
    )


@pages.post(f"/dossiers/{NUMBER}/lots/{LOT}/retirer")
def remove_lot(number: int, lot: int) -> ResponseReturnValue:
    """Remove the lot from the dossier, with a reason; the journal keeps it."""
    return write_dossier(
        number,
        lambda _: [RemoveLot(lot, request.form.get("motif", ""))],
        lambda dossier, fault: dossier_page(dossier, form_not_written(fault, f"lot-{lot}"), 422),
        notice="Le lot est retiré ; le journal le garde.",
    )


def _note_changes(seen: Dossier, lot: SavedLot, place: int) -> list[DossierChange]:
    """Return the changes for the fields (status, its day, note) that the person edited."""
    entry = lot.entries[place]
    changes: list[DossierChange] = []
    status_name = request.form.get("statut", entry.status.value)
    if status_name not in {status.value for status in Status}:
        abort(400)
    status, on, today = Status(status_name), written_on(request.form.get("le", "")), desk().today()
    if on is not None and on > today:
        raise ChangeRefused("Cette date est à venir : écrivez le jour où c’est arrivé.")
    dated, text = on if on != entry.status_on else None, tidy_lines(request.form.get("note", ""))
    if status is not entry.status or dated:
        on, author = dated or today, signer_of(request.form)
        changes.append(change_status(seen, lot.number, entry.match.id, status, on=on, author=author, text=text))
    if text != entry.note and not any(isinstance(one, RecordCall) and not one.against for one in changes):
        changes.append(NoteEntry(lot.number, entry.match.id, text))
    return changes


def _move_by(by: int) -> Callable[[Dossier, SavedLot, int], list[DossierChange]]:
    def move(_: Dossier, lot: SavedLot, place: int) -> list[DossierChange]:
        wanted = place + 1 + by
        if not 1 <= wanted <= len(lot.entries):
            return []
        return [Move(lot.number, lot.entries[place].match.id, wanted, request.form.get("motif", ""))]

    return move


_ACTIONS: Mapping[str, Callable[[Dossier, SavedLot, int], list[DossierChange]]] = {
    "noter": _note_changes,
    "monter": _move_by(-1),
    "descendre": _move_by(1),
    "retirer": lambda _, lot, place: [Remove(lot.number, lot.entries[place].match.id, request.form.get("motif", ""))],
}


def _search_page(dossier: Dossier, lot: int, fault: str, status: int) -> tuple[str, int]:
    lot_read = lot_of(dossier, lot)
    typed = without_unseen(request.values.get("qui_chercher", "")).strip()[:LONGEST]
    remaining = {entry.match.id for entry in lot_read.entries}
    page = render_template(
        "dossiers/ajouter.html",
        dossier=dossier,
        lot=lot_read,
        asked=typed,
        found=_search(lot_read, typed),
        rest=[match for match in lot_read.frozen.matches if match.id not in remaining],
        fault=fault,
        given=request.form,
        back=url_for("dossiers.show", number=dossier.id, _anchor=f"lot-{lot}"),
    )
    return page, status


def _search(lot: SavedLot, wanted: str) -> list[SupplierFound]:
    """Return the suppliers that a text may name, each matched with the lot on the current catalogue."""
    shelf = desk().shelf()
    present = {entry.match.id for entry in lot.entries}
    frozen = {match.id: match for match in lot.frozen.matches}
    results = []
    for row in suppliers_meant(desk().engine, shelf, wanted) if wanted else ():
        key = shelf.ids[row]
        if key in frozen:
            results.append(SupplierFound(frozen[key], True, key in present, ()))
        elif (added := addition(lot, shelf, key, reason="", on=desk().today())) is not None:
            results.append(SupplierFound(added.match, False, key in present, added.refused))
    return results


NONE = "aucun"


class ContractForm(PageForm):
    """Form of a contract; no ticked lever means unknown, « aucun » means that none was used."""

    notified = calendar_date(
        "Notifié le", needed="Donnez le jour de la notification : c’est lui qui dit l’année du bilan."
    )
    amount = amount(
        "Montant",
        "Montant",
        unit="€ HT",
        shown=lambda euros: number(euros, 2),
        hint="Hors taxes, sur toute la durée ; laissez vide s’il n’est pas connu.",
    )
    winner = Line("Titulaire")
    winner_siret = siret("SIRET du titulaire")
    levers = Lines("Leviers utilisés", most=len(USED) + 1)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the fault of « aucun » ticked with other levers."""
        if NONE in self.levers.data and len(self.levers.data) > 1:
            yield "levers", "Cochez « aucun », ou les leviers utilisés, pas les deux."

    def contract(self, lot: int) -> AwardedContract:
        """Return the contract in the form."""
        ticked = self.levers.data
        used = None if not ticked else () if ticked == (NONE,) else tuple(sorted(ticked, key=[*USED, *ticked].index))
        return self.make(AwardedContract, lot=lot, levers=used)


@pages.get(f"/dossiers/{NUMBER}/marches/{LOT}", endpoint="edit")
def edit_contract(number: int, lot: int) -> ResponseReturnValue:
    """Show the form of the contract of a lot, or of the whole dossier (lot 0)."""
    dossier = dossier_of(number)
    if (contract := dossier.contract(lot)) is None:
        return _form(dossier, lot, ContractForm())
    levers = (NONE,) if contract.levers == () else contract.levers or ()
    return _form(dossier, lot, ContractForm.showing(replace(contract, levers=levers)))


@pages.post(f"/dossiers/{NUMBER}/marches/{LOT}", endpoint="record")
def record_contract(number: int, lot: int) -> ResponseReturnValue:
    """Store a contract, in place of the former one."""
    form = ContractForm(request.form)
    if form.faults:
        return _form(dossier_of(number), lot, form)
    contract = form.contract(lot)

    def list_changes(seen: Dossier) -> list[DossierChange]:
        return [RecordContract(contract)] if seen.contract(lot) != contract else []

    def show_refusal(dossier: Dossier, text: str) -> ResponseReturnValue:
        form.faults["notified"] = text
        return _form(dossier, lot, form)

    notice = "Le marché est noté : il compte dans le bilan de son année."
    return write_dossier(number, list_changes, show_refusal, then="marches", notice=notice)


@pages.post(f"/dossiers/{NUMBER}/marches/{LOT}/retrait", endpoint="remove")
def remove_contract(number: int, lot: int) -> ResponseReturnValue:
    """Remove a contract, with a reason."""
    return write_dossier(
        number,
        lambda _: [RemoveContract(lot, request.form.get("motif", ""))],
        lambda dossier, fault: dossier_page(dossier, form_not_written(fault, f"marche-{lot}"), 422),
        then="marches",
        notice="Le marché est retiré ; le journal le garde.",
    )


def _form(dossier: Dossier, lot: int, form: ContractForm) -> tuple[str, int]:
    of = lot_of(dossier, lot) if lot != WHOLE else None
    return render_answer(
        form.faults, "dossiers/marche.html", dossier=dossier, number=lot, lot=of, form=form, levers=USED, no_lever=NONE
    )
