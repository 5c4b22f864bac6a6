"""From a lot as written to a lot as understood: activities, places, kinds and lever asked for, and what is in doubt."""

from collections.abc import Sequence
from dataclasses import replace

from matcher.cleaning.markup import plain_text
from matcher.domain.french import number
from matcher.domain.lot import Lot
from matcher.domain.reading import Reading
from matcher.reading.activities import MOST_WORDS, SHIPPED, Sources, Understood, first_words, read_activities
from matcher.reading.intent import Intent, read_intent
from matcher.reading.places import read_places
from matcher.reading.proper_names import without_names

_TOO_LONG = f"Objet très long : seuls ses {number(MOST_WORDS)} premiers mots sont lus. Gardez ce qui dit le besoin."


def read(lot: Lot, doubts: tuple[str, ...] = ()) -> Reading:
    """Understand a lot. Never raises: what is not understood is a doubt, in French, after those already known."""
    lot = replace(lot, objet=plain_text(lot.objet))
    intent, understood = read_need(lot.objet, lot.cpv)
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
        sure=understood.sure,
        doubts=(*doubts, *understood.doubts, *where.doubts),
    )


def read_need(objet: str, cpv: Sequence[str] = (), sources: Sources = SHIPPED) -> tuple[Intent, Understood]:
    """Understand what a lot asks for, and of whom, from the first words of its object without the names of places."""
    text = without_names(first_words(objet))
    intent = read_intent(text)
    understood = read_activities(text, cpv, core=intent.rest, sources=sources)
    if len(objet.split(maxsplit=MOST_WORDS)) > MOST_WORDS:
        understood = replace(understood, doubts=(_TOO_LONG, *understood.doubts))
    return intent, understood
