"""Downloads the notices of the BOAMP (official bulletin of public contracts) from its open API, day by day, with a cache so that a run can resume."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from importers.online.faults import FetchError
from importers.online.fetch import Fetcher, Progress, ResponseLimits
from importers.online.json_pages import Keys, check_page, json_line, save_lines

SERVICE = "boamp"
PATH = "/api/explore/v2.1/catalog/datasets/boamp/records"
PAGE_SIZE = 100
# Largest offset of the API; a day has some 400 notices.
FARTHEST = 10_000
# Past days hardly change (corrections are new notices); today's pages are downloaded again after an hour.
MAX_AGE_S, MAX_AGE_TODAY_S = 30 * 24 * 3600.0, 3600.0
_PAGE: Keys = {"results": list, "total_count": int}
_EXPECTED = ResponseLimits(types=("application/json",), max_bytes=64 * 2**20, max_seconds=300.0)


@dataclass(frozen=True, slots=True)
class Published:
    """Result of a run: one JSON lines file for each day with notices (a month in one file would be too large to import), and their number."""

    paths: tuple[Path, ...]
    notices: int


def fetch_boamp(fetcher: Fetcher, since: date, until: date, today: date, progress: Progress) -> Published:
    """Download all notices published from `since` to `until`, both included. Raises FetchError; pages received stay in the cache."""
    days = [since + timedelta(days=after) for after in range((until - since).days + 1)]
    paths: list[Path] = []
    notices = 0
    for done, day in enumerate(days):
        progress("jours de parution", done, len(days))
        records = list(_of_day(fetcher, day, MAX_AGE_S if day < today else MAX_AGE_TODAY_S))
        notices += len(records)
        if records:
            paths.append(save_lines(fetcher.folder / f"boamp-{day}.jsonl", map(json_line, records)))
    progress("jours de parution", len(days), len(days))
    return Published(tuple(paths), notices)


def _of_day(fetcher: Fetcher, day: date, max_age_s: float) -> Iterator[dict[str, Any]]:
    """Yield the records of a day, each once. Raises FetchError if there are fewer than announced; the pages are then deleted from the cache."""
    title = f"{fetcher.service.title}, parution du {day:%d/%m/%Y}"
    pages: list[Path] = []
    seen: set[str] = set()
    total = 1
    for offset in range(0, FARTHEST, PAGE_SIZE):
        if offset >= total:
            break
        params = {
            "where": f"dateparution=date'{day}'",
            "order_by": "idweb",
            "limit": str(PAGE_SIZE),
            "offset": str(offset),
        }
        pages.append(fetcher.get(PATH, params, expected=_EXPECTED, max_age_s=max_age_s))
        page = check_page(pages[-1], title, _PAGE)
        total = page["total_count"]
        for record in page["results"]:
            number = record.get("idweb") if isinstance(record, dict) else None
            if isinstance(number, str) and number not in seen:
                seen.add(number)
                yield record
    if len(seen) < total:
        for path in pages:
            path.unlink(missing_ok=True)
        raise FetchError(
            f"{title} : {len(seen)} avis reçus sur les {total} annoncés, les pages se répètent ou s’arrêtent avant la fin. Réessayez."
        )
