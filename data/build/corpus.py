"""data/corpus/besoins.csv: a check of its codes, doubles and balance, and that no sentence of a suite is in it. It writes nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from data.build.packages import REFERENCE
from matcher.reading.trade.corpus import CorpusError, shipped_corpus
from matcher.reading.trade.model import NOTHING

SHARED = REFERENCE.parents[2] / "shared"
SUITES = ("eval/*.jsonl", "data/tries/*.jsonl")
# An activity that has fewer sentences than this, of fewer voices, is not learned.
FEWEST_SENTENCES, FEWEST_GENRES = 60, 10


def build(shared: Path = SHARED) -> None:
    """Check the corpus. Raises CorpusError, with what to mend."""
    sentences = shipped_corpus()
    firsts = Counter(sentence.activities[0] for sentence in sentences)
    voices = {(sentence.activities[0], sentence.genre) for sentence in sentences if sentence.activities != (NOTHING,)}
    genres = Counter(code for code, _ in voices)
    if few := [code for code in sorted(firsts) if firsts[code] < FEWEST_SENTENCES]:
        raise CorpusError(f"trop peu de phrases ({FEWEST_SENTENCES} au moins) : {', '.join(few)}")
    if few := [code for code in sorted(genres) if genres[code] < FEWEST_GENRES]:
        raise CorpusError(f"trop peu de genres ({FEWEST_GENRES} au moins) : {', '.join(few)}")
    tried = set(_tried(shared))
    if copied := [sentence.objet for sentence in sentences if _key(sentence.objet) in tried]:
        raise CorpusError(f"{len(copied)} phrase(s) d’une suite de mesure, à ôter : « {copied[0]} »")
    counts = sorted(firsts.values())
    print(
        f"{len(sentences)} phrases, de {counts[0]} à {counts[-1]} par activité ; {len(tried)} phrases des suites, aucune copiée"
    )


def _tried(shared: Path) -> Iterator[str]:
    """Sentences of the suites that lie beside the project, where they do: those of several words, for « élagage » is anybody's."""
    for pattern in SUITES:
        for path in sorted(shared.glob(pattern)):
            for line in path.read_text(encoding="utf-8").splitlines():
                objet = str(json.loads(line).get("objet") or "")
                if len(objet.split()) > 3:
                    yield _key(objet)


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
