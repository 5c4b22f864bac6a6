"""The answer of a shortlist: who is credible, and where they are when the list is too short to show them."""

from matcher.domain.supplier import Site
from matcher.dossiers.frozen_list import freeze, thaw
from matcher.need.answer import shortlist_from
from matcher.ranking.engine import rank
from tests.factories import MAUBEUGE, ask, declares, supplier

GREEN = "espaces-verts.creation-entretien"
# A stranger on the spot, of the usual kind; and a gardener further away, of a kind that seldom answers.
NEAR = supplier("L’Atelier d’à côté", "ACI", at=MAUBEUGE)
FAR = supplier(
    "Les Jardiniers",
    "GEIQ",
    sites=(Site(city="Aulnoye-Aymeries", insee="59033", lat=50.2010, lon=3.8380),),
    activities=declares(GREEN),
)


def test_the_credible_that_a_short_list_leaves_out_are_named() -> None:
    ranking = rank(
        ask("Entretien des espaces verts", [NEAR, FAR], lieu="Maubeuge"), weights={"activity": 1, "proximity": 99}
    )
    assert [match.credible for match in ranking.top(2)] == [False, True]
    short, whole = (shortlist_from(ranking, ranking.top(count)) for count in (1, 2))
    assert short.answer.startswith("1 candidat crédible, hors de cette liste : ")
    assert short.answer.endswith("Plus loin : Les Jardiniers (Aulnoye-Aymeries, à 13\u00a0km).")
    assert whole.further == ()
    assert "Plus loin" not in whole.answer
    assert thaw(freeze(short)) == short


def test_nobody_further_is_named_where_nobody_is_credible_or_listed() -> None:
    ranking = rank(ask("Entretien des espaces verts", [NEAR], lieu="Maubeuge"))
    assert shortlist_from(ranking, ranking.top(1)).further == ()
    assert shortlist_from(ranking, ()).further == ()
