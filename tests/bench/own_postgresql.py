"""A PostgreSQL of one's own, to be struck: loopback, a free port, a temporary folder, stopped and removed at the end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

# What is committed outlives a process that is killed; only a power cut would take it away, and none is played here.
_NO_DISK = "-c fsync=off -c full_page_writes=off"
_MOST_CONNECTIONS = 100
_ACCOUNT = "postgres"


class OwnPostgresql:
    """A server that runs, and may be stopped at once or started again."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self.port = free_port()
        data = folder / "data"
        self._run("initdb", "-D", data, "-U", "entremise", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")

    @property
    def url(self) -> str:
        """The address of its database, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://entremise@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        listens = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        options = f"{listens} -c max_connections={_MOST_CONNECTIONS} {_NO_DISK}"
        self._control("-w", "-l", self._folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, as a crash does: every connection is cut, and what was not committed is undone at the next start."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str | Path) -> None:
        self._run("pg_ctl", "-D", self._folder / "data", *arguments)

    def _run(self, program: str, *arguments: str | Path) -> None:
        """Run a program of PostgreSQL, under its own account where this one is root's, which it refuses."""
        other = ["runuser", "-u", _ACCOUNT, "--"] if os.getuid() == 0 else []
        command = [*other, str(self._programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    """A new server that runs. Raises ClickException where the programs of PostgreSQL are not installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        raise click.ClickException("Il faut PostgreSQL sur cette machine : apt-get install postgresql.")
    folder = Path(tempfile.mkdtemp(prefix="entremise-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, _ACCOUNT)
    server = OwnPostgresql(programs[-1].parent, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def free_port() -> int:
    """Return a port of this computer that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
