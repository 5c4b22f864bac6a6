"""Organisations in the database: opened, described, listed, and their members. Each change is a line of the journal.

There is always one; while it is alone it is not named, and one person alone never meets the word.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from matcher.accounts.audit import note
from matcher.accounts.roles import Role
from matcher.accounts.store import AccountRefused, account_row, leaving_an_administrator
from matcher.accounts.tables import MEMBERSHIPS, ORGANISATIONS
from matcher.cleaning.siret import SIRET_BAD_KEY, clean_siret
from matcher.cleaning.web import takes_messages
from matcher.db import reading, writing
from matcher.domain.persona import Persona
from matcher.domain.reading import Lot, RawPlace
from matcher.journal.change import one_line
from matcher.ownership import OrganisationId
from matcher.reading.place.places import read_places
from matcher.reference.law import BuyerNature
from matcher.reference.trades.activities import taxonomy
from matcher.settings import CONTROLLER_NAME_VARIABLE, Controller, SettingsError, controller, written

LONGEST_NAME = 200
# The name that the first organisation has until it is given its own.
UNNAMED = "Première organisation"


@dataclass(frozen=True, slots=True)
class OrganisationProfile:
    """Description of an organisation by itself; what it has not said is empty. `siret` is 14 digits, `territory` and `place` free texts,
    `families` codes of groups of trades, `controller_…` who answers for the data that it processes: all three, or none; `nature` what kind of buyer it is under the law,
    `persona` which kind of user it is."""

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
        """Persona whose wordings its pages use: a buyer where none is set."""
        return Persona(self.persona or Persona.BUYER)

    @property
    def own_name(self) -> str:
        """The name that it gave itself, empty where it has only the one that it was opened with."""
        return "" if self.name == UNNAMED else self.name


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation served here. Its name is never empty."""

    id: OrganisationId
    its: OrganisationProfile


def create(engine: Engine, its: OrganisationProfile, *, who: str, now: datetime) -> Organisation:
    """Open an organisation, without a member yet. Raises AccountRefused where it has no name, or that of another."""
    with writing(engine) as connection:
        its = _kept(connection, its, None)
        row_id = connection.execute(insert(ORGANISATIONS).returning(ORGANISATIONS.c.id), _values(its)).scalar_one()
        made = Organisation(OrganisationId(row_id), its)
        note(connection, at=now, who=who, action="ouvre une organisation", target=its.name, owner=made.id)
    return made


def describe(engine: Engine, owner: OrganisationId, its: OrganisationProfile, *, who: str, now: datetime) -> None:
    """Describe an organisation anew. Raises AccountRefused."""
    with writing(engine) as connection:
        its = _kept(connection, its, owner)
        connection.execute(update(ORGANISATIONS).where(ORGANISATIONS.c.id == owner).values(_values(its)))
        note(connection, at=now, who=who, action="décrit une organisation", target=its.name, owner=owner)


def load(engine: Engine, owner: OrganisationId) -> Organisation:
    """Return an organisation. Raises AccountRefused where there is none of this number."""
    found = next((one for one in listed(engine) if one.id == owner), None)
    if found is None:
        raise AccountRefused(f"Il n’y a pas d’organisation {owner}. « entremise organisation list » les donne.")
    return found


def listed(engine: Engine) -> list[Organisation]:
    """Return every organisation, the first opened first."""
    with reading(engine) as connection:
        rows = connection.execute(select(ORGANISATIONS).order_by(ORGANISATIONS.c.id)).mappings().all()
    return [Organisation(OrganisationId(row["id"]), _profile(row)) for row in rows]


def controller_of(engine: Engine, owner: OrganisationId) -> Controller:
    """Return who answers for the personal data that an organisation processes, else for the installation's. Raises SettingsError."""
    its = load(engine, owner).its
    if its.controller_name:
        if not takes_messages(its.controller_contact):
            raise SettingsError(
                f"« {its.controller_contact} », où l’on écrit à {its.controller_name}, n’est pas une adresse de courriel : corrigez-la à la page "
                "de l’organisation. Rien n’est envoyé."
            )
        return Controller(its.controller_name, its.controller_address, its.controller_contact)
    return controller()


def answered_name(connection: Connection, owner: OrganisationId) -> str:
    """Return the name of an organisation as a structure that answers it knows it, inside a transaction; never empty."""
    columns = (ORGANISATIONS.c.controller_name, ORGANISATIONS.c.name)
    row = connection.execute(select(*columns).where(ORGANISATIONS.c.id == owner)).one_or_none()
    own = (row.controller_name or (row.name if row.name != UNNAMED else "")) if row else ""
    return own or written(CONTROLLER_NAME_VARIABLE) or "une organisation sans nom"


