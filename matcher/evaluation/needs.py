"""Evaluation suite of typed needs: compare the suppliers shown for each need (first screen, band « connu ») with suppliers that a person labelled.

A band is a level of confidence that a supplier does the trade: known (CONNU), hinted at (INDICE), to be called (A_APPELER).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from matcher.domain.match import Band, Match
from matcher.evaluation.suites import SuiteLot
from matcher.need.answer import answer_from, lay_on_shelf, understand
from matcher.need.listing import SCREEN
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals.activity import counted_clue
from matcher.reference.trades.links import SAME

# At most this many established suppliers are expected on a first screen, within this distance: evaluation.md.
MOST_DUE, WITHIN_KM = 4, 50
# Labels of a supplier, the surest first; `RIGHT` are those that belong in the band of the known.
RIGHT = ("established", "beyond", "suggested")
LABELS = (*RIGHT, "stranger", "must_not")
NOT_LABELLED: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ReadNeed:
    """A need ranked in bands, with its labels: `labels` by supplier id; `near` gives the organisation of each established supplier nearby, by id."""

    ranking: BandedRanking
    labels: Mapping[str, frozenset[str]]
    near: Mapping[str, str]

    @property
    def screen(self) -> tuple[Match, ...]:
        """Return the candidates of the first screen."""
        return self.ranking.screen_matches(SCREEN)

    @property
    def known_matches(self) -> tuple[Match, ...]:
        """Return all candidates in the band of the known."""
        return self.ranking.matches(self.ranking.of(Band.CONNU))

    def count(self, matches: Iterable[Match], *labels: str) -> int:
        """Return how many of these candidates have one of these labels."""
        return sum(not self.labels.get(match.id, NOT_LABELLED).isdisjoint(labels) for match in matches)

    @property
    def text(self) -> str:
        """Return the text of the answer, as the pages and the commands show it."""
        return answer_from(self.ranking, self.screen).text

    @property
    def denies_wrongly(self) -> bool:
        """Return whether the text states that there is no supplier, though one is known or hinted at."""
        return bool(self.ranking.counts.connu or self.ranking.counts.indice) and "ucun fournisseur" in self.text


def read_needs(suite: Sequence[SuiteLot], shelf: Shelf) -> list[ReadNeed]:
    """Read and rank every need of the suite once."""
    return [_read(labelled, shelf) for labelled in suite]


def need_figures(needs: Sequence[ReadNeed]) -> dict[str, float]:
    """Return the share of the expected established suppliers that are shown, the precision of the known, and counts of errors."""
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
        "« personne » à tort": sum(need.denies_wrongly for need in needs),
    }


def precision_by_evidence(needs: Iterable[ReadNeed]) -> dict[str, dict[str, float]]:
    """Return, by band (known, hinted at) and kind of evidence, how many suppliers are labelled and the share of them that is right."""
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


def _read(labelled: SuiteLot, shelf: Shelf) -> ReadNeed:
    ranking = lay_out_bands(rank(lay_on_shelf(understand(labelled.need), shelf)))
    labels_by_id: dict[str, set[str]] = {}
    for label in LABELS:
        for label_row in labelled.labels.get(label) or ():
            labels_by_id.setdefault(str(label_row["id"]), set()).add(label)
    nearby = [label for label in labelled.labels["established"] if (label["km"] or 0) <= WITHIN_KM]
    labels = {key: frozenset(its) for key, its in labels_by_id.items()}
    return ReadNeed(ranking, labels, {str(label["id"]): str(label.get("org") or label["id"]) for label in nearby})
