"""Organisations in the database: create, describe, list, their members, their logo. Each change writes a line of the audit journal.

There is always at least one organisation; while there is no other, pages do not name it. A logo is a PNG or a JPEG, recognised by its bytes: formats that can
contain a script are refused.
"""

import struct
from dataclasses import dataclass, fields, replace
from datetime import datetime
from io import BytesIO
from typing import Any

import imagesize
from sqlalchemy import Connection, Engine, delete, exists, insert, select, update

from matcher.accounts.audit import add_audit_line
from matcher.accounts.roles import Role
from matcher.accounts.store import AccountRefused, account_row, leaving_an_administrator
from matcher.accounts.tables import LOGOS, MEMBERSHIPS, ORGANISATIONS
from matcher.cleaning.siret import SIRET_BAD_KEY, clean_siret
from matcher.cleaning.web import takes_messages
from matcher.db import reading, writing
from matcher.domain.french import number
from matcher.domain.persona import Persona
from matcher.domain.reading import Lot, RawPlace
from matcher.journal.change import one_line
from matcher.ownership import OrganisationId
from matcher.reading.place.places import read_places
from matcher.reference.law import BuyerNature
from matcher.reference.trades.activities import taxonomy
from matcher.settings import CONTROLLER_NAME_VARIABLE, Controller, SettingsError, controller, setting_text

LONGEST_NAME = 200
# Name of the first organisation until it is renamed.
UNNAMED = "Première organisation"
# Built once: each request asks it.
_EVERY = select(ORGANISATIONS).order_by(ORGANISATIONS.c.id)


