"""Page « Plan de clause »: for the social clauses of contracts, the hours of insertion, which suppliers could provide them and how, and whom to call."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.cleaning.numbers import clean_measure
from matcher.cleaning.siret import clean_siret
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.clause import plan_words as words
from matcher.decisions.clause.facilitators import facilitators_of, load_facilitators
from matcher.decisions.clause.plan import MOST, ClausePlan, ModalityHours, PlanContract
from matcher.decisions.clause.plan_answer import MOST_CONTRACTS, PlanAnswer, answer_plan, contract_of
from matcher.decisions.clause.plan_document import (
    evidence_cell,
    phone_cell,
    plan_document,
    plan_object,
    plan_structures,
)
from matcher.decisions.clause.questions import MOST_HOURS, ToldContract
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.interlocutors import interlocutors_of, load_interlocutors, speak_to_table
from matcher.domain.french import percent
from matcher.ranking.known import CLAUSE
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.clauses import modalities, works_types
from matcher.reference.levers import eligible
from matcher.render.document import Document
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import buyer_defaults, desk
from matcher.web.frame.file_response import document_attachment
from matcher.web.frame.forms import Line, OneOf, PageForm, numbered_forms, render_answer, siret, text_on_one_line
from matcher.web.frame.question_form import asks, question_of
from matcher.web.need.address import Query
from matcher.web.need.understood import lever_said, places_said, sizes_said

_PARTS = "part-"
_NUMBERED = re.compile(r"contrat-(\d{1,3})-(.+)", re.ASCII)
EQUAL = "egal"
# Parameter that « Ajouter un contrat » sends: the number of forms of a contract.
FORMS = "formulaires"
# Form field of a refusal, by the field name of a need.
_FIELDS = {"montant": "montant", "duree": "mois", "lieu": "lieu", "heures": "heures", "acheteur_siret": "objet"}


def _without_gaps(arguments: MultiDict[str, str]) -> MultiDict[str, str]:
    """Renumber the contracts of a form from 1 without gaps: emptied contracts leave some."""
    fields = [(name, _NUMBERED.fullmatch(name), value) for name, value in arguments.items(multi=True)]
    filled = {
        int(match[1])
        for _, match, value in fields
        if match and text_on_one_line(value) and not match[2].startswith(_PARTS)
    }
    rank = {number: at for at, number in enumerate(sorted(filled), start=1)}
    return MultiDict(
        (f"contrat-{rank.get(int(match[1]), MOST_CONTRACTS + 1)}-{match[2]}" if match and filled else name, value)
        for name, match, value in fields
    )


@asks(ToldContract)
class PlanContractForm(PageForm):
    """Form of one contract."""

    def facts(self, buyer: str, *, equal: bool, split: Mapping[str, int] | None) -> ToldContract:
        """Return the facts of the contract; the form must have no faults. `split` is the hours by modality (way to provide them), if edited."""
        return question_of(self, ToldContract, buyer=buyer, equal=equal, split=split)


class PlanWholeForm(PageForm):
    """Form of the fields common to the whole plan."""

    acheteur = siret("SIRET du donneur d’ordre", hint="Il ne sera pas proposé pour faire les heures.")
    travaux = OneOf("Type de travaux", [("", "d’après les objets"), *works_types()])
    levier = Line("Levier", most=40)


class PlanForm:
    """The whole form: the common fields, then numbered fields for each contract, with the edited cells of its split of hours by modality.

    A need in the address fills the first contract; the form then counts as not sent, as it does where « Ajouter un contrat » was pressed.
    """

    def __init__(self, arguments: MultiDict[str, str]) -> None:
        self.arguments = _without_gaps(arguments)
        adds = FORMS in arguments
        self.sent = not adds and any(name.startswith("contrat-") for name in arguments)
        if not (self.sent or adds):
            self._fill()
        self.equal = self.arguments.get("partage") == EQUAL
        self.whole = PlanWholeForm(self.arguments)
        self.contracts, _ = numbered_forms(PlanContractForm, self.arguments, "contrat", MOST_CONTRACTS)
        typed = arguments.get(FORMS, "")
        wanted = min(int(typed), MOST_CONTRACTS) if re.fullmatch(r"\d{1,3}", typed, re.ASCII) else 0
        blank = (PlanContractForm(prefix=f"contrat-{at + 1}-") for at in range(len(self.contracts), wanted))
        self.shown = [*self.contracts, *blank]
        for form in (self.whole, *self.contracts):
            form.sent = self.sent
        self.part_faults: dict[str, str] = {}

    @property
    def more(self) -> int:
        """Number of contract forms that « Ajouter un contrat » asks for, 0 at the maximum."""
        return len(self.shown) + 1 if len(self.shown) < MOST_CONTRACTS else 0

    def _fill(self) -> None:
        """Fill the fields from an address: a need, or (older addresses of plans) activities with their hours."""
        query = Query.of(self.arguments, buyer_defaults())
        places, sizes = " ; ".join(places_said(query)), sizes_said(query)
        months = query.typed_value("duree") or self.arguments.get("mois", "") or sizes.get("mois", "")
        texts = self.arguments.getlist("objet")[:MOST_CONTRACTS]
        hours = self.arguments.getlist("heures")
        self.sent = bool(texts and hours and places)
        for at, text in enumerate(texts or [query.activity], start=1):
            values = {"objet": text_on_one_line(text), "lieu": places, "mois": months}
            values["montant"] = "" if texts else sizes.get("montant", "")
            values["heures"] = hours[at - 1] if at <= len(hours) else "" if texts else sizes.get("heures", "")
            for name, value in values.items():
                if value:
                    self.arguments[f"contrat-{at}-{name}"] = value
        if clean_siret(query.reading.buyer).value:  # a SIREN is left out: the contract's text is read again for it
            self.arguments.setdefault("acheteur", query.reading.buyer)
        self.arguments.setdefault("levier", lever_said(query))

    @property
    def faults(self) -> dict[str, str]:
        """The French faults by field; empty for a form that was not sent."""
        if not self.sent:
            return {}
        contract_faults = (fault for one in self.contracts for fault in one.faults.items())
        return {**self.whole.faults, **dict(contract_faults), **self.part_faults}

    def read(self, shelf: Shelf) -> list[PlanContract]:
        """Return the contracts as read, or none where one has a fault or is refused, which becomes a fault of its field."""
        contracts_read = []
        for at, plan_contract_form in enumerate(self.contracts, start=1):
            if plan_contract_form.faults or self.whole.faults:
                continue
            contract = plan_contract_form.facts(self.whole.acheteur.data, equal=self.equal, split=self._split(at))
            try:
                contracts_read.append(contract_of(contract, shelf, desk().today()))
            except DecisionRefused as refusal:
                plan_contract_form.faults[plan_contract_form[_FIELDS.get(refusal.field, "objet")].name] = str(refusal)
        if self.whole.faults or any(one.faults for one in self.contracts):
            return []
        return contracts_read

    def typed_cells(self, at: int) -> Mapping[str, str] | None:
        """Return the typed cells of a contract's split, by modality; None where none was sent or the parts are equal."""
        names = {way.code: f"contrat-{at}-{_PARTS}{way.code}" for way in modalities()}
        if self.equal or not any(name in self.arguments for name in names.values()):
            return None
        return {code: text_on_one_line(self.arguments.get(name, "")) for code, name in names.items()}

    def _split(self, at: int) -> dict[str, int] | None:
        """Return the hours typed in a contract's split, by modality, None where none was sent; a cell without hours is a fault."""
        typed = self.typed_cells(at)
        if typed is None:
            return None
        split = {}
        for code, text in typed.items():
            hours = clean_measure(text.replace("−", "-"), "h", "heures").value if text else 0.0
            if hours is not None and 0 <= hours <= MOST_HOURS:
                split[code] = round(hours)
            else:
                name = f"contrat-{at}-{_PARTS}{code}"
                fault = f"Contrat {at} : « {text[:40]} » n’est pas un nombre d’heures. La case compte pour zéro."
                self.part_faults[name] = fault
        return split

    def pairs(self, clause_plan: ClausePlan | None, *, parts: bool = True) -> list[tuple[str, str]]:
        """Return the (name, value) pairs of the plan's address; `parts` includes the edited splits of hours (as typed, without a plan)."""
        base_pairs = [
            (name, value)
            for name, values in self.arguments.lists()
            for value in values
            if value
            and ((parts and clause_plan is None) or f"-{_PARTS}" not in name)
            and name.startswith(("contrat-", "acheteur", "travaux", "levier"))
        ]
        if not parts or clause_plan is None:
            return base_pairs
        edited = ((at, one) for at, one in enumerate(clause_plan.splits, start=1) if one.is_edited)
        return [
            *base_pairs,
            *((f"contrat-{at}-{_PARTS}{code}", str(hours)) for at, one in edited for code, hours in one.hours.items()),
        ]

    def url(
        self, clause_plan: ClausePlan | None, endpoint: str = "clause.show", *, parts: bool = True, **more: str
    ) -> str:
        """Return the address of a page or file of this plan."""
        values: dict[str, Any] = {}  # a list is a parameter given several times
        for name, value in self.pairs(clause_plan, parts=parts):
            values.setdefault(name, []).append(value)
        return url_for(endpoint, **{**values, **more})

    def cell(self, at: int, code: str, hours: int) -> str:
        """Return the text of a modality's cell, for contract number `at`: as typed, else the hours."""
        typed = self.typed_cells(at)
        return str(hours or "") if typed is None else typed[code]


