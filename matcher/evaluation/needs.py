"""Needs as buyers type them, set against suppliers that someone read by hand: on the first screen, in the band of the known, or wrongly there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from matcher.domain.match import Band, Match
from matcher.evaluation.suites import Labelled
from matcher.need.answer import answer_from, lay_on_shelf, understand
from matcher.need.listing import SCREEN
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals.activity import counted_clue
from matcher.reference.trades.links import SAME

# Established suppliers that a first screen can be asked for, and from how near: evaluation.md.
MOST_DUE, WITHIN_KM = 4, 50
# What the gold says of a supplier, the surest first, and what it is worth in the band of the known.
RIGHT = ("established", "beyond", "suggested")
LABELS = (*RIGHT, "stranger", "must_not")
NOT_LABELLED: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ReadNeed:
    """A need laid in bands, beside its labels: `labels` those that the gold gives a supplier, by id; `near` the organisations established near."""

    ranking: BandedRanking
    labels: Mapping[str, frozenset[str]]
    near: Mapping[str, str]

    @property
    def screen(self) -> tuple[Match, ...]:
        """The first screen."""
        return self.ranking.screen_matches(SCREEN)

    @property
    def known_matches(self) -> tuple[Match, ...]:
        """Everyone in the band of the known."""
        return self.ranking.matches(self.ranking.of(Band.CONNU))

    def count(self, matches: Iterable[Match], *labels: str) -> int:
        """Return how many of these candidates the gold gives one of these labels."""
        return sum(not self.labels.get(match.id, NOT_LABELLED).isdisjoint(labels) for match in matches)

    @property
    def text(self) -> str:
        """Return the text of the answer, as every door gives it."""
        return answer_from(self.ranking, self.screen).text


def read_needs(suite: Sequence[Labelled], shelf: Shelf) -> list[ReadNeed]:
    """Read and rank every need of the suite once."""
    return [_read(labelled, shelf) for labelled in suite]


def need_figures(needs: Sequence[ReadNeed]) -> dict[str, float]:
    """Share of the established due that are shown, precision of the known, and counts of what should not be there."""
    due = [min(MOST_DUE, len(set(need.near.values()))) for need in needs]
    shown = [
        min(most, len({need.near[match.id] for match in need.screen if match.id in need.near}))
        for need, most in zip(needs, due, strict=True)
    ]
    right, labelled = (sum(need.count(need.known_matches, *which) for need in needs) for which in (RIGHT, LABELS))
    repeated = sum(len(need.screen) - len({match.siret[:9] or match.id for match in need.screen}) for need in needs)
    return {
        "montrés": sum(shown) / sum(due) if any(due) else np.nan,
        "précision des connus": right / labelled if labelled else np.nan,
        "étrangers": sum(need.count(need.screen, "stranger") for need in needs),
        "à ne pas montrer": sum(need.count(need.screen, "must_not") for need in needs),
        "répétées": repeated,
        "« personne » à tort": sum(_denied(need) for need in needs),
    }


def _denied(need: ReadNeed) -> bool:
    counts: Any = need.ranking.counts
    return bool(counts.connu or counts.indice) and "ucun fournisseur" in need.text


def precision_by_evidence(needs: Iterable[ReadNeed]) -> dict[str, dict[str, float]]:
    """Per kind of evidence of those known or hinted at within reach: how many are labelled, and the share of them that is right."""
    seen: dict[str, list[bool]] = {}
    for need, band in product(needs, (Band.CONNU, Band.INDICE)):
        ask = need.ranking.ranking.ask
        for row in need.ranking.of(band).tolist():
            labels, counts = need.labels.get(ask.shelf.ids[row]), counted_clue(ask, ask.shelf.suppliers[row])
            if labels and counts:
                clue, near = counts
                key = f"{band} : {clue.evidence}{', métier voisin' if near < SAME else ''}"
                seen.setdefault(key, []).append(not labels.isdisjoint(RIGHT))
    return {key: {"étiquetés": len(its), "justes": sum(its) / len(its)} for key, its in sorted(seen.items())}


def _read(labelled: Labelled, shelf: Shelf) -> ReadNeed:
    ranking = lay_out_bands(rank(lay_on_shelf(understand(labelled.need), shelf)))
    labels_by_id: dict[str, set[str]] = {}
    for label in LABELS:
        for label_row in labelled.labels.get(label) or ():
            labels_by_id.setdefault(str(label_row["id"]), set()).add(label)
    near = [one for one in labelled.labels["established"] if (one["km"] or 0) <= WITHIN_KM]
    labels = {key: frozenset(its) for key, its in labels_by_id.items()}
    return ReadNeed(ranking, labels, {str(one["id"]): str(one.get("org") or one["id"]) for one in near})
