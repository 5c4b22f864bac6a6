"""Downloads the SIAE (insertion employers) of Les emplois from its open API, département by département, with a cache so that a run can resume."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from types import NoneType

from importers.online.faults import FetchError
from importers.online.fetch import Fetcher, Progress, ResponseLimits
from importers.online.json_pages import Keys, check_page, json_line, save_lines

PATH = "/api/v1/siaes/"
PAGE_SIZE = 1000
# Pages younger than this are reused: an interrupted run can be resumed for a day.
MAX_AGE_S = 24 * 3600.0
MOST_PAGES = 500
_UNKNOWN_DEPARTEMENT = 400
_PAGE: Keys = {"results": list, "next": (str, NoneType)}
_EXPECTED = ResponseLimits(types=("application/json",), max_bytes=64 * 2**20, max_seconds=300.0)


def fetch_siaes(
    fetcher: Fetcher, departements: Sequence[str], progress: Progress, may_be_unknown: Collection[str] = ()
) -> Path:
    """Download the pages of these départements, and return the cache file, one page as JSON on a line.

    Départements of `may_be_unknown` (overseas collectivities) that the API refuses are left out. Raises FetchError; pages received stay in the cache for a
    day."""
    pages: list[Path] = []
    for done, code in enumerate(departements):
        progress(f"département {code}", done, len(departements))
        # by number: the URL « next » is not followed, since it may be on another host
        for number in range(1, MOST_PAGES + 1):
            params = {"departement": code, "page_size": str(PAGE_SIZE), "page": str(number)}
            try:
                page = fetcher.get(PATH, params, expected=_EXPECTED, max_age_s=MAX_AGE_S)
            except FetchError as error:
                if error.status != _UNKNOWN_DEPARTEMENT or code not in may_be_unknown:
                    raise
                break
            pages.append(page)
            if not check_page(page, f"Les emplois, département {code}", _PAGE)["next"]:
                break
        else:
            raise FetchError(f"Les emplois, département {code} : plus de {MOST_PAGES} pages, la liste ne finit pas.")
    progress("départements", len(departements), len(departements))
    name = "tous" if len(departements) > 1 else departements[0]
    whole = (json_line(json.loads(page.read_bytes())) for page in pages)
    return save_lines(fetcher.folder / f"emplois-siaes-{name}.json", whole)
