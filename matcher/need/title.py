"""Title of a need: its own words, or the object of a notice pasted whole, without its heading."""

import re
from collections.abc import Iterator
from itertools import takewhile

from matcher.reading.notice import is_object, notice

# What a dossier, a lot or a field of one line holds of it.
LONGEST_TITLE = 120
_HEADING = re.compile(
    r"^[\W\d]*(?:(?:article|section|chapitre|[ivx]+)\b[\W\d]*)*(?:objet|intitulé|description)\b(?:\W*$|[^:.]{0,50}:\s*|(?:\s+\w+){0,4}$)",
    re.IGNORECASE,
)
# « Objet : élagage. », a sentence over its description.
_HEADED = re.compile(r"\s*objet\b[^:\n]{0,40}:[ \t]*(?P<object>\S[^\n]*?)\s*\.[ \t]*\n", re.IGNORECASE)
# The first line of an e-mail, or the words that begin it, and the line after which only its writer is named.
_GREETING = re.compile(
    r"^(?:(?:bonjour|bonsoir|madame|monsieur|mesdames|messieurs|chers?|chères?)\b(?: [\w'’-]+){0,3}\s*(?:[,!]|$)\s*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:(?:bien |très )?cordialement|(?:bien )?(?:cordiales|sincères|respectueuses) |(?:meilleures )?salutations|bien à (?:vous|toi)"
    r"|(?:en vous )?remerciant|merci (?:d['’]avance|par avance|beaucoup)|dans l['’]attente|veuillez|je vous prie)",
    re.IGNORECASE,
)


def object_of(need: str) -> str:
    """Return a need on one line: of a notice pasted whole, its object alone where a sentence gives it, else what names the trade; of an e-mail,
    neither its greeting nor who signs it.
    """
    if is_object(need):
        if headed := _HEADED.match(need):
            return " ".join(headed["object"].split())
        return " ".join(" ".join(_asked(need)).split()) or " ".join(need.split())
    notice_read = notice(need)
    lines = (_HEADING.sub("", line).rstrip(" ,;") for line in _asked(notice_read.object or notice_read.need))
    return ". ".join(dict.fromkeys(f"{line[0].upper()}{line[1:]}" for line in lines if line)) or " ".join(need.split())


def _asked(text: str) -> Iterator[str]:
    """Yield the lines of a text, without the courtesies of an e-mail nor what stands after them."""
    for line in takewhile(lambda line: not _CLOSING.match(line), text.splitlines()):
        yield _GREETING.sub("", line)


def title_of(need: str) -> str:
    """Return the same, no longer than a title: its first sentence where that is one, else its first words."""
    whole = object_of(need)
    return whole if len(whole) <= LONGEST_TITLE else cut_title(whole.partition(". ")[0])


def cut_title(title: str, longest: int = LONGEST_TITLE) -> str:
    """Return a text of at most `longest` signs, cut between two words."""
    return title if len(title) <= longest else f"{title[: longest - 2].rsplit(' ', 1)[0]} …"
