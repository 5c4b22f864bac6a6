"""Imports any sheet of suppliers (CSV, XLSX, XLS, ODS): recognises its columns by name, similar name, content or a person's mapping, with remarks."""

import re
from collections.abc import Iterator

from importers.emit import Row, emit, is_box, natural_reference, plain_words
from importers.formats import Table
from importers.formats.column_mapping import checked_mapping
from importers.formats.column_tally import ColumnTally, columns_of_table, table_of_kind
from importers.formats.columns import ColumnMapping, Columns, SheetKind, choices, quote_names, sheet_fields
from importers.importer import Claim, Importer, Item, RefusedRow, Remark, Source, SourceError, SupplierRecord

NAMELESS = "liste"

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH_NAME = (
    r"(?:janvier|janv|fevrier|fevr|fev|mars|avril|avr|mai|juin|juillet|juil|aout|septembre|sept|octobre|oct|novembre|nov"
    r"|decembre|dec)"
)
_VERSION = r"(?:v\d+(?: \d+)*|version(?: \d+)*|vf|def|final|finale|definitif|definitive|corrige|corrigee|maj|mise a jour|copie|copy)"
# Dates and version marks, removed from a list's name (plain words separated by one space). Other numbers stay: « esat 62 » is not « esat 59 ».
_DATE_OR_VERSION = re.compile(
    rf"\b(?:"
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}"
    rf"|(?:{_DAY} )?(?:{_MONTH}|{_MONTH_NAME}) {_YEAR}|{_YEAR}(?: (?:t[1-4]|{_MONTH}(?: {_DAY})?|{_MONTH_NAME}))?"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])"
    rf")\b|^(?:copie|copy) (?:de|of)\b|\b(?:{_VERSION}|{_MONTH_NAME})$"
)
_COPY = re.compile(r"\s*\(\d+\)\s*$")


def list_name(stem: str) -> str:
    """Return the name of a list in plain words joined by hyphens, from a file's name without suffix, or a name typed; without dates and versions, so
    that a later version of the file updates the same list."""
    name = " ".join(plain_words(_COPY.sub("", stem)))
    while (shorter := " ".join(_DATE_OR_VERSION.sub(" ", name).split())) != name:
        name = shorter
    return name.replace(" ", "-") or NAMELESS


KIND = SheetKind("fournisseurs", (("name", "siret", "finess"),), merged=True, believes=True)
_CLAIMS = {"activities": "libre", "rome": "rome"}
_FIELDS = tuple(field for key, field in sheet_fields(KIND.table).items() if key not in {"reference", *_CLAIMS})
# A contact's e-mail: imported only if it is a generic address, since it may be a person's.
_OF_CONTACT = "contact_email"
_DISTINCT_SHARE = 0.9
_TOTAL = re.compile(r"(?:sous[ -])?tota(?:l|ux)(?: g[ée]n[ée]ral)?\s*:?", re.IGNORECASE)
# An address that ends with its postal code and town: « 12 rue des Lilas, 59600 Maubeuge ».
_TOWN_AFTER_STREET = re.compile(r"(?s:(.*))(?<!\d)(\d{2} ?\d{3}\s+[^\W\d].*)")
_DATA_LIKE = re.compile(r"\d[\d\s]{12,18}|[^@\s]+@[^@\s]+\.\w+")


def _read(source: Source) -> Iterator[Item]:
    mapping = checked_mapping(source.path, source.mapping, KIND.table)
    column_mapping = ColumnMapping(mapping, source.remembered)
    table = table_of_kind(source.path, KIND, column_mapping)
    for column in table.columns:
        if _DATA_LIKE.fullmatch(column):
            message = (
                "la première ligne contient des données : ajoutez au-dessus une ligne d’en-tête (Nom, SIRET, Commune…)."
            )
            raise SourceError(source.path, message, line=table.line)
    for column in mapping:
        if column not in table.columns:
            message = (
                f"la correspondance cite une colonne absente du fichier. Colonnes vues : {quote_names(table.columns)}."
            )
            raise SourceError(source.path, message, line=table.line, column=column)
    columns = columns_of_table(KIND, table, column_mapping)
    if not columns.has(KIND.needs):
        raise SourceError(
            source.path,
            f"aucune colonne de nom ni de SIRET n’est reconnue. Colonnes vues : {quote_names(table.columns)}. Vérifiez le séparateur et "
            "l’en-tête, ou écrivez un fichier de correspondance « colonnes.toml » avec une ligne par colonne, par exemple "
            f'"{table.columns[0][:60]}" = "nom", et relancez avec --mapping colonnes.toml. Champs possibles : {choices(KIND.table)}.',
            line=table.line,
        )
    yield from table.remarks
    yield from (Remark(table.line, sentence) for sentence in _column_remarks(columns, table))
    listing = list_name(source.listing or source.path.stem)
    yield Remark(
        table.line,
        f"Liste « {listing} » : elle se met à jour quand un fichier du même nom de liste revient (au terminal : --nom).",
    )
    references = _references(columns, table)
    if not references and "reference" in columns.of:
        yield Remark(table.line, "Référence trop souvent répétée : le type, le nom et le lieu la remplacent.")
    yield from emit(table.rows, lambda row: _record(row, columns, references, listing))


