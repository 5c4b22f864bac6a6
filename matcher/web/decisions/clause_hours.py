"""« Calibrer une clause »: the hours of insertion a contract can ask for, by which figures, the words to paste; « La table de calage », which a steward fills."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.catalogue.store.calibration import drop_line, fill_lines, team_lines
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.calibrated import LEAST_HOURS, ToldOfLot
from matcher.decisions.clause.calibration import MOST_LOTS, Calibration, ClauseFloors, calibration
from matcher.decisions.clause.calibration_document import PASTE, calibration_document, calibration_object
from matcher.decisions.clause.facilitators import facilitators
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.workload import MOST_ETP
from matcher.domain.french import number
from matcher.domain.need import Need
from matcher.need.fields import need_from
from matcher.reading.place.areas import name_apart
from matcher.reference.calibration import SPANS, CalibrationRefused, Span, families
from matcher.reference.law import BUYER_NATURES, BuyerNature, exemptions
from matcher.render.document import Document
from matcher.web.frame.app_state import buyer_defaults, desk, kept_nature
from matcher.web.frame.file_response import sent_document
from matcher.web.frame.forms import Line, Lines, OneOf, PageForm, Yes, amount, answered, figure, hours_of_work, numbered
from matcher.web.need.address import Query
from matcher.web.need.understood import places_said

pages = Blueprint("clause_hours", __name__)

_TRANSFERRED = {"oui": True, "non": False}
# How the fields of a need are named on a lot of the form.
_FIELDS = {"objet": "objet", "cpv": "cpv", "montant": "montant", "duree": "mois"}


def _span(label: str, name: str, unit: str) -> Line:
    return figure(label, SPANS[name][2], SPANS[name][3], unit=unit)


class LotForm(PageForm):
    """Form of one lot: what is bought, for how much and how long, and what the buyer knows of its work."""

    objet = Line("Objet, comme vous le diriez")
    cpv = Line("Code CPV", most=40)
    montant = Line("Montant HT, toute la durée", most=60, unit="€")
    mois = Line("Durée", most=40, unit="mois")
    pourcentage = figure("Pourcentage des heures", 1, 100, unit="%")
    part = _span("Part de main-d’œuvre dans le prix", "share", "%")
    cout = _span("Coût d’une heure de travail", "hourly", "€")
    prix = _span("Prix facturé d’une heure", "price", "€")
    reprise = OneOf("Personnel repris", [("", "non connu"), ("oui", "oui"), ("non", "non")])
    postes = figure("Postes à pourvoir, si repris", 0, MOST_ETP, unit="ETP")
    heures = hours_of_work("Heures déjà écrites", unit="h")

    def need(self, places: tuple[str, ...]) -> Need:
        """Return the lot as a need, at the places of the contract; what of it cannot be used is a fault of its field."""
        need = need_from({**{name: self[field].data for name, field in _FIELDS.items()}, "lieu": list(places)})
        for fault in need.faults:
            self.faults.setdefault(self[_FIELDS.get(fault.field, "objet")].name, fault.says)
        return need

    @property
    def told(self) -> ToldOfLot:
        """What is told of the lot, once it has no faults."""
        share = self.pourcentage.data
        return ToldOfLot(
            percentage=None if share is None else Span(share, share),
            share=self.part.data,
            hourly=self.cout.data,
            price=self.prix.data,
            transferred=_TRANSFERRED.get(self.reprise.data),
            posts=self.postes.data,
            hours=self.heures.data,
        )

    @property
    def more(self) -> bool:
        """Whether anything is typed, or wrong, of what stands folded."""
        return bool(self.faults) or any(next(iter(self[name].raw_data or ()), "") for name in FOLDED)


FOLDED = ("part", "cout", "prix", "reprise", "postes", "heures")


class WholeContractForm(PageForm):
    """Form of what is told of the whole contract: its places, its floors, what the law needs to know."""

    lieu = Lines("Où", most=40)
    plancher = figure("Heures sous lesquelles ne rien demander", 1, 100_000, unit="h", empty=LEAST_HOURS)
    plancher_montant = amount("Montant HT sous lequel votre territoire ne demande rien", "Le plancher", unit="€")
    npnru = Yes("Quartier du renouvellement urbain (NPNRU) : appliquer les minimums de sa charte")
    ensemble = amount(
        "Estimation HT de tout le besoin, sinon la somme des lots", "L’estimation de tout le besoin", unit="€"
    )
    nature = OneOf(
        "Nature de l’acheteur", [("", "celle de votre organisation, sinon non connue"), *BUYER_NATURES.items()]
    )
    dispense = OneOf(
        "Dispense de condition sociale", [("", "aucune"), *((its.code, its.label) for its in exemptions())]
    )
    motif = Line("Motif de la dispense, gardé avec la fiche")

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield what cannot be used beside the rest."""
        if self.motif.data and not self.dispense.data:
            yield "motif", "Ce motif dit pourquoi une dispense est retenue : choisissez-la aussi."

    @property
    def told(self) -> ToldByBuyer:
        """What a buyer tells for the law, once the form has no faults; its nature as its organisation keeps it, where it is not told anew."""
        nature = BuyerNature(self.nature.data) if self.nature.data else kept_nature()
        return ToldByBuyer(self.ensemble.data, nature, self.dispense.data, self.motif.data)


