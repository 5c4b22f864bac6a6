"""Parsing of a page of a supplier's website: its text, headings, links worth following, telephones and e-mails; and of robots.txt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, UnicodeDammit
from protego import Protego

from importers.emit import is_box
from importers.online.faults import MOST_BYTES, PageOutcome, PageRefused, RobotsAnswer
from matcher.cleaning.markup import XML_PROLOG, plain_text, shallow
from matcher.cleaning.names import name_key, tidy, tidy_text
from matcher.cleaning.phone import clean_phone, phones_in
from matcher.cleaning.web import clean_email, emails_in
from matcher.jobs.reader_process import ReadRefused, apart

# Words of links worth following (trades, then address), best first; compared without accents with beginnings of words.
LINK_WORDS = (
    *("prestation", "activit", "service", "metier", "savoir faire", "produit", "competence", "offre", "atelier"),
    *("realisation", "secteur", "domaine", "que faisons", "qui sommes", "presentation", "contact"),
)
# Prefixes of landline and non-geographic numbers; a mobile phone may be a person's.
_FIXED = tuple(f"+33{digit}" for digit in "123459")
# A page with more numbers or mailboxes is a list of people or places: none is taken.
MOST_CONTACTS = 3
# Most links examined on a page.
_MOST_LINKS = 500
_LONGEST_URL = 300
_LONGEST_HEADING = 300
_LONGEST_TEXT = 100_000
_FILES = (
    *(".pdf", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".zip", ".doc", ".docx", ".xls", ".xlsx"),
    *(".mp4", ".xml", ".ics"),
)


@dataclass(frozen=True, slots=True)
class SitePage:
    """A parsed page: title and headings, text (one block per line), links of the same site worth reading (best first), landline telephones and
    e-mail boxes of the establishment."""

    heading: str
    text: str
    links: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]


def read_site_page(path: Path, url: str) -> SitePage:
    """Parse an HTML page received from `url`. Raises OSError."""
    markup = UnicodeDammit(path.read_bytes(), user_encodings=["utf-8"], is_html=True).unicode_markup or ""
    soup = BeautifulSoup(XML_PROLOG.sub("", shallow(markup, MOST_BYTES)), "lxml")
    for tag in soup.find_all(["script", "style", "template", "noscript"]):
        tag.decompose()
    headings = " · ".join(tidy(tag.get_text(" ")) for tag in soup.find_all(["title", "h1"]))
    hrefs = [(str(tag["href"]), tidy(tag.get_text(" "))) for tag in soup.find_all("a", href=True, limit=_MOST_LINKS)]
    whole = tidy_text(soup.get_text("\n"))[:_LONGEST_TEXT]
    contact_links = [href for href, _ in hrefs if href.lower().startswith(("tel:", "mailto:"))]
    text = "\n".join([whole, *(href.partition(":")[2].partition("?")[0] for href in contact_links)])
    return SitePage(
        heading=headings[:_LONGEST_HEADING],
        text=plain_text(markup, MOST_BYTES)[:_LONGEST_TEXT],
        links=tuple(_worth_reading(url, hrefs)),
        phones=_unless_many(
            phone.value
            for phone in phones_in(text)
            if phone.value.startswith(_FIXED) and clean_phone(phone.value).value == phone.value
        ),
        emails=_unless_many(
            email.value for email in emails_in(text) if clean_email(email.value).value and is_box(email.value)
        ),
    )


def read_robots(path: Path, agent: str, url: str) -> RobotsAnswer:
    """Return what a robots.txt allows `agent` at `url`. Raises OSError."""
    rules = Protego.parse(path.read_bytes().decode("utf-8", "replace"))
    return RobotsAnswer(rules.can_fetch(url, agent), rules.crawl_delay(agent) or 0.0)


def robots_in_subprocess(path: Path, agent: str, url: str) -> RobotsAnswer:
    """Parse a robots.txt in a reader process. Raises PageRefused where it is unreadable: no page is then allowed."""
    try:
        return apart(read_robots)(path, agent, url)
    except ReadRefused as refused:
        raise PageRefused(PageOutcome.ROBOTS, str(refused)) from refused


def _unless_many(values: Iterator[str]) -> tuple[str, ...]:
    distinct = tuple(dict.fromkeys(values))
    return distinct if len(distinct) <= MOST_CONTACTS else ()


def _worth_reading(url: str, hrefs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The links of the same host with one of `LINK_WORDS`, best words first."""
    ranked: dict[str, int] = {}
    for href, words in hrefs:
        try:
            target = urldefrag(urljoin(url, href)).url
            parts = urlsplit(target)
        except ValueError:
            continue
        key = f" {name_key(f'{words} {parts.path}')}"
        rank = next((rank for rank, word in enumerate(LINK_WORDS) if f" {word}" in key), len(LINK_WORDS))
        if (
            parts.scheme in ("http", "https")
            and parts.netloc == urlsplit(url).netloc
            and len(target) <= _LONGEST_URL
            and not parts.path.lower().endswith(_FILES)
            and rank < len(LINK_WORDS)
        ):
            ranked[target] = min(rank, ranked.get(target, rank))
    return (target for target, _ in sorted(ranked.items(), key=lambda item: item[1]))
