"""Each kind has a size, with its source."""

import pytest

from matcher.domain.kinds import SupplierKind
from matcher.reference.sizes import kind_size, share_with


def test_every_kind_has_a_size_with_its_source() -> None:
    for kind in SupplierKind:
        size = kind_size(kind)
        assert size.source
        assert size.at_least(size.median) == pytest.approx(0.5)
        assert size.at_least(0) == 1
        assert size.at_least(1) >= size.at_least(10) >= size.at_least(1000)
    assert share_with((), 1) == 0
    assert share_with((SupplierKind.ACI, SupplierKind.ESAT), 30) == kind_size(SupplierKind.ESAT).at_least(30)
