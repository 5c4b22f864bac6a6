"""Whom a campaign may ask: those of whom nothing sure tells the trade, by clue first, in a département alone."""

from datetime import date

from matcher.domain.supplier import Activity, Evidence, Site
from matcher.dossiers.asking.wave import reading_of, to_ask, within
from matcher.ranking.lay_out import build_shelf
from matcher.reference.geography.territories import departement
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
    island = supplier("C", sites=(Site(post_code="20000"),))
    of = {
        code: within([inside, other, island], place)
        for code in ("59", "62", "2A", "2B")
        if (place := departement(code))
    }
    assert of == {"59": {"essai:A"}, "62": {"essai:A", "essai:B"}, "2A": {"essai:C"}, "2B": frozenset()}
