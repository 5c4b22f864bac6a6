"""Filters of the API's supplier search: boolean masks over the n suppliers of the catalogue, by département, EPCI, distance and activity."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.catalogue.store.read import site_communes
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.need.completion import activity_written
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats, Rows, commune_row, commune_rows
from matcher.ranking.shelf.word_index import Bools
from matcher.reading.place.areas import place_of, places_of
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import commune, communes_of_post_code, quarters
from matcher.reference.geography.territories import epci_named
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import ProblemDetails

# Default radius, in kilometres.
_KM = 30.0
_POST_CODE = re.compile(r"(?:cp\s*:\s*)?(\d{2}) ?(\d{3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NarrowedSuppliers:
    """Result of the filters, arrays of shape (n,): `among`, the suppliers that pass; `km`, the distance to their nearest site (None without a place, or
    for the whole country); `unlocated`, those left out only because their commune or point is not known (None without a place filter)."""

    among: Bools
    km: Floats | None
    unlocated: Bools | None


def narrow_suppliers(
    shelf: Shelf,
    departements: Sequence[str],
    epcis: Sequence[str],
    near: str,
    km: float | None,
    activities: Sequence[str],
) -> NarrowedSuppliers:
    """Return the suppliers that pass every given filter: in one of the départements, in one of the EPCI, at most `km` (by default 30) from `near`, and
    with one of the activities. Raises ProblemDetails where a value does not exist."""
    if km is not None and not near:
        raise _refuse_filter("km", "`km` compte depuis un lieu : donnez-le par `near`.")
    among, distances = np.ones(len(shelf), dtype=bool), None
    if activities:
        among &= _with_activities(shelf, activities)
    place_masks = _in_areas(shelf, departements, epcis)
    places = _places(near) if near else ()
    if places and not any(its.type is PlaceType.PAYS for its in places):  # everyone is in the country
        distances = np.asarray(np.min([shelf.points.nearest(shelf.points.km_to(place)) for place in places], axis=0))
        place_masks.append((distances <= (_KM if km is None else km), np.isnan(distances)))
    possible = among.copy()
    for inside, unknown in place_masks:
        among &= inside
        possible &= inside | unknown
    return NarrowedSuppliers(among, distances, possible & ~among if place_masks else None)


def _in_areas(shelf: Shelf, departements: Sequence[str], epcis: Sequence[str]) -> list[tuple[Bools, Bools]]:
    """Return one pair of masks (n,) for the départements, one for the EPCI, none for a filter not given: suppliers with a site there, and suppliers
    whose commune is not known."""
    places = []
    for code in departements:
        place = place_of(f"dep:{code}")
        if place is None:
            raise _refuse_filter("departement", f"« {code} » n’est pas le code d’un département (62, 2A, 974…).")
        places.append(place)
    masks = []
    for areas in (places, [_epci(its) for its in epcis]):
        if areas:
            towns = shelf.once(_site_towns)
            masks.append((towns.within(code for area in areas for code in area.communes), towns.unknown))
    return masks


@dataclass(frozen=True, slots=True)
class _SiteTowns:
    """Communes of the s sites of suppliers: `commune` (s,), the row of the site's commune in the table of communes; `owner` (s,), the row of its
    supplier; `unknown` (n,), the suppliers without a known commune."""

    commune: Rows
    owner: Rows
    unknown: Bools

    def within(self, codes: Iterable[str]) -> Bools:
        """Return a mask (n,): suppliers with a site in one of these communes."""
        inside = np.zeros(len(self.unknown), dtype=bool)
        inside[self.owner[np.isin(self.commune, commune_rows(quarters(tuple(codes))))]] = True
        return inside


def _site_towns(shelf: Shelf) -> _SiteTowns:
    rows = {key: row for row, key in enumerate(shelf.ids)}
    sites = [(commune_row(code), rows[key]) for key, code in site_communes(desk().engine) if key in rows]
    known: Rows = np.array([its for its in sites if its[0] >= 0], dtype=np.intp).reshape(-1, 2)
    unknown = np.ones(len(shelf), dtype=bool)
    unknown[known[:, 1]] = False
    return _SiteTowns(known[:, 0], known[:, 1], unknown)


def _with_activities(shelf: Shelf, activities: Sequence[str]) -> Bools:
    """Return a mask (n,): suppliers with any evidence of one of these activities, or of one in these families."""
    codes = []
    for written in activities:
        code = activity_written(written)
        if not code:
            says = f"« {written} » n’est ni une activité ni une famille, par son code ou par son nom."
            raise _refuse_filter("activite", says)
        codes.append(code)
    names = taxonomy()
    wanted = [code in codes or names.group_of(code) in codes for code in names.codes]
    return np.asarray(shelf.does.best(np.array(wanted, dtype=np.float32), len(shelf)) > 0)


def _epci(written: str) -> Place:
    place = place_of(f"epci:{written}")
    named = () if place else epci_named(written)
    if len(named) > 1:
        sirens = ", ".join(its.siren for its in named)
        raise _refuse_filter(
            "epci", f"« {written} » est le nom de plusieurs EPCI : donnez le SIREN de l’un d’eux ({sirens})."
        )
    place = place or (place_of(f"epci:{named[0].siren}") if named else None)
    if place is None:
        raise _refuse_filter("epci", f"« {written} » n’est ni le SIREN ni le nom d’un EPCI.")
    return place


def _places(written: str) -> Sequence[Place]:
    """Return the places from which distances are measured: for a post code, all of its communes. Raises ProblemDetails."""
    post_code = _POST_CODE.fullmatch(written.strip())
    towns = communes_of_post_code("".join(post_code.groups())) if post_code else ()
    places = places_of(f"insee:{town.code}" for town in towns)
    doubts: tuple[str, ...] = ()
    if not places:
        where = read_places(Lot("", lieux=(RawPlace(written),)))
        places, doubts = where.places, where.doubts
    if not places or doubts:
        raise _refuse_filter("near", f"« {written} » : {' '.join(doubts) or 'ce lieu n’est pas compris.'}")
    if not any(
        place.type is PlaceType.PAYS
        or place.lat is not None
        or any(town.lat is not None for town in map(commune, place.communes) if town)
        for place in places
    ):
        raise _refuse_filter(
            "near", f"« {written} » : la position de ce lieu n’est pas connue, aucune distance n’est calculée."
        )
    return places


def _refuse_filter(field: str, says: str) -> ProblemDetails:
    return ProblemDetails("filtre-refuse", says, errors=[{"field": field, "says": says}])