def named(engine: Engine, text: str) -> Organisation:
    """Return the organisation of a number or a name. Raises AccountRefused where it is none of them."""
    wanted = text.strip().casefold()
    found = next((one for one in listed(engine) if wanted in (str(one.id), one.its.name.casefold())), None)
    if found is None:
        raise AccountRefused(
            f"Il n’y a pas d’organisation « {text.strip()} ». « entremise organisation list » les donne."
        )
    return found


def add_member(engine: Engine, owner: OrganisationId, login: str, role: Role, *, who: str, now: datetime) -> None:
    """Have a person be of an organisation with this role, or give another role to one who is. Raises AccountRefused."""
    with writing(engine) as connection:
        account = account_row(connection, login)
        own = _of(account.id, owner)
        former = connection.execute(select(MEMBERSHIPS.c.role).where(own)).scalar()
        if former is None:
            row = {"account_id": account.id, "organisation_id": owner, "role": role.value}
            connection.execute(insert(MEMBERSHIPS), row)
            said, detail = "ajoute un membre", role.value
        else:
            with leaving_an_administrator(connection, account):
                connection.execute(update(MEMBERSHIPS).where(own).values(role=role.value))
            said, detail = "change un rôle", f"{former} → {role}"
        note(connection, at=now, who=who, action=said, target=account.login, detail=detail, owner=owner)


def remove_member(engine: Engine, owner: OrganisationId, login: str, *, who: str, now: datetime) -> None:
    """Have a person be of an organisation no more, from their next request. Raises AccountRefused, also where no administrator would be left."""
    with writing(engine) as connection:
        account = account_row(connection, login)
        with leaving_an_administrator(connection, account):
            gone = connection.execute(delete(MEMBERSHIPS).where(_of(account.id, owner))).rowcount
        if not gone:
            raise AccountRefused(f"« {account.login} » n’est pas membre de cette organisation.")
        note(connection, at=now, who=who, action="retire un membre", target=account.login, owner=owner)


def _of(account_id: int, owner: OrganisationId) -> Any:
    return (MEMBERSHIPS.c.account_id == account_id) & (MEMBERSHIPS.c.organisation_id == owner)


def checked(its: OrganisationProfile) -> tuple[OrganisationProfile, dict[str, str]]:
    """Return a profile as it is kept, each text on one line and the SIRET in digits, and what of it cannot be, by field, in French."""
    its = one_line(its)
    faults = {}
    if not its.name or len(its.name) > LONGEST_NAME:
        faults["name"] = f"Donnez le nom de l’organisation : une ligne, {LONGEST_NAME} signes au plus."
    siret = clean_siret(its.siret)
    if its.siret and (siret.value is None or siret.flag == SIRET_BAD_KEY):
        faults["siret"] = "Un SIRET compte 14 chiffres, dont une clé ; vérifiez-les, ou laissez vide."
    if its.place and not read_places(Lot("", lieux=(RawPlace(its.place),))).places:
        faults["place"] = (
            f"« {its.place} » n’est pas un lieu connu : écrivez une commune et son département, un EPCI, un département."
        )
    if unknown := [code for code in its.families if code not in taxonomy().index]:
        faults["families"] = f"Famille de métiers inconnue : {', '.join(unknown)}."
    given = (its.controller_name, its.controller_address, its.controller_contact)
    if any(given) and not all(given):
        faults["controller_name"] = (
            "Donnez le nom, l’adresse postale et le courriel ; ou aucun des trois, et c’est celui de l’installation."
        )
    if its.controller_contact and not takes_messages(its.controller_contact):
        faults["controller_contact"] = "Écrivez une adresse de courriel seule, par exemple achats@mairie.example."
    if its.nature and its.nature not in set(BuyerNature):
        faults["nature"] = "Choisissez la nature de l’acheteur dans la liste."
    if its.persona and its.persona not in set(Persona):
        faults["persona"] = "Choisissez qui vous êtes dans la liste."
    return replace(its, siret=siret.value or its.siret), faults


def _kept(connection: Connection, its: OrganisationProfile, owner: OrganisationId | None) -> OrganisationProfile:
    its, faults = checked(its)
    if faults:
        raise AccountRefused(next(iter(faults.values())))
    names = select(ORGANISATIONS.c.id, ORGANISATIONS.c.name)
    if any(row.id != owner and row.name.casefold() == its.name.casefold() for row in connection.execute(names)):
        raise AccountRefused(f"L’organisation « {its.name} » existe déjà.")
    return its


def _values(its: OrganisationProfile) -> dict[str, Any]:
    told = {field.name: getattr(its, field.name) for field in fields(its)}
    return {**told, "families": list(its.families)}


def _profile(row: RowMapping) -> OrganisationProfile:
    told = {field.name: row[field.name] for field in fields(OrganisationProfile)}
    return OrganisationProfile(**{**told, "families": tuple(told["families"])})
