"""E-mails to participants of a meeting day whose timetable changed, or who are asked for follow-up: who needs one, its text, queueing, sending."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from matcher.accounts.organisations import controller_of
from matcher.cleaning.web import takes_messages
from matcher.clock import utc_now
from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.meeting_day.participant_link import NOTHING, SILENT, GivenLink, links_of, open_links
from matcher.club.meeting_day.sequels import asked_from
from matcher.club.meeting_day.store import DAYS, People, read_people
from matcher.club.meeting_day.tables import MAILINGS
from matcher.club.results.own_page import untold_moves
from matcher.club.results.said import silent
from matcher.club.results.view import Filling, ParticipantSheet, make_sheet
from matcher.club.timetable.planning import Moves, move_sentences
from matcher.db import DatabaseError, reading, writing
from matcher.domain.french import enumeration, number, typeset, weekday
from matcher.jobs.worker import WorkKind
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalUnknown
from matcher.mail.delivery import Clock, Delivery, Letterhead, MailRefused, send_batch
from matcher.mail.links import Correspondence
from matcher.mail.outbox import LINK, MessageState, OutboxMessage, QueuedMessage, cancel, of_batch, queue_messages
from matcher.mail.rights import rights
from matcher.ownership import OrganisationId
from matcher.settings import SMTP_HOST_VARIABLE, Controller, SettingsError, SmtpSettings, public_address, smtp_settings

# URL path of participants' own pages.
PLACE = "rendez-vous"
NO_ADDRESS = "pas d’adresse de courriel"
_OUTDATED = "l’horaire a changé, ou c’est déjà dit"
_DEFECT = "Une erreur s’est produite de notre côté : ce qui attend encore repart par le même bouton, sans rien envoyer deux fois."


@dataclass(frozen=True, slots=True)
class MailStanding:
    """State of a participant's messages. `sent`, `queued`: last version of the event of which all messages were sent, or queued, 0 for none; `who`:
    who requested the last ones; `messages`: the last ones, one an address."""

    sent: int = NOTHING
    queued: int = NOTHING
    who: str = ""
    messages: tuple[OutboxMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class ToTell:
    """A participant to write to. `changes` of its timetable; `first`: first message, which presents its page; `waits`: one is queued;
    `by_voice`: in French, why no message can reach it, empty where one can; `asks`: the message asks, weeks later, what meetings have led to."""

    key: int
    changes: Moves
    first: bool
    waits: bool
    by_voice: str
    asks: bool = False


def load_standings(engine: Engine, event: MeetingDay, links: Mapping[int, GivenLink]) -> dict[int, MailStanding]:
    """Return the state of the messages of an event, by number of link."""
    with reading(engine) as connection:
        return _standings(connection, event.id, links)


def addresses(event: MeetingDay, key: int, people: People) -> tuple[str, ...]:
    """Return the addresses of a participant, those of its duplicate registrations included, each once."""
    lines = (key, *(double for double, first in event.doubles.items() if first == key))
    emails = dict.fromkeys(one.email for line in lines for one in people.get(line, ()))
    return tuple(filter(takes_messages, emails))


def to_tell(
    event: MeetingDay, links: Mapping[int, GivenLink], mails: Mapping[int, MailStanding], people: People, today: date
) -> dict[int, ToTell]:
    """Return, by key, participants who come, have a link and do not yet know of their timetable or page; once sequels are due, those with
    missing sequels who have not been sent a message since."""
    coming = {key: link for key, link in links.items() if _comes(event, key)}
    stands = {key: mails.get(link.id, MailStanding()) for key, link in coming.items()}
    if (start := asked_from(event.header.day)) is None or today < start:
        return _uninformed_participants(event, coming, stands, people)
    unsaid, to_ask = silent(event), {}
    for key, link in coming.items():
        outbox_messages = [one for one in stands[key].messages if one.changed.date() >= start]
        if not unsaid[event.seat_of(key)] or any(one.state is MessageState.SENT for one in outbox_messages):
            continue
        waits = any(one.state is MessageState.TO_SEND for one in outbox_messages)
        by_voice = _by_voice(link, addresses(event, key, people), () if waits else outbox_messages)
        to_ask[key] = ToTell(key, Moves(), first=False, waits=waits, by_voice=by_voice, asks=True)
    return to_ask


def _uninformed_participants(
    event: MeetingDay, coming: Mapping[int, GivenLink], stands: Mapping[int, MailStanding], people: People
) -> dict[int, ToTell]:
    """Return the participants who were not informed of their timetable or page, by key."""
    known = {key: max(link.told, stands[key].sent) for key, link in coming.items()}
    changed = untold_moves(event, known)
    newer = untold_moves(event, {key: stands[key].queued for key in coming})
    to_tell = {}
    for key, link in coming.items():
        mail, first = stands[key], known[key] == NOTHING
        if key not in changed and not first:
            continue
        written = mail.queued > known[key] and key not in newer
        waits = written and any(one.state is MessageState.TO_SEND for one in mail.messages)
        failed = mail.messages if written and not waits else ()
        by_voice = _by_voice(link, addresses(event, key, people), failed)
        to_tell[key] = ToTell(key, changed.get(key, Moves()), first, waits, by_voice)
    return to_tell


def _by_voice(link: GivenLink, to: Sequence[str], failed: Sequence[OutboxMessage]) -> str:
    """Return in French why no message can reach a participant (it wants none, has no address, or they failed); empty where one can."""
    if link.silent:
        return SILENT
    # « a@b.example refusé (550 inconnu) »
    became = (f"{mail.address} {mail.state}{f' ({mail.reason})' if mail.reason else ''}" for mail in failed)
    return " ; ".join(became) if to else NO_ADDRESS


def write_mailing(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    keys: Collection[int],
    by: Controller,
    *,
    author: str,
    since: date,
    months: int,
    now: datetime,
) -> int:
    """Queue a message to each address of these participants who need one, opening links for those without; return how many participants.
    Contacts recorded before `since` are not used; `months`: their retention period, for the legal notice. Raises JournalUnknown."""
    with writing(engine) as connection:
        event = DAYS.read(connection, owner, number)
        people = read_people(connection, owner, number, since=since)
        reachable = [key for key in sorted(keys) if _comes(event, key) and addresses(event, key, people)]
        if event.deleted or not reachable:
            return 0
        links = open_links(connection, number, reachable, version_told=NOTHING, author=author, now=now)
        mails = _standings(connection, number, links)
        told_now = to_tell(event, links, mails, people, now.date())
        wanted = [
            message for key in reachable if (message := told_now.get(key)) and not (message.by_voice or message.waits)
        ]
        if not wanted:
            return 0
        messages = []
        for message in wanted:
            changes = [] if message.first else move_sentences(event, message.changes)
            participant_sheet = make_sheet(event, message.key, people)
            text = meeting_letter(
                event, participant_sheet, changes, by, sender=author, months=months, asks=message.asks
            )
            title, holder = meeting_subject(event, changes, asks=message.asks), links[message.key].id
            messages += [QueuedMessage(holder, to, title, text) for to in addresses(event, message.key, people)]
        values = {"event_id": number, "version": event.version, "who": author}
        mailing = int(connection.execute(insert(MAILINGS).returning(MAILINGS.c.id), values).scalar_one())
        cancel(connection, Correspondence.MEETING, {one.holder for one in messages}, _OUTDATED, now)
        queue_messages(connection, Correspondence.MEETING, mailing, messages, now)
    return len(wanted)


def unwritten_said(
    event: MeetingDay,
    links: Mapping[int, GivenLink],
    mails: Mapping[int, MailStanding],
    people: People,
    keys: Collection[int],
    today: date,
) -> str:
    """Return in French why no message is written to these participants, with a count for each reason; empty without participants."""
    telling, reasons = to_tell(event, links, mails, people, today), Counter[str]()
    for key in keys:
        if not _comes(event, key):
            reasons["ne vient pas"] += 1
        elif not addresses(event, key, people):
            reasons[NO_ADDRESS] += 1
        elif (message := telling.get(key)) is None:
            reasons["a déjà reçu ce message, ou a déjà tout dit"] += 1
        else:
            reasons["un message attend déjà de partir" if message.waits else message.by_voice] += 1
    lines = [f"{reason} : {number(held)}" for reason, held in reasons.most_common()]
    return typeset(f"Aucun message n’est écrit. {' ; '.join(lines)}.") if lines else ""


def send_mailings(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    server: SmtpSettings | None,
    by: Controller,
    address: str,
    *,
    clock: Clock,
) -> Delivery:
    """Send the queued messages of an event, and cancel those whose timetable has changed since; `address`: public URL of the site. Raises JournalUnknown,
    ChangeRefused, MailRefused."""
    if server is None:
        raise ChangeRefused(f"Aucun serveur n’envoie de courriels ({SMTP_HOST_VARIABLE}) : dites-le de vive voix.")
    with writing(engine) as connection:
        event = DAYS.read(connection, owner, number)
        links, people = links_of(connection, number), read_people(connection, owner, number)
        mails = _standings(connection, number, links)
        waiting = [] if event.deleted else to_tell(event, links, mails, people, clock().date()).values()
        outdated = mails.keys() - {links[one.key].id for one in waiting if one.waits}
        cancel(connection, Correspondence.MEETING, outdated, _OUTDATED, clock())
        mailings = [row.id for row in _of_event(connection, number)]
    letterhead = Letterhead(server.sender, by.name, event.header.email or by.contact, f"{address}/{PLACE}")
    done = Delivery(0, 0, 0)
    for mailing in mailings:
        delivery = send_batch(engine, Correspondence.MEETING, mailing, server, letterhead, clock=clock)
        done = Delivery(
            done.sent + delivery.sent, done.later + delivery.later, done.refused + delivery.refused, delivery.stopped
        )
        if done.stopped:
            break
    return done


# Sends the queued messages; each is marked as it leaves, so that a restarted job sends none twice.
TELL = WorkKind(
    "courriels",
    lambda hold: asdict(
        send_mailings(
            hold.engine,
            hold.owner,
            hold.work.asked["number"],
            by=controller_of(hold.engine, hold.owner),
            address=public_address(),
            server=smtp_settings(),
            clock=utc_now,
        )
    ),
    (MailRefused, ChangeRefused, JournalUnknown, SettingsError, DatabaseError),
    defect=_DEFECT,
)


def _of_event(connection: Connection, event_id: int) -> Sequence[Row[Any]]:
    return connection.execute(select(MAILINGS).where(MAILINGS.c.event_id == event_id).order_by(MAILINGS.c.id)).all()


def _comes(event: MeetingDay, key: int) -> bool:
    return key in event.by_key and not event.by_key[key].absent


def _standings(connection: Connection, event_id: int, links: Mapping[int, GivenLink]) -> dict[int, MailStanding]:
    """Return the state of messages by link; messages older than the link's last opening do not count."""
    opened = {link.id: link.opened for link in links.values()}
    mail_standings: defaultdict[int, MailStanding] = defaultdict(MailStanding)
    for mailing in _of_event(connection, event_id):
        written: defaultdict[int, list[OutboxMessage]] = defaultdict(list)
        for message in of_batch(connection, Correspondence.MEETING, mailing.id):
            known = message.holder in opened and opened[message.holder] <= message.changed
            if known and message.state is not MessageState.CANCELLED:
                written[message.holder].append(message)
        for holder, messages in written.items():
            states = {one.state for one in messages}
            is_sent = MessageState.SENT in states and MessageState.TO_SEND not in states
            told_last = mailing.version if is_sent else mail_standings[holder].sent
            mail_standings[holder] = MailStanding(told_last, mailing.version, mailing.who, tuple(messages))
    return dict(mail_standings)


