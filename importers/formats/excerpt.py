"""Beginnings of texts, quoted in sentences."""

from textwrap import shorten


def excerpt(text: str, most: int) -> str:
    """Return a text on one line, cut between two words where it has more than `most` signs, and then ended by « … ».

    An address is never cut in its middle, and the mark « … » stays: by it, erasure finds the beginning of a name or of a number.
    """
    return shorten(text, most, placeholder=" …", break_on_hyphens=False)
