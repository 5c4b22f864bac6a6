"""Errors and outcomes of requests to online services and to suppliers' websites, the largest size of a page, and the cache folder of a website; in a module of
their own, so that importing them loads no network library."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

# Most bytes of one page of a website.
MOST_BYTES = 2 * 2**20


class FetchError(Exception):
    """A service could not be read. The message is French, names the service and gives advice; nothing was imported.

    `status` is the HTTP status of a refusal, None for another fault."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class PageOutcome(StrEnum):
    """Outcome of a request for one page of a supplier's website, as stored in the database table of pages (`WebsitePageRow.state`)."""

    READ = "lue"
    ROBOTS = "refusée par robots.txt"
    UNREACHABLE = "injoignable"
    PRIVATE = "adresse privée"
    TOO_BIG = "trop lourde"
    NOT_HTML = "pas une page lisible"


class PageRefused(Exception):
    """A page was not received: its outcome, and the reason in French."""

    def __init__(self, outcome: PageOutcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """Answer of a robots.txt: `allowed`, and the delay that it requires between two requests, in seconds (0: none)."""

    allowed: bool
    pause_s: float = 0.0


def folder_of(host: str) -> str:
    """Return the name of a host's folder in the cache: a digest, without « www. »."""
    return hashlib.sha256(host.removeprefix("www.").encode()).hexdigest()[:32]
