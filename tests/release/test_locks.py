"""What make, the image and a server install is what the locks pin, which agree with pyproject.toml and with one another."""

import re
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.release.audit import LOCK as AUDITED
from tests.release.locks import LOCKS, installations, locked, unlocked

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_agrees_with_pyproject_and_gives_the_hashes_of_each(name: str) -> None:
    """Otherwise: `make lock`."""
    held = locked(name)
    optional = [asked for extra in LOCKS[name] for asked in PROJECT["optional-dependencies"][extra]]
    for asked in map(Requirement, [*PYPROJECT["build-system"]["requires"], *PROJECT["dependencies"], *optional]):
        versions = [next(iter(pin.specifier)).version for pin in held.get(canonicalize_name(asked.name), ())]
        assert versions, asked
        assert all(asked.specifier.contains(version) for version in versions), asked


def test_the_locks_agree_with_one_another() -> None:
    """Otherwise: `make lock`. Tests run on what servers run, and what is audited holds every pin of the servers."""
    servers, audited, tested, site = (
        {name: {str(pin.specifier) for pin in pins} for name, pins in locked(name).items()} for name in LOCKS
    )
    assert audited.keys() == locked(AUDITED.name).keys()
    for few, many in pairwise((servers, audited, tested)):
        assert {name: pins for name, pins in few.items() if many.get(name) != pins} == {}
    assert {name: pins for name, pins in site.items() if name in tested and pins != tested[name]} == {}


def planned(tmp_path: Path, *targets: str) -> str:
    """Return the commands that make would run in a fresh clone."""
    asked = ["make", "--dry-run", "--always-make", f"VENV={tmp_path}", *targets]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("target", ["run", "test", "quick", "lint", "lock", "site", "dist"])
def test_make_installs_what_is_locked_and_builds_with_it(tmp_path: Path, target: str) -> None:
    commands = planned(tmp_path, target)
    assert installations(commands)
    assert unlocked(commands) == []
    assert not re.search(r"-m build\b(?!.* --no-isolation)", commands), "which takes the setuptools of the day"


@pytest.mark.parametrize("name", ["Dockerfile", "docs/deploy.md", ".github/workflows/audit.yml"])
def test_what_is_put_to_work_is_locked(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)) or text
    assert installations(commands)
    assert unlocked(commands) == []


def test_the_newest_libraries_are_tried_every_week_apart(tmp_path: Path) -> None:
    (install, *others) = installations(planned(tmp_path, "newest"))
    assert (others, "'.[test]'" in install) == ([], True)
    weekly = yaml.safe_load((ROOT / ".github/workflows/newest.yml").read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d+ \d+ \* \* \d", weekly[True]["schedule"][0]["cron"])
    assert "make newest" in [step.get("run") for step in weekly["jobs"]["newest"]["steps"]]
