"""One-line title of a need, for dossiers and lists: its own words, or the object of a pasted tender notice or e-mail, without headings or greetings."""

import re
from collections.abc import Iterator
from itertools import takewhile

from matcher.reading.notice import is_object, split_notice

# Most characters of a title in a dossier, a lot or a one-line field.
LONGEST_TITLE = 120
_HEADING = re.compile(
    r"^[\W\d]*(?:(?:article|section|chapitre|[ivx]+)\b[\W\d]*)*(?:objet|intitulé|description)\b(?:\W*$|[^:.]{0,50}:\s*|(?:\s+\w+){0,4}$)",
    re.IGNORECASE,
)
# A heading sentence above the description: « Objet : élagage. »
_HEADED = re.compile(r"\s*objet\b[^:\n]{0,40}:[ \t]*(?P<object>\S[^\n]*?)\s*\.[ \t]*\n", re.IGNORECASE)
# The greeting that begins an e-mail, and the closing formula, after which comes only the signature.
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
    """Return a need on one line: for a pasted notice, its object, else the sentences that name the trade; for an e-mail, its body only."""
    if is_object(need):
        if headed := _HEADED.match(need):
            return " ".join(headed["object"].split())
        return " ".join(" ".join(_body_lines(need)).split()) or " ".join(need.split())
    notice_read = split_notice(need)
    lines = (_HEADING.sub("", line).rstrip(" ,;") for line in _body_lines(notice_read.object or notice_read.need))
    return ". ".join(dict.fromkeys(f"{line[0].upper()}{line[1:]}" for line in lines if line)) or " ".join(need.split())


def _body_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, without an e-mail's greeting, closing formula and signature."""
    for line in takewhile(lambda line: not _CLOSING.match(line), text.splitlines()):
        yield _GREETING.sub("", line)


def title_of(need: str) -> str:
    """Return the line of `object_of` cut to `LONGEST_TITLE`: its first sentence if short enough, else its first words."""
    whole = object_of(need)
    return whole if len(whole) <= LONGEST_TITLE else cut_title(whole.partition(". ")[0])


def cut_title(title: str, longest: int = LONGEST_TITLE) -> str:
    """Return a text of at most `longest` characters, cut between two words."""
    return title if len(title) <= longest else f"{title[: longest - 2].rsplit(' ', 1)[0]} …"
