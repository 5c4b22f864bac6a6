"""Rare shared words count and are quoted."""

import numpy as np

from matcher.ranking.signals import wording
from tests.factories import ask, supplier


class TestWording:
    def test_rare_shared_words_count_and_are_quoted(self) -> None:
        others = [supplier(f"Atelier numéro {i}") for i in range(30)]
        asked = ask("Entretien des berges de la Sambre", [supplier("Les Rives de Sambre"), *others], lieu="Denain")
        found = wording.SIGNAL.values(asked)
        row = asked.shelf.find("essai:Les Rives de Sambre")
        assert row is not None
        assert found[row] > 0
        assert wording.SIGNAL.say(asked, row, float(found[row])).short == "mots communs avec la fiche : Sambre"
        assert np.isnan(np.delete(found, row)).all()

    def test_what_every_such_supplier_is_called_echoes_nothing_unless_it_presents_itself_so(self) -> None:
        others = [supplier(f"Numéro {i}") for i in range(30)]
        objet = "Légumes prêts à l’emploi"
        bare = ask(objet, [supplier("Passerelle pour l’emploi"), *others])
        assert np.isnan(wording.SIGNAL.values(bare)).all()
        presented = ask(objet, [supplier("Passerelle", description="Plats prêts à l’emploi."), *others])
        row = presented.shelf.find("essai:Passerelle")
        assert row is not None
        assert wording.SIGNAL.say(presented, row, 1.0).short == "mots communs avec la fiche : prêts, emploi"

    def test_the_name_of_the_place_is_left_to_proximity(self) -> None:
        others = [supplier(f"Atelier numéro {i}") for i in range(30)]
        asked = ask("Nettoyage à Maubeuge", [supplier("Régie de Maubeuge"), *others], lieu="Maubeuge")
        assert np.isnan(wording.SIGNAL.values(asked)).all()
