"""Training: the same sentences give the same model, which reads them, sets aside what a sentence denies, and is read again from its file."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from matcher.mapped import write_mapped_table
from matcher.reading.trade.corpus import CorpusSentence
from matcher.reading.trade.model import NOTHING, VERSION, TradeModel, load_model
from matcher.reading.trade.training import fit, fit_few, train

GLASS, CLEANING, LINEN = "proprete.vitrerie", "proprete.locaux", "linge.blanchisserie"
ASKED = {
    GLASS: ("lavage des vitres", "vitres et baies de la mairie", "laver les carreaux", "vitrerie en hauteur"),
    CLEANING: ("ménage des bureaux", "nettoyage des sols", "entretien courant des locaux", "passer la serpillière"),
    LINEN: ("laver les draps", "blanchisserie du linge plat", "traitement des draps de l’internat", "linge de lit"),
    NOTHING: ("vendre un terrain", "demande de subvention", "bonjour", "congés de juillet"),
}


def _sentences() -> list[CorpusSentence]:
    plain = [CorpusSentence((code,), "hate", objet) for code, its in ASKED.items() for objet in its]
    denied = [
        CorpusSentence((code,), "voisin", f"{other} est déjà fait, mais il nous faut {objet}")
        for code, its in ASKED.items()
        for objet in its[:3]
        for others in (ASKED[CLEANING], ASKED[GLASS])
        for other in others
        if code != NOTHING
    ]
    doubles = [
        CorpusSentence((LINEN, GLASS), "double", f"{linen} et {glass}")
        for linen in ASKED[LINEN]
        for glass in ASKED[GLASS]
    ]
    return [*plain, *denied, *doubles]


@pytest.fixture(scope="module")
def model() -> TradeModel:
    return train(_sentences(), terms=False)


def test_the_same_sentences_give_the_same_model(model: TradeModel) -> None:
    again = train(_sentences(), terms=False)
    for field in fields(TradeModel):
        one, other = getattr(model, field.name), getattr(again, field.name)
        assert np.array_equal(one, other), field.name


def test_every_weight_is_of_a_feature(model: TradeModel) -> None:
    assert len(model.counts) == len(model.keys) == len(model.scales)
    assert (model.counts > 0).all(), "a feature without a weight is dropped"
    assert model.starts[-1] == len(model.weights) == len(model.columns)


def test_shares_sum_to_one_and_the_likeliest_is_what_was_learned(model: TradeModel) -> None:
    for code, objets in ASKED.items():
        for objet in objets:
            shares = model.read(objet).shares
            assert sum(shares.values()) == pytest.approx(1.0)
            assert max(shares, key=lambda outcome: shares[outcome]) == code


def test_two_trades_of_a_sentence_are_both_asked(model: TradeModel) -> None:
    read = model.read("traitement des draps et vitrerie en hauteur")
    assert {read.first, *read.beside} >= {LINEN, GLASS}
    assert not model.read("laver les draps").beside


def test_the_words_that_counted_are_those_of_the_trade(model: TradeModel) -> None:
    words = model.word_margins("laver les vitres", GLASS)
    assert max(words, key=lambda word: words[word]) == "vitres"


def test_a_model_is_read_again_from_its_file(model: TradeModel, tmp_path: Path) -> None:
    path = tmp_path / "lecteur.table"
    write_mapped_table(model, path, VERSION)
    assert load_model(path).read("vitres").shares == model.read("vitres").shares


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lecteur.table"
    path.write_bytes(b"rien")
    with pytest.raises(ValueError, match="pas un modèle de lecture"):
        load_model(path)


def test_one_outcome_is_no_model() -> None:
    with pytest.raises(ValueError, match="two outcomes"):
        train([CorpusSentence((GLASS,), "hate", "vitres")], terms=False)


def test_the_few_weights_that_are_written_are_fitted_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(1)
    matrix = csr_matrix(draw.random((90, 20), np.float32))
    targets = np.argmax(matrix @ draw.random((20, 3)), axis=1)
    whole, bias = fit(matrix, targets, np.ones(90), 3)
    monkeypatch.setattr("matcher.reading.trade.training.MOST_WEIGHTS", 15)
    few, few_bias = fit_few(matrix, targets, np.ones(90), 3)
    assert np.count_nonzero(few) == 15

    def loss(coefficients: np.ndarray, its_bias: np.ndarray) -> float:
        signs = np.where(targets[:, None] == np.arange(3), 1.0, -1.0)
        return float((np.maximum(0.0, 1.0 - signs * (matrix @ coefficients + its_bias)) ** 2).sum())

    assert loss(few, few_bias) < loss(np.where(few != 0, whole, 0.0), bias)
