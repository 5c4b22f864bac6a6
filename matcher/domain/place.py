"""Place where a lot is to be performed: a point, or an area made of communes."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceType(StrEnum):
    """Extent of a place. A département is an area, never reduced to its centroid."""

    POINT = "point"
    COMMUNE = "commune"
    EPCI = "epci"
    ARRONDISSEMENT = "arrondissement"
    DEPARTEMENT = "departement"
    REGION = "region"
    PAYS = "pays"


class PlaceOrigin(StrEnum):
    """Origin of a place: given, read in the title, deduced from the buyer, the buyer's default, or the title of its spreadsheet."""

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

    `code` is an INSEE code for a commune (or a municipal arrondissement), a SIREN for an EPCI (intercommunal body), the official code of an
    arrondissement (part of a département), a département or a région, "FR" for the country, "lat,lon" for a point. `lat` and `lon` are WGS84
    degrees, None where unknown. `communes` lists the INSEE codes inside an area (one for a commune, empty for a point or the country).
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
        """Key of this place in a URL or a file: « insee:59392 », « dep:59 »; the code alone for a point."""
        scheme = _SCHEMES.get(self.type)
        return f"{scheme}:{self.code}" if scheme else self.code
