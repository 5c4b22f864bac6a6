"""Hosmoz (formerly Gesat), the directory of ESAT and EA and of their trades: its tables, and pages saved from its site."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from importers.emit import Row, emit, natural_reference
from importers.formats import Content, HeaderRule, load, read_table
from importers.importer import Claim, Importer, Item, RefusedRow, Remark, Source, SupplierRecord
from importers.saved_pages import page_of, told_on, whose
from importers.saved_pages.hosmoz import read_pages

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


def _numbering(ref: str) -> str:
    """A page of a trade is a list of its own, a sheet has the site's number, and a table numbers its lines or not at all."""
    if trade := page_of(ref):
        return f"métier {trade}"
    return "page" if _OF_PAGE.fullmatch(ref) else "tableau"


def _read(source: Source) -> Iterator[Item]:
    file = load(source.path)
    if file.content is Content.HTML:
        yield from emit(read_pages(file), _card)
        return
    table = read_table(file, _HEADER)
    yield from table.remarks
    yield from emit(_remarked(table.rows), _record)


def _remarked(rows: Iterable[Row | RefusedRow]) -> Iterator[Row | RefusedRow | Remark]:
    """The rows, each after what it tells that no record holds: a second SIRET, a label that is neither had nor not."""
    for row in rows:
        if isinstance(row, Row):
            second = row.take("Siret 2")
            if second and row.take("Siret"):
                yield Remark(row.line, f"Second SIRET non repris : {second}.")
            for column in (_MEMBER, _SIGNED):
                if (told := row.take(column)).casefold() not in _YES | _NO:
                    yield Remark(row.line, f"Colonne « {column} » : « {told} » n’est ni oui ni non, label non repris.")
        yield row


def _card(row: Row) -> SupplierRecord:
    """The record of a card: without a link to its sheet, kind, name and town name it, the same on every page."""
    record = _record(row)
    number, words = record.source_ref, ""
    if not _OF_PAGE.fullmatch(number):
        words = natural_reference(record.kind, record.name, record.city or record.post_code)
        number = f"page:{words}"
    return replace(record, source_ref=told_on(number, row.take("metier de la page")), ref_words=words)


def _record(row: Row) -> SupplierRecord:
    """The number of the directory makes the reference (column, or end of the page's address), else the row's own words."""
    row.ignore(_IGNORED)
    name, kind = row.take("Raison Sociale", "Raison sociale", "nom", "société"), row.take(*_KIND)
    siret, post_code = row.take("Siret") or row.take("Siret 2"), row.take("Code Postal", "Code postal")
    city, url = row.take("Ville", "ville"), row.take("URL", "url")
    page = _PAGE_NUMBER.search(url)
    number = row.take("Id") or (f"e{page.group(1)}" if page else "")
    natural = natural_reference(kind, name, post_code or city or siret)
    in_directory = "hosmoz." in url or "reseau-gesat." in url or url.startswith("/")
    # a list of trades is left unsplit: their labels hold commas and capitals
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
    numbering=_numbering,
    shared=whose,
)
