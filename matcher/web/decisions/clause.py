"""« Plan de clause »: the hours of a social clause, who could carry them and how, what else the works could entrust."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.decisions.asked import DecisionRefused, positive
from matcher.decisions.clause.answer import MOST_HOURS, MOST_MONTHS, MOST_WORKS, Planned, hours_said, planned
from matcher.decisions.clause.compute import Carried, SideAnswer
from matcher.decisions.clause.document import (
    named,
    plan_document,
    plan_object,
)
from matcher.decisions.clause.facilitators import facilitators
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.interlocutors import interlocutors, speak_to, speak_to_table
from matcher.domain.french import number
from matcher.reference.clauses import works_types
from matcher.reference.levers import eligible
from matcher.render.document import Document, DocumentTable
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import desk
from matcher.web.frame.file_response import sent_document
from matcher.web.frame.forms import one_line
from matcher.web.frame.organisation import buyer_defaults
from matcher.web.need.address import Query
from matcher.web.need.understood import lever_said, places_said

pages = Blueprint("clause", __name__)

_SHOWN_ROWS = 3
_HOURS, _MONTHS = ("h", "heure", "heures"), ("mois",)
_USUAL_MONTHS = "12"


@dataclass(frozen=True, slots=True)
class ClauseForm:
    """Fields of the form, as typed: an activity and its hours a row, places, a total where hours are not told apart."""

    rows: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    total: str
    months: str
    works_type: str
    lever: str = ""

    @classmethod
    def of(cls, arguments: MultiDict[str, str]) -> "ClauseForm":
        """Take from the arguments of a request what makes a plan. A need that comes from the other pages is its first activity, and an
        activity without hours has those that its text says."""
        query = Query.of(arguments, buyer_defaults())
        typed, said = query.typed("duree"), query.reading.months
        months = one_line(arguments.get("mois", "")) or typed or (f"{said:g}" if said else _USUAL_MONTHS)
        total, works_type = (one_line(arguments.get(name, "")) for name in ("total", "travaux"))
        texts, hours = (tuple(map(one_line, arguments.getlist(name)[:MOST_WORKS])) for name in ("objet", "heures"))
        needs = texts
        if not texts and query.text("besoin"):
            texts = (query.text("besoin"),)
            needs = (query.activity,)
        hours = (*hours, *("" for _ in needs[len(hours) :]))
        rows = [
            (need, its or (_hours_of(text, months) if not total else ""))
            for need, its, text in zip(needs, hours, texts, strict=False)
        ]
        filled = tuple(row for row in rows if any(row))
        return cls(filled, places_said(query), total, months, works_type, lever_said(query))

    def pairs(self) -> list[tuple[str, str]]:
        """Query of the same plan, as (name, value)."""
        rows = [pair for need, hours in self.rows for pair in (("objet", need), ("heures", hours))]
        rest = (("total", self.total), ("mois", self.months), ("travaux", self.works_type), ("levier", self.lever))
        return [*rows, *(("lieu", place) for place in self.places), *((name, value) for name, value in rest if value)]

    def url(self, endpoint: str = "clause.show", **more: str) -> str:
        """Return the address of a page about this plan."""
        values: dict[str, Any] = {}  # a list is a parameter given several times
        for name, value in self.pairs():
            values.setdefault(name, []).append(value)
        return url_for(endpoint, **{**values, **more})


@pages.get("/plan-clause")
def show() -> ResponseReturnValue:
    """Show the form, and under it the plan once it is asked in full."""
    its = ClauseForm.of(request.args)
    started = any(name in request.args for name in ("objet", "heures", "total", "mois"))
    found, faults = _planned(its) if started else (None, {})
    page = render_template(
        "decisions/clause/plan.html",
        asked=its,
        faults=faults,
        told=plan_document(found, people=True).as_shown() if found else None,
        people=_people(found) if found else None,
        link=leading(_addresses(found, its.lever) if found else {}),
        rows=_rows(its),
        works_types=works_types(),
    )
    return page, 422 if faults else 200


def _people(found: Planned) -> DocumentTable:
    """Whom to speak to where the works are done, beside the facilitators that the plan names."""
    known = interlocutors(desk().engine, since=desk().contacts_since())
    return speak_to_table(speak_to(known, found.works[0].ask.reading.places))


def _addresses(found: Planned, lever: str) -> dict[str, str]:
    """The candidates of each way to carry hours and of each side need, by the name of its line."""
    ways = {one.modality.label: _way_query(found, one, lever).url() for one in found.plan.carried if one.candidates}
    return ways | {one.need.label: _side_query(found, one).url() for one in found.plan.side}


@pages.get("/plan-clause/plan.<any(json, xlsx):form>")
def download(form: str) -> ResponseReturnValue:
    """Send the plan as a file."""
    found, _ = _planned(ClauseForm.of(request.args))
    if found is None:
        abort(400)
    return sent_document(
        f"plan-clause-{found.on}.{form}",
        plan_document(found, people=True),
        lambda: plan_object(found),
        lambda: contacts_table(named(found.plan), desk().contacts_of),
    )


def decided(arguments: MultiDict[str, str]) -> Document | None:
    """Return the plan that these arguments ask for, as a dossier keeps it; None where they ask for none."""
    its = ClauseForm.of(arguments)
    found, _ = _planned(its)
    return plan_document(found, its.url()) if found else None


def _planned(its: ClauseForm) -> tuple[Planned | None, dict[str, str]]:
    """The plan, or what cannot be used, by field; never both."""
    faults = _lacking(its)
    hours: list[float] = []
    for name, written in (
        [("total", its.total)] if its.total else [(f"heures-{at}", h) for at, (_, h) in _numbered(its)]
    ):
        if written and name not in faults:
            _measure(faults, hours, name, written, MOST_HOURS, _HOURS)
    months: list[float] = []
    _measure(faults, months, "mois", its.months, MOST_MONTHS, _MONTHS)
    if faults:
        return None, faults
    try:
        needs = [need for need, _ in its.rows]
        today = desk().today()
        known = facilitators(desk().engine, since=desk().contacts_since())
        return planned(desk().shelf(), needs, its.places, hours, months[0], today, its.works_type, known), {}
    except DecisionRefused as refusal:
        at = next((at for at, (need, _) in _numbered(its) if need == refusal.need), 1)
        return None, {f"objet-{at}": str(refusal)}


def _hours_of(text: str, months: str) -> str:
    """The hours of insertion that a text says over so many months, as a field shows them; empty where it says none."""
    try:
        lasting = positive(months, MOST_MONTHS, *_MONTHS)
    except DecisionRefused:  # said under its own field
        return ""
    return "".join(map(number, hours_said([text], lasting)))


def _lacking(its: ClauseForm) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not its.rows:
        faults["objet-1"] = "Dites au moins une activité, par exemple « Entretien des espaces verts »."
    for at, (need, hours) in _numbered(its):
        if not need:
            faults[f"objet-{at}"] = "Dites de quelle activité sont ces heures, ou effacez-les."
        if not hours and not its.total:
            faults[f"heures-{at}"] = "Donnez les heures de cette activité, ou un total pour toutes."
        if hours and its.total:
            faults["total"] = "Des heures par activité, ou un total : pas les deux."
    if not its.places:
        faults["lieu"] = "Dites où le marché s’exécute : une commune, un EPCI, un département."
    if its.works_type and its.works_type not in dict(works_types()):
        faults["travaux"] = "Choisissez dans la liste."
    return faults


def _measure(
    faults: dict[str, str], into: list[float], name: str, written: str, most: float, units: Sequence[str]
) -> None:
    try:
        into.append(positive(written, most, *units))
    except DecisionRefused as refusal:
        faults[name] = str(refusal)


def _numbered(its: ClauseForm) -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(its.rows, start=1))


def _rows(its: ClauseForm) -> list[tuple[int, tuple[str, str]]]:
    """The rows of the form: those that are filled, and some to fill."""
    empty = [("", "")] * max(_SHOWN_ROWS - len(its.rows), 1)
    return list(enumerate([*its.rows, *empty][:MOST_WORKS], start=1))


def _side_query(found: Planned, answered: SideAnswer) -> Query:
    """The need that asks for the candidates of a side need."""
    return _around(found, besoin=answered.need.label, activite=answered.need.activity)


def _way_query(found: Planned, way: Carried, lever: str) -> Query:
    """The need that asks for the candidates of one way, for the activity that has most of the hours; under the lever of the need where
    they may answer under it."""
    most = max(found.works, key=lambda work: (work.hours, work.label))
    kinds = sorted(kind.value for kind in way.modality.kinds)
    return _around(found, besoin=most.label, type=kinds, levier=lever if eligible(lever, way.modality.kinds) else "")


def _around(found: Planned, **values: str | Sequence[str]) -> Query:
    places = [place.key for place in found.works[0].ask.reading.places]
    return Query({}).but(ou=places, **values)
