"""The suppliers who come, on a shelf of their own: as the catalogue knows them, and as their registrations say they are."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from matcher.catalogue.intake.lookups import shipped_lookups
from matcher.cleaning.area import clean_area
from matcher.cleaning.names import name_key, tidy
from matcher.club.meeting_day.meeting_day import Participant
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.domain.supplier import Activity, Evidence, Site, Supplier
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.intent import read_intent
from matcher.reading.notice import first_words
from matcher.reading.place.places import read_places
from matcher.reading.reader import read
from matcher.reference.trades.activities import claim_targets, taxonomy

SAID = "inscription"
# From which confidence a part of what is said of an activity is a trade.
SURE = 0.6
# Texts of activities that are read once however often a day is laid out: those of a large Club.
MOST_TEXTS = 5_000
_BETWEEN = re.compile(r"[;,/•\n]")


def present_shelf(suppliers: Iterable[Participant], known: Mapping[str, Supplier]) -> tuple[Shelf, tuple[int, ...]]:
    """Return the shelf of these participants, and the row of each. `known` are suppliers of the catalogue by id.

    Whoever is in it does what it is known for, and what its registrations say that it does; whoever is not stands by its registration.
    """
    found: dict[str, Supplier] = {}
    ids = []
    for one in suppliers:
        supplier, held = said(one), found.get(one.supplier_id) or known.get(one.supplier_id)
        if held is not None:
            supplier = _saying(held, supplier)
        found[supplier.id] = supplier
        ids.append(supplier.id)
    shelf = build_shelf(found.values())
    row_of = {key: row for row, key in enumerate(shelf.ids)}
    return shelf, tuple(row_of[key] for key in ids)


def said(one: Participant) -> Supplier:
    """Return the supplier that a registration describes: what it says of its activity counts as declared."""
    return Supplier(
        id=f"{SAID}:{name_key(one.name)}:{one.siret or one.key}",
        name=one.name,
        kinds=tuple(SupplierKind(kind) for kind in read_intent(first_words(one.name)).kinds),
        siret=one.siret,
        workers=one.workers,
        area=one.area,
        area_codes=clean_area(one.area, shipped_lookups().areas) if one.area else (),
        description=one.activity,
        sites=tuple(site for place in places(one.place) if (site := _site(place)) is not None),
        activities=tuple(
            Activity(code, wording, Evidence.DECLARED if "." in code else Evidence.GROUP, SAID)
            for code, wording in claims(one.activity)
        ),
    )


def _saying(held: Supplier, registered: Supplier) -> Supplier:
    """A supplier of the catalogue with what its registration says: its trades besides those known, its workers and its area in the place of
    what was known, its place where the catalogue knows none."""
    return replace(
        held,
        workers=held.workers if registered.workers is None else registered.workers,
        area=registered.area or held.area,
        area_codes=registered.area_codes or held.area_codes,
        description="\n".join(filter(None, dict.fromkeys((held.description, registered.description)))),
        activities=tuple(dict.fromkeys((*held.activities, *registered.activities))),
        sites=held.sites or registered.sites,
    )


@lru_cache(maxsize=MOST_TEXTS)
def claims(text: str) -> tuple[tuple[str, str], ...]:
    """Return what a text claims, codes with its wording: as directories word it, and part by part as a buyer’s need is read: « Espaces
    verts » of both sides is one trade."""
    claims = dict(claim_targets("libre", text)) if text else {}
    for part in filter(None, map(tidy, _BETWEEN.split(text))):
        guesses = read(Lot(part)).activities
        if guesses and guesses[0].confidence >= SURE and guesses[0].code not in claims:
            claims.pop(taxonomy().group_of(guesses[0].code), None)  # a group gives way to an activity of it
            claims[guesses[0].code] = part
    return tuple(claims.items())


def places(text: str) -> tuple[Place, ...]:
    """Return the places that a participant writes; none where the text is empty or names none."""
    return read_places(Lot("", lieux=(RawPlace(code=text),))).places if text else ()


def _site(place: Place) -> Site | None:
    if place.lat is None or place.lon is None:
        return None
    insee = place.code if place.type is PlaceType.COMMUNE else ""
    return Site(city=place.name, insee=insee, lat=place.lat, lon=place.lon, approximate=True)
