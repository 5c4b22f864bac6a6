"""Cleaning of websites and e-mail addresses, and search for e-mail addresses in a text, in disguised spellings too (« x [at] y point fr »)."""

import re
import unicodedata
from collections.abc import Iterator

from matcher.cleaning import Cleaned, Spelling

WEBSITE_UNREADABLE = "site internet illisible"
EMAIL_UNREADABLE = "adresse électronique illisible"

_WEBSITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
# The local part must be a dot-atom (RFC 5322), as message headers require.
EMAIL = re.compile(
    r"(?<![\w.+'-])(?=[\w.+'-]{1,64}@)[\w+'-]+(?:\.[\w+'-]+)*@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII
)
_LONGEST_EMAIL = 254  # RFC 5321, as a path of a message
# Repetitions are bounded (RFC 5321: 64 characters), so that matching takes linear time.
_OPEN, _CLOSE = r"[\[({<]\s{0,3}", r"\s{0,3}[\])}>]"
_AT = re.compile(
    rf"\s{{0,3}}(?:{_OPEN}(?:at|arobase|arobas|à|a|@){_CLOSE}|[@＠]|%40|&#64;|&commat;)\s{{0,3}}|\s{{1,3}}(?:at|arobase|arobas)\s{{1,3}}",
    re.IGNORECASE,
)
_DOT = re.compile(
    rf"\s{{0,3}}{_OPEN}(?:dot|point|pt|\.){_CLOSE}\s{{0,3}}|\s{{1,3}}(?:dot|point)\s{{1,3}}|\s{{0,3}}[.．]\s{{0,3}}",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[\w+'-]{1,64}")
_EDGES = re.compile(r"[+'-]")
_MOST_LABELS = 8


def clean_website(raw: str) -> Cleaned[str]:
    """Return an http(s) address, `http://` added to a bare host name; anything else is refused."""
    text = raw.strip()
    if not text:
        return Cleaned(None)
    if not _WEBSITE.fullmatch(text):
        return Cleaned(None, WEBSITE_UNREADABLE)
    return Cleaned(text if re.match("https?://", text, re.IGNORECASE) else f"http://{text}")


def clean_email(raw: str) -> Cleaned[str]:
    """Return one e-mail address in lower case, valid in a message header."""
    text = raw.strip().removeprefix("mailto:")
    if not text:
        return Cleaned(None)
    if len(text) > _LONGEST_EMAIL or not EMAIL.fullmatch(text):
        return Cleaned(None, EMAIL_UNREADABLE)
    return Cleaned(text.lower())


def takes_messages(email: str) -> bool:
    """Return whether a stored address is valid for sending."""
    return clean_email(email).value == email


def emails_in(text: str) -> Iterator[Spelling]:
    """Yield the passages that may be e-mail addresses: « x@y.fr », « X [at] Y.FR », « x(at)y point fr », full-width letters."""
    for at in _AT.finditer(text):
        domains = list(_domains_after(text, at.end()))
        for start, local in _local_parts_before(text, at.start()) if domains else ():
            yield from (Spelling(f"{local}@{domain}", start, end) for end, domain in domains)


def level_email(text: str) -> str:
    """Return the normalised beginning of an address in any spelling: « X [at] Y » is « x@y »."""
    return _level(_DOT.sub(".", _AT.sub("@", text))).strip()


def _local_parts_before(text: str, end: int) -> Iterator[tuple[int, str]]:
    """Yield (start, local part) of the addresses that may end at the at sign."""
    labels = list(_LABEL.finditer(text, max(0, end - 128), end))
    local, follows = "", end
    for label in reversed(labels[-2 * _MOST_LABELS :]):
        between = text[label.end() : follows]
        if local and label[0].casefold() in ("dot", "point") and between.isspace():
            continue  # the word for a dot
        if between and (not local or not _DOT.fullmatch(text, label.end(), follows)):
            return
        rest = f".{local}" if local else ""
        for cut in (0, *(edge.end() for edge in _EDGES.finditer(label[0]))):
            if label[0][cut:]:
                yield label.start() + cut, _level(label[0][cut:]) + rest
        local, follows = _level(label[0]) + rest, label.start()


def _domains_after(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield (end, domain) of the addresses whose domain begins here, of two labels or more."""
    domain, place = "", start
    for _ in range(_MOST_LABELS):
        label = _LABEL.match(text, place)
        if label is None:
            return
        for cut in (*(edge.start() for edge in _EDGES.finditer(label[0])), len(label[0])):
            if domain and label[0][:cut]:
                yield label.start() + cut, f"{domain}.{_level(label[0][:cut])}"
        domain = f"{domain}.{_level(label[0])}".lstrip(".")
        dot = _DOT.match(text, label.end())
        if dot is None:
            return
        place = dot.end()


def _level(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
