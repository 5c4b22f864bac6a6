"""The bar and the reasons of a candidate: its points, what is at stake, and nothing twice."""

import pytest

from matcher.ranking.engine import rank
from matcher.ranking.reasons import SPEAKS_FOR, WEIGHTY, against, bar, strengths, unknowns
from tests.factories import DENAIN, MARSEILLE, MAUBEUGE, ask, declares, supplier

SUPPLIERS = (
    supplier("Tout", "ACI", MAUBEUGE, activities=declares("espaces-verts.creation-entretien"), workers=20.0),
    supplier("Rien", "", None),
    supplier("Loin", "EA", MARSEILLE, activities=declares("linge.blanchisserie")),
    supplier("Près", "ESAT", DENAIN),
)


@pytest.mark.parametrize("objet", ["Entretien des espaces verts", "zzz"])
def test_the_bar_says_the_score_the_least_and_the_most(objet: str) -> None:
    for match in rank(ask(objet, SUPPLIERS, lieu="Maubeuge")).top(10):
        found = bar(match)
        assert found.least <= match.score + 0.005
        assert match.score <= found.most + 0.005
        assert found.most <= 100.01
        assert found.unsure == pytest.approx(100 * (1 - match.coverage))


def test_each_contribution_is_for_against_unknown_or_too_light_to_say() -> None:
    for match in rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge")).top(10):
        said = [*strengths(match), *against(match), *unknowns(match)]
        assert len({part.signal for part in said}) == len(said)
        assert all((part.value or 0) >= SPEAKS_FOR for part in strengths(match))
        assert all(part.weight >= WEIGHTY for part in against(match))
        assert all(part.value is None for part in unknowns(match))
        assert [part.points for part in strengths(match)] == sorted(
            (part.points for part in strengths(match)), reverse=True
        )
