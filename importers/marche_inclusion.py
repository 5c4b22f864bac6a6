"""Imports the suppliers of the marché de l'inclusion: JSON of its API, its exports in three layouts (new, legacy, chosen columns), and saved pages."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from importers.emit import Row, emit, natural_reference
from importers.formats import Content, File, HeaderRule, JsonRow, load, read_json_rows, read_sheet_table
from importers.importer import Claim, Importer, Item, Remark, Source, SourceError, SupplierRecord
from importers.saved_pages import attribute, page_of, parse_page, reference_on_page, tag_text, whose

# Columns not read: persons and their e-mails, the buyer's own columns, and what no other source compares (permanent staff, clients, logos, regions).
_IGNORED = (
    *("Prénom", "Nom", "E-mail", "Réseau social", "Région", "Référence client 1", "Référence client 2"),
    *("Référence client 3", "Références client", "Établissement", "kind_parent", "presta_type", "Type de prestation"),
    *("Quartier prioritaire de la politique de la ville (API QPV)", "Inscrite", "Lien vers le marché"),
    *("Nombre de salariés permanents", "Fournisseur local (Oui/Non)", "Réponse aux questions"),
)
_IGNORED_KEYS = (
    *("nature", "kind_parent", "contact_social_website", "logo_url", "region", "is_qpv", "presta_types", "presta_type"),
    *("client_references", "created_at", "contact_email", "is_cocontracting", "slug"),
)
_EXPORT = HeaderRule(
    needs=(("Raison sociale",), ("Type de structure", "Siret")),
    hint="Il faut l’export des prestataires du marché de l’inclusion (CSV, XLS ou XLSX) ou le JSON de son API.",
)
if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_SLUG = re.compile(r"/prestataires/([\w-]+)/?(?:[?#].*)?$")
_HEADINGS = ("h1", "h2", "h3", "h4")
_CITY, _AREA, _KIND, _SECTORS = "Situé à", "Intervient sur :", "Type de structure :", "Secteur(s) d'activité :"
# « 12 rue Haute 59000 Lille »
_PLACE = re.compile(r"(?P<address>.*?)\s*\b(?P<post_code>\d{5})\s+(?P<city>\S.*)")
# the card cuts its list: « Espaces verts, … »
_CUT_MARK = re.compile(r",?\s*…\s*$")
_UNKNOWN = frozenset({"", "non disponible", "non renseigné"})


def read_marche_pages(file: File) -> Iterator[Row | Remark]:
    """Yield one row for each card of a result page, or the row of a supplier's page; `line` is the card's rank. Raises SourceError for another page."""
    page, remarks = parse_page(file, "du marché de l’inclusion")
    yield from remarks
    cards = _supplier_page_cards(page)
    for block in page.select(".siae-card") if not cards else ():
        slug = next((slug for link in block.find_all("a") if (slug := _slug(attribute(link, "href")))), "")
        if slug:
            cards.append(
                {
                    "slug": slug,
                    "nom": _name(block.find(_HEADINGS)),
                    "type": _text_after(block, _KIND),
                    "ville": _text_after(block, _CITY),
                    "zone": _text_after(block, _AREA),
                    "secteurs de la carte": _CUT_MARK.sub("", _text_after(block, _SECTORS)),
                }
            )
    if not cards:
        raise SourceError(
            file.path,
            "aucun prestataire du marché de l’inclusion dans cette page HTML ; enregistrez une page de résultats ou une fiche de "
            "prestataire. Un export enregistré ainsi s’ouvre dans un tableur : enregistrez-le en XLSX ou en CSV.",
        )
    for rank, card in enumerate(cards, 1):
        yield Row(card, rank)


def _supplier_page_cards(page: "BeautifulSoup") -> list[dict[str, str]]:
    address = attribute(page.select_one('meta[property="og:url"]'), "content")
    slug, title = _slug(address), page.h1
    if not slug or title is None:
        return []
    kind, place = page.select_one("i.ri-building-4-line + span"), page.select_one("i.ri-map-pin-line + span")
    match = _PLACE.fullmatch(tag_text(place))
    sectors = _tag_after_heading(page, "Secteurs d'activité", "ul")
    return [
        {
            "slug": slug,
            "nom": _name(title),
            "type": tag_text(kind),
            "siret": _text_after(page, "SIRET :"),
            "adresse": match["address"] if match else "",
            "code postal": match["post_code"] if match else "",
            "ville": match["city"] if match else _text_after(page, _CITY),
            "zone": _text_after(page, _AREA),
            "site": attribute(page.select_one("a#company_website"), "href"),
            "description": tag_text(_tag_after_heading(page, "Présentation", "div")),
            "secteurs": " | ".join(map(tag_text, sectors.find_all("li") if sectors else ())),
        }
    ]


def _slug(address: str) -> str:
    match = _SLUG.search(address)
    return match[1] if match else ""


def _name(heading: "Tag | None") -> str:
    """Return the name in a heading, whose small print is taken out of the page."""
    if heading is None:
        return ""
    for small in heading.find_all(["small", "span"]):
        small.extract()
    return tag_text(heading)


def _text_after(tag: "Tag", label: str) -> str:
    """Return the text after a label, in the same tag or in the next <span>."""
    for text in tag.find_all(string=True):
        words = " ".join(text.split())
        if not words.startswith(label):
            continue
        sibling = text.parent.find_next_sibling("span") if text.parent else None
        value = words.removeprefix(label).strip() or tag_text(sibling)
        return "" if value.casefold() in _UNKNOWN else value
    return ""


def _tag_after_heading(page: "BeautifulSoup", heading: str, name: str) -> "Tag | None":
    """Return the first tag `name` after a heading that begins with a text."""
    for tag in page.find_all(_HEADINGS):
        if tag_text(tag).startswith(heading):
            return tag.find_next_sibling(name)
    return None


def _read(source: Source) -> Iterator[Item]:
    file = load(source.path)
    if file.content is Content.JSON:
        yield from emit(read_json_rows(file), _from_api)
        return
    if file.content is Content.HTML:
        yield from emit(read_marche_pages(file), _from_page)
        return
    table = read_sheet_table(file, _EXPORT)
    yield from table.remarks
    yield from emit(table.rows, _from_export)


def _from_export(row: Row) -> SupplierRecord:
    """Return the record of an export's row; the reference is the slug (legacy layout), else kind, name and postal code."""
    row.ignore(_IGNORED)
    name, kind = row.take("Raison sociale"), row.take("Type de structure")
    post_code, siret = row.take("Code postal", "Code Postal"), row.take("Siret", "SIRET")
    groups = row.take("sectors", "Secteurs d'activité")
    reference = row.take("Slug", "slug") or natural_reference(kind, name, post_code or siret)
    return SupplierRecord(
        source="marche",
        source_ref=reference,
        ref_words=reference,
        line=row.line,
        name=name,
        kind=kind,
        siret=siret,
        brand=row.take("Enseigne", "Nom commercial"),
        address=row.take("Adresse"),
        post_code=post_code,
        city=row.take("Ville"),
        departement=row.take("Département"),
        phone=row.take("Téléphone"),
        website=row.take("Site internet"),
        claims=(Claim("marche-groupe", groups),) if groups else (),
        workers=row.take("Nombre de salariés en insertion"),
        turnover=row.take("Chiffre d'affaires"),
        labels=row.take("Certifications et labels"),
    )


