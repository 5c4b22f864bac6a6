"""Serving the pages: which addresses they may be opened on, and the server that does it on every system, stopped without dropping anyone."""

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
# Open at once: twice what waitress takes by itself, under the 256 files that macOS lets a process have.
CONNECTIONS = 200
# How long a server that must stop goes on answering those who have asked, and how long one who has just come in has to ask.
DRAIN_S = 30.0
_ABOUT_TO_ASK_S = 1.0
_LOOK_S = 0.1
# The templates of the pages that everybody opens first: each is compiled once, or by as many threads as ask for it together.
FIRST_PAGES = ("_macros", "base", "frame/_", "need/", "catalogue/fiche", "catalogue/_annuaires")
# A request that waits its turn is no news: under twenty people there are some at every moment.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class ServeRefused(Exception):
    """An address the pages may not be opened on; the message, in French, gives what to do."""


def check_door(host: str, settings: WebSettings, *, accounts: bool) -> None:
    """Raise ServeRefused where others would reach the pages, on an address of the network or behind a server, with nobody to sign in
    and no name to send them the link that opens the first account."""
    if accounts or settings.names or (is_loopback(host) and not settings.proxy):
        return
    where = f"derrière « {settings.proxy} »" if is_loopback(host) else f"sur « {host} »"
    raise ServeRefused(
        f"Aucun compte n’existe : ouvertes {where}, les pages le seraient à tout le réseau. Servez-les sur 127.0.0.1, "
        "ou créez d’abord un compte : « entremise account add NOM --role administrateur », "
        f"ou dites dans {HOSTS_VARIABLE} sous quel nom on les ouvrira : un lien ouvrira le premier compte."
    )


def is_loopback(host: str) -> bool:
    """Return whether an address is this computer's own, closed to the network."""
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
    """A request that comes in, and the pace of its body."""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self._began = monotonic()

    @property
    def pace(self) -> float:
        """Bytes of its body a second; 0 until its first."""
        return self.body_bytes_received / max(monotonic() - self._began, _LOOK_S) if self.headers_finished else 0.0


class _TimedChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    parser_class = _TimedRequest

    @property
    def pace(self) -> float:
        """The pace of the body that is under way, 0 where there is none."""
        return self.request.pace if self.request is not None else 0.0


class _NeverFullServer(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """waitress's server, where the connection that has asked nothing for the longest closes when a new one could not come in; bodies that
    come in are spared, the quickest first, up to half of the connections.

    waitress itself lets nobody in until one has been idle for two minutes.
    """

    channel_class = _TimedChannel

    def shut(self) -> None:
        """Let nobody new in, but for those who have knocked already; what comes later is refused at once, and a server before goes to another."""
        if self.socket is not None:
            known = -1
            while known != len(self.active_channels):
                known = len(self.active_channels)
                self.handle_accept()
            dispatcher.close(self)  # the socket that listens, and nothing else

    def is_awaited(self) -> bool:
        """Return whether somebody is being answered, or has just come in and is about to ask."""
        just_now = time() - _ABOUT_TO_ASK_S
        channels = list(self.active_channels.values())
        return any(one.requests or one.total_outbufs_len or one.last_activity > just_now for one in channels)

    def readable(self) -> bool:
        """Return whether a new connection may come in, as waitress asks at each turn of its loop."""
        if len(self._map) >= self.adj.connection_limit - 1:  # at the limit itself, waitress writes in its log each time
            idle = [channel for channel in self.active_channels.values() if not channel.requests]
            sending = (channel for channel in idle if channel.pace)
            spared = set(nlargest(CONNECTIONS // 2, sending, key=attrgetter("pace")))
            waiting = (channel for channel in idle if channel not in spared)
            if (longest := min(waiting, key=attrgetter("last_activity"), default=None)) is not None:
                longest.will_close = True
        return bool(super().readable())


class Server:
    """The pages on one address; `port` is the one taken, of use where 0 was asked (any free one). Raises OSError where it is not free."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._app = app
        bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            if os.name == "posix":  # elsewhere it would take a port that another program has
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, port))
        except OSError:
            bound.close()
            raise
        proxy = _desk(app).settings.proxy
        # Without a server before it waitress believes no forwarded header, and leaves them to be seen.
        trusted: dict[str, Any] = {"clear_untrusted_proxy_headers": bool(proxy)}
        if proxy:
            forwarded = {"x-forwarded-for", "x-forwarded-proto"}
            trusted |= {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": forwarded}
        self._server = _NeverFullServer(
            app,
            _start=False,
            _sock=bound,
            sockinfo=(bound.family, bound.type, bound.proto, bound.getsockname()),
            bind_socket=False,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            ident=None,
            **trusted,
        )
        self._running = Event()
        self.host = host
        self.port = int(bound.getsockname()[1])

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def warm(self) -> None:
        """Have at hand what the first visitors would otherwise wait for, all at once."""
        for name in self._app.jinja_env.list_templates(filter_func=lambda name: name.startswith(FIRST_PAGES)):
            self._app.jinja_env.get_template(name)
        with self._app.app_context():
            desk().warm()

    def listen(self) -> None:
        """Let visitors in: a server before the pages sends nobody to one that is not ready."""
        if not self._server.accepting:
            self._server.accept_connections()

    def run(self) -> None:
        """Serve, and do the works that pages ask for, until interrupted, or closed from another thread."""
        self.listen()
        desk, over = _desk(self._app), Event()
        watches = [
            Thread(target=desk.worker.watch, args=(over,), name="entremise-watch", daemon=True),
            Thread(target=keep_ready, args=(desk.engine, over), name="entremise-catalogue", daemon=True),
            Thread(target=desk.incidents.watch, args=(over,), name="entremise-incidents", daemon=True),
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
            over.set()  # once nobody is answered any more: an incident of the last answer is written too
            for watch in watches:
                watch.join()

    def close(self) -> None:
        """Stop serving: by the loop itself where it runs, since a socket closed under it would break it."""
        if self._running.is_set():
            self._in_loop(lambda: close_all(self._server._map, ignore_all=True))
        else:
            self._server.close()

    def drain(self) -> None:
        """Stop serving as another server takes over: let nobody new in, answer those who have asked, then close."""
        if self._running.is_set():
            _desk(self._app).worker.close()
            self._in_loop(self._server.shut)
            until = monotonic() + DRAIN_S
            sleep(_LOOK_S)
            while self._server.is_awaited() and monotonic() < until:
                sleep(_LOOK_S)
        self.close()

    def _in_loop(self, do: Callable[[], None]) -> None:
        """Have the loop do something, which it alone may do to its sockets; nothing where it has ended meanwhile."""
        pulled = Event()

        def do_once_pulled() -> None:
            pulled.wait()  # a loop already awake would close the trigger under the hand that still pulls it
            do()

        try:
            with suppress(OSError):  # a loop that ends closes its trigger
                self._server.trigger.pull_trigger(do_once_pulled)
        finally:
            pulled.set()
