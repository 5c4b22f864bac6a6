"""A directory that is read in a process of its own says what it says in ours."""

from pathlib import Path

import pytest

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.read_apart import importer_in_subprocess, recognise_in_subprocess
from matcher.jobs.reader_process import COMMAND, ReadRefused
from matcher.jobs.stop import Stop, Stopped
from tests.importers.reading import fixtures, key_of


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda fixture: fixture.name)
def test_every_importer_gives_the_same_from_the_other_process(fixture: Path) -> None:
    key = key_of(fixture)
    source = Source(fixture, wanted=frozenset({"00011000700010"}))
    assert list(importer_in_subprocess(key, limits=COMMAND).read(source)) == list(REGISTRY[key].read(source))


def test_a_refusal_comes_back_in_its_words(tmp_path: Path) -> None:
    path = tmp_path / "vide.csv"
    path.touch()
    with pytest.raises(ReadRefused, match=r"« vide\.csv » : le fichier est vide"):
        list(importer_in_subprocess("finess").read(Source(path)))


def test_a_file_is_recognised_unless_it_is_stopped() -> None:
    fixture = next(path for path in fixtures() if path.name.startswith("finess"))
    stop = Stop()
    assert recognise_in_subprocess(Source(fixture), ["hosmoz", "finess", "tableur"], stop) == "finess"
    stop.ask()
    with pytest.raises(Stopped):
        recognise_in_subprocess(Source(fixture), ["finess"], stop)
