"""Downloads the public contracts won by given SIRETs, one request for each, from the tabular API of data.gouv.fr, as a file for `import decp`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.online.faults import FetchError
from importers.online.fetch import Fetcher, Progress, ResponseLimits
from importers.online.json_pages import Keys, check_page, save_lines

# DECP (open data of public contracts), consolidated as a table: one row for each contract, winner and amendment.
PATH = "/api/resources/22847056-61df-452d-837d-8b8ceadbfc52/data/"
PAGE_SIZE = 50
MOST_PAGES = 40
_EXPECTED = ResponseLimits(types=("application/json",), max_bytes=16 * 2**20, max_seconds=60.0)
_PAGE: Keys = {"data": list, "meta": dict}


@dataclass(frozen=True, slots=True)
class Won:
    """Result of a run: the file of contracts, the numbers of SIRETs answered and still to ask (`left`), and of requests in this run (`asked`)."""

    path: Path
    answered: int
    left: int
    asked: int


def fetch_awards(
    fetcher: Fetcher, sirets: Sequence[str], *, max_age_s: float, limit: int | None, progress: Progress
) -> Won:
    """Download the contracts of each SIRET, at most `limit` of them over the network (None: all); answers younger than `max_age_s` are reused. Raises
    FetchError; answers received stay in the cache, so that the next run resumes."""
    answered = requests = 0

    def contracts() -> Iterator[str]:
        nonlocal answered, requests
        yield '{"marches": [\n'
        between = ""
        for done, siret in enumerate(sirets):
            progress("SIRET demandés", done, len(sirets))
            if not fetcher.is_cached(PATH, _params(siret, 1), max_age_s=max_age_s):
                if limit is not None and requests >= limit:
                    continue
                requests += 1
            title, received = f"{fetcher.service.title}, SIRET {siret}", 0
            for number in range(1, MOST_PAGES + 1):
                body = fetcher.get(PATH, _params(siret, number), expected=_EXPECTED, max_age_s=max_age_s)
                page = check_page(body, title, _PAGE)
                rows = [row for row in page["data"] if isinstance(row, dict)]
                for row in rows:
                    yield between + json.dumps(_contract(row), ensure_ascii=False)
                    between = ",\n"
                received += len(rows)
                if not rows or received >= int(page["meta"].get("total") or 0):
                    break
            else:
                raise FetchError(f"{title} : plus de {MOST_PAGES} pages, la liste ne finit pas.")
            answered += 1
        yield "\n]}\n"

    path = save_lines(fetcher.folder / "awards.json", contracts())
    progress("SIRET demandés", len(sirets), len(sirets))
    return Won(path, answered, len(sirets) - answered, requests)


def _params(siret: str, page: int) -> dict[str, str]:
    return {
        "titulaire_id__exact": siret,
        "titulaire_typeIdentifiant__exact": "SIRET",
        "donneesActuelles__exact": "true",
        "page": str(page),
        "page_size": str(PAGE_SIZE),
    }


def _contract(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flat row as a contract in the nested DECP layout of 2019."""
    names = (
        *("id", "objet", "codeCPV", "dateNotification", "dureeMois", "montant"),
        *("considerationsSociales", "typeGroupementOperateurs"),
    )
    winner = {"typeIdentifiant": row.get("titulaire_typeIdentifiant"), "id": row.get("titulaire_id")}
    buyer = {"id": row.get("acheteur_id"), "nom": row.get("acheteur_nom")}
    return {"acheteur": buyer, **{name: row.get(name) for name in names}, "titulaires": [winner]}
