"""Reads and writes the corpus that the trade model learns from: a CSV file of sentences in which a buyer asks for something, with their activities."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.paths import shipped_path
from matcher.private_files import write_private
from matcher.reading.trade.model import NOTHING
from matcher.reference.trades.taxonomy import taxonomy
from matcher.render.described_file import DescribedFile, column_schema, table_schema

CORPUS = "data/corpus/besoins.csv"
# Goods, tools, gestures, places and occupations of each activity, in the form of a corpus file.
WORDS = "data/corpus/mots.csv"
HEADER = ("activites", "genre", "objet")
# The genre of a sentence that an organisation corrected.
CORRECTED = "corrige"


class CorpusError(ValueError):
    """A line of a corpus file that cannot be learned from; the message is French and names the file and the line."""


@dataclass(frozen=True, slots=True)
class CorpusSentence:
    """A sentence of the corpus: the codes it asks for, main first (`NOTHING` alone where no activity is), its genre, its words."""

    activities: tuple[str, ...]
    genre: str
    objet: str


def shipped_corpus() -> tuple[CorpusSentence, ...]:
    """Return the corpus that the installation carries."""
    return read_corpus(shipped_path(CORPUS))


def shipped_words() -> tuple[CorpusSentence, ...]:
    """Return the words of trades that the installation carries, each with its activity."""
    return read_corpus(shipped_path(WORDS))


def sentences_of(code: str) -> tuple[str, ...]:
    """Return the sentences of the shipped corpus that ask for an activity, or for `NOTHING`; the file is not checked."""
    with shipped_path(CORPUS).open(encoding="utf-8", newline="") as file:
        return tuple(objet for codes, _, objet in csv.reader(file, delimiter=";") if code in codes.split())


def read_corpus(path: Path) -> tuple[CorpusSentence, ...]:
    """Return the sentences of a corpus file. Raises CorpusError, with the line, for a wrong header, code, double or broken line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"« {path.name} » n’est pas en UTF-8 : enregistrez-le en « CSV UTF-8 », séparé par « ; »."
        ) from error
    rows = list(csv.reader(lines, delimiter=";"))
    if not rows or tuple(rows[0]) != HEADER:
        raise CorpusError(f"« {path.name} », ligne 1 : l’en-tête doit être « {';'.join(HEADER)} ».")
    sentences: list[CorpusSentence] = []
    first_line: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        sentence = _sentence(path.name, number, row)
        key = words_key(sentence.objet)
        if key in first_line:
            first = first_line[key]
            raise CorpusError(f"« {path.name} », ligne {number} : déjà dite ligne {first}. Gardez l’une des deux.")
        first_line[key] = number
        sentences.append(sentence)
    return tuple(sentences)


def corpus_rows(sentences: Iterable[CorpusSentence]) -> Iterable[Sequence[str]]:
    """Yield the rows of a corpus file, its header first."""
    yield HEADER
    for sentence in sentences:
        yield " ".join(sentence.activities), sentence.genre, sentence.objet


def words_key(objet: str) -> str:
    """Return the key that sentences of the same words share."""
    return " ".join(objet.casefold().split())


def corpus_file(sentences: Iterable[CorpusSentence]) -> DescribedFile:
    """Return the corpus file of sentences, with a byte-order mark so that French Excel opens it as it is; of two with the same words, the last."""
    distinct = {words_key(sentence.objet): sentence for sentence in sentences}
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(corpus_rows(distinct.values()))
    fields = [column_schema(name, {str}) for name in HEADER]
    return DescribedFile(text.getvalue().encode("utf-8-sig"), lambda: table_schema(fields), len(distinct))


def write_corpus(sentences: Iterable[CorpusSentence], path: Path) -> None:
    """Write the corpus file of sentences, whole or not at all, for this user alone. Raises OSError."""
    write_private(path, corpus_file(sentences).content)


def corrected_sentence(objet: str, activities: Sequence[str]) -> CorpusSentence:
    """Return the sentence that a correction teaches: a need as it was typed, on one line, and the activities that a person chose. A sign that a
    spreadsheet would take for a formula goes from its head."""
    return CorpusSentence(tuple(activities), CORRECTED, " ".join(objet.split()).lstrip("=+-@ "))


def _sentence(name: str, number: int, row: Sequence[str]) -> CorpusSentence:
    if len(row) != len(HEADER):
        raise CorpusError(
            f"« {name} », ligne {number} : {len(row)} cellule(s) au lieu de {len(HEADER)} ; entourez de guillemets un texte qui a un « ; »."
        )
    codes, genre, objet = row[0].split(), row[1].strip(), " ".join(row[2].split())
    known = {leaf.code for leaf in taxonomy().leaves} | {NOTHING}
    if not codes or not objet:
        raise CorpusError(f"« {name} », ligne {number} : il manque {'l’activité' if not codes else 'l’objet'}.")
    if wrong := [code for code in codes if code not in known]:
        raise CorpusError(
            f"« {name} », ligne {number} : « {wrong[0]} » n’est pas une activité (colonne « activites » ; les codes sont ceux de activites.csv)."
        )
    if len(set(codes)) < len(codes) or (NOTHING in codes and len(codes) > 1):
        raise CorpusError(
            f"« {name} », ligne {number} : « {row[0]} » dit deux fois une activité, ou « {NOTHING} » avec une autre."
        )
    return CorpusSentence(tuple(codes), genre, objet)