class CalibrationForm:
    """The whole form, as typed: the contract and each of its lots, whose fields bear the number of the lot. A need that comes from the other
    pages fills the first lot, and is not sent yet."""

    def __init__(self, arguments: MultiDict[str, str]) -> None:
        self.arguments = MultiDict(arguments)
        self.sent = any(name.startswith("lot-") for name in arguments)
        if not self.sent:
            self._fill(Query.of(arguments, buyer_defaults()))
        whole = WholeContractForm(self.arguments)
        self.contract = whole if self.sent else WholeContractForm(**whole.data)
        self.lots, self.shown = numbered(LotForm, self.arguments, "lot", MOST_LOTS)

    def _fill(self, query: Query) -> None:
        self.arguments.setlist("lieu", list(places_said(query)))
        typed = (("objet", query.text("besoin")), ("cpv", query.joined("cpv")), ("montant", query.typed("montant")))
        months = query.typed("duree") or (number(query.reading.months) if query.reading.months else "")
        for name, value in (*typed, ("mois", months)):
            if value:
                self.arguments[f"lot-1-{name}"] = value

    @property
    def faults(self) -> dict[str, str]:
        """What cannot be used, by field."""
        if not self.sent:
            return {}
        return {**self.contract.faults, **{name: said for one in self.lots for name, said in one.faults.items()}}

    def url(self, endpoint: str = "clause_hours.show", **more: str) -> str:
        """Return the address of a page about this sheet."""
        values: dict[str, Any] = {name: told for name, told in self.arguments.lists() if any(told)}
        return url_for(endpoint, **{**values, **more})


@pages.get("/calibrage")
def show() -> ResponseReturnValue:
    """Show the form, and over it the sheet once it is asked in full."""
    form = CalibrationForm(request.args)
    found = _found(form)
    return answered(
        form.faults,
        "decisions/clause/calibrage.html",
        form=form,
        faults=form.faults,
        told=calibration_document(found, people=True).as_shown() if found else None,
        paste=PASTE,
        folded=FOLDED,
        plan=_plan(found) if found else "",
    )


@pages.get("/calibrage/calibrage.<any(json, xlsx):form>")
def download(form: str) -> ResponseReturnValue:
    """Send the sheet as a file."""
    found = _found(CalibrationForm(request.args)) or abort(400)
    return sent_document(
        f"calibrage-{found.on}.{form}", calibration_document(found, people=True), lambda: calibration_object(found)
    )


def decided(arguments: MultiDict[str, str]) -> Document | None:
    """Return the sheet that these arguments ask for, as a dossier keeps it; None where they ask for none."""
    form = CalibrationForm(arguments)
    found = _found(form)
    return calibration_document(found, form.url()) if found else None


def _found(form: CalibrationForm) -> Calibration | None:
    """The sheet; None where the form was not sent, or has faults, which a refused lot is one of."""
    if not form.sent:
        return None
    shelf = desk().shelf()
    lots = [(one.need(form.contract.lieu.data), one) for one in form.lots]
    if form.faults:
        return None
    try:
        return calibration(
            shelf,
            [(need, one.told) for need, one in lots],
            desk().today(),
            told=form.contract.told,
            floors=ClauseFloors(form.contract.plancher.data, form.contract.plancher_montant.data),
            charter=form.contract.npnru.data,
            known=facilitators(desk().engine, since=desk().contacts_since()),
        )
    except DecisionRefused as refusal:
        if refusal.field == form.contract.dispense.name:
            form.contract.faults[refusal.field] = str(refusal)
            return None
        one = next((one for need, one in lots if need.lot.objet == refusal.need), form.lots[0])
        one.faults[one.heures.name] = str(refusal)
        return None


def _plan(found: Calibration) -> str:
    """The address that plans these hours, empty where none are known."""
    lots = [(lot, lot.asked) for lot in found.hours.open_lots if lot.asked is not None]
    values: dict[str, Any] = {}
    for at, (lot, hours) in enumerate(lots, start=1):
        reading = lot.calibrated.reading
        told = {"objet": lot.name, "lieu": " ; ".join(map(name_apart, found.places)), "heures": number(hours)}
        told["mois"] = number(reading.months, 1) if reading.months else ""
        told["montant"] = number(reading.euros, 2) if reading.euros else ""
        values |= {f"contrat-{at}-{name}": value for name, value in told.items() if value}
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
def show_costs() -> ResponseReturnValue:
    """Show the table: each family, its figures, their source, what is to be calibrated."""
    desk().shelf()
    return render_template("decisions/clause/calage.html", families=families(), team=team_lines(desk().engine))


@pages.get("/calage/famille")
def edit_costs() -> ResponseReturnValue:
    """Show the form of a family, as it is known so far."""
    name = request.args.get("nom", "")
    desk().shelf()
    its = next((one for one in families() if one.name == name), None)
    if its is None:
        return redirect(url_for("clause_hours.show_costs"))
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
def fill_costs() -> ResponseReturnValue:
    """Keep what a steward fills of a family, or leave it as it is shipped."""
    name, form = request.form.get("nom", ""), CalibrationLineForm(request.form)
    if request.form.get("faire") == "retirer":
        drop_line(desk().engine, name)
        return redirect(url_for("clause_hours.show_costs"), 303)
    if not form.faults:
        cells = {key: "" if value is None else _written(value) for key, value in form.data.items()}
        try:
            fill_lines(desk().engine, [{"famille": name, **cells}])
        except CalibrationRefused as refusal:
            form.faults[refusal.column if refusal.column in form else "source"] = str(refusal)
        else:
            return redirect(url_for("clause_hours.show_costs"), 303)
    return _form_page(name, form)


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else number(value, 2)


def _form_page(name: str, form: CalibrationLineForm) -> ResponseReturnValue:
    return answered(
        form.faults,
        "decisions/clause/famille.html",
        name=name,
        form=form,
        spans=[(low, high) for low, high, *_ in SPANS.values()],
        own=name in team_lines(desk().engine),
    )
