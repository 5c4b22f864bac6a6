"""Telephone calls to the suppliers of a lot: the queue of calls, the three questions asked of all, the answers of the form, contradictions with earlier
answers, and the part of an answer that the catalogue may take. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

from matcher.answers.sharing import BOX_NAMES
from matcher.domain.french import typeset
from matcher.domain.match import Band
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.dossier import Call, CallOutcome, Dossier, Entry, SavedLot, Status
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.wordings import persona_wording

# More questions would try the patience of the person on the telephone.
MOST_ASKED = 3
# Delay before the next call: short after no answer, a week where the supplier asked to be called again.
AGAIN_AFTER: Mapping[CallOutcome, timedelta] = {
    CallOutcome.NO_ANSWER: timedelta(days=2),
    CallOutcome.CALL_AGAIN: timedelta(days=8),
}
MOST_PEOPLE = 10_000
LONGEST_ANSWER = 200
TRADE, _HOW_MANY, _AS_WRITTEN, _CHOSEN = "metier:", ":combien", ":ecrit", ":retenu"
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f]\d{3})*")
_YES, _PARTLY, _NO, _UNSURE = "oui", "en partie", "non", "ne sait pas"
_BANDS = tuple(Band)
KEEN = frozenset({Status.INTERESTED, Status.CHOSEN})
SETTLED = KEEN | {Status.NOT_INTERESTED}
_STATUS_OF: Mapping[CallOutcome, Status] = {
    CallOutcome.INTERESTED: Status.INTERESTED,
    CallOutcome.NOT_INTERESTED: Status.NOT_INTERESTED,
    CallOutcome.CALL_AGAIN: Status.CONTACTED,
    CallOutcome.ANSWERED: Status.CONTACTED,
    CallOutcome.NO_ANSWER: Status.NO_ANSWER,
}
# Status → outcome of the answer that it amounts to; « contacted » and « to contact » are no answers.
OUTCOME_OF = {status: outcome for outcome, status in _STATUS_OF.items() if status is not Status.CONTACTED}


class Turn(IntEnum):
    """Turn of a supplier in the queue of calls: due now, never called, due later, done."""

    DUE = 1
    NEW = 2
    LATER = 3
    DONE = 4


@dataclass(frozen=True, slots=True)
class CallQuestion:
    """A telephone question: its words (`asks`), the answers to choose from, and the unit (`counts`) where a number is asked too."""

    key: str
    asks: str
    choices: tuple[str, ...] = ()
    counts: str = ""

    @property
    def number(self) -> str:
        """Return the key under which the number is stored."""
        return f"{self.key}{_HOW_MANY}"

    @property
    def as_written(self) -> str:
        """Return the key under which a text without a single clear number is stored: « 22 salariés, 6 aux espaces verts »."""
        return f"{self.key}{_AS_WRITTEN}"

    @property
    def choice_field(self) -> str:
        """Return the name of the form field that chooses one of the numbers of such a text."""
        return f"{self.key}{_CHOSEN}"


_FIXED = (
    CallQuestion("equipe", "Une équipe libre au démarrage ?", (_YES, _NO, _UNSURE), "personnes"),
    CallQuestion("reserve", "Répondriez-vous à un lot réservé ?", (_YES, _NO, _UNSURE)),
    CallQuestion("reponse", "Y répondriez-vous ?", ("seul", "avec d’autres", _NO)),
    CallQuestion("effectif", "Combien de salariés avez-vous en tout ?", (), "personnes"),
    CallQuestion("zone", "Jusqu’où allez-vous ?", ("10 km", "30 km", "50 km")),
)
_BY_KEY = {question.key: question for question in _FIXED}


def lot_questions(lot: SavedLot) -> tuple[CallQuestion, ...]:
    """Return the three questions for every supplier of a lot: those of its first call, else those about what is unknown of most suppliers."""
    keys = lot.questions or dict.fromkeys(_question_keys(lot))
    return tuple(call_question for key in keys if (call_question := find_question(key)) is not None)[:MOST_ASKED]


def find_question(key: str) -> CallQuestion | None:
    """Return a question by its key, None where there is none of this key."""
    trade = key.removeprefix(TRADE)
    if trade != key and trade in taxonomy().index:
        return CallQuestion(key, typeset(f"Faites-vous « {taxonomy().label(trade)} » ?"), (_YES, _PARTLY, _NO))
    question = _BY_KEY.get(key)
    return replace(question, asks=persona_wording("appel_reponse")) if question and key == "reponse" else question


def answers_of_form(form: Mapping[str, str], call_questions: tuple[CallQuestion, ...]) -> dict[str, str]:
    """Return the answers of a submitted form, by key. A text without a single clear number is stored as written, with the number that a person chose in it."""
    answers = {}
    for question in call_questions:
        if (choice := form.get(question.key, "")) in question.choices:
            answers[question.key] = choice
        written = " ".join(form.get(question.number, "").split())[:LONGEST_ANSWER] if question.counts else ""
        numbers = numbers_of_people(written)
        if written and len(numbers) != 1:
            answers[question.as_written] = written
            numbers = [number for number in numbers if number == form.get(question.choice_field)]
        if numbers:
            answers[question.number] = numbers[0]
    return answers


def shareable_boxes(call_questions: Sequence[CallQuestion]) -> dict[str, str]:
    """Return the boxes (key → name) of answers to these questions that a supplier may agree to share with other installations."""
    keys = {"metiers" if question.key.startswith(TRADE) else question.key for question in call_questions}
    return {box: name for box, name in BOX_NAMES.items() if box in keys}


def answers_of(answer: GivenAnswer) -> dict[str, str]:
    """Convert an answer by link to answers to telephone questions, by key."""
    answers = {f"{TRADE}{code}": _YES if does else _NO for code, does in answer.trades.items()}
    by_form = {"effectif" + _HOW_MANY: answer.workers, "zone": answer.area}
    return answers | {key: text for key, text in by_form.items() if text}


def numbers_of_people(text: str) -> list[str]:
    """Return the numbers of people that a text holds, each once: « 22 salariés, 6 aux espaces verts » → 22, 6."""
    digits_written = ("".join(match.split()) for match in _NUMBER.findall(text))
    return list(dict.fromkeys(str(int(digits)) for digits in digits_written if 0 < int(digits) < MOST_PEOPLE))


def question_key(key: str) -> str:
    """Return the key of a question from the key of its answer, number or text."""
    return key.removesuffix(_HOW_MANY).removesuffix(_AS_WRITTEN)


def answer_sentences(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return answers as French sentences: « Une équipe libre au démarrage ? oui, 6 personnes »."""
    answers_by_question: dict[str, list[str]] = {}
    for key, answer in answers.items():
        question = find_question(question_key(key))
        if question is None:
            continue
        words = f"{answer} {question.counts}" if key == question.number else answer
        if key == question.as_written:
            words = f"« {answer} »" if question.number in answers else f"« {answer} », à préciser"
        answers_by_question.setdefault(question.asks, []).append(words)
    return tuple(f"{asks} {', '.join(parts)}" for asks, parts in answers_by_question.items())


