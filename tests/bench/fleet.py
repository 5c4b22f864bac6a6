"""Several servers of the pages on one catalogue, behind a real nginx, on loopback: each may be killed, or started again, under load."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import click
import requests

from matcher.settings import SIGNING_VARIABLE
from tests.bench.own_postgresql import free_port
from tests.waiting import LONGEST_S

_SERVE = "from matcher.cli import main; main()"
_LOOK_S, _ASKED_S = 0.1, 20.0
# How deploy/nginx.conf deals and waits, and no more: behind its forwarded headers pages ask for an account, which no visitor of a bench has.
_NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/errors.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    large_client_header_buffers 4 32k;
    upstream entremise {{
        least_conn;
{servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://entremise;
            proxy_set_header Host 127.0.0.1;
            proxy_read_timeout 120s;
            proxy_connect_timeout 5s;
        }}
    }}
}}
"""


class Fleet:
    """Servers, each on its port, and the address that stands before them."""

    def __init__(self, url: str, count: int, front: int) -> None:
        self.site = f"http://127.0.0.1:{front}"
        self.ports = [free_port() for _ in range(count)]
        self._url = url
        self._secret = secrets.token_urlsafe(48)
        self.servers = [self._started(port) for port in self.ports]

    def await_all(self) -> None:
        """Wait until every server answers. Raises ClickException where one ended, or never comes."""
        for port, server in zip(self.ports, self.servers, strict=True):
            await_site(f"http://127.0.0.1:{port}", server)

    def kill(self, at: int) -> None:
        """Kill a server without a word, and start another in its place."""
        self._replace(at, signal.SIGKILL)

    def renew(self, at: int) -> None:
        """Ask a server to stop, and start another in its place, as a new version does; return once it answers."""
        self._replace(at, signal.SIGTERM)
        await_site(f"http://127.0.0.1:{self.ports[at]}", self.servers[at])

    def close(self) -> None:
        """Stop them all."""
        for server in self.servers:
            server.kill()
            server.wait()

    def processor_s(self) -> float:
        """Return the processor time that the servers that run have used, in seconds."""
        return sum(processor_s(server.pid) for server in self.servers)

    def _replace(self, at: int, word: signal.Signals) -> None:
        self.servers[at].send_signal(word)
        self.servers[at].wait(LONGEST_S)
        self.servers[at] = self._started(self.ports[at])

    def _started(self, port: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _SERVE, "serve", "--db", self._url, "--port", str(port)]
        environment = os.environ | {SIGNING_VARIABLE: self._secret}
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)


@contextmanager
def fleet(url: str, count: int) -> Iterator[Fleet]:
    """So many servers that answer, behind nginx. Raises ClickException where nginx is not installed."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        raise click.ClickException("Il faut nginx sur cette machine : apt-get install nginx-light.")
    with tempfile.TemporaryDirectory(prefix="entremise-nginx-") as folder:
        front = free_port()
        its = Fleet(url, count, front)
        servers = "\n".join(f"        server 127.0.0.1:{port} max_fails=0;" for port in its.ports)
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(_NGINX.format(folder=folder, servers=servers, port=front), encoding="utf-8")
        before = subprocess.Popen([nginx, "-c", str(configuration), "-p", folder, "-e", f"{folder}/errors.log"])
        try:
            its.await_all()
            await_site(its.site, before)
            yield its
        finally:
            its.close()
            before.terminate()
            before.wait()


def processor_s(pid: int) -> float:
    """Return the processor time that a running process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def await_site(site: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the pages answer. Raises ClickException where their server ended, or they never come."""
    limit = monotonic() + LONGEST_S
    while not _answers(site):
        if server.poll() is not None or monotonic() > limit:
            raise click.ClickException("Le serveur n’a pas démarré.")
        sleep(_LOOK_S)


def _answers(site: str) -> bool:
    try:
        return requests.get(site, timeout=_ASKED_S).ok
    except requests.RequestException:
        return False
