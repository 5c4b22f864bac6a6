"""Training of the trade model on a catalogue's own sentences (« entremise learn »): a corpus file is added to the shipped corpus, the new model is
tried on held-out folds, and it replaces the old one only if nothing is read worse."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from matcher.catalogue.steward.own_reader import reader_files
from matcher.catalogue.store.opt_outs import read_guard
from matcher.db import database_label, reading
from matcher.domain.french import count, number
from matcher.mapped import write_mapped_table
from matcher.private_files import private_folder
from matcher.reading.trade.corpus import CorpusSentence, read_corpus, shipped_corpus, write_corpus
from matcher.reading.trade.model import TradeModel, learned_key, shipped_model
from matcher.reading.trade.relearning import Relearned, relearn
from matcher.reference.trades.links import twins_of


class LearningRefused(Exception):
    """Training refused: nothing was written; the message is French and gives the figures."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Result of a training: gains and losses on held-out sentences (`trained`), how many of the added sentences are read right after and before,
    and how many were left out because they contain a forgotten value."""

    trained: Relearned
    right: int
    right_before: int
    forgotten: int
    model: Path
    sentences: Path

    @property
    def figures(self) -> str:
        """Gains and losses, in two sentences."""
        trained = self.trained
        return (
            f"{self.right} {'lue' if self.right < 2 else 'lues'} juste sur {count(trained.added, 'phrase ajoutée', 'phrases ajoutées')} "
            f"({self.right_before} avant). Sur {count(trained.tried, 'phrase')} du corpus mises de côté : "
            f"{count(trained.gained, 'gagnée', 'gagnées')}, {count(trained.lost, 'perdue', 'perdues')} (écart type {number(trained.error, 1)})."
        )


def learn_trades(engine: Engine, path: Path, tell: Callable[[str], None] = lambda _: None) -> Learned:
    """Train on the shipped corpus and the corpus file `path`, replace the catalogue's model with the result, and read with it from now on.

    Raises CorpusError for an unusable file, LearningRefused where losses exceed chance, DatabaseError, OSError.
    """
    files = reader_files(engine.url)
    if files is None:
        raise LearningRefused(f"{database_label(engine.url)} est en mémoire : elle ne garde rien de ce qui s’apprend.")
    corpus_sentences = read_corpus(path)
    with reading(engine) as connection:
        cut = read_guard(connection).forgotten.cut
    added = [sentence for sentence in corpus_sentences if cut(sentence.objet) == sentence.objet]
    if not added:
        raise LearningRefused(f"« {path.name} » n’a aucune phrase dont apprendre.")
    trained = relearn(shipped_model(), shipped_corpus(), added, tell)
    learned = Learned(
        trained,
        sum(_reads_right(trained.model, sentence) for sentence in added),
        sum(_reads_right(shipped_model(), sentence) for sentence in added),
        len(corpus_sentences) - len(added),
        files.model,
        files.sentences,
    )
    if trained.loses or learned.right < learned.right_before:
        raise LearningRefused(f"Rien n’est changé : la lecture y perdrait. {learned.figures} Relisez « {path.name} ».")
    private_folder(files.sentences.parent)
    write_corpus(added, files.sentences)
    write_mapped_table(trained.model, files.model, learned_key())
    return learned


def _reads_right(model: TradeModel, sentence: CorpusSentence) -> bool:
    shares = model.read(sentence.objet).shares
    likeliest = max(shares, key=lambda code: (shares[code], code))
    return not {likeliest, *twins_of(likeliest)}.isdisjoint(sentence.activities)
