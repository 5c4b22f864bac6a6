"""Corpus: what a file of sentences must be, and the sentence that names the line where it is not."""

from collections import Counter
from pathlib import Path

import pytest

from matcher.reading.trade.corpus import (
    CorpusError,
    CorpusSentence,
    corpus_rows,
    read_corpus,
    shipped_corpus,
    shipped_words,
)
from matcher.reading.trade.model import NOTHING, shipped_model
from matcher.reading.trade.training import corpus_digest
from matcher.reference.trades.taxonomy import taxonomy

HEADER = "activites;genre;objet\n"
FEWEST = 60


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("", "ligne 1 : l’en-tête"),
        ("code;genre;objet\n", "ligne 1 : l’en-tête"),
        (
            f"{HEADER}proprete.locaux;hate;ménage\nproprete.vide;hate;vitres\n",
            "ligne 3 : « proprete.vide » n’est pas une activité",
        ),
        (f"{HEADER}proprete.locaux;hate;ménage\nproprete.vitrerie;hate;Ménage\n", "ligne 3 : déjà dite ligne 2"),
        (f"{HEADER}proprete.locaux;hate\n", "ligne 2 : 2 cellule(s) au lieu de 3"),
        (f"{HEADER}proprete.locaux;hate;ménage; vitres\n", "ligne 2 : 4 cellule(s) au lieu de 3"),
        (f"{HEADER};hate;ménage\n", "ligne 2 : il manque l’activité"),
        (f"{HEADER}proprete.locaux;hate;\n", "ligne 2 : il manque l’objet"),
        (f"{HEADER}aucun proprete.locaux;hate;ménage\n", "ligne 2 : « aucun proprete.locaux »"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(tmp_path: Path, lines: str, says: str) -> None:
    path = tmp_path / "besoins.csv"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(CorpusError) as refused:
        read_corpus(path)
    assert says in str(refused.value)
    assert "« besoins.csv »" in str(refused.value)


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "besoins.csv"
    path.write_bytes(f"{HEADER}proprete.locaux;hate;ménage\n".encode("cp1252"))
    with pytest.raises(CorpusError, match="UTF-8"):
        read_corpus(path)


def test_a_file_written_is_read_again(tmp_path: Path) -> None:
    sentences = (CorpusSentence(("proprete.locaux", "proprete.vitrerie"), "double", "ménage et vitres"),)
    path = tmp_path / "besoins.csv"
    path.write_text("".join(f"{';'.join(row)}\n" for row in corpus_rows(sentences)), encoding="utf-8")
    assert read_corpus(path) == sentences


def test_every_activity_has_sentences_of_many_voices() -> None:
    sentences = shipped_corpus()
    firsts = Counter(sentence.activities[0] for sentence in sentences)
    assert set(firsts) == {leaf.code for leaf in taxonomy().leaves} | {NOTHING}
    assert min(firsts.values()) >= FEWEST
    genres = {code: {its.genre for its in sentences if its.activities[0] == code} for code in firsts if code != NOTHING}
    assert min(map(len, genres.values())) >= 10


def test_the_model_that_is_carried_is_of_the_corpus_that_is_carried() -> None:
    assert shipped_model().corpus == corpus_digest([*shipped_corpus(), *shipped_words()])
