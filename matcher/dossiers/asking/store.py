"""Campaigns in the database: one message by which an organisation asks many suppliers (« structures » in the pages) what they do. Plan, create, load, list
and end them, for commands and pages. Each supplier asked is one row; its messages are in the outbox of `matcher.mail`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.store.contacts import load_contacts_of_many
from matcher.catalogue.store.followed import follow_ids, ids_of_today
from matcher.catalogue.store.read import load_these
from matcher.cleaning.web import takes_messages
from matcher.db import reading, writing
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Contact, Supplier
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.campaign import (
    ALREADY,
    BOUNCED,
    LATER,
    LEFT,
    MOST_ASKED,
    NO_ADDRESS,
    NOT_LISTED,
    CampaignDraft,
    written_to,
)
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.journal.change import ChangeRefused, build, tidy_lines
from matcher.mail.links import Correspondence, holders_with_link, revoke_links
from matcher.mail.outbox import (
    MessageState,
    OutboxMessage,
    QueuedMessage,
    cancel,
    living,
    note_returned,
    of_batch,
    queue_messages,
)
from matcher.ownership import OrganisationId, owned_by
from matcher.rows import chunks
from matcher.settings import Controller


class CampaignUnknown(Exception):
    """There is no campaign of this number. The message is French."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A stored campaign. Times are UTC without zone; `followed`: when its reminder was queued; `revoked`: when it was ended."""

    id: int
    owner: OrganisationId
    title: str
    dossier_id: int | None
    lot: int | None
    trades: tuple[str, ...]
    subject: str
    text: str
    who: str
    created: datetime
    followed: datetime | None
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The last answer of a supplier. `correction_id`: the catalogue correction made of it; None where it gives no value for the catalogue, waits for the
    team (`waiting`), or was refused by it."""

    at: datetime
    given: GivenAnswer
    waiting: bool
    correction_id: int | None

    @property
    def is_refused(self) -> bool:
        """Return whether the team refused to put the answer in the catalogue."""
        return bool(self.given.statement()) and not self.waiting and self.correction_id is None


@dataclass(frozen=True, slots=True)
class AskedSupplier:
    """A supplier in a campaign: asked, or left out with the reason (`left_out`); `supplier` is its record today (None where the catalogue has it no
    longer); `linked` is True while a link sent to it is not revoked."""

    id: int
    supplier_id: str
    left_out: str
    source: str
    as_of: date | None
    supplier: Supplier | None = None
    messages: tuple[OutboxMessage, ...] = ()
    answer: StoredAnswer | None = None
    linked: bool = False

    @property
    def name(self) -> str:
        """Return the supplier's name today, or why there is none."""
        return self.supplier.name if self.supplier else LEFT if self.left_out == LEFT else NOT_LISTED


@dataclass(frozen=True, slots=True)
class PlannedSupplier:
    """A supplier of a campaign not stored yet: left out, with the reason, or to be asked at its `address`."""

    supplier_id: str
    left_out: str
    address: Contact | None


@dataclass(frozen=True, slots=True)
class CampaignState:
    """A campaign with all its suppliers, in the order in which they were asked."""

    campaign: Campaign
    structures: tuple[AskedSupplier, ...]

    @property
    def asked_structures(self) -> tuple[AskedSupplier, ...]:
        """Return the suppliers that are asked."""
        return tuple(one for one in self.structures if not one.left_out)

    @property
    def left_out(self) -> tuple[AskedSupplier, ...]:
        """Return the suppliers that are not asked, each with its reason."""
        return tuple(one for one in self.structures if one.left_out)

    @property
    def answered_structures(self) -> tuple[AskedSupplier, ...]:
        """Return the suppliers that have answered."""
        return tuple(one for one in self.structures if one.answer)

    def structure(self, key: str) -> AskedSupplier:
        """Return a supplier of the campaign by id or SIRET. Raises ChangeRefused where the campaign does not have it."""
        digits = "".join(key.split())
        for structure in self.structures:
            if key.strip() == structure.supplier_id or digits in (
                structure.supplier_id.removeprefix("siret:"),
                structure.supplier and structure.supplier.siret,
            ):
                return structure
        raise ChangeRefused(f"« {key} » n’est pas dans la campagne {self.campaign.id}.")


