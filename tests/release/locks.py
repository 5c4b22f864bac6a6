"""The locks, as `make lock` writes them, and the commands that install libraries."""

import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

# Each lock, and the extras that it holds.
LOCKS = {
    "requirements.lock": ("postgresql",),
    "requirements-batch.lock": ("postgresql", "parquet", "cluster"),
    "requirements-test.lock": ("postgresql", "parquet", "cluster", "test"),
    "requirements-site.lock": ("postgresql", "site"),
}


def locked(name: str) -> dict[str, list[Requirement]]:
    """The pins of a lock by the name of their library: more than one where they depend on the Python. Each must have its hashes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^(\S+==[^\\]+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, flags=re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\w", text, flags=re.MULTILINE)), "each with its hashes"
    held: dict[str, list[Requirement]] = {}
    for pin in (Requirement(pin) for pin, _ in pins):
        held.setdefault(canonicalize_name(pin.name), []).append(pin)
    return held


def installations(commands: str) -> list[str]:
    """Return the commands of a text that install libraries, without the words of comments."""
    lines = re.split(r"\n|&&", commands.replace("\\\n", " "))
    return [line for line in lines if re.search(r"^[^#]*\bpip\b.* install ", line)]


def unlocked(commands: str) -> list[str]:
    """Return the commands of a text that install what no lock names."""
    whole = ("--require-hashes", "--no-deps --no-build-isolation")
    return [line for line in installations(commands) if not any(words in line for words in whole)]
