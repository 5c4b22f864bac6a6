"""Any sheet of suppliers (CSV, XLSX, XLS, ODS): its columns are recognised, and what was understood is said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from importers.emit import emit, natural_reference
from importers.formats import HeaderRule, Table, load, read_table
from importers.formats.mapping import read_mapping as mapping_of
from importers.importer import Importer, Source, SourceError
from importers.list_names import list_name
from importers.record import Claim, Item, RefusedRow, Remark, SupplierRecord
from importers.row import Row
from importers.tableur_columns import BY_KEY, IGNORE, Understanding, field_key, known_columns, understand

_HEADER = HeaderRule(needs=(("Nom", "SIRET"),), hint="Il faut une ligne d’en-tête au-dessus des données.")
_CLAIMS = {"activities": "libre", "rome": "rome"}
_FIELDS = tuple(key for key in BY_KEY if key not in {"reference", *_CLAIMS})
_DISTINCT_SHARE = 0.9
_TOTAL = re.compile(r"(?:sous[ -])?tota(?:l|ux)(?: g[ée]n[ée]ral)?\s*:?", re.IGNORECASE)
_DATA_LIKE = re.compile(r"\d[\d\s]{12,18}|[^@\s]+@[^@\s]+\.\w+")


def read_mapping(path: Path) -> dict[str, str]:
    """Read a mapping from column names to fields, in TOML (`"Nom de colonne" = "champ"`) or in JSON.

    Fields are named by key or in French (`name`, « nom », « effectif »…); `ignorer` drops a column. SourceError in French.
    """
    return _checked(path, mapping_of(path))


def _checked(path: Path, mapping: Mapping[str, str]) -> dict[str, str]:
    keys = {column: field_key(target) for column, target in mapping.items()}
    for column, key in keys.items():
        if key is None:
            message = f"le champ « {mapping[column]} » n’existe pas. Champs possibles : {_field_list()}."
            raise SourceError(path, message, column=column)
    return {column: key for column, key in keys.items() if key is not None}


def _field_list() -> str:
    named = [f"{field.key} ({field.label})" for field in BY_KEY.values()]
    return ", ".join([*named, f"{IGNORE} (colonne non reprise)"])


def _read(source: Source) -> Iterator[Item]:
    mapping = _checked(source.path, source.mapping)
    table = read_table(load(source.path), _HEADER, lambda columns: _header_score(columns, mapping))
    _check_header(source.path, table, mapping)
    understood = understand(table.columns, _data(table), mapping)
    _require_name(source.path, table, understood)
    yield from table.remarks
    yield from (Remark(table.line, sentence) for sentence in understood.says)
    listing = list_name(source.listing or source.path.stem)
    yield Remark(
        table.line,
        f"Liste « {listing} » : elle se met à jour quand un fichier du même nom de liste revient (au terminal : --nom).",
    )
    references = _references(understood, table)
    if not references and "reference" in understood.fields:
        yield Remark(table.line, "Référence trop souvent répétée : le type, le nom et le lieu la remplacent.")
    yield from emit(table.rows, lambda row: _record(row, table.columns, understood, references, listing))


def _header_score(columns: Sequence[str], mapping: Mapping[str, str]) -> int:
    """Rows of known names first; else the first row that is not blank."""
    mapped = sum(1 for column in columns if column in mapping)
    return 2 * (known_columns(columns) + mapped) + int(any(columns))


def _check_header(path: Path, table: Table, mapping: Mapping[str, str]) -> None:
    for column in table.columns:
        if _DATA_LIKE.fullmatch(column):
            message = (
                "la première ligne contient des données : ajoutez au-dessus une ligne d’en-tête (Nom, SIRET, Commune…)."
            )
            raise SourceError(path, message, line=table.line)
    for column in mapping:
        if column not in table.columns:
            message = f"la correspondance cite une colonne absente du fichier. Colonnes vues : {_seen(table)}."
            raise SourceError(path, message, line=table.line, column=column)


def _require_name(path: Path, table: Table, understood: Understanding) -> None:
    if understood.fields.keys() & {"name", "siret", "finess"}:
        return
    raise SourceError(
        path,
        f"aucune colonne de nom ni de SIRET n’est reconnue. Colonnes vues : {_seen(table)}. Vérifiez le séparateur et "
        "l’en-tête, ou écrivez un fichier de correspondance « colonnes.toml » avec une ligne par colonne, par exemple "
        f'"{table.columns[0][:60]}" = "nom", et relancez avec --mapping colonnes.toml. Champs possibles : {_field_list()}.',
        line=table.line,
    )


def _seen(table: Table) -> str:
    return ", ".join(f"« {column[:60]} »" for column in table.columns)


def _data(table: Table) -> Iterator[Row]:
    return (row for row in table.rows if isinstance(row, Row))


def _references(understood: Understanding, table: Table) -> tuple[str, ...]:
    """The column of references, unless its values repeat too much to be one (a « Code » that is a département)."""
    columns = understood.fields.get("reference", ())
    if not columns:
        return ()
    filled, distinct = 0, set()
    for row in _data(table):
        if value := row.take(*columns):
            filled += 1
            distinct.add(value)
    return columns if len(distinct) >= _DISTINCT_SHARE * filled else ()


def _record(
    row: Row, columns: tuple[str, ...], understood: Understanding, references: tuple[str, ...], listing: str
) -> SupplierRecord | RefusedRow:
    row.ignore(columns)
    fields = understood.fields
    values = {key: " ; ".join(filter(None, map(row.take, fields.get(key, ())))) for key in _FIELDS}
    if _TOTAL.fullmatch(values["name"].strip()) and not values["siret"]:
        return RefusedRow(row.line, "c’est la ligne de total du tableau, pas un fournisseur.")
    place = values["post_code"] or values["city"] or values["siret"]
    claims = (Claim(words, row.take(column)) for key, words in _CLAIMS.items() for column in fields.get(key, ()))
    return SupplierRecord(
        source="tableur",
        source_ref=row.take(*references) or natural_reference(values["kind"], values["name"], place),
        line=row.line,
        listing=listing,
        projection="WGS84" if values["x"] and values["y"] else "",
        claims=tuple(claim for claim in claims if claim.text),
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