@dataclass(frozen=True, slots=True)
class OrganisationProfile:
    """Description of an organisation by itself; what it did not fill in is empty. `siret` is 14 digits, `territory` and `place` free texts, `families`
    codes of groups of trades, `controller_…` its data controller (GDPR; all three or none), `nature` its kind of buyer under the law, `persona` its
    kind of user."""

    name: str
    siret: str = ""
    territory: str = ""
    place: str = ""
    families: tuple[str, ...] = ()
    controller_name: str = ""
    controller_address: str = ""
    controller_contact: str = ""
    nature: str = ""
    persona: str = ""

    @property
    def spoken_to(self) -> Persona:
        """Persona whose wordings the pages use: buyer where none is set."""
        return Persona(self.persona or Persona.BUYER)

    @property
    def own_name(self) -> str:
        """Its name, empty where it is still `UNNAMED`."""
        return "" if self.name == UNNAMED else self.name


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of this installation: its id and its profile (`its`), whose name is never empty."""

    id: OrganisationId
    its: OrganisationProfile


def create_organisation(engine: Engine, profile: OrganisationProfile, *, author: str, now: datetime) -> Organisation:
    """Create an organisation, without members. Raises AccountRefused for a wrong profile or a name already used."""
    with writing(engine) as connection:
        profile = _valid_profile(connection, profile, None)
        insertion = insert(ORGANISATIONS).returning(ORGANISATIONS.c.id)
        owner = OrganisationId(connection.execute(insertion, _columns_of(profile)).scalar_one())
        add_audit_line(
            connection, at=now, author=author, action="ouvre une organisation", target=profile.name, owner=owner
        )
    return Organisation(owner, profile)


def describe_organisation(
    engine: Engine, owner: OrganisationId, profile: OrganisationProfile, *, author: str, now: datetime
) -> None:
    """Replace the profile of an organisation. Raises AccountRefused."""
    with writing(engine) as connection:
        profile = _valid_profile(connection, profile, owner)
        connection.execute(update(ORGANISATIONS).where(ORGANISATIONS.c.id == owner).values(_columns_of(profile)))
        add_audit_line(
            connection, at=now, author=author, action="décrit une organisation", target=profile.name, owner=owner
        )


def load_organisation(engine: Engine, owner: OrganisationId) -> Organisation:
    """Return an organisation by its id. Raises AccountRefused where there is none."""
    organisation = next((one for one in list_organisations(engine) if one.id == owner), None)
    if organisation is None:
        raise AccountRefused(f"Il n’y a pas d’organisation {owner}. « entremise organisation list » les donne.")
    return organisation


def list_organisations(engine: Engine) -> list[Organisation]:
    """Return every organisation, the first opened first."""
    with reading(engine) as connection:
        rows = connection.execute(_EVERY).mappings().all()
    organisations = []
    for row in rows:
        values = {field.name: row[field.name] for field in fields(OrganisationProfile)}
        profile = OrganisationProfile(**values | {"families": tuple(row["families"])})
        organisations.append(Organisation(OrganisationId(row["id"]), profile))
    return organisations


def controller_of(engine: Engine, owner: OrganisationId) -> Controller:
    """Return the data controller (GDPR) of an organisation, else of the installation. Raises SettingsError."""
    profile = load_organisation(engine, owner).its
    if profile.controller_name:
        if not takes_messages(profile.controller_contact):
            raise SettingsError(
                f"« {profile.controller_contact} », où l’on écrit à {profile.controller_name}, n’est pas une adresse de courriel : corrigez-la à la page "
                "de l’organisation. Rien n’est envoyé."
            )
        return Controller(profile.controller_name, profile.controller_address, profile.controller_contact)
    return controller()


def answered_name(connection: Connection, owner: OrganisationId) -> str:
    """Return the name of an organisation to show to the suppliers that answer it; never empty. Runs inside a transaction."""
    columns = (ORGANISATIONS.c.controller_name, ORGANISATIONS.c.name)
    row = connection.execute(select(*columns).where(ORGANISATIONS.c.id == owner)).one_or_none()
    own = (row.controller_name or (row.name if row.name != UNNAMED else "")) if row else ""
    return own or setting_text(CONTROLLER_NAME_VARIABLE) or "une organisation sans nom"


def find_organisation(engine: Engine, text: str) -> Organisation:
    """Return the organisation with this number or name. Raises AccountRefused where there is none."""
    wanted = text.strip().casefold()
    organisation = next(
        (one for one in list_organisations(engine) if wanted in (str(one.id), one.its.name.casefold())), None
    )
    if organisation is None:
        raise AccountRefused(
            f"Il n’y a pas d’organisation « {text.strip()} ». « entremise organisation list » les donne."
        )
    return organisation


def add_member(engine: Engine, owner: OrganisationId, login: str, role: Role, *, author: str, now: datetime) -> None:
    """Add a member with a role to an organisation, or change the role of a member. Raises AccountRefused."""
    with writing(engine) as connection:
        account = account_row(connection, login)
        own = _is_membership(account.id, owner)
        former = connection.execute(select(MEMBERSHIPS.c.role).where(own)).scalar()
        if former is None:
            row = {"account_id": account.id, "organisation_id": owner, "role": role.value}
            connection.execute(insert(MEMBERSHIPS), row)
            action, detail = "ajoute un membre", role.value
        else:
            with leaving_an_administrator(connection, account):
                connection.execute(update(MEMBERSHIPS).where(own).values(role=role.value))
            action, detail = "change un rôle", f"{former} → {role}"
        add_audit_line(
            connection, at=now, author=author, action=action, target=account.login, detail=detail, owner=owner
        )


def remove_member(engine: Engine, owner: OrganisationId, login: str, *, author: str, now: datetime) -> None:
    """Remove a member from an organisation, from their next request on. Raises AccountRefused, also for the last administrator of the installation."""
    with writing(engine) as connection:
        account = account_row(connection, login)
        with leaving_an_administrator(connection, account):
            removed = connection.execute(delete(MEMBERSHIPS).where(_is_membership(account.id, owner))).rowcount
        if not removed:
            raise AccountRefused(f"« {account.login} » n’est pas membre de cette organisation.")
        add_audit_line(connection, at=now, author=author, action="retire un membre", target=account.login, owner=owner)


def _is_membership(account_id: int, owner: OrganisationId) -> Any:
    return (MEMBERSHIPS.c.account_id == account_id) & (MEMBERSHIPS.c.organisation_id == owner)


def check_profile(profile: OrganisationProfile) -> tuple[OrganisationProfile, dict[str, str]]:
    """Return the cleaned profile (texts on one line, SIRET in digits) and its faults in French, by field."""
    profile = one_line(profile)
    faults = {}
    if not profile.name or len(profile.name) > LONGEST_NAME:
        faults["name"] = f"Donnez le nom de l’organisation : une ligne, {LONGEST_NAME} signes au plus."
    siret = clean_siret(profile.siret)
    if profile.siret and (siret.value is None or siret.flag == SIRET_BAD_KEY):
        faults["siret"] = "Un SIRET compte 14 chiffres, dont une clé ; vérifiez-les, ou laissez vide."
    if profile.place and not read_places(Lot("", lieux=(RawPlace(profile.place),))).places:
        faults["place"] = (
            f"« {profile.place} » n’est pas un lieu connu : écrivez une commune et son département, un EPCI, un département."
        )
    if unknown := [code for code in profile.families if code not in taxonomy().index]:
        faults["families"] = f"Famille de métiers inconnue : {', '.join(unknown)}."
    controller_fields = (profile.controller_name, profile.controller_address, profile.controller_contact)
    if any(controller_fields) and not all(controller_fields):
        faults["controller_name"] = (
            "Donnez le nom, l’adresse postale et le courriel ; ou aucun des trois, et c’est celui de l’installation."
        )
    if profile.controller_contact and not takes_messages(profile.controller_contact):
        faults["controller_contact"] = "Écrivez une adresse de courriel seule, par exemple achats@mairie.example."
    if profile.nature and profile.nature not in set(BuyerNature):
        faults["nature"] = "Choisissez la nature de l’acheteur dans la liste."
    if profile.persona and profile.persona not in set(Persona):
        faults["persona"] = "Choisissez qui vous êtes dans la liste."
    return replace(profile, siret=siret.value or profile.siret), faults


def _valid_profile(
    connection: Connection, profile: OrganisationProfile, owner: OrganisationId | None
) -> OrganisationProfile:
    profile, faults = check_profile(profile)
    if faults:
        raise AccountRefused(next(iter(faults.values())))
    names = select(ORGANISATIONS.c.id, ORGANISATIONS.c.name)
    if any(row.id != owner and row.name.casefold() == profile.name.casefold() for row in connection.execute(names)):
        raise AccountRefused(f"L’organisation « {profile.name} » existe déjà.")
    return profile


def _columns_of(profile: OrganisationProfile) -> dict[str, Any]:
    values = {field.name: getattr(profile, field.name) for field in fields(profile)}
    return {**values, "families": list(profile.families)}


LARGEST_LOGO = 200_000
# Allowed sides, in pixels.
LOGO_SIDES = range(16, 4001)
_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class LogoRefused(Exception):
    """A file that is refused as a logo; the message, in French, gives the reason and what to give instead."""


@dataclass(frozen=True, slots=True)
class Logo:
    """An image as uploaded; `media` is its media type, recognised by its bytes."""

    media: str
    content: bytes


def read_logo(content: bytes) -> Logo:
    """Check an uploaded file by its bytes and return it as a logo. Raises LogoRefused."""
    if not content:
        raise LogoRefused("Choisissez un fichier qui n’est pas vide.")
    if len(content) > LARGEST_LOGO:
        raise LogoRefused(f"Le logo dépasse {number(LARGEST_LOGO // 1000)} ko : enregistrez-le plus petit.")
    media = next((media for media, signature in _SIGNATURES.items() if content.startswith(signature)), None)
    if media is None:
        raise LogoRefused("Le fichier n’est ni un PNG ni un JPEG : enregistrez votre logo dans l’un des deux.")
    try:
        width, height = imagesize.get(BytesIO(content))
    except (ValueError, struct.error):
        width = height = -1
    if width <= 0 or height <= 0:
        raise LogoRefused("L’image est abîmée : sa taille ne se lit pas. Enregistrez-la de nouveau.")
    if width not in LOGO_SIDES or height not in LOGO_SIDES:
        raise LogoRefused(
            f"L’image fait {number(width)} × {number(height)} pixels : chaque côté doit en compter de {LOGO_SIDES[0]} à {number(LOGO_SIDES[-1])}."
        )
    return Logo(media, content)


def keep_logo(engine: Engine, owner: OrganisationId, logo: Logo, *, author: str, now: datetime) -> None:
    """Save the logo of an organisation, in place of the former one."""
    with writing(engine) as connection:
        connection.execute(delete(LOGOS).where(LOGOS.c.organisation_id == owner))
        connection.execute(insert(LOGOS), {"organisation_id": owner, "media": logo.media, "content": logo.content})
        add_audit_line(connection, at=now, author=author, action="donne un logo", owner=owner)


def remove_logo(engine: Engine, owner: OrganisationId, *, author: str, now: datetime) -> None:
    """Delete the logo of an organisation, if it has one."""
    with writing(engine) as connection:
        if connection.execute(delete(LOGOS).where(LOGOS.c.organisation_id == owner)).rowcount:
            add_audit_line(connection, at=now, author=author, action="retire un logo", owner=owner)


def has_logo(engine: Engine, owner: OrganisationId) -> bool:
    """Return whether an organisation has a logo."""
    with reading(engine) as connection:
        return bool(connection.execute(select(exists().where(LOGOS.c.organisation_id == owner))).scalar())


def load_logo(engine: Engine, owner: OrganisationId) -> Logo | None:
    """Return the logo of an organisation, None where it has none."""
    with reading(engine) as connection:
        row = connection.execute(select(LOGOS).where(LOGOS.c.organisation_id == owner)).one_or_none()
    return Logo(row.media, row.content) if row else None
