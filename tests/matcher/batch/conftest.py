"""A batch over the sample catalogue: its lots, its catalogue laid out, and what `match` answers of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from matcher.batch.compute import WHOLE, BatchRequest, BatchShare, Partition, partitions
from matcher.batch.folder import BatchFolder
from matcher.batch.pack import Pack, open_pack, write_pack
from matcher.batch.run import manifest_head
from matcher.db import open_database
from matcher.need.fields import read_lot_needs
from matcher.paths import shipped_path

SIZE, ON = 1, date(2026, 11, 28)
LOTS = shipped_path("data/samples/lots.jsonl")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that is ready to be computed."""

    pack: Pack
    parts: list[Partition]
    asked: BatchRequest

    def folder(self, path: Path, share: BatchShare = WHOLE) -> BatchFolder:
        path.mkdir(exist_ok=True)
        return BatchFolder.of(path, manifest_head(self.pack, self.parts, SIZE, self.asked), share)


@pytest.fixture
def batch(built: Path, tmp_path: Path) -> Batch:
    """The lots of the sample, one a partition, over its catalogue, open in this process too."""
    engine = open_database(f"sqlite:///{built.as_posix()}")
    (tmp_path / "copie").mkdir()
    pack = write_pack(engine, tmp_path / "copie")
    engine.dispose()
    open_pack(pack)
    return Batch(pack, list(partitions(read_lot_needs(LOTS), SIZE)), BatchRequest(pack.digest, ON, 5, False, "jsonl"))


def rows(folder: Path) -> bytes:
    """All rows of a folder, in order."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("partition-*")))
