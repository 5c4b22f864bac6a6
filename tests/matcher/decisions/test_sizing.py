"""What size candidates can carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.candidates import Candidate
from matcher.decisions.sizing import able_count, candidates_by_size, largest, split, suffices
from matcher.domain.kinds import SupplierKind
from matcher.reference.sizes import kind_size
from tests.matcher.decisions.people import candidate, someone, to_call


@given(st.lists(someone(), max_size=10))
def test_the_curve_never_rises(found: list[Candidate]) -> None:
    steps = candidates_by_size(found, [0.5, 1, 2, 5, 10, 50], DEFAULT)
    for bound in ("low", "likely", "high"):
        counts = [getattr(step.candidates, bound) for step in steps]
        assert counts == sorted(counts, reverse=True)


def test_a_known_workforce_is_sure_and_an_unknown_one_as_large_as_its_kind() -> None:
    assert suffices(candidate(workers=20.0), 10.0, DEFAULT).low == 1
    assert suffices(candidate(workers=20.0), 10.5, DEFAULT).high == 0
    unknown = suffices(candidate(), kind_size(SupplierKind.ESAT).median / 2, DEFAULT)
    assert unknown.likely == pytest.approx(0.5)
    assert unknown.low < 0.5 < unknown.high
    assert suffices(candidate(), None, DEFAULT).low == 1


def test_the_largest_lot_is_what_the_third_can_carry() -> None:
    found = [candidate(f"A{n}", workers=float(n)) for n in (10, 20, 30, 40)]
    most = largest(found, 3, DEFAULT)
    assert most is not None
    assert most.likely == 10.0
    cut = split(found, 25.0, 3, DEFAULT)
    assert cut is not None
    assert (cut.lots, round(cut.etp, 2), cut.candidates.likely) == (3, 8.33, 3.0)


def test_more_wanted_than_exist_gives_no_size() -> None:
    assert largest([candidate()], 3, DEFAULT) is None
    assert split([candidate()], 5.0, 3, DEFAULT) is None
    assert largest([], 1, DEFAULT) is None


def test_whoever_is_to_be_called_counts_for_how_likely_it_does_the_trade() -> None:
    count = able_count([candidate(workers=50.0), to_call("B", fit=0.25, workers=50.0)], 2.0, DEFAULT)
    assert (count.low, count.likely, count.high) == (1.0, 1.25, 1.5)


@pytest.mark.parametrize("wrong", [{"share": 0}, {"wanted": 0}, {"hours_per_etp": 0}, {"calls": -1}, {"floor": 0}])
def test_figures_that_contradict_each_other_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        Assumptions(**wrong)  # type: ignore[arg-type]
