"""Why a trade is read: the words that counted as they are written, those that speak for another, the nearest sentence of the corpus."""

from matcher.domain.reading import Lot
from matcher.reading.reader import read, why_trade
from matcher.reading.trade.corpus import sentences_of
from matcher.reading.trade.model import NOTHING, current_model
from matcher.reading.trade.why import nearest_sentence


def test_the_words_that_counted_are_told_as_they_are_written() -> None:
    reasons = why_trade(read(Lot("Relance TÉLÉPHONIQUE des 40 impayés, à l’Œuvre")))
    assert reasons is not None
    assert "TÉLÉPHONIQUE" in reasons.words
    assert not {"des", "à", "l", "40", "0"} & set(reasons.words)


def test_a_word_that_speaks_for_another_trade_is_not_told_of_the_first() -> None:
    reading = read(Lot("Collecte"))
    reasons = why_trade(reading)
    assert reasons is not None
    assert reasons.code == reading.activities[0].code
    assert reasons.other in reading.options
    assert reasons.words == ("Collecte",)


def test_a_sentence_of_the_corpus_is_nearest_to_itself() -> None:
    sentence = sentences_of("espaces-verts.debroussaillage")[7]
    model = current_model()
    assert nearest_sentence(model, sentence, "espaces-verts.debroussaillage") == sentence
    assert nearest_sentence(model, "", "espaces-verts.debroussaillage") == ""


def test_nothing_is_told_of_a_trade_that_no_word_says() -> None:
    assert why_trade(read(Lot("", cpv=("90919200",)))) is None


def test_the_sentences_of_an_activity_are_those_that_ask_for_it() -> None:
    assert len(sentences_of("proprete.locaux")) > 50
    assert not set(sentences_of(NOTHING)) & set(sentences_of("proprete.locaux"))
