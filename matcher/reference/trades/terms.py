"""A line of a lexicon, and where a text says it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LexiconTerm:
    """One line of a lexicon: its text, the leaf or group it tells, and a weight from 1 (hint) to 5 (settles it); `words` are its stems.

    A negative weight tells against the target. An empty target tells nothing: the term only hides those inside it.
    """

    text: str
    words: tuple[str, ...]
    target: str
    weight: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: `places` are the positions of its words among the stems of the text."""

    term: LexiconTerm
    places: tuple[int, ...]
