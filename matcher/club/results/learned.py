"""Finds what a meeting day's participants declared of trades, workforce and area that the catalogue lacks, and writes it there once accepted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from matcher.catalogue.intake.lookups import shipped_lookups
from matcher.catalogue.steward.stated_record import ACTIVITY, CorrectionRefused
from matcher.catalogue.store.read import load_these
from matcher.club.meeting_day.changes import Amend, Register
from matcher.club.meeting_day.header import TakenWord
from matcher.club.meeting_day.meeting_day import MeetingDay, Participant
from matcher.club.meeting_day.own_words import TakeWords
from matcher.club.meeting_day.store import DAYS, load_day
from matcher.club.timetable.affinity import claims
from matcher.db import DatabaseError, writing
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Supplier
from matcher.dossiers.answers import AnswerAct
from matcher.dossiers.asking.answer import GivenAnswer, faults
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused, JournalEntry
from matcher.journal.store import JournalUnknown
from matcher.ownership import OrganisationId
from matcher.reference.trades.activities import taxonomy

_FIELDS = ("activity", "workers", "area")


@dataclass(frozen=True, slots=True)
class OfferedWords:
    """Declarations of a participant that the catalogue lacks: fields to write (`words`), their French form (`shown`), its own wording
    (`wrote`), faults of what cannot be understood, the last day that it declared any of it, and who recorded that."""

    participant: Participant
    words: tuple[TakenWord, ...]
    shown: tuple[str, ...]
    wrote: str
    faults: tuple[str, ...]
    on: date
    who: str

    @property
    def answer(self) -> GivenAnswer:
        """The declarations, as fields of an answer."""
        fields = group_pairs((one.champ, one.text) for one in self.words)
        trades, texts_by_field = (
            dict.fromkeys(fields.pop(ACTIVITY, ()), True),
            {champ: texts[0] for champ, texts in fields.items()},
        )
        return GivenAnswer(trades, workers=texts_by_field.get("effectif", ""), area=texts_by_field.get("zone", ""))


def list_offered_words(engine: Engine, event: MeetingDay) -> tuple[OfferedWords, ...]:
    """Return what the catalogue lacks of its suppliers among an event's participants, in their order; contact details are never copied."""
    recognised = [one for one in event.participants if one.supplies and one.supplier_id]
    known = {one.id: one for one in load_these(engine, {one.supplier_id for one in recognised})}
    entries = _own_lines(event)
    offered = (
        _offered_words(event, one, known[one.supplier_id], entries) for one in recognised if one.supplier_id in known
    )
    return tuple(one for one in offered if one is not None)


def teach_catalogue(
    engine: Engine, owner: OrganisationId, number: int, offer: OfferedWords, *, author: str, now: datetime
) -> None:
    """Write a participant's declarations in the catalogue, dated from the day that it made them; only once, even if several people accept them. Raises
    ChangeRefused where nothing is pending, CorrectionRefused where the catalogue rejects it; nothing is written then."""
    with writing(engine) as connection:
        event = DAYS.read(connection, owner, number)
        participant = event.participant(offer.participant.key)
        if set(offer.words) <= set(event.taken_words) or participant.supplier_id != offer.participant.supplier_id:
            raise ChangeRefused(f"Rien de ce que « {participant.name} » a dit n’attend : c’est déjà au catalogue.")
        motive = f"inscription à l’événement {number}, « {event.header.title} », acceptée par {author}"
        AnswerAct(connection, owner, author, now).tell(
            participant.supplier_id, offer.answer.statement(), motive, offer.on
        )
        DAYS.change(connection, owner, number, lambda _: [TakeWords(offer.words)], author=author, now=now)


def _teach_job(hold: Hold) -> Mapping[str, Any]:
    """Write the declarations of all participants of an event in the catalogue, one after the other (background job)."""
    number, author, now = (
        hold.work.asked["number"],
        hold.work.asked["who"],
        datetime.fromisoformat(hold.work.asked["now"]),
    )
    event = load_day(hold.engine, hold.owner, number)
    waiting, refused = list_offered_words(hold.engine, event), []
    for place, offer in enumerate(waiting):
        hold.tell("au catalogue", place, len(waiting))
        try:
            teach_catalogue(hold.engine, hold.owner, number, offer, author=author, now=now)
        except (ChangeRefused, CorrectionRefused) as refusal:
            refused.append(f"{event.name_of(offer.participant.key)} : {refusal}")
    return {"taken": len(waiting) - len(refused), "refused": refused}


LEARN = WorkKind("apprendre", _teach_job, (ChangeRefused, JournalUnknown, DatabaseError))


def _offered_words(
    event: MeetingDay,
    participant: Participant,
    known: Supplier,
    entries: Mapping[tuple[int, str], JournalEntry],
) -> OfferedWords | None:
    lines = {name: entries[participant.key, name] for name in _FIELDS if (participant.key, name) in entries}
    answer = _missing_in_catalogue(participant, known, lines.keys())
    doubts = faults(answer, shipped_lookups()) if answer.statement() else {}
    sure = GivenAnswer(
        answer.trades,
        workers="" if "workers" in doubts else answer.workers,
        area="" if "area" in doubts else answer.area,
    )
    words = [TakenWord(participant.key, champ, text) for champ, texts in sure.statement().items() for text in texts]
    fresh = tuple(word for word in words if word not in event.taken_words)
    if not fresh:
        return None
    last = max(lines.values(), key=lambda line: line.number)
    wrote = participant.activity if any(word.champ == ACTIVITY for word in fresh) else ""
    shown = (taxonomy().label(word.text) if word.champ == ACTIVITY else f"{word.champ} : {word.text}" for word in fresh)
    return OfferedWords(participant, fresh, tuple(shown), wrote, tuple(doubts.values()), last.at.date(), last.who)


def _missing_in_catalogue(participant: Participant, known: Supplier, told_fields: Collection[str]) -> GivenAnswer:
    """Return the declarations of a participant, in the fields `told_fields`, that the catalogue does not have."""
    does = {activity.code for activity in known.activities if activity.evidence.is_declared}
    does |= {taxonomy().group_of(code) for code in does}
    claimed = (
        [code for code, _ in claims(participant.activity) if code not in does] if "activity" in told_fields else []
    )
    workers = participant.workers if "workers" in told_fields and participant.workers != known.workers else None
    return GivenAnswer(
        trades=dict.fromkeys(claimed, True),
        workers="" if workers is None else f"{workers:g}",
        area=participant.area if "area" in told_fields and participant.area != known.area else "",
    )


def _own_lines(event: MeetingDay) -> dict[tuple[int, str], JournalEntry]:
    """Return the line of the journal that last changed each field (key, name) in a participant's own words."""
    last_values: dict[tuple[int, str], tuple[object, JournalEntry | None]] = {}
    for line in event.journal:
        change = line.change
        for participant in change.participants if isinstance(change, Register | Amend) else ():
            for name in _FIELDS:
                value, former = getattr(participant, name), last_values.get((participant.key, name))
                if former is None or former[0] != value:
                    by_themselves = isinstance(change, Register | Amend) and change.told and value not in ("", None)
                    last_values[participant.key, name] = (value, line if by_themselves else None)
    return {key: line for key, (_, line) in last_values.items() if line is not None}
