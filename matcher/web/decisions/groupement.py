"""« Répondre à plusieurs »: activities and sites that nobody carries alone, and the few sets of suppliers that do."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole
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
    alone_table,
    groupement_tables,
    parts_table,
    together_document,
    together_object,
)
from matcher.decisions.workload import NeedRefused
from matcher.need.fields import ASKED_LEVERS
from matcher.reference.levers import lever
from matcher.render.document import Document
from matcher.web.decisions.form_fields import activity_of, one, several
from matcher.web.decisions.row_links import to_supplier
from matcher.web.frame.app_state import desk
from matcher.web.frame.file_response import sent_document
from matcher.web.need.address import Arguments, Query
from matcher.web.need.map_places import drawn
from matcher.web.need.understood import lever_said, places_said

pages = Blueprint("groupement", __name__)

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class GroupementForm:
    """Fields of the form, as typed: activities and sites one a line; each activity is to be done at each site."""

    needs: tuple[str, ...]
    places: tuple[str, ...]
    lever: str
    etp: str
    members: str

    @classmethod
    def of(cls, arguments: Arguments) -> "GroupementForm":
        """Take from the arguments of a request what makes groupements. A need that comes from the other pages fills the form."""
        query = Query.of(arguments)
        need = activity_of(query.text("besoin"))
        return cls(
            several(arguments, "objet", _MOST_LINES) or ((need,) if need else ()),
            several(arguments, "site", _MOST_LINES) or places_said(query),
            lever_said(query),
            one(arguments, "etp"),
            one(arguments, "membres"),
        )

    def url(self, endpoint: str = "groupement.show", **more: str) -> str:
        """Return the address of a page about these groupements."""
        values: dict[str, Any] = {"objet": list(self.needs), "site": list(self.places)}
        rest = {"levier": self.lever, "etp": self.etp, "membres": self.members}
        return url_for(endpoint, **{**values, **{name: value for name, value in rest.items() if value}, **more})


@pages.get("/groupement")
def show() -> ResponseReturnValue:
    """Show the form, and over it the groupements once they are asked in full."""
    its = GroupementForm.of(request.args)
    found, faults = _found(its) if "objet" in request.args or "site" in request.args else (None, {})
    page = render_template(
        "decisions/groupement/groupement.html",
        asked=its,
        faults=faults,
        found=found,
        told=together_document(found) if found else None,
        groupements=groupement_tables(found.grouping) if found else [],
        alone=alone_table(found.grouping) if found else None,
        parts=parts_table(found) if found else None,
        addresses=[_query(part, its).url() for part in found.parts] if found else [],
        numbers={by.id: number for number, by in enumerate(found.named, start=1)} if found else {},
        to_supplier=to_supplier,
        places=drawn(place for part in found.parts for place in part.ask.reading.places) if found else "[]",
        tiles=desk().settings.tiles,
        levers=[("", "Ni réservé, ni clause"), *((code, lever(code).label) for code in ASKED_LEVERS)],
        usual_members=MEMBERS,
        most_members=MOST_MEMBERS,
        most_parts=MOST_PARTS,
    )
    return page, 422 if faults else 200


@pages.get("/groupement/groupements.<any(json, xlsx):form>")
def download(form: str) -> ResponseReturnValue:
    """Send the groupements as a file."""
    found, _ = _found(GroupementForm.of(request.args))
    if found is None:
        abort(400)
    return sent_document(
        f"groupements-{found.on}.{form}",
        together_document(found),
        lambda: together_object(found),
        lambda: contacts_table({one.id: one.name for one in found.named}, desk().contacts_of),
    )


def decided(arguments: Arguments) -> Document | None:
    """Return the groupements that these arguments ask for, as a dossier keeps them; None where they ask for none."""
    its = GroupementForm.of(arguments)
    found, _ = _found(its)
    return together_document(found, its.url()) if found else None


def _found(its: GroupementForm) -> tuple[Together | None, dict[str, str]]:
    """The groupements, or what cannot be used, by field; never both."""
    faults: dict[str, str] = {}
    if not its.needs:
        faults["objet"] = "Dites au moins une activité, par exemple « Entretien des espaces verts »."
    if not its.places:
        faults["site"] = "Dites au moins un site : une commune, ou un EPCI."
    if len(its.needs) * len(its.places) > MOST_PARTS:
        faults["site"] = too_many(its.needs, its.places)
    members = its.members or str(MEMBERS)
    if whole(members, range(2, MOST_MEMBERS + 1)) is None:
        faults["membres"] = f"« {members} » n’est pas un nombre entier, de 2 à {MOST_MEMBERS}."
    if faults:
        return None, faults
    try:
        return together(
            desk().engine,
            desk().shelf(),
            its.needs,
            its.places,
            desk().today(),
            lever=its.lever,
            etp=its.etp,
            members=int(members),
        ), {}
    except DecisionRefused as refusal:
        return None, {"site" if refusal.unplaced else "objet": str(refusal)}
    except NeedRefused as refusal:
        return None, {"etp": str(refusal)}


def _query(part: AskedPart, its: GroupementForm) -> Query:
    """The need that asks for the candidates of one part."""
    places = [place.key for place in part.ask.reading.places]
    return Query({}).but(besoin=part.need, ou=places, levier=its.lever or None)