_NONE_YET = "Vous n’avez pas de rendez-vous à ce jour : votre page le dira s’il en vient."
_PAGE = f"Votre page, sur un téléphone : accepter ou décliner, dire vos heures, prendre des notes.\n{LINK}\nCe lien est personnel : qui l’a peut répondre à votre place."
_CALENDAR = f"Pour votre agenda :\n{LINK}/agenda.ics"
_ORIGIN = "votre inscription à cet événement"
_GROUND = "mission d’intérêt public, organiser ces rencontres (article 6.1.e du RGPD)"


# Sentence of the message sent weeks later.
ASKED = (
    "Devis remis, marché signé, rien encore ? Une réponse par rendez-vous, en deux gestes, sur votre page personnelle"
)
_ASK = f"{ASKED} :\n{LINK}\nCe que vous dites est gardé à part de ce que dit l’autre, qui ne le lit pas."


def meeting_subject(event: MeetingDay, changes: Sequence[str], *, asks: bool = False) -> str:
    """Return the subject of a message: a change, a question on follow-up, or the timetable."""
    title = " ".join(event.header.title.split())
    if asks:
        return typeset(f"Que sont devenus vos rendez-vous ? {title}")
    return typeset(f"{'Votre horaire a changé' if changes else 'Vos rendez-vous'} : {title}")


