"""Writes the output folder of a batch: one file for each partition, the schema of the rows, and a manifest of finished partitions for resuming.

The manifest is JSON lines: the parameters, then a line for each partition as it ends. A partition is done if the digest in its last line is its
file's; others are computed again. A lock file allows one run at a time. If several machines share a batch, each share has its own manifest and
lock, and reads the manifests of the others.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import msgspec
from filelock import FileLock, Timeout

from matcher.batch.compute import WHOLE, BatchShare, Partition, PartitionRows
from matcher.batch.row_format import schema
from matcher.domain.french import enumeration
from matcher.private_files import open_private, private_folder, write_private
from matcher.render.described_file import json_text
from matcher.typed_values import decode_json

# With an underscore: readers of partitioned folders (DuckDB, Spark) skip such files.
MANIFEST, SCHEMA, LOCK = "_manifest.jsonl", "_schema.json", "_verrou"
_MANIFESTS, _BEGINNING, _PATIENCE_S = "_manifest*.jsonl", "_verrou-debut", 60
_CURE = "Donnez un autre dossier, ou videz celui-ci pour tout recommencer."
# French names of the parameters, for the message that the folder holds a batch begun with others.
_PARAMETERS = {
    "schema_version": "la version d’Entremise",
    "code": "la version d’Entremise",
    "catalogue": "le catalogue",
    "top": "--top",
    "incumbents_first": "--titulaires",
    "form": "--format",
    "partition_lots": "--partition",
    "lots_digest": "les lots",
}


class FolderRefused(Exception):
    """A folder that a batch cannot write in; the message is French and gives what to do."""


@contextmanager
def alone_in(path: Path, share: BatchShare = WHOLE) -> Iterator[None]:
    """Create or check a batch's folder, and hold the lock of a share while the block lasts: no other run may write this share, nor a share of another
    number of shares. Raises FolderRefused and OSError."""
    names = [entry.name for entry in path.iterdir()] if path.is_dir() else []
    if names and not any(name == MANIFEST or name.startswith(LOCK) for name in names):
        raise FolderRefused(
            f"« {path} » n’est pas vide, et aucun calcul n’y a été commencé. Donnez un dossier vide ou nouveau."
        )
    private_folder(path)
    with ExitStack() as stack:
        stack.enter_context(_locked(path, f"{LOCK}{share.mark}"))
        for name in sorted(entry.name for entry in path.glob(f"{LOCK}*")):
            of = name.rpartition("-sur-")[2]
            if name != _BEGINNING and (int(of) if of.isdigit() else 1) != share.of:
                with _locked(path, name):  # a run of another split (2 shares, 8 shares…) would write the same files
                    pass
        yield


@contextmanager
def _locked(path: Path, name: str) -> Iterator[None]:
    try:
        lock = FileLock(path / name, mode=0o600).acquire(timeout=0)
    except Timeout as error:
        other_share = name.removeprefix(f"{LOCK}-").replace("-sur-", "/") if name != LOCK else ""
        raise FolderRefused(
            f"Un autre calcul écrit en ce moment dans « {path} » : {f'la part {other_share}' if other_share else 'le calcul entier'}. "
            "Attendez qu’il finisse, ou donnez un autre dossier."
        ) from error
    with lock:
        yield


class BatchHead(msgspec.Struct, frozen=True, kw_only=True):
    """First line of a manifest: all parameters that the rows depend on, and the numbers of lots and partitions. `on` is the day of the first run, and
    resumed runs keep it."""

    schema_version: str
    entremise: str
    code: str
    catalogue: str
    suppliers: int
    on: str
    top: int
    incumbents_first: bool
    form: str
    partition_lots: int
    lots: int
    lots_digest: str
    partitions: int


class PartitionLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Line of a manifest for one partition: its file, its number of rows and digest, or why it failed (`set_aside`), in French."""

    partition: int
    lots: int
    first: str
    last: str
    file: str = ""
    rows: int = 0
    sha256: str = ""
    set_aside: str = ""


