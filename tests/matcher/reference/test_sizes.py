"""Each kind has a size, with its source."""

from itertools import pairwise

import pytest

from matcher.domain.kinds import SupplierKind
from matcher.reference.sizes import BAND_UNKNOWN, band, clean_headcount, kind_size, share_with
from matcher.reference.tables import rows


def test_every_kind_has_a_size_with_its_source() -> None:
    for kind in SupplierKind:
        size = kind_size(kind)
        assert size.source
        assert size.at_least(size.median) == pytest.approx(0.5)
        assert size.at_least(0) == 1
        assert size.at_least(1) >= size.at_least(10) >= size.at_least(1000)
    assert share_with((), 1) == 0
    assert share_with((SupplierKind.ACI, SupplierKind.ESAT), 30) == kind_size(SupplierKind.ESAT).at_least(30)


def test_bands_follow_one_another_without_a_gap() -> None:
    bounds = [band(row["code"]) for row in rows("tranches_effectifs") if row["code"] != "NN"]
    for one, following in pairwise(bounds):
        assert one is not None
        assert following is not None
        assert one.most is not None
        assert following.least == one.most + 1
    last = band("NN")
    assert last is not None
    assert (last.least, last.most) == (None, None)
    assert band("") is band("99") is None


@pytest.mark.parametrize(("raw", "code"), [("12", "12"), ("3", "03"), ("nn", "NN"), ("", None), ("[ND]", None)])
def test_a_code_is_read_as_sirene_or_a_spreadsheet_writes_it(raw: str, code: str | None) -> None:
    assert clean_headcount(raw) == (code, "")


def test_an_unknown_code_is_a_doubt() -> None:
    assert clean_headcount("77") == (None, BAND_UNKNOWN)
