"""Imports the ESAT (category 246) and EA (247) of FINESS, the national directory of health and social establishments.

The published file has no header: a first line that names the extract (« finess;etalab;… », « finess;finess-plus;… »), then lines that begin with the name of
their section. A copy with a header row, in CSV or a workbook, is read by column names."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from importers.emit import Row, emit
from importers.formats import Content, File, HeaderRule, load, read_delimited, read_sheet_table
from importers.importer import Importer, Item, RefusedRow, Remark, Source, SourceError, SupplierRecord

_KINDS = {"246": "ESAT", "247": "EA"}
_COLUMNS = (
    *("section", "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie", "voie"),
    *("compvoie", "lieuditbp", "commune", "departement", "libdepartement", "ligneacheminement", "telephone"),
    *("telecopie", "categetab", "libcategetab", "categagretab", "libcategagretab", "siret", "codeape", "codemft"),
    *("libmft", "codesph", "libsph", "dateouv", "dateautor", "datemaj", "numuai"),
)
_IGNORED = (
    *("section", "libdepartement", "telecopie", "libcategetab", "categagretab", "libcategagretab"),
    *("codemft", "libmft", "codesph", "libsph", "dateouv", "dateautor", "numuai"),
)
_WIDTHS = (31, 32)  # the column numuai came later
_CATEGORY, _ENTITY, _SIRET = (_COLUMNS.index(name) for name in ("categetab", "nofinessej", "siret"))
_SIREN_WIDTH, _SIRET_WIDTH = 9, 14
_PLACE_WIDTH = 6
_DELIVERY_LINE = re.compile(r"(\d{5})\s+(.+)")
_FOUR_DIGITS = re.compile(r"^\s*(\d{4})(?=\s)")
_PLACED = ("coordxet", "coordyet", "sourcecoordet")
_NAMES = frozenset({*_COLUMNS, *_PLACED, "datemajcoord"})
_ESTABLISHMENT, _PLACE = "structureet", "geolocalisation"
_BEGINS = ("finess", _ESTABLISHMENT, _PLACE)
# Digits of numbers whose leading zeros a spreadsheet drops.
_DIGITS = {"nofinesset": 9, "nofinessej": 9, "departement": 2, "commune": 3}
_HEADER = HeaderRule(
    needs=(("nofinesset",), ("rs", "rslongue"), ("categetab",)),
    hint="Il faut un extrait FINESS des établissements, dont les lignes commencent par « structureet; » et la première par « finess; » "
    "(ressource « etalab-cs1100507 », géolocalisée, ou « etalab-cs1100502 »), ou le même avec les titres de ses colonnes : nofinesset, rs, categetab…",
)
_NO_WIDTH = (
    "ses lignes ont {} colonnes, au lieu de 31 ou 32 (section, nofinesset, nofinessej, rs… datemaj, numuai) : la première ligne dit « {} ». "
    "Donnez-lui les titres de ses colonnes sur la première ligne, ou prenez la ressource « etalab-cs1100507 »."
)


_Lines = Iterator[tuple[int, list[str]] | RefusedRow]


@dataclass
class _Extract:
    """Lines of an extract by section: `rows` of ESAT and EA, coordinates (`places`) by establishment, SIREN by legal entity, and counts of lines by other
    categories and by unexpected number of columns (`widths`)."""

    rows: list[Row | RefusedRow] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)
    sirens: dict[str, set[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    widths: Counter[int] = field(default_factory=Counter)

    def take(self, line: int, cells: list[str]) -> None:
        """Sort one line into its section."""
        if cells[0] == _PLACE and len(cells) >= _PLACE_WIDTH:
            self.places[cells[1]] = cells[2:5]
        elif cells[0] != _ESTABLISHMENT:
            self.rows.append(RefusedRow(line, f"section « {cells[0][:40]} » inconnue dans un extrait FINESS."))
        elif len(cells) not in _WIDTHS:
            self.widths[len(cells)] += 1
            self.rows.append(RefusedRow(line, f"{len(cells)} colonnes au lieu de 31 ou 32."))
        elif cells[_CATEGORY] not in _KINDS:
            self.others[cells[_CATEGORY]] += 1
        else:
            self.rows.append(Row(dict(zip(_COLUMNS, cells, strict=False)), line))
            if len(cells[_SIRET]) == _SIRET_WIDTH:
                self.sirens.setdefault(cells[_ENTITY], set()).add(cells[_SIRET][:_SIREN_WIDTH])

    @property
    def is_other(self) -> bool:
        """True if no line has the columns of an extract: the file is another one."""
        return bool(self.widths) and not self.others and not any(isinstance(row, Row) for row in self.rows)


def _read(source: Source) -> Iterator[Item]:
    lines, remarks, first = _lines(load(source.path))
    yield from remarks
    as_of = first[3].strip() if len(first) > 3 else ""
    extract = _Extract()
    for item in lines:
        if isinstance(item, RefusedRow):
            extract.rows.append(item)
        else:
            extract.take(*item)
    if extract.others:
        yield Remark(
            1, f"Établissements d’autres catégories que 246 (ESAT) et 247 (EA), non repris : {extract.others.total()}."
        )
    if extract.is_other:
        raise SourceError(
            source.path, _NO_WIDTH.format(extract.widths.most_common(1)[0][0], ";".join(first)[:80]), line=1
        )
    sirens = {entity: found.pop() for entity, found in extract.sirens.items() if len(found) == 1}
    yield from emit(
        extract.rows, lambda row: _record(row, extract.places.get(row.take("nofinesset"), ["", "", ""]), sirens, as_of)
    )


def _lines(file: File) -> tuple[_Lines, Sequence[Remark], Sequence[str]]:
    """Return (lines of an extract, decoding remarks, cells of the first line, which names the extract)."""
    if file.content is not Content.TEXT:
        return _under_header(file)
    lines, remarks = read_delimited(file, delimiter=";")
    line, cells = next(lines, (1, [""]))
    if cells[0].strip() not in _BEGINS or len(cells) == 1:
        return _under_header(file)
    return (lines, remarks, cells) if cells[0].strip() == _BEGINS[0] else (chain([(line, cells)], lines), remarks, ())


def _under_header(file: File) -> tuple[_Lines, Sequence[Remark], Sequence[str]]:
    """Return the same for a table with a header: its rows converted to the extract's lines, coordinates included."""

    def score(names: Sequence[str]) -> int:
        known = [name.casefold() for name in names]
        return 0 if _HEADER.missing(known) else len({*known} & _NAMES)

    table = read_sheet_table(file, _HEADER, score)

    unknown = [name for name in table.columns if name.casefold() not in _NAMES]
    remarks = [Remark(table.line, f"Colonne « {name} » inconnue, non reprise.") for name in unknown]

    def lines() -> _Lines:
        for row in table.rows:
            if isinstance(row, RefusedRow):
                yield row
                continue
            cells = {name.casefold(): text for name, text in row.cells.items()}
            # A spreadsheet drops leading zeros from a number, and from the postal code that begins a cell.
            numbers = {name: cells[name].strip() for name in cells.keys() & _DIGITS.keys()}
            cells |= {name: text.zfill(_DIGITS[name]) for name, text in numbers.items() if text.isdigit()}
            if routing := cells.get("ligneacheminement"):
                cells["ligneacheminement"] = _FOUR_DIGITS.sub(r"0\1", routing)
            if (section := cells.get("section", "").strip()) == _PLACE:
                first, _, *others = row.cells.values()
                yield row.line, [first, cells["nofinesset"], *others]
                continue
            if any(place := [cells.get(name, "") for name in _PLACED]):
                yield row.line, [_PLACE, cells["nofinesset"], *place, ""]
            yield row.line, [section or _ESTABLISHMENT, *(cells.get(name, "") for name in _COLUMNS[1:])]

    return lines(), (*table.remarks, *remarks), ()


