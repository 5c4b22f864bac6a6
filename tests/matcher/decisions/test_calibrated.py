"""Calibrated hours: the worked examples of facilitators, the rougher ways, what is asked rather than invented."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from matcher.decisions.calibrated import CalibrationQuestion, CalibrationWay, ToldOfLot, calibrate_lot
from matcher.domain.reading import AmountRead, Lot, Reading
from matcher.reference.calibration import Span, family_from, follow_lines, shipped_lines
from matcher.reference.price_index import IndexValue

ON = date(2026, 11, 30)
FIVE = Span(5, 5)


BY_YEAR = AmountRead(100_000.0, yearly=True, words="100 000 € par an")


def lot(cpv: str, objet: str = "x", montant: float | None = 1_000_000.0, duree: float | None = 12.0) -> Reading:
    return Reading(Lot(objet, cpv=(cpv,), montant=montant, duree=duree))


@pytest.mark.parametrize(
    ("cpv", "told", "low", "likely", "high"),
    [
        # Maison de l’emploi Sud 77 and LASER emploi: 1 M€, 50 %, 5 %, 30 €/h → 833 h.
        ("45262500", ToldOfLot(FIVE, share=50, hourly=30), 833, 833, 833),
        # A figure that is not very sure is wide: 40 to 60 % of work, 16.5 to 38.5 € an hour.
        ("45262500", ToldOfLot(), 519, 1_364, 3_636),
        ("45233222", ToldOfLot(), 214, 300, 500),
        # The price of an hour does without the share.
        ("77310000", ToldOfLot(FIVE, price=40), 1_250, 1_250, 1_250),
        ("77310000", ToldOfLot(FIVE), 861, 1_205, 2_008),
        # Maison de l’emploi Alès-Cévennes: 70 % of work, 10 %.
        ("45000000", ToldOfLot(Span(10, 10), share=70, hourly=28), 2_500, 2_500, 2_500),
    ],
)
def test_hours_are_those_that_a_facilitator_counts(
    cpv: str, told: ToldOfLot, low: float, likely: float, high: float
) -> None:
    its = calibrate_lot(lot(cpv), told).insertion
    assert its is not None
    assert (its.low, its.likely, its.high) == pytest.approx((low, likely, high), abs=1)


def test_an_unknown_share_is_asked_and_the_turnover_is_the_rougher_way() -> None:
    plumbing = calibrate_lot(lot("45330000"))
    assert plumbing.way is CalibrationWay.TURNOVER
    assert CalibrationQuestion.SURER_SHARE in plumbing.asks
    waste = calibrate_lot(lot("90511000"))
    assert (waste.way, waste.insertion) == (None, None)
    assert CalibrationQuestion.SHARE in waste.asks
    assert calibrate_lot(lot("90511000"), ToldOfLot(share=40)).asks == (CalibrationQuestion.HOURLY,)
    assert calibrate_lot(lot("90511000"), ToldOfLot(share=40, hourly=25)).asks == ()


def test_staff_transferred_leaves_the_hours_of_the_posts_newly_filled() -> None:
    cleaning = lot("90911200", duree=24.0)
    assert CalibrationQuestion.TRANSFERRED in calibrate_lot(cleaning).asks
    asked = calibrate_lot(cleaning, ToldOfLot(transferred=True))
    assert (asked.insertion, asked.asks) == (None, (CalibrationQuestion.POSTS,))
    its = calibrate_lot(cleaning, ToldOfLot(FIVE, transferred=True, posts=3))
    assert its.insertion is not None
    assert its.insertion.likely == pytest.approx(3 * 1607 * 2 * 0.05)
    assert its.way is CalibrationWay.POSTS


def test_the_usual_percentage_of_all_hours_does_not_reduce_the_posts_newly_filled() -> None:
    for family in ("90911200", "79713000", "55510000"):
        assert CalibrationQuestion.TRANSFERRED in calibrate_lot(lot(family)).asks
        assert "reprise du personnel à dire" in calibrate_lot(lot(family)).unsure
    of_text = lot("90911200", "Nettoyage, clause d’insertion de 5 % des heures")
    for reading in (lot("90911200"), of_text):
        its = calibrate_lot(reading, ToldOfLot(transferred=True, posts=2))
        assert its.insertion is not None
        assert (its.insertion.low, its.insertion.high) == pytest.approx((1_607, 3_214))
        assert its.unsure == ()


@pytest.fixture
def indexed() -> Iterator[None]:
    """ICHT-IME as a team noted it: 1.4 times from 2012 to September 2026."""
    values = tuple(
        IndexValue("ICHT-IME", month, value, "insee.fr")
        for month, value in ((date(2012, 6, 1), 100.0), (date(2026, 9, 1), 140.0))
    )
    follow_lines(family_from(row, indices=values) for row in shipped_lines())
    yield
    follow_lines(())


def of_day(reading: Reading, on: date) -> Reading:
    return replace(reading, lot=replace(reading.lot, date=on))


def test_a_cost_of_another_year_is_told_old() -> None:
    its = calibrate_lot(of_day(lot("45262500"), ON))
    assert its.unsure == ("coût de 2012, à réévaluer",)
    assert CalibrationQuestion.COST_TODAY in its.asks
    assert calibrate_lot(of_day(lot("45262500"), ON), ToldOfLot(hourly=40)).unsure == ()
    assert calibrate_lot(of_day(lot("79713000"), date(2023, 5, 1))).unsure == ("reprise du personnel à dire",)


@pytest.mark.usefixtures("indexed")
def test_an_index_brings_a_cost_to_today_and_is_cited_as_long_as_it_is_fresh() -> None:
    reading = of_day(lot("45262500"), ON)
    its, hourly = calibrate_lot(reading), calibrate_lot(reading).factors[2]
    assert its.unsure == ()
    assert hourly.value == Span(pytest.approx(16.5 * 1.4), pytest.approx(38.5 * 1.4))
    assert hourly.year == "vers 2012, réindexé 09/2026"
    assert "indice ICHT-IME 100 (06/2012) → 140 (09/2026), insee.fr" in hourly.source
    assert calibrate_lot(of_day(reading, date(2028, 1, 1))).unsure == ("coût de 2026, à réévaluer",)


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
    assert asks in calibrate_lot(reading).asks


def test_a_duration_that_changes_no_hours_is_not_asked() -> None:
    its = calibrate_lot(lot("45262500", duree=None))
    assert its.insertion == calibrate_lot(lot("45262500")).insertion
    assert CalibrationQuestion.MONTHS not in its.asks
    moved = calibrate_lot(lot("90911200", duree=None), ToldOfLot(transferred=True, posts=3))
    assert CalibrationQuestion.MONTHS in moved.asks


def test_a_field_without_work_has_no_hours_and_asks_nothing() -> None:
    its = calibrate_lot(lot("66510000"))
    assert (its.gives_work, its.insertion, its.asks) == (False, None, ())


def test_more_hours_than_the_lot_has_work_are_seen() -> None:
    assert calibrate_lot(lot("45262500"), ToldOfLot(hours=40_000)).beyond
    assert not calibrate_lot(lot("45262500"), ToldOfLot(hours=900)).beyond


def test_each_factor_says_its_source_its_year_and_how_sure_it_is() -> None:
    for factor in calibrate_lot(lot("45233222")).factors[1:]:
        assert factor.source
        assert factor.year
        assert factor.sureness
    share, hourly, percentage = calibrate_lot(lot("79713000")).factors[1:]
    assert [(its.year, its.sureness) for its in (share, hourly, percentage)] == [
        ("2010", "bonne"),
        ("2023", "bonne"),
        ("", "faible"),
    ]


def test_the_percentage_of_the_text_stands_before_the_usual_one_and_after_that_told() -> None:
    reading = lot("45223220")
    said = replace(reading, lot=replace(reading.lot, objet="Gros œuvre, clause d’insertion de 5 % des heures"))
    of_text, of_table = calibrate_lot(said).factors[-1], calibrate_lot(reading).factors[-1]
    assert (of_text.value, of_text.source) == (Span(5, 5), "votre texte")
    assert of_table.value == Span(5, 10)
    assert calibrate_lot(said, ToldOfLot(percentage=Span(12, 12))).factors[-1].value == Span(12, 12)
