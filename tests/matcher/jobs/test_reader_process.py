"""A reader process does as the function it calls, and takes down nothing but itself, whatever the function does."""

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from matcher.jobs.reader_child import ReadingLimits
from matcher.jobs.reader_process import PAGE, ReadRefused, apart
from matcher.jobs.stop import Stop, Stopped
from tests.matcher.jobs import readers
from tests.matcher.jobs.readers import Gap, Refusal, Tone, Word
from tests.waiting import LONGEST_S

SHORT = ReadingLimits(seconds=1, memory=512 * 2**20, silence=1.5)
# On a busy machine a niced process may be silent for long before it has spent a second.
PATIENT = ReadingLimits(seconds=1, memory=512 * 2**20, silence=LONGEST_S)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "mots.txt"
    file.write_text("un\n\ndeux\n", encoding="utf-8")
    return file


def test_values_come_back_as_the_types_that_the_function_declares(path: Path) -> None:
    found = list(apart(readers.words)(path, Tone.LOW))
    assert found == [Word("un", Tone.LOW, dt.time(9, 1)), Gap(2), Word("deux", Tone.LOW, dt.time(9, 3))]
    assert apart(readers.summed)(path, 2) == (2, frozenset({"un", "deux"}))


def test_a_path_of_any_bytes_is_found(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xe9.txt"))
    path.write_text("un", encoding="utf-8")
    assert apart(readers.summed)(path, 1) == (1, frozenset({"un"}))


def test_a_refusal_says_what_it_says(path: Path) -> None:
    with pytest.raises(ReadRefused, match=r"^« mots\.txt » : 2 mots ; il en faut 3\.$"):
        apart(readers.summed, Refusal)(path, 3)


def test_it_is_a_process_of_its_own_that_knows_no_secret(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREMISE_DB", "postgresql://moi:secret@hote/base")
    number, environment = apart(readers.process)(path)
    assert number != os.getpid()
    assert not any(name.startswith("ENTREMISE") for name in environment)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (
            readers.turning,
            "demande plus qu’un fichier n’a le droit de prendre .1 secondes de calcul, 512 Mio de mémoire",
        ),
        (readers.eating, "demande plus"),
        (readers.aborting, "demande plus"),
        (readers.endless, "demande plus"),
        (readers.broken, "abîmé, ou d’une forme qui ne se lit pas. Ouvrez-le"),
        (readers.leaving, "abîmé"),
    ],
)
def test_whatever_it_does_the_file_is_refused_with_what_to_do(
    function: Callable[[Path], int | str | Iterator[int]], says: str, path: Path
) -> None:
    with pytest.raises(ReadRefused, match=f"« mots.txt » : .*{says}"):
        list(found) if isinstance(found := apart(function, limits=PATIENT)(path), Iterator) else found


def test_a_silence_is_not_taken_for_a_file_that_asks_too_much(path: Path) -> None:
    with pytest.raises(ReadRefused, match=r"pendant 1\.5 secondes : le serveur est très occupé.*Ouvrez-le"):
        apart(readers.sleeping, limits=SHORT)(path)


def test_why_a_function_broke_is_kept_for_who_mends_it(path: Path) -> None:
    with pytest.raises(ReadRefused) as refused:
        apart(readers.broken)(path)
    assert "KeyError: 'mots.txt'" in str(refused.value.__cause__)


def test_an_answer_of_another_type_is_a_defect(path: Path) -> None:
    with pytest.raises(msgspec.ValidationError, match="Expected `int`"):
        apart(readers.other)(path)


def test_it_is_stopped_while_it_reads(path: Path) -> None:
    stop, ended = Stop(), []

    def read() -> None:
        with pytest.raises(Stopped):
            apart(readers.sleeping, limits=PAGE, stop=stop)(path)
        ended.append(True)

    thread = Thread(target=read)
    thread.start()
    told = path.with_suffix(".pid")
    while not told.is_file() or not told.read_text(encoding="utf-8"):
        time.sleep(0.01)
    stop.ask()
    thread.join(20)
    assert ended == [True]
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text(encoding="utf-8")), 0)


def test_stopped_before_it_begins_it_reads_nothing(path: Path) -> None:
    stop = Stop()
    stop.ask()
    with pytest.raises(Stopped):
        apart(readers.sleeping, stop=stop)(path)
    with pytest.raises(Stopped):
        stop.check()


def test_what_is_no_longer_asked_for_ends(path: Path) -> None:
    talk = apart(readers.talking)(path)
    assert list(islice(talk, 3)) == ["a" * 1_000] * 3
    assert isinstance(talk, Iterator)
    talk.close()  # type: ignore[attr-defined]  # it is a generator


def test_the_time_of_who_reads_the_values_is_not_the_reader_s(path: Path) -> None:
    path.write_text("un\n" * 20_000, encoding="utf-8")
    found = 0
    for one in apart(readers.words, limits=SHORT)(path, Tone.HIGH):
        found += isinstance(one, Word)
        if found == 1:
            time.sleep(2 * SHORT.silence)
    assert found == 20_000
