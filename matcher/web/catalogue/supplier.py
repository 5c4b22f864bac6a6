"""Supplier page (« fiche fournisseur »): all known fields with source and date, and what is missing; forms to correct it, and to add a supplier."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.identity.trust import SOURCES, TEAM, short_title
from matcher.catalogue.steward.corrections import (
    add_supplier,
    confirm_suggestion,
    correct_supplier,
    corrections_of,
    refuse_suggestion,
    waiting_suggestions,
    withdraw_correction,
)
from matcher.catalogue.steward.fiche import Fiche
from matcher.catalogue.steward.readings import read_fiche
from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED, WRONG_NUMBER, CorrectionRefused, Said
from matcher.catalogue.store.read import find_supplier, last_imports
from matcher.cleaning.phone import clean_phone, shown_phone
from matcher.domain.contact_details import register_page
from matcher.domain.fields import FIELDS, ValueKind
from matcher.domain.kinds import SupplierKind
from matcher.reference.glossary import meaning
from matcher.reference.trades.activities import taxonomy
from matcher.web.catalogue.supplier_lines import lines, notes
from matcher.web.frame.access import safe_address
from matcher.web.frame.app_state import desk, signature, signed_for_all, source_shown

pages = Blueprint("supplier", __name__)

_NO_NAME = "Dites qui l’écrit : votre nom, en 80 caractères au plus."
_CONFIRMATIONS = {
    "confirmer": "C’est écrit, sous le nom de l’équipe, avec la page pour motif.",
    "non": "C’est noté : ce ne sera plus proposé.",
}
_OUTLINES = "candidates.outlines"  # endpoint of the base map
# Label of a line → the glossary word that explains it.
_GLOSSARY_WORDS = {
    "SIRET": "SIRET",
    "Numéro FINESS": "FINESS",
    "Peut répondre": "lot réservé",
    "Convention": "convention",
    "Code NAF": "code NAF",
    "Ne fait pas": "ne fait pas",
}
# Faults of the fields that `add_supplier` needs.
_MISSING = {
    "nom": "Écrivez le nom du fournisseur.",
    "type": "Choisissez le type : il décide des marchés réservés.",
    "commune": "Écrivez sa commune, par exemple « 59600 Maubeuge ».",
}


@pages.get("/fournisseurs/<path:supplier_id>", endpoint="show")
def show_supplier(supplier_id: str) -> ResponseReturnValue:
    """Show a supplier, with the form of the line `corriger`; redirect to it from a SIRET or FINESS number."""
    fiche = _fiche(supplier_id)
    if fiche.supplier.id != supplier_id:
        return redirect(url_for("supplier.show", supplier_id=fiche.supplier.id), 302)
    edit = request.args.get("corriger", "")
    typed = (
        {REFUSED: code}
        if edit == "ne-fait-pas" and (code := request.args.get("metier", "")) in taxonomy().index
        else {}
    )
    return _page(fiche, edit if edit in EDITS else "", typed, {})


@pages.post("/fournisseurs/<path:supplier_id>/corrections", endpoint="correction")
def write_correction(supplier_id: str) -> ResponseReturnValue:
    """Save the team's value for one line of the page; it takes precedence over every source."""
    edit = request.form.get("ligne", "")
    if edit not in EDITS:
        abort(400)
    fiche = _fiche(supplier_id)
    statement, faults = read_statement(request.form, EDITS[edit])
    if not statement and not faults:
        faults = {EDITS[edit][0].champ: "Écrivez la bonne valeur."}
    faults |= _form_faults(request.form)
    if not faults:
        try:
            written = correct_supplier(
                desk().engine,
                fiche.supplier.id,
                statement,
                author=signed_for_all(request.form),
                motive=request.form.get("motif", "").strip(),
                now=desk().now().replace(tzinfo=None),
            )
        except CorrectionRefused as refusal:
            faults = {next(iter(statement)): str(refusal)}
        else:
            flash("C’est écrit. Votre valeur passe avant celles des annuaires ; elles restent à côté.")
            return redirect(url_for("supplier.show", supplier_id=written.supplier_id) + f"#ligne-{edit}", 303)
    return _page(fiche, edit, request.form, faults), 422


@pages.post("/fournisseurs/<path:supplier_id>/corrections/<int:number>/retrait")
def withdrawal(supplier_id: str, number: int) -> ResponseReturnValue:
    """Withdraw a correction, which restores the sources' values."""
    fiche = _fiche(supplier_id)
    if all(each.id != number for each in corrections_of(desk().engine, fiche.supplier.id)):
        abort(404)
    try:
        written = withdraw_correction(desk().engine, number, now=desk().now().replace(tzinfo=None))
    except CorrectionRefused as refusal:
        flash(str(refusal), "refus")
        return redirect(url_for("supplier.show", supplier_id=fiche.supplier.id), 303)
    flash(f"La correction {number} est retirée : les valeurs des annuaires sont revenues.")
    if written.supplier_id is None:
        return redirect(url_for("search.index"), 303)
    return redirect(url_for("supplier.show", supplier_id=written.supplier_id), 303)


