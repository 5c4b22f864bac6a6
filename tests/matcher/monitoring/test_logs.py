"""One configuration of logs: JSON or plain words, steps when asked, and no value that a person gave."""

import json
import logging
import threading
from typing import Any

import pytest

from matcher.monitoring.logs import command_logged, log_events
from matcher.settings import LogFormat

Capture = pytest.CaptureFixture[str]
SECRET = "jeanne.martin@valbrune.example"  # noqa: S105  # what nobody may read in a log
OURS, THEIRS = logging.getLogger("matcher.essai"), logging.getLogger("waitress")


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


def test_a_line_tells_the_fields_that_are_known_and_no_other(capsys: Capture) -> None:
    with log_events(LogFormat.JSON, verbose=False):
        OURS.info("requête", extra={"status": 200, "ms": 12, "login": SECRET})
        OURS.debug("étape")
    written = capsys.readouterr().err
    (line,) = lines(written)
    assert (line["message"], line["status"], line["ms"], line["level"]) == ("requête", 200, 12, "info")
    assert SECRET not in written


def test_of_a_library_nothing_is_quoted(capsys: Capture) -> None:
    with log_events(LogFormat.JSON, verbose=False):
        THEIRS.warning("Exception while serving %s", f"/r/{SECRET}")
        THEIRS.warning(f"lu : {SECRET}")  # as some libraries do
    written = capsys.readouterr().err
    values, made = lines(written)
    assert values["message"] == "Exception while serving %s"
    assert made["message"].startswith("test_logs:")
    assert SECRET not in written


def failing() -> None:
    try:
        _ = {}[SECRET]
    except KeyError as error:
        raise ValueError(f"de {SECRET}") from error


@pytest.mark.parametrize("form", LogFormat)
def test_an_exception_is_told_by_its_places(form: LogFormat, capsys: Capture) -> None:
    with log_events(form, verbose=False):
        try:
            failing()
        except ValueError:
            OURS.exception("erreur")
    said = capsys.readouterr().err
    assert SECRET not in said
    assert said.index(" failing") < said.index("ValueError") < said.index("d’où") < said.index("KeyError")


def test_a_thread_that_dies_is_told(capsys: Capture) -> None:
    with log_events(LogFormat.TEXT, verbose=False):
        thread = threading.Thread(target=failing)
        thread.start()
        thread.join()
    written = capsys.readouterr().err
    assert "un fil s’est arrêté" in written
    assert SECRET not in written


def test_the_end_of_a_command_is_told_where_steps_are(capsys: Capture) -> None:
    with log_events(LogFormat.TEXT, verbose=True), command_logged("entremise match"):
        OURS.debug("étape %d", 1)
    step, end = capsys.readouterr().err.splitlines()
    assert step.endswith(" étape 1")
    assert " commande command=entremise match ending=fait ms=" in end


def test_nothing_is_left_after_the_block() -> None:
    before = (logging.getLogger().handlers[:], OURS.getEffectiveLevel(), threading.excepthook)
    with log_events(LogFormat.JSON, verbose=True):
        assert OURS.isEnabledFor(logging.DEBUG)
    assert (logging.getLogger().handlers, OURS.getEffectiveLevel(), threading.excepthook) == before
