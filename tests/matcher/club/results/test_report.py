"""What meetings gave is counted once for each way to group them; what nobody said is not zero."""

from dataclasses import replace

from matcher.club.meeting_day.changes import Record, TellSequel
from matcher.club.meeting_day.meeting_day import (
    Bond,
    MeetingDay,
    MeetingOutcome,
    OwnNote,
    Participant,
    ParticipantRole,
    Result,
    Tie,
)
from matcher.club.meeting_day.own_words import NoteMeeting
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.sequels import ORGANISER, Sequel, SequelStep
from matcher.club.results.report import (
    DISCOVERY,
    UNKNOWN_KIND,
    DayReport,
    by_departement,
    by_epci,
    by_kind,
    by_trade,
    count_meetings,
    report_day,
)
from matcher.club.results.report_document import day_report_document, day_report_object
from tests.matcher.club.day import BUYERS, DAY, SUPPLIERS, after, frozen, full, laid_out


def reported(event: MeetingDay) -> DayReport:
    setting = laid_out(event)
    return report_day(setting, setting.affinities.shelf)


def test_what_nobody_has_said_is_not_zero() -> None:
    event = frozen(full())
    silent = count_meetings("", reported(event).meetings)
    assert (silent.held, silent.asked, silent.quoted, silent.contracted) == (None,) * 4
    assert silent.planned == silent.untold == silent.unanswered == len(event.bookings)
    one = event.bookings[0]
    told = after(event, Record(MeetingOutcome(one.buyer, one.supplier, Result.NOTHING)))
    said = count_meetings("", reported(told).meetings)
    assert (said.held, said.asked, said.quoted) == (1, 0, None)
    gone = after(event, Record(MeetingOutcome(one.buyer, one.supplier, Result.NOT_HELD)))
    absent = count_meetings("", reported(gone).meetings)
    assert (absent.held, absent.unanswered) == (0, len(event.bookings) - 1)


def test_a_wish_whose_meeting_did_not_take_place_is_not_kept() -> None:
    wished = frozen(replace(full(), bonds=(Bond(Tie.MUST, 1, 4), Bond(Tie.MUST, 4, 1), Bond(Tie.MUST, 2, 5))))
    gone = after(wished, Record(MeetingOutcome(1, 4, Result.NOT_HELD)))
    said = [
        day_report_document(event, reported(event), laid_out(event).affinities.shelf, DAY).remarks[0]
        for event in (wished, gone)
    ]
    assert [remark.partition("attendus, ")[2].replace("\u202f", " ").replace("\xa0", " ") for remark in said] == [
        "2 vœux tenus sur 2.",
        "1 vœu tenu sur 2.",
    ]


def test_who_did_not_come_is_named() -> None:
    event = frozen(full())
    missing = replace(event, participants=tuple(replace(one, absent=one.key == 1) for one in event.participants))
    remarks = day_report_document(missing, reported(missing), laid_out(missing).affinities.shelf, DAY).remarks
    (named,) = (remark for remark in remarks if "absents" in remark)
    assert BUYERS[0].name in named
    assert not any(
        "absents" in remark
        for remark in day_report_document(event, reported(event), laid_out(event).affinities.shelf, DAY).remarks
    )


def test_the_furthest_of_both_sides_counts_until_the_organiser_tells() -> None:
    event = frozen(full())
    one = event.bookings[0]
    words = [(one.buyer, SequelStep.NOT_YET), (one.supplier, SequelStep.CONTRACT)]
    both = after(event, *(TellSequel(Sequel(by, one.buyer, one.supplier, step)) for by, step in words))
    found = reported(both)
    its = count_meetings("", found.meetings)
    assert (its.held, its.untold, its.quoted, its.contracted) == (1, len(event.bookings), 1, 1)
    (differing,) = day_report_object(both, found)["differing"]
    assert (differing["by_buyer"], differing["by_supplier"]) == ("rien encore", "marché signé")
    settled = after(both, TellSequel(Sequel(ORGANISER, one.buyer, one.supplier, SequelStep.QUOTE)))
    assert (
        count_meetings("", reported(settled).meetings).quoted,
        count_meetings("", reported(settled).meetings).contracted,
    ) == (1, 0)


def test_every_way_to_group_has_every_meeting() -> None:
    event = frozen(full())
    meetings = reported(event).meetings
    groups = (
        by_trade(meetings),
        by_departement(meetings, lambda one: one.supplier_at),
        by_departement(meetings, lambda one: one.buyer_at),
        by_epci(meetings, lambda one: one.buyer_at),
    )
    assert [sum(one.planned for one in group) for group in groups] == [len(event.bookings)] * 4
    assert "Nord (59)" in {one.label for one in groups[1]}
    assert {one.label for one in groups[0]} >= {"Traiteur", "Blanchisserie"}
    kinds = {one.label: one.planned for one in by_kind(meetings)}
    assert kinds["ESAT"] + kinds[UNKNOWN_KIND] >= len(event.bookings)
    nowhere = [replace(one, supplier_at=replace(one.supplier_at, departement="")) for one in meetings]
    assert [one.label for one in by_departement(nowhere, lambda one: one.supplier_at)] == ["lieu non connu"]


def test_a_meeting_counts_under_a_trade_that_its_supplier_does() -> None:
    need = ParticipantNeed("Colis gastronomiques", "Maubeuge")
    newcomer = Participant(8, ParticipantRole.BUYER, "Agglo Neuve", needs=(need,))
    found = reported(frozen(full((*BUYERS, *SUPPLIERS, newcomer))))
    counted = {one.label: one.planned for one in by_trade(found.meetings)}
    (lacking,) = [one for one in found.needs if one.buyer == newcomer.key]
    assert (lacking.doing, counted.get(lacking.trade), counted[DISCOVERY]) == (0, None, 1)
    assert {need.trade for need in found.needs if need.doing} == counted.keys() - {DISCOVERY}


def test_the_document_says_both_words_and_its_lines_add_up() -> None:
    event = frozen(full())
    one = event.bookings[0]
    event = after(
        event,
        NoteMeeting(OwnNote(one.buyer, one.supplier, Result.QUOTE)),
        NoteMeeting(OwnNote(one.supplier, one.buyer, Result.NOTHING)),
    )
    found = reported(event)
    its = day_report_document(event, found, laid_out(event).affinities.shelf, DAY)
    tables = {table.title: table for table in its.tables}
    for table in its.tables[:2]:
        figures = [cell for row in table.rows if isinstance(cell := row.cells[1], int)]
        assert sum(figures[:-1]) == figures[-1] == len(event.bookings)
    (apart,) = tables["Deux mots différents"].rows
    assert apart.cells[2:] == ("devis demandé", "rien", "rien")
    assert tables["À suivre"].rows == ()
    assert its.answer.replace("\u00a0", " ").startswith(f"{len(event.bookings)} rendez-vous prévus, 1 tenu au moins")
