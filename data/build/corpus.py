"""data/corpus/besoins.csv and mots.csv: a check of their codes, doubles and balance, and that no sentence of a suite nor object of a published
contract is in them. It writes nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from data.build.packages import REFERENCE
from matcher.reading.trade.corpus import CorpusError, shipped_corpus, shipped_words
from matcher.reading.trade.model import NOTHING

SHARED = REFERENCE.parents[2] / "shared"
SUITES = ("eval/*.jsonl", "data/tries/*.jsonl")
PUBLISHED = "data/sources/decp_*.json"
# « Élagage », « marquage au sol » are anybody's words.
FEW_WORDS = 3
# An activity that has fewer sentences than this, of fewer voices, is not learned.
FEWEST_SENTENCES, FEWEST_GENRES = 60, 10


def build(shared: Path = SHARED) -> None:
    """Check the corpus. Raises CorpusError, with what to mend."""
    sentences, words = shipped_corpus(), shipped_words()
    firsts = Counter(sentence.activities[0] for sentence in sentences)
    voices = {(sentence.activities[0], sentence.genre) for sentence in sentences if sentence.activities != (NOTHING,)}
    genres = Counter(code for code, _ in voices)
    if few := [code for code in sorted(firsts) if firsts[code] < FEWEST_SENTENCES]:
        raise CorpusError(f"trop peu de phrases ({FEWEST_SENTENCES} au moins) : {', '.join(few)}")
    if few := [code for code in sorted(genres) if genres[code] < FEWEST_GENRES]:
        raise CorpusError(f"trop peu de genres ({FEWEST_GENRES} au moins) : {', '.join(few)}")
    tried = set(_tried(shared))
    if copied := [sentence.objet for sentence in (*sentences, *words) if _key(sentence.objet) in tried]:
        raise CorpusError(
            f"{len(copied)} phrase(s) d’une suite de mesure ou d’un marché publié, à ôter : « {copied[0]} »"
        )
    counts = sorted(firsts.values())
    print(
        f"{len(sentences)} phrases, de {counts[0]} à {counts[-1]} par activité, et {len(words)} mots ; {len(tried)} phrases des suites et de marchés publiés, aucune copiée"
    )


def _tried(shared: Path) -> Iterator[str]:
    """Sentences of the suites and objects of contracts that lie beside the project, where they do, of more than `FEW_WORDS`."""
    suites = (path for pattern in SUITES for path in sorted(shared.glob(pattern)))
    lines = (json.loads(line) for path in suites for line in path.read_text(encoding="utf-8").splitlines())
    contracts = (json.loads(path.read_text(encoding="utf-8"))["marches"] for path in sorted(shared.glob(PUBLISHED)))
    for told in chain(lines, chain.from_iterable(contracts)):
        objet = str(told.get("objet") or "")
        if len(objet.split()) > FEW_WORDS:
            yield _key(objet)


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