@pages.post("/fournisseurs/<path:supplier_id>/propositions")
def suggestion(supplier_id: str) -> ResponseReturnValue:
    """Confirm or refuse a value read on the supplier's website."""
    fiche = _fiche(supplier_id)
    what = next((answer for answer in _CONFIRMATIONS if answer in request.form), "")
    number = request.form.get(what, type=int)
    if number is None:
        abort(400)
    author = signed_for_all(request.form)
    if not author:
        flash(_NO_NAME, "refus")
    else:
        try:
            if what == "confirmer":
                confirm_suggestion(
                    desk().engine, fiche.supplier.id, number, author=author, now=desk().now().replace(tzinfo=None)
                )
            else:
                refuse_suggestion(desk().engine, fiche.supplier.id, number, author=author)
        except CorrectionRefused as refusal:
            flash(str(refusal), "refus")
        else:
            flash(_CONFIRMATIONS[what])
    return redirect(url_for("supplier.show", supplier_id=fiche.supplier.id, _anchor="propositions"), 303)


@pages.post("/fournisseurs/<path:supplier_id>/faux-numero")
def wrong_number(supplier_id: str) -> ResponseReturnValue:
    """Mark a telephone as wrong: no longer shown, whatever directories give, until the correction is withdrawn."""
    fiche = _fiche(supplier_id)
    back = safe_address(request.form.get("retour") or url_for("supplier.show", supplier_id=fiche.supplier.id))
    number = request.form.get("numero", "")
    shown = {shown_phone(each.value) for kind, each in fiche.contacts if kind == "phone"}
    if shown_phone(clean_phone(number).value or "") not in shown:  # sent twice, or gone meanwhile
        return redirect(back, 303)
    if not (author := signed_for_all(request.form)):
        flash(_NO_NAME, "refus")
        return redirect(back, 303)
    now = desk().now().replace(tzinfo=None)
    try:
        correct_supplier(desk().engine, fiche.supplier.id, {WRONG_NUMBER: [number]}, author=author, motive="", now=now)
    except CorrectionRefused as refusal:
        flash(str(refusal), "refus")
    else:
        flash(f"Le {number} n’est plus montré pour {fiche.supplier.name}. « Retirer », sur sa fiche, le ramène.")
    return redirect(back, 303)


@pages.get("/fournisseurs/nouveau", endpoint="new")
def new_supplier() -> str:
    """Show the form of a supplier that no directory lists."""
    return _form({"nom": request.args.get("nom", "")[:200]}, {})


@pages.post("/fournisseurs/nouveau", endpoint="create")
def create_supplier() -> ResponseReturnValue:
    """Add a supplier, with the team as its source."""
    statement, faults = read_statement(request.form, NEW)
    faults |= {champ: _MISSING[champ] for champ in NEEDED if champ not in statement} | _form_faults(request.form)
    known = find_supplier(desk().engine, statement["siret"][0]) if "siret" in statement and not faults else None
    if known is not None:
        faults["siret"] = "Ce SIRET est déjà au catalogue : ouvrez sa fiche pour la corriger."
    if not faults:
        try:
            written = add_supplier(
                desk().engine,
                statement,
                author=signed_for_all(request.form),
                motive=request.form.get("motif", "").strip(),
                now=desk().now().replace(tzinfo=None),
            )
        except CorrectionRefused as refusal:
            faults = {"formulaire": str(refusal)}
        else:
            flash("Le fournisseur est au catalogue, sous le nom de l’équipe.")
            return redirect(url_for("supplier.show", supplier_id=written.supplier_id), 303)
    return _form(request.form, faults, known.id if known else ""), 422


def _fiche(key: str) -> Fiche:
    return read_fiche(desk().engine, key, contacts_since=desk().contacts_since()) or abort(404)


def _form_faults(form: Mapping[str, str]) -> dict[str, str]:
    faults = {} if signed_for_all(form) else {"qui": _NO_NAME}
    if len(form.get("motif", "")) > LONGEST_MOTIVE:
        faults["motif"] = f"C’est trop long : {LONGEST_MOTIVE} caractères au plus."
    return faults


