"""Form of the page « Calibrer une clause »: a form for each lot, one for the whole contract, and the one-click changes offered beside the result."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the types of 3.2

from matcher.decisions.calibrated import CalibrationQuestion, ToldOfLot
from matcher.decisions.clause.calibration import MOST_LOTS, Calibration
from matcher.decisions.clause.questions import ClauseTerms, LotFigures
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.domain.need import Need
from matcher.need.fields import need_from
from matcher.reference.calibration import work_families
from matcher.web.frame.app_state import buyer_defaults, desk, kept_nature
from matcher.web.frame.forms import Line, Lines, OneOf, PageForm, numbered_forms
from matcher.web.frame.question_form import asks, faults_of, question_of
from matcher.web.need.address import Query
from matcher.web.need.understood import places_said, sizes_said

# Form field of a lot, by field name of a need.
_FIELDS = {"objet": "objet", "cpv": "cpv", "montant": "montant", "duree": "mois"}


@asks(LotFigures)
class LotForm(PageForm):
    """Form of one lot: what is bought, for how much and how long, and the facts of its work."""

    objet = Line("Objet, comme vous le diriez")
    cpv = Line("Code CPV", most=40)
    montant = Line("Montant HT, toute la durée", most=60, unit="€")
    mois = Line("Durée", most=40, unit="mois")
    famille = OneOf("Famille de métiers", [])

    def __init__(self, *sent: Any, **data: Any) -> None:
        super().__init__(*sent, **data)
        families = (SelectChoice(family.name, family.name) for family in work_families())
        choices = [SelectChoice("", "lue dans l’objet"), *families]
        self.famille.choices, self.famille.known = choices, {one.value for one in choices}

    def need(self, places: tuple[str, ...]) -> Need:
        """Return the lot as a need, at the places of the contract; the faults of the need become faults of the fields."""
        need = need_from({**{name: self[field].data for name, field in _FIELDS.items()}, "lieu": list(places)})
        for fault in need.faults:
            self.faults.setdefault(self[_FIELDS.get(fault.field, "objet")].name, fault.says)
        return need

    @property
    def facts(self) -> ToldOfLot:
        """The facts of the lot; the form must have no faults."""
        return question_of(self, LotFigures).facts

    @property
    def more(self) -> bool:
        """Return whether the optional fields (`FOLDED`) must be unfolded: one is filled, or the lot has a fault."""
        return bool(self.faults) or any(next(iter(self[name].raw_data or ()), "") for name in FOLDED)


FOLDED = ("part", "cout", "prix", "reprise", "postes", "heures")


@asks(ClauseTerms, ToldByBuyer)
class WholeContractForm(PageForm):
    """Form of the whole contract: its places, the terms of its clause, and the facts that the law depends on."""

    lieu = Lines("Où", most=40)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the fault of a reason given without a dispensation."""
        yield from faults_of(question_of(self, ToldByBuyer))

    @property
    def terms(self) -> ClauseTerms:
        """The terms of the clause; the form must have no faults."""
        return question_of(self, ClauseTerms)

    @property
    def buyer_facts(self) -> ToldByBuyer:
        """The buyer's facts for the law; the form must have no faults. The default nature is the organisation's own."""
        facts = question_of(self, ToldByBuyer)
        return replace(facts, nature=facts.nature or kept_nature())


class CalibrationForm:
    """The whole form: the contract, then numbered fields for each lot. A need in the address fills the first lot; the form then counts as not
    sent."""

    def __init__(self, arguments: MultiDict[str, str]) -> None:
        desk().shelf()  # loads the team's own families
        self.arguments = MultiDict(arguments)
        self.sent = any(name.startswith("lot-") for name in arguments)
        if not self.sent:
            query = Query.of(arguments, buyer_defaults())
            self.arguments.setlist("lieu", list(places_said(query)))
            values = {"objet": query.text("besoin"), "cpv": query.joined_values("cpv"), **sizes_said(query)}
            self.arguments.update({f"lot-1-{name}": value for name, value in values.items() if value})
        whole = WholeContractForm(self.arguments)
        self.contract = whole if self.sent else WholeContractForm(**whole.data)
        self.lots, self.shown = numbered_forms(LotForm, self.arguments, "lot", MOST_LOTS)

    @property
    def faults(self) -> dict[str, str]:
        """The French faults by field; empty for a form that was not sent."""
        if not self.sent:
            return {}
        return {**self.contract.faults, **{name: fault for lot in self.lots for name, fault in lot.faults.items()}}

    def url(self, endpoint: str = "clause_hours.show", **more: str) -> str:
        """Return the address of a page or file of this calibration."""
        values: dict[str, Any] = {name: texts for name, texts in self.arguments.lists() if any(texts)}
        return url_for(endpoint, **{**values, **more})

    def answers(self, calibrated: Calibration) -> list[dict[str, Any]]:
        """Return the one-click answers offered on each lot (its family, whether its staff is taken over), each with the address it leads to."""
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
                    "answers": [(answer, self._changed(form, reprise=answer)) for answer in ("oui", "non")],
                    "field": form.famille.name,
                }
            )
        return rows

    def _changed(self, form: LotForm, **fields: str) -> str:
        return self.url(**{form[name].name: value for name, value in fields.items()})