@dataclass(frozen=True, slots=True)
class BatchFolder:
    """Folder of a batch; `done` are the finished partitions of a `share`, by number."""

    path: Path
    head: BatchHead
    done: dict[int, PartitionLine]
    share: BatchShare = WHOLE

    @classmethod
    def of(cls, path: Path, head_wanted: BatchHead, share: BatchShare = WHOLE) -> Self:
        """Open an existing folder for a share of a batch, new or resumed. Raises FolderRefused if it holds another batch, and OSError."""
        try:  # of machines that start together, one writes the first manifest, with the day
            with FileLock(path / _BEGINNING, timeout=_PATIENCE_S, mode=0o600):
                if not (path / MANIFEST).exists():
                    write_private(path / MANIFEST, _line(head_wanted))
        except Timeout as error:
            raise FolderRefused(
                f"« {path} » : un autre calcul y commence depuis plus de {_PATIENCE_S} s. Voyez s’il tourne encore, puis recommencez."
            ) from error
        head, lines = _read(path)
        differs = dict.fromkeys(
            words for name, words in _PARAMETERS.items() if getattr(head, name) != getattr(head_wanted, name)
        )
        if differs:
            raise FolderRefused(
                f"« {path} » contient un calcul commencé autrement : {enumeration(list(differs))} "
                f"{'a' if len(differs) == 1 else 'ont'} changé depuis. {_CURE}"
            )
        done = {}
        for number, line in sorted(lines.items()):
            if line.sha256 and share.holds(number):
                with suppress(OSError):  # it is computed again, and a failing disk then raises
                    if sha256((path / line.file).read_bytes()).hexdigest() == line.sha256:
                        done[line.partition] = line
        write_private(path / SCHEMA, json_text(schema(head.form)).encode())
        folder = cls(path, head, done, share)
        # Rewritten whole: a killed run may have left half a line at the end.
        write_private(folder._manifest, b"".join((_line(head), *map(_line, done.values()))))
        return folder

    @property
    def _manifest(self) -> Path:
        return self.path / MANIFEST.replace(".", f"{self.share.mark}.")

    def all_done(self) -> int:
        """Return the number of partitions done so far by all shares. Raises FolderRefused and OSError."""
        return sum(bool(line.sha256) for line in _read(self.path)[1].values())

    def keep(self, part: Partition, rows: PartitionRows) -> None:
        """Write the rows of a partition atomically, then its line in the manifest. Raises OSError."""
        name = f"partition-{part.number:05}.{self.head.form}"
        write_private(self.path / name, rows.content)
        self._add_line(part, file=name, rows=rows.rows, sha256=sha256(rows.content).hexdigest())

    def set_aside(self, part: Partition, why: str) -> None:
        """Write in the manifest why a partition failed, in French; the next run tries it again. Raises OSError."""
        self._add_line(part, set_aside=why)

    def _add_line(self, part: Partition, **outcome: Any) -> None:
        line = PartitionLine(partition=part.number, lots=part.lots, first=part.first, last=part.last, **outcome)
        with open_private(self._manifest, "ab") as file:
            file.write(_line(line))
        self.done[part.number] = line


def _read(path: Path) -> tuple[BatchHead, dict[int, PartitionLine]]:
    """Return the content of all manifests of a folder, without an unfinished last line; of two lines on a partition, the one where it is done."""
    head, lines = _manifest(path / MANIFEST)
    for manifest in sorted(path.glob(_MANIFESTS)):
        batch_head, partition_lines = _manifest(manifest)
        if batch_head != head:
            raise FolderRefused(f"« {manifest} » est d’un autre calcul que « {MANIFEST} ». {_CURE}")
        lines |= {number: line for number, line in partition_lines.items() if line.sha256 or number not in lines}
    return head, lines


def _manifest(manifest: Path) -> tuple[BatchHead, dict[int, PartitionLine]]:
    first, *others = manifest.read_bytes().split(b"\n")[:-1] or [b""]
    try:
        head = decode_json(first, BatchHead)
        lines = [decode_json(line, PartitionLine) for line in others]
    except msgspec.MsgspecError as error:
        raise FolderRefused(f"« {manifest} » n’est pas lisible ({error}). {_CURE}") from error
    return head, {line.partition: line for line in lines}


def _line(content: BatchHead | PartitionLine) -> bytes:
    return msgspec.json.encode(content) + b"\n"