def _record(row: Row, place: list[str], sirens: Mapping[str, str], as_of: str) -> SupplierRecord:
    """Return the record of a row; without a SIRET, its SIREN is taken from the other establishments of its legal entity, if they agree (`sirens`)."""
    row.ignore(_IGNORED)
    siret, entity = row.take("siret"), row.take("nofinessej")
    number, short, long = row.take("nofinesset"), row.take("rs"), row.take("rslongue")
    delivery = row.take("ligneacheminement")
    match = _DELIVERY_LINE.fullmatch(delivery)
    departement, commune = row.take("departement"), row.take("commune")
    street = (row.take("numvoie"), row.take("compvoie"), row.take("typvoie"), row.take("voie"))
    extra = (row.take("complrs"), row.take("compldistrib"), row.take("lieuditbp"))
    x, y, origin = (part.strip() for part in place)
    return SupplierRecord(
        source="finess",
        source_ref=number,
        line=row.line,
        name=long if len(long) > len(short) else short,
        kind=_KINDS[row.take("categetab")],
        siret=siret,
        siren="" if siret else sirens.get(entity, ""),
        finess=number,
        naf=row.take("codeape"),
        address=" ".join(filter(None, street)),
        address_extra=", ".join(filter(None, extra)),
        post_code=match.group(1) if match else "",
        city=match.group(2) if match else delivery,
        insee=f"{departement}{commune}",
        departement=departement,
        x=x,
        y=y,
        projection=origin.rpartition(",")[2],
        phone=row.take("telephone"),
        as_of=row.take("datemaj") or as_of,
    )


IMPORTER = Importer(
    key="finess",
    title="FINESS, extraction des établissements",
    publisher="Ministère de la Santé, Agence du numérique en santé",
    url="https://www.data.gouv.fr/datasets/53699569a3a729239d2046eb",
    licence="Licence Ouverte",
    obtain="« entremise fetch finess » le télécharge et l’importe. À la main : sur data.gouv.fr, jeu « FINESS – Extraction du fichier des établissements », ressource géolocalisée "
    "(etalab-cs1100507-stock-AAAAMMJJ.csv), telle quelle : sans en-tête, séparée par des points-virgules.",
    holds="Tous les ESAT (catégorie 246) et une partie des EA (247) : numéro FINESS, SIRET souvent, adresse, téléphone, "
    "coordonnées projetées. Aucune activité.",
    at_least=1500,
    read=_read,
)
