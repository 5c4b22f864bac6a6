"""Page « À qui parler »: directory by territory of the organisations that advise buyers, which the team edits; clause facilitators have their own list."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole_number
from matcher.cleaning.web import clean_website
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.clause.facilitators import facilitators_of, load_facilitators
from matcher.decisions.interlocutors import (
    Interlocutor,
    interlocutors_of,
    keep_interlocutor,
    load_interlocutors,
    one_of_team,
    remove_interlocutor,
    roles,
)
from matcher.decisions.plaquette.answer import read_territory
from matcher.domain.place import Place
from matcher.reading.place.areas import name_apart, place_of
from matcher.reference.geography.territories import departements, regions
from matcher.web.frame.app_state import buyer_defaults, desk, named_or_fault, signed_for_all
from matcher.web.frame.forms import Line, OneOf, PageForm, calendar_date, email, phone_number, render_answer

pages = Blueprint("interlocutors", __name__)

_NUMBER = "<int(max=2147483647):number>"
_GONE = "Cet interlocuteur a été retiré entre-temps : rien n’a été écrit."


class WhereForm(PageForm):
    """Form of the territory whose interlocutors are shown."""

    lieu = Line("Territoire", most=200, needed="Dites une commune, un EPCI, un département ou une région.")


class InterlocutorForm(PageForm):
    """Form of one interlocutor."""

    role = OneOf("Qui", [("", "Choisissez"), *((role.code, role.label) for role in roles().values())])
    territory = OneOf(
        "Territoire",
        [
            ("", "Choisissez"),
            *((f"reg:{land.code}", land.name) for land in sorted(regions().values(), key=lambda land: land.name)),
            *((f"dep:{code}", f"{code} {county.name}") for code, county in sorted(departements().items())),
        ],
        default="",
    )
    name = Line(
        "Structure", needed="Donnez le nom de la structure.", hint="la structure ou le service, pas une personne"
    )
    phone = phone_number("Téléphone", hint="l’accueil, pas un portable")
    email = email("Courriel", hint="une adresse de service : contact@…")
    website = Line(
        "Site", lambda typed: clean_website(typed).value, "Une adresse de site, par exemple https://exemple.fr."
    )
    source = Line("Source", needed="Dites d’où vous le tenez : une page, un appel, un courrier.")
    as_of = calendar_date("Vu le", needed="Donnez le jour où cette source le disait.")


@pages.get("/a-qui-parler", endpoint="show")
def show_interlocutors() -> ResponseReturnValue:
    """Show the interlocutors of a territory, by default the organisation's own."""
    typed = request.args.get("lieu")
    form = WhereForm(request.args) if typed is not None else WhereForm(lieu=buyer_defaults().place)
    places: tuple[Place, ...] = ()
    if form.lieu.data and not form.faults:
        try:
            places, _ = read_territory([form.lieu.data])
        except DecisionRefused as refusal:
            form.faults["lieu"] = str(refusal)
    since = desk().contacts_since()
    known = load_interlocutors(desk().engine, since=since)
    return render_answer(
        form.faults,
        "decisions/interlocutors/a_qui_parler.html",
        form=form,
        places=places,
        found=interlocutors_of(known, places),
        place_of=place_of,
        facilitators=facilitators_of(load_facilitators(desk().engine, since=since), places),
    )


@pages.get("/a-qui-parler/ecrire", endpoint="edit")
def edit_interlocutor() -> ResponseReturnValue:
    """Show the form of an interlocutor that the team wrote (`numero`), or of a new one filled from the address."""
    interlocutor = _team_interlocutor(request.args["numero"]) if "numero" in request.args else None
    if interlocutor:
        return _form(InterlocutorForm.showing(interlocutor), interlocutor)
    begun = {name: request.args.get(name, "") for name in ("role", "territory", "name", "website")}
    return _form(InterlocutorForm(None, **begun, as_of=desk().today()), None)


@pages.post("/a-qui-parler/ecrire", endpoint="keep")
def write_interlocutor() -> ResponseReturnValue:
    """Store a new interlocutor, or replace the one that it corrects."""
    interlocutor = _team_interlocutor(request.form["numero"]) if "numero" in request.form else None
    form = InterlocutorForm(request.form)
    for name, needed in (("role", "Dites qui c’est."), ("territory", "Dites de quel territoire.")):
        if not form[name].data:
            form.faults.setdefault(name, needed)
    if form.as_of.data and form.as_of.data > desk().today():
        form.faults["as_of"] = "Ce jour n’est pas encore venu."
    author = named_or_fault(signed_for_all(request.form), form.faults)
    if form.faults:
        return _form(form, interlocutor)
    edited = replace(form.make(Interlocutor), id=interlocutor.id if interlocutor else None)
    written = keep_interlocutor(desk().engine, edited, author=author, now=desk().now())
    flash(f"« {edited.name} » est gardé, pour toutes les organisations d’ici." if written else _GONE)
    return _back(edited)


@pages.post(f"/a-qui-parler/{_NUMBER}/retrait", endpoint="remove")
def take_out_interlocutor(number: int) -> ResponseReturnValue:
    """Remove an interlocutor that the team wrote."""
    interlocutor = _team_interlocutor(str(number))
    remove_interlocutor(desk().engine, number)
    flash(f"« {interlocutor.name} » est retiré.")
    return _back(interlocutor)


def _team_interlocutor(written: str) -> Interlocutor:
    number = whole_number(written, range(2**31))
    return (None if number is None else one_of_team(desk().engine, number)) or abort(404)


def _form(form: InterlocutorForm, interlocutor: Interlocutor | None) -> ResponseReturnValue:
    return render_answer(form.faults, "decisions/interlocutors/ecrire.html", form=form, its=interlocutor, roles=roles())


def _back(interlocutor: Interlocutor) -> ResponseReturnValue:
    place = place_of(interlocutor.territory)
    return redirect(url_for("interlocutors.show", lieu=name_apart(place) if place else None), 303)
