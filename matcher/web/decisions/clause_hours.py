"""Pages « Calibrer une clause » (hours of insertion that a contract can require, and the text to paste) and « La table de calage » (its cost figures)."""

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.catalogue.store.calibration import drop_line, fill_lines, index_values, note_index, team_lines
from matcher.cleaning.dates import clean_month
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.clause.calibration import Calibration, compute_calibration
from matcher.decisions.clause.calibration_document import FAMILIES, PASTE, calibration_document, calibration_object
from matcher.decisions.clause.facilitators import load_facilitators
from matcher.domain.french import number
from matcher.reading.place.areas import name_apart
from matcher.reference.calibration import SPANS, CalibrationRefused, work_families
from matcher.reference.price_index import HOURLY_INDEX, INDICES, IndexValue
from matcher.render.document import Document
from matcher.web.decisions.clause_hours_form import FOLDED, CalibrationForm
from matcher.web.frame.app_state import desk
from matcher.web.frame.file_response import document_attachment
from matcher.web.frame.forms import Line, OneOf, PageForm, figure, render_answer

pages = Blueprint("clause_hours", __name__)


@pages.get("/calibrage", endpoint="show")
def show_calibration() -> ResponseReturnValue:
    """Show the form, and the calibration above it once the form is complete."""
    form = CalibrationForm(request.args)
    calibration = _calibrate(form)
    return render_answer(
        form.faults,
        "decisions/clause/calibrage.html",
        form=form,
        faults=form.faults,
        told=calibration_document(calibration, people=True).as_shown() if calibration else None,
        paste=PASTE,
        families=FAMILIES,
        answers=form.answers(calibration) if calibration else (),
        folded=FOLDED,
        plan=_plan_address(calibration) if calibration else "",
        to_confirm=calibration is not None and any(lot.calibrated.unsure for lot in calibration.hours.clause_lots),
    )


@pages.get("/calibrage/calibrage.<any(json, xlsx):form>", endpoint="download")
def download_calibration(form: str) -> ResponseReturnValue:
    """Send the calibration as a file."""
    calibration = _calibrate(CalibrationForm(request.args)) or abort(400)
    return document_attachment(
        f"calibrage-{calibration.on}.{form}",
        calibration_document(calibration, people=True),
        lambda: calibration_object(calibration),
    )


def calibration_decision(arguments: MultiDict[str, str]) -> Document | None:
    """Return the calibration of these arguments as a document for a dossier; None where there is none."""
    form = CalibrationForm(arguments)
    calibration = _calibrate(form)
    return calibration_document(calibration, form.url()) if calibration else None


def _calibrate(form: CalibrationForm) -> Calibration | None:
    """Compute the calibration; None where the form was not sent or has faults; a refused lot becomes a fault."""
    if not form.sent:
        return None
    shelf = desk().shelf()
    lots = [(one.need(form.contract.lieu.data), one) for one in form.lots]
    if form.faults:
        return None
    try:
        return compute_calibration(
            shelf,
            [(need, one.facts) for need, one in lots],
            desk().today(),
            buyer_facts=form.contract.buyer_facts,
            floors=form.contract.terms.floors,
            charter=form.contract.terms.charter,
            known=load_facilitators(desk().engine, since=desk().contacts_since()),
        )
    except DecisionRefused as refusal:
        if refusal.field in form.contract:
            form.contract.faults[refusal.field] = str(refusal)
            return None
        lot_form = next((one for need, one in lots if need.lot.objet == refusal.need), form.lots[0])
        lot_form.faults[lot_form[refusal.field if refusal.field in lot_form else "heures"].name] = str(refusal)
        return None


def _plan_address(calibration: Calibration) -> str:
    """Return the address of the clause plan for these hours, empty where none are known."""
    lots = [(lot, lot.hours_to_plan) for lot in calibration.hours.clause_lots if lot.hours_to_plan is not None]
    values: dict[str, Any] = {}
    for at, (lot, hours) in enumerate(lots, start=1):
        reading = lot.calibrated.reading
        fields = {"objet": lot.name, "lieu": " ; ".join(map(name_apart, calibration.places)), "heures": number(hours)}
        fields["mois"] = number(reading.months, 1) if reading.months else ""
        fields["montant"] = number(reading.euros, 2) if reading.euros else ""
        values |= {f"contrat-{at}-{name}": value for name, value in fields.items() if value}
    return url_for("clause.show", **values) if values else ""


_LABELS = {
    "share": "Part de main-d’œuvre dans le prix",
    "hourly": "Coût d’une heure de travail",
    "price": "Prix facturé d’une heure",
    "turnover": "Montant HT que fait un ETP en un an",
    "clause": "Pourcentage usuel des heures",
}
_UNITS = {"share": "%", "clause": "%"}


