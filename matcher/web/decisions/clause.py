"""« Plan de clause »: the hours of insertion of some contracts, who could carry them and how, whom to call, what else the works could entrust."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.decisions.clause import words
from matcher.decisions.clause.answer import Planned, planned
from matcher.decisions.clause.as_json import plan_object
from matcher.decisions.clause.compute import Carried, ClauseHost, SideAnswer
from matcher.decisions.clause.document import plan_document
from matcher.decisions.clause.facilitators import facilitators
from matcher.decisions.clause.tables import Contacts, known, named, phone
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.interlocutors import interlocutors, speak_to, speak_to_table
from matcher.domain.french import percent
from matcher.reference.levers import eligible
from matcher.render.document import Document, DocumentCell, DocumentTable
from matcher.web.decisions.clause_form import EQUAL, PlanForm
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import desk
from matcher.web.frame.file_response import sent_document
from matcher.web.need.address import Query

pages = Blueprint("clause", __name__)

# Structures named beside each modality, in the order of the calls; the table under it has them all.
_CALLED = 3


@dataclass(frozen=True, slots=True)
class HostCall:
    """A structure to call as the page shows it: its telephone, and what is known of it."""

    host: ClauseHost
    phone: DocumentCell
    known: DocumentCell


@dataclass(frozen=True, slots=True)
class ShownWay:
    """A modality as a line of the split: its `cells` as typed, by contract, the first to call, and the list of its candidates."""

    carried: Carried
    limit: str
    cells: tuple[str, ...]
    calls: tuple[HostCall, ...]
    url: str


@pages.get("/plan-clause")
def show() -> ResponseReturnValue:
    """Show the form, and over it the plan once it is asked in full."""
    form = PlanForm(request.args)
    found = _planned(form)
    contacts = desk().contacts_of(named(found.plan).keys()) if found else {}
    page = render_template(
        "decisions/clause/plan.html",
        form=form,
        faults=form.faults,
        found=found,
        told=plan_document(found, contacts=contacts).as_shown() if found else None,
        ways=_ways(form, found, contacts) if found else (),
        gaps=[words.gap(one) for one in found.plan.splits] if found else (),
        people=_people(found) if found else None,
        link=leading(_side_addresses(found)) if found else None,
        words=words,
        equal=EQUAL,
        percent=percent,
    )
    return page, 422 if form.faults else 200


@pages.get("/plan-clause/plan.<any(json, xlsx):form>")
def download(form: str) -> ResponseReturnValue:
    """Send the plan as a file."""
    found = whole_plan(request.args) or abort(400)
    contacts = desk().contacts_of(named(found.plan).keys())
    return sent_document(
        f"plan-clause-{found.on}.{form}",
        plan_document(found, contacts=contacts),
        lambda: plan_object(found),
        lambda: contacts_table(named(found.plan), lambda _: contacts),
    )


def decided(arguments: MultiDict[str, str]) -> Document | None:
    """Return the plan that these arguments ask for, as a dossier keeps it; None where they ask for none."""
    form = PlanForm(arguments)
    found = _planned(form)
    return plan_document(found, form.url(found.plan)) if found and not form.faults else None


def whole_plan(arguments: MultiDict[str, str]) -> Planned | None:
    """Return the plan that these arguments ask for; None where they ask for none, or where something of them cannot be used."""
    form = PlanForm(arguments)
    found = _planned(form)
    return None if form.faults else found


def _planned(form: PlanForm) -> Planned | None:
    """The plan; None where the form was not sent, or where a contract cannot be planned."""
    if not form.sent:
        return None
    contracts = form.read(desk().shelf())
    if not contracts:
        return None
    known_here = facilitators(desk().engine, since=desk().contacts_since())
    return planned(contracts, desk().sources_of, form.whole.travaux.data, known_here)


def _ways(form: PlanForm, found: Planned, contacts: Contacts) -> list[ShownWay]:
    plan, lever = found.plan, form.whole.levier.data
    typed = [form.written(at) if not form.equal else None for at in range(1, len(plan.splits) + 1)]
    return [
        ShownWay(
            one,
            words.limit(plan, one),
            tuple(
                its[one.modality.code] if its is not None else str(hours) if hours else ""
                for its, hours in zip(typed, one.by_contract, strict=True)
            ),
            tuple(HostCall(host, phone(host, contacts), known(found, host)) for host in one.callable[:_CALLED]),
            _way_query(found, one, lever).url() if one.hosts else "",
        )
        for one in plan.carried
    ]


def _people(found: Planned) -> DocumentTable:
    """Whom to speak to where the works are done, beside the facilitators that the plan names."""
    listed = interlocutors(desk().engine, since=desk().contacts_since())
    return speak_to_table(speak_to(listed, found.places))


def _side_addresses(found: Planned) -> dict[str, str]:
    """The candidates of each side need, by the name of its line."""
    return {one.need.label: _side_query(found, one).url() for one in found.plan.side}


def _side_query(found: Planned, answered: SideAnswer) -> Query:
    """The need that asks for the candidates of a side need."""
    return _around(found, besoin=answered.need.label, activite=answered.need.activity)


def _way_query(found: Planned, way: Carried, lever: str) -> Query:
    """The need that asks for the candidates of one way, for the contract that has most of its hours; under the lever of the need where they
    may answer under it."""
    at = max(range(len(way.by_contract)), key=lambda one: (way.by_contract[one], found.plan.contracts[one].hours, -one))
    contract = found.plan.contracts[at]
    places = [place.key for place in contract.reading.places]
    kinds = sorted(kind.value for kind in way.modality.kinds)
    levers = lever if eligible(lever, way.modality.kinds) else ""
    return Query({}).but(ou=places, besoin=contract.label, type=kinds, levier=levers)


def _around(found: Planned, **values: str | Sequence[str]) -> Query:
    return Query({}).but(ou=[place.key for place in found.places], **values)
