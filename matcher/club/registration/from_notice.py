"""Turns a lot of a published procurement notice into a buyer registered at a meeting day with that need, or one more need of a known buyer."""

from dataclasses import replace

from matcher.club.meeting_day.meeting_day import MeetingDay, Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.notices.lot_dossier import notice_said
from matcher.notices.store import KeptLot
from matcher.reading.place.areas import name_apart
from matcher.reading.reader import read

_SIREN, _SIRET = 9, 14


def buyer_of(lot: KeptLot, event: MeetingDay) -> Participant:
    """Return the buyer of a lot with the lot among its needs: the registered one with the same SIREN, else a new one with key 0."""
    siret, name = lot.notice.buyer, lot.notice.buyer_name
    here = (one for one in event.participants if not one.supplies and siret and one.siret[:_SIREN] == siret[:_SIREN])
    known = next(here, Participant(0, ParticipantRole.BUYER, name, siret if len(siret) == _SIRET else ""))
    title = lot.published.title or lot.notice.title
    places = " ; ".join(map(name_apart, read(lot.published.lot).places))
    need = ParticipantNeed(f"{title} ({notice_said(lot.notice)})", places, lot.amount)
    return known if need in known.needs else replace(known, needs=(*known.needs, need))
