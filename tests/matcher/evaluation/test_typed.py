"""Suite of needs as people type them: the shares that the shared scorer computes."""

from math import isnan

from matcher.evaluation.suites import Labelled
from matcher.evaluation.typed import typed_figures
from matcher.need.fields import need_from


def labelled(objet: str, *asked: list[str]) -> Labelled:
    return Labelled(need_from({"objet": objet}), {"asked": list(asked)})


def test_a_sure_reading_a_double_and_nothing_are_counted() -> None:
    suite = [
        labelled("Nettoyage des locaux", ["proprete.locaux"]),
        labelled("Nettoyage des locaux", ["linge.pressing"]),
        labelled("Déménagement puis nettoyage des locaux", ["transports.demenagement"], ["proprete.locaux"]),
        labelled("bonjour"),
    ]
    found = typed_figures(suite)
    assert found["métier@1"] == 2 / 3
    assert found["part sûre"] == 1.0
    assert found["juste si sûre"] == 2 / 3
    assert found["les deux d’un double"] == 1.0
    assert found["rien, pas sûre"] == 1.0


def test_a_figure_of_nothing_is_none() -> None:
    assert isnan(typed_figures([labelled("bonjour")])["métier@1"])
