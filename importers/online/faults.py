"""Errors and outcomes of asking an online service or a stranger's website; apart, so that importing them loads no network library."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

# Bytes of one page of a website.
MOST_BYTES = 2 * 2**20


class FetchError(Exception):
    """A service that cannot be read. The message is French, names the service and gives advice; nothing was imported.

    `status` is the HTTP status of a refusal, None where the trouble is another.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class PageOutcome(StrEnum):
    """Outcome of asking for one page, in the words of the table of pages."""

    READ = "lue"
    ROBOTS = "refusée par robots.txt"
    UNREACHABLE = "injoignable"
    PRIVATE = "adresse privée"
    TOO_BIG = "trop lourde"
    NOT_HTML = "pas une page lisible"


class PageRefused(Exception):
    """A page that was not received: its outcome, and why in French."""

    def __init__(self, outcome: PageOutcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """Answer of a robots.txt: whether an address may be read, and the seconds it wants between two of the site (0: it sets none)."""

    allowed: bool
    pause_s: float = 0.0


def folder_of(host: str) -> str:
    """Return the name of the folder of the cache that holds the pages of a host."""
    return hashlib.sha256(host.removeprefix("www.").encode()).hexdigest()[:32]
