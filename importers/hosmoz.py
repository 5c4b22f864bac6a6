"""Imports Hosmoz (formerly Gesat), the directory of ESAT and EA (disability employers) with their trades: its tables, and pages saved from its site."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from importers.emit import Row, emit, natural_reference
from importers.formats import Content, File, HeaderRule, load, read_sheet_table
from importers.importer import Claim, Importer, Item, RefusedRow, Remark, Source, SourceError, SupplierRecord
from importers.saved_pages import attribute, page_of, parse_page, reference_on_page, tag_text, whose

_DOMAINS = tuple(f"Domaine {number}" for number in range(1, 14))
_TRADES = ("Pôles de compétences", "Métiers proposés", "metiers", "metier de la page")
_KIND = ("Type de structure", "Catégorie", "type")
_WORKERS = (
    "Nombre de travailleurs dans la structure (en ETP)",
    "Capacité d'accueil (nombre de TH total)",
    "travailleurs",
)
_IGNORED = ("Région", "Date d'ouverture", "depuis", "tel 2", "fax", "load date", "emplacement", "société 2")
_HEADER = HeaderRule(
    needs=(("Raison Sociale", "Raison sociale", "nom", "société"), ("Siret", "Ville", "ville")),
    hint="Il faut un fichier Hosmoz ou Gesat (CSV, XLSX) ou une page enregistrée de l’annuaire.",
)
_MEMBER, _SIGNED = "Adhérent Hosmoz", "charte"
_YES, _NO = frozenset({"oui", "o", "true", "vrai", "1", "x"}), frozenset({"", "non", "n", "false", "faux", "0"})
_PAGE_NUMBER = re.compile(r"[-,]e(\d+)/?$")
_OF_PAGE = re.compile(r"e\d+(?:~\d+)?|page:.*")
if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_CITY = re.compile(r"(?P<city>[^()\n]+?)\s*\((?P<departement>\d[\dAB]\d?)\)")
# A possessive quantifier (no backtracking): each line is tried once, even if very long.
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
# Titles are cut at this length: the search in them takes quadratic time.
_LONGEST_TITLE = 1_000
_KIND_WORDS = ((re.compile(r"\bE\.?S\.?A\.?T\b"), "ESAT"), (re.compile(r"\bEA\b|\bENTREPRISE ADAPT[EÉ]E\b"), "EA"))


def read_hosmoz_pages(file: File) -> Iterator[Row | Remark]:
    """Yield one row for each supplier's card in a list page, or one for a supplier's page; columns as in a Hosmoz table, `line` the card's rank."""
    page, remarks = parse_page(file, "de Hosmoz")
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
    intro, website = tag_text(content.select_one(".ACCROCHE")), content.select_one(".WWW a")
    welcomed = _WELCOMES.search(intro)
    address = content.select_one(".ADRESSE")
    lines = [line for line in (address.get_text("\n").split("\n") if address else []) if line.strip()]
    place = re.search(r"(\d{5})\s+(.+)", lines[-1]) if lines else None
    trades = [tag_text(trade) for trade in content.select(".BLOC-ACTIVITES dt")]
    canonical = page.select_one("link[rel=canonical]")
    for image in content.select(".EMAIL img"):
        image.replace_with("@")  # the at sign is an image on the site
    return [
        {
            "nom": tag_text(title),
            "type": _kind(f"{intro} {tag_text(title)}"),
            "Adresse": " ".join(" ".join(lines[:-1] if place else lines).split()),
            "Code Postal": place.group(1) if place else "",
            "ville": place.group(2).strip() if place else "",
            "tel": tag_text(content.select_one(".TEL")),
            "email": "".join(tag_text(content.select_one(".EMAIL")).split()).removeprefix("Email:"),
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
                "nom": tag_text(link),
                "type": _kind(words[0]) if len(words) > 1 else "",
                "ville": city["city"] if city else "",
                "departement": city["departement"] if city else "",
                "tel": tag_text(block.select_one("span.TELEPHONE")),
                "url": attribute(link, "href"),
            }
        )
    return cards


def _text_cards(page: "BeautifulSoup") -> list[dict[str, str]]:
    """Return the cards found in the page's plain text, without regard to the markup: the name, then « Ville (DD) », « N travailleurs »…"""
    for unseen in page(["script", "style"]):
        unseen.decompose()
    text = "\n".join(" ".join(line.split()) for line in page.get_text("\n").split("\n") if line.strip())
    title = "\n".join(tag_text(heading)[:_LONGEST_TITLE] for heading in page(["title", "h1", "h2"]))
    town, trade_page = _CITY_PAGE.search(title), _TRADE_PAGE.search(title)
    urls: dict[str, dict[str, None]] = defaultdict(dict)  # of suppliers' pages, by the link's text, each once
    for link in page.find_all("a", href=_SHEET_ADDRESS):
        urls[tag_text(link)][attribute(link, "href")] = None
    addresses = defaultdict(deque, {name: deque(its_urls) for name, its_urls in urls.items()})
    cards = []
    for card in _CARD.finditer(text):
        name = card["name"].strip()
        here = town is not None and card["near"] is None and town["city"].casefold() == card["city"].casefold()
        cards.append(
            {
                "nom": name,
                "type": _kind(name),
                "ville": card["city"].strip(),
                "departement": card["departement"],
                "Code Postal": town["post_code"] if town and here else "",
                "travailleurs": card["workers"],
                "charte": "oui" if card["charter"] else "",
                "metier de la page": trade_page["trade"].strip() if trade_page else "",
                "url": addresses[name].popleft() if addresses[name] else "",
            }
        )
    return cards


