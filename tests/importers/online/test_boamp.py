"""The open API of the BOAMP: a day after the other, each notice once, taken up where it stopped."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from importers.notices import NOTICES
from importers.notices.importer import NoticeRecord
from importers.online.boamp import PAGE_SIZE, Published, fetch_boamp
from importers.online.faults import FetchError
from importers.online.fetch import Fetcher
from importers.online.services import SERVICES
from tests.importers.server import JSON, Answer, Server, serving

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 22)
ANSWER = Callable[[str, int], Answer]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def asked(path: str) -> tuple[str, int]:
    """The day and the offset that a request asks."""
    query = parse_qs(urlsplit(path).query)
    found = re.fullmatch(r"dateparution=date'(\d{4}-\d\d-\d\d)'", query["where"][0])
    assert found, query
    assert (query["limit"], query["order_by"]) == (["100"], ["idweb"])
    return found[1], int(query["offset"][0])


def page(day: str, offset: int, total: int) -> Answer:
    rows = [
        {"idweb": f"26-{day[-2:]}{n:05}", "objet": "Tonte", "nature": "APPEL_OFFRE", "dateparution": day}
        for n in range(offset, min(offset + PAGE_SIZE, total))
    ]
    return Answer(json.dumps({"total_count": total, "results": rows}).encode(), headers=JSON)


def published(path: str, _number: int = 0) -> Answer:
    """A day of 250 notices, a Sunday without any, a day of 3."""
    day, offset = asked(path)
    return page(day, offset, {"2026-11-20": 250, "2026-11-21": 0}.get(day, 3))


def fetcher(server: Server, folder: Path, now: Iterator[float] | None = None) -> Fetcher:
    clock = now or iter(lambda: 1e9, None)
    return Fetcher(SERVICES["boamp"].at(server.base), folder, sleep=lambda _: None, now=lambda: next(clock))


def fetch(server: Server, folder: Path, today: date = LAST) -> Published:
    return fetch_boamp(fetcher(server, folder), FIRST, LAST, today, lambda *_: None)


def test_every_page_of_every_day_is_read_into_a_file_a_day(tmp_path: Path) -> None:
    with serving(published) as server:
        done = fetch(server, tmp_path)
    assert [asked(path) for path in server.asked] == [
        ("2026-11-20", 0),
        ("2026-11-20", 100),
        ("2026-11-20", 200),
        ("2026-11-21", 0),
        ("2026-11-22", 0),
    ]
    assert [path.name for path in done.paths] == ["boamp-2026-11-20.jsonl", "boamp-2026-11-22.jsonl"]
    items = [item for path in done.paths for item in NOTICES["boamp"].read(path)]
    found = [item for item in items if isinstance(item, NoticeRecord)]
    assert done.notices == len(found) == len({notice.source_ref for notice in found}) == 253


def test_a_run_that_is_killed_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    down = {("2026-11-20", 200)}

    def answer(path: str, number: int) -> Answer:
        return Answer(status=404, headers=JSON) if asked(path) in down else published(path, number)

    with serving(answer) as server:
        with pytest.raises(FetchError, match="404"):
            fetch(server, tmp_path)
        assert list(tmp_path.glob("*.jsonl*")) == [], "no file is left half written"
        down.clear()
        assert fetch(server, tmp_path).notices == 253
        assert len(server.asked) == 3 + 3, "the two pages already received are not asked again"


def test_a_page_cut_or_a_service_too_busy_is_asked_again(tmp_path: Path) -> None:
    def answer(path: str, number: int) -> Answer:
        whole = published(path)
        if number == 0:
            return Answer(status=429, headers=JSON | {"Retry-After": "2"})
        return Answer(whole.body[:50], headers=JSON, announce=len(whole.body)) if number == 1 else whole

    with serving(answer) as server:
        assert fetch(server, tmp_path).notices == 253
        assert len(server.asked) == 5 + 2


def test_pages_that_repeat_themselves_are_refused_and_forgotten(tmp_path: Path) -> None:
    with serving(lambda path, _: page(asked(path)[0], 0, 250)) as server:
        with pytest.raises(FetchError, match="parution du 20/11/2026 : 100 avis reçus sur les 250 annoncés"):
            fetch(server, tmp_path)
        assert len(server.asked) == 3
        assert list(tmp_path.glob("*.bin")) == []


def test_a_notice_told_twice_is_kept_once(tmp_path: Path) -> None:
    def answer(path: str, _number: int) -> Answer:
        day, _ = asked(path)
        given = json.loads(page(day, 0, 3).body)
        return Answer(json.dumps({"total_count": 3, "results": given["results"] * 2}).encode(), headers=JSON)

    with serving(answer) as server:
        assert fetch(server, tmp_path).notices == 9


def test_the_day_that_is_not_over_is_asked_again(tmp_path: Path) -> None:
    with serving(published) as server:
        fetch(server, tmp_path)
        later = iter(lambda: 1e9 + 2 * 3600, None)
        done = fetch_boamp(fetcher(server, tmp_path, later), FIRST, LAST, LAST, lambda *_: None)
        assert done.notices == 253
        assert [asked(path) for path in server.asked[5:]] == [("2026-11-22", 0)]


@pytest.mark.parametrize("body", [b'{"error_code": "x"}', b"[]", b'{"results": [], "total_count"'])
def test_what_is_no_page_is_refused_and_forgotten(body: bytes, tmp_path: Path) -> None:
    with (
        serving(lambda *_: Answer(body, headers=JSON)) as server,
        pytest.raises(FetchError, match="pas une page de l’API"),
    ):
        fetch(server, tmp_path)
    assert list(tmp_path.glob("*.bin")) == []
