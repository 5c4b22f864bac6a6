"""A list frozen of three invented suppliers, of which two are followed, and their answers by each way: what the tests of answers share."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.follow_up import dossier_calls
from matcher.club.results.learned import list_offered_words
from matcher.domain.need import Need
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.answers import record_answers
from matcher.dossiers.asking.campaign import about_lot
from matcher.dossiers.asking.store import create_campaign
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Dossier, Entry
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, create_dossier, load_dossier
from matcher.need.answer import answer_from, rank_need
from matcher.ownership import FIRST_ORGANISATION as OWNER
from tests.factories import siret, taking
from tests.matcher.dossiers.asking.campaigns import BY, GREEN, MONTHS, NOW, secrets, supplier
from tests.matcher.dossiers.kept import HEADER, WHO

NEED = Need(Lot("Entretien des espaces verts", lieux=(RawPlace("Maubeuge"),), montant=60_000.0, duree=12.0))
TRADE = f"metier:{GREEN}"
# Known by its class, and one of whom nothing tells the trade.
KNOWN, UNKNOWN = f"siret:{siret(1)}", f"siret:{siret(2)}"


def followed_list(engine: Engine, tmp_path: Path) -> Dossier:
    """A list frozen, of which the two are followed."""
    taking(engine, tmp_path, NOW)(supplier(1, naf="8130Z"), supplier(2), supplier(3, naf="8130Z"))
    found = rank_need(NEED, load_shelf(engine), today=NOW.date())
    shortlist = answer_from(found, found.first(10))
    made = create_dossier(engine, OWNER, HEADER, author=WHO, now=NOW)
    lot = AddLot("Espaces verts", freeze(shortlist), (KNOWN, UNKNOWN))
    return change_dossier(engine, OWNER, made.id, [lot], version=made.version, author=WHO, now=NOW)


def entry_of(engine: Engine, key: str) -> Entry:
    return load_dossier(engine, OWNER, 1).entry(1, key)


def said(way: AnswerWay, does: str, outcome: CallOutcome, key: str = KNOWN, **more: object) -> RecordCall:
    answers = {TRADE: does} if does else {}
    return RecordCall(1, key, outcome, NOW.date(), f"{way} {does} {outcome}", answers=answers, way=way, **more)  # type: ignore[arg-type]


def note(engine: Engine, noted: RecordCall, corrects: str = WHO, who: str = WHO, now: datetime = NOW) -> Dossier:
    return record_answers(engine, OWNER, 1, lambda _: [noted], author=who, now=now, corrects=corrects)


def link_of(engine: Engine, key: str) -> str:
    """The link of a supplier that a campaign about the lot asks."""
    draft = about_lot(load_dossier(engine, OWNER, 1), 1, BY)
    made = create_campaign(engine, OWNER, draft, (key,), BY, author=WHO, now=NOW, months=MONTHS)
    return secrets(engine, made.campaign.id)[key.removeprefix("siret:")]


def tell_club(engine: Engine, event: MeetingDay) -> list[RecordCall]:
    """Tell the dossier what came of the meetings of a day; return what was told."""
    made: list[RecordCall] = []

    def told(held: Dossier) -> list[RecordCall]:
        made.extend(dossier_calls(held, event, event.outcomes.values(), list_offered_words(engine, event)))
        return made

    record_answers(engine, OWNER, 1, told, author=WHO, now=NOW, corrects=WHO)
    return made
