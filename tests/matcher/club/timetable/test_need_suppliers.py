"""Which suppliers of the day may answer a need: while its trade is a question, those of every answer count."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed, WhyUnserved
from matcher.club.results.report import by_trade, report_day
from matcher.club.timetable.affinity import affinities, present_shelf, read_participant_need
from matcher.club.timetable.need_suppliers import options_of_need
from tests.matcher.club.day import BUYERS, DAY, SUPPLIERS, frozen, full, laid_out

DOUBTED = ParticipantNeed("montage de kits premiers secours", "Maubeuge")
BUYER = Participant(8, ParticipantRole.BUYER, "SDIS Modèle", needs=(DOUBTED,))
PACKER = Participant(
    9, ParticipantRole.SUPPLIER, "Ateliers Prest", activity="conditionnement, mise sous pli", place="Maubeuge"
)


@pytest.mark.parametrize("in_reach", [True, False])
def test_a_need_whose_trade_is_a_question_counts_with_every_answer(in_reach: bool) -> None:
    assert "industrie.conditionnement" in options_of_need(read_participant_need(BUYER, DOUBTED))
    suppliers = (*SUPPLIERS, PACKER)
    shelf, rows = present_shelf(suppliers, {})
    found = affinities([BUYER], suppliers, shelf, rows, DAY, in_reach=in_reach)
    (need,) = found.needs
    for mask in (need.known, need.credible, need.serving):
        assert np.flatnonzero(mask).tolist() == [len(SUPPLIERS)]
    assert found.worth[0, -1] > 0
    assert not found.spare[0, -1]
    assert found.shared_trade(0, len(SUPPLIERS), DOUBTED) == "Conditionnement et travaux à façon"
    assert found.shared_trade(0, 0, DOUBTED) == ""


def test_a_need_that_is_understood_has_no_other_answer() -> None:
    assert options_of_need(read_participant_need(BUYER, replace(DOUBTED, text="Traiteur"))) == ()


def test_a_doubted_need_is_served_and_counted_under_the_trade_of_its_supplier() -> None:
    event = frozen(full((*BUYERS, *SUPPLIERS, BUYER, PACKER)))
    assert event.plan is not None
    assert WhyUnserved.NOBODY not in {one.why for one in event.plan.unserved}
    setting = laid_out(event)
    counted = {one.label: one.planned for one in by_trade(report_day(setting, setting.affinities.shelf).meetings)}
    assert counted["Conditionnement et travaux à façon"] == 1
