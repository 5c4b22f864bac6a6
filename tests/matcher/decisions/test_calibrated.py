"""Calibrated hours: the worked examples of facilitators, the rougher ways, what is asked rather than invented."""

from dataclasses import replace

import pytest

from matcher.decisions.calibrated import CalibrationQuestion, CalibrationWay, ToldOfLot, calibrated
from matcher.domain.reading import AmountRead, Lot, Reading
from matcher.reference.calibration import Span

FIVE = Span(5, 5)


BY_YEAR = AmountRead(100_000.0, yearly=True, words="100 000 € par an")


def lot(cpv: str, objet: str = "x", montant: float | None = 1_000_000.0, duree: float | None = 12.0) -> Reading:
    return Reading(Lot(objet, cpv=(cpv,), montant=montant, duree=duree))


@pytest.mark.parametrize(
    ("cpv", "told", "low", "likely", "high"),
    [
        # Maison de l’emploi Sud 77 and LASER emploi: 1 M€, 50 %, 5 %, 30 €/h → 833 h.
        ("45262500", ToldOfLot(FIVE, share=50, hourly=30), 833, 833, 833),
        ("45262500", ToldOfLot(), 833, 1_364, 2_000),
        ("45233222", ToldOfLot(), 275, 300, 330),
        # The price of an hour does without the share.
        ("77310000", ToldOfLot(FIVE, price=40), 1_250, 1_250, 1_250),
        ("77310000", ToldOfLot(FIVE), 1_111, 1_205, 1_316),
        # Maison de l’emploi Alès-Cévennes: 70 % of work, 10 %.
        ("45000000", ToldOfLot(Span(10, 10), share=70, hourly=28), 2_500, 2_500, 2_500),
    ],
)
def test_hours_are_those_that_a_facilitator_counts(
    cpv: str, told: ToldOfLot, low: float, likely: float, high: float
) -> None:
    its = calibrated(lot(cpv), told).insertion
    assert its is not None
    assert (its.low, its.likely, its.high) == pytest.approx((low, likely, high), abs=1)


def test_an_unknown_share_is_asked_and_the_turnover_is_the_rougher_way() -> None:
    plumbing = calibrated(lot("45330000"))
    assert plumbing.way is CalibrationWay.TURNOVER
    assert CalibrationQuestion.SURER_SHARE in plumbing.asks
    waste = calibrated(lot("90511000"))
    assert (waste.way, waste.insertion) == (None, None)
    assert CalibrationQuestion.SHARE in waste.asks
    assert calibrated(lot("90511000"), ToldOfLot(share=40)).asks == (CalibrationQuestion.HOURLY,)
    assert calibrated(lot("90511000"), ToldOfLot(share=40, hourly=25)).asks == ()


def test_staff_transferred_leaves_the_hours_of_the_posts_newly_filled() -> None:
    cleaning = lot("90911200", duree=24.0)
    assert CalibrationQuestion.TRANSFERRED in calibrated(cleaning).asks
    asked = calibrated(cleaning, ToldOfLot(transferred=True))
    assert (asked.insertion, asked.asks) == (None, (CalibrationQuestion.POSTS,))
    its = calibrated(cleaning, ToldOfLot(FIVE, transferred=True, posts=3))
    assert its.insertion is not None
    assert its.insertion.likely == pytest.approx(3 * 1607 * 2 * 0.05)
    assert its.way is CalibrationWay.POSTS


@pytest.mark.parametrize(
    ("reading", "asks"),
    [
        (lot("45262500", montant=None), CalibrationQuestion.AMOUNT),
        (replace(lot("45262500", montant=None, duree=None), amount=BY_YEAR), CalibrationQuestion.MONTHS),
        (lot("45262500", "Voirie : 1 500 heures d’insertion par an", duree=None), CalibrationQuestion.MONTHS),
        (lot("79571000"), CalibrationQuestion.PERCENTAGE),
        (lot("92000000"), CalibrationQuestion.SHARE),
    ],
)
def test_what_is_not_known_is_asked(reading: Reading, asks: CalibrationQuestion) -> None:
    assert asks in calibrated(reading).asks


def test_a_duration_that_changes_no_hours_is_not_asked() -> None:
    its = calibrated(lot("45262500", duree=None))
    assert its.insertion == calibrated(lot("45262500")).insertion
    assert CalibrationQuestion.MONTHS not in its.asks
    moved = calibrated(lot("90911200", duree=None), ToldOfLot(transferred=True, posts=3))
    assert CalibrationQuestion.MONTHS in moved.asks


def test_a_field_without_work_has_no_hours_and_asks_nothing() -> None:
    its = calibrated(lot("66510000"))
    assert (its.gives_work, its.insertion, its.asks) == (False, None, ())


def test_more_hours_than_the_lot_has_work_are_seen() -> None:
    assert calibrated(lot("45262500"), ToldOfLot(hours=30_000)).beyond
    assert not calibrated(lot("45262500"), ToldOfLot(hours=900)).beyond


def test_each_factor_says_its_source_its_year_and_how_sure_it_is() -> None:
    for factor in calibrated(lot("45233222")).factors[1:]:
        assert factor.source
        assert factor.year
        assert factor.sureness


def test_the_percentage_of_the_text_stands_before_the_usual_one_and_after_that_told() -> None:
    reading = lot("45223220")
    said = replace(reading, lot=replace(reading.lot, objet="Gros œuvre, clause d’insertion de 5 % des heures"))
    of_text, of_table = calibrated(said).factors[-1], calibrated(reading).factors[-1]
    assert (of_text.value, of_text.source) == (Span(5, 5), "votre texte")
    assert of_table.value == Span(5, 10)
    assert calibrated(said, ToldOfLot(percentage=Span(12, 12))).factors[-1].value == Span(12, 12)
