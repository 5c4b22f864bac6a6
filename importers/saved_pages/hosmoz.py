"""Saved pages of the Hosmoz directory → rows: a list or a sheet with the selectors of 2013, or today's text cards."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from importers.emit import Row
from importers.formats import File
from importers.importer import Remark, SourceError
from importers.saved_pages import attribute, parsed, words_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_CITY = re.compile(r"(?P<city>[^()\n]+?)\s*\((?P<departement>\d[\dAB]\d?)\)")
# From the start of a line, which is never given back: each line is tried once, however long it is.
_CARD = re.compile(
    r"^(?P<name>[^\n]++)\n\s*"
    + _CITY.pattern
    + r"\s*(?P<near>à\s*\d+\s*km)?\s*(?P<workers>\d+)\s*travailleurs?"
    + r"(?:\s*Depuis\s*\d{4})?(?P<charter>\s*Signataire de la charte)?",
    re.MULTILINE,
)
_CITY_PAGE = re.compile(r"adaptées de la ville de\s+(?P<city>.+?)\s*\((?P<post_code>\d{5})\)")
_TRADE_PAGE = re.compile(r"adaptées en\s+(?P<trade>[^\n]+)")
_SHEET_ADDRESS = re.compile(r"[-,]e\d+/?$")
_OLD_CARD = re.compile(r"^ETABLISSEMENT STAR-")
_WELCOMES = re.compile(r"accueille\s+(\d+)")
# A title is a line; what follows in one is looked at once for each beginning of a sentence that it holds.
_LONGEST_TITLE = 1_000
_KIND_WORDS = ((re.compile(r"\bE\.?S\.?A\.?T\b"), "ESAT"), (re.compile(r"\bEA\b|\bENTREPRISE ADAPT[EÉ]E\b"), "EA"))


def read_pages(file: File) -> Iterator[Row | Remark]:
    """Yield one row per card or sheet, in the columns of the simplest Hosmoz table; `line` is the rank of the card."""
    page, remarks = parsed(file, "de Hosmoz")
    yield from remarks
    cards = _old_sheet(page) or _old_list(page) or _text_cards(page)
    if not cards:
        raise SourceError(
            file.path,
            "aucune fiche de l’annuaire Hosmoz dans cette page HTML ; enregistrez une page de liste, de ville, de métier ou "
            "d’établissement, ou importez un CSV.",
        )
    for rank, card in enumerate(cards, 1):
        yield Row(card, rank)


def _old_sheet(page: "BeautifulSoup") -> list[dict[str, str]]:
    content = page.select_one("div#content")
    title = content.h1 if content else None
    if content is None or title is None or not content.select(".BLOC-ACTIVITES, .ACCROCHE"):
        return []
    intro, website = words_of(content.select_one(".ACCROCHE")), content.select_one(".WWW a")
    welcomed = _WELCOMES.search(intro)
    address = content.select_one(".ADRESSE")
    lines = [line for line in (address.get_text("\n").split("\n") if address else []) if line.strip()]
    place = re.search(r"(\d{5})\s+(.+)", lines[-1]) if lines else None
    trades = [words_of(trade) for trade in content.select(".BLOC-ACTIVITES dt")]
    canonical = page.select_one("link[rel=canonical]")
    return [
        {
            "nom": words_of(title),
            "type": _kind(f"{intro} {words_of(title)}"),
            "Adresse": " ".join(" ".join(lines[:-1] if place else lines).split()),
            "Code Postal": place.group(1) if place else "",
            "ville": place.group(2).strip() if place else "",
            "tel": words_of(content.select_one(".TEL")),
            "email": _email(content.select_one(".EMAIL")),
            "site": attribute(website, "href"),
            "description": intro,
            "travailleurs": welcomed.group(1) if welcomed else "",
            "metiers": " | ".join(filter(None, trades)),
            "url": attribute(canonical, "href"),
        }
    ]


def _old_list(page: "BeautifulSoup") -> list[dict[str, str]]:
    cards = []
    for block in page.find_all("div"):
        classes = block.get("class") or ""
        if not _OLD_CARD.match(classes if isinstance(classes, str) else " ".join(classes)):
            continue
        link, place = block.select_one("span.NOM a"), block.select_one("span.VILLE")
        words = list(place.stripped_strings) if place else []
        city = _CITY.fullmatch(words[-1]) if words else None
        cards.append(
            {
                "nom": words_of(link),
                "type": _kind(words[0]) if len(words) > 1 else "",
                "ville": city["city"] if city else "",
                "departement": city["departement"] if city else "",
                "tel": words_of(block.select_one("span.TELEPHONE")),
                "url": attribute(link, "href"),
            }
        )
    return cards


def _text_cards(page: "BeautifulSoup") -> list[dict[str, str]]:
    """Cards known by their words alone: the name, then « Ville (DD) », « N travailleurs »…, whatever the markup."""
    for unseen in page(["script", "style"]):
        unseen.decompose()
    text = "\n".join(" ".join(line.split()) for line in page.get_text("\n").split("\n") if line.strip())
    title = "\n".join(words_of(heading)[:_LONGEST_TITLE] for heading in page(["title", "h1", "h2"]))
    city_page, trade_page = _CITY_PAGE.search(title), _TRADE_PAGE.search(title)
    addresses = _sheet_addresses(page)
    cards = []
    for card in _CARD.finditer(text):
        name = card["name"].strip()
        here = (
            city_page is not None and card["near"] is None and city_page["city"].casefold() == card["city"].casefold()
        )
        cards.append(
            {
                "nom": name,
                "type": _kind(name),
                "ville": card["city"].strip(),
                "departement": card["departement"],
                "Code Postal": city_page["post_code"] if city_page and here else "",
                "travailleurs": card["workers"],
                "charte": "oui" if card["charter"] else "",
                "metier de la page": trade_page["trade"].strip() if trade_page else "",
                "url": addresses[name].popleft() if addresses[name] else "",
            }
        )
    return cards


def _sheet_addresses(page: "BeautifulSoup") -> dict[str, deque[str]]:
    """Addresses of sheets by the name that links to them, in the order of the page; each address once."""
    addresses: dict[str, dict[str, None]] = defaultdict(dict)
    for link in page.find_all("a", href=_SHEET_ADDRESS):
        addresses[words_of(link)][attribute(link, "href")] = None
    return defaultdict(deque, {name: deque(its) for name, its in addresses.items()})


def _kind(words: str) -> str:
    return next((kind for pattern, kind in _KIND_WORDS if pattern.search(words.upper())), "")


def _email(block: "Tag | None") -> str:
    """The at sign is an image on the site."""
    if block is None:
        return ""
    for image in block.find_all("img"):
        image.replace_with("@")
    return "".join(block.get_text().split()).removeprefix("Email:")
