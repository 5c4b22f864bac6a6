"""Answers by secret link, in the database: open the page of a link, store, replace or erase the answer; the team accepts or refuses it. The link is the
only proof of identity of a supplier."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Engine, delete, insert, select

from matcher.accounts.organisations import answered_name
from matcher.answers.sharing import share, withdraw_boxes
from matcher.catalogue.identity.trust import STATED
from matcher.catalogue.steward.privacy import ErasureCounts, Leaving, PrivacyRefused, opt_out
from matcher.catalogue.store.opt_outs import read_guard
from matcher.catalogue.store.read import find_id, load_supplier
from matcher.db import reading, writing
from matcher.domain.supplier import Supplier
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.answers import WHO, AnswerAct, followed_entry, forget_answers, mark_taken, note_answer
from matcher.dossiers.answers import accept_answer as accept_one
from matcher.dossiers.asking.answer import BelievedTrade, GivenAnswer, trades_to_confirm
from matcher.dossiers.asking.campaign import HAS_ANSWERED
from matcher.dossiers.asking.store import Campaign, StoredAnswer, answer_of, campaign_of, load_campaign
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.dossiers.calling import answers_of
from matcher.dossiers.dossier import AnswerWay, CallOutcome
from matcher.erasure import without_value
from matcher.journal.change import ChangeRefused, build, plain
from matcher.mail.links import Correspondence, holder_of
from matcher.mail.outbox import cancel
from matcher.ownership import OrganisationId

_PERSON = ("contact", "phone", "email")
_NONE_WAITS = "Aucune réponse de « {} » n’attend."


class LinkClosed(Exception):
    """The secret of a link opens nothing: forged, revoked, expired, or of a supplier that left the catalogue; the four cases look alike."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Content of the page that a link opens: the campaign, the supplier as of today, the trades to confirm, its last answer, the end of validity
    (`until`); `source` and `as_of` are the origin and date of the address written to."""

    asked_id: int
    campaign: Campaign
    supplier: Supplier
    trades: tuple[BelievedTrade, ...]
    answer: StoredAnswer | None
    until: datetime
    source: str
    as_of: date | None

    @property
    def is_trusted(self) -> bool:
        """Return whether the link went to an address that a directory gives: the person who answers is then taken to be the supplier."""
        return self.source not in STATED


def open_invitation(engine: Engine, secret: str, now: datetime) -> Invitation:
    """Return the page that the secret of a link opens; write nothing. Raises LinkClosed."""
    with reading(engine) as connection:
        asked_id, until = holder_of(connection, Correspondence.CAMPAIGN, secret, now) or (0, now)
        row_read = connection.execute(select(ASKED).where(ASKED.c.id == asked_id, ASKED.c.left_out == "")).one_or_none()
        supplier_id = find_id(connection, row_read.supplier_id) if row_read else None
        if row_read is None or supplier_id is None:
            raise LinkClosed
        row = connection.execute(select(CAMPAIGNS).where(CAMPAIGNS.c.id == row_read.campaign_id)).one()
        answered = connection.execute(select(ANSWERS).where(ANSWERS.c.asked_id == asked_id)).one_or_none()
    supplier = load_supplier(engine, supplier_id)
    if supplier is None:
        raise LinkClosed
    campaign, answer = campaign_of(row), answer_of(answered) if answered else None
    trades = trades_to_confirm(supplier, campaign.trades, tuple(answer.given.trades) if answer else ())
    return Invitation(asked_id, campaign, supplier, trades, answer, until, row_read.source, row_read.as_of)


def keep_answer(engine: Engine, secret: str, answer: GivenAnswer, *, now: datetime) -> None:
    """Store an answer in place of the former one, and put its statement in the catalogue unless the team must see it first. Raises LinkClosed, and
    CorrectionRefused where the catalogue cannot take it: nothing is then written."""
    opened = open_invitation(engine, secret, now)
    campaign, supplier_id = opened.campaign, opened.supplier.id
    with writing(engine) as connection:
        act = AnswerAct(connection, campaign.owner, WHO, now)
        _remove_former(act, opened)
        statement, correction = answer.statement(), None
        if opened.is_trusted:  # the form asks no one else about sharing
            withdraw_boxes(connection, supplier_id, answer.shared, now)
        cut = read_guard(connection).forgotten.cut
        person = {name: without_value(getattr(answer, name), cut, "") for name in _PERSON}
        remainder = without_value(plain(replace(answer, contact="", phone="", email="")), cut)
        contradicts = _note_in_dossier(act, opened, build(GivenAnswer, remainder, "réponse"))
        if statement and opened.is_trusted and not contradicts:
            correction = act.tell(supplier_id, statement, f"réponse à la campagne {campaign.id}")
            mark_taken(act, campaign.dossier_id, campaign.lot, supplier_id, correction)
            by, on, boxes = answered_name(connection, campaign.owner), now.date(), answer.shared
            share(connection, correction, boxes, way="lien", directory=opened.source, asked_by=by, on=on, now=now)
        row = {"asked_id": opened.asked_id, "at": now.replace(tzinfo=None), "said": remainder, **person}
        row |= {"waiting": bool(statement) and correction is None, "correction_id": correction}
        connection.execute(insert(ANSWERS), row)
        cancel(connection, Correspondence.CAMPAIGN, [opened.asked_id], HAS_ANSWERED, now)


def erase(engine: Engine, secret: str, *, now: datetime) -> None:
    """Erase an answer, at its supplier's request, from the catalogue and from the dossier (its journal included), and stop sharing its answers by any
    other way with other installations. Raises LinkClosed."""
    opened = open_invitation(engine, secret, now)
    campaign = opened.campaign
    with writing(engine) as connection:
        act = AnswerAct(connection, campaign.owner, WHO, now)
        _remove_former(act, opened)
        withdraw_boxes(connection, opened.supplier.id, (), now)
        if campaign.dossier_id is not None:
            forget_answers(act, campaign.dossier_id, _key_prefix(opened))


def leave_catalogue(engine: Engine, secret: str, *, now: datetime, leaving: Sequence[Leaving]) -> ErasureCounts:
    """Take the supplier out of the catalogue (`opt_out`), at its own request. Raises LinkClosed."""
    opened = open_invitation(engine, secret, now)
    motive = f"par son lien, campagne {opened.campaign.id}"
    try:
        return opt_out(engine, opened.supplier.id, author=WHO, motive=motive, now=now, leaving=leaving)
    except PrivacyRefused as gone:  # another request of the same link was faster
        raise LinkClosed from gone


def accept_waiting(engine: Engine, owner: OrganisationId, number: int, key: str, *, author: str, now: datetime) -> None:
    """Put in the catalogue an answer that waits for the team. Raises ChangeRefused where none waits, CorrectionRefused."""
    if not author.strip():
        raise ChangeRefused("Dites qui accepte la réponse : le nom est gardé.")
    structure = load_campaign(engine, owner, number).structure(key)
    with writing(engine) as connection:
        if not accept_one(AnswerAct(connection, owner, author, now), structure.id):
            raise ChangeRefused(_NONE_WAITS.format(structure.name))


def refuse_answer(engine: Engine, owner: OrganisationId, number: int, key: str) -> None:
    """Refuse to put in the catalogue an answer that waits for the team; its campaign still shows it. Raises ChangeRefused where none waits."""
    structure = load_campaign(engine, owner, number).structure(key)
    waits = (ANSWERS.c.asked_id == structure.id) & ANSWERS.c.waiting
    with writing(engine) as connection:  # refused once, even if several people judge it at the same time
        if not connection.execute(ANSWERS.update().where(waits).values(waiting=False)).rowcount:
            raise ChangeRefused(_NONE_WAITS.format(structure.name))


def _remove_former(act: AnswerAct, invitation: Invitation) -> None:
    """Delete the former answer of a link and withdraw the catalogue correction that it made."""
    own = ANSWERS.c.asked_id == invitation.asked_id
    act.take_back(act.connection.execute(select(ANSWERS.c.correction_id).where(own)).scalars().all())
    act.connection.execute(delete(ANSWERS).where(own))


def _key_prefix(invitation: Invitation) -> str:
    """Return the common prefix of the journal keys of all answers given by one link."""
    return f"lien {invitation.asked_id},"


def _note_in_dossier(act: AnswerAct, invitation: Invitation, given_answer: GivenAnswer) -> bool:
    """Note an answer in the campaign's dossier, where the supplier is on its list; return whether it contradicts an earlier answer."""
    campaign = invitation.campaign
    followed = followed_entry(act, campaign.dossier_id, campaign.lot, invitation.supplier.id)
    if followed is None or campaign.lot is None:
        return False
    dossier, entry = followed
    outcome = CallOutcome.ANSWERED
    if given_answer.available is not None:
        outcome = CallOutcome.INTERESTED if given_answer.available else CallOutcome.NOT_INTERESTED
    place, key = (campaign.lot, entry.match.id), f"{_key_prefix(invitation)} {act.now.isoformat()}"
    answer = RecordCall(*place, outcome, act.now.date(), key, answers=answers_of(given_answer), way=AnswerWay.LINK)
    return note_answer(act, dossier, answer).entry(*place).rival is not None
