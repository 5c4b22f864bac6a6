"""Writes a snapshot of the catalogue (« pack ») to files that the processes of a batch memory-map, and opens it in a process.

It holds the shelf (the suppliers as arrays), the sources of their fields, and the model that reads trades. Imports during a batch do not change it.
A process checks once that its code and the files are the ones expected, by digest.
"""

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
from sqlalchemy import Engine

from matcher.catalogue.store.calibration import follow_team
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources
from matcher.catalogue.store.shelf_cache import builder_digest, load_shelf
from matcher.db import reading
from matcher.domain.age import SupplierSources
from matcher.erasure import FOLDERS
from matcher.mapped import Offsets, Strings, StringsMaker, read_mapped_table, table_digest, write_mapped_table
from matcher.need.answer import EMPTY
from matcher.private_files import private_folder
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.model import current_model, learned_key
from matcher.reference.calibration import WorkFamily
from matcher.rows import chunks

_KEY = "batch"
_SHELF, _SOURCES, _READER = "rayon", "sources", "lecteur"
# Suppliers whose sources stay in memory as objects (LRU cache).
_KEPT = 16_384
# Packages whose code a row depends on, in addition to those that make a shelf.
_ROOMS = ("batch", "need", "render")


class PackRefused(Exception):
    """A snapshot that this process cannot use; the message is French and gives the remedy."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Reference to a snapshot: the `folder` of its files, the `digest` of their content and of the team's calibration (`team`), the digest of the `code`
    that wrote them, and the number of `suppliers`."""

    folder: Path
    digest: str
    code: str
    suppliers: int
    team: tuple[WorkFamily, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the paths of the files: shelf, sources, model."""
        return self.folder / _SHELF, self.folder / _SOURCES, self.folder / _READER


@dataclass(frozen=True, eq=False)
class CatalogueSources:
    """Sources of the suppliers of a shelf, as two parallel columns, `names` (of a field, or a wording) and `sources`: the fields of row i are at
    `starts[2 * i]:starts[2 * i + 1]`, its wordings at `starts[2 * i + 1]:starts[2 * i + 2]`."""

    starts: Offsets
    names: Strings
    sources: Strings

    def of(self, row: int) -> SupplierSources:
        """Return the sources of one supplier."""
        return SupplierSources(self._span(2 * row), self._span(2 * row + 1))

    def _span(self, at: int) -> dict[str, str]:
        span = slice(self.starts[at], self.starts[at + 1])
        return dict(zip(self.names[span], self.sources[span], strict=True))


class OpenPack:
    """A snapshot open in this process."""

    def __init__(self, shelf: Shelf, sources: CatalogueSources, team: tuple[WorkFamily, ...], reader: Path) -> None:
        self.shelf, self.team, self.reader = shelf, team, reader
        self._of_one = lru_cache(maxsize=_KEPT)(
            lambda key: SupplierSources() if (row := shelf.find(key)) is None else sources.of(row)
        )

    def sources_of(self, ids: Collection[str]) -> Mapping[str, SupplierSources]:
        """Return the sources of these suppliers, by id."""
        return {key: self._of_one(key) for key in ids}


_open: dict[str, OpenPack] = {}


@contextmanager
def temporary_pack(engine: Engine) -> Iterator[Pack]:
    """Write the snapshot of the catalogue to a temporary folder for the duration of the block. Raises as `write_pack`.

    The cache's cleaning removes what a killed run leaves."""
    with tempfile.TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder:
        yield write_pack(engine, Path(folder))


def write_pack(engine: Engine, folder: Path) -> Pack:
    """Write the current catalogue to a folder. Raises PackRefused if it has no supplier, DatabaseError and OSError."""
    shelf = load_shelf(engine)
    if not len(shelf):
        raise PackRefused(". ".join(EMPTY))
    with reading(engine) as connection:
        team = follow_team(connection)
    pack = Pack(folder, "", code_digest(), len(shelf), team)
    tables = (shelf, _KEY), (_sources(engine, shelf), _KEY), (current_model(), learned_key())
    for (table, key), path in zip(tables, pack.files, strict=True):
        write_mapped_table(table, path, key)
    return replace(pack, digest=_digest(pack))


def open_pack(pack: Pack) -> None:
    """Open a snapshot in this process. Raises PackRefused if the code or the files are not the ones expected."""
    check_code(pack)
    shelf, sources = (
        read_mapped_table(Shelf, pack.files[0], _KEY),
        read_mapped_table(CatalogueSources, pack.files[1], _KEY),
    )
    if shelf is None or sources is None or _digest(pack) != pack.digest:
        raise PackRefused(
            f"Le catalogue rangé dans « {pack.folder} » n’est pas celui du calcul : relancez la commande."
        )
    _open[pack.digest] = OpenPack(shelf, sources, pack.team, pack.files[2])


def opened_pack(digest: str) -> OpenPack:
    """Return a snapshot open in this process. Raises PackRefused if it is not open."""
    if digest not in _open:
        raise PackRefused("Ce processus n’a pas reçu le catalogue du calcul : relancez la commande.")
    return _open[digest]


def close_pack(digest: str) -> None:
    """Close a snapshot in this process."""
    _open.pop(digest, None)


def check_code(pack: Pack) -> None:
    """Raise PackRefused if this process has another version of the code than the one that wrote the snapshot."""
    if pack.code != code_digest():
        raise PackRefused(
            "Les machines du calcul n’ont pas la même version d’Entremise : installez partout celle de la machine qui le lance."
        )


def code_digest() -> str:
    """Return a digest of the code and of the reference tables that the rows of a batch depend on."""
    return builder_digest(*_ROOMS)


def _digest(pack: Pack) -> str:
    digest = sha256(msgspec.json.encode(pack.team))
    for path in pack.files:
        digest.update(table_digest(path))
    return digest.hexdigest()


def _sources(engine: Engine, shelf: Shelf) -> CatalogueSources:
    """Read the sources of all suppliers, in chunks: there are as many as fields in all records."""
    dated, starts = dated_sources(engine), [0]
    names, sources = StringsMaker(), StringsMaker()
    for ids in chunks(list(shelf.ids)):
        supplier_sources = field_sources(engine, ids, dated)
        for values in (part for key in ids for part in supplier_sources.get(key, SupplierSources())):
            for name, source in values.items():
                names.add(name)
                sources.add(source)
            starts.append(starts[-1] + len(values))
    return CatalogueSources(np.array(starts, dtype=np.int64), names.made(), sources.made())
