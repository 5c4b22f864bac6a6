"""« Répondre à plusieurs »: activities and sites that nobody carries alone, and the few sets of suppliers that do."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.groupement.answer import (
    MEMBERS,
    MOST_MEMBERS,
    MOST_PARTS,
    AskedPart,
    Together,
    together,
    too_many,
)
from matcher.decisions.groupement.document import (
    together_document,
    together_object,
)
from matcher.decisions.workload import NeedRefused
from matcher.render.document import Document
from matcher.web.decisions.row_links import leading
from matcher.web.frame.app_state import buyer_defaults, desk
from matcher.web.frame.file_response import sent_document
from matcher.web.frame.forms import Line, Lines, OneOf, PageForm, answered, whole
from matcher.web.need.address import Query
from matcher.web.need.map_places import drawn
from matcher.web.need.understood import LEVER_CHOICES, lever_said, places_said

pages = Blueprint("groupement", __name__)

_MOST_LINES = 40


class GroupementForm(PageForm):
    """Form of activities and sites, one a line; each activity is to be done at each site."""

    objet = Lines(
        "Les activités",
        most=_MOST_LINES,
        needed="Dites au moins une activité, par exemple « Entretien des espaces verts ».",
    )
    site = Lines("Les sites", most=_MOST_LINES, needed="Dites au moins un site : une commune, ou un EPCI.", rows=4)
    etp = Line("Taille d’une part", most=40, unit="ETP")
    membres = whole("Membres au plus", 2, MOST_MEMBERS, empty=MEMBERS)
    levier = OneOf("Réservation ou clause", LEVER_CHOICES)

    @classmethod
    def of(cls, arguments: MultiDict[str, str]) -> "GroupementForm":
        """Take from the arguments of a request what makes groupements. A need that comes from the other pages fills the form."""
        query, sent = Query.of(arguments, buyer_defaults()), MultiDict(arguments)
        sent["levier"] = lever_said(query)
        for name, said in (("objet", (query.activity,)), ("site", places_said(query))):
            if not any(map(str.strip, sent.getlist(name))):
                sent.setlist(name, list(said))
        return cls(sent)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield what cannot be used beside the rest."""
        if len(self.objet.data) * len(self.site.data) > MOST_PARTS:
            yield "site", too_many(self.objet.data, self.site.data)

    def url(self, endpoint: str = "groupement.show", **more: str) -> str:
        """Return the address of a page about these groupements."""
        values: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value for name, value in self.data.items() if value
        }
        return url_for(endpoint, **{**values, **more})


@pages.get("/groupement")
def show() -> ResponseReturnValue:
    """Show the form, and over it the groupements once they are asked in full."""
    its = GroupementForm.of(request.args)
    if not ("objet" in request.args or "site" in request.args):
        its = GroupementForm(**its.data)  # filled by a need, and not sent yet
    found = _found(its)
    return answered(
        its.faults,
        "decisions/groupement/groupement.html",
        form=its,
        found=found,
        told=together_document(found).as_shown() if found else None,
        link=leading({part.part.label: _query(part, its).url() for part in found.parts} if found else {}),
        numbers={by.id: number for number, by in enumerate(found.named, start=1)} if found else {},
        places=drawn(place for part in found.parts for place in part.ask.reading.places) if found else "[]",
        tiles=desk().settings.tiles,
        most_parts=MOST_PARTS,
    )


@pages.get("/groupement/groupements.<any(json, xlsx):form>")
def download(form: str) -> ResponseReturnValue:
    """Send the groupements as a file."""
    found = _found(GroupementForm.of(request.args)) or abort(400)
    return sent_document(
        f"groupements-{found.on}.{form}",
        together_document(found),
        lambda: together_object(found),
        lambda: contacts_table({one.id: one.name for one in found.named}, desk().contacts_of),
    )


def decided(arguments: MultiDict[str, str]) -> Document | None:
    """Return the groupements that these arguments ask for, as a dossier keeps them; None where they ask for none."""
    its = GroupementForm.of(arguments)
    found = _found(its)
    return together_document(found, its.url()) if found else None


def _found(its: GroupementForm) -> Together | None:
    """The groupements; None where the form was not sent, or has faults."""
    if not its.sent or its.faults:
        return None
    try:
        return together(
            desk().engine,
            desk().shelf(),
            its.objet.data,
            its.site.data,
            desk().today(),
            lever=its.levier.data,
            etp=its.etp.data,
            members=its.membres.data,
        )
    except DecisionRefused as refusal:
        its.faults["site" if refusal.field == "lieu" else "objet"] = str(refusal)
    except NeedRefused as refusal:
        its.faults["etp"] = str(refusal)
    return None


def _query(part: AskedPart, its: GroupementForm) -> Query:
    """The need that asks for the candidates of one part."""
    places = [place.key for place in part.ask.reading.places]
    return Query({}).but(besoin=part.need, ou=places, levier=its.levier.data or None)
