"""Distances: the nearest site, areas as areas, unknown where unknown."""

import numpy as np
import pytest

from matcher.domain.supplier import Site
from matcher.ranking.engine import rank
from matcher.ranking.shelf.sphere import kilometres, unit_vectors
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, supplier


def test_lille_to_marseille_is_834_km() -> None:
    chord = np.linalg.norm(unit_vectors(*[[v] for v in LILLE]) - unit_vectors(*[[v] for v in MARSEILLE]), axis=1)
    assert kilometres(chord)[0] == pytest.approx(834, abs=3)


def test_distance_is_to_the_nearest_site_and_the_nearest_place() -> None:
    several = supplier("Deux sites", at=None, sites=tuple(Site(lat=lat, lon=lon) for lat, lon in (MARSEILLE, DENAIN)))
    far = supplier("Loin", at=MARSEILLE)
    asked = ask("Espaces verts", [several, far], lieu=("Maubeuge", "Denain"))
    row = asked.shelf.find("essai:Deux sites")
    assert row is not None
    assert asked.km(row) == pytest.approx(0, abs=3)
    nearest = asked.nearest_place(row)
    assert nearest is not None
    assert nearest.name == "Denain"


def test_inside_an_area_the_distance_is_zero_and_outside_it_is_to_its_edge() -> None:
    inside = supplier("Dedans", at=None, sites=(Site(lat=LILLE[0], lon=LILLE[1], insee="59350"),))
    arras = supplier("Arras", at=None, sites=(Site(lat=50.291, lon=2.7772, insee="62041"),))
    asked = ask("Espaces verts", [inside, arras], lieu="dep:59")
    distances = {s.name: asked.km(row) for row, s in enumerate(asked.shelf.suppliers)}
    assert distances["Dedans"] == 0
    assert distances["Arras"] is not None
    assert 5 < distances["Arras"] < 30


def test_an_unknown_site_or_place_is_unknown() -> None:
    nowhere = supplier("Nulle part", at=None)
    assert ask("Espaces verts", [nowhere, supplier("Ici")], lieu="Maubeuge").km(1) is None
    assert ask("Espaces verts", [supplier("Ici", at=MAUBEUGE)]).km(0) is None


def test_a_lot_without_a_known_place_ranks_suppliers_of_several_sites_too() -> None:
    several = supplier("Deux sites", at=None, sites=tuple(Site(lat=lat, lon=lon) for lat, lon in (MARSEILLE, DENAIN)))
    asked = ask("Fourniture de pièces détachées", [several, supplier("Un site")])
    assert np.isnan(asked.distance_km).all()
    assert len(rank(asked).top(5)) == 2
