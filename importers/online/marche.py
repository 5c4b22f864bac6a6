"""Downloads all suppliers of the marché de l'inclusion, with their sectors, from its API (token required), page by page, into one file."""

from itertools import count
from pathlib import Path
from types import NoneType
from typing import Any

from importers.online.faults import FetchError
from importers.online.fetch import Fetcher, Progress, ResponseLimits
from importers.online.json_pages import Keys, check_page, json_line, save_lines

PATH = "/api/siae/"
PAGE_SIZE = 1000
# Pages younger than this are reused: an interrupted run can be resumed for a day.
MAX_AGE_S = 24 * 3600.0
MOST_PAGES = 200
_PAGE: Keys = {"results": list, "count": int, "next": (str, NoneType)}
_EXPECTED = ResponseLimits(types=("application/json",), max_bytes=64 * 2**20, max_seconds=300.0)


def fetch_marche(fetcher: Fetcher, progress: Progress) -> Path:
    """Download all suppliers, and return the cache file, one supplier on a line, each once.

    The API sorts by name only, so that pages may repeat or skip rows: duplicates are dropped, and a list that lacks more than 1 % of the API's count is
    refused. Raises FetchError; pages received stay in the cache for a day."""
    items: dict[str, Any] = {}
    announced = 0
    for number in count():  # the URL « next » is not followed: it may be on another host
        if number == MOST_PAGES:
            raise FetchError(f"{fetcher.service.title} : plus de {MOST_PAGES} pages, la liste ne finit pas.")
        params = {"limit": str(PAGE_SIZE), "offset": str(number * PAGE_SIZE)}
        body = fetcher.get(PATH, params, expected=_EXPECTED, max_age_s=MAX_AGE_S)
        page = check_page(body, fetcher.service.title, _PAGE)
        announced = page["count"]
        for item in page["results"]:
            items[str(item.get("id") if isinstance(item, dict) else item)] = item
        progress("prestataires", len(items), announced)
        if not page["next"]:
            break
    if 100 * len(items) < 99 * announced:
        raise FetchError(
            f"{fetcher.service.title} : {len(items)} prestataires reçus sur {announced} annoncés. Réessayez demain ; rien n’a été importé."
        )
    return save_lines(fetcher.folder / "marche.json", map(json_line, items.values()))
