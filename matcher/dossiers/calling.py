"""Calls to the suppliers of a lot: their order, the three questions put to all alike, and what the answers tell the catalogue. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from matcher.cleaning.numbers import whole
from matcher.domain.french import typeset
from matcher.domain.match import Band
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.dossier import CallOutcome, Entry, SavedLot, Status
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy

# As many as a person answers on the telephone before it asks what for.
MOST_ASKED = 3
# After a silence one tries again soon; who asked to be called again is given a week.
AGAIN_AFTER: Mapping[CallOutcome, timedelta] = {
    CallOutcome.NO_ANSWER: timedelta(days=2),
    CallOutcome.CALL_AGAIN: timedelta(days=8),
}
MOST_PEOPLE = 10_000
_TRADE, _HOW_MANY = "metier:", ":combien"
_YES, _PARTLY, _NO, _UNSURE = "oui", "en partie", "non", "ne sait pas"
_BANDS = tuple(Band)
_SETTLED = frozenset({Status.INTERESTED, Status.NOT_INTERESTED})


class Turn(IntEnum):
    """Turn of a supplier in the queue of calls, in its order."""

    DUE = 1
    NEW = 2
    LATER = 3
    DONE = 4


@dataclass(frozen=True, slots=True)
class CallQuestion:
    """A question put by telephone: the words, the answers to choose from, and where a number is asked too, of what (`counts`)."""

    key: str
    asks: str
    choices: tuple[str, ...] = ()
    counts: str = ""

    @property
    def number(self) -> str:
        """Key under which its number is kept."""
        return f"{self.key}{_HOW_MANY}"


_FIXED = (
    CallQuestion("equipe", "Une équipe libre au démarrage ?", (_YES, _NO, _UNSURE), "personnes"),
    CallQuestion("reserve", "Répondriez-vous à un lot réservé ?", (_YES, _NO, _UNSURE)),
    CallQuestion("reponse", "Y répondriez-vous ?", ("seul", "avec d’autres", _NO)),
    CallQuestion("effectif", "Combien de personnes compte votre équipe ?", (), "personnes"),
    CallQuestion("zone", "Jusqu’où allez-vous ?", ("10 km", "30 km", "50 km")),
)
_BY_KEY = {question.key: question for question in _FIXED}


def questions(lot: SavedLot) -> tuple[CallQuestion, ...]:
    """Return the three questions put to every supplier of a lot: those of its first call, else what is unknown of most of them."""
    keys = lot.questions or dict.fromkeys(_wanted(lot))
    return tuple(found for key in keys if (found := question_of(key)) is not None)[:MOST_ASKED]


def question_of(key: str) -> CallQuestion | None:
    """Return a question by its key, None where there is none of this key."""
    trade = key.removeprefix(_TRADE)
    if trade != key and trade in taxonomy().index:
        return CallQuestion(key, typeset(f"Faites-vous « {taxonomy().label(trade)} » ?"), (_YES, _PARTLY, _NO))
    return _BY_KEY.get(key)


def answers_in(form: Mapping[str, str], asked: tuple[CallQuestion, ...]) -> dict[str, str]:
    """Return the answers that a form gives to the questions asked, those that can be read."""
    given = {}
    for question in asked:
        if (said := form.get(question.key, "")) in question.choices:
            given[question.key] = said
        counted = whole(form.get(question.number, ""), range(1, MOST_PEOPLE)) if question.counts else None
        if counted is not None:
            given[question.number] = str(counted)
    return given


def said_of(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return answers as French sentences: « Une équipe libre au démarrage ? oui, 6 personnes »."""
    told: dict[str, list[str]] = {}
    for key, answer in answers.items():
        question = question_of(key.removesuffix(_HOW_MANY))
        if question is not None:
            counted = f"{answer} {question.counts}" if key == question.number else answer
            told.setdefault(question.asks, []).append(counted)
    return tuple(f"{asks} {', '.join(parts)}" for asks, parts in told.items())


def offered(entry: Entry) -> GivenAnswer:
    """Return what a supplier answered by telephone that the catalogue may be told, and was not yet."""
    answers = entry.call.answers if entry.call else {}
    fresh = {key: answer for key, answer in answers.items() if entry.taken.get(key) != answer}
    trades = {key.removeprefix(_TRADE): answer != _NO for key, answer in fresh.items() if key.startswith(_TRADE)}
    return GivenAnswer(trades=trades, workers=fresh.get("effectif" + _HOW_MANY, ""), area=fresh.get("zone", ""))


def queue(lot: SavedLot, today: date) -> tuple[Entry, ...]:
    """Return those to call in order: who is to be called again by `today`, the oldest first; then, by band, who was not called yet; then
    who waits for a later day, and who has answered."""
    living = (entry for entry in lot.entries if not entry.withdrawn)
    return tuple(
        sorted(
            living,
            key=lambda entry: (
                turn(entry, today),
                entry.again or date.min,
                _BANDS.index(entry.match.band) if entry.match.band else len(_BANDS),
            ),
        )
    )


def turn(entry: Entry, today: date) -> Turn:
    """Return whose turn it is: who has answered, or has no right number, comes last."""
    if entry.again is not None:
        return Turn.DUE if entry.again <= today else Turn.LATER
    wrong = entry.call is not None and entry.call.outcome is CallOutcome.WRONG_NUMBER
    return Turn.DONE if wrong or entry.status in _SETTLED else Turn.NEW


def _wanted(lot: SavedLot) -> Iterator[str]:
    """Keys of the questions, the most useful first: the trade least known, whether a team is free, the answer to the procedure, then what
    else is unknown of any."""
    living = [entry.match for entry in lot.entries if not entry.withdrawn]
    reading = lot.frozen.reading
    missing = {code: sum(code not in match.known_for for match in living) for code in reading.asked}
    trades = [_TRADE + code for code in sorted(missing, key=lambda code: -missing[code]) if missing[code]]
    unknown = {one.signal for match in living for one in match.contributions if one.value is None}
    code = reading.lot.levier
    yield from trades[:1]
    yield "equipe"
    if code and lever(code).families:
        yield "reserve"
    yield from trades[1:]
    if "capacity" in unknown:
        yield "effectif"
    if "proximity" in unknown:
        yield "zone"
    yield from ("reponse", "effectif")
