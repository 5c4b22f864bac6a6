"""Pages saved from the marché de l'inclusion → rows: a list of results, or the sheet of a supplier, known by the words they show.

Read from the public templates of the site; no page saved from it was at hand. Names of contacts are left in the page.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from importers.emit import Row
from importers.formats import File
from importers.importer import Remark, SourceError
from importers.saved_pages import attribute, parsed, words_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_SLUG = re.compile(r"/prestataires/([\w-]+)/?(?:[?#].*)?$")
_HEADINGS = ("h1", "h2", "h3", "h4")
_CITY, _AREA, _KIND, _SECTORS = "Situé à", "Intervient sur :", "Type de structure :", "Secteur(s) d'activité :"
_PLACE = re.compile(r"(?P<address>.*?)\s*\b(?P<post_code>\d{5})\s+(?P<city>\S.*)")
_MORE = re.compile(r",?\s*…\s*$")
_UNKNOWN = frozenset({"", "non disponible", "non renseigné"})


def read_pages(file: File) -> Iterator[Row | Remark]:
    """Yield one row a card, or that of the sheet; `line` is the rank of the card. Raises SourceError for another page."""
    page, remarks = parsed(file, "du marché de l’inclusion")
    yield from remarks
    found = _sheet(page) or list(filter(None, map(_card, page.select(".siae-card"))))
    if not found:
        raise SourceError(
            file.path,
            "aucun prestataire du marché de l’inclusion dans cette page HTML ; enregistrez une page de résultats ou une fiche de "
            "prestataire. Un export enregistré ainsi s’ouvre dans un tableur : enregistrez-le en XLSX ou en CSV.",
        )
    for rank, card in enumerate(found, 1):
        yield Row(card, rank)


def _card(card: "Tag") -> dict[str, str]:
    """A card of the list of results, none where no sheet is linked."""
    slug = next((slug for link in card.find_all("a") if (slug := _slug(attribute(link, "href")))), "")
    if not slug:
        return {}
    return {
        "slug": slug,
        "nom": _name(card.find(_HEADINGS)),
        "type": _said(card, _KIND),
        "ville": _said(card, _CITY),
        "zone": _said(card, _AREA),
        "secteurs de la carte": _MORE.sub("", _said(card, _SECTORS)),
    }


def _sheet(page: "BeautifulSoup") -> list[dict[str, str]]:
    address = attribute(page.select_one('meta[property="og:url"]'), "content")
    slug, title = _slug(address), page.h1
    if not slug or title is None:
        return []
    kind, place = page.select_one("i.ri-building-4-line + span"), page.select_one("i.ri-map-pin-line + span")
    found = _PLACE.fullmatch(words_of(place))
    sectors = _under(page, "Secteurs d'activité", "ul")
    return [
        {
            "slug": slug,
            "nom": _name(title),
            "type": words_of(kind),
            "siret": _said(page, "SIRET :"),
            "adresse": found["address"] if found else "",
            "code postal": found["post_code"] if found else "",
            "ville": found["city"] if found else _said(page, _CITY),
            "zone": _said(page, _AREA),
            "site": attribute(page.select_one("a#company_website"), "href"),
            "description": words_of(_under(page, "Présentation", "div")),
            "secteurs": " | ".join(map(words_of, sectors.find_all("li") if sectors else ())),
        }
    ]


def _slug(address: str) -> str:
    found = _SLUG.search(address)
    return found[1] if found else ""


def _name(heading: "Tag | None") -> str:
    """The heading without what stands small beside the name."""
    if heading is None:
        return ""
    for beside in heading.find_all(["small", "span"]):
        beside.extract()
    return words_of(heading)


def _said(tag: "Tag", label: str) -> str:
    """What follows a label, in its own tag or in the one beside it."""
    for text in tag.find_all(string=True):
        words = " ".join(text.split())
        if not words.startswith(label):
            continue
        beside = text.parent.find_next_sibling("span") if text.parent else None
        value = words.removeprefix(label).strip() or words_of(beside)
        return "" if value.casefold() in _UNKNOWN else value
    return ""


def _under(page: "BeautifulSoup", heading: str, name: str) -> "Tag | None":
    """The first tag of a name under a heading."""
    for found in page.find_all(_HEADINGS):
        if words_of(found).startswith(heading):
            return found.find_next_sibling(name)
    return None
