"""Imports the monthly files of Sirene, the national business register (CSV, ZIP or Parquet): establishments, and their links of succession.

The forty million rows are streamed, and only those of the SIRETs in `Source.wanted` are kept. Columns are recognised by name."""

import io
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

from importers.formats.delimited import split_rows
from importers.formats.parquet import is_parquet, opened_parquet
from importers.importer import Importer, Item, RefusedRow, Remark, Scope, Source, SourceError, SupplierRecord

_MAX_UNPACKED = 40 * 2**30
_SMALL_UNPACKED = 20 * 2**20
_MAX_RATIO = 100
_LONGEST_LINE = 1 << 20
_HIDDEN = "[ND]"  # a value that the enterprise has opted not to publish
_STREET = (
    *("numeroVoieEtablissement", "indiceRepetitionEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement"),
)
_DAY = len("2026-01-01")


class _Layout(NamedTuple):
    """Layout of one of the two files: needed columns, optional ones (`takes`), the column of the SIRET to filter by, the column of the row's date
    (`dated`), and the function that makes a record."""

    needs: tuple[str, ...]
    takes: tuple[str, ...]
    siret: str
    dated: str
    record: Callable[[dict[str, str], int], SupplierRecord]


def _read(source: Source) -> Iterator[Item]:
    if not is_parquet(source.path):
        yield from _read_text(source)
        return
    seen: set[str] = set()
    with opened_parquet(source.path) as file:
        layout = _layout(source.path, file.types)
        latest = file.greatest(layout.dated)[:_DAY]
        outside, rows = file.rows((*layout.needs, *layout.takes), layout.siret, source.wanted)
        yield from _skipped_remark(outside)
        for line, row in rows:
            yield _with_date(_item(layout, row, line, seen), latest)


def _read_text(source: Source) -> Iterator[Item]:
    items: list[Item] = []
    outside, latest = 0, ""
    seen: set[str] = set()
    with _text(source.path) as text:
        layout, rows = _rows(source.path, text)
        for line, row in rows:
            if row is None:
                items.append(RefusedRow(line, "la ligne n’a pas le même nombre de colonnes que l’en-tête."))
                continue
            latest = max(latest, row.get(layout.dated, "")[:_DAY])
            siret = row[layout.siret].strip()
            if source.wanted is not None and siret not in source.wanted:
                outside += 1
                continue
            items.append(_item(layout, row, line, seen))
    yield from _skipped_remark(outside)
    for item in items:
        yield _with_date(item, latest)


def _item(layout: _Layout, row: dict[str, str], line: int, seen: set[str]) -> Item:
    """Return the record of a row, or a refused row if its SIRET is missing or already `seen`."""
    record = layout.record(row, line)
    if not record.siret or record.source_ref in seen:
        return RefusedRow(line, "SIRET absent ou déjà lu dans ce fichier.")
    seen.add(record.source_ref)
    return record


def _skipped_remark(outside: int) -> Iterator[Remark]:
    if outside:
        yield Remark(1, f"Établissements hors du catalogue, non repris : {outside}.")


def _with_date(item: Item, latest: str) -> Item:
    """Return the item with the date of its state: that of the file, which is the date of its latest row."""
    return replace(item, as_of=latest) if isinstance(item, SupplierRecord) and item.state else item


def _establishment(row: dict[str, str], line: int) -> SupplierRecord:
    """Return the record of one establishment. `dateDebut` is the beginning of its current state, so the closing date if it is closed."""
    values = {name: "" if value.strip() == _HIDDEN else value.strip() for name, value in row.items()}
    take = values.get
    state = take("etatAdministratifEtablissement", "")
    insee = take("codeCommuneEtablissement", "")
    x, y = take("coordonneeLambertAbscisseEtablissement", ""), take("coordonneeLambertOrdonneeEtablissement", "")
    if not (x and y) or insee.startswith("97"):  # overseas, the projection is not given
        x = y = ""
    # an establishment closed before 2008 has a code of an older nomenclature
    nomenclature = take("nomenclatureActivitePrincipaleEtablissement", "NAFRev2")
    return SupplierRecord(
        source="sirene",
        source_ref=values["siret"],
        line=line,
        name="",
        siret=values["siret"],
        brand=take("denominationUsuelleEtablissement", "") or take("enseigne1Etablissement", ""),
        naf=take("activitePrincipaleEtablissement", "") if nomenclature == "NAFRev2" else "",
        address=" ".join(filter(None, (values.get(column, "") for column in _STREET))),
        address_extra=values.get("complementAdresseEtablissement", ""),
        post_code=values.get("codePostalEtablissement", ""),
        city=values.get("libelleCommuneEtablissement", ""),
        insee=insee,
        x=x,
        y=y,
        projection="LAMBERT_93" if x else "",
        state=state,
        closed=values.get("dateDebut", "") if state == "F" else "",
        headcount=values.get("trancheEffectifsEtablissement", ""),
    )


def _succession(row: dict[str, str], line: int) -> SupplierRecord:
    before, after = row["siretEtablissementPredecesseur"].strip(), row["siretEtablissementSuccesseur"].strip()
    return SupplierRecord(
        source="sirene",
        source_ref=f"{before}-{after}",
        line=line,
        name="",
        siret=before,
        successor=after,
        as_of=row.get("dateLienSuccession", "")[:_DAY],
    )


