"""Answers a programme (a buyer's list of future purchases): an opinion on reserving each line, stored by need; totals; suppliers reached."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from math import fsum
from typing import Any

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import RESERVING
from matcher.decisions.opinion import law_words, words
from matcher.decisions.opinion.compute import OpinionVerdict, lot_opinion
from matcher.decisions.purchases.line import LineAmount, LineQuestion, Purchase
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.french import count, number
from matcher.domain.need import Need
from matcher.domain.place import PlaceOrigin
from matcher.domain.reading import ABOUT_PLACE, WHICH_TRADE, DoubtKind, Reading, ReadingDoubt
from matcher.jobs.resume import LineAnswers, name_of
from matcher.need.answer import lay_on_shelf, understand
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.doubt import shown_activities

# Version of stored answers: incremented, they are computed again.
FORM = 10
FIRST = 3
# Question by kind of reading doubt, for those that the user can answer on the page of the sheet.
_ABOUT = {**dict.fromkeys(WHICH_TRADE, LineQuestion.TRADE), **dict.fromkeys(ABOUT_PLACE, LineQuestion.PLACE)}
_NO_TRADE = "Hors des métiers du secteur inclusif, d’après votre réponse : personne n’est à chercher."
_ORDER = {code: rank for rank, code in enumerate((*RESERVING, "clause", ""))}


@dataclass(frozen=True, slots=True)
class First:
    """One of the best candidates: id of the supplier and distance in km, None if unknown."""

    id: str
    km: float | None


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """Stored answer to one line. `activities`: (label, confidence); `places`: names, `supposed` if they are the buyer's default or from the sheet's title.
    `doubts`: French doubts, the one to settle first in `question`; `asks`: their subjects; `remarks`: those that the user cannot answer on the page.
    `verdict`: an OpinionVerdict, empty without opinion (line of totals, no place, unusable size); `lever`: recommended, empty for none; `to_call`: number of
    clues (`hints`) and of suppliers to call that count, of the `listed_to_call` of the need's list; `does`, `ask`: ids of the candidates counted, known and to call, best first; `law`: legal consequence;
    `direct`: this is direct purchase, by the line's own amount; `due`: by it too, a social condition is mandatory."""

    activities: tuple[tuple[str, float], ...] = ()
    places: tuple[str, ...] = ()
    supposed: bool = False
    asks: tuple[LineQuestion, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    question: str = ""
    understood: bool = False
    verdict: str = ""
    lever: str = ""
    headline: str = ""
    credible: int = 0
    to_call: int = 0
    first: tuple[First, ...] = ()
    etp: float | None = None
    does: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    law: str = ""
    direct: bool = False
    due: bool = False
    hints: int = 0
    listed_to_call: int | None = None

    @property
    def sure(self) -> bool:
        """Return whether there is a reliable opinion."""
        return self.understood and bool(self.verdict)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON data."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "LineAnswer":
        """Inverse of `as_dict`. Raises TypeError or KeyError for anything else."""
        return cls(
            **{
                **values,
                "activities": tuple((label, sure) for label, sure in values["activities"]),
                "places": tuple(values["places"]),
                "asks": tuple(map(LineQuestion, values["asks"])),
                "doubts": tuple(values["doubts"]),
                "remarks": tuple(values["remarks"]),
                "does": tuple(values["does"]),
                "ask": tuple(values["ask"]),
                "first": tuple(First(one["id"], one["km"]) for one in values["first"]),
            }
        )


def asks_of(purchase: Purchase, answer: LineAnswer) -> tuple[LineQuestion, ...]:
    """Return the open questions of a line, in the order of `LineQuestion`."""
    return tuple(question for question in LineQuestion if question in (*purchase.worth.asks, *answer.asks))


def doubts_of(purchase: Purchase, answer: LineAnswer) -> tuple[str, ...]:
    """Return the French doubts on a line, the most important first."""
    first = (answer.question,) if answer.question and not answer.sure else ()
    return tuple(dict.fromkeys((*first, *purchase.doubts, *filter(None, (answer.question,)), *answer.doubts)))


def shared_remarks(programme: "Programme") -> list[tuple[str, tuple[int, ...]]]:
    """Return the distinct remarks (doubts without possible answer on the page) with the ranks of their lines, most frequent first."""
    ranks_by_remark: dict[str, list[int]] = {}
    for rank, answer in enumerate(programme.answers):
        for says in answer.remarks:
            ranks_by_remark.setdefault(says, []).append(rank)
    return sorted(((says, tuple(ranks)) for says, ranks in ranks_by_remark.items()), key=lambda one: -len(one[1]))


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over the lines of one verdict and lever: number, sure `amount`, number of `unknown` amounts, and separately the `supposed` amount of the `doubted`
    lines, which an open question can change."""

    verdict: str
    lever: str
    lines: int
    amount: float
    unknown: int
    supposed: float
    doubted: int


@dataclass(frozen=True, slots=True)
class Programme:
    """All lines of a file with their answers, in file order."""

    purchases: tuple[Purchase, ...]
    answers: tuple[LineAnswer, ...]

    @property
    def counted_lines(self) -> list[tuple[Purchase, LineAnswer]]:
        """The lines that are purchases, without lines of totals."""
        return [both for both in zip(self.purchases, self.answers, strict=True) if both[0].need is not None]

    @property
    def totals(self) -> tuple[Total, ...]:
        """The purchases summed by verdict and lever, from the firmest verdict; a partition of all purchases."""
        grouped: dict[tuple[str, str], list[LineAmount]] = {}
        for purchase, answer in self.counted_lines:
            grouped.setdefault((answer.verdict if answer.sure else "", answer.lever), []).append(purchase.worth)
        verdicts = [*(str(verdict) for verdict in OpinionVerdict), ""]
        keys = sorted(grouped, key=lambda key: (verdicts.index(key[0]), _ORDER[key[1]]))
        return tuple(_total(*key, grouped[key]) for key in keys)

    @property
    def whole(self) -> Total:
        """The sum over all purchases."""
        return _total("", "", [its.worth for its, _ in self.counted_lines])

    @property
    def to_settle(self) -> list[tuple[Purchase, LineAnswer]]:
        """The purchases with doubts: without opinion first, then by decreasing amount."""
        doubted = [both for both in self.counted_lines if doubts_of(*both)]
        return sorted(doubted, key=lambda both: (both[1].sure, -(both[0].worth.euros or 0)))


@dataclass(frozen=True, slots=True)
class ReachedSupplier:
    """A supplier with the ranks (from 0) of the lines it is known for (`does`), and of those to ask it about (`ask`)."""

    id: str
    does: tuple[int, ...]
    ask: tuple[int, ...]


def reached_suppliers(programme: Programme) -> list[ReachedSupplier]:
    """Return the suppliers counted by any opinion, by decreasing numbers of lines they are known for, then to be asked about."""
    does: dict[str, list[int]] = {}
    ask: dict[str, list[int]] = {}
    for rank, answer in enumerate(programme.answers):
        for ids, into in ((answer.does, does), (answer.ask, ask)):
            for supplier_id in ids if answer.sure else ():
                into.setdefault(supplier_id, []).append(rank)
    suppliers = [
        ReachedSupplier(one, tuple(does.get(one, ())), tuple(ask.get(one, ()))) for one in does.keys() | ask.keys()
    ]
    return sorted(suppliers, key=lambda one: (-len(one.does), -len(one.ask), one.id))


def _total(verdict: str, lever: str, worth: Sequence[LineAmount]) -> Total:
    known = [its.sure for its in worth if its.sure is not None]
    supposed = [its.supposed_euros for its in worth if its.supposed_euros is not None]
    unknown = len(worth) - len(known) - len(supposed)
    return Total(verdict, lever, len(worth), round(fsum(known), 2), unknown, round(fsum(supposed), 2), len(supposed))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Numbers of purchases by verdict: reserve, smaller lot, confirm by calls, clause, no opinion yet."""

    reserved: int
    smaller: int
    to_confirm: int
    clause: int
    unsure: int


def count_verdicts(programme: Programme) -> Verdicts:
    """Count the purchases by verdict."""
    lines_by_verdict = Counter(answer.verdict if answer.sure else "" for _, answer in programme.counted_lines)
    return Verdicts(
        lines_by_verdict[OpinionVerdict.RESERVE],
        lines_by_verdict[OpinionVerdict.SMALLER],
        lines_by_verdict[OpinionVerdict.CONFIRM],
        lines_by_verdict[OpinionVerdict.CLAUSE],
        lines_by_verdict[""],
    )


def programme_headline(programme: Programme) -> tuple[str, str]:
    """Return two French sentences: the conclusion on the programme, and the number of lines to settle."""
    verdicts = count_verdicts(programme)
    reserved = count(verdicts.reserved, "pourrait être réservé", "pourraient être réservés")
    smaller = count(verdicts.smaller, "en lot plus petit", "en lots plus petits")
    confirm = f"{number(verdicts.to_confirm)} après des appels"
    whole = f"{count(len(programme.counted_lines), 'achat')} : {reserved}, {smaller}, {confirm}, {number(verdicts.clause)} avec une clause."
    if not programme.to_settle:
        return whole, "Aucun doute sur ce que demandent les lignes."
    without = (
        f", dont {number(verdicts.unsure)} sans avis tant qu’on ne sait pas ce qui est demandé"
        if verdicts.unsure
        else ""
    )
    placed = len(only_place_supposed(programme))
    place = (
        f"{' et' if without else ', dont'} {number(placed)} où seul le lieu supposé est à confirmer" if placed else ""
    )
    return whole, f"{count(len(programme.to_settle), 'ligne')} à préciser{without}{place}."


def only_place_supposed(programme: Programme) -> list[Purchase]:
    """Return the lines with an opinion of which only the supposed place is to be confirmed."""
    return [
        line
        for line, answer in programme.to_settle
        if answer.sure and answer.supposed and asks_of(line, answer) == (LineQuestion.PLACE,)
    ]


def answer_programme(
    shelf: Shelf,
    purchases: Sequence[Purchase],
    today: date,
    assumed: Assumptions,
    line_answers: LineAnswers,
    progress: Callable[[int, int], None],
) -> Programme:
    """Answer every line with one shelf, reusing and extending the stored `line_answers` by need; `progress(done, total)` is called after each line."""
    answers: list[LineAnswer] = []
    known: dict[str, LineAnswer] = {}
    for done, purchase in enumerate(purchases, start=1):
        if (name := name_of(purchase.need)) not in known:
            saved = line_answers.held.get(name)
            known[name] = LineAnswer.of(saved) if saved is not None else answer_line(shelf, purchase, today, assumed)
            if saved is None:
                line_answers.keep(name, known[name].as_dict())
        answers.append(known[name])
        progress(done, len(purchases))
    return Programme(tuple(purchases), tuple(answers))


def answer_line(shelf: Shelf, purchase: Purchase, today: date, assumed: Assumptions) -> LineAnswer:
    """Answer one line: reading and opinion, the same as for that need outside a programme."""
    if purchase.need is None:
        return LineAnswer()
    reading = understand(purchase.need)
    ask = lay_on_shelf(reading, shelf, today)
    answer, doubts = _read_answer(purchase.need, reading, understood=ask.is_understood or purchase.without_trade)
    try:
        need = workload_of(reading, assumed)
    except NeedRefused as refusal:
        question = _first_doubt((ReadingDoubt(DoubtKind.FAULT, str(refusal)), *doubts), understood=False)
        asks = tuple(dict.fromkeys((LineQuestion.AMOUNT, *answer.asks)))
        return replace(answer, doubts=(str(refusal), *answer.doubts), asks=asks, question=question, understood=False)
    advised = lot_opinion(ask, need, assumed)
    if advised.verdict is OpinionVerdict.NOBODY:
        advised = replace(advised, lever="")  # an immersion is no purchase
    lever_opinion = advised.told
    if purchase.without_trade:
        law, due = law_words.law_in_short(advised.law), law_words.owes_condition(advised.law)
        verdict = str(OpinionVerdict.NOBODY)
        return replace(answer, verdict=verdict, headline=_NO_TRADE, law=law, direct=bool(advised.law.direct), due=due)
    if not advised.placed:
        return replace(answer, headline=words.opinion_headline(advised), etp=need.etp)
    return replace(
        answer,
        verdict=str(advised.verdict),
        lever=advised.lever,
        headline=words.opinion_headline(advised),
        law=law_words.law_in_short(advised.law),
        direct=bool(advised.law.direct),
        due=law_words.owes_condition(advised.law),
        credible=len(lever_opinion.credible),
        to_call=len(lever_opinion.hints) + len(lever_opinion.to_call),
        hints=len(lever_opinion.hints),
        listed_to_call=advised.listed_to_call,
        first=tuple(First(one.id, one.distance_km) for one in lever_opinion.credible[:FIRST]),
        etp=need.etp,
        does=tuple(one.id for one in lever_opinion.credible),
        ask=tuple(one.id for one in (*lever_opinion.hints, *lever_opinion.to_call)),
    )


def _read_answer(need: Need, reading: Reading, *, understood: bool) -> tuple[LineAnswer, tuple[ReadingDoubt, ...]]:
    """Return the part of the answer that comes from the reading, and the remaining doubts."""
    origins = {place.origin for place in reading.places}
    # The buyer's default place is shown as supposed and raises no doubt; a place from the sheet's title must be confirmed. Without a trade, nobody is
    # looked for anywhere.
    place_settled = PlaceOrigin.DEFAUT in origins or need.chosen.activities == ()
    doubts = tuple(its for its in reading.doubts if not (place_settled and its.kind in ABOUT_PLACE))
    faults = {str(fault) for fault in need.faults if fault.field == "montant"}
    about = [LineQuestion.AMOUNT if its.says in faults else _ABOUT.get(its.kind, LineQuestion.OTHER) for its in doubts]
    answer = LineAnswer(
        activities=tuple((guess.label, guess.confidence) for guess in shown_activities(reading)),
        places=tuple(place.name for place in reading.places),
        supposed=not origins.isdisjoint((PlaceOrigin.DEFAUT, PlaceOrigin.TITRE)),
        asks=tuple(dict.fromkeys(about)),
        doubts=tuple(doubt.says for doubt in doubts),
        remarks=tuple(its.says for its, question in zip(doubts, about, strict=True) if question is LineQuestion.OTHER),
        question=_first_doubt(doubts, understood=understood),
        understood=understood,
    )
    return answer, doubts


def _first_doubt(doubts: Sequence[ReadingDoubt], *, understood: bool) -> str:
    """Return the doubt to settle first: on the trade if the line is not understood, else the first question, else the first doubt, else ""."""
    trade = (doubt.says for doubt in doubts if not understood and doubt.kind in WHICH_TRADE)
    questions = (doubt.says for doubt in doubts if doubt.says.endswith("?"))
    return next(trade, "") or next(questions, "") or next((doubt.says for doubt in doubts), "")
