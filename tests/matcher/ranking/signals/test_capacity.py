"""The yearly need against the workforce: unknown is neither zero nor enough."""

import numpy as np
import pytest

from matcher.ranking.signals import capacity
from tests.factories import ask, supplier
from tests.matcher.ranking.signals.asked import says, value

OFFICES = "Nettoyage de bureaux"
BUDGET = "Nettoyage de bureaux, budget de 51 000 € par an"


class TestCapacity:
    def test_it_sets_the_yearly_need_against_the_workforce(self) -> None:
        big, small = supplier(workers=100.0), supplier(workers=2.0)
        assert value(capacity.SIGNAL, OFFICES, big, montant=510_000.0, duree=12.0) == pytest.approx(0.9)
        assert value(capacity.SIGNAL, OFFICES, big, montant=510_000.0, duree=48.0) == pytest.approx(0.975)
        assert value(capacity.SIGNAL, OFFICES, small, montant=510_000.0) == 0

    def test_a_trade_that_is_not_calibrated_is_unknown_and_not_guessed(self) -> None:
        its = supplier(workers=10.0)
        assert value(capacity.SIGNAL, "Reliure de livres anciens", its, montant=510_000.0) is None
        assert "métier à caler" in says(capacity.SIGNAL, "Reliure de livres anciens", its, montant=510_000.0)

    def test_unknown_is_neither_zero_nor_enough(self) -> None:
        assert value(capacity.SIGNAL, OFFICES, supplier(), montant=400_000.0) is None
        assert value(capacity.SIGNAL, OFFICES, supplier(workers=10.0)) is None
        assert says(capacity.SIGNAL, "x", supplier(), montant=1.0) == "effectif non connu : à demander"
        assert "montant lu dans le texte" in says(capacity.SIGNAL, BUDGET, supplier(workers=11.5))
        assert value(capacity.SIGNAL, BUDGET, supplier(workers=10.0)) == pytest.approx(0.9)
        assert "montant du lot non donné" in says(capacity.SIGNAL, "x", supplier(workers=11.5))
        assert "11,5 travailleurs" in says(capacity.SIGNAL, "x", supplier(workers=11.5))


def test_capacity_takes_the_band_of_the_register_by_its_lower_bound_where_nothing_better_is_known() -> None:
    suppliers = [
        supplier("a tranche", headcount="12"),
        supplier("b mieux", headcount="12", workers=80.0),
        supplier("c zéro", headcount="00"),
        supplier("d sans salarié", headcount="NN"),
    ]
    question = ask(OFFICES, suppliers, lieu="Maubeuge", montant=510_000.0, duree=12.0)
    values = capacity.values(question)
    assert values[:2] == pytest.approx([0.5, 1 - 10 / 80])
    assert np.isnan(values[2:]).all()
    assert capacity.say(question, 0, 0.5).short.startswith("tranche 20 à 49 salariés, pour un besoin d’environ 10 ETP")
    assert capacity.say(question, 1, 0.9).short.startswith("80 travailleurs")
    assert capacity.say(question, 2, None).short == "effectif non connu : à demander"
