"""Catalogue of a batch: opened where it is, or where it was sent, and never another in its place."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from distributed import Worker

from matcher.batch.cluster import SentPack
from matcher.batch.compute import BatchRequest, compute_rows, partitions
from matcher.batch.pack import PackRefused, close_pack, open_pack, write_pack
from matcher.catalogue.steward.learning import learn_trades
from matcher.catalogue.steward.own_reader import follow_reader
from matcher.db import open_database
from matcher.need.fields import read_lot_needs
from matcher.private_files import private_folder
from matcher.reading.trade.chosen_model import choose_model
from matcher.reading.trade.corpus import CorpusSentence, write_corpus
from tests.matcher.batch.conftest import ON, Batch
from tests.matcher.catalogue.steward.small_corpus import GLASS, ship_small_corpus


def test_a_machine_that_does_not_reach_the_files_keeps_what_it_was_sent(batch: Batch, tmp_path: Path) -> None:
    expected, sent = compute_rows(batch.asked, batch.parts[0]), SentPack(batch.pack)
    close_pack(batch.pack.digest)
    with pytest.raises(PackRefused, match="n’a pas reçu le catalogue"):
        compute_rows(batch.asked, batch.parts[0])
    for path in batch.pack.files:
        path.unlink()
    worker = cast(Worker, SimpleNamespace(local_directory=str(tmp_path)))
    sent.setup(worker)
    assert compute_rows(batch.asked, batch.parts[0]) == expected
    sent.teardown(worker)
    with pytest.raises(PackRefused):
        compute_rows(batch.asked, batch.parts[0])
    assert not (tmp_path / sent.name).exists()
    sent.contents[1] = b"autre chose"
    with pytest.raises(PackRefused, match="n’est pas celui du calcul"):
        sent.setup(worker)
    assert not (tmp_path / sent.name).exists()


def test_another_catalogue_and_another_version_are_refused(batch: Batch) -> None:
    with pytest.raises(PackRefused, match="n’est pas celui du calcul"):
        open_pack(replace(batch.pack, digest="autre"))
    with pytest.raises(PackRefused, match="même version d’Entremise"):
        open_pack(replace(batch.pack, code="autre"))


def test_a_batch_reads_with_the_model_of_its_catalogue_in_any_process(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship_small_corpus(monkeypatch)
    shutil.copyfile(built, tmp_path / "catalogue.sqlite")
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    write_corpus([CorpusSentence((GLASS,), "corrige", "remise en ordre du vestiaire")], tmp_path / "besoins.csv")
    (tmp_path / "lots.jsonl").write_text(
        '{"objet": "remise en ordre du vestiaire", "lieu": "Maubeuge"}\n', encoding="utf-8"
    )
    (part,) = partitions(read_lot_needs(tmp_path / "lots.jsonl"), 1)
    folders = [private_folder(tmp_path / name) for name in ("avant", "après")]
    before = write_pack(engine, folders[0])
    learn_trades(engine, tmp_path / "besoins.csv")
    follow_reader(engine.url)
    after = write_pack(engine, folders[1])
    assert before.digest != after.digest
    choose_model(None)  # as in a process that has opened no catalogue
    read = {}
    for pack in (before, after, before):
        open_pack(pack)
        rows = compute_rows(BatchRequest(pack.digest, ON, 5, False, "jsonl"), part).content
        assert read.setdefault(pack.digest, rows) == rows
    assert len(set(read.values())) == 2
    engine.dispose()
