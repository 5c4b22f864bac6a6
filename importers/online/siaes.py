"""The open API of Les emplois, département by département, every page kept: a run that stops is taken up where it stopped."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from importers.online.faults import FetchError
from importers.online.fetch import Expected, Fetcher, open_private

PATH = "/api/v1/siaes/"
PAGE_SIZE = 1000
# Pages younger than this are not asked again: an interrupted run has a day to be taken up.
MAX_AGE_S = 24 * 3600.0
MOST_PAGES = 500
_UNKNOWN_DEPARTEMENT = 400
_EXPECTED = Expected(types=("application/json",), max_bytes=64 * 2**20, max_seconds=300.0)

Progress = Callable[[str, int, int], None]


def fetch_siaes(
    fetcher: Fetcher, departements: Sequence[str], progress: Progress, may_be_unknown: Collection[str] = ()
) -> Path:
    """Return one file of the cache that holds every page of these départements, one JSON document a line.

    The API may refuse those of `may_be_unknown` (overseas collectivities): they are then left out.

    The rate is the fetcher's. Raises FetchError; what was received stays in the cache and is not asked again for a day.
    """
    pages: list[Path] = []
    for done, code in enumerate(departements):
        progress(f"département {code}", done, len(departements))
        try:
            pages += _pages(fetcher, code)
        except FetchError as error:
            if error.status != _UNKNOWN_DEPARTEMENT or code not in may_be_unknown:
                raise
    progress("départements", len(departements), len(departements))
    name = "tous" if len(departements) > 1 else departements[0]
    together = fetcher.folder / f"emplois-siaes-{name}.json"
    part = together.with_name(f"{together.name}.part")
    with open_private(part, "w") as file:
        for page in pages:
            file.write(json.dumps(json.loads(page.read_bytes()), ensure_ascii=False) + "\n")
    part.replace(together)
    return together


def _pages(fetcher: Fetcher, departement: str) -> Iterator[Path]:
    """The pages of one département. They are counted rather than followed: « next » may name another host."""
    for number in range(1, MOST_PAGES + 1):
        params = {"departement": departement, "page_size": str(PAGE_SIZE), "page": str(number)}
        page = fetcher.get(PATH, params, expected=_EXPECTED, max_age_s=MAX_AGE_S)
        yield page
        if not _checked(page, departement)["next"]:
            return
    raise FetchError(f"Les emplois, département {departement} : plus de {MOST_PAGES} pages, la liste ne finit pas.")


def _checked(page: Path, departement: str) -> dict[str, Any]:
    try:
        document = json.loads(page.read_bytes())
    except ValueError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("results"), list) or "next" not in document:
        page.unlink(missing_ok=True)  # a wrong page must not be taken up by the next run
        raise FetchError(
            f"Les emplois, département {departement} : la réponse n’est pas une page de l’API (« results », « next »). "
            "L’API a peut-être changé ; rien n’a été importé."
        )
    return document
