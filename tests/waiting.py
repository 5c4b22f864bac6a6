"""Waiting for what will come, never for a time: how busy the machine is decides of no test."""

import time
from collections.abc import Callable
from typing import TypeVar

# Past it, what is awaited will not come: a test that waits so long has failed, whatever the machine.
LONGEST_S = 300.0

T = TypeVar("T")


def awaited(look: Callable[[], T], found: Callable[[T], bool]) -> T:
    """Look again and again, and return what is `found` in the end; AssertionError where it never is."""
    end = time.monotonic() + LONGEST_S
    while not found(seen := look()):
        assert time.monotonic() < end, f"jamais venu ; vu à la place : {seen}"
        time.sleep(0.02)
    return seen
