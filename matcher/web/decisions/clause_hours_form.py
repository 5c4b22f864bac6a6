"""Form of « Calibrer une clause »: the lots, the facts of their work, the whole contract, and what one tap changes of the sheet."""

from collections.abc import Iterator
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the types of 3.2

from matcher.decisions.calibrated import LEAST_HOURS, CalibrationQuestion, ToldOfLot
from matcher.decisions.clause.calibration import MOST_LOTS, Calibration
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.workload import MOST_ETP
from matcher.domain.french import number
from matcher.domain.need import Need
from matcher.need.fields import need_from
from matcher.reference.calibration import SPANS, Span, family_named, work_families
from matcher.reference.law import BUYER_NATURES, BuyerNature, exemptions
from matcher.web.frame.app_state import buyer_defaults, desk, kept_nature
from matcher.web.frame.forms import Line, Lines, OneOf, PageForm, Yes, amount, figure, hours_of_work, numbered_forms
from matcher.web.need.address import Query
from matcher.web.need.understood import places_said

_TRANSFERRED = {"oui": True, "non": False}
# How the fields of a need are named on a lot of the form.
_FIELDS = {"objet": "objet", "cpv": "cpv", "montant": "montant", "duree": "mois"}


def _figure(label: str, name: str, unit: str) -> Line:
    """A figure that the calculation refuses itself, where it is too small to be true."""
    return figure(label, 0.01, SPANS[name][3], unit=unit)


class LotForm(PageForm):
    """Form of one lot: what is bought, for how much and how long, and the facts of its work."""

    objet = Line("Objet, comme vous le diriez")
    cpv = Line("Code CPV", most=40)
    montant = Line("Montant HT, toute la durée", most=60, unit="€")
    mois = Line("Durée", most=40, unit="mois")
    famille = OneOf("Famille de métiers", [])
    pourcentage = figure("Pourcentage des heures", 1, 100, unit="%")
    part = _figure("Part de main-d’œuvre dans le prix", "share", "%")
    cout = _figure("Coût d’une heure de travail", "hourly", "€")
    prix = _figure("Prix facturé d’une heure", "price", "€")
    reprise = OneOf("Personnel repris de l’ancien titulaire", [("", "non connu"), ("oui", "oui"), ("non", "non")])
    postes = figure("Postes à pourvoir, si repris", 0, MOST_ETP, unit="ETP")
    heures = hours_of_work("Heures déjà écrites", unit="h")

    def __init__(self, *sent: Any, **data: Any) -> None:
        super().__init__(*sent, **data)
        choices = [SelectChoice("", "lue dans l’objet"), *(SelectChoice(its.name, its.name) for its in work_families())]
        self.famille.choices, self.famille.known = choices, {one.value for one in choices}

    def need(self, places: tuple[str, ...]) -> Need:
        """Return the lot as a need, at the places of the contract; what of it cannot be used is a fault of its field."""
        need = need_from({**{name: self[field].data for name, field in _FIELDS.items()}, "lieu": list(places)})
        for fault in need.faults:
            self.faults.setdefault(self[_FIELDS.get(fault.field, "objet")].name, fault.says)
        return need

    @property
    def facts(self) -> ToldOfLot:
        """Return the facts of the lot, once it has no faults."""
        share = self.pourcentage.data
        return ToldOfLot(
            family=family_named(self.famille.data) if self.famille.data else None,
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
        """Return whether anything is typed, or wrong, of what stands folded."""
        return bool(self.faults) or any(next(iter(self[name].raw_data or ()), "") for name in FOLDED)


FOLDED = ("part", "cout", "prix", "reprise", "postes", "heures")


class WholeContractForm(PageForm):
    """Form of the whole contract: its places, its floors, what the law depends on."""

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
    def buyer_facts(self) -> ToldByBuyer:
        """Return the buyer's facts for the law, once the form has no faults; its nature as its organisation keeps it, where it is not given anew."""
        nature = BuyerNature(self.nature.data) if self.nature.data else kept_nature()
        return ToldByBuyer(self.ensemble.data, nature, self.dispense.data, self.motif.data)


class CalibrationForm:
    """The whole form, as typed: the contract and each of its lots, whose fields bear the number of the lot. A need that comes from the other
    pages fills the first lot, and is not sent yet."""

    def __init__(self, arguments: MultiDict[str, str]) -> None:
        desk().shelf()  # the families are those of its team
        self.arguments = MultiDict(arguments)
        self.sent = any(name.startswith("lot-") for name in arguments)
        if not self.sent:
            self._fill(Query.of(arguments, buyer_defaults()))
        whole = WholeContractForm(self.arguments)
        self.contract = whole if self.sent else WholeContractForm(**whole.data)
        self.lots, self.shown = numbered_forms(LotForm, self.arguments, "lot", MOST_LOTS)

    def _fill(self, query: Query) -> None:
        self.arguments.setlist("lieu", list(places_said(query)))
        typed = (
            ("objet", query.text("besoin")),
            ("cpv", query.joined_values("cpv")),
            ("montant", query.typed_value("montant")),
        )
        months = query.typed_value("duree") or (number(query.reading.months) if query.reading.months else "")
        for name, value in (*typed, ("mois", months)):
            if value:
                self.arguments[f"lot-1-{name}"] = value

    @property
    def faults(self) -> dict[str, str]:
        """Return what cannot be used, by field."""
        if not self.sent:
            return {}
        return {**self.contract.faults, **{name: said for one in self.lots for name, said in one.faults.items()}}

    def url(self, endpoint: str = "clause_hours.show", **more: str) -> str:
        """Return the address of a page about this sheet."""
        values: dict[str, Any] = {name: told for name, told in self.arguments.lists() if any(told)}
        return url_for(endpoint, **{**values, **more})

    def answers(self, calibrated: Calibration) -> list[dict[str, Any]]:
        """Return the choices of one tap on each lot: its family, or whether its staff is taken over, with the address of the sheet so changed."""
        rows = []
        for lot in calibrated.hours.lots:
            hours, form = lot.calibrated, self.lots[lot.number - 1]
            family = hours.family.name if hours.family else ""
            others = [other.name for other in hours.other_families]
            rows.append(
                {
                    "name": lot.name,
                    "family": family,
                    "by": hours.family_by,
                    "sure": CalibrationQuestion.FAMILY not in hours.asks,
                    "part": bool(hours.told.shared) and hours.read.several,
                    "others": [(name, self._changed(form, famille=name)) for name in others],
                    "confirm": self._changed(form, famille=family),
                    "transferred": CalibrationQuestion.TRANSFERRED in hours.asks,
                    "answers": [(answer, self._changed(form, reprise=answer)) for answer in _TRANSFERRED],
                    "field": form.famille.name,
                }
            )
        return rows

    def _changed(self, form: LotForm, **fields: str) -> str:
        return self.url(**{form[name].name: value for name, value in fields.items()})