def _page(fiche: Fiche, edit: str, typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    shelf = desk().shelf()
    siblings = [(key, name, shelf.find(key)) for key, name in fiche.siblings]
    last = last_imports(desk().engine)
    dated = {origin.source for origin in fiche.supplier.origins} & last.keys() - {TEAM}
    list_query = request.args.get("liste", "")
    located = [site for site, _ in fiche.sites if site.lat is not None and site.lon is not None]
    return render_template(
        "catalogue/fiche.html",
        fiche=fiche,
        supplier=fiche.supplier,
        lines=lines(fiche),
        list_query=list_query,
        ticked=fiche.supplier.id in parse_qs(list_query).get("retenu", ()),
        dated=[(short_title(key), last[key]) for key in SOURCES if key in dated],
        sites=[(site, notes(origins)) for site, origins in fiche.sites],
        siblings=[(key, name, None if row is None else shelf.suppliers[row]) for key, name, row in siblings],
        corrections=corrections_of(desk().engine, fiche.supplier.id),
        suggestions=waiting_suggestions(desk().engine, fiche.supplier.id),
        edit=edit,
        inputs=EDITS.get(edit, ()),
        choices=CHOICES,
        given=typed,
        faults=faults,
        who=signature(),
        explained={label: meaning(word) for label, word in _GLOSSARY_WORDS.items()},
        label=_label,
        source=source_shown,
        register=register_page(fiche.supplier.siret),
        outlines=url_for(_OUTLINES) if located and _OUTLINES in current_app.view_functions else "",
        tiles=desk().settings.tiles,
    )


def _form(typed: Mapping[str, str], faults: Mapping[str, str], known: str = "") -> str:
    values: dict[str, Any] = {"inputs": NEW, "choices": CHOICES, "needed": NEEDED}
    return render_template("catalogue/nouveau.html", **values, given=typed, faults=faults, known=known, who=signature())


def _label(champ: str, written: str) -> str:
    """Return the text of a corrected value: the name of an activity, a telephone formatted."""
    if champ in (ACTIVITY, REFUSED) and written in taxonomy().index:
        return taxonomy().label(written)
    if champ in ("telephone", WRONG_NUMBER):
        return shown_phone(written)
    return written


LONGEST = 4_000  # characters of one value: a presentation is the longest
LONGEST_MOTIVE = 500


class Input(NamedTuple):
    """One field of a form: its key (`champ`), its label, a hint, and its kind of input."""

    champ: str
    label: str
    hint: str = ""
    kind: str = "text"  # text, area, or the name of a list of `CHOICES`


CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "kinds": tuple((kind.value, f"{kind.value} · {kind.label}") for kind in SupplierKind)
}
for _field in FIELDS:
    if _field.kind is ValueKind.YES_NO:
        _words = zip(("oui", "non"), _field.says, strict=True)
        CHOICES[_field.champ] = tuple((word, word if says == word else f"{word}, {says}") for word, says in _words)

EDITS: dict[str, tuple[Input, ...]] = {
    "type": (Input("type", "Le type de structure", kind="kinds"),),
    "lieu": (
        Input("commune", "La commune", "« 59600 Maubeuge », « Maubeuge (59) » ou un code INSEE"),
        Input("adresse", "L’adresse", "numéro et voie"),
    ),
    "activite": (Input(ACTIVITY, "Ce qu’il fait aussi", "un métier en quelques mots, par exemple « espaces verts »"),),
    "ne-fait-pas": (Input(REFUSED, "Ce qu’il ne fait pas", "un métier en quelques mots"),),
}
for _field in FIELDS:
    if _field.form:
        _kind = "area" if _field.kind is ValueKind.LONG_TEXT else "text"
        _kind = _field.champ if _field.champ in CHOICES else _kind
        EDITS[_field.champ] = (Input(_field.champ, _field.form, _field.hint, _kind),)

# Fields of the form that adds a supplier; the first three are required.
NEW: tuple[Input, ...] = (
    Input("nom", "Son nom"),
    *EDITS["type"],
    *EDITS["lieu"],
    *EDITS["siret"],
    Input(ACTIVITY, "Ce qu’il fait", "un métier en quelques mots"),
    *EDITS["zone"],
    *EDITS["effectif"],
    *EDITS["telephone"],
    *EDITS["courriel"],
)
NEEDED = ("nom", "type", "commune")


def read_statement(form: Mapping[str, str], inputs: tuple[Input, ...]) -> tuple[Said, dict[str, str]]:
    """Return the filled values of a form by `champ`, and French faults by `champ` for values too long."""
    written = {field.champ: form.get(field.champ, "").strip() for field in inputs}
    faults = {
        champ: f"C’est trop long : {LONGEST} caractères au plus."
        for champ, text in written.items()
        if len(text) > LONGEST
    }
    return {champ: [text] for champ, text in written.items() if text}, faults