class CalibrationLineForm(PageForm):
    """Form of a family of trades in the table: its figures as ranges (two fields for each of `SPANS`, added below), their source and year."""

    cpv = Line("Débuts de codes CPV, séparés par des espaces")
    mots = Line("Mots de l’objet qui la disent, séparés par des virgules")
    indice = OneOf("Indice de ses prix", [(name, f"{name} : {label}") for name, label in INDICES.items()])
    reprise = OneOf("Personnel repris d’un titulaire à l’autre", [("", "non"), ("oui", "oui")])
    source = Line("Source", most=1_000, needed="Dites d’où viennent ces chiffres.")
    annee = Line("De quand ils datent", needed="Dites de quand datent ces chiffres, par exemple 2026.")
    surete = Line("Sûreté : bonne, moyenne (± 20 %) ou faible (± 40 %)")
    remarque = Line("Remarque")


for _name, (_low, _high, _least, _most) in SPANS.items():
    for _column, _end in ((_low, "de"), (_high, "à")):
        _field = figure(f"{_LABELS[_name]}, {_end}", _least, _most, unit=_UNITS.get(_name, "€"))
        setattr(CalibrationLineForm, _column, _field)


class IndexForm(PageForm):
    """Form of the value of a price index for a month."""

    indice = OneOf("Indice", [(name, f"{name} : {label}") for name, label in INDICES.items()], default=HOURLY_INDEX)
    mois = Line(
        "Mois",
        lambda typed: clean_month(typed).value,
        "« {} » n’est pas un mois, par exemple 09/2026.",
        needed="Dites de quel mois est cette valeur, par exemple 09/2026.",
        empty=None,
        shown=lambda month: f"{month:%m/%Y}",
    )
    valeur = figure("Valeur", 1, 100_000, needed="Écrivez la valeur de l’indice, par exemple 140,2.")
    lu = Line("Où elle est lue", needed="Dites où elle est lue : insee.fr, Journal officiel…")


@pages.get("/calage")
def show_costs() -> ResponseReturnValue:
    """Show the table: each family with its figures and their source, and the figures that are missing."""
    return _costs_page(IndexForm())


@pages.post("/calage/indice")
def note_price_index() -> ResponseReturnValue:
    """Store the value of a price index for a month."""
    form = IndexForm(request.form)
    if not form.faults:
        noted = IndexValue(form.indice.data, form.mois.data, form.valeur.data, form.lu.data)
        try:
            note_index(desk().engine, noted, desk().today())
        except CalibrationRefused as refusal:
            form.faults[refusal.column] = str(refusal)
        else:
            return redirect(url_for("clause_hours.show_costs"), 303)
    return _costs_page(form)


def _costs_page(form: IndexForm) -> ResponseReturnValue:
    desk().shelf()
    engine = desk().engine
    return render_answer(
        form.faults,
        "decisions/clause/calage.html",
        families=work_families(),
        team=team_lines(engine),
        indices=index_values(engine),
        form=form,
    )


@pages.get("/calage/famille")
def edit_costs() -> ResponseReturnValue:
    """Show the form of a family, filled with its current figures."""
    name = request.args.get("nom", "")
    desk().shelf()
    work_family = next((one for one in work_families() if one.name == name), None)
    if work_family is None:
        return redirect(url_for("clause_hours.show_costs"))
    spans = {
        column: end
        for key, (low, high, *_) in SPANS.items()
        if (span := getattr(work_family, key)) is not None
        for column, end in ((low, span.low), (high, span.high))
    }
    known: dict[str, Any] = {
        **spans,
        "cpv": " ".join(work_family.cpv),
        "mots": ", ".join(work_family.words),
        "indice": work_family.index,
        "source": work_family.source,
        "annee": work_family.year,
        "surete": work_family.sureness,
        "remarque": work_family.remark,
        "reprise": "oui" if work_family.transferred else "",
    }
    return _form_page(name, CalibrationLineForm(**known))


@pages.post("/calage/famille")
def fill_costs() -> ResponseReturnValue:
    """Store the figures of a family that a steward (person in charge of the catalogue) typed, or restore the shipped ones (`retirer`)."""
    name, form = request.form.get("nom", ""), CalibrationLineForm(request.form)
    if request.form.get("faire") == "retirer":
        drop_line(desk().engine, name)
        return redirect(url_for("clause_hours.show_costs"), 303)
    if not form.faults:
        typed = {key: "" if value is None else value for key, value in form.data.items()}
        cells = {key: value if isinstance(value, str) else number(value, 2) for key, value in typed.items()}
        try:
            fill_lines(desk().engine, [{"famille": name, **cells}])
        except CalibrationRefused as refusal:
            form.faults[refusal.column if refusal.column in form else "source"] = str(refusal)
        else:
            return redirect(url_for("clause_hours.show_costs"), 303)
    return _form_page(name, form)


def _form_page(name: str, form: CalibrationLineForm) -> ResponseReturnValue:
    return render_answer(
        form.faults,
        "decisions/clause/famille.html",
        name=name,
        form=form,
        spans=[(low, high) for low, high, *_ in SPANS.values()],
        own=name in team_lines(desk().engine),
    )
