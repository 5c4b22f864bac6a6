"""Shortens texts that are quoted in messages."""

from textwrap import shorten


def excerpt(text: str, most: int) -> str:
    """Return a text on one line; if it has more than `most` characters, cut between two words and ended by « … ».

    The erasure of personal data relies on both: a word is never cut, and « … » marks what may be the beginning of a name."""
    return shorten(text, most, placeholder=" …", break_on_hyphens=False)
