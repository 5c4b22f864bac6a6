"""A batch in two processes of this machine, struck: what dies is done again, what ends all that try it is set aside and said."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from matcher.batch.compute import compute_rows
from matcher.batch.folder import MANIFEST
from matcher.batch.local import local_workers
from matcher.batch.pack import PackRefused
from matcher.batch.run import run_batch
from tests.matcher.batch.conftest import Batch, rows
from tests.matcher.batch.struck import struck_once


def test_what_dies_is_done_again_and_what_kills_is_set_aside_then_taken_up(batch: Batch, tmp_path: Path) -> None:
    output, two = tmp_path / "rendu", partial(local_workers, batch.pack, 2)
    report = run_batch(batch.folder(output), batch.parts, two, work=partial(struck_once, tmp_path / "marque"))
    assert [one.part.number for one in report.set_aside] == [3, 4]
    assert "le processus qui la calcule meurt" in report.set_aside[0].why
    assert "une lecture sans fin" in report.set_aside[1].why
    assert str(report.set_aside[0].part) == "partition 3, lot archives"
    assert (output / MANIFEST).read_text(encoding="utf-8").count("set_aside") == 2
    again = run_batch(batch.folder(output), batch.parts, two)
    assert (again.done, again.already, again.set_aside) == (2, 2, ())
    assert rows(output) == b"".join(compute_rows(batch.asked, part).content for part in batch.parts)
    assert again.rows == rows(output).count(b"\n")


def test_a_catalogue_that_cannot_be_opened_ends_the_batch_and_is_no_death(batch: Batch, tmp_path: Path) -> None:
    workers = partial(local_workers, replace(batch.pack, digest="autre"), 1)
    with pytest.raises(PackRefused, match="n’est pas celui du calcul"):
        run_batch(batch.folder(tmp_path / "rendu"), batch.parts, workers)
