"""A programme of purchases: the opinion on each line, in its order, and what the whole could do; no line is answered twice."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from math import fsum
from typing import Any

from sqlalchemy import Engine

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import RESERVING
from matcher.decisions.opinion import law_words, words
from matcher.decisions.opinion.answer import advise
from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.purchases.line import Purchase
from matcher.decisions.workload import NeedRefused, need_of
from matcher.domain.french import count, number
from matcher.domain.need import Need
from matcher.domain.reading import WHICH_TRADE, DoubtKind, ReadingDoubt
from matcher.jobs.resume import LineAnswers
from matcher.need.answer import laid, understand
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.doubt import shown_activities

# What the answers are made like: another number, and those kept from before are not taken up.
FORM = 4
FIRST = 3
_ORDER = {code: rank for rank, code in enumerate((*RESERVING, "clause", "pmsmp", ""))}


@dataclass(frozen=True, slots=True)
class First:
    """One of the first candidates: the id of a supplier, and its distance, None where it cannot be measured."""

    id: str
    km: float | None


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """Answer to one line. `activities` are (label, confidence), `places` names, `doubts` questions in French, of
    which `question` is to be settled first, empty for none. `verdict` is a Verdict's, empty where there is no opinion: a line that adds others up, has no place, or whose size cannot be used.
    `lever` is the one concluded for, empty for none; `chance` that of the bids wanted under the lever that is told of; `does` and `ask` the
    ids of the credible candidates and of those to call, best first; `law` what the law of the day changes, in a few words."""

    activities: tuple[tuple[str, float], ...] = ()
    places: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    question: str = ""
    understood: bool = False
    verdict: str = ""
    lever: str = ""
    headline: str = ""
    credible: int = 0
    to_call: int = 0
    first: tuple[First, ...] = ()
    etp: float | None = None
    chance: float | None = None
    does: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    law: str = ""

    @property
    def sure(self) -> bool:
        """Whether there is an opinion to go by."""
        return self.understood and bool(self.verdict)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "LineAnswer":
        """Return what `as_dict` gave. Raises TypeError or KeyError for anything else."""
        return cls(
            **{
                **kept,
                "activities": tuple((label, sure) for label, sure in kept["activities"]),
                "places": tuple(kept["places"]),
                "doubts": tuple(kept["doubts"]),
                "does": tuple(kept["does"]),
                "ask": tuple(kept["ask"]),
                "first": tuple(First(one["id"], one["km"]) for one in kept["first"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Total:
    """The lines of one verdict and lever: how many, their known amounts added up, and how many have none."""

    verdict: str
    lever: str
    lines: int
    amount: float
    unknown: int


@dataclass(frozen=True, slots=True)
class Programme:
    """Every line of a file with its answer, in the order of the file."""

    purchases: tuple[Purchase, ...]
    answers: tuple[LineAnswer, ...]

    @property
    def counted(self) -> list[tuple[Purchase, LineAnswer]]:
        """The lines that are purchases: those that add others up are not."""
        return [both for both in zip(self.purchases, self.answers, strict=True) if both[0].need is not None]

    @property
    def totals(self) -> tuple[Total, ...]:
        """The purchases by what is concluded, from the firmest; they add up to all of them."""
        grouped: dict[tuple[str, str], list[float | None]] = {}
        for its, answer in self.counted:
            grouped.setdefault((answer.verdict if answer.sure else "", answer.lever), []).append(its.amount)
        verdicts = [*(str(verdict) for verdict in OpinionVerdict), ""]
        keys = sorted(grouped, key=lambda key: (verdicts.index(key[0]), _ORDER[key[1]]))
        return tuple(_total(*key, grouped[key]) for key in keys)

    @property
    def whole(self) -> Total:
        """All the purchases."""
        return _total("", "", [its.amount for its, _ in self.counted])

    @property
    def to_settle(self) -> list[tuple[Purchase, LineAnswer]]:
        """The purchases in doubt: first those without an opinion, then the dearest, then as they come."""
        doubted = [both for both in self.counted if both[1].doubts]
        return sorted(doubted, key=lambda both: (both[1].sure, -(both[0].amount or 0)))


@dataclass(frozen=True, slots=True)
class Reached:
    """A supplier and the purchases within its reach, by their rank in the file, from 0: those it is credible for, those to ask it about."""

    id: str
    does: tuple[int, ...]
    ask: tuple[int, ...]


def reached(its: Programme) -> list[Reached]:
    """Every supplier that an opinion counts, those who are credible for most purchases first, then those to ask about most."""
    does: dict[str, list[int]] = {}
    ask: dict[str, list[int]] = {}
    for rank, answer in enumerate(its.answers):
        for ids, into in ((answer.does, does), (answer.ask, ask)):
            for one in ids if answer.sure else ():
                into.setdefault(one, []).append(rank)
    found = [Reached(one, tuple(does.get(one, ())), tuple(ask.get(one, ()))) for one in does.keys() | ask.keys()]
    return sorted(found, key=lambda one: (-len(one.does), -len(one.ask), one.id))


def _total(verdict: str, lever: str, amounts: Sequence[float | None]) -> Total:
    known = [amount for amount in amounts if amount is not None]
    return Total(verdict, lever, len(amounts), round(fsum(known), 2), len(amounts) - len(known))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Counts of the purchases that could be reserved, reserved in a smaller lot, have a clause, and have no opinion yet."""

    reserved: int
    smaller: int
    clause: int
    unsure: int


