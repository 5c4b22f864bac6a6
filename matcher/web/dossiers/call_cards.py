"""Cards of the calls of a lot, one a supplier: how each is reached, what it answered, who comes next, where two answers may contradict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import day, unit
from matcher.dossiers.asking.told import answer_sentence
from matcher.dossiers.calling import (
    AGAIN_AFTER,
    SETTLED,
    TRADE,
    Turn,
    answer_to_take,
    call_queue,
    call_turn,
    opposite_answers,
    other_answers,
)
from matcher.dossiers.dossier import Call, CallOutcome, Dossier, Entry, SavedLot, SettledBy
from matcher.dossiers.planned_part import planned_part
from matcher.web.frame.app_state import desk

# Days to choose from to call again; none is the usual delay of the outcome.
DELAYS = {"1": "Demain", "8": "Dans 8 j"}
# The sign before each outcome; the words beside it say the same.
SIGNS = {
    CallOutcome.INTERESTED: "✓",
    CallOutcome.NOT_INTERESTED: "✕",
    CallOutcome.CALL_AGAIN: "↻",
    CallOutcome.NO_ANSWER: "···",
    CallOutcome.WRONG_NUMBER: "○",
}


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A supplier of the queue as its screen shows it, at an `anchor` of the page; `learned` is what the catalogue may learn of it, `earlier`
    the answers that one which waits may contradict, each with the lot that it is of where that is another. `size` stands beside the question
    of its team: that of the part that a plan gives to its way, else that of the lot, empty where it is not known."""

    anchor: str
    entry: Entry
    turn: Turn
    contact: ContactDetails
    learned: str
    earlier: tuple[tuple[str, Call], ...]
    size: str

    @property
    def state(self) -> str:
        """Return where it stands in the queue, in words."""
        entry = self.entry
        if entry.rival:
            return "à trancher"
        if entry.again:
            return "à rappeler" if self.turn is Turn.DUE else f"rappeler le {day(entry.again)}"
        if entry.call and entry.status not in SETTLED:
            return entry.call.outcome.value
        return "à appeler" if self.turn is Turn.NEW else entry.status.value


def cards(dossier: Dossier, lot: SavedLot) -> list[ShownCall]:
    """Return the suppliers of a lot in the order of the queue, with how each is reached today."""
    today = desk().today()
    entries = call_queue(lot, today)
    part = planned_part(dossier, lot)
    try:
        etp = workload_of(lot.frozen.reading, Assumptions()).etp
    except NeedRefused:
        etp = None
    size = f"≈ {unit(etp, 'ETP', 0 if etp >= 1 else 1)}" if etp else ""
    contacts = desk().contacts_of({entry.match.id for entry in entries})
    return [
        ShownCall(
            anchor_of(lot, entry),
            entry,
            call_turn(entry, today),
            contacts.get(entry.match.id, ContactDetails()),
            answer_sentence(answer_to_take(entry)),
            tuple(_earlier(dossier, lot, entry)),
            part.size(entry.match.kinds) if part and part.ways else size,
        )
        for entry in entries
    ]


def _earlier(dossier: Dossier, lot: SavedLot, entry: Entry) -> Iterator[tuple[str, Call]]:
    if entry.call:
        yield "", entry.call
    later = entry.rival.answers if entry.rival else {}
    trades = {key: answer for key, answer in later.items() if key.startswith(TRADE)}
    for other, call in other_answers(dossier, lot.number, entry.match.id):
        if opposite_answers(trades, call.answers):
            yield other.heading, call


def following(calls: Sequence[ShownCall]) -> dict[str, ShownCall]:
    """Return the next one to call after each, by its anchor; after the last, those that were passed."""
    next_anchor = {}
    for at, call in enumerate(calls):
        after = (other for other in (*calls[at + 1 :], *calls[:at]) if other.turn <= Turn.NEW)
        if (next_one := next(after, None)) is not None:
            next_anchor[call.anchor] = next_one
    return next_anchor


def settlement_choices(today: date) -> tuple[tuple[str, str, str], ...]:
    """Return the ways to settle two answers that contradict each other: name, words, effect."""
    again = day(today + AGAIN_AFTER[CallOutcome.NO_ANSWER])
    return (
        (
            SettledBy.CHANGED.name,
            "La structure a changé d’avis",
            "la seconde réponse compte : la liste et l’avis en tiennent compte",
        ),
        (
            SettledBy.ANOTHER.name,
            "Une autre personne a répondu",
            f"la première compte, rien ne bouge ; à rappeler le {again}",
        ),
        (SettledBy.MISTAKE.name, "Je me suis trompé de touche", "la seconde réponse est annulée"),
    )


def anchor_of(lot: SavedLot, entry: Entry) -> str:
    """Return the place of a supplier on the page of the calls."""
    return f"appel-{1 + lot.place_of(entry.match.id)}"
