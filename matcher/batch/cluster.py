"""Runs the partitions of a batch on a Dask cluster: sends the catalogue to each worker (a worker plugin) and gives the executor.

A worker that can read the catalogue's files where they were written (same machine, shared folder) memory-maps them there; others write what they were sent
to their own folder, and map that. Imported only if a cluster is requested: it needs the extra `cluster`.
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

# Seconds to wait for the scheduler's answer, and for a first worker.
PATIENCE_S = 30


class SentPack(WorkerPlugin):
    """Dask plugin that brings the catalogue of a batch to each worker."""

    def __init__(self, pack: Pack) -> None:
        self.name = f"entremise-{pack.digest}"
        self.pack = pack
        self.contents = [path.read_bytes() for path in pack.files]

    def setup(self, worker: Worker) -> None:
        """Open the catalogue in a worker. Raises PackRefused if the worker has another version of the code."""
        check_code(self.pack)
        try:
            open_pack(self.pack)
        except PackRefused:
            own = replace(self.pack, folder=self._folder_in(worker))
            with ExitStack() as undone:
                undone.callback(self.teardown, worker)
                own.folder.mkdir(exist_ok=True)
                for path, content in zip(own.files, self.contents, strict=True):
                    path.write_bytes(content)
                open_pack(own)
                undone.pop_all()

    def teardown(self, worker: Worker) -> None:
        """Close the catalogue and delete its copy, if any: a worker lives longer than a batch."""
        close_pack(self.pack.digest)
        shutil.rmtree(self._folder_in(worker), ignore_errors=True)

    def _folder_in(self, worker: Worker) -> Path:
        return Path(worker.local_directory) / self.name


@contextmanager
def cluster_workers(pack: Pack, address: str, patience: float = PATIENCE_S) -> Iterator[Workers]:
    """Send the catalogue to the workers of a cluster and give them, one slot for each of their threads. Each partition is submitted once: the scheduler
    itself retries failures. Raises WorkersLost if it does not answer or has no worker, and PackRefused if a worker has another version of the code."""
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
        try:  # a plugin that a worker refuses is registered all the same
            client.register_plugin(sent)
            executor = client.get_executor(pure=False, retries=TRIES - 1)
            yield Workers([executor] * sum(client.nthreads().values()), 1, KilledWorker)
        finally:
            client.unregister_worker_plugin(sent.name)
