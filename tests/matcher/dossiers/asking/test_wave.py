"""Whom a campaign may ask: those of whom nothing sure tells the trade, by clue first, in a département alone."""

from datetime import date

from matcher.domain.supplier import Activity, Evidence, Site
from matcher.dossiers.asking.wave import reading_of, to_ask, within
from matcher.ranking.lay_out import build_shelf
from tests.factories import DENAIN, MARSEILLE, supplier
from tests.matcher.dossiers.asking.campaigns import GREEN

ON = date(2026, 11, 27)


def test_who_is_known_or_far_is_not_asked_and_a_clue_comes_first() -> None:
    suppliers = [
        supplier("Inconnu"),
        supplier("Connu", activities=(Activity(GREEN, "", Evidence.ANSWER, "structure"),)),
        supplier(
            "Paysages du Nord", at=DENAIN, naf="81.29B", activities=(Activity(GREEN, "", Evidence.NAME, "essai"),)
        ),
        supplier("Loin", at=MARSEILLE),
    ]
    assert to_ask(reading_of([GREEN], "59"), build_shelf(suppliers, 1), ON) == (
        "essai:Paysages du Nord",
        "essai:Inconnu",
    )


def test_a_departement_is_that_of_a_site() -> None:
    inside = supplier("A", sites=(Site(insee="62041"), Site(insee="59392")))
    other = supplier("B", sites=(Site(post_code="62000"),))
    assert within([inside, other], "59") == {"essai:A"}
    assert within([inside, other], "62") == {"essai:A", "essai:B"}
