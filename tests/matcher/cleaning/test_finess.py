"""A FINESS number keeps its zero, or is refused."""

from matcher.cleaning.finess import FINESS_UNREADABLE, FINESS_ZERO_RESTORED, clean_finess


def test_finess() -> None:
    assert clean_finess("590012345") == ("590012345", "")
    assert clean_finess("2A0000154") == ("2A0000154", "")
    assert clean_finess("10001261") == ("010001261", FINESS_ZERO_RESTORED)
    assert clean_finess("12") == (None, FINESS_UNREADABLE)