def _from_page(row: Row) -> SupplierRecord:
    """Return the record of a card or a page. A card shows at most three sectors, chosen by the search: its reference includes them."""
    sectors, slug, listed = row.take("secteurs"), row.take("slug"), row.take("secteurs de la carte")
    return SupplierRecord(
        source="marche",
        source_ref=reference_on_page(slug, listed),
        ref_words=slug,
        line=row.line,
        name=row.take("nom"),
        kind=row.take("type"),
        siret=row.take("siret"),
        address=row.take("adresse"),
        post_code=row.take("code postal"),
        city=row.take("ville"),
        website=row.take("site"),
        description=row.take("description"),
        claims=tuple(Claim("marche-secteur", text) for text in (sectors, listed) if text),
        area=row.take("zone"),
    )


def _from_api(row: JsonRow) -> SupplierRecord:
    name, kind, post_code = row.take("name"), row.take("kind"), row.take("post_code")
    number, words = row.take("id"), row.take("slug") or natural_reference(kind, name, post_code)
    row.ignore(_IGNORED_KEYS)
    offers = row.take_list("offers")
    sectors = [Claim("marche-secteur", sector) for sector in _field(row.take_list("sectors"), "slug", "name")]
    services = [Claim("libre", offer) for offer in _field(offers, "name")]
    return SupplierRecord(
        source="marche",
        source_ref=number or words,
        ref_words="" if number else words,
        line=row.line,
        name=name,
        kind=kind,
        siret=row.take("siret"),
        brand=row.take("brand"),
        address=row.take("address"),
        post_code=post_code,
        city=row.take("city"),
        departement=row.take("department"),
        phone=row.take("contact_phone"),
        website=row.take("contact_website"),
        description="\n".join(_field(offers, "description")),
        claims=tuple(sectors + services),
        labels=" | ".join(_field(row.take_list("networks"), "name") + _field(row.take_list("labels_old"), "name")),
        active=row.take("is_active"),
        as_of=row.take("updated_at"),
    )


def _field(elements: list[JsonRow | str], *keys: str) -> list[str]:
    """Return the distinct, non-empty texts of the elements, in order: of each, the first of `keys` that it has; in older payloads it is the text itself."""
    texts = [element if isinstance(element, str) else element.take(*keys) for element in elements]
    return [text for text in dict.fromkeys(texts) if text]


IMPORTER = Importer(
    key="marche",
    title="Le marché de l’inclusion",
    publisher="Plateforme de l’inclusion (DGEFP)",
    url="https://lemarche.inclusion.gouv.fr",
    licence="à vérifier auprès de la Plateforme de l’inclusion",
    obtain="Avec un jeton (ENTREMISE_TOKEN_MARCHE) : « entremise fetch marche », la seule voie qui donne les secteurs de tous. Sans "
    "jeton : cherchez des prestataires, puis « Télécharger la liste » (CSV ou XLS, un compte est demandé), ou enregistrez depuis "
    "votre navigateur les pages de résultats et les fiches. Les exports d’avant juillet 2026, avec SIRET et secteurs, valent mieux.",
    holds="SIAE, EA, ESAT, SEP et GEIQ : nom, type, adresse ; par l’API, SIRET et secteurs d’activité ; dans l’ancien "
    "export, SIRET et familles de secteurs ; dans l’export d’un besoin, chiffre d’affaires et effectif.",
    at_least=5000,
    read=_read,
    # the cards of one search, the API's numbers, our natural keys, or the site's slugs
    numbering=lambda ref: (
        f"recherche {sectors}"
        if (sectors := page_of(ref))
        else "nombre"
        if ref.isdecimal()
        else "mots"
        if "_" in ref
        else "page"
    ),
    shared=whose,
)
