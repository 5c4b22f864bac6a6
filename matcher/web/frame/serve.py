"""The HTTP server of `entremise serve`: waitress, bounded connections, graceful shutdown, background threads; and the check that refuses to open the
pages to a network without any account."""

import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from heapq import nlargest
from ipaddress import ip_address
from operator import attrgetter
from threading import Event, Thread
from time import monotonic, sleep, time
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.wasyncore import close_all, dispatcher

from matcher.catalogue.store.shelf_cache import keep_ready
from matcher.settings import HOSTS_VARIABLE, WebSettings
from matcher.web.frame.app_state import EXTENSION, Desk, desk

THREADS = 8
# Open connections: twice the default of waitress, below the 256 open files that macOS allows a process.
CONNECTIONS = 200
DRAIN_S = 30.0  # longest wait for requests under way when the server stops
_ABOUT_TO_ASK_S = 1.0  # time that a new connection has to send its request
_LOOK_S = 0.1  # between two checks
# Name prefixes of the templates compiled at start: else several threads would compile the same one.
FIRST_PAGES = ("_macros", "base", "frame/_", "need/", "catalogue/fiche", "catalogue/_annuaires")
# waitress warns of each queued request, which is normal here.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class ServeRefused(Exception):
    """The pages may not be opened on this address; the message, in French, gives what to do."""


def check_door(host: str, settings: WebSettings, *, accounts: bool) -> None:
    """Raise ServeRefused for a network address or a reverse proxy, while no account exists and no public host name is set (with
    one, a link creates the first account)."""
    if accounts or settings.names or (is_loopback(host) and not settings.proxy):
        return
    where = f"derrière « {settings.proxy} »" if is_loopback(host) else f"sur « {host} »"
    raise ServeRefused(
        f"Aucun compte n’existe : ouvertes {where}, les pages le seraient à tout le réseau. Servez-les sur 127.0.0.1, "
        "ou créez d’abord un compte : « entremise account add NOM --role administrateur », "
        f"ou dites dans {HOSTS_VARIABLE} sous quel nom on les ouvrira : un lien ouvrira le premier compte."
    )


def is_loopback(host: str) -> bool:
    """Return whether a host is a loopback address, which only this computer reaches."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _desk(app: Flask) -> Desk:
    desk: Desk = app.extensions[EXTENSION]
    return desk


class _TimedRequest(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request being received, with the speed of its body."""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self._began = monotonic()

    @property
    def pace(self) -> float:
        """Bytes of its body received a second; 0 before the body."""
        return self.body_bytes_received / max(monotonic() - self._began, _LOOK_S) if self.headers_finished else 0.0


class _TimedChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    parser_class = _TimedRequest

    @property
    def pace(self) -> float:
        """Bytes a second of the body being received, 0 for none."""
        return self.request.pace if self.request is not None else 0.0


class _NeverFullServer(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """waitress's server, which at its connection limit closes the connection idle for the longest, where waitress would refuse new ones for up to two
    minutes. Connections that send a body are spared, the fastest first, up to half of the limit.
    """

    channel_class = _TimedChannel

    def shut(self) -> None:
        """Close the listening socket after accepting the queued connections; later ones are refused at once, and a reverse proxy tries another server."""
        if self.socket is not None:
            known = -1
            while known != len(self.active_channels):
                known = len(self.active_channels)
                self.handle_accept()
            dispatcher.close(self)  # closes only the listening socket

    def is_awaited(self) -> bool:
        """Return whether a request is being answered, or a new connection may still send one."""
        just_now = time() - _ABOUT_TO_ASK_S
        channels = list(self.active_channels.values())
        return any(one.requests or one.total_outbufs_len or one.last_activity > just_now for one in channels)

    def readable(self) -> bool:
        """Return whether to accept connections (waitress calls it at each turn of its loop); at the limit, mark the longest idle one to close."""
        if len(self._map) >= self.adj.connection_limit - 1:  # one below: at the limit waitress logs a warning each time
            idle = [channel for channel in self.active_channels.values() if not channel.requests]
            sending = (channel for channel in idle if channel.pace)
            spared = set(nlargest(CONNECTIONS // 2, sending, key=attrgetter("pace")))
            waiting = (channel for channel in idle if channel not in spared)
            if (longest := min(waiting, key=attrgetter("last_activity"), default=None)) is not None:
                longest.will_close = True
        return bool(super().readable())


class Server:
    """The pages served on one address; `port` is the real port, also where 0 (any free one) was given. Raises OSError where it is not free."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._app = app
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            if os.name == "posix":  # on Windows this option would take the port of another program
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
        except OSError:
            listener.close()
            raise
        proxy = _desk(app).settings.proxy
        # Without a declared proxy, waitress trusts no forwarded header but keeps them: `access.passed_on` looks at them.
        trusted: dict[str, Any] = {"clear_untrusted_proxy_headers": bool(proxy)}
        if proxy:
            forwarded = {"x-forwarded-for", "x-forwarded-proto"}
            trusted |= {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": forwarded}
        self._server = _NeverFullServer(
            app,
            _start=False,
            _sock=listener,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            ident=None,
            **trusted,
        )
        self._running = Event()
        self.host = host
        self.port = int(listener.getsockname()[1])

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def warm(self) -> None:
        """Compile the first templates and load the tables that the first visitors would wait for."""
        for name in self._app.jinja_env.list_templates(filter_func=lambda name: name.startswith(FIRST_PAGES)):
            self._app.jinja_env.get_template(name)
        with self._app.app_context():
            desk().warm()

    def listen(self) -> None:
        """Start accepting connections; until then a reverse proxy sends no request here."""
        if not self._server.accepting:
            self._server.accept_connections()

    def run(self) -> None:
        """Serve requests and run the background threads, until interrupted or closed from another thread."""
        self.listen()
        desk, over = _desk(self._app), Event()
        watches = [
            Thread(target=desk.worker.watch, args=(over,), name="entremise-watch", daemon=True),
            Thread(target=keep_ready, args=(desk.engine, over), name="entremise-catalogue", daemon=True),
            Thread(target=desk.incidents.write_until, args=(over,), name="entremise-incidents", daemon=True),
        ]
        for watch in watches:
            watch.start()
        self._running.set()
        try:
            self._server.run()
        finally:
            self._running.clear()
            self._server.task_dispatcher.shutdown()
            desk.worker.close()
            over.set()  # after the last answer, whose incidents are written too
            for watch in watches:
                watch.join()

    def close(self) -> None:
        """Stop serving: inside the event loop where it runs, since closing its sockets from another thread would break it."""
        if self._running.is_set():
            self._in_loop(lambda: close_all(self._server._map, ignore_all=True))
        else:
            self._server.close()

    def drain(self) -> None:
        """Stop gracefully as another server takes over: accept no new connection, finish the requests under way, then close."""
        if self._running.is_set():
            _desk(self._app).worker.close()
            self._in_loop(self._server.shut)
            until = monotonic() + DRAIN_S
            sleep(_LOOK_S)
            while self._server.is_awaited() and monotonic() < until:
                sleep(_LOOK_S)
        self.close()

    def _in_loop(self, do: Callable[[], None]) -> None:
        """Run `do` in the thread of the event loop, the only one that may touch its sockets; nothing if the loop has ended."""
        trigger_pulled = Event()

        def do_after_trigger() -> None:
            trigger_pulled.wait()  # else `do` could close the trigger while it is still being pulled
            do()

        try:
            with suppress(OSError):  # the loop has ended and closed its trigger
                self._server.trigger.pull_trigger(do_after_trigger)
        finally:
            trigger_pulled.set()
