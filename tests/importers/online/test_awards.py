"""Awards by SIRET: one question a winner, page after page, written as `import decp` reads them."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from importers import REGISTRY
from importers.importer import AwardRecord, Source
from importers.online import awards
from importers.online.awards import fetch_awards
from importers.online.faults import FetchError
from importers.online.fetch import Fetcher
from importers.online.services import SERVICES
from tests.factories import siret
from tests.importers.server import JSON, Answer, Server, serving

WINNER, NOBODY = siret(1), siret(2)
DAY_S = 24 * 3600.0


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def row(number: int, **other: Any) -> dict[str, Any]:
    """A contract as the tabular API gives it: flat, one row a winner."""
    return {
        "uid": f"{siret(9)}2025M{number}", "id": f"2025M{number}", "acheteur_id": siret(9), "acheteur_nom": "Ville d’Essai",
        "titulaire_id": WINNER, "titulaire_typeIdentifiant": "SIRET", "objet": f"Nettoyage {number}", "montant": 12000.5,
        "codeCPV": "90910000", "dureeMois": 12, "dateNotification": "2025-03-04",
        "considerationsSociales": "Marché réservé", "donneesActuelles": True, **other,
    }  # fmt: skip


def answer(path: str, _: int = 0) -> Answer:
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    rows = [row(number) for number in range(3)] if query["titulaire_id__exact"] == WINNER else []
    first = (int(query["page"]) - 1) * int(query["page_size"])
    page = {"data": rows[first : first + int(query["page_size"])], "links": {}, "meta": {"page": 1, "total": len(rows)}}
    return Answer(json.dumps(page).encode(), headers=JSON)


def fetcher(server: Server, folder: Path) -> Fetcher:
    return Fetcher(SERVICES["tabular"].at(server.base), folder, now=time.time, sleep=lambda _: None)


def read(path: Path) -> list[AwardRecord]:
    return [item for item in REGISTRY["decp"].read(Source(path)) if isinstance(item, AwardRecord)]


def test_what_each_siret_won_is_a_file_that_import_decp_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awards, "PAGE_SIZE", 2)
    with serving(answer) as server:
        won = fetch_awards(
            fetcher(server, tmp_path), [WINNER, NOBODY], max_age_s=DAY_S, limit=None, progress=lambda *_: None
        )
    assert (won.answered, won.left, len(server.asked)) == (2, 0, 3)
    first, *others = read(won.path)
    assert len(others) == 2
    assert (first.winner, first.winner_type, first.number, first.buyer) == (WINNER, "SIRET", "2025M0", siret(9))
    assert (first.objet, first.cpv, first.notified, first.amount) == (
        "Nettoyage 0",
        "90910000",
        "2025-03-04",
        "12000.5",
    )
    assert (first.buyer_name, first.months, first.social) == ("Ville d’Essai", "12", "Marché réservé")


def test_a_run_under_a_limit_is_taken_up_by_the_next(tmp_path: Path) -> None:
    sirets = [siret(number) for number in range(2, 6)]
    with serving(answer) as server:
        for answered in (2, 4, 4):
            won = fetch_awards(fetcher(server, tmp_path), sirets, max_age_s=DAY_S, limit=2, progress=lambda *_: None)
            assert (won.answered, won.left) == (answered, 4 - answered)
    assert len(server.asked) == 4
    assert read(won.path) == []


def test_a_list_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awards, "MOST_PAGES", 3)
    endless = json.dumps({"data": [row(1)], "meta": {"total": 10**9}}).encode()
    with (
        serving(lambda *_: Answer(endless, headers=JSON)) as server,
        pytest.raises(FetchError, match=f"SIRET {WINNER} : plus de 3 pages"),
    ):
        fetch_awards(fetcher(server, tmp_path), [WINNER], max_age_s=DAY_S, limit=None, progress=lambda *_: None)
    assert len(server.asked) == 3


@pytest.mark.parametrize("body", [b"[]", b'{"data": {}, "meta": {}}', b'{"data": []}', b"{"])
def test_what_is_no_page_is_refused_and_forgotten(body: bytes, tmp_path: Path) -> None:
    with (
        serving(lambda *_: Answer(body, headers=JSON)) as server,
        pytest.raises(FetchError, match="pas une page de l’API"),
    ):
        fetch_awards(fetcher(server, tmp_path), [WINNER], max_age_s=DAY_S, limit=None, progress=lambda *_: None)
    assert list(tmp_path.glob("*.bin")) == []