def status_after(entry: Entry, outcome: CallOutcome) -> Status:
    """Return a supplier's status after a call: a wrong number does not change it, nor does a request to call again change a yes or a no."""
    status = _STATUS_OF.get(outcome, entry.status)
    if entry.status is Status.CHOSEN and status is Status.INTERESTED:
        return entry.status
    return entry.status if status is Status.CONTACTED and entry.status in SETTLED else status


def other_answers(dossier: Dossier, lot: int, supplier_id: str) -> tuple[tuple[SavedLot, Call], ...]:
    """Return the answers of a supplier in the other lots of a dossier, the oldest first."""
    entries = dossier.entries_of(supplier_id)
    calls = ((other, entry.call) for other, entry in entries if other.number != lot and entry.call)
    return tuple(sorted(calls, key=lambda pair: pair[1].on))


def contradictions(entry: Entry, call: Call, others: Sequence[tuple[SavedLot, Call]] = ()) -> tuple[str, ...]:
    """Return what in a new answer contradicts the supplier's current one: « réponse » (yes against no), and the keys of questions answered otherwise.

    `others` are its answers in the other lots; only those about trades count. A correction of the same answer by the same person contradicts nothing."""
    if call.amends(entry.call):
        return ()
    earlier = {key: text for _, other in others for key, text in other.answers.items() if key.startswith(TRADE)}
    against = opposite_answers(call.answers, earlier | dict(entry.call.answers if entry.call else {}))
    turned = entry.status in SETTLED and status_after(entry, call.outcome) is not entry.status
    return (*(["réponse"] if turned else []), *against)


def opposite_answers(answers: Mapping[str, str], others: Mapping[str, str]) -> list[str]:
    """Return the keys of the questions to which one side answers « non », and the other neither « non » nor « ne sait pas »."""
    opposite = []
    for key, answer in answers.items():
        other = others.get(key, "")
        if other and answer != other and _NO in (answer, other) and _UNSURE not in (answer, other):
            opposite.append(key)
    return opposite


