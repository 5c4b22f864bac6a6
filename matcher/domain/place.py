"""A place of execution, as a point or as an area of communes."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceType(StrEnum):
    """Extent of a place. A département is an area, never its centroid."""

    POINT = "point"
    COMMUNE = "commune"
    EPCI = "epci"
    ARRONDISSEMENT = "arrondissement"
    DEPARTEMENT = "departement"
    REGION = "region"
    PAYS = "pays"


class PlaceOrigin(StrEnum):
    """Origin of a place: given, read in the object, deduced from the buyer; or supposed, the buyer's default or what the title of its sheet names."""

    LIEU = "lieu"
    OBJET = "objet"
    ACHETEUR = "acheteur"
    DEFAUT = "défaut"
    TITRE = "titre"


_SCHEMES = {
    PlaceType.COMMUNE: "insee",
    PlaceType.EPCI: "epci",
    PlaceType.ARRONDISSEMENT: "arr",
    PlaceType.DEPARTEMENT: "dep",
    PlaceType.REGION: "reg",
    PlaceType.PAYS: "pays",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a lot.

    `code` is an INSEE code for a commune (or a municipal arrondissement), a SIREN for an EPCI, the official code of an
    arrondissement (part of a département), a département or a région, "FR" for the country, "lat,lon" for a point. `lat` and `lon` are WGS84 degrees, None where
    unknown. `communes` lists the INSEE codes inside an area (one for a commune, empty for a point or the country).
    """

    type: PlaceType
    code: str
    name: str
    lat: float | None
    lon: float | None
    communes: tuple[str, ...] = ()
    origin: PlaceOrigin = PlaceOrigin.LIEU

    @property
    def key(self) -> str:
        """Key of this place in an address or a file: « insee:59392 », « dep:59 »; the code alone for a point."""
        scheme = _SCHEMES.get(self.type)
        return f"{scheme}:{self.code}" if scheme else self.code
