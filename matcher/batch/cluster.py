"""Workers of a Dask cluster that compute partitions: each is sent the catalogue once, and again where it starts anew.

A worker that reaches the files of the catalogue where they were written (same machine, shared folder) maps them there; any other keeps what it
was sent in its own folder, and maps that. This module is imported where a cluster is asked for: it needs the extra `cluster`.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from distributed import Client, Worker, WorkerPlugin
from distributed.scheduler import KilledWorker

from matcher.batch.local import TRIES
from matcher.batch.pack import Pack, PackRefused, check_code, close_pack, open_pack
from matcher.batch.run import Workers, WorkersLost

# Seconds that a cluster has to answer, and to show a worker.
PATIENCE_S = 30


class SentPack(WorkerPlugin):
    """Catalogue of a batch, on its way to each worker."""

    def __init__(self, pack: Pack) -> None:
        self.name = f"entremise-{pack.digest}"
        self.pack = pack
        self.contents = [path.read_bytes() for path in pack.files]

    def setup(self, worker: Worker) -> None:
        """Open the catalogue in a worker. Raises PackRefused where its code is another."""
        check_code(self.pack)
        try:
            open_pack(self.pack)
        except PackRefused:
            own = replace(self.pack, folder=self._kept_in(worker))
            with ExitStack() as undone:
                undone.callback(self.teardown, worker)
                own.folder.mkdir(exist_ok=True)
                for path, content in zip(own.files, self.contents, strict=True):
                    path.write_bytes(content)
                open_pack(own)
                undone.pop_all()

    def teardown(self, worker: Worker) -> None:
        """Forget the catalogue, and delete what was kept of it: a worker outlives many batches."""
        close_pack(self.pack.digest)
        shutil.rmtree(self._kept_in(worker), ignore_errors=True)  # most have kept nothing

    def _kept_in(self, worker: Worker) -> Path:
        return Path(worker.local_directory) / self.name


@contextmanager
def cluster_workers(pack: Pack, address: str, patience: float = PATIENCE_S) -> Iterator[Workers]:
    """Give the workers of a cluster that have the catalogue, a place for each of their threads.

    The scheduler itself tries again what fails or dies: a partition is asked of it once. Raises WorkersLost where it does not answer or has no worker, and PackRefused where one has another version of the code.
    """
    try:
        client = Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkersLost(
            f"Le cluster « {address} » ne répond pas : vérifiez l’adresse qu’annonce « dask scheduler »."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError as error:
            raise WorkersLost(
                f"Le cluster « {address} » n’a pas d’ouvrier : lancez « dask worker {address} »."
            ) from error
        sent = SentPack(pack)
        try:  # one that a worker refuses is registered all the same
            client.register_plugin(sent)
            executor = client.get_executor(pure=False, retries=TRIES - 1)
            yield Workers([executor] * sum(client.nthreads().values()), 1, KilledWorker)
        finally:
            client.unregister_worker_plugin(sent.name)
