"""Tables: every module that declares one is found, in a process where nothing else has imported it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Mapped, mapped_column

from matcher.db import open_database
from matcher.rows import Base
from tests.waiting import LONGEST_S


def test_a_process_that_imports_this_module_alone_has_every_table(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    open_database(f"sqlite:///{path.as_posix()}").dispose()
    script = (
        "from sqlalchemy import create_engine; from matcher.rows import named_tables; "
        f"print(*named_tables(create_engine('sqlite:///{path.as_posix()}').connect()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=LONGEST_S)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"supplier", "decision", "work", "dossier", "interlocutor"} <= set(done.stdout.split())


def test_a_row_class_that_says_nothing_of_what_it_holds_does_not_start() -> None:
    with pytest.raises(TypeError, match="MuteRow does not declare"):

        class MuteRow(Base):
            __tablename__ = "muette"
            id: Mapped[int] = mapped_column(primary_key=True)