pages = Blueprint("clause", __name__)


@pages.get("/plan-clause", endpoint="show")
def show_clause_plan() -> ResponseReturnValue:
    """Show the form, and the plan above it once the form is complete."""
    form = PlanForm(request.args)
    plan = _plan_of_form(form)
    contacts = desk().contacts_of(plan_structures(plan.plan).keys()) if plan else {}
    people = side = None
    if plan:
        since, places = desk().contacts_since(), [place.key for place in plan.places]
        # The interlocutors of the places, in addition to the facilitators that the plan names.
        people = speak_to_table(interlocutors_of(load_interlocutors(desk().engine, since=since), plan.places))
        needs = (one.need for one in plan.plan.side)
        queries = {need.label: Query({}).but(ou=places, besoin=need.label, activite=need.activity) for need in needs}
        side = leading({label: query.url() for label, query in queries.items()})
    return render_answer(
        form.faults,
        "decisions/clause/plan.html",
        form=form,
        faults=form.faults,
        found=plan,
        told=plan_document(plan, contacts=contacts).as_shown() if plan else None,
        known=partial(evidence_cell, plan) if plan else None,
        phone=partial(phone_cell, contacts=contacts),
        way_url=partial(_way_url, plan.plan, form.whole.levier.data) if plan else None,
        facilitators_of=partial(facilitators_of, plan.facilitators) if plan else None,
        people=people,
        link=side,
        words=words,
        most=MOST,
        equal=EQUAL,
        forms=FORMS,
        percent=percent,
    )


