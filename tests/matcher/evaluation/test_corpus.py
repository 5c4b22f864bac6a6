"""Corpus read in folds: every sentence once, by a model that has not seen it; what is counted of it."""

import pytest

from matcher.evaluation import corpus
from matcher.evaluation.corpus import SentenceRead
from matcher.reading.trade.corpus import CorpusSentence
from matcher.reading.trade.model import TradeModel
from matcher.reading.trade.training import train

GLASS, PAPER, PAPER_TWIN = "proprete.vitrerie", "dechets.papiers", "recyclage.papiers"


def read(asked: tuple[str, ...], first: str, share: float = 0.9, genre: str = "hate", *beside: str) -> SentenceRead:
    return SentenceRead(CorpusSentence(asked, genre, "texte"), first, share, frozenset({first, *beside}))


def test_sentences_of_an_activity_are_dealt_to_all_folds() -> None:
    sentences = [CorpusSentence((code,), "hate", f"{code} {rank}") for code in (GLASS, PAPER) for rank in range(10)]
    folds = corpus.sentence_folds(sentences)
    assert sorted(folds[:10].tolist()) == sorted(folds[10:].tolist()) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert (folds == corpus.sentence_folds(sentences)).all()


def test_every_sentence_is_read_by_a_model_that_has_not_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[frozenset[str]] = []

    def without_terms(sentences: list[CorpusSentence]) -> TradeModel:
        learned.append(frozenset(sentence.objet for sentence in sentences))
        return train(sentences, terms=False)

    monkeypatch.setattr(corpus, "train", without_terms)
    words = ("vitres", "carreaux", "baies", "glaces", "verrières")
    sentences = [
        CorpusSentence((GLASS,), "hate", f"laver les {word} numéro {'abcde'[n]}") for word in words for n in range(2)
    ]
    sentences += [
        CorpusSentence((PAPER,), "hate", f"ramasser les {word} de papier {'abcde'[n]}")
        for word in words
        for n in range(2)
    ]
    reads = corpus.read_in_folds(sentences)
    assert [its.sentence for its in reads] == sentences
    assert all(len(seen) == 16 for seen in learned)
    assert corpus.share_right(reads) == 1.0
    monkeypatch.setattr(corpus, "PARTS", (0.5, 1.0))
    assert corpus.learning_curve(sentences)[1.0] == 1.0


def test_a_twin_is_right_and_a_confusion_is_counted() -> None:
    reads = [read((PAPER,), PAPER_TWIN), read((GLASS,), PAPER), read((GLASS,), PAPER), read((GLASS,), GLASS, 0.2)]
    assert [its.right for its in reads] == [True, False, False, True]
    assert corpus.worst_pairs(reads) == [(GLASS, PAPER, 2)]
    assert [its.sure for its in reads] == [True, True, True, False]
    genres = corpus.by_genre(reads)
    assert genres["ensemble"]["juste si sûre"] == pytest.approx(1 / 3)
    assert genres["hate"]["phrases"] == 4.0
    assert [row[:2] for row in corpus.tenths(reads)] == [(0.2, 1), (0.9, 3)]


def test_a_sentence_of_two_trades_is_whole_where_both_are_asked() -> None:
    reads = [read((GLASS, PAPER), GLASS, 0.9, "double", PAPER_TWIN), read((GLASS, PAPER), GLASS), read((GLASS,), GLASS)]
    assert corpus.doubles(reads) == {"les deux d’un double": 0.5, "un de trop": 0.0}
