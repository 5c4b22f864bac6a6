"""A NAF code is written in one way."""

from matcher.cleaning.naf import NAF_UNREADABLE, clean_naf


def test_naf() -> None:
    assert clean_naf("88.99B") == clean_naf("8899b") == ("8899B", "")
    assert clean_naf("88.99") == (None, NAF_UNREADABLE)
    assert clean_naf("") == (None, "")
