"""Suppliers narrowed by where they are and by what they do, as the parameters of an address ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain.place import Place
from matcher.domain.reading import Lot, RawPlace
from matcher.need.completion import activity_written
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.reading.place.areas import place_of
from matcher.reading.place.places import read_places
from matcher.reference.geography.territories import epci_named
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.problem import ProblemDetails


@dataclass(frozen=True, slots=True)
class NarrowedSuppliers:
    """(n,) `among` which suppliers; (n,) `km` how far their nearest site is, None where no place is asked; `unlocated` (n,) those that only their
    place, which is not known, leaves out, None where none is asked."""

    among: Bools
    km: Floats | None
    unlocated: Bools | None


def narrowed(
    shelf: Shelf,
    departements: Sequence[str],
    epcis: Sequence[str],
    near: str,
    km: float,
    activities: Sequence[str],
) -> NarrowedSuppliers:
    """Return who is in one of the départements, and in one of the EPCI, no farther than `km` from a place, and does one of the activities: all of
    those that are asked. Raises ProblemDetails where one does not exist."""
    among, away = np.ones(len(shelf), dtype=bool), None
    if activities:
        among &= _doing(shelf, [_activity(its) for its in activities])
    anywhere = among.copy()
    for areas in ([_departement(its) for its in departements], [_epci(its) for its in epcis]):
        if areas:
            among &= shelf.points.within([code for area in areas for code in area.communes])
    if near:
        points = shelf.points
        away = np.min([points.nearest(points.km_to(place)) for place in _places(near)], axis=0)
        among &= away <= km
    placed = bool(departements or epcis or near)
    return NarrowedSuppliers(
        among, away, anywhere & (shelf.points.first == len(shelf.points.commune)) if placed else None
    )


def _doing(shelf: Shelf, codes: Sequence[str]) -> Bools:
    """(n,) True for whom one of the activities, or one of the group that is asked, is known by anything."""
    names = taxonomy()
    wanted = [code in codes or names.group_of(code) in codes for code in names.codes]
    return np.asarray(shelf.does.best(np.array(wanted, dtype=np.float32), len(shelf)) > 0)


def _activity(written: str) -> str:
    code = activity_written(written)
    if not code:
        raise _refused("activite", f"« {written} » n’est ni une activité ni une famille, par son code ou par son nom.")
    return code


def _departement(code: str) -> Place:
    found = place_of(f"dep:{code}")
    if found is None:
        raise _refused("departement", f"« {code} » n’est pas le code d’un département (62, 2A, 974…).")
    return found


def _epci(written: str) -> Place:
    found = place_of(f"epci:{written}")
    named = () if found else epci_named(written)
    if len(named) > 1:
        sirens = ", ".join(its.siren for its in named)
        raise _refused(
            "epci", f"« {written} » est le nom de plusieurs EPCI : donnez le SIREN de l’un d’eux ({sirens})."
        )
    found = found or (place_of(f"epci:{named[0].siren}") if named else None)
    if found is None:
        raise _refused("epci", f"« {written} » n’est ni le SIREN ni le nom d’un EPCI.")
    return found


def _places(written: str) -> Sequence[Place]:
    where = read_places(Lot("", lieux=(RawPlace(written),)))
    if not where.places or where.doubts:
        raise _refused("near", f"« {written} » : {' '.join(where.doubts) or 'ce lieu n’est pas compris.'}")
    return where.places


def _refused(field: str, says: str) -> ProblemDetails:
    return ProblemDetails("filtre-refuse", says, errors=[{"field": field, "says": says}])
