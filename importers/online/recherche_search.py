"""Asking the API Recherche d'entreprises about SIRETs, one by one, every answer kept: a run that stops is taken up."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.online.faults import FetchError
from importers.online.fetch import Expected, Fetcher, fetched_on, open_private
from importers.recherche_entreprises import ASKED_ON, KEY

PATH = "/search"
_EXPECTED = Expected(types=("application/json",), max_bytes=4 * 2**20, max_seconds=60.0)
_ONE_REFUSED = frozenset({400, 404})  # this SIRET is not accepted; the others may be

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """`path` holds the answers, one JSON document a line, dated; `known` and `unknown` count the SIRETs answered for."""

    path: Path
    known: int
    unknown: int


def ask_about(
    fetcher: Fetcher, sirets: Sequence[str], *, max_age_s: float, limit: int | None, progress: Progress
) -> Answers:
    """Ask about each SIRET, at most `limit` of them over the network (None: all); answers younger than `max_age_s` are reused.

    Raises FetchError; what was received stays in the cache.
    """
    fetcher.folder.mkdir(parents=True, exist_ok=True)
    path = fetcher.folder / f"{KEY}.json"
    part = path.with_name(f"{path.name}.part")
    known = unknown = asked = 0
    with open_private(part, "w") as file:
        for done, siret in enumerate(sirets):
            progress("SIRET demandés", done, len(sirets))
            params = {"q": siret, "page": "1", "per_page": "1"}
            if not fetcher.held(PATH, params, max_age_s=max_age_s):
                if limit is not None and asked >= limit:
                    continue
                asked += 1
            document = _answer(fetcher, params, max_age_s)
            if not document["results"]:
                unknown += 1
                continue
            known += 1
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
    progress("SIRET demandés", len(sirets), len(sirets))
    part.replace(path)
    return Answers(path, known, unknown)


def _answer(fetcher: Fetcher, params: dict[str, str], max_age_s: float) -> dict[str, Any]:
    try:
        body = fetcher.get(PATH, params, expected=_EXPECTED, max_age_s=max_age_s)
    except FetchError as error:
        if error.status in _ONE_REFUSED:
            return {"results": []}
        raise
    try:
        document = json.loads(body.read_bytes())
    except ValueError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("results"), list):
        body.unlink(missing_ok=True)  # a wrong answer must not be taken up by the next run
        raise FetchError(
            f"{fetcher.service.title} : la réponse n’a pas de liste « results ». L’API a peut-être changé ; rien n’a été importé."
        )
    on = fetched_on(body)
    units = [
        unit | {ASKED_ON: on.date().isoformat() if on else ""} for unit in document["results"] if isinstance(unit, dict)
    ]
    return {"results": units}
