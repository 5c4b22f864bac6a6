"""It halves with distance, a declared area counts as near, and the sentence names the place."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.domain.supplier import Site
from matcher.ranking.signals import proximity
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, supplier
from tests.matcher.ranking.signals.asked import says, value


class TestProximity:
    def test_it_halves_with_distance_by_the_reach_of_the_trade(self) -> None:
        near = value(proximity.SIGNAL, "Espaces verts", supplier(at=MAUBEUGE), lieu="Maubeuge")
        far = value(proximity.SIGNAL, "Espaces verts", supplier(at=LILLE), lieu="Maubeuge")
        goods = value(proximity.SIGNAL, "Fourniture de papier et d’enveloppes", supplier(at=LILLE), lieu="Maubeuge")
        assert near == pytest.approx(1, abs=0.1)
        assert 0 < (goods or 0) < (near or 0)
        assert 0 < (far or 0) < 0.2

    def test_staff_of_a_trade_comes_as_far_as_staff_does(self) -> None:
        lender = supplier(kind="ETTI", at=LILLE)
        need = "Remplacement d’agents de nettoyage et de restauration collective dans un collège"
        staff = value(proximity.SIGNAL, "Mise à disposition de personnel", lender, lieu="Maubeuge")
        assert staff is not None
        assert value(proximity.SIGNAL, need, lender, lieu="Maubeuge") == staff

    def test_an_ai_is_local(self) -> None:
        ai = value(proximity.SIGNAL, "Espaces verts", supplier(kind="AI", at=DENAIN), lieu="Maubeuge")
        aci = value(proximity.SIGNAL, "Espaces verts", supplier(kind="ACI", at=DENAIN), lieu="Maubeuge")
        assert (ai or 0) < (aci or 0)

    def test_a_declared_area_counts_as_near_and_is_named(self) -> None:
        far = supplier(at=MARSEILLE, area_codes=("dep:59", "dep:62"), area="Nord et Pas-de-Calais")
        assert value(proximity.SIGNAL, "Espaces verts", far, lieu="Maubeuge") == pytest.approx(proximity.DECLARED)
        assert says(proximity.SIGNAL, "Espaces verts", far, lieu="Maubeuge").endswith(
            "déclare intervenir : Nord, Pas-de-Calais"
        )

    def test_in_the_town_itself_the_distance_is_to_its_middle(self) -> None:
        edge = Site(city="Maubeuge", insee="59392", lat=MAUBEUGE[0] + 0.018, lon=MAUBEUGE[1])
        told = says(proximity.SIGNAL, "Espaces verts", supplier(sites=(edge,)), lieu="Maubeuge")
        assert told == "sur place (Maubeuge), à 2\u00a0km du centre"
        outside = replace(edge, insee="59291")
        assert "du lieu d’exécution" in says(
            proximity.SIGNAL, "Espaces verts", supplier(sites=(outside,)), lieu="Maubeuge"
        )

    def test_of_a_territory_that_is_not_located_it_says_so(self) -> None:
        told = says(proximity.SIGNAL, "Espaces verts", supplier(at=MAUBEUGE), lieu="dep:987")
        assert told == "ailleurs que le lieu d’exécution (Polynésie française), dont la distance n’est pas mesurée"

    def test_the_same_distance_is_farther_where_others_are_nearer(self) -> None:
        alone = supplier(at=DENAIN)
        crowd = [supplier(f"{i}", at=(MAUBEUGE[0] + i / 10_000, MAUBEUGE[1])) for i in range(120)]
        among = ask("Espaces verts", [alone, *crowd], lieu="Maubeuge")
        by_itself = ask("Espaces verts", [alone], lieu="Maubeuge")
        row = among.shelf.find(alone.id)
        assert row is not None
        most = float(proximity.SIGNAL.values(by_itself)[0])
        assert float(proximity.SIGNAL.values(among)[row]) == pytest.approx(
            most * (1 - proximity.CROWD * 120 / (120 + proximity.HALF_CROWD))
        )
        goods = ask("Fourniture de papier et d’enveloppes", [alone, *crowd], lieu="Maubeuge")
        assert float(proximity.SIGNAL.values(goods)[row]) > most, "goods come from anywhere"

    def test_inside_an_area_nobody_is_nearer_than_another(self) -> None:
        sites = (
            Site(insee="59392", lat=MAUBEUGE[0], lon=MAUBEUGE[1]),
            Site(insee="59172", lat=DENAIN[0], lon=DENAIN[1]),
        )
        inside = ask("Espaces verts", [supplier(f"{i}", sites=(site,)) for i, site in enumerate(sites)], lieu="Nord")
        assert np.allclose(proximity.SIGNAL.values(inside), 1)

    def test_it_names_the_place_and_says_which_side_is_unknown(self) -> None:
        assert (
            says(proximity.SIGNAL, "Espaces verts", supplier(at=DENAIN), lieu="Maubeuge")
            == "à 41\u00a0km du lieu d’exécution (Maubeuge), rayon usuel supposé : 50\u00a0km"
        )
        assert (
            says(proximity.SIGNAL, "Espaces verts", supplier(at=None), lieu="Maubeuge")
            == "adresse du fournisseur non située"
        )
        assert says(proximity.SIGNAL, "Espaces verts", supplier()) == "lieu du lot non connu"