def _trade_answers(answers: Mapping[str, str]) -> set[str]:
    """Return the different answers to the questions on trades."""
    return {answer for key, answer in answers.items() if key.startswith(TRADE)}


def interested_without_trade(outcome: CallOutcome, answers: Mapping[str, str]) -> bool:
    """Return whether a supplier is interested in a lot, though it answered « non » to each trade that it was asked."""
    return outcome is CallOutcome.INTERESTED and _trade_answers(answers) == {_NO}


def says_yes(entry: Entry) -> bool:
    """Return whether a supplier is interested in a lot, or chosen for it, and has not answered that it does none of the trades asked, or only part of them."""
    trades = _trade_answers(entry.call.answers) if entry.call else set()
    return entry.status in KEEN and (not trades or _YES in trades)


def answered_signals(entry: Entry) -> frozenset[str]:
    """Return the signals of the ranking that a supplier's answers have made known since its list was frozen."""
    answers = entry.call.answers if entry.call else {}
    signals = {"effectif" + _HOW_MANY: "capacity", "zone": "proximity"}
    return frozenset(filter(None, ("activity" if key.startswith(TRADE) else signals.get(key) for key in answers)))


def answer_to_take(entry: Entry) -> GivenAnswer:
    """Return the part of a supplier's answers that may go to the catalogue and is not there yet; nothing while two answers contradict each other. A trade done
    « en partie » is neither done nor refused: it stays in the dossier."""
    if entry.rival:
        return GivenAnswer()
    answers = entry.call.answers if entry.call else {}
    fresh = {key: answer for key, answer in answers.items() if entry.taken.get(key) != answer}
    trades = {
        key.removeprefix(TRADE): answer == _YES
        for key, answer in fresh.items()
        if key.startswith(TRADE) and answer != _PARTLY
    }
    return GivenAnswer(trades=trades, workers=fresh.get("effectif" + _HOW_MANY, ""), area=fresh.get("zone", ""))


def free_teams(lot: SavedLot) -> dict[str, float]:
    """Return the number of people that suppliers have free for a lot, as they answered, by id."""
    answers = {entry.match.id: entry.call.answers for entry in lot.entries if entry.call and not entry.withdrawn}
    team, number = "equipe", "equipe" + _HOW_MANY
    return {key: float(its[number]) for key, its in answers.items() if number in its and its.get(team, _YES) == _YES}


def call_queue(lot: SavedLot, today: date) -> tuple[Entry, ...]:
    """Return the suppliers in calling order: calls due by `today`, the oldest first; then, by band (confidence in their trade), those never called;
    then those due later; then those that have answered."""
    living = (entry for entry in lot.entries if not entry.withdrawn)
    return tuple(
        sorted(
            living,
            key=lambda entry: (
                call_turn(entry, today),
                entry.again or date.min,
                _BANDS.index(entry.match.band) if entry.match.band else len(_BANDS),
            ),
        )
    )


def call_turn(entry: Entry, today: date) -> Turn:
    """Return the turn of a supplier; one that has answered, or whose number is wrong, comes last."""
    if entry.again is not None:
        return Turn.DUE if entry.again <= today else Turn.LATER
    wrong = entry.call is not None and entry.call.outcome is CallOutcome.WRONG_NUMBER
    return Turn.DONE if wrong or is_undecided(entry) or entry.status in SETTLED else Turn.NEW


def is_undecided(entry: Entry) -> bool:
    """Return whether a supplier has answered without deciding whether the lot suits it."""
    return bool(entry.call and entry.call.outcome is CallOutcome.ANSWERED and entry.status is Status.CONTACTED)


def _question_keys(lot: SavedLot) -> Iterator[str]:
    """Yield the keys of the questions, the most useful first: the least known trade, whether a team is free, the answer to a reserved lot, then
    the rest of what is unknown."""
    living = [entry.match for entry in lot.entries if not entry.withdrawn]
    reading = lot.frozen.reading
    missing = {code: sum(code not in match.known_for for match in living) for code in reading.asked}
    trades = [TRADE + code for code in sorted(missing, key=lambda code: -missing[code]) if missing[code]]
    unknown = {one.signal for match in living for one in match.contributions if one.value is None}
    people = ["effectif"] if "capacity" in unknown else []
    code = reading.lot.levier
    yield from trades[:1]
    yield "equipe"
    if code and lever(code).families:
        yield "reserve"
    # On a lot of known size an opinion asks for enough people; the other trades confirm nothing in it.
    yield from (*people, *trades[1:]) if reading.yearly is not None else (*trades[1:], *people)
    if "proximity" in unknown:
        yield "zone"
    yield from ("reponse", "effectif")
