"""The API of the search of companies: one SIRET at a time, and what was answered is not asked again."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from importers.online.faults import FetchError
from importers.online.fetch import Fetcher
from importers.online.recherche_search import ask_about
from importers.online.services import SERVICES
from tests.factories import siret
from tests.importers.reading import FIXTURES
from tests.importers.server import JSON, Answer, serving
from tests.importers.test_sirene import CLOSED, OPEN, read


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_the_api_is_asked_one_siret_at_a_time_and_answers_are_kept(tmp_path: Path) -> None:
    answers = [json.loads(line) for line in (FIXTURES / "recherche-entreprises.json").read_text().splitlines()]
    for answer in answers:
        for unit in answer["results"]:
            del unit["consulte_le"]
    by_siret = dict(zip((OPEN, CLOSED), answers, strict=False))

    def answer(path: str, _number: int) -> Answer:
        asked = path.partition("q=")[2][:14]
        if asked == siret(9):
            return Answer(b'{"erreur": "non"}', status=400, headers=JSON)
        return Answer(json.dumps(by_siret.get(asked, answers[2])).encode(), headers=JSON)

    sirets = [OPEN, CLOSED, siret(8), siret(9)]
    with serving(answer) as server:
        get = Fetcher(SERVICES["recherche-entreprises"].at(server.base), tmp_path, now=time.time, sleep=lambda _: None)
        ask = lambda limit: ask_about(get, sirets, max_age_s=60, limit=limit, progress=lambda *_: None)  # noqa: E731
        first = ask(1)
        assert (first.known, first.unknown, len(server.asked)) == (1, 0, 1)
        second = ask(None)
        assert (second.known, second.unknown) == (2, 2)
        assert len(server.asked) == 4, "what was answered is not asked again"
    golden = read(FIXTURES / "recherche-entreprises.json", key="recherche-entreprises")
    said = read(second.path, key="recherche-entreprises")
    assert [replace(record, as_of="") for record in said] == [replace(record, as_of="") for record in golden]
    assert all(record.as_of for record in said)


def test_an_answer_of_another_shape_is_refused_and_forgotten(tmp_path: Path) -> None:
    with serving(lambda *_: Answer(b'{"hits": []}', headers=JSON)) as server:
        get = Fetcher(SERVICES["recherche-entreprises"].at(server.base), tmp_path, now=time.time, sleep=lambda _: None)
        with pytest.raises(FetchError, match="« results »"):
            ask_about(get, [OPEN], max_age_s=60, limit=None, progress=lambda *_: None)
    assert list(tmp_path.glob("*.bin")) == []
