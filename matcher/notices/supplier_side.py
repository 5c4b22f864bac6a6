"""One published lot as one supplier reads it: why it suits, what is not known, why it is not shown to it, alone or with whom. Pure."""

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
from matcher.notices.matching import laid_out, seldom, suited, wanted
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
    """An organisation that could carry, beside the supplier, the `part` that it lacks; `km` from the supplier, None where one is not located."""

    id: str
    name: str
    part: str
    km: float | None

    def __str__(self) -> str:
        return words.supplier_sentence(words.partner(self.name, self.km, self.part))


@dataclass(frozen=True, slots=True)
class SupplierSide:
    """One lot in sentences that call a supplier « vous »: why it `suits`, what speaks `against`, what is `missing`, `refused` why it is not shown to it,
    empty where it is. `wanted` is True where the lot is reserved to its kind or names it.

    `lacks` are the reasons that keep it from answering alone, trades that are not known of it or a lot beyond its workforce; empty without any. `partners`
    are who would complete it; there may be none known within reach.
    """

    match: Match
    wanted: bool
    suits: tuple[str, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()


def supplier_side(ask: LotOnShelf, row: int) -> SupplierSide:
    """Return what a lot is to the supplier of one row."""
    ranking = laid_out(ask)
    (match,) = ranking.matches(np.array([row]))
    refused = tuple(map(words.supplier_sentence, _refused(ranking, row, match)))
    lacks, partners = ((), ()) if refused else _with_whom(ranking.ranking, row, match)
    return SupplierSide(
        match=match,
        wanted=bool(wanted(ask)[row]),
        suits=_said(
            ask,
            row,
            (*listed_evidence(match), *(one for one in strengths(match) if one.signal in ("kind", "proximity"))),
        ),
        against=_said(ask, row, against(match)),
        missing=_said(ask, row, unknowns(match)),
        refused=refused,
        lacks=lacks,
        partners=partners,
    )


def _said(ask: LotOnShelf, row: int, contributions: Iterable[Contribution]) -> tuple[str, ...]:
    """Return these reasons in the supplier's own terms; those without words for it are left out."""
    texts = (words.SAID[one.signal](ask, row, one.value) for one in contributions if one.signal in words.SAID)
    return tuple(words.supplier_sentence(text) for text in texts if text)


def _refused(ranking: BandedRanking, row: int, match: Match) -> list[str]:
    """Return why the lot is not shown to the supplier; empty where it is."""
    ask = ranking.ranking.ask
    if row in suited(ranking):
        return []
    if gates := [words.refusal_words(ask, gate.key) for gate, out in ranking.ranking.refused if out[row]]:
        return gates
    if not ranking.kept[row]:
        return [words.UNCLEAR]
    if match.band is Band.AUTRE:
        return [words.SECONDS if ask.once(only_seconds)[row] else words.OTHER_TRADE]
    if not ranking.comes[row]:
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
    """Parts of a lot as the supplier that lacks some of them would share it: its own, and the `rest` with whom they could be; `says` the reasons."""

    says: tuple[str, ...]
    own: LotPart
    rest: tuple[LotPart, ...]


def _with_whom(ranking: Ranking, row: int, match: Match) -> tuple[tuple[str, ...], tuple[Partner, ...]]:
    """Return what the supplier lacks to carry the lot, and who of the known within reach would complete it: whoever has the surest groupement with
    it."""
    credible = known_candidates(ranking)
    me = next((one for one in credible if one.id == match.id), None)
    if me is None:
        return (), ()
    lacking = _lacks_trades(ranking.ask, match, me) or _lacks_people(ranking.ask, row, me, credible)
    if lacking is None:
        return (), ()
    groupements = find_groupements(
        (lacking.own, *lacking.rest), DEFAULT, most=1, members=1 + len(lacking.rest)
    ).groupements
    members = (member for its in groupements for member in its.members if member.organisation != me.organisation)
    return tuple(map(words.supplier_sentence, lacking.says)), tuple(_partner(member, me) for member in members)


def _lacks_trades(ask: LotOnShelf, match: Match, me: Candidate) -> PartsLacked | None:
    """The trades of a lot that are not known of a supplier who is known for another of them; None where there are none."""
    others = [code for code in ask.asked_codes if code not in match.known_for]
    if not others:
        return None
    rest = []
    for code in others:
        guesses = tuple(replace(guess, confidence=1.0) for guess in ask.trades if guess.code == code)
        alone = LotOnShelf(replace(ask.reading, activities=guesses, mode="", sure=True), ask.shelf, ask.on)
        rest.append(LotPart(taxonomy().label(code), _beside(me, known_candidates(rank(alone)))))
    lacks = tuple(words.LACKS_TRADE.format(part.label) for part in rest)
    return PartsLacked(lacks, LotPart("", (me,)), tuple(rest))


def _lacks_people(ask: LotOnShelf, row: int, me: Candidate, credible: Iterable[Candidate]) -> PartsLacked | None:
    """The part of a lot that is beyond the supplier's known workforce; None where there is none, or either is not known."""
    try:
        etp = workload_of(ask.reading, DEFAULT).etp
    except NeedRefused:  # an amount that nobody can carry is one that was mistaken
        return None
    workers = float(ask.shelf[capacity.WORKERS][row])
    free = workers * DEFAULT.share
    if etp is None or not workers > 0 or etp <= free:
        return None
    return PartsLacked(
        (words.LACKS_PEOPLE,), LotPart("", (me,), free), (LotPart(words.REST, _beside(me, credible), etp - free),)
    )


def _beside(me: Candidate, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """These, less the supplier's own organisation."""
    return tuple(one for one in candidates if one.organisation != me.organisation)


def _partner(member: Member, me: Candidate) -> Partner:
    candidate = member.shares[0].by
    km = None
    if candidate.at is not None and me.at is not None:
        there, here = unit_vectors(*zip(candidate.at, me.at, strict=True))
        km = float(kilometres(np.linalg.norm(there - here)))
    return Partner(candidate.id, candidate.name, enumeration([share.part for share in member.shares]), km)
