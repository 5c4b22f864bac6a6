"""From a lot as written to a lot as understood: activities, places, kinds and lever asked for, size, and what is in doubt."""

from dataclasses import dataclass, replace

from matcher.domain.lot import Lot
from matcher.domain.reading import Reading
from matcher.reading.activities import Understood, is_sure, read_activities
from matcher.reading.intent import Intent, read_intent
from matcher.reading.notice import Notice, notice
from matcher.reading.places import read_places
from matcher.reading.sizes import read_sizes


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is in doubt, by what it is about: French sentences."""

    activities: tuple[str, ...]
    places: tuple[str, ...]
    lever: tuple[str, ...]
    amount: tuple[str, ...]
    duration: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every doubt, in the order that a page tells them."""
        return (*self.activities, *self.places, *self.lever, *self.amount, *self.duration)


def read(lot: Lot, doubts: tuple[str, ...] = ()) -> Reading:
    """Understand a lot. Never raises: what is not understood is a doubt, in French, after those already known."""
    reading, found = read_apart(lot)
    return replace(reading, doubts=(*doubts, *found.all))


def read_apart(lot: Lot) -> tuple[Reading, Doubts]:
    """Understand a lot as `read` does, its doubts told apart."""
    told = notice(lot.objet)
    intent = read_intent(told.need)
    understood = _trade(lot, told, intent)
    where = read_places(lot)
    sizes = read_sizes(told.said, amount=lot.montant, months=lot.duree)
    apart = intent.in_part and not lot.levier
    reading = Reading(
        lot=lot,
        activities=understood.activities,
        groups=understood.groups,
        sectors=understood.sectors,
        places=where.places,
        within=where.within,
        kinds_asked=intent.kinds,
        levier_hint=intent.levier,
        mode=intent.mode,
        reserved_by=intent.outright,
        amount=sizes.amount,
        duration=sizes.duration,
    )
    return reading, Doubts(
        activities=understood.doubts,
        places=where.doubts,
        lever=(f"Le texte réserve un lot parmi d’autres : « {intent.in_part} ». Est-ce le vôtre ?",) if apart else (),
        amount=sizes.about_amount,
        duration=sizes.about_duration,
    )


def _trade(lot: Lot, told: Notice, intent: Intent) -> Understood:
    """The trade that the object of a notice says; all of its need where the object alone is not sure."""
    if told.object:
        understood = read_activities(lot.objet, lot.cpv, core=read_intent(told.object).rest)
        if is_sure(understood.activities):
            return understood
    return read_activities(lot.objet, lot.cpv, core=intent.rest)
