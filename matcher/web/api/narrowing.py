"""Suppliers narrowed by where they are and by what they do, as the parameters of an address ask for it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.catalogue.store.read import site_communes
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.need.completion import activity_written
from matcher.ranking.shelf.points import Points
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

# How far one looks from a place, where nothing else is asked.
_KM = 30.0
_POST_CODE = re.compile(r"(?:cp\s*:\s*)?(\d{2}) ?(\d{3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NarrowedSuppliers:
    """(n,) `among` which suppliers; (n,) `km` how far their nearest site is, None where no place is asked or the country is; `unlocated` (n,) those
    that only a commune or a point which is not known leaves out, None where no place is asked."""

    among: Bools
    km: Floats | None
    unlocated: Bools | None


def narrowed(
    shelf: Shelf,
    departements: Sequence[str],
    epcis: Sequence[str],
    near: str,
    km: float | None,
    activities: Sequence[str],
) -> NarrowedSuppliers:
    """Return who is in one of the départements, and in one of the EPCI, no farther than `km` (30, unless told) from a place, and does one of the activities: all of
    those that are asked. Raises ProblemDetails where one does not exist."""
    if km is not None and not near:
        raise _refused("km", "`km` compte depuis un lieu : donnez-le par `near`.")
    among = np.ones(len(shelf), dtype=bool)
    if activities:
        among &= _doing(shelf, [_activity(its) for its in activities])
    placed, away = list(_in_areas(shelf, departements, epcis)), _away(shelf.points, near) if near else None
    if away is not None:
        placed.append((away <= (_KM if km is None else km), np.isnan(away)))
    maybe = among.copy()
    for met, unknown in placed:
        among &= met
        maybe &= met | unknown
    return NarrowedSuppliers(among, away, maybe & ~among if placed else None)


def _in_areas(shelf: Shelf, departements: Sequence[str], epcis: Sequence[str]) -> Iterator[tuple[Bools, Bools]]:
    """Yield (n,) who has a site in one of the départements, then of the EPCI, where some are asked, and whose commune is not known."""
    for areas in ([_departement(its) for its in departements], [_epci(its) for its in epcis]):
        if areas:
            towns = shelf.once(_site_towns)
            yield towns.within(code for area in areas for code in area.communes), towns.unknown


def _away(points: Points, near: str) -> Floats | None:
    """(n,) how far the nearest site of each is, NaN where none is located; None from the country, where everybody is."""
    places = _places(near)
    if any(its.type is PlaceType.PAYS for its in places):
        return None
    return np.asarray(np.min([points.nearest(points.km_to(place)) for place in places], axis=0))


@dataclass(frozen=True, slots=True)
class _SiteTowns:
    """Communes of the sites of suppliers, located or not: `commune` (s,) the row of each in the table, `owner` (s,) that of its supplier, (n,) `unknown`
    whose sites have none."""

    commune: Rows
    owner: Rows
    unknown: Bools

    def within(self, codes: Iterable[str]) -> Bools:
        """(n,) True for who has a site in one of these communes."""
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
    place = place_of(f"dep:{code}")
    if place is None:
        raise _refused("departement", f"« {code} » n’est pas le code d’un département (62, 2A, 974…).")
    return place


def _epci(written: str) -> Place:
    place = place_of(f"epci:{written}")
    named = () if place else epci_named(written)
    if len(named) > 1:
        sirens = ", ".join(its.siren for its in named)
        raise _refused(
            "epci", f"« {written} » est le nom de plusieurs EPCI : donnez le SIREN de l’un d’eux ({sirens})."
        )
    place = place or (place_of(f"epci:{named[0].siren}") if named else None)
    if place is None:
        raise _refused("epci", f"« {written} » n’est ni le SIREN ni le nom d’un EPCI.")
    return place


def _places(written: str) -> Sequence[Place]:
    """The places from which distances are counted: of a post code, all of its communes."""
    posted = _POST_CODE.fullmatch(written.strip())
    towns = communes_of_post_code("".join(posted.groups())) if posted else ()
    places = places_of(f"insee:{town.code}" for town in towns)
    doubts: tuple[str, ...] = ()
    if not places:
        where = read_places(Lot("", lieux=(RawPlace(written),)))
        places, doubts = where.places, where.doubts
    if not places or doubts:
        raise _refused("near", f"« {written} » : {' '.join(doubts) or 'ce lieu n’est pas compris.'}")
    if not any(map(_is_located, places)):
        raise _refused(
            "near", f"« {written} » : la position de ce lieu n’est pas connue, aucune distance n’est calculée."
        )
    return places


def _is_located(place: Place) -> bool:
    located = place.type is PlaceType.PAYS or place.lat is not None
    return located or any(town.lat is not None for town in map(commune, place.communes) if town)


def _refused(field: str, says: str) -> ProblemDetails:
    return ProblemDetails("filtre-refuse", says, errors=[{"field": field, "says": says}])