def meeting_letter(
    event: MeetingDay,
    sheet: ParticipantSheet,
    changes: Sequence[str],
    by: Controller,
    *,
    sender: str,
    months: int,
    asks: bool = False,
) -> str:
    """Return the text of a message to a participant. `changes`: sentences, none in a first message; `asks`: ask what its meetings have led to instead."""
    header = event.header
    where = ", ".join(filter(None, (weekday(header.day) if header.day else "", header.place)))
    meetings = [
        f"- {line.hour}, table {line.table} : {line.name}{f' ({enumeration(line.people)})' if line.people else ''}"
        for line in sheet.lines
        if line.filling is Filling.MEETING
    ]
    parts = [
        "Bonjour,",
        f"{header.title}{f', {where}' if where else ''}.",
        "\n".join(("Ce qui change pour vous :", *(f"- {change}" for change in changes))) if changes else "",
        "\n".join(("Vos rendez-vous :" if asks else "Votre horaire :", *meetings)) if meetings else _NONE_YET,
        _ASK if asks else _PAGE,
        _CALENDAR if meetings and header.day and not asks else "",
        f"Bien cordialement,\n{header.organiser or sender}",
    ]
    months_said = f"{months} mois après votre inscription"
    law = "\n".join(rights(by, origin=_ORIGIN, ground=_GROUND, duration=months_said))
    return typeset("\n\n".join(filter(None, parts)) + f"\n\n--\n{law}")
