"""The back-tests that the opinion shows of itself: lots that add up, each with its day and its command."""

from matcher.reference.backtests import ALL_AWARDED, opinion_backtests


def test_verdicts_add_up_to_the_lots() -> None:
    for its in opinion_backtests():
        assert its.reserve + its.smaller + its.confirm + its.clause + its.source + its.nobody == its.lots
        assert its.winner_credible + its.winner_called <= its.lots
        assert its.command.startswith("entremise evaluate")


def test_the_awarded_contracts_are_measured_together() -> None:
    assert sum(its.contracts == ALL_AWARDED for its in opinion_backtests()) == 1
