"""Downloads the records of given SIRETs from the API Recherche d'entreprises (business register), one by one, with a cache so that a run can resume."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.online.faults import FetchError
from importers.online.fetch import Fetcher, Progress, ResponseLimits, fetched_on
from importers.online.json_pages import check_page, json_line, save_lines
from importers.recherche_entreprises import ASKED_ON, KEY

PATH = "/search"
_EXPECTED = ResponseLimits(types=("application/json",), max_bytes=4 * 2**20, max_seconds=60.0)
_ONE_REFUSED = frozenset({400, 404})  # HTTP statuses that refuse this SIRET only


@dataclass(frozen=True, slots=True)
class Answers:
    """Result of a run: the file of answers (dated JSON lines), and the numbers of SIRETs known and unknown to the API."""

    path: Path
    known: int
    unknown: int


def ask_about(
    fetcher: Fetcher, sirets: Sequence[str], *, max_age_s: float, limit: int | None, progress: Progress
) -> Answers:
    """Request each SIRET, at most `limit` of them over the network (None: all); answers younger than `max_age_s` are reused. Raises FetchError; answers
    received stay in the cache."""
    known = unknown = requests = 0

    def documents() -> Iterator[str]:
        nonlocal known, unknown, requests
        for done, siret in enumerate(sirets):
            progress("SIRET demandés", done, len(sirets))
            params = {"q": siret, "page": "1", "per_page": "1"}
            if not fetcher.is_cached(PATH, params, max_age_s=max_age_s):
                if limit is not None and requests >= limit:
                    continue
                requests += 1
            document = _answer(fetcher, params, max_age_s)
            if not document["results"]:
                unknown += 1
                continue
            known += 1
            yield json_line(document)

    path = save_lines(fetcher.folder / f"{KEY}.json", documents())
    progress("SIRET demandés", len(sirets), len(sirets))
    return Answers(path, known, unknown)


def _answer(fetcher: Fetcher, params: dict[str, str], max_age_s: float) -> dict[str, Any]:
    try:
        body = fetcher.get(PATH, params, expected=_EXPECTED, max_age_s=max_age_s)
    except FetchError as error:
        if error.status in _ONE_REFUSED:
            return {"results": []}
        raise
    document = check_page(body, fetcher.service.title, {"results": list})
    on = fetched_on(body)
    units = [
        unit | {ASKED_ON: on.date().isoformat() if on else ""} for unit in document["results"] if isinstance(unit, dict)
    ]
    return {"results": units}
