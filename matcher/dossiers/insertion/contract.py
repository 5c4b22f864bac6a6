"""A contract with a social clause as a list tells it: where it is carried out, and its hours."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from matcher.domain.french import with_apostrophes
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.insertion.hours import InsertionHours
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import commune
from matcher.reference.geography.territories import epci
from matcher.render.document import DocumentKind

CLAUSE = "clause"  # the lever of a clause, in `leviers.csv`
_MOST_AREAS = 12
_OF_A_CLAUSE = (DocumentKind.CALIBRATION, DocumentKind.PLAN)


@dataclass(frozen=True, slots=True)
class ClauseContract:
    """Contract of a dossier that has a social clause. `areas` are names: the EPCI of its communes, else the wider area that it says."""

    areas: tuple[str, ...] = ()
    hours: InsertionHours = field(default_factory=InsertionHours)


def contract_of(dossier: Dossier) -> ClauseContract | None:
    """Return the contract of a dossier where a lot, a contract noted, a calibration, a plan or a promise says that it has a clause; None where none does."""
    levers = {lot.frozen.reading.lot.levier for lot in dossier.lots}
    levers.update(code for one in dossier.contracts for code in one.levers or ())
    planned = any(one.decision.kind in _OF_A_CLAUSE for one in dossier.decisions)
    if CLAUSE not in levers and not planned and dossier.insertion.promise is None:
        return None
    return ClauseContract(tuple(dict.fromkeys(_areas(dossier)))[:_MOST_AREAS], dossier.insertion)


def _areas(dossier: Dossier) -> Iterator[str]:
    """The EPCI of each place of the lots, else of the territory that the header says."""
    places = [place for lot in dossier.lots for place in lot.frozen.reading.places]
    if not places and dossier.header.territory:
        places = list(read_places(Lot("", lieux=(RawPlace(dossier.header.territory),))).places)
    yield from filter(None, map(_area, places))


def _area(place: Place) -> str:
    town = commune(place.code) if place.type is PlaceType.COMMUNE else None
    group = epci(town.epci) if town else None
    return with_apostrophes(group.name if group else place.name)
