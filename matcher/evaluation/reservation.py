"""Evaluation suite of the opinion on reserving a lot to inclusive suppliers: shares of each verdict on lots they won, and on lots that none could hold."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate, CandidateStanding, lot_candidates
from matcher.decisions.opinion.compute import CALLED, CLAUSE, Opinion, OpinionVerdict, lot_opinion
from matcher.decisions.workload import NeedRefused, Workload, workload_of
from matcher.evaluation.contracts import contracts, cpv, read_contract
from matcher.evaluation.suites import LotToRank
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf

SEED = 20261125
PER_FAMILY = 5
# Purchases that no inclusive supplier could hold the contract of: why → CPV prefixes.
OUT_OF_REACH: Mapping[str, tuple[str, ...]] = {
    "fourniture d’électricité, de gaz et de carburant (fournisseurs autorisés)": ("091", "093"),
    "assurances (métier réglementé)": ("665",),
    "imagerie médicale et dispositifs implantables (fabricants)": ("33111", "33115", "33184"),
    "médicaments (laboratoires)": ("336",),
    "licences et progiciels (éditeurs)": ("48",),
    "services de télécommunications (opérateurs)": ("642",),
    "véhicules lourds, aéronefs et bateaux (constructeurs)": ("3413", "3414", "345", "347"),
    "conseil juridique (métier réglementé)": ("791",),
    "banque et finance (métier réglementé)": ("661", "662"),
    "maîtrise d’œuvre et architecture (métier réglementé)": ("712", "7124"),
    "instruments de laboratoire et de mesure (fabricants)": ("384", "385"),
    "ouvrages d’art, tunnels et voies ferrées (génie civil lourd)": ("45221", "45234"),
}
# Upper bounds of the bins of fit (supposed chance that a candidate to call can do the lot).
FITS = (0.05, 0.1, 0.2, 0.4, 1.0)


@dataclass(frozen=True, slots=True)
class JudgedLot:
    """A lot, the opinion on it, all candidates that the opinion weighs, and the ids of the lot's winners (empty where unknown)."""

    ask: LotOnShelf
    opinion: Opinion
    candidates: tuple[Candidate, ...]
    winners: frozenset[str]


def opinions(lots: Iterable[LotToRank], assumed: Assumptions) -> list[JudgedLot]:
    """Give the opinion on every lot of a ranking suite."""
    return [_judge(lot.ask, assumed, frozenset(f"siret:{siret}" for siret in lot.winners)) for lot in lots]


def out_of_reach(path: Path, shelf: Shelf, today: date) -> dict[str, list[LotOnShelf]]:
    """Draw, with a seed, contracts of a DECP file that no inclusive supplier could hold: `PER_FAMILY` of each family of `OUT_OF_REACH`."""
    every = contracts(path)
    drawn: dict[str, list[LotOnShelf]] = {}
    for family, prefixes in OUT_OF_REACH.items():
        values = [contract for contract in every if cpv(contract).startswith(prefixes) and contract.get("objet")]
        chosen = random.Random(SEED).sample(values, min(PER_FAMILY, len(values)))  # noqa: S311  # a draw to repeat
        drawn[family] = [read_contract(contract, shelf, today) for contract in chosen]
    return drawn


def verdict_shares(lots: Sequence[JudgedLot]) -> dict[str, float]:
    """Return the share of lots per verdict, and the share whose reading is in doubt."""
    counted = Counter(its.opinion.verdict for its in lots)
    shares = {str(verdict): counted[verdict] / len(lots) for verdict in OpinionVerdict}
    return shares | {"dont lecture en doute": sum(not its.opinion.is_counted for its in lots) / len(lots)}


def verdict_counts(lots: Sequence[JudgedLot]) -> dict[str, int]:
    """Return the number of lots, in all, per verdict, and by whether the winner counts as credible or is to be called."""
    by_verdict = Counter(its.opinion.verdict for its in lots)
    credible = called = 0
    for lot in lots:
        clause = lot.opinion.of(CLAUSE)
        is_credible = any(candidate.id in lot.winners for candidate in clause.credible)
        credible += is_credible
        called += not is_credible and any(its.id in lot.winners for its in (*clause.hints, *clause.to_call))
    verdicts = {str(verdict): by_verdict[verdict] for verdict in OpinionVerdict}
    return {"lots": len(lots), **verdicts, "gagnant crédible": credible, "gagnant à appeler": called}


def named_shares(lots: Sequence[JudgedLot]) -> dict[str, float]:
    """Return the share of lots with the verdict « reserve » and fewer confirmed organisations than the floor, and the share with the verdict « reserve »
    or « confirm by calls » and three organisations named to call."""
    reserve, confirm = OpinionVerdict.RESERVE, OpinionVerdict.CONFIRM
    opinions = [one.opinion for one in lots]
    unconfirmed = sum(its.verdict is reserve and len(its.told.confirmed) < its.assumed.floor for its in opinions)
    three = sum(its.verdict in (reserve, confirm) and len(its.told.called) >= CALLED for its in opinions)
    return {"réserver sans trois confirmées": unconfirmed / len(lots), "trois nommées": three / len(lots)}


def candidates_by_fit(lots: Sequence[JudgedLot]) -> dict[str, dict[str, float]]:
    """Return per bin of fit: candidates, winners, mean supposed fit, and the fit measured by wins, scaled so that credible candidates are right."""
    every = [(candidate, candidate.id in one.winners) for one in lots for candidate in one.candidates]
    sure = [(its.fit, won) for its, won in every if its.standing is CandidateStanding.CREDIBLE]
    base = sum(won for _, won in sure) / sum(fit for fit, _ in sure) if sure else float("nan")
    rows: dict[str, dict[str, float]] = {}
    low = 0.0
    for high in FITS:
        fits = [
            (one.fit, won)
            for one, won in every
            if low < one.fit <= high and one.standing is not CandidateStanding.CREDIBLE
        ]
        rows[f"à appeler, {round(100 * low)} à {round(100 * high)} %"] = _rate(fits, base)
        low = high
    return rows | {"crédibles": _rate(sure, base)}


def _rate(fits: Sequence[tuple[float, bool]], base: float) -> dict[str, float]:
    won = sum(won for _, won in fits)
    return {
        "candidats": len(fits),
        "gagnants": won,
        "chance supposée": sum(fit for fit, _ in fits) / len(fits) if fits else float("nan"),
        "chance mesurée": won / len(fits) / base if fits and base else float("nan"),
    }


def _judge(ask: LotOnShelf, assumed: Assumptions, winners: frozenset[str]) -> JudgedLot:
    try:
        workload = workload_of(ask.reading, assumed)
    except NeedRefused as refused:
        workload = Workload(None, str(refused))
    return JudgedLot(ask, lot_opinion(ask, workload, assumed), lot_candidates(rank(ask)), winners)


def without_winner(asks: Iterable[LotOnShelf], assumed: Assumptions) -> list[JudgedLot]:
    """Give the opinion on lots that no supplier of the catalogue is known to have won."""
    return [_judge(ask, assumed, frozenset()) for ask in asks]
