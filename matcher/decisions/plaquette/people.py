"""« À qui parler » of a territory: its facilitators of social clauses, from their list, then its other interlocutors."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine

from matcher.cleaning.phone import shown_phone
from matcher.decisions.clause.facilitators import Facilitator, facilitators, facilitators_of
from matcher.decisions.interlocutors import interlocutors, nobody_known, speak_to, speak_to_table
from matcher.domain.age import source_dated
from matcher.domain.french import enumeration
from matcher.domain.place import Place
from matcher.reference.source_rules import Use
from matcher.render.document import DocumentCell, DocumentTable

FACILITATOR = "Facilitateur des clauses sociales"
_NOT_PUBLISHED = "nom et coordonnées : à demander à l’équipe"


def people_table(engine: Engine, places: Sequence[Place], *, since: date, use: Use) -> DocumentTable:
    """Return whom to speak to in these places. The list of facilitators names persons, who were not asked to be published."""
    near = facilitators_of(facilitators(engine, since=since), places)
    lines = [_line(one, use) for one in near] or [nobody_known(FACILITATOR, enumeration([one.name for one in places]))]
    known = interlocutors(engine, since=since)
    return speak_to_table(speak_to(known, places), tuple(dict.fromkeys(lines)))


def _line(one: Facilitator, use: Use) -> tuple[DocumentCell, ...]:
    source = source_dated("liste de l’équipe", one.as_of)
    if use is Use.PUBLISH:
        return (FACILITATOR, one.territory, one.structure or _NOT_PUBLISHED, *("", "", ""), source)
    named = " : ".join(filter(None, (one.structure, one.name)))
    return (FACILITATOR, one.territory, named, " ; ".join(map(shown_phone, one.phones)), one.email, "", source)