def plan_campaign(
    engine: Engine,
    owner: OrganisationId,
    ids: Sequence[str],
    *,
    today: date,
    months: int,
    dossier_id: int | None = None,
    lot: int | None = None,
    text: str = "",
    most: int = MOST_ASKED,
) -> tuple[PlannedSupplier, ...]:
    """Return, for each of `ids` in order, whether a campaign with this text (about a lot of a dossier, where given) would ask that supplier, else why not;
    nothing is written."""
    contacts = load_contacts_of_many(engine, ids, kept_since(today, months))
    with reading(engine) as connection:
        return _plan(ids, contacts, _asked_before(connection, owner, dossier_id, lot, text), most)


def create_campaign(
    engine: Engine,
    owner: OrganisationId,
    draft: CampaignDraft,
    ids: Sequence[str],
    by: Controller,
    *,
    author: str,
    now: datetime,
    months: int,
    most: int = MOST_ASKED,
) -> CampaignState:
    """Store a campaign and queue its messages to the first `most` of `ids` that have an address; store the others with the reason why not.

    `months` is how long contacts may be kept. Raises ChangeRefused where nobody can be asked, DatabaseError."""
    if not author.strip():
        raise ChangeRefused("Dites qui prépare la campagne : le nom est gardé.")
    contacts = load_contacts_of_many(engine, ids, kept_since(now.date(), months))
    at = now.replace(tzinfo=None)
    with writing(engine) as connection:
        plan = _plan(ids, contacts, _asked_before(connection, owner, draft.dossier_id, draft.lot, draft.text), most)
        if not ids:
            raise ChangeRefused(
                "Personne à interroger : le métier de tous ceux qui sont à portée est connu, ou personne n’est à portée."
            )
        if not any(one.address for one in plan):
            raise ChangeRefused(
                f"Aucune des {len(ids)} structures ne peut être interrogée : sans courriel, ou déjà interrogée. "
                "Complétez les courriels du catalogue (« entremise catalogue correct SIRET --champ courriel=… »)."
            )
        values: dict[str, Any] = {
            "organisation_id": owner,
            "title": draft.title,
            "dossier_id": draft.dossier_id,
            "lot": draft.lot,
            "trades": list(draft.trades),
            "subject": draft.subject,
            "text": draft.text,
            "who": author.strip(),
            "created": at,
        }
        number = int(connection.execute(insert(CAMPAIGNS).returning(CAMPAIGNS.c.id), values).scalar_one())
        messages: list[QueuedMessage] = []
        for structure in plan:
            origin = structure.address.origin if structure.address else None
            row = {"campaign_id": number, "supplier_id": structure.supplier_id, "left_out": structure.left_out}
            row |= {"source": origin.source if origin else "", "as_of": origin.date if origin else None}
            asked_id = int(connection.execute(insert(ASKED).returning(ASKED.c.id), row).scalar_one())
            if address := structure.address:
                text = written_to(draft.text, by, address.origin.source, address.origin.date, months)
                messages.append(QueuedMessage(asked_id, address.value, draft.subject, text))
        queue_messages(connection, Correspondence.CAMPAIGN, number, messages, now)
    return load_campaign(engine, owner, number)


