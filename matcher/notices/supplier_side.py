"""Explains one published lot to one supplier: why it suits, what is unknown, why it is not in the supplier's list, which partners it needs. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import Candidate, known_candidates
from matcher.decisions.groupement.compute import LotPart, Member, find_groupements
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.french import enumeration, ordinal
from matcher.domain.match import Band, Contribution, Match
from matcher.notices import supplier_words as words
from matcher.notices.matching import is_of_wanted_kind, laid_out, seldom, suited
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import BandedRanking
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.known import only_seconds, pointed_elsewhere
from matcher.ranking.reasons import against, listed_evidence, strengths, unknowns
from matcher.ranking.shelf.sphere import kilometres, unit_vectors
from matcher.ranking.signals import capacity
from matcher.reference.trades.activities import taxonomy


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that could carry the `part` of a lot that the supplier lacks; `km` from the supplier, None if either is not located."""

    id: str
    name: str
    part: str
    km: float | None

    def __str__(self) -> str:
        return words.supplier_sentence(words.partner(self.name, self.km, self.part))


@dataclass(frozen=True, slots=True)
class SupplierSide:
    """Sentences about one lot for one supplier (« vous »): why it `suits`, what speaks `against`, what is `missing`, and `refused`: why the lot is not in the
    supplier's list, empty if it is. `wanted` is True if the lot is reserved to the supplier's kind or names it. `lacks` are the reasons why the supplier
    cannot answer alone: unknown trades, or too small a workforce. `partners` could complete it; there may be none."""

    match: Match
    wanted: bool
    suits: tuple[str, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()


def supplier_side(ask: LotOnShelf, row: int) -> SupplierSide:
    """Return the explanation of a lot for the supplier at `row` of the shelf (the catalogue's suppliers as arrays)."""
    ranking = laid_out(ask)
    (match,) = ranking.matches(np.array([row]))
    refused = tuple(map(words.supplier_sentence, _refusal_sentences(ranking, row, match)))
    lacks, partners = ((), ()) if refused else _with_whom(ranking.ranking, row, match)
    reasons = (*listed_evidence(match), *(part for part in strengths(match) if part.signal in ("kind", "proximity")))
    return SupplierSide(
        match=match,
        wanted=bool(is_of_wanted_kind(ask)[row]),
        suits=_signal_sentences(ask, row, reasons),
        against=_signal_sentences(ask, row, against(match)),
        missing=_signal_sentences(ask, row, unknowns(match)),
        refused=refused,
        lacks=lacks,
        partners=partners,
    )


def _signal_sentences(ask: LotOnShelf, row: int, contributions: Iterable[Contribution]) -> tuple[str, ...]:
    """Return the sentences for these contributions to the score; signals without a sentence are skipped."""
    texts = (words.SAID[part.signal](ask, row, part.value) for part in contributions if part.signal in words.SAID)
    return tuple(words.supplier_sentence(text) for text in texts if text)


def _refusal_sentences(ranking: BandedRanking, row: int, match: Match) -> list[str]:
    """Return why the lot is not in the supplier's list; empty if it is."""
    ask = ranking.ranking.ask
    if row in suited(ranking):
        return []
    if gates := [words.refusal_words(ask, gate.key) for gate, out in ranking.ranking.refused if out[row]]:
        return gates
    if not ranking.kept[row]:
        return [words.UNCLEAR]
    if match.band is Band.AUTRE:
        return [words.SECONDS if ask.once(only_seconds)[row] else words.OTHER_TRADE]
    if not ranking.within_reach[row]:
        return [words.beyond(ask, row)]
    if match.folded:
        lead = ask.shelf.suppliers[ask.shelf.find(match.folded) or 0]
        return [words.OTHER_SITE.format(name=lead.name, city=lead.city)]
    if match.band is Band.A_APPELER:
        if ask.once(pointed_elsewhere)[row]:
            return [words.OTHER_TRADE]
        if seldom(ranking)[row]:
            return [words.SELDOM]
    return [words.TOO_LOW.format(rank=ordinal(match.rank or 0))]


@dataclass(frozen=True, slots=True)
class PartsLacked:
    """Split of a lot between a supplier (`own`) and partners (`rest`, each part with its candidates); `says` are the reasons for the split."""

    says: tuple[str, ...]
    own: LotPart
    rest: tuple[LotPart, ...]


def _with_whom(ranking: Ranking, row: int, match: Match) -> tuple[tuple[str, ...], tuple[Partner, ...]]:
    """Return (reasons why the supplier cannot carry the lot alone, its partners in the surest groupement), among known suppliers within reach."""
    credible = known_candidates(ranking)
    me = next((candidate for candidate in credible if candidate.id == match.id), None)
    if me is None:
        return (), ()
    lacking = _lacks_trades(ranking.ask, match, me) or _lacks_people(ranking.ask, row, me, credible)
    if lacking is None:
        return (), ()
    parts = (lacking.own, *lacking.rest)
    groupements = find_groupements(parts, DEFAULT, most=1, members=len(parts)).groupements
    members = (member for group in groupements for member in group.members if member.organisation != me.organisation)
    return tuple(map(words.supplier_sentence, lacking.says)), tuple(_partner(member, me) for member in members)


def _lacks_trades(ask: LotOnShelf, match: Match, me: Candidate) -> PartsLacked | None:
    """Return the split by trades, for a supplier known for only some of a lot's trades; None if it is known for all."""
    others = [code for code in ask.asked_codes if code not in match.known_for]
    if not others:
        return None
    rest = []
    for code in others:
        guesses = tuple(replace(guess, confidence=1.0) for guess in ask.trades if guess.code == code)
        one_trade = LotOnShelf(replace(ask.reading, activities=guesses, mode="", sure=True), ask.shelf, ask.on)
        rest.append(LotPart(taxonomy().label(code), _others(me, known_candidates(rank(one_trade)))))
    lacks = tuple(words.LACKS_TRADE.format(part.label) for part in rest)
    return PartsLacked(lacks, LotPart("", (me,)), tuple(rest))


def _lacks_people(ask: LotOnShelf, row: int, me: Candidate, credible: Iterable[Candidate]) -> PartsLacked | None:
    """Return the split by workforce (FTE), for a lot beyond the supplier's; None if it is not, or if either is unknown."""
    try:
        etp = workload_of(ask.reading, DEFAULT).etp
    except NeedRefused:  # an amount too large for anybody is a mistake
        return None
    workers = float(ask.shelf[capacity.WORKERS][row])
    free = workers * DEFAULT.share
    if etp is None or not workers > 0 or etp <= free:
        return None
    rest = LotPart(words.REST, _others(me, credible), etp - free)
    return PartsLacked((words.LACKS_PEOPLE,), LotPart("", (me,), free), (rest,))


def _others(me: Candidate, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(candidate for candidate in candidates if candidate.organisation != me.organisation)


def _partner(member: Member, me: Candidate) -> Partner:
    candidate = member.shares[0].by
    km = None
    if candidate.at is not None and me.at is not None:
        there, here = unit_vectors(*zip(candidate.at, me.at, strict=True))
        km = float(kilometres(np.linalg.norm(there - here)))
    return Partner(candidate.id, candidate.name, enumeration([share.part for share in member.shares]), km)
