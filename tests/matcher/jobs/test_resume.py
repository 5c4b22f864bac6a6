"""Answers kept line after line: taken up whole after a stop, and never by another work."""

import os
from pathlib import Path

import pytest

from matcher.jobs.resume import KeptAnswers, forget_old, name_of


def fill(path: Path, work: str = "a") -> None:
    with KeptAnswers(path, work) as kept:
        for index in range(3):
            kept.keep(str(index), {"n": index})


def test_what_was_written_is_held_again(tmp_path: Path) -> None:
    path = tmp_path / "un" / "a.jsonl"
    fill(path)
    with KeptAnswers(path, "a") as kept:
        assert kept.held == {str(index): {"n": index} for index in range(3)}
        kept.keep("3", {"n": 3})
    with KeptAnswers(path, "a") as kept:
        assert len(kept.held) == 4


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_line_cut_as_it_was_written_is_done_again(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.jsonl"
    fill(path)
    path.write_bytes(path.read_bytes()[:-cut])
    with KeptAnswers(path, "a") as kept:
        assert list(kept.held) == ["0", "1"]
        kept.keep("2", {"n": 2})
    with KeptAnswers(path, "a") as kept:
        assert list(kept.held) == ["0", "1", "2"]


def test_another_work_or_another_file_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    fill(path)
    with KeptAnswers(path, "b") as kept:
        assert not kept.held
    path.write_text("pas du JSON", "utf-8")
    with KeptAnswers(path, "a") as kept:
        assert not kept.held
    assert name_of(1, "a") != name_of(1, "b")


def test_nothing_is_kept_without_a_file() -> None:
    with KeptAnswers(None, "a") as kept:
        kept.keep("0", {})
        assert not kept.held


def test_what_was_left_for_a_week_is_deleted(tmp_path: Path) -> None:
    fill(tmp_path / "vieux.jsonl")
    fill(tmp_path / "neuf.jsonl")
    os.utime(tmp_path / "vieux.jsonl", (0, 0))
    forget_old(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["neuf.jsonl"]
