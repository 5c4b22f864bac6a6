"""« À qui parler »: facilitators from their own list, a person never published, and nobody known is said."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from matcher.decisions.clause.facilitators import Facilitator, import_facilitators
from matcher.decisions.interlocutors import TO_COMPLETE
from matcher.decisions.plaquette.answer import read_territory
from matcher.decisions.plaquette.people import people_table
from matcher.reference.source_rules import Use

SINCE = date(2023, 11, 25)
LEA = Facilitator(
    "Léa Exemple", "Plie fictif", "Maubeuge", ("insee:59392",), ("+33320000000",), "lea@plie.example", None
)


def test_a_facilitator_is_named_inside_and_the_structure_alone_is_published(engine: Engine) -> None:
    places, _ = read_territory(["Nord (59)"])
    assert people_table(engine, places, since=SINCE, use=Use.EXPORT).lines()[0][2] == TO_COMPLETE
    import_facilitators(engine, [LEA], now=datetime(2026, 11, 25, tzinfo=UTC))
    inside = people_table(engine, places, since=SINCE, use=Use.EXPORT).lines()[0]
    assert inside[1:5] == ("Maubeuge", "Plie fictif : Léa Exemple", "03 20 00 00 00", "lea@plie.example")
    published = people_table(engine, places, since=SINCE, use=Use.PUBLISH).lines()
    assert published[0][1:5] == ("Maubeuge", "Plie fictif", "", "")
    assert "Léa" not in str(published)