_LAYOUTS = (
    _Layout(
        ("siret", "etatAdministratifEtablissement"),
        (
            *(*_STREET, "complementAdresseEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement"),
            *("codeCommuneEtablissement", "coordonneeLambertAbscisseEtablissement"),
            *("coordonneeLambertOrdonneeEtablissement", "denominationUsuelleEtablissement", "enseigne1Etablissement"),
            *("activitePrincipaleEtablissement", "nomenclatureActivitePrincipaleEtablissement"),
            *("trancheEffectifsEtablissement", "dateDebut"),
        ),
        "siret",
        "dateDernierTraitementEtablissement",
        _establishment,
    ),
    _Layout(
        ("siretEtablissementPredecesseur", "siretEtablissementSuccesseur"),
        ("dateLienSuccession",),
        "siretEtablissementPredecesseur",
        "dateDernierTraitementLienSuccession",
        _succession,
    ),
)


def _rows(path: Path, text: IO[str]) -> tuple[_Layout, Iterator[tuple[int, dict[str, str] | None]]]:
    first = _line(path, text)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = split_rows(path, chain([first], iter(lambda: _line(path, text), "")), delimiter)
    names = [name.strip() for name in next(rows, (1, []))[1]]
    layout = _layout(path, names, line=1)
    named = ((line, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else None) for line, cells in rows)
    return layout, named


def _layout(path: Path, columns: Collection[str], line: int | None = None) -> _Layout:
    """Return the layout that has these columns. Raises SourceError if they match neither file."""
    layout = next((layout for layout in _LAYOUTS if set(layout.needs) <= set(columns)), None)
    if layout is None:
        missing = next((name for name in _LAYOUTS[0].needs if name not in columns), _LAYOUTS[0].needs[0])
        raise SourceError(
            path,
            f"il manque la colonne « {missing} ». Il faut le fichier StockEtablissement de Sirene, ou celui des liens de "
            "succession, en CSV, en ZIP ou en Parquet, tel que data.gouv.fr le donne.",
            line=line,
        )
    return layout


def _line(path: Path, text: IO[str]) -> str:
    try:
        line = text.readline(_LONGEST_LINE)
    except (OSError, EOFError, zipfile.BadZipFile, ValueError, RuntimeError) as error:
        raise SourceError(path, "le fichier est abîmé ou coupé ; téléchargez-le à nouveau.") from error
    if len(line) >= _LONGEST_LINE:
        raise SourceError(path, "une ligne y est démesurée : ce n’est pas un fichier de Sirene.")
    return line


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    if path.is_dir():
        raise SourceError(path, "c’est un dossier ; indiquez le fichier à importer.")
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if not magic:
                raise SourceError(path, "le fichier est vide.")
            if magic.startswith(b"PK"):
                with _open_only_csv(path, file) as inner:
                    yield io.TextIOWrapper(inner, "utf-8-sig", errors="replace", newline="")
            else:
                yield io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="")
    except FileNotFoundError:
        raise SourceError(path, f"le fichier est introuvable ({path}).") from None
    except OSError as error:
        raise SourceError(path, f"le fichier ne peut pas être lu ({error}).") from error


@contextmanager
def _open_only_csv(path: Path, file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Open the only CSV of a ZIP. Its declared size is checked first, and zipfile reads no byte beyond it."""
    damaged = SourceError(path, "cette archive ZIP est illisible ou protégée ; téléchargez-la à nouveau.")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise damaged from error
    with archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        absurd = unpacked > _SMALL_UNPACKED and unpacked > _MAX_RATIO * path.stat().st_size
        if absurd or unpacked > _MAX_UNPACKED:
            raise SourceError(
                path, f"cette archive occuperait {unpacked // 2**20} Mio décompressée : elle est refusée par prudence."
            )
        tables = [member for member in members if member.filename.lower().endswith(".csv")]
        if len(tables) != 1:
            raise SourceError(path, f"cette archive contient {len(tables)} fichiers CSV ; il en faut un seul.")
        try:
            inner = archive.open(tables[0])
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError) as error:
            raise damaged from error
        with inner:
            yield inner


IMPORTER = Importer(
    key="sirene",
    title="Sirene, stock des établissements et liens de succession",
    publisher="INSEE",
    url="https://www.data.gouv.fr/datasets/5b7ffc618b4c4169d30727e0",
    licence="Licence Ouverte 2.0",
    obtain="Sur data.gouv.fr, « Base Sirene des entreprises et de leurs établissements » : StockEtablissement et "
    "StockEtablissementLiensSuccession, en ZIP ou en Parquet, tels quels ; puis « entremise catalogue enrich --from sirene FICHIER ».",
    holds="Par SIRET : ouvert ou fermé et depuis quand, code NAF, tranche d’effectif, adresse ; par l’autre fichier, le SIRET "
    "qui continue. Complète les fournisseurs connus, n’en crée aucun.",
    at_least=0,
    read=_read,
    scope=Scope.ESTABLISHMENT,
)
