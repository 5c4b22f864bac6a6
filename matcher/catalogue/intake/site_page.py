"""Parsing of a supplier's website, in a reader process: the text of a page, where it leads, and what robots.txt allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, UnicodeDammit
from protego import Protego

from importers.boxes import is_box
from importers.online.faults import MOST_BYTES, PageOutcome, PageRefused, RobotsAnswer
from matcher.cleaning.markup import plain_text, shallow
from matcher.cleaning.names import name_key, tidy, tidy_text
from matcher.cleaning.phone import clean_phone, phones_in
from matcher.cleaning.web import clean_email, emails_in
from matcher.jobs.reader_process import ReadRefused, apart

# Words of links that lead to what a supplier does, then to where it is; first the surest. Compared without accents, at the head of a word.
LINK_WORDS = (
    *("prestation", "activit", "service", "metier", "savoir faire", "produit", "competence", "offre", "atelier"),
    *("realisation", "secteur", "domaine", "que faisons", "qui sommes", "presentation", "contact"),
)
# Fixed numbers of metropolitan France, and those of no place; a mobile phone may be a person's.
_FIXED = tuple(f"+33{digit}" for digit in "123459")
# A page with more numbers or boxes than this is a directory of people or of places: none of them is the establishment's for sure.
MOST_CONTACTS = 3
# Links of a page that are looked at: a calendar without end has no more.
_MOST_LINKS = 500
_LONGEST_URL = 300
_LONGEST_HEADING = 300
_LONGEST_TEXT = 100_000
_FILES = (
    ".pdf",
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".webp",
    ".svg",
    ".zip",
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".mp4",
    ".xml",
    ".ics",
)


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page as it was read: its title and headings, its text a block a line, the addresses of the same site worth reading (the surest first),
    the fixed telephones and the boxes of the establishment that it gives."""

    heading: str
    text: str
    links: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]


def read_site_page(path: Path, url: str) -> SitePage:
    """Read a page of HTML that was received from `url`. Raises OSError."""
    markup = UnicodeDammit(path.read_bytes(), user_encodings=["utf-8"], is_html=True).unicode_markup or ""
    soup = BeautifulSoup(shallow(markup, MOST_BYTES), "lxml")
    for tag in soup.find_all(["script", "style", "template", "noscript"]):
        tag.decompose()
    headings = " · ".join(tidy(tag.get_text(" ")) for tag in soup.find_all(["title", "h1"]))
    hrefs = [(str(tag["href"]), tidy(tag.get_text(" "))) for tag in soup.find_all("a", href=True, limit=_MOST_LINKS)]
    whole = tidy_text(soup.get_text("\n"))[:_LONGEST_TEXT]
    ways = [href for href, _ in hrefs if href.lower().startswith(("tel:", "mailto:"))]
    text = "\n".join([whole, *(href.partition(":")[2].partition("?")[0] for href in ways)])
    return SitePage(
        heading=headings[:_LONGEST_HEADING],
        text=plain_text(markup, MOST_BYTES)[:_LONGEST_TEXT],
        links=tuple(_worth_reading(url, hrefs)),
        phones=_few(
            one.value
            for one in phones_in(text)
            if one.value.startswith(_FIXED) and clean_phone(one.value).value == one.value
        ),
        emails=_few(one.value for one in emails_in(text) if clean_email(one.value).value and is_box(one.value)),
    )


def read_robots(path: Path, agent: str, url: str) -> RobotsAnswer:
    """Read what a robots.txt allows `agent` at an address. Raises OSError."""
    rules = Protego.parse(path.read_bytes().decode("utf-8", "replace"))
    return RobotsAnswer(rules.can_fetch(url, agent), rules.crawl_delay(agent) or 0.0)


def robots_apart(path: Path, agent: str, url: str) -> RobotsAnswer:
    """Read a robots.txt in a reader process. Raises PageRefused where it cannot be read: no page is then allowed."""
    try:
        return apart(read_robots)(path, agent, url)
    except ReadRefused as refused:
        raise PageRefused(PageOutcome.ROBOTS, str(refused)) from refused


def _few(values: Iterator[str]) -> tuple[str, ...]:
    distinct = tuple(dict.fromkeys(values))
    return distinct if len(distinct) <= MOST_CONTACTS else ()


def _worth_reading(url: str, hrefs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The addresses of the same host whose link has one of the words, the surest words first."""
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
