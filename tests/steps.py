"""Steps of a computation: what twice as much asks of it, whatever the machine and its load."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps_of(done: Callable[[], object]) -> int:
    """Return how many instructions it takes to do this."""
    steps = 0

    def count(frame: FrameType, what: str, _: object) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += what == "opcode"
        return count

    former = sys.gettrace()
    sys.settrace(count)
    try:
        done()
    finally:
        sys.settrace(former)
    return steps
