"""Learning in a catalogue: what was corrected is read right, is that catalogue's alone, is undone, and is refused where reading would lose by it."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher import open_catalogue
from matcher.catalogue.steward.learning import LearningRefused, learn_trades
from matcher.catalogue.steward.own_reader import cut_reader, drop_reader, follow_reader, reader_files
from matcher.db import open_database
from matcher.domain.reading import Lot
from matcher.mapped import write_mapped_table
from matcher.reading.reader import read
from matcher.reading.trade.corpus import CorpusSentence, read_corpus, write_corpus
from matcher.reading.trade.model import current_model
from matcher.reading.trade.relearning import Relearned
from matcher.web import create_app
from matcher.web.frame.cache import cached_result
from tests.matcher.catalogue.steward.small_corpus import (
    CLEANING,
    GLASS,
    LINEN,
    SENTENCES,
    ship_small_corpus,
    small_model,
)

TYPED = "remise en ordre du vestiaire"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ship_small_corpus(monkeypatch)
    monkeypatch.setattr("matcher.catalogue.steward.own_reader.reader_folder", lambda: tmp_path / "serveur")


@pytest.fixture
def corrected(tmp_path: Path) -> Path:
    """A file of one correction."""
    path = tmp_path / "besoins.csv"
    write_corpus([CorpusSentence((GLASS,), "corrige", TYPED)], path)
    return path


def first_read(text: str) -> str:
    return read(Lot(text)).activities[0].code


def test_what_was_corrected_is_read_right_at_once_and_undone(engine: Engine, corrected: Path) -> None:
    follow_reader(engine.url)
    assert first_read(TYPED) != GLASS
    steps: list[str] = []
    learned = learn_trades(engine, corrected, steps.append)
    assert (learned.right, learned.right_before) == (1, 0)
    assert learned.trained.tried == len(SENTENCES) // 5
    assert len(steps) == 4
    assert first_read(TYPED) == GLASS
    assert first_read("lavage des vitres") == GLASS
    assert [its.objet for its in read_corpus(learned.sentences)] == [TYPED]
    assert drop_reader(engine)
    assert first_read(TYPED) != GLASS
    assert not drop_reader(engine)


def test_what_a_catalogue_learned_is_not_read_with_in_another(engine: Engine, corrected: Path, tmp_path: Path) -> None:
    learn_trades(engine, corrected)
    other = open_database(f"sqlite:///{(tmp_path / 'autre.sqlite').as_posix()}")
    follow_reader(other.url)
    assert first_read(TYPED) != GLASS
    follow_reader(engine.url)
    assert first_read(TYPED) == GLASS
    other.dispose()


def test_learning_again_takes_the_place_of_what_was_learned(engine: Engine, corrected: Path) -> None:
    learn_trades(engine, corrected)
    follow_reader(engine.url)
    write_corpus([CorpusSentence((CLEANING,), "corrige", TYPED)], corrected)
    learn_trades(engine, corrected)
    assert first_read(TYPED) == CLEANING


def test_sentences_that_make_reading_lose_are_refused_with_the_figures(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "contraires.csv"
    wrong = [
        CorpusSentence((LINEN,), "corrige", f"{its.objet} !")
        for its in SENTENCES
        if its.activities in ((GLASS,), (CLEANING,))
    ]
    write_corpus(wrong, path)
    with pytest.raises(LearningRefused, match=r"y perdrait\. .* perdues .*contraires\.csv"):
        learn_trades(engine, path)
    files = reader_files(engine.url)
    assert files is not None
    assert not files.model.exists()
    assert not files.sentences.exists()


@pytest.mark.parametrize(
    ("gained", "lost", "loses"), [(0, 0, False), (0, 1, False), (0, 2, True), (4, 7, False), (4, 9, True)]
)
def test_a_loss_is_one_beyond_a_standard_error(gained: int, lost: int, loses: bool) -> None:
    assert Relearned(small_model(), 1, 40, gained, lost).loses is loses


def test_a_catalogue_in_memory_keeps_nothing(corrected: Path) -> None:
    engine = open_database("sqlite://")
    with pytest.raises(LearningRefused, match="en mémoire"):
        learn_trades(engine, corrected)


def test_a_model_of_another_version_gives_way_to_the_shipped_one_and_the_log_says_so(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    files = reader_files(engine.url)
    assert files is not None
    write_mapped_table(small_model(), files.model, "lecteur 0")
    follow_reader(engine.url)
    with caplog.at_level(logging.WARNING):
        assert current_model() is small_model()
    assert "entremise apprendre" in caplog.text


def test_sentences_that_hold_what_is_forgotten_leave_with_the_model(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "besoins.csv"
    write_corpus([CorpusSentence((LINEN,), "corrige", text) for text in (TYPED, "le linge que suit Zoé Pic")], path)
    learned = learn_trades(engine, path)

    def cut(text: str) -> str:
        return text.replace("Zoé Pic", "")

    assert cut_reader(engine, cut, dry_run=True) == 1
    assert learned.model.exists()
    assert cut_reader(engine, cut) == 1
    assert not learned.model.exists()
    assert [its.objet for its in read_corpus(learned.sentences)] == [TYPED]
    assert cut_reader(engine, cut) == 0
    learned.sentences.write_text("activites;genre;objet\nplus.connue;corrige;vu avec Zoé Pic\n", encoding="utf-8")
    assert cut_reader(engine, cut) == 1, "a file that teaches nothing any more is searched all the same"
    assert "Zoé" not in learned.sentences.read_text(encoding="utf-8-sig")


def test_scripts_that_have_two_catalogues_open_read_each_with_its_own(
    engine: Engine, corrected: Path, tmp_path: Path
) -> None:
    learn_trades(engine, corrected)
    urls = (engine.url.render_as_string(hide_password=False), f"sqlite:///{(tmp_path / 'autre.sqlite').as_posix()}")
    with open_catalogue(urls[0]) as own, open_catalogue(urls[1]) as other:
        read_by = [opened.read(TYPED)["activities"][0]["code"] for opened in (own, other, own)]
    assert read_by[0] == read_by[2] == GLASS
    assert read_by[1] != GLASS


def test_what_pages_remember_is_made_again_with_another_model(engine: Engine, corrected: Path) -> None:
    app = create_app(engine)
    with app.app_context():
        before = cached_result("essai", 1, object)
        learn_trades(engine, corrected)
        assert cached_result("essai", 1, object) is not before
        drop_reader(engine)
        assert cached_result("essai", 1, object) is before
