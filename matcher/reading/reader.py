"""From a lot as written to a lot as understood: activities, places, kinds and lever asked for, and what is in doubt."""

from matcher.domain.lot import Lot
from matcher.domain.reading import Reading
from matcher.reading.activities import first_words, read_activities
from matcher.reading.intent import read_intent
from matcher.reading.places import read_places


def read(lot: Lot, doubts: tuple[str, ...] = ()) -> Reading:
    """Understand a lot. Never raises: what is not understood is a doubt, in French, after those already known."""
    intent = read_intent(first_words(lot.objet))
    understood = read_activities(lot.objet, lot.cpv, core=intent.rest)
    where = read_places(lot)
    return Reading(
        lot=lot,
        activities=understood.activities,
        groups=understood.groups,
        sectors=understood.sectors,
        places=where.places,
        within=where.within,
        kinds_asked=intent.kinds,
        levier_hint=intent.levier,
        mode=intent.mode,
        doubts=(*doubts, *understood.doubts, *where.doubts),
    )
