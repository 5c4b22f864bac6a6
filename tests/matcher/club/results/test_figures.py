"""Figures rest on what somebody says: a contract without an amount adds nothing, and nobody's word is not zero."""

from matcher.club.meeting_day.changes import TellSequel
from matcher.club.meeting_day.meeting_day import OwnNote
from matcher.club.meeting_day.own_words import NoteMeeting
from matcher.club.meeting_day.sequels import ORGANISER, ContractNature, ContractTerms, Sequel, SequelStep
from matcher.club.results.figures import Usefulness, figures_of
from matcher.club.results.report import report_day
from matcher.club.results.report_document import day_report_document, day_report_object
from tests.matcher.club.day import DAY, WHO, after, frozen, full, laid_out

SIGNED = SequelStep.CONTRACT


def test_nobody_s_word_is_not_zero() -> None:
    found = figures_of(laid_out(frozen(full())))
    assert (found.amount.total, found.hours.total, found.jobs.total, found.contracts) == (None, None, None, ())
    assert (found.told, found.needs, found.met) == (0, 4, 4)
    assert figures_of(laid_out(full())).met is None


def test_the_lower_of_both_sides_counts_until_the_organiser_tells() -> None:
    event = frozen(full())
    one, other = event.bookings[:2]
    terms = ContractTerms(30_000.0, ContractNature.PUBLIC, 400.0)
    event = after(
        event,
        TellSequel(Sequel(one.buyer, one.buyer, one.supplier, SIGNED, terms)),
        TellSequel(Sequel(one.supplier, one.buyer, one.supplier, SIGNED, ContractTerms(24_000.0))),
        TellSequel(Sequel(other.supplier, other.buyer, other.supplier, SIGNED)),
    )
    found = figures_of(laid_out(event))
    assert (found.amount.total, found.amount.contracts, len(found.contracts)) == (24_000, 1, 2)
    assert (found.hours.total, found.jobs.total, found.jobs.contracts) == (400, None, 0)
    settled = after(event, TellSequel(Sequel(ORGANISER, one.buyer, one.supplier, SIGNED, ContractTerms(27_000.0))))
    assert figures_of(laid_out(settled)).amount.total == 27_000
    assert figures_of(laid_out(settled)).contracts[0].by == f"l’acheteur, le fournisseur, l’organisateur ({WHO})"


def test_how_useful_meetings_were_is_the_mean_of_what_each_side_says() -> None:
    event = frozen(full())
    one, other = event.bookings[:2]
    marks = ((one.buyer, one.supplier, 5), (other.buyer, other.supplier, 2), (one.supplier, one.buyer, 4))
    event = after(event, *(NoteMeeting(OwnNote(by, met, useful=mark)) for by, met, mark in marks))
    found = figures_of(laid_out(event))
    assert (found.useful_to_buyers, found.useful_to_suppliers) == (Usefulness(3.5, 2), Usefulness(4.0, 1))
    assert figures_of(laid_out(frozen(full()))).useful_to_buyers == Usefulness(None, 0)
    assert event.outcomes == {}


def test_the_report_sets_a_day_beside_its_former_edition() -> None:
    event = frozen(full())
    one = event.bookings[0]
    event = after(event, TellSequel(Sequel(one.buyer, one.buyer, one.supplier, SIGNED, ContractTerms(1_000.0))))
    setting = laid_out(event)
    former, found = figures_of(laid_out(frozen(full()))), report_day(setting, setting.affinities.shelf)
    its = day_report_document(event, found, setting.affinities.shelf, DAY, former=former)
    rows = {row.cells[0]: row.cells[1:3] for table in its.tables if "chiffres" in table.title for row in table.rows}
    assert rows["Montant signé, € HT"] == (1_000, None)
    assert rows["Besoins qui ont rencontré leur métier"] == (4, 4)
    said = day_report_object(event, found, former)
    assert (said["figures"]["amount"]["total"], said["former_figures"]["amount"]["total"]) == (1_000, None)
    assert said["contracts"][0]["said_by"] == "l’acheteur"
