"""NAF codes, dotted or not."""

import pytest

from matcher.reference.naf import naf, naf_code


@pytest.mark.parametrize("code", ["81.30Z", "8130Z", " 8130z "])
def test_a_code_is_found_with_or_without_its_dot(code: str) -> None:
    found = naf(code)
    assert found is not None
    assert (found.code, found.label) == ("81.30Z", "Services d'aménagement paysager")
    assert found.division == "81"


@pytest.mark.parametrize("code", ["", "81", "99.99Z", "espaces verts"])
def test_what_is_no_code_is_not_found(code: str) -> None:
    assert naf(code) is None


def test_the_shape_alone_is_normalised() -> None:
    assert naf_code("4321a") == "43.21A"
    assert naf_code("43") == ""
