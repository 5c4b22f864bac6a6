"""FINESS, the directory of health and social establishments: its ESAT (category 246) and EA (247)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from importers.emit import Row, emit
from importers.formats import File, load, read_lines
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
_WRONG_FILE = (
    "ce n’est pas un extrait FINESS des établissements : ses lignes commencent par « structureet; » et la première est "
    "« finess;etalab;… ». Il faut la ressource « etalab-cs1100507 » (géolocalisée) ou « etalab-cs1100502 »."
)

_Lines = Iterator[tuple[int, list[str]]]


def _read(source: Source) -> Iterator[Item]:
    file = load(source.path)
    lines, remarks = read_lines(file, delimiter=";")
    yield from remarks
    lines, as_of = _edition(file, lines)
    rows: list[Row | RefusedRow] = []
    places: dict[str, list[str]] = {}
    sirens: dict[str, set[str]] = {}
    others: Counter[str] = Counter()
    for line, cells in lines:
        if cells[0] == "geolocalisation" and len(cells) >= _PLACE_WIDTH:
            places[cells[1]] = cells[2:5]
        elif cells[0] != "structureet":
            rows.append(RefusedRow(line, f"section « {cells[0][:40]} » inconnue dans un extrait FINESS."))
        elif len(cells) not in _WIDTHS:
            rows.append(RefusedRow(line, f"{len(cells)} colonnes au lieu de 31 ou 32."))
        elif cells[_CATEGORY] not in _KINDS:
            others[cells[_CATEGORY]] += 1
        else:
            rows.append(Row(dict(zip(_COLUMNS, cells, strict=False)), line))
            if len(cells[_SIRET]) == _SIRET_WIDTH:
                sirens.setdefault(cells[_ENTITY], set()).add(cells[_SIRET][:_SIREN_WIDTH])
    if others:
        yield Remark(
            1, f"Établissements d’autres catégories que 246 (ESAT) et 247 (EA), non repris : {others.total()}."
        )
    sole = {entity: its.pop() for entity, its in sirens.items() if len(its) == 1}
    yield from emit(rows, lambda row: _record(row, places.get(row.take("nofinesset"), ["", "", ""]), sole, as_of))


def _edition(file: File, lines: _Lines) -> tuple[_Lines, str]:
    """Return the lines of data and the date of the extract, which the first line gives."""
    line, cells = next(lines, (1, [""]))
    if cells[:2] == ["finess", "etalab"]:
        return lines, cells[3].strip() if len(cells) > 3 else ""
    if cells[0] != "structureet":
        raise SourceError(file.path, _WRONG_FILE, line=line)
    return chain([(line, cells)], lines), ""


def _record(row: Row, place: list[str], sole: Mapping[str, str], as_of: str) -> SupplierRecord:
    """The record of a row; where it gives no SIRET, its SIREN is that of the others of its legal entity, if they agree."""
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
        siren="" if siret else sole.get(entity, ""),
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
