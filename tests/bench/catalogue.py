"""Invented suppliers and lots of any number: real communes, fictional names and SIRETs; the same seed gives the same ones."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate

from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import Lot, RawPlace
from matcher.domain.supplier import Activity, Evidence, Site, Supplier
from matcher.reference.geography.communes import Commune, commune_arrays, commune_at
from matcher.reference.trades.activities import taxonomy
from tests.bench.rows import FIRST, SECOND
from tests.factories import siret

KINDS = {"ACI": 30, "EI": 20, "ESAT": 22, "EA": 12, "AI": 9, "ETTI": 5, "GEIQ": 2}
NAFS = ("8899B", "8130Z", "8121Z", "3831Z", "9601A", "5629B", "7820Z", "4339Z", "1812Z", "")
NEEDS = (
    *("Entretien des espaces verts", "Nettoyage de locaux", "Prestations de traiteur", "Blanchisserie du linge"),
    *("Collecte et tri de déchets", "Travaux de peinture", "Mise sous pli et routage", "Fourniture de papier"),
    *("Numérisation d’archives", "Mise à disposition de personnel", "Débroussaillage des berges", "Menuiserie"),
    *("Distribution de repas", "Déménagement de bureaux", "Recyclage de matériel informatique", "Travaux d’imprimerie"),
)
ENDS = ("", " pour les écoles", " des bâtiments communaux", " – lot n° 2", " du siège et de ses annexes")
TODAY = date(2026, 11, 24)
# Four declared activities a supplier: what the speed table asks for.
ACTIVITIES = 4


def suppliers(count: int, seed: int = 1) -> Iterator[Supplier]:
    """Yield `count` suppliers in the order of their ids: half on the centre of their commune, half at an address of their own,
    one in ten nowhere; one in seven declares an area of intervention, one in three presents itself."""
    chance = random.Random(seed)  # noqa: S311  # invented, no secret
    towns = _towns()
    leaves = taxonomy().leaves
    kinds, weights = tuple(KINDS), tuple(accumulate(KINDS.values()))
    for rank in range(count):
        town = chance.choice(towns)
        does = chance.sample(leaves, ACTIVITIES)
        number = siret(rank + 1)
        near = chance.random() < 0.5
        yield Supplier(
            id=f"siret:{number}",
            siret=number,
            siren=number[:9],
            name=f"{chance.choice(FIRST)} {chance.choice(SECOND)} {town.name}",
            kinds=(SupplierKind(chance.choices(kinds, cum_weights=weights)[0]),),
            naf=chance.choice(NAFS),
            description=f"Nous intervenons : {chance.choice(NEEDS).lower()}." if chance.random() < 0.33 else "",
            workers=float(chance.randint(3, 250)) if chance.random() < 0.5 else None,
            area_codes=(f"dep:{town.departement}", f"reg:{town.region}") if chance.random() < 0.15 else (),
            updated=TODAY - timedelta(days=chance.randint(0, 2500)),
            sites=(
                Site(
                    city=town.name,
                    insee=town.code,
                    lat=town.lat + (chance.gauss(0, 0.01) if near else 0.0),
                    lon=town.lon + (chance.gauss(0, 0.01) if near else 0.0),
                ),
            )
            if chance.random() < 0.9
            else (),
            activities=tuple(Activity(leaf.code, leaf.label, Evidence.DECLARED, "essai") for leaf in does),
        )


def lots(count: int, seed: int = 2) -> list[Lot]:
    """Return `count` lots: seven in ten for a commune, the others for a département."""
    chance = random.Random(seed)  # noqa: S311  # invented, no secret
    towns = [town for town in _towns() if (town.population or 0) > 5_000]
    found = []
    for rank in range(count):
        town = chance.choice(towns)
        where = f"insee:{town.code}" if chance.random() < 0.7 else f"dep:{town.departement}"
        objet = chance.choice(NEEDS) + chance.choice(ENDS)
        found.append(Lot(objet, lot_id=str(rank), lieux=(RawPlace(where),), date=TODAY))
    return found


def _towns() -> list[Commune]:
    every = (commune_at(rank) for rank in range(len(commune_arrays().codes)))
    return [town for town in every if town.lat is not None and town.lon is not None]
