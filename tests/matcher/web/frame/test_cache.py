"""Slow results: made once however many threads ask for one together, and the oldest forgotten."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

from flask import Flask

from matcher.web.frame.cache import cached_result
from tests.waiting import LONGEST_S

ASKING = 4


def test_what_many_ask_for_together_is_made_once() -> None:
    app, together, made = Flask("essai"), Barrier(ASKING), []

    def make() -> str:
        made.append("un")
        sleep(0.05)  # time for the others to ask
        return "un"

    def ask(_: int) -> str:
        together.wait(LONGEST_S)
        with app.app_context():
            return cached_result("essai", 1, lambda: cached_result("essai", 2, make))

    with ThreadPoolExecutor(ASKING) as threads:
        assert set(threads.map(ask, range(ASKING))) == {"un"}
    assert made == ["un"]


def test_the_oldest_of_a_kind_are_forgotten() -> None:
    with Flask("essai").app_context():
        assert [cached_result("essai", key, lambda key=key: key) for key in range(70)] == list(range(70))
        assert cached_result("essai", 69, lambda: -1) == 69
        assert cached_result("essai", 0, lambda: -1) == -1
