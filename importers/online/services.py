"""Table of the online services that Entremise calls: base URL, hosts allowed in redirects, request rate; and of the files to download."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_MIB = 2**20

Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `hosts` are the hosts allowed in redirects, over HTTPS; `per_second` is our request rate, below the service's limit."""

    key: str
    title: str
    base: str
    per_second: float
    hosts: tuple[str, ...] = ()

    def at(self, base: str | None) -> "Service":
        """Return the service at another base URL (a mirror, a test server); unchanged if `base` is None."""
        return replace(self, base=base.rstrip("/")) if base else self

    def allows(self, url: str) -> bool:
        """Return True if a URL is at the service's origin, or on an allowed host over HTTPS on the usual port."""
        origin = url_origin(url)
        return origin is not None and (
            origin == url_origin(self.base) or origin in {("https", host, _PORTS["https"]) for host in self.hosts}
        )


def url_origin(url: str) -> Origin | None:
    """Return (scheme, host, port) of a URL; None if it is invalid, or contains a user name."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


@dataclass(frozen=True, slots=True)
class Download:
    """A file to download: service key, path, allowed content types and largest size in bytes."""

    service: str
    path: str
    types: tuple[str, ...]
    max_bytes: int


# Rates are below each service's limit (7 requests a second for recherche-entreprises, 12 a minute for emplois); without a known limit, at most 1 a second.
SERVICES: dict[str, Service] = {
    service.key: service
    for service in (
        Service(
            "data-gouv",
            "data.gouv.fr",
            "https://www.data.gouv.fr",
            per_second=1.0,
            hosts=(
                "www.data.gouv.fr",
                "static.data.gouv.fr",
                "files.data.gouv.fr",
                "object.files.data.gouv.fr",
                "object.data.gouv.fr",
            ),
        ),
        Service(
            "recherche-entreprises",
            "l’API Recherche d’entreprises",
            "https://recherche-entreprises.api.gouv.fr",
            per_second=3.5,
        ),
        Service("marche", "le marché de l’inclusion", "https://lemarche.inclusion.gouv.fr", per_second=0.5),
        Service("tabular", "l’API tabulaire de data.gouv.fr", "https://tabular-api.data.gouv.fr", per_second=1.0),
        Service("boamp", "l’API ouverte du BOAMP", "https://boamp-datadila.opendatasoft.com", per_second=1.0),
        Service("emplois", "Les emplois de l’inclusion", "https://emplois.inclusion.beta.gouv.fr", per_second=11 / 60),
    )
}

_CSV_TYPES = ("text/csv", "application/csv", "text/plain", "application/octet-stream", "binary/octet-stream")

DOWNLOADS: dict[str, Download] = {
    "finess": Download(
        "data-gouv", "/api/1/datasets/r/98f3161f-79ff-4f16-8f6a-6d571a80fea2", _CSV_TYPES, max_bytes=200 * _MIB
    ),
    "ess": Download(
        "data-gouv", "/api/1/datasets/r/57bc99ca-0432-4b46-8fcc-e76a35c9efaf", _CSV_TYPES, max_bytes=250 * _MIB
    ),
}