def load_campaign(engine: Engine, owner: OrganisationId, number: int) -> CampaignState:
    """Return a campaign with its suppliers, their messages and their answers. Raises CampaignUnknown."""
    with reading(engine) as connection:
        own = (CAMPAIGNS.c.id == number) & owned_by(CAMPAIGNS, owner)
        row = connection.execute(select(CAMPAIGNS).where(own)).one_or_none()
        if row is None:
            raise CampaignUnknown(f"Il n’y a pas de campagne {number}. « entremise campagne list » les donne.")
        rows = connection.execute(select(ASKED).where(ASKED.c.campaign_id == number).order_by(ASKED.c.id)).all()
        of_campaign = ANSWERS.c.asked_id.in_(select(ASKED.c.id).where(ASKED.c.campaign_id == number))
        answers = {one.asked_id: answer_of(one) for one in connection.execute(select(ANSWERS).where(of_campaign))}
        messages = group_pairs(
            (message.holder, message) for message in of_batch(connection, Correspondence.CAMPAIGN, number)
        )
        linked = holders_with_link(connection, Correspondence.CAMPAIGN, messages)
    today = follow_ids(engine, {one.supplier_id for one in rows})
    suppliers = {one.id: one for one in load_these(engine, set(today.values()))}
    structures = tuple(
        AskedSupplier(
            one.id,
            one.supplier_id,
            one.left_out,
            one.source,
            one.as_of,
            suppliers.get(today.get(one.supplier_id, "")),
            tuple(messages.get(one.id, ())),
            answers.get(one.id),
            one.id in linked,
        )
        for one in rows
    )
    return CampaignState(campaign_of(row), structures)


def list_campaigns(engine: Engine, owner: OrganisationId, dossier_id: int | None = None) -> list[Campaign]:
    """Return the campaigns of an organisation, or of one of its dossiers, the last first."""
    query = select(CAMPAIGNS).where(owned_by(CAMPAIGNS, owner)).order_by(CAMPAIGNS.c.id.desc())
    if dossier_id is not None:
        query = query.where(CAMPAIGNS.c.dossier_id == dossier_id)
    with reading(engine) as connection:
        return [campaign_of(row) for row in connection.execute(query)]


def campaigns_by_lot(engine: Engine, owner: OrganisationId, dossier_id: int) -> dict[int, tuple[CampaignState, ...]]:
    """Return the campaigns of a dossier by lot number, the oldest first."""
    states_by_lot: dict[int, tuple[CampaignState, ...]] = {}
    for campaign in reversed(list_campaigns(engine, owner, dossier_id)):
        if campaign.lot is not None:
            states_by_lot[campaign.lot] = (
                *states_by_lot.get(campaign.lot, ()),
                load_campaign(engine, owner, campaign.id),
            )
    return states_by_lot


def waiting_by_campaign(engine: Engine, owner: OrganisationId) -> list[tuple[Campaign, int]]:
    """Return the campaigns of an organisation that have answers waiting for the team, with the count of these answers, the last campaign first."""
    joined = ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id)
    query = select(ASKED.c.campaign_id, func.count()).select_from(joined).where(ANSWERS.c.waiting)
    with reading(engine) as connection:
        counts = {row[0]: row[1] for row in connection.execute(query.group_by(ASKED.c.campaign_id))}
    return [(one, counts[one.id]) for one in list_campaigns(engine, owner) if one.id in counts] if counts else []


def record_bounce(engine: Engine, owner: OrganisationId, number: int, key: str, reason: str, *, now: datetime) -> None:
    """Record that the message to a supplier bounced, as a person saw in the mailbox. Raises ChangeRefused where none had been sent."""
    structure = load_campaign(engine, owner, number).structure(key)
    with writing(engine) as connection:
        if not note_returned(connection, Correspondence.CAMPAIGN, structure.id, reason, now):
            raise ChangeRefused(f"Aucun message n’est parti à « {structure.name} ».")
        cancel(connection, Correspondence.CAMPAIGN, [structure.id], BOUNCED, now)