@pages.get("/plan-clause/plan.<any(json, xlsx):form>", endpoint="download")
def download_clause_plan(form: str) -> ResponseReturnValue:
    """Send the plan as a file."""
    plan = whole_plan(request.args) or abort(400)
    contacts = desk().contacts_of(plan_structures(plan.plan).keys())
    return document_attachment(
        f"plan-clause-{plan.on}.{form}",
        plan_document(plan, contacts=contacts),
        lambda: plan_object(plan),
        lambda: contacts_table(plan_structures(plan.plan), lambda _: contacts),
    )


def clause_decision(arguments: MultiDict[str, str]) -> Document | None:
    """Return the plan of these arguments as a document for a dossier; None where there is none."""
    form = PlanForm(arguments)
    plan = _plan_of_form(form)
    return plan_document(plan, form.url(plan.plan)) if plan and not form.faults else None


def whole_plan(arguments: MultiDict[str, str]) -> PlanAnswer | None:
    """Return the plan of these arguments; None where there is none or a field has a fault."""
    form = PlanForm(arguments)
    plan = _plan_of_form(form)
    return None if form.faults else plan


def _plan_of_form(form: PlanForm) -> PlanAnswer | None:
    """Compute the plan; None where the form was not sent, or a contract cannot be planned."""
    if not form.sent:
        return None
    contracts = form.read(desk().shelf())
    if not contracts:
        return None
    known_here = load_facilitators(desk().engine, since=desk().contacts_since())
    return answer_plan(contracts, desk().sources_of, form.whole.travaux.data, known_here)


def _way_url(plan: ClausePlan, lever: str, way: ModalityHours) -> str:
    """Return the address of the candidates for one way to provide the hours, for the contract with most of these; empty where there are none."""
    if not way.hosts and not way.unlikely:
        return ""
    at = max(range(len(way.ways)), key=lambda one: (way.by_contract[one], plan.contracts[one].hours, -one))
    contract = plan.contracts[at]
    places = [place.key for place in contract.reading.places]
    kinds = sorted(kind.value for kind in way.modality.kinds)
    levers = lever if eligible(lever, way.modality.kinds) else CLAUSE  # the plan counts those who lend staff too
    return Query({}).but(ou=places, besoin=contract.label, type=kinds, levier=levers).url()
