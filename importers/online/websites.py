"""Strangers' websites, asked politely: a page at a time, public addresses only, as robots.txt allows, bounded in size and in time, kept."""

import hashlib
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from typing import Self
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from importers.online.faults import MOST_BYTES, PageOutcome, PageRefused, RobotsAnswer, folder_of
from importers.online.fetch import (
    MOST_REDIRECTS,
    REDIRECTS,
    connection_trouble,
    no_credentials,
    open_cache_file,
    type_of,
)
from importers.online.services import Origin, url_origin

# Between two requests of one host: what a person who reads takes, or more.
PAUSE_S = 5.0
# A site that asks for more between two pages would rather not be read: a dozen of them would take ten minutes.
LONGEST_PAUSE_S = 60.0
MOST_SECONDS = 30.0
# What the standard of robots.txt asks a reader to take at least (RFC 9309).
_MOST_ROBOTS_BYTES = 512 * 2**10
_CHUNK = 16 * 2**10
_NO_ADDRESS = "ce n’est pas une adresse du web"
_HTML = frozenset({"text/html", "application/xhtml+xml"})


# Reads a file of the cache: robots.txt, the name of the agent, the address asked about.
RobotsReader = Callable[[Path, str, str], RobotsAnswer]


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """A page received: its file in the cache, and its address after redirects."""

    path: Path
    url: str


