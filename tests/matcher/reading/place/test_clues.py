"""The list of clues: each once, with a weight that tells and a reason; none is dead."""

import json
from pathlib import Path

from matcher.reading.place.candidates import Known, candidates_at
from matcher.reading.place.clues import CLUES, NEVER, PROOF, SAID
from matcher.reading.place.sentence import Sentence
from matcher.reading.place.verdict import DOUBTFUL, SURE


def test_each_clue_is_declared_once_with_its_reason() -> None:
    assert len({clue.key for clue in CLUES}) == len(CLUES)
    assert all(clue.weight and clue.reason and clue.kinds for clue in CLUES)


def test_what_is_said_outweighs_and_what_forbids_outweighs_all() -> None:
    others = sum(clue.weight for clue in CLUES if 0 < clue.weight < PROOF)
    assert SAID + DOUBTFUL > SURE
    assert sum(clue.weight for clue in CLUES if clue.weight > 0 and "town" in clue.kinds) + 50 < -NEVER
    assert others < -NEVER


# What the objects of the open suites do not happen to write.
WRITTEN = (
    "Nettoyage à Croix, 3 rue Jean Jaurès, Béthune",
    "Nougat de Montélimar pour l’escadron « Roubaix » de Mayenne (53)",
    "Entretien des parcs, hors Lille",
    "Nettoyage des EHPAD du Morbihan et du château de Laval (Mayenne)",
)


def test_no_clue_is_dead(shared: Path) -> None:
    texts = [(text, Known()) for text in WRITTEN]
    for suite in ("ranking_dev", "ranking_dense_dev", "ranking_boamp_dev", "reading_dev", "needs_dev", "notices_dev"):
        for line in (shared / f"eval/{suite}.jsonl").read_text(encoding="utf-8").splitlines():
            lot = json.loads(line)
            lieu = lot.get("lieu") or ""
            written = lieu if isinstance(lieu, str) else lieu["nom"] or ""
            texts += [(lot["objet"], Known()), (lot["objet"], Known.of(["59"])), (written, Known(field=True))]
    held: set[str] = set()
    for text, known in texts:
        sentence = Sentence.of(text)
        for start in range(len(sentence.words)):
            for _, candidates in candidates_at(sentence, start, known):
                held |= {clue.key for its in candidates for clue in CLUES if its.kind in clue.kinds and clue.holds(its)}
    assert {clue.key for clue in CLUES} == held
