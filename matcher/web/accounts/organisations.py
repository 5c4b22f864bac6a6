"""Pages of a person's own organisation (profile; persona, its type of user; logo), and of the administration of all organisations and their members."""

from dataclasses import replace

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts import organisations
from matcher.accounts.organisations import (
    LARGEST_LOGO,
    LogoRefused,
    Organisation,
    OrganisationProfile,
    check_profile,
    keep_logo,
    load_logo,
    read_logo,
    remove_logo,
)
from matcher.accounts.roles import Role
from matcher.accounts.store import AccountRefused, list_accounts
from matcher.domain.persona import Persona
from matcher.reference.law import BUYER_NATURES
from matcher.reference.trades.activities import taxonomy
from matcher.reference.wordings import wordings
from matcher.web.frame.app_state import desk, logo_address, owner, past, person, profile
from matcher.web.frame.forms import Line, Lines, OneOf, PageForm, text_on_one_line

pages = Blueprint("organisations", __name__)

_MOST_FAMILIES = 20


class ProfileForm(PageForm):
    """Form of the profile of an organisation, without its name; `check_profile` gives its faults."""

    persona = OneOf(
        "Vous êtes",
        [("", "pas encore dit"), *((its.value, wordings(its)["qui"]) for its in Persona)],
        "Choisissez qui vous êtes dans la liste.",
    )
    siret = Line("SIRET")
    territory = Line("Territoire")
    place = Line("Lieu par défaut")
    families = Lines("Métiers que vous achetez souvent", most=_MOST_FAMILIES)
    controller_name = Line("Responsable du traitement")
    controller_address = Line("Son adresse postale")
    controller_contact = Line("Son courriel")
    nature = OneOf(
        "Nature de l’acheteur",
        [("", "d’après son SIRET"), *BUYER_NATURES.items()],
        "Choisissez la nature de l’acheteur dans la liste.",
    )


@pages.get("/mon-organisation")
def mine() -> str:
    """Show the profile of the own organisation; without accounts, the page is that of the settings."""
    return _profile_page(ProfileForm.showing(profile()))


@pages.post("/mon-organisation", endpoint="describe")
def describe_own() -> ResponseReturnValue:
    """Save the profile of the form."""
    form = ProfileForm(request.form)
    # The form of a persona that does not buy has no such field.
    nature = form.nature.data if "nature" in request.form else profile().nature
    described_profile, faults = check_profile(form.make(OrganisationProfile, name=profile().name, nature=nature))
    form.faults.update(faults)
    if form.faults:
        return _profile_page(form), 422
    organisations.describe_organisation(desk().engine, owner(), described_profile, author=person(), now=desk().now())
    flash("C’est gardé.")
    return redirect(url_for("organisations.mine"), 303)


@pages.post("/mon-organisation/personne")
def say_persona() -> ResponseReturnValue:
    """Save the kind of user (persona) that the first page asks for."""
    described_profile, faults = check_profile(replace(profile(), persona=_line("persona")))
    if faults or not described_profile.persona:
        abort(400)
    organisations.describe_organisation(desk().engine, owner(), described_profile, author=person(), now=desk().now())
    flash("C’est gardé : les pages et les messages prennent vos mots.")
    return redirect(url_for("form.form"), 303)


@pages.get("/mon-organisation/logo")
def logo() -> ResponseReturnValue:
    """Send the logo of the own organisation, under a policy that lets its bytes run nothing."""
    logo = load_logo(desk().engine, owner()) or abort(404)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "inline"}
    return Response(logo.content, content_type=logo.media, headers=headers)


@pages.post("/mon-organisation/logo")
def give_logo() -> ResponseReturnValue:
    """Save an uploaded file as the logo of the own organisation, or show why it is refused."""
    file = request.files.get("logo")
    try:
        logo = read_logo(file.stream.read(LARGEST_LOGO + 1) if file else b"")
        keep_logo(desk().engine, owner(), logo, author=person(), now=desk().now())
    except LogoRefused as refusal:
        return _profile_page(ProfileForm.showing(profile()), logo_fault=str(refusal)), 422
    flash("Le logo est gardé.")
    return redirect(url_for("organisations.mine"), 303)


@pages.post("/mon-organisation/logo/retrait")
def drop_logo() -> ResponseReturnValue:
    """Delete the logo of the own organisation."""
    remove_logo(desk().engine, owner(), author=person(), now=desk().now())
    flash("Le logo est retiré.")
    return redirect(url_for("organisations.mine"), 303)


@pages.get("/organisations", endpoint="index")
def show_organisations() -> str:
    """List the organisations with their members, and the possible acts."""
    return _list_page({})


@pages.post("/organisations", endpoint="create")
def open_organisation() -> ResponseReturnValue:
    """Create an organisation."""
    try:
        made = organisations.create_organisation(
            desk().engine, OrganisationProfile(_line("name")), author=person(), now=desk().now()
        )
    except AccountRefused as refusal:
        return _list_page({"name": str(refusal)}), 422
    flash(f"« {made.its.name} » est ouverte : ajoutez-y ses membres.")
    return redirect(url_for("organisations.index"), 303)


@pages.post("/organisations/<int(max=2147483647):number>", endpoint="change")
def change_organisation(number: int) -> ResponseReturnValue:
    """Apply the act in the field `faire` to an organisation."""
    organisation = next(
        (one for one in organisations.list_organisations(desk().engine) if one.id == number), None
    ) or abort(404)
    try:
        flash(_apply_act(organisation, request.form.get("faire", "")))
    except AccountRefused as refusal:
        return _list_page({str(number): str(refusal)}), 422
    return redirect(url_for("organisations.index"), 303)


def _apply_act(organisation: Organisation, act: str) -> str:
    engine, login, author, now = desk().engine, _line("login"), person(), desk().now()
    if act == "renommer":
        profile = replace(organisation.its, name=_line("name"))
        organisations.describe_organisation(engine, organisation.id, profile, author=author, now=now)
        return f"L’organisation s’appelle « {profile.name} »."
    if act == "ajouter":
        role = request.form.get("role", "")
        if role not in set(Role):
            abort(400)
        organisations.add_member(engine, organisation.id, login, Role(role), author=author, now=now)
        return f"« {login} » est {role} de « {organisation.its.name} »."
    if act == "retirer":
        organisations.remove_member(engine, organisation.id, login, author=author, now=now)
        return f"« {login} » n’est plus membre de « {organisation.its.name} »."
    raise abort(400)


def _profile_page(form: ProfileForm, logo_fault: str = "") -> str:
    return render_template(
        "organisations/mienne.html",
        form=form,
        groups=taxonomy().groups,
        its=profile(),
        past=len(past()),
        logo=logo_address(),
        logo_fault=logo_fault,
        largest=LARGEST_LOGO // 1000,
    )


def _list_page(faults: dict[str, str]) -> str:
    accounts = list_accounts(desk().engine)
    members_by_organisation = [
        (
            organisation,
            [(account, membership.role) for account in accounts if (membership := account.member_of(organisation.id))],
        )
        for organisation in organisations.list_organisations(desk().engine)
    ]
    name = _line("name") if "name" in faults else ""
    page = "organisations/toutes.html"
    return render_template(
        page, found=members_by_organisation, accounts=accounts, roles=list(Role), faults=faults, name=name
    )


def _line(name: str) -> str:
    """Return a form field as one line, cut just beyond the accepted length."""
    return text_on_one_line(request.form.get(name, ""), organisations.LONGEST_NAME + 1)