def _column_remarks(columns: Columns, table: Table) -> Iterator[str]:
    """Yield a sentence on the meaning of each column, in order, then on the columns not used."""
    labels = sheet_fields(KIND.table)
    for name, keys in sorted(columns.fields.items(), key=lambda item: columns.names.index(item[0])):
        why = f" ({columns.why[name]})" if name in columns.why else ""
        yield f"Colonne « {name} » comprise comme {' et '.join(labels[key].label for key in keys)}{why}."
    tally = ColumnTally(columns)
    if columns.unread or any(len(names) > 1 for names in columns.of.values()):
        for row in _data(table):
            tally.take(row.take)
    yield from tally.remarks


def _data(table: Table) -> Iterator[Row]:
    return (row for row in table.rows if isinstance(row, Row))


def _references(understood: Columns, table: Table) -> tuple[str, ...]:
    """Return the columns of references, empty if their values repeat too often (a « Code » that is a département)."""
    columns = understood.of.get("reference", ())
    if not columns:
        return ()
    filled, distinct = 0, set()
    for row in _data(table):
        if value := row.take(*columns):
            filled += 1
            distinct.add(value)
    return columns if len(distinct) >= _DISTINCT_SHARE * filled else ()


def _values(row: Row, columns: Columns) -> dict[str, str]:
    """Return the text of each field of a row; an address that ends with its postal code and town gives them, where no column does."""
    values = {}
    for field in _FIELDS:
        names = columns.of.get(field.key, ())
        values[field.key] = " ; ".join(filter(None, map(row.take, names))) if field.all else row.take(*names)
    if not (values["post_code"] or values["city"]) and (town := _TOWN_AFTER_STREET.match(values["address"])):
        values["address"], values["city"] = town[1].rstrip(" ,;–-\n"), town[2]
    return values


def _record(row: Row, columns: Columns, references: tuple[str, ...], listing: str) -> SupplierRecord | RefusedRow:
    row.ignore(columns.names)
    values = _values(row, columns)
    if _TOTAL.fullmatch(values["name"].strip()) and not values["siret"]:
        return RefusedRow(row.line, "c’est la ligne de total du tableau, pas un fournisseur.")
    place = next(filter(None, (values["post_code"], values["city"], values["siret"])), "")
    contact = values.pop(_OF_CONTACT)
    if not values["email"] and is_box(contact):  # the contact's, if it is a generic address
        values["email"] = contact
    number, natural = row.take(*references), natural_reference(values["kind"], values["name"], place)
    claims = tuple(
        Claim(words, text)
        for key, words in _CLAIMS.items()
        for column in columns.of.get(key, ())
        if (text := row.take(column))
    )
    return SupplierRecord(
        source="tableur",
        source_ref=number or natural,
        ref_words="" if number else natural,
        line=row.line,
        listing=listing,
        projection="WGS84" if values["x"] and values["y"] else "",
        claims=claims,
        **values,
    )


IMPORTER = Importer(
    key="tableur",
    title="Tableau libre (CSV, XLSX, XLS, ODS)",
    publisher="vous",
    url="",
    licence="celle du fichier que vous importez",
    obtain="Tout tableau de fournisseurs avec une ligne d’en-tête : export d’une fédération, liste tenue à la main… Les "
    "colonnes mal comprises se précisent dans un fichier de correspondance (--mapping).",
    holds="Ce que contiennent ses colonnes ; l’import dit comment chacune a été comprise, et lesquelles ne sont pas reprises.",
    at_least=0,
    read=_read,
    many_lists=True,
)
