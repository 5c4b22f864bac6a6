"""The catalogue of the invented sample, and the command line called in this process."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from matcher.cli.app import main
from matcher.settings import DATABASE_VARIABLE


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, and what it wrote on each stream."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return " ".join((self.out + self.err).split())

    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    def lines(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.err
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Done]


@pytest.fixture
def sample(built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample catalogue, chosen by the environment. Read only: a test that writes takes `own`."""
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{built.as_posix()}")
    return built


@pytest.fixture
def own(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample catalogue that a test may change."""
    path = tmp_path / "copie.sqlite"
    shutil.copy(built, path)
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{path.as_posix()}")
    return path


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where no catalogue is yet."""
    path = tmp_path / "dossier" / "neuf.sqlite"
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{path.as_posix()}")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Call `entremise` with these arguments."""

    def call(*args: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return call
