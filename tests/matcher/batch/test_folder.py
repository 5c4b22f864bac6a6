"""Folder of a batch: what is done and whole is not done again, and another batch is not mixed with it."""

from pathlib import Path

import pytest
from filelock import FileLock
from msgspec import json, structs

from matcher.batch.compute import WHOLE, BatchShare, PartitionRows
from matcher.batch.folder import LOCK, MANIFEST, BatchFolder, FolderRefused, alone_in
from tests.matcher.batch.conftest import Batch

FOUND = PartitionRows(1, b'{"lot_id": "1"}\n')


def test_what_is_not_whole_is_done_again(batch: Batch, tmp_path: Path) -> None:
    output = tmp_path / "rendu"
    begun = batch.folder(output)
    for part in batch.parts[:3]:
        begun.keep(part, FOUND)
    (output / "partition-00002.jsonl").write_bytes(b"tronqu")
    with (output / MANIFEST).open("ab") as manifest:
        manifest.write(b'{"partition":4,"lots":1,"fir')  # as a death leaves it
    again = batch.folder(output)
    assert sorted(again.done) == [1, 3]
    again.keep(batch.parts[3], FOUND)
    assert sorted(batch.folder(output).done) == [1, 3, 4]


def test_a_run_of_another_day_keeps_the_day_it_began(batch: Batch, tmp_path: Path) -> None:
    head = batch.folder(tmp_path / "rendu").head
    assert BatchFolder.of(tmp_path / "rendu", structs.replace(head, on="2027-01-01")).head.on == head.on


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"catalogue": "autre"}, "le catalogue a changé"),
        ({"lots_digest": "autre", "top": 7}, "--top et les lots ont changé"),
        ({"code": "autre", "schema_version": "2"}, "la version d’Entremise a changé"),
    ],
)
def test_another_batch_is_refused(batch: Batch, tmp_path: Path, changed: dict[str, object], said: str) -> None:
    head = batch.folder(tmp_path / "rendu").head
    with pytest.raises(FolderRefused, match=f"{said} depuis. Donnez un autre dossier"):
        BatchFolder.of(tmp_path / "rendu", structs.replace(head, **changed))


def test_shares_part_the_partitions_and_read_what_each_other_did(batch: Batch, tmp_path: Path) -> None:
    output, (one, two) = tmp_path / "rendu", (BatchShare(1, 2), BatchShare(2, 2))
    assert [[part.number for part in batch.parts if share.holds(part.number)] for share in (one, two)] == [
        [1, 3],
        [2, 4],
    ]
    first, second = batch.folder(output, one), batch.folder(output, two)
    first.keep(batch.parts[0], FOUND)
    second.set_aside(batch.parts[1], "le calcul échoue")
    second.keep(batch.parts[3], FOUND)
    assert [sorted(batch.folder(output, share).done) for share in (one, two)] == [[1], [4]]
    assert second.all_done() == 2
    whole = batch.folder(output)  # whoever runs the whole finishes what the shares left
    assert sorted(whole.done) == [1, 4]
    whole.keep(batch.parts[1], FOUND)
    assert sorted(batch.folder(output, two).done) == [2, 4]
    assert sorted(batch.folder(output, BatchShare(3, 3)).done) == []
    (output / "partition-00004.jsonl").unlink()
    assert sorted(batch.folder(output, two).done) == [2]


def test_a_share_of_another_batch_is_refused_and_one_keeps_the_day_of_the_first(batch: Batch, tmp_path: Path) -> None:
    head = batch.folder(tmp_path / "rendu", BatchShare(1, 2)).head
    with pytest.raises(FolderRefused, match="--top a changé depuis"):
        BatchFolder.of(tmp_path / "rendu", structs.replace(head, top=7), BatchShare(2, 2))
    later = BatchFolder.of(tmp_path / "rendu", structs.replace(head, on="2027-01-01"), BatchShare(2, 2))
    assert later.head.on == head.on
    other = batch.folder(tmp_path / "autre", BatchShare(2, 2))
    (tmp_path / "rendu" / MANIFEST).write_bytes(json.encode(structs.replace(other.head, top=7)) + b"\n")
    with pytest.raises(FolderRefused, match="est d’un autre calcul"):
        BatchFolder.of(tmp_path / "rendu", head, BatchShare(1, 2))


def test_a_folder_of_something_else_is_refused(batch: Batch, tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="n’est pas vide"), alone_in(tmp_path):
        pass  # it holds the copy of the catalogue
    assert not (tmp_path / LOCK).exists()
    (tmp_path / MANIFEST).write_bytes(b"rien\n")
    with pytest.raises(FolderRefused, match="n’est pas lisible"):
        batch.folder(tmp_path)


def test_one_run_at_a_time_writes_in_a_folder(tmp_path: Path) -> None:
    output = tmp_path / "rendu"
    with alone_in(output), pytest.raises(FolderRefused, match="Un autre calcul écrit en ce moment"), alone_in(output):
        pass
    with alone_in(output, BatchShare(1, 2)), alone_in(output, BatchShare(2, 2)):  # each share is a run
        pass
    with alone_in(output, BatchShare(1, 2)), pytest.raises(FolderRefused), alone_in(output, BatchShare(1, 2)):
        pass
    (output / f"{LOCK}-1-sur-2").unlink()
    (output / f"{LOCK}-2-sur-2").unlink()
    with alone_in(output):  # as a run that was killed before its manifest left it
        assert [path.name for path in output.iterdir()] == [LOCK]


def test_the_whole_and_a_part_of_another_number_of_them_never_write_together(tmp_path: Path) -> None:
    output, half, quarter = tmp_path / "rendu", BatchShare(1, 2), BatchShare(3, 4)
    for first, second, who in (
        (half, quarter, "la part 1/2"),
        (half, WHOLE, "la part 1/2"),
        (WHOLE, quarter, "le calcul entier"),
    ):
        with alone_in(output, first), pytest.raises(FolderRefused, match=f" : {who}\\."), alone_in(output, second):
            pass
    with alone_in(output):  # the locks of runs that ended are no runs
        pass


def test_a_beginning_that_lasts_is_refused_in_french(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.batch.folder._PATIENCE_S", 0)
    (tmp_path / "rendu").mkdir()
    with FileLock(tmp_path / "rendu" / "_verrou-debut"), pytest.raises(FolderRefused, match="y commence depuis"):
        batch.folder(tmp_path / "rendu")
