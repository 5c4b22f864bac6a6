"""HTTP client for suppliers' websites: respects robots.txt and delays, refuses private addresses (SSRF), limits size and time, and caches pages."""

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

# Least delay between two requests to one host.
PAUSE_S = 5.0
# A site whose robots.txt requires a longer delay is not read: a dozen pages would take over ten minutes.
LONGEST_PAUSE_S = 60.0
MOST_SECONDS = 30.0
# Size of robots.txt that the standard requires a reader to accept (RFC 9309).
_MOST_ROBOTS_BYTES = 512 * 2**10
_CHUNK = 16 * 2**10
_NO_ADDRESS = "ce n’est pas une adresse du web"
_HTML = frozenset({"text/html", "application/xhtml+xml"})


# Function (robots.txt in the cache, agent name, URL) → answer.
RobotsReader = Callable[[Path, str, str], RobotsAnswer]


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """A page received: its cache file, and its URL after redirects."""

    path: Path
    url: str


class WebsiteFetcher:
    """Downloads pages of websites into the cache, one folder for each host.

    `contact` is the address for webmasters in the User-Agent; `robots` parses a robots.txt, in another process. `clock` (monotonic seconds) and `sleep` can
    be replaced in tests; only tests set `private`, which allows addresses of the local network."""

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
        """Download a page. Raises PageRefused; OSError if the cache cannot be written."""
        return self._get(url, "page.html", MOST_BYTES, is_page=True)

    def _get(self, url: str, name: str, most: int, *, is_page: bool) -> ReceivedPage:
        target = url
        for _ in range(MOST_REDIRECTS + 1):
            origin = self._origin(target)
            host = origin[1]
            pause = self._pause_before(origin, target) if is_page else PAUSE_S
            if (last := self._asked.get(host)) is not None and (wait_s := last + pause - self._clock()) > 0:
                self._sleep(wait_s)
            try:
                with _Exchange(self._agent, self._max_seconds, private=self._private) as exchange:
                    response = exchange.get(target)
                    if response.status_code not in REDIRECTS:
                        body = self._store_body(exchange, response, host, name, most, html=is_page)
                        return ReceivedPage(body, target)
                    target = urljoin(target, response.headers.get("Location", ""))
            except requests.RequestException as error:
                raise PageRefused(PageOutcome.UNREACHABLE, connection_trouble(error)) from error
            except ValueError as error:  # an invalid host name, here or in a redirect, which `requests` accepts
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

    def _pause_before(self, origin: Origin, url: str) -> float:
        """Return the delay before this page, in seconds. Raises PageRefused if robots.txt disallows it."""
        if origin not in self._rules:
            scheme, host, port = origin
            site = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
            try:
                robots = self._get(f"{site}/robots.txt", "robots.txt", _MOST_ROBOTS_BYTES, is_page=False)
                self._rules[origin] = robots.path
            except _Missing:
                self._rules[origin] = None  # all is allowed
            except PageRefused as refused:  # a site whose robots.txt cannot be read is not read (RFC 9309)
                self._rules[origin] = refused
        rules = self._rules[origin]
        if isinstance(rules, PageRefused):
            raise rules
        answer = self._read_robots(rules, self.NAME, url) if rules else RobotsAnswer(True)
        if not answer.allowed or answer.pause_s > LONGEST_PAUSE_S:
            raise PageRefused(PageOutcome.ROBOTS, "robots.txt ne le veut pas")
        return max(PAUSE_S, answer.pause_s)

    def _store_body(
        self, exchange: "_Exchange", response: requests.Response, host: str, name: str, most: int, *, html: bool
    ) -> Path:
        """Check a response, write its body to a cache file and return it."""
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
            exchange.check()  # without a Content-Length, a body that was cut looks complete
            part.replace(body)
        finally:
            part.unlink(missing_ok=True)
        return body


class _Missing(PageRefused):
    """The site has no robots.txt."""


class _Exchange:
    """One request and its response, on a new connection that is closed after `max_seconds`, even if data still comes.

    The IP address is checked on the connection itself, which also defeats DNS rebinding (a name that resolves to a private address later)."""

    def __init__(self, agent: str, max_seconds: float, *, private: bool) -> None:
        self._private = private
        self._socket: socket.socket | None = None
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
            self._session.mount(scheme, _Adapter(self._check_socket))

    def __enter__(self) -> Self:
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._response is not None:
            self._response.close()
        self._session.close()
        if self._socket is not None:
            self._socket.close()

    def get(self, url: str) -> requests.Response:
        """Send the request and return the response, whose body is not yet read. Raises PageRefused or RequestException."""
        self._response = self._session.get(url, stream=True, allow_redirects=False, timeout=self._seconds)
        return self._response

    def check(self) -> None:
        """Raise PageRefused if the time is over."""
        if self._over:
            raise PageRefused(PageOutcome.UNREACHABLE, f"la réponse n’est pas finie au bout de {self._seconds:.0f} s")

    def _check_socket(self, connection: socket.socket) -> socket.socket:
        """Return a new connection, and store a duplicate to close it by; raise PageRefused if its address is private."""
        try:
            _refuse_private(connection.getpeername()[0], private=self._private)
        except PageRefused:
            connection.close()
            raise
        self._socket = connection.dup()  # TLS takes over the original
        return connection

    def _cut(self) -> None:
        self._over = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Adapter of `requests` that passes each new socket to `check` before anything is sent. Behind a proxy, only the proxy's address is seen."""

    def __init__(self, check: Callable[[socket.socket], socket.socket]) -> None:
        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return check(super()._new_conn())

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return check(super()._new_conn())

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        super().__init__()
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _refuse_private(address: str, *, private: bool) -> None:
    """Raise PageRefused for an IP address outside the public internet, ValueError for a host name."""
    ip = ip_address(address.partition("%")[0])
    if not (private or (getattr(ip, "ipv4_mapped", None) or ip).is_global):
        raise PageRefused(PageOutcome.PRIVATE, f"« {address} » n’est pas une adresse publique")
