"""How long a test waits, for what will come and never for a time, and how often it tries its luck: how busy the machine is decides of no test."""

import time
from collections.abc import Callable
from typing import TypeVar

from hypothesis import settings

# Past it, what is awaited will not come: a test that waits so long has failed, whatever the machine.
LONGEST_S = 300.0
# The examples that a property draws, and what else is left to chance, before a change; Hypothesis has its profile for the other runs.
USUAL = 25

T = TypeVar("T")


def awaited(look: Callable[[], T], found: Callable[[T], bool]) -> T:
    """Look again and again, and return what is `found` in the end; AssertionError where it never is."""
    end = time.monotonic() + LONGEST_S
    while not found(seen := look()):
        assert time.monotonic() < end, f"jamais venu ; vu à la place : {seen}"
        time.sleep(0.02)
    return seen


def tries(usual: int) -> int:
    """Return how often to try in this run what is tried `usual` times in a whole run before a change."""
    return max(1, usual * settings.default.max_examples // USUAL)
