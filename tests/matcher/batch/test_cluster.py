"""A batch on a Dask cluster of two workers, one of which is killed: the same rows, and clear words where it cannot be."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import dask
import pytest
from distributed import Client, LocalCluster

from matcher.batch.cluster import cluster_workers
from matcher.batch.compute import compute_rows
from matcher.batch.pack import PackRefused
from matcher.batch.run import WorkersLost, run_batch
from tests.matcher.batch.conftest import Batch, rows
from tests.matcher.batch.struck import struck_once


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of two workers, where what kills two is set aside."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as its,
    ):
        yield its.scheduler_address


def test_a_worker_that_is_killed_changes_no_row(cluster: str, batch: Batch, tmp_path: Path) -> None:
    output, workers = tmp_path / "rendu", partial(cluster_workers, batch.pack, cluster)
    report = run_batch(batch.folder(output), batch.parts, workers, work=partial(struck_once, tmp_path / "marque"))
    assert [one.part.number for one in report.set_aside] == [3, 4]
    again = run_batch(batch.folder(output), batch.parts, workers)
    assert (again.done, again.already, again.set_aside) == (2, 2, ())
    assert rows(output) == b"".join(compute_rows(batch.asked, part).content for part in batch.parts)


def test_another_version_and_a_silent_address_are_refused(cluster: str, batch: Batch) -> None:
    with pytest.raises(PackRefused, match="même version"), cluster_workers(replace(batch.pack, code="autre"), cluster):
        pass
    with Client(cluster, set_as_default=False) as client:
        left = client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.worker_plugins))
    assert not [name for name in left if name.startswith("entremise-")]
    with pytest.raises(WorkersLost, match="ne répond pas"), cluster_workers(batch.pack, "tcp://127.0.0.1:9", 0.5):
        pass
