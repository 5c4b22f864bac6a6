"""The lots of a contract are what its notices leave, in whatever order they come."""

from itertools import permutations

import pytest

from importers.notices.importer import LotWritten, NoticeRecord
from matcher.domain.notice import LotState
from matcher.notices.clean import clean_notice
from matcher.notices.contract import CANCELLED, StandingLot, ToldNotice, contracts_of, standing_lots
from tests.matcher.notices.written import BUYER, FOLDER, lot, notice


def left(*records: NoticeRecord) -> tuple[StandingLot, ...]:
    return standing_lots(ToldNotice(number, clean_notice(record)) for number, record in enumerate(records, start=1))


def states(*records: NoticeRecord) -> dict[str, LotState]:
    return {one.lot.number: one.state for one in left(*records)}


CALL = notice("26-1", lot("1"), lot("2", "Nettoyage des locaux", cpv=("90910000",)))


def test_a_call_leaves_its_lots_called() -> None:
    assert states(CALL) == {"1": LotState.CALLED, "2": LotState.CALLED}


def test_a_correction_moves_the_deadline_of_all_lots_and_says_to_be_read() -> None:
    moved = notice("26-2", nature="RECTIFICATIF", published="2026-11-25", deadline="2026-12-20T12:00:00+01:00", lots=())
    one, two = left(CALL, moved)
    assert [its.lot.deadline and its.lot.deadline.at.day for its in (one, two)] == [20, 20]
    assert one.lot.lot.cpv == ("77310000",)
    assert "rectifié le 25 novembre 2026 : lisez le rectificatif" in one.lot.doubts
    assert one.notice_id == 2


def test_a_correction_of_one_lot_moves_the_deadline_of_the_whole_or_its_own_alone() -> None:
    def days(told: LotWritten) -> list[int]:
        moved = notice(
            "26-2", told, nature="RECTIFICATIF", published="2026-11-25", deadline="2026-12-20T12:00:00+01:00"
        )
        return [its.lot.deadline.at.day for its in left(CALL, moved) if its.lot.deadline]

    assert days(lot("2", "", deadline="")) == [20, 20]
    assert days(lot("2", "", deadline="2026-12-20T12:00:00+01:00")) == [15, 20]


def test_five_corrections_of_a_lot_in_any_order_leave_the_last() -> None:
    corrections = [
        notice(f"26-{day}", lot("2", "", deadline=f"2026-12-{day}T12:00:00+01:00"), nature="RECTIFICATIF", published=f"2026-11-{day}", title="")
        for day in range(21, 26)
    ]  # fmt: skip
    for order in list(permutations(corrections))[::17]:
        _, two = left(*order, CALL)
        assert two.lot.deadline is not None
        assert two.lot.deadline.at.day == 25
        assert two.lot.title == "Nettoyage des locaux"


def test_a_cancelled_contract_is_closed_and_may_be_called_again() -> None:
    end = notice("26-3", nature="ANNULATION", published="2026-11-24", lots=())
    again = notice("26-4", lot("1"), published="2026-11-30")
    assert set(states(CALL, end).values()) == {LotState.CANCELLED}
    assert states(CALL, end, again) == {"1": LotState.CALLED, "2": LotState.CANCELLED}


def test_a_cancellation_ends_what_it_names_and_one_of_other_lots_leaves_a_doubt() -> None:
    one_of_two = notice("26-3", lot("2"), nature="ANNULATION", published="2026-11-24")
    assert states(CALL, one_of_two) == {"1": LotState.CALLED, "2": LotState.CANCELLED}
    others = notice("26-3", lot("7"), nature="ANNULATION", published="2026-11-24")
    assert {(its.state, its.lot.doubts[-1]) for its in left(CALL, others)} == {(LotState.CALLED, CANCELLED)}


def test_a_buyer_that_numbers_all_it_buys_alike_loses_no_lot() -> None:
    other = notice("26-2", lot("1", "Nettoyage des locaux"))
    assert [its.lot.title for its in left(notice("26-1"), other)] == [
        "Entretien des espaces verts",
        "Nettoyage des locaux",
    ]
    again = notice("26-2", lot("1", "Nettoyage des locaux"), earlier=("26-1",))
    assert [its.lot.title for its in left(notice("26-1"), again)] == ["Nettoyage des locaux"]


