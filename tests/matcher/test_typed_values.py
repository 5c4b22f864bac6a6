"""Threads that convert to one type for the first time: msgspec alone crashes the process there, which is why each tries in another process."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from matcher.typed_values import convert_value, decode_json
from tests.conftest import ROOT

AT_ONCE = """
import dataclasses, sys, threading
import msgspec
from matcher.typed_values import convert_value, decode_json
sys.setswitchinterval(1e-6)
for rank in range(150):
    make = dataclasses.make_dataclass if rank % 2 else msgspec.defstruct
    inner = make(f"Inner{rank}", [(f"field{at}", int) for at in range(20)])
    outer = make(f"Outer{rank}", [("parts", tuple[inner, ...])])
    value = {"parts": [{f"field{at}": at for at in range(20)}]}
    content, together, results = msgspec.json.encode(value), threading.Barrier(4), []
    def read(way):
        together.wait()
        results.append(convert_value(value, outer) if way else decode_json(content, outer))
    threads = [threading.Thread(target=read, args=(way % 2,)) for way in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert [result.parts[0].field19 for result in results] == [19] * 4
"""


def test_threads_that_meet_a_type_at_once_all_read_it() -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        convert_value("douze", int)
    with pytest.raises(msgspec.ValidationError):
        decode_json(b'"douze"', int)
    assert convert_value("12", int, strict=False) == decode_json(b"12", int) == 12


def test_no_other_module_of_the_server_converts_by_msgspec_itself() -> None:
    """A process that reads one file has one thread; a value without a wanted type is described by nothing."""
    alone = {Path("matcher/typed_values.py"), Path("matcher/jobs/reader_child.py")}
    used = re.compile(r"\bmsgspec\.(?:convert\(|json\.decode\([^()]*type=)")
    modules = {path.relative_to(ROOT) for room in ("matcher", "importers") for path in (ROOT / room).rglob("*.py")}
    assert [module for module in sorted(modules - alone) if used.search((ROOT / module).read_text("utf-8"))] == []
