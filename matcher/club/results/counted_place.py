"""Territory of a side of a meeting, or of a need: its département and its EPCI, as codes."""

from dataclasses import dataclass

from matcher.domain.place import Place, PlaceType
from matcher.reference.geography.communes import current_commune


@dataclass(frozen=True, slots=True)
class CountedPlace:
    """Département and EPCI of one side, as codes; empty where unknown."""

    departement: str = ""
    epci: str = ""

    @staticmethod
    def of_commune(insee: str) -> "CountedPlace":
        """Return those of a commune, by its INSEE code."""
        town = current_commune(insee) if insee else None
        return CountedPlace(town.departement, town.epci) if town else CountedPlace()


def territory_of(places: tuple[Place, ...]) -> CountedPlace:
    """Return the département and the EPCI of the first place of a need, as far as it is in one alone."""
    first = places[0] if places else None
    if first is None or not first.communes or first.type is PlaceType.REGION:
        return CountedPlace()
    place = CountedPlace.of_commune(first.communes[0])
    return place if first.type in (PlaceType.COMMUNE, PlaceType.EPCI) else CountedPlace(place.departement)
