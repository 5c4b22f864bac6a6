"""A participant typed in a form, taken in as a line of a spreadsheet is: linked to the catalogue, asked about where it is in doubt."""

from dataclasses import replace

from matcher.events.columns import Columns
from matcher.events.event import Event, Participant
from matcher.events.finding import Catalogue
from matcher.events.intake import Intake, prepare
from matcher.events.people import Person
from matcher.events.spreadsheet import Entrant, Spreadsheet


def typed_in(event: Event, one: Participant, people: tuple[Person, ...], catalogue: Catalogue) -> Intake:
    """Return what it takes to register a participant (its key is not read). `created` is 0 where it was there already."""
    sheet = Spreadsheet("inscription", Columns({}, ()), (Entrant(1, one, people),), (), ())
    return prepare(event, [sheet], catalogue)


def linked(one: Participant, former: Participant, catalogue: Catalogue) -> Participant:
    """Return a participant that was edited, linked to the catalogue by its SIRET where that has changed."""
    if not one.supplies or one.siret == former.siret:
        return one
    return replace(one, supplier_id=catalogue.by_number(one.siret) if one.siret else "")
