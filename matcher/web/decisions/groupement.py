"""Page « Répondre à plusieurs »: for activities and sites too many for one supplier, a few groupements (joint bids of suppliers) that cover them."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.groupement.answer import MOST_PARTS, GroupementQuestion, GroupementsAnswer, join_needs
from matcher.decisions.groupement.document import groupements_document, groupements_object
from matcher.decisions.workload import NeedRefused
from matcher.render.document import Document
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import buyer_defaults, desk
from matcher.web.frame.file_response import document_attachment
from matcher.web.frame.forms import PageForm, render_answer
from matcher.web.frame.question_form import asks, faults_of, question_of
from matcher.web.need.address import Query
from matcher.web.need.understood import lever_said, places_json, places_said

pages = Blueprint("groupement", __name__)


@asks(GroupementQuestion)
class GroupementForm(PageForm):
    """Form of activities and sites, one a line; each activity is to be done at each site."""

    @property
    def question(self) -> GroupementQuestion:
        """The question that the form asks."""
        return question_of(self, GroupementQuestion)

    @classmethod
    def of(cls, arguments: MultiDict[str, str]) -> "GroupementForm":
        """Build the form from the arguments of a request; empty fields are filled from the need in the address."""
        query, sent = Query.of(arguments, buyer_defaults()), MultiDict(arguments)
        sent["levier"] = lever_said(query)
        for name, values in (("objet", (query.activity,)), ("site", places_said(query))):
            if not any(map(str.strip, sent.getlist(name))):
                sent.setlist(name, list(values))
        return cls(sent)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield the faults of the question as a whole, by field."""
        yield from faults_of(self.question)

    def url(self, endpoint: str = "groupement.show", **more: str) -> str:
        """Return the address of a page or file of these groupements."""
        values: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value for name, value in self.data.items() if value
        }
        return url_for(endpoint, **{**values, **more})


@pages.get("/groupement", endpoint="show")
def show_groupements() -> ResponseReturnValue:
    """Show the form, and the groupements above it once the form is complete."""
    groupement_form = GroupementForm.of(request.args)
    if not ("objet" in request.args or "site" in request.args):
        groupement_form = GroupementForm(**groupement_form.data)  # filled from a need: counts as not sent
    joint_need = _compute_groupements(groupement_form)
    candidates = {}
    for part in joint_need.parts if joint_need else ():
        places = [place.key for place in part.ask.reading.places]
        query = Query({}).but(besoin=part.need, ou=places, levier=groupement_form.question.lever or None)
        if part.trade:
            query = query.but(activite=[part.trade])
        candidates[part.part.label] = query.url()
    return render_answer(
        groupement_form.faults,
        "decisions/groupement/groupement.html",
        form=groupement_form,
        found=joint_need,
        told=groupements_document(joint_need).as_shown() if joint_need else None,
        link=leading(candidates),
        numbers={by.id: number for number, by in enumerate(joint_need.establishments, start=1)} if joint_need else {},
        places=places_json(place for part in joint_need.parts for place in part.ask.reading.places)
        if joint_need
        else "[]",
        tiles=desk().settings.tiles,
        most_parts=MOST_PARTS,
    )


@pages.get("/groupement/groupements.<any(json, xlsx):form>", endpoint="download")
def download_groupements(form: str) -> ResponseReturnValue:
    """Send the groupements as a file."""
    joint_need = _compute_groupements(GroupementForm.of(request.args)) or abort(400)
    return document_attachment(
        f"groupements-{joint_need.on}.{form}",
        groupements_document(joint_need),
        lambda: groupements_object(joint_need),
        lambda: contacts_table({one.id: one.name for one in joint_need.establishments}, desk().contacts_of),
    )


def groupement_decision(arguments: MultiDict[str, str]) -> Document | None:
    """Return the groupements of these arguments as a document for a dossier; None where there are none."""
    groupement_form = GroupementForm.of(arguments)
    joint_need = _compute_groupements(groupement_form)
    return groupements_document(joint_need, groupement_form.url()) if joint_need else None


def _compute_groupements(groupement_form: GroupementForm) -> GroupementsAnswer | None:
    """Compute the groupements; None where the form was not sent or has faults."""
    if not groupement_form.sent or groupement_form.faults:
        return None
    try:
        return join_needs(desk().engine, desk().shelf(), groupement_form.question, desk().today())
    except DecisionRefused as refusal:
        groupement_form.faults["site" if refusal.field == "lieu" else "objet"] = str(refusal)
    except NeedRefused as refusal:
        groupement_form.faults["etp"] = str(refusal)
    return None
