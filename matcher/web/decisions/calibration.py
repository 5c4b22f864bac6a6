"""« La table de calage »: what work costs by family of trades, and the form in which a steward fills a family with its source and date."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.store.calibration import drop_line, fill_lines, team_lines
from matcher.domain.french import number
from matcher.reference.calibration import SPANS, CalibrationRefused, families
from matcher.web.frame.app_state import desk
from matcher.web.frame.forms import Line, OneOf, PageForm, figure

pages = Blueprint("calibration", __name__)

_LABELS = {
    "share": "Part de main-d’œuvre dans le prix",
    "hourly": "Coût d’une heure de travail",
    "price": "Prix facturé d’une heure",
    "turnover": "Montant HT que fait un ETP en un an",
    "clause": "Pourcentage usuel des heures",
}
_UNITS = {"share": "%", "clause": "%"}


class CalibrationLineForm(PageForm):
    """Form of a family: its figures, each between two ends, where they come from and of which year. Those of `SPANS` are its fields too."""

    cpv = Line("Débuts de codes CPV, séparés par des espaces")
    reprise = OneOf("Personnel repris d’un titulaire à l’autre", [("", "non"), ("oui", "oui")])
    source = Line("Source", needed="Dites d’où viennent ces chiffres.")
    annee = Line("De quand ils datent", most=80, needed="Dites de quand datent ces chiffres, par exemple 2026.")
    surete = Line("Sûreté, par exemple « bonne »", most=80)
    remarque = Line("Remarque")


for _name, (_low, _high, _least, _most) in SPANS.items():
    for _column, _end in ((_low, "de"), (_high, "à")):
        _field = figure(f"{_LABELS[_name]}, {_end}", _least, _most, unit=_UNITS.get(_name, "€"))
        setattr(CalibrationLineForm, _column, _field)


@pages.get("/calage")
def show() -> ResponseReturnValue:
    """Show the table: each family, its figures, their source, what is to be calibrated."""
    desk().shelf()
    return render_template("decisions/clause_hours/calage.html", families=families(), team=team_lines(desk().engine))


@pages.get("/calage/famille")
def edit() -> ResponseReturnValue:
    """Show the form of a family, as it is known so far."""
    name = request.args.get("nom", "")
    desk().shelf()
    its = next((one for one in families() if one.name == name), None)
    if its is None:
        return redirect(url_for("calibration.show"))
    spans = {
        column: end
        for key, (low, high, *_) in SPANS.items()
        if (span := getattr(its, key)) is not None
        for column, end in ((low, span.low), (high, span.high))
    }
    known: dict[str, Any] = {
        **spans,
        "cpv": " ".join(its.cpv),
        "source": its.source,
        "annee": its.year,
        "surete": its.sureness,
        "remarque": its.remark,
        "reprise": "oui" if its.transferred else "",
    }
    return _form_page(name, CalibrationLineForm(**known))


@pages.post("/calage/famille")
def fill() -> ResponseReturnValue:
    """Keep what a steward fills of a family, or leave it as it is shipped."""
    name, form = request.form.get("nom", ""), CalibrationLineForm(request.form)
    if request.form.get("faire") == "retirer":
        drop_line(desk().engine, name)
        return redirect(url_for("calibration.show"), 303)
    if not form.faults:
        cells = {key: "" if value is None else _written(value) for key, value in form.data.items()}
        try:
            fill_lines(desk().engine, [{"famille": name, **cells}])
        except CalibrationRefused as refusal:
            form.faults[refusal.column if refusal.column in form else "source"] = str(refusal)
        else:
            return redirect(url_for("calibration.show"), 303)
    return _form_page(name, form)


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else number(value, 2)


def _form_page(name: str, form: CalibrationLineForm) -> ResponseReturnValue:
    page = render_template(
        "decisions/clause_hours/famille.html",
        name=name,
        form=form,
        spans=[(low, high) for low, high, *_ in SPANS.values()],
        own=name in team_lines(desk().engine),
    )
    return page, 422 if form.faults else 200