def leave_out_structure(
    engine: Engine, owner: OrganisationId, number: int, key: str, reason: str, *, now: datetime
) -> None:
    """Leave a supplier out of a campaign, with the reason, before anything was sent to it. Raises ChangeRefused."""
    structure, reason = load_campaign(engine, owner, number).structure(key), " ".join(tidy_lines(reason).split())
    if not reason:
        raise ChangeRefused(f"Écrivez pourquoi « {structure.name} » n’est pas interrogée : la raison est gardée.")
    waits = not structure.left_out and all(message.state is MessageState.TO_SEND for message in structure.messages)
    with writing(engine) as connection:
        if not (waits and cancel(connection, Correspondence.CAMPAIGN, [structure.id], reason, now)):
            raise ChangeRefused(
                f"« {structure.name} » n’est plus à interroger, ou son message est déjà parti : fermez son lien."
            )
        connection.execute(update(ASKED).where(ASKED.c.id == structure.id).values(left_out=reason))


def end_campaign(engine: Engine, owner: OrganisationId, number: int, *, now: datetime, key: str = "") -> int:
    """End a campaign, or only its part for one supplier: revoke the links and cancel the waiting messages; return the number of links revoked."""
    state = load_campaign(engine, owner, number)
    holders = [state.structure(key).id] if key else [one.id for one in state.structures]
    with writing(engine) as connection:
        if not key:
            closed = update(CAMPAIGNS).where(CAMPAIGNS.c.id == number).values(revoked=now.replace(tzinfo=None))
            connection.execute(closed)
        cancel(connection, Correspondence.CAMPAIGN, holders, "campagne close", now)
        return revoke_links(connection, Correspondence.CAMPAIGN, holders, now)


def campaign_of(row: Any) -> Campaign:
    """Return the campaign that a database row holds."""
    values = {field.name: row._mapping[field.name] for field in fields(Campaign) if field.name in row._mapping}
    return Campaign(**values | {"owner": OrganisationId(row.organisation_id), "trades": tuple(row.trades)})


def answer_of(row: Any) -> StoredAnswer:
    """Return the answer that a database row holds."""
    answer = replace(build(GivenAnswer, row.said, "réponse"), contact=row.contact, phone=row.phone, email=row.email)
    return StoredAnswer(row.at, answer, row.waiting, row.correction_id)


def _asked_before(
    connection: Connection, owner: OrganisationId, dossier_id: int | None, lot: int | None, text: str
) -> frozenset[str]:
    """Return today's ids of the suppliers that the organisation has already asked, or is about to ask, about the same lot or with the same text."""
    same = CAMPAIGNS.c.text == text
    if dossier_id is not None:
        same |= (CAMPAIGNS.c.dossier_id == dossier_id) & (CAMPAIGNS.c.lot == lot)
    query = select(ASKED.c.id, ASKED.c.supplier_id, ASKED.c.campaign_id)
    own = owned_by(CAMPAIGNS, owner) & same
    rows = connection.execute(query.join(CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id).where(own)).all()
    written = living(connection, Correspondence.CAMPAIGN, {row.campaign_id for row in rows})
    before = {row.supplier_id for row in rows if row.id in written}
    return frozenset(now for part in chunks(sorted(before)) for now in ids_of_today(connection, part).values())


def _plan(
    ids: Sequence[str], contacts: Mapping[str, Sequence[Contact]], already: Collection[str], most: int
) -> tuple[PlannedSupplier, ...]:
    plan: list[PlannedSupplier] = []
    room = min(most, MOST_ASKED)
    for supplier_id in dict.fromkeys(ids):
        mails = (contact for contact in contacts.get(supplier_id, ()) if contact.type == "email")
        address = next((mail for mail in mails if takes_messages(mail.value)), None)  # the most trusted source is first
        reasons = (
            (supplier_id not in contacts, NOT_LISTED),
            (supplier_id in already, ALREADY),
            (address is None, NO_ADDRESS),
            (room <= 0, LATER),
        )
        reason = next((text for applies, text in reasons if applies), "")
        room -= not reason
        plan.append(PlannedSupplier(supplier_id, reason, None if reason else address))
    return tuple(plan)
