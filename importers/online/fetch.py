"""HTTP client for open data services: allowed hosts only, rate limit, retries with exponential backoff, and a disk cache with revalidation (ETag)."""

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import requests

from importers.online.faults import FetchError
from importers.online.services import Service, url_origin

# ASCII, as header values must be; it identifies the caller and its purpose.
USER_AGENT = "Entremise (catalogue de fournisseurs inclusifs; requetes espacees, reponses gardees)"
ATTEMPTS = 5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 120.0
MOST_REDIRECTS = 5
_LOG = logging.getLogger(__name__)
_CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({429, 500, 502, 503, 504})
_REFUSED = {
    401: "une authentification est demandée, ou le jeton n’est plus bon",
    403: "l’accès est refusé",
    404: "la ressource n’existe pas, ou n’existe plus",
    410: "la ressource a été retirée",
}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ResponseLimits:
    """Limits on a response: content types (empty: any), largest size in bytes, longest duration in seconds."""

    types: tuple[str, ...] = ()
    max_bytes: int = 32 * 2**20
    max_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class _Meta:
    """Metadata stored in the cache with a body."""

    url: str
    fetched: float
    size: int
    sha256: str
    type: str
    etag: str
    last_modified: str


class _PassingFault(Exception):
    """A transient fault, worth a retry. `wait_s` is the delay that the service requires, or None."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class Bucket:
    """Token bucket rate limiter: one request every 1/`per_second` seconds on average, at most `burst` at once after a rest."""

    def __init__(
        self, per_second: float, clock: Callable[[], float], sleep: Callable[[float], None], burst: int = 1
    ) -> None:
        self._rate, self._burst, self._clock, self._sleep = per_second, float(burst), clock, sleep
        self._tokens, self._at = self._burst, clock()

    def take(self) -> None:
        """Wait for a token and take it."""
        self._refill()
        if self._tokens < 1.0:
            self._sleep((1.0 - self._tokens) / self._rate)
            self._refill()
        self._tokens = max(0.0, self._tokens - 1.0)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now


class Fetcher:
    """Client of one service, with a cache folder.

    `now` returns seconds since 1970, for ages and dates; `clock` (monotonic seconds) and `sleep` can be replaced in tests. `timeout_s` limits the connection
    and the pause between two bytes. `token` is sent only to the service's own origin, and never appears in messages, file names or the cache."""

    def __init__(
        self,
        service: Service,
        folder: Path,
        *,
        now: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        timeout_s: float = 30.0,
        token: str = "",
    ) -> None:
        self.service, self.folder = service, folder
        self._token = token
        self._clock, self._sleep, self._now, self._timeout_s = clock, sleep, now, timeout_s
        self._bucket = Bucket(service.per_second, clock, sleep)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        self._session.auth = no_credentials

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        expected: ResponseLimits,
        max_age_s: float = 0.0,
        progress: Progress | None = None,
        name: str = "",
    ) -> Path:
        """Return the cache file of the response to `path`; request it if missing or older than `max_age_s`.

        If the service answers « not modified », the file is reused. `name` is the file's name, else a digest. Raises FetchError."""
        url, body = self._place(path, params, name)
        known = _metadata_of(body, url)
        if known and self._young(known, max_age_s):
            return body
        tried, pause = 1, FIRST_WAIT_S
        while True:
            try:
                return self._once(url, body, known, expected, progress)
            except _PassingFault as fault:
                if tried == ATTEMPTS:
                    raise FetchError(
                        f"{self._label(url)} : {fault}, après {ATTEMPTS} essais. Réessayez plus tard : ce qui a été reçu est gardé."
                    ) from fault
                self._sleep(pause if fault.wait_s is None else max(fault.wait_s, FIRST_WAIT_S))
                tried, pause = tried + 1, pause * 2

    def is_cached(self, path: str, params: Mapping[str, str] | None = None, *, max_age_s: float) -> bool:
        """Return True if the cache has a response younger than `max_age_s`: `get` would send no request."""
        url, body = self._place(path, params, "")
        known = _metadata_of(body, url)
        return known is not None and self._young(known, max_age_s)

    def _place(self, path: str, params: Mapping[str, str] | None, name: str) -> tuple[str, Path]:
        url = requests.Request("GET", f"{self.service.base}{path}", params=params).prepare().url or ""
        return url, self.folder / (name or f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.bin")

    def _young(self, known: _Meta, max_age_s: float) -> bool:
        return self._now() - known.fetched < max_age_s

    def _once(
        self, url: str, body: Path, known: _Meta | None, expected: ResponseLimits, progress: Progress | None
    ) -> Path:
        headers = {}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        try:
            with self._follow(url, headers) as response:
                if response.status_code == 304 and known:
                    _write_meta(body, {**asdict(known), "fetched": self._now()})
                    return body
                self._check(url, response, expected)
                self._store(url, response, body, expected, progress)
        except (requests.Timeout, requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise _PassingFault(connection_trouble(error)) from error
        except requests.RequestException as error:
            raise FetchError(f"{self._label(url)} : la réponse est illisible ({type(error).__name__}).") from error
        return body

    def _follow(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        target = url
        for _ in range(MOST_REDIRECTS + 1):
            if not self.service.allows(target):
                raise FetchError(
                    f"{self._label(url)} renvoie vers « {_host(target)} », qui n’est pas un hôte connu de ce service : refusé."
                )
            self._bucket.take()
            # the token is sent only to the service itself, not to redirect targets
            own = self._token and url_origin(target) == url_origin(self.service.base)
            credentials = {"Authorization": f"Bearer {self._token}"} if own else {}
            response = self._session.get(
                target, headers={**headers, **credentials}, stream=True, allow_redirects=False, timeout=self._timeout_s
            )
            _LOG.debug("demandé à %s : réponse %d", _host(target), response.status_code)
            if response.status_code not in REDIRECTS:
                return response
            response.close()
            target = urljoin(target, response.headers.get("Location", ""))
        raise FetchError(f"{self._label(url)} renvoie d’adresse en adresse sans fin.")

    def _check(self, url: str, response: requests.Response, expected: ResponseLimits) -> None:
        status = response.status_code
        if status in _PASSING:
            wait_s = _asked_wait(response.headers.get("Retry-After", ""), self._now())
            reason = "trop de requêtes (429)" if status == 429 else f"le service ne répond pas bien ({status})"
            if wait_s is not None and wait_s > LONGEST_WAIT_S:
                raise FetchError(
                    f"{self._label(url)} : {reason}, il demande d’attendre {round(wait_s / 60)} minutes. "
                    "Réessayez ensuite : ce qui a été reçu est gardé."
                )
            raise _PassingFault(reason, wait_s)
        if status != 200:
            raise FetchError(f"{self._label(url)} : {_REFUSED.get(status, 'réponse inattendue')} ({status}).", status)
        kind = type_of(response)
        if expected.types and kind not in expected.types:
            raise FetchError(
                f"{self._label(url)} : réponse de type « {kind or 'non dit'} » au lieu de « {expected.types[0]} ». "
                "Le service a peut-être changé ; importez le fichier à la main (voir « entremise sources »)."
            )
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > expected.max_bytes:
            raise self._too_large(url, expected)

    def _store(
        self, url: str, response: requests.Response, body: Path, expected: ResponseLimits, progress: Progress | None
    ) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = body.with_name(f"{body.name}.part")
        announced = response.headers.get("Content-Length", "")
        total = int(announced) if announced.isdigit() and "Content-Encoding" not in response.headers else 0
        digest, size = hashlib.sha256(), 0
        started = self._clock()
        try:
            with open_cache_file(part, "wb") as file:
                for chunk in filter(None, response.iter_content(_CHUNK)):
                    size += len(chunk)
                    if size > expected.max_bytes:
                        raise self._too_large(url, expected)
                    if self._clock() - started > expected.max_seconds:
                        raise _PassingFault(f"la réponse n’est pas finie au bout de {expected.max_seconds:.0f} s")
                    digest.update(chunk)
                    file.write(chunk)
                    if progress:
                        progress("téléchargement", size, total)
            part.replace(body)
        finally:
            part.unlink(missing_ok=True)
        headers = response.headers
        meta = _Meta(
            url=url,
            fetched=self._now(),
            size=size,
            sha256=digest.hexdigest(),
            type=type_of(response),
            etag=headers.get("ETag", ""),
            last_modified=headers.get("Last-Modified", ""),
        )
        _write_meta(body, asdict(meta))

    def _too_large(self, url: str, expected: ResponseLimits) -> FetchError:
        return FetchError(f"{self._label(url)} : la réponse dépasse {expected.max_bytes // 2**20} Mio : refusée.")

    def _label(self, url: str) -> str:
        """Return the service and the path for messages, without the query, which may be confidential."""
        return f"{self.service.title} ({_host(url)}{urlsplit(url).path})"


def open_cache_file(path: Path, mode: str) -> IO[Any]:
    """Open a cache file for writing, readable by its owner only (0600), since answers may name persons. The caller closes it."""
    encoding = None if "b" in mode else "utf-8"
    return open(
        path, mode, encoding=encoding, opener=lambda name, flags: os.open(name, flags, 0o600)
    )  # Path.open takes no opener


def fetched_on(body: Path) -> datetime | None:
    """Return when a cache file was last received or revalidated (UTC), None if it is missing or damaged."""
    known = _metadata_of(body)
    return datetime.fromtimestamp(known.fetched, UTC) if known else None


def published_on(body: Path) -> date | None:
    """Return the day of the header `Last-Modified` of a cache file, or None."""
    known = _metadata_of(body)
    with suppress(ValueError):
        return parsedate_to_datetime(known.last_modified).date() if known else None
    return None


def _metadata_of(body: Path, url: str | None = None) -> _Meta | None:
    """Return the metadata of a cache file; None if it is missing, does not match its digest, or comes from another URL."""
    try:
        meta = _Meta(**json.loads(_meta_path(body).read_text(encoding="utf-8")))
        with body.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == meta.sha256
    except (OSError, ValueError, TypeError):
        return None
    return meta if whole and url in (None, meta.url) else None


def _write_meta(body: Path, meta: Mapping[str, object]) -> None:
    path = _meta_path(body)
    part = path.with_name(f"{path.name}.part")
    with open_cache_file(part, "w") as file:
        json.dump(meta, file, ensure_ascii=False)
    part.replace(path)


def _meta_path(body: Path) -> Path:
    return body.with_name(f"{body.name}.meta")


def no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return a request unchanged; as `auth` of a session, it prevents `requests` from sending passwords of the user's `.netrc`."""
    return request


def _asked_wait(header: str, now: float) -> float | None:
    """Return the seconds in a header `Retry-After`, a number or a date; None if it is not readable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    return None


def type_of(response: requests.Response) -> str:
    """Return the content type of a response, without its parameters."""
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def connection_trouble(error: requests.RequestException) -> str:
    """Return the fault of a connection, in French."""
    if isinstance(error, requests.Timeout):
        return "le service ne répond pas à temps"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "la réponse est coupée"
    return "la connexion est impossible ou rompue (réseau, pare-feu ?)"
