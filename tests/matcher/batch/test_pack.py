"""Catalogue of a batch: opened where it is, or where it was sent, and never another in its place."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from distributed import Worker

from matcher.batch.cluster import SentPack
from matcher.batch.compute import rows_of
from matcher.batch.pack import PackRefused, close_pack, open_pack
from tests.matcher.batch.conftest import Batch


def test_a_machine_that_does_not_reach_the_files_keeps_what_it_was_sent(batch: Batch, tmp_path: Path) -> None:
    expected, sent = rows_of(batch.asked, batch.parts[0]), SentPack(batch.pack)
    close_pack(batch.pack.digest)
    with pytest.raises(PackRefused, match="n’a pas reçu le catalogue"):
        rows_of(batch.asked, batch.parts[0])
    for path in batch.pack.files:
        path.unlink()
    worker = cast(Worker, SimpleNamespace(local_directory=str(tmp_path)))
    sent.setup(worker)
    assert rows_of(batch.asked, batch.parts[0]) == expected
    sent.teardown(worker)
    with pytest.raises(PackRefused):
        rows_of(batch.asked, batch.parts[0])
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