def test_an_award_closes_the_lots_that_it_names_and_keeps_what_was_asked() -> None:
    award = notice("26-5", lot("LOT-0001", awarded="9000", deadline=""), nature="ATTRIBUTION", published="2027-01-05")
    one, two = left(notice("26-1", lot("1", amount="12000"), lot("2")), award)
    assert (one.state, two.state) == (LotState.AWARDED, LotState.CALLED)
    assert one.lot.lot.montant == 12000
    assert one.lot.deadline is not None


def test_one_source_that_awards_a_number_twice_speaks_of_two_lots_and_two_sources_of_one() -> None:
    first, second = (notice(f"26-{n}", lot(awarded=str(n)), nature="ATTRIBUTION") for n in (8, 9))
    assert [its.lot.number for its in left(first, second)] == ["1", "1~2"]
    elsewhere = notice("a", lot(awarded="8"), nature="can-standard", source="eforms")
    assert [its.lot.number for its in left(first, elsewhere)] == ["1"]


def test_two_sources_of_one_call_are_one_lot_that_says_what_both_say() -> None:
    poor = notice("26-1", lot("1", amount="", description=""), published="2026-11-20")
    rich = notice("a-01", lot("LOT-0001", amount="50000"), source="eforms", published="2026-11-19")
    (one,) = left(poor, rich)
    assert one.lot.lot.montant == 50000


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"folder": FOLDER.upper()}, FOLDER),
        ({"folder": "2026-12"}, f"{BUYER[:9]}/2026-12"),
        ({"folder": "2026-12", "buyer": ""}, "boamp:26-1"),
        ({}, "boamp:26-1"),
    ],
)
def test_the_contract_of_a_notice(fields: dict[str, str], key: str) -> None:
    assert list(contracts_of([clean_notice(notice(**fields))], {}).values()) == [key]


def test_a_correction_follows_what_it_corrects_through_others_known_or_not() -> None:
    chain = [clean_notice(notice(f"26-{n}", earlier=(f"26-{n - 1}",))) for n in (2, 3)]
    assert set(contracts_of(chain, {}).values()) == {"boamp:26-1"}
    assert set(contracts_of(chain, {("boamp", "26-1"): FOLDER}).values()) == {FOLDER}
    ring = [clean_notice(notice(f"26-{n}", earlier=(f"26-{3 - n}",))) for n in (1, 2)]
    assert len(contracts_of(ring, {})) == 2


def test_an_award_without_winner_ends_its_lot_alone() -> None:
    awarded = notice(
        "26-2", lot("1"), lot("2", without_winner=True), nature="ATTRIBUTION", earlier=("26-1",), published="2026-12-20"
    )
    assert states(CALL, awarded) == states(awarded) == {"1": LotState.AWARDED, "2": LotState.CANCELLED}


def test_the_end_of_the_whole_ends_every_lot_and_is_one_where_nothing_else_is_known() -> None:
    ended = notice("26-2", nature="ATTRIBUTION/sans suite", earlier=("26-1",), published="2026-12-20", lots=())
    assert states(CALL, ended) == {"1": LotState.CANCELLED, "2": LotState.CANCELLED}
    assert states(ended) == {"1": LotState.CANCELLED}


def test_a_correction_in_words_keeps_them_beside_the_lot() -> None:
    why = "La date limite de remise des offres est reportée au 20 décembre 2026 à 12 h."
    one, _ = left(CALL, notice("26-2", nature="RECTIFICATIF", published="2026-11-25", why=why, lots=()))
    assert one.lot.deadline is not None
    assert (one.lot.deadline.at.day, one.lot.deadline.at.hour) == (20, 12)
    assert one.lot.doubts[-1] == f"rectifié le 25 novembre 2026 : lisez le rectificatif : « {why} »"


def test_a_correction_opens_what_was_reserved() -> None:
    call = notice("26-1", lot("1", reserved="oui"))
    opened = notice("26-2", lot("1", reserved="non"), nature="RECTIFICATIF", published="2026-11-25")
    (its,) = left(call, opened)
    assert (its.lot.reserved, its.lot.not_reserved, its.lot.lot.levier) == (None, True, "")
