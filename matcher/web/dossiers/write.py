"""Writing of form changes to a dossier: signature, optimistic locking (a version conflict shows both texts), double submission, and refusals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts.made_once import hash_parts, make_once
from matcher.cleaning.dates import clean_date
from matcher.dossiers.answer_changes import RecordCall, SettleAnswers, TakeBack, UndoAnswer
from matcher.dossiers.dossier import Dossier, DossierChange, SavedLot
from matcher.dossiers.entry_changes import NoteEntry, SetStatus
from matcher.dossiers.planned_part import persona_of
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalConflict, JournalUnknown
from matcher.reference.wordings import set_persona
from matcher.web.frame.app_state import NO_NAME, SIGNATURE, desk, owner, person, profile, signer_of, version_read

HOURS = "heures"  # anchor of the hours on the page of a dossier
NUMBER = "<int(max=2147483647):number>"
LOT = "<int(max=100000):lot>"
_NOT_SHOWN = frozenset({"csrf_token", "version", SIGNATURE})
_LONG = frozenset({"note", "texte", "motif"})


@dataclass(frozen=True, slots=True)
class Typed:
    """Values of a form that was refused, to show again at `where` on the page, with a message."""

    message: str
    where: str = ""
    values: dict[str, str] | None = None

    def value(self, name: str, otherwise: str) -> str:
        """Return the value typed in a field, by default `otherwise`."""
        return (self.values or {}).get(name, otherwise)


def dossier_of(number: int) -> Dossier:
    """Return a dossier and set the persona (type of user, which words the pages) of the request; end it with 404 where there is none."""
    try:
        dossier = load_dossier(desk().engine, owner(), number)
    except JournalUnknown:
        abort(make_response(render_template("dossiers/absent.html", number=number), 404))
    set_persona(persona_of(dossier, profile().persona))
    return dossier


def lot_of(dossier: Dossier, number: int) -> SavedLot:
    """Return a lot of a dossier; end the request with 404 where there is none."""
    try:
        return dossier.lot(number)
    except ChangeRefused:
        abort(404)


def form_not_written(message: str, where: str = "") -> Typed:
    """Return the values of this request's form, with the reason of its refusal."""
    return Typed(message, where, dict(request.form.items()))


def write_dossier(
    number: int,
    list_changes: Callable[[Dossier], Sequence[DossierChange]],
    show_refusal: Callable[[Dossier, str], ResponseReturnValue],
    *,
    then: str = "",
    notice: str = "",
) -> ResponseReturnValue:
    """Store the changes of a form and redirect to the dossier (at anchor `then`) with a notice, beside the hours for theirs; `show_refusal` renders a refusal.

    `list_changes` computes the changes from the dossier at the version that the person read; none means that nothing is written. If somebody
    else wrote meanwhile, a page shows both versions (409), unless the form was sent twice or the other changes are about other suppliers.
    """
    current = dossier_of(number)
    version = version_read(current.version)
    author = signer_of(request.form)
    if not author:
        return show_refusal(current, NO_NAME)
    try:
        changes, missed = list_changes(current.at_version(version)), current.journal[version:]
        wanted = [one.tidy() for one in changes]
        already = any(  # by the same person: a form sent twice
            [event.change for event in missed[at : at + len(wanted)]] == wanted and missed[at].who == author
            for at in range(len(missed))
        )
        if changes and not already:
            _write_or_retry(number, changes, version, author)
            if notice:
                flash(notice, HOURS if then == HOURS else "message")
    except ChangeRefused as refusal:
        return show_refusal(current, str(refusal))
    except JournalConflict as conflict:
        return _conflict_page(conflict), 409
    return redirect(url_for("dossiers.show", number=number, _anchor=then or None), 303)


def written_on(day: str) -> date | None:
    """Parse a date of a form, None where empty. Raises ChangeRefused where unreadable."""
    if not day.strip():
        return None
    if (written := clean_date(day).value) is None:
        raise ChangeRefused(f"« {day.strip()[:40]} » n’est pas une date, par exemple 15/12/2026.")
    return written


def once_per_form(make: Callable[[], int]) -> int:
    """Call `make` once for a form, even if sent twice or to several servers, and return its number; a form without a key (`cle`) always calls."""
    if not (key := form_key()):
        return make()
    return make_once(desk().engine, hash_parts(owner(), person(), key), "", make, now=desk().now())[0]


def form_key(content: bytes = b"") -> str:
    """Return a hash of a form's key (`cle`), fields and file content: equal for a form sent twice, different once a word is changed. Empty for
    a form without key."""
    pairs = sorted((name, text) for name, text in request.form.items(multi=True) if name != "csrf_token")
    return sha256(repr(pairs).encode("utf-8", "replace") + content).hexdigest() if request.form.get("cle") else ""


def _write_or_retry(number: int, changes: Sequence[DossierChange], version: int, author: str) -> None:
    """Write the changes; on a conflict, try again on the new version if the other changes are about other suppliers."""
    try:
        change_dossier(desk().engine, owner(), number, changes, version=version, author=author, now=desk().now())
    except JournalConflict as conflict:
        theirs = {subject_of_change(event.change) for event in conflict.missed}
        mine = set(map(subject_of_change, changes))
        if None in theirs | mine or theirs & mine:  # a change that is not about one supplier, or about the same one
            raise
        change_dossier(
            desk().engine, owner(), number, changes, version=conflict.current.version, author=author, now=desk().now()
        )


def subject_of_change(dossier_change: DossierChange) -> tuple[int, str] | None:
    """Return the lot and the supplier that a note, a status or an answer is about; None for any other change."""
    of_entry = NoteEntry | RecordCall | SetStatus | SettleAnswers | UndoAnswer | TakeBack
    return (dossier_change.lot, dossier_change.supplier_id) if isinstance(dossier_change, of_entry) else None


def _conflict_page(conflict: JournalConflict[Dossier]) -> str:
    seen = conflict.current.version - len(conflict.missed)
    fields = [(name, text) for name, text in request.form.items(multi=True) if name not in _NOT_SHOWN]
    current, mine = conflict.current, conflict.mine
    # The current entry of the form's supplier; None where there is none or it left the list.
    lot_number = (request.view_args or {}).get("lot")
    entries = [entry for lot in current.lots if lot.number == lot_number for entry in lot.entries]
    return render_template(
        "dossiers/conflit.html",
        dossier=current,
        missed=conflict.missed,
        wanted=[event.change.says(mine) for event in mine.journal[seen:]],
        fields=[(name, text, name in _LONG and bool(text)) for name, text in fields],
        theirs=next((entry for entry in entries if entry.match.id == request.form.get("id")), None),
        address=request.path,
    )