def _kind(words: str) -> str:
    return next((kind for pattern, kind in _KIND_WORDS if pattern.search(words.upper())), "")


def _read(source: Source) -> Iterator[Item]:
    file = load(source.path)
    if file.content is Content.HTML:
        yield from emit(read_hosmoz_pages(file), _card)
        return
    table = read_sheet_table(file, _HEADER)
    yield from table.remarks
    yield from emit(_with_remarks(table.rows), _record)


def _with_remarks(rows: Iterable[Row | RefusedRow]) -> Iterator[Row | RefusedRow | Remark]:
    """Yield the rows, each after remarks on values that no record keeps: a second SIRET, a label that is neither yes nor no."""
    for row in rows:
        if isinstance(row, Row):
            second = row.take("Siret 2")
            if second and row.take("Siret"):
                yield Remark(row.line, f"Second SIRET non repris : {second}.")
            for column in (_MEMBER, _SIGNED):
                if (value := row.take(column)).casefold() not in _YES | _NO:
                    yield Remark(row.line, f"Colonne « {column} » : « {value} » n’est ni oui ni non, label non repris.")
        yield row


def _card(row: Row) -> SupplierRecord:
    """Return the record of a card; without a link to the supplier's page, its reference is made of kind, name and town."""
    record = _record(row)
    number, words = record.source_ref, ""
    if not _OF_PAGE.fullmatch(number):
        words = natural_reference(record.kind, record.name, record.city or record.post_code)
        number = f"page:{words}"
    return replace(record, source_ref=reference_on_page(number, row.take("metier de la page")), ref_words=words)


def _record(row: Row) -> SupplierRecord:
    """Return the record of a row; its reference is the directory's number (a column, or the end of the page's URL), else kind, name and place."""
    row.ignore(_IGNORED)
    name, kind = row.take("Raison Sociale", "Raison sociale", "nom", "société"), row.take(*_KIND)
    siret, post_code = row.take("Siret") or row.take("Siret 2"), row.take("Code Postal", "Code postal")
    city, url = row.take("Ville", "ville"), row.take("URL", "url")
    page = _PAGE_NUMBER.search(url)
    number = row.take("Id") or (f"e{page.group(1)}" if page else "")
    natural = natural_reference(kind, name, post_code or city or siret)
    in_directory = "hosmoz." in url or "reseau-gesat." in url or url.startswith("/")
    # lists of trades are not split: their labels contain commas and capitals
    texts = [row.take(column) for column in (*_TRADES, *_DOMAINS)]
    member = row.take(_MEMBER).casefold() in _YES
    signed = row.take(_SIGNED).casefold() in _YES
    return SupplierRecord(
        source="hosmoz",
        source_ref=number or natural,
        ref_words="" if number else natural,
        line=row.line,
        name=name,
        kind=kind,
        siret=siret,
        siren=row.take("Siren"),
        address=row.take("Adresse", "adresse"),
        address_extra=row.take("Lieudit/BP"),
        post_code=post_code,
        city=city,
        departement=row.take("departement"),
        phone=row.take("Tel public", "Tel", "Téléphone", "tel"),
        email=row.take("Email", "Adresse e-mail", "email"),
        website=row.take("site") or ("" if in_directory else url),
        description=row.take("description"),
        claims=tuple(Claim("hosmoz", text) for text in dict.fromkeys(texts) if text),
        workers=row.take(*_WORKERS),
        labels=" | ".join([_MEMBER] * member + ["Signataire de la charte Ethique de Hosmoz"] * signed),
        as_of=row.take("Denière date de MAJ", "Dernière date de MAJ"),
    )


IMPORTER = Importer(
    key="hosmoz",
    title="Annuaire Hosmoz (ex-Réseau Gesat)",
    publisher="Hosmoz",
    url="https://www.hosmoz.fr/Annuaire/",
    licence="droits réservés : n’importez que ce que Hosmoz vous a remis ou ce que vous avez le droit de réutiliser",
    obtain="Demandez un fichier à Hosmoz (CSV ou XLSX), ou enregistrez depuis votre navigateur les pages de l’annuaire, par "
    "ville ou par métier (« Enregistrer sous… », page HTML). Entremise ne parcourt pas le site.",
    holds="Environ 2 440 ESAT et EA avec leurs métiers, la seule source large de ce genre : ville, nombre de travailleurs, "
    "signature de la charte ; dans les fichiers remis, SIRET, adresse et contact.",
    at_least=1500,
    read=_read,
    # of a trade's page, of the site's own numbers, or of a table
    numbering=lambda ref: (
        f"métier {page_of(ref)}" if page_of(ref) else "page" if _OF_PAGE.fullmatch(ref) else "tableau"
    ),
    shared=whose,
)