class WebsiteFetcher:
    """Reads strangers' pages into a folder of the cache, a folder a host.

    `contact` is whom a webmaster can write to; `robots` reads a robots.txt, apart. `clock` (seconds that only grow) and `sleep` can be
    replaced in tests, which alone set `private`: addresses of this computer and of its network are refused otherwise.
    """

    NAME = "Entremise"

    def __init__(
        self,
        folder: Path,
        contact: str,
        robots: RobotsReader,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        max_seconds: float = MOST_SECONDS,
        private: bool = False,
    ) -> None:
        self._folder, self._read_robots, self._clock, self._sleep = folder, robots, clock, sleep
        self._max_seconds, self._private = max_seconds, private
        self._agent = f"{self.NAME} (catalogue de fournisseurs inclusifs; +{contact})"
        self._asked: dict[str, float] = {}
        self._rules: dict[Origin, Path | PageRefused | None] = {}

    def page(self, url: str) -> ReceivedPage:
        """Ask for a page. Raises PageRefused; OSError where the cache cannot be written."""
        return self._get(url, "page.html", MOST_BYTES, robots=True)

    def _get(self, url: str, name: str, most: int, *, robots: bool) -> ReceivedPage:
        target = url
        for _ in range(MOST_REDIRECTS + 1):
            origin = self._origin(target)
            host = origin[1]
            pause = self._permitted(origin, target) if robots else PAUSE_S
            if (last := self._asked.get(host)) is not None and (left := last + pause - self._clock()) > 0:
                self._sleep(left)
            try:
                with _Exchange(self._agent, self._max_seconds, private=self._private) as exchange:
                    response = exchange.get(target)
                    if response.status_code not in REDIRECTS:
                        return ReceivedPage(self._stored(exchange, response, host, name, most, html=robots), target)
                    target = urljoin(target, response.headers.get("Location", ""))
            except requests.RequestException as error:
                raise PageRefused(PageOutcome.UNREACHABLE, connection_trouble(error)) from error
            except ValueError as error:  # a name that is none, here or in a redirect, which `requests` lets through
                raise PageRefused(PageOutcome.UNREACHABLE, _NO_ADDRESS) from error
            finally:
                self._asked[host] = self._clock()
        raise PageRefused(PageOutcome.UNREACHABLE, "elle renvoie d’adresse en adresse sans fin")

    def _origin(self, url: str) -> Origin:
        origin = url_origin(url)
        if origin is None:
            raise PageRefused(PageOutcome.UNREACHABLE, _NO_ADDRESS)
        with suppress(ValueError):
            _refuse_private(origin[1], private=self._private)
        return origin

    def _permitted(self, origin: Origin, url: str) -> float:
        """The seconds to leave before this page. Raises PageRefused where robots.txt refuses it."""
        if origin not in self._rules:
            self._rules[origin] = self._robots_of(origin)
        rules = self._rules[origin]
        if isinstance(rules, PageRefused):
            raise rules
        answer = self._read_robots(rules, self.NAME, url) if rules else RobotsAnswer(True)
        if not answer.allowed or answer.pause_s > LONGEST_PAUSE_S:
            raise PageRefused(PageOutcome.ROBOTS, "robots.txt ne le veut pas")
        return max(PAUSE_S, answer.pause_s)

    def _robots_of(self, origin: Origin) -> Path | PageRefused | None:
        """The robots.txt of a site; None where it has none, and all is allowed; a refusal where it cannot be known (RFC 9309)."""
        scheme, host, port = origin
        named = f"[{host}]" if ":" in host else host
        try:
            return self._get(
                f"{scheme}://{named}:{port}/robots.txt", "robots.txt", _MOST_ROBOTS_BYTES, robots=False
            ).path
        except _Missing:
            return None
        except PageRefused as refused:
            return refused

    def _stored(
        self, exchange: "_Exchange", response: requests.Response, host: str, name: str, most: int, *, html: bool
    ) -> Path:
        """The body of a response, in a file of the cache."""
        status = response.status_code
        if not html and 400 <= status < 500:
            raise _Missing(PageOutcome.UNREACHABLE, f"réponse {status}")
        if status != 200:
            raise PageRefused(PageOutcome.UNREACHABLE, f"réponse {status}")
        if html and type_of(response) not in _HTML:
            raise PageRefused(PageOutcome.NOT_HTML, f"réponse de type « {type_of(response) or 'non dit'} »")
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > most:
            raise PageRefused(PageOutcome.TOO_BIG, f"plus de {most // 2**10} Kio")
        folder = self._folder / folder_of(host)
        folder.mkdir(mode=0o700, exist_ok=True)
        body = folder / f"{hashlib.sha256(response.url.encode()).hexdigest()[:32]}-{name}"
        part = body.with_name(f"{body.name}.part")
        size = 0
        try:
            with open_cache_file(part, "wb") as file:
                for chunk in response.iter_content(_CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise PageRefused(PageOutcome.TOO_BIG, f"plus de {most // 2**10} Kio")
                    file.write(chunk)
            exchange.check()  # a body without a length that was cut looks whole
            part.replace(body)
        finally:
            part.unlink(missing_ok=True)
        return body


class _Missing(PageRefused):
    """A robots.txt that a site does not have."""


class _Exchange:
    """One request and its response, on a connection of its own, cut after so many seconds whatever trickles in.

    The address is that of the connection itself: a name that is public when it is looked up and private when it is used does not pass.
    """

    def __init__(self, agent: str, max_seconds: float, *, private: bool) -> None:
        self._private = private
        self._line: socket.socket | None = None
        self._response: requests.Response | None = None
        self._over = False
        self._timer = Timer(max_seconds, self._cut)
        self._seconds = max_seconds
        self._session = requests.Session()
        self._session.headers["User-Agent"] = agent
        self._session.headers["Accept"] = "text/html,application/xhtml+xml,text/plain;q=0.5"
        self._session.headers["Connection"] = "close"
        self._session.auth = no_credentials
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self._watched))

    def __enter__(self) -> Self:
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._response is not None:
            self._response.close()
        self._session.close()
        if self._line is not None:
            self._line.close()

    def get(self, url: str) -> requests.Response:
        """Send the request and return the response, its body still to be read. Raises PageRefused or RequestException."""
        self._response = self._session.get(url, stream=True, allow_redirects=False, timeout=self._seconds)
        return self._response

    def check(self) -> None:
        """Raise PageRefused where the connection was cut."""
        if self._over:
            raise PageRefused(PageOutcome.UNREACHABLE, f"la réponse n’est pas finie au bout de {self._seconds:.0f} s")

    def _watched(self, line: socket.socket) -> socket.socket:
        """A connection just made, refused where it leads inside."""
        try:
            _refuse_private(line.getpeername()[0], private=self._private)
        except PageRefused:
            line.close()
            raise
        self._line = line.dup()  # TLS takes the other one for itself
        return line

    def _cut(self) -> None:
        self._over = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Connections of `requests`, each shown to `watched` before anything is sent. Behind a proxy, which it is that connects, the proxy decides."""

    def __init__(self, watched: Callable[[socket.socket], socket.socket]) -> None:
        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return watched(super()._new_conn())

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return watched(super()._new_conn())

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        super().__init__()
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _refuse_private(address: str, *, private: bool) -> None:
    """Raise PageRefused for an address that is not of the public internet, ValueError for what is no address but a name."""
    ip = ip_address(address.partition("%")[0])
    if not (private or (getattr(ip, "ipv4_mapped", None) or ip).is_global):
        raise PageRefused(PageOutcome.PRIVATE, f"« {address} » n’est pas une adresse publique")
