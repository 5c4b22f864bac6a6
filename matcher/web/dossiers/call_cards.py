"""Cards of the page of telephone calls for a lot, one for each supplier: contact, previous and contradicting answers, order of the queue."""

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

# Choices of delay before calling again: days, then label; without choice the outcome's usual delay applies.
DELAYS = {"1": "Demain", "8": "Dans 8 j"}
# Symbol shown before the words of each outcome.
SIGNS = {
    CallOutcome.INTERESTED: "✓",
    CallOutcome.NOT_INTERESTED: "✕",
    CallOutcome.CALL_AGAIN: "↻",
    CallOutcome.NO_ANSWER: "···",
    CallOutcome.WRONG_NUMBER: "○",
}


@dataclass(frozen=True, slots=True)
class ShownCall:
    """Card of a supplier in the queue, at `anchor` on the page. `learned`: French sentence on what the catalogue may learn from its answer.
    `earlier`: (lot heading, call) of answers that may contradict the pending one, the heading empty for this lot. `size`: workload shown
    beside the question on its team (of its part of the promised hours, else of the lot); may be empty."""

    anchor: str
    entry: Entry
    turn: Turn
    contact: ContactDetails
    learned: str
    earlier: tuple[tuple[str, Call], ...]
    size: str

    @property
    def state(self) -> str:
        """The state of the supplier in the queue, in French."""
        entry = self.entry
        if entry.rival:
            return "à trancher"
        if entry.again:
            return "à rappeler" if self.turn is Turn.DUE else f"rappeler le {day(entry.again)}"
        if entry.call and entry.status not in SETTLED:
            return entry.call.outcome.value
        return "à appeler" if self.turn is Turn.NEW else entry.status.value


def cards(dossier: Dossier, lot: SavedLot) -> list[ShownCall]:
    """Return the cards of the suppliers of a lot, in queue order, with their current contact details."""
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
            part.size(entry.match.kinds) if part and part.hours else size,
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
    """Return, by anchor, the next supplier to call after each one, going round the queue."""
    next_anchor = {}
    for at, call in enumerate(calls):
        after = (other for other in (*calls[at + 1 :], *calls[:at]) if other.turn <= Turn.NEW)
        if (next_one := next(after, None)) is not None:
            next_anchor[call.anchor] = next_one
    return next_anchor


def settlement_choices(today: date) -> tuple[tuple[str, str, str], ...]:
    """Return the ways to settle two contradicting answers: (code, French label, French effect)."""
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
    """Return the HTML anchor of a supplier's card."""
    return f"appel-{1 + lot.place_of(entry.match.id)}"