def verdicts(its: Programme) -> Verdicts:
    """Count the purchases by what they could be."""
    by = Counter(answer.verdict if answer.sure else "" for _, answer in its.counted)
    return Verdicts(by[OpinionVerdict.RESERVE], by[OpinionVerdict.SMALLER], by[OpinionVerdict.CLAUSE], by[""])


def headline(its: Programme) -> tuple[str, str]:
    """Conclusion of the whole programme in one sentence, and what remains to be settled."""
    by = verdicts(its)
    reserved = count(by.reserved, "pourrait être réservé", "pourraient être réservés")
    smaller = count(by.smaller, "en lot plus petit", "en lots plus petits")
    whole = f"{count(len(its.counted), 'achat')} : {reserved}, {smaller}, {number(by.clause)} avec une clause."
    if not its.to_settle:
        return whole, "Aucun doute sur ce que demandent les lignes."
    without = f", dont {number(by.unsure)} sans avis tant qu’on ne sait pas ce qui est demandé" if by.unsure else ""
    return whole, f"{count(len(its.to_settle), 'ligne')} à préciser{without}."


def answer_programme(
    engine: Engine,
    shelf: Shelf,
    purchases: Sequence[Purchase],
    today: date,
    assumed: Assumptions,
    kept: LineAnswers,
    progress: Callable[[int, int], None],
) -> Programme:
    """Answer every line on one shelf, those that `kept` holds excepted; `progress` is told (done, of how many) after each."""
    answers: list[LineAnswer] = []
    same: dict[Need, LineAnswer] = {}
    for index, its in enumerate(purchases):
        answer = LineAnswer.of(kept.held[name]) if (name := str(index)) in kept.held else None
        if answer is None:
            answer = same.get(its.need) if its.need else None
            answer = answer or answer_line(engine, shelf, its, today, assumed)
            kept.keep(name, answer.as_dict())
            if its.need:
                same[its.need] = answer
        answers.append(answer)
        progress(index + 1, len(purchases))
    return Programme(tuple(purchases), tuple(answers))


def answer_line(engine: Engine, shelf: Shelf, its: Purchase, today: date, assumed: Assumptions) -> LineAnswer:
    """Answer one line: the reading and the opinion, the same as of that need alone."""
    if its.need is None:
        return LineAnswer()
    reading = understand(its.need)
    ask = laid(reading, shelf, today)
    told = LineAnswer(
        activities=tuple((guess.label, guess.confidence) for guess in shown_activities(reading)),
        places=tuple(place.name for place in reading.places),
        doubts=tuple(doubt.says for doubt in reading.doubts),
        question=_to_settle(reading.doubts, understood=ask.understood),
        understood=ask.understood,
    )
    try:
        need = need_of(reading, assumed)
    except NeedRefused as refusal:
        doubts = (ReadingDoubt(DoubtKind.FAULT, str(refusal)), *reading.doubts)
        question = _to_settle(doubts, understood=False)
        return replace(told, doubts=(str(refusal), *told.doubts), question=question, understood=False)
    opinion = advise(engine, ask, need, assumed).opinion
    found = opinion.told
    if not opinion.placed:
        return replace(told, headline=words.headline(opinion), etp=need.etp)
    return replace(
        told,
        verdict=str(opinion.verdict),
        lever=opinion.lever,
        headline=words.headline(opinion),
        law=law_words.short(opinion.law),
        credible=len(found.credible),
        to_call=len(found.to_call),
        first=tuple(First(one.id, one.distance_km) for one in found.credible[:FIRST]),
        etp=need.etp,
        chance=found.wanted.likely if opinion.understood else None,
        does=tuple(one.id for one in found.credible),
        ask=tuple(one.id for one in found.to_call),
    )


def _to_settle(doubts: Sequence[ReadingDoubt], *, understood: bool) -> str:
    """The doubt to settle first: the trade where the line is not understood, else the first that is a question; empty for none."""
    trade = (doubt.says for doubt in doubts if not understood and doubt.kind in WHICH_TRADE)
    asked = (doubt.says for doubt in doubts if doubt.says.endswith("?"))
    return next(trade, "") or next(asked, "") or next((doubt.says for doubt in doubts), "")
