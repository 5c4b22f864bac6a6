"""Block « Ce que nous avons compris »: the reading of a query as removable chips, as form fields, and as JSON places for the map."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from matcher.domain.french import in_groups, number, unit, with_apostrophes
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace, Reading
from matcher.need.fields import ASKED_LEVERS
from matcher.reading.insertion_hours import insertion_hours
from matcher.reading.kinds_cited import said_kinds
from matcher.reading.place.areas import departements_of, name_apart
from matcher.reading.place.places import read_places
from matcher.reading.trade.doubt import doubtful_activities, shown_activities
from matcher.reference.geography.communes import commune, commune_by_siren
from matcher.reference.levers import eligible_kinds, lever
from matcher.reference.wordings import persona_wording
from matcher.web.need.address import NONE, Query, query_of

# Options of a select field of the lever (reservation article or clause), « none » first.
LEVER_CHOICES = (("", "Ni réservé, ni clause"), *((code, lever(code).label) for code in ASKED_LEVERS))


def sizes_said(query: Query) -> dict[str, str]:
    """Return the amount, the months and the hours of insertion of a query as a form writes them, as typed, else as read in its text; without those unknown
    for the whole duration."""
    reading = query.reading
    euros = None if reading.one_year else reading.euros
    hours = insertion_hours(reading.lot.objet, reading.months)
    values = {
        "montant": query.typed_value("montant") or (number(euros, 2) if euros else ""),
        "mois": query.typed_value("duree") or (number(reading.months, 1) if reading.months else ""),
        "heures": number(hours) if hours else "",
    }
    return {name: value for name, value in values.items() if value}


# Label of the trade chips; the question on the trade replaces them where there is one.
TRADE_LABEL = "activité"
PLACE_LABEL = "lieu"


@dataclass(frozen=True, slots=True)
class Chip:
    """One element of the reading. `off` is the value of parameter `retirer` that removes it, empty where it cannot be; `words` is the quotation."""

    label: str
    value: str
    off: str
    doubt: bool = False
    words: str = ""


# Characters on a line of chips (screen of 1,280 pixels, less the links beside them), and the width of a chip's frame in characters.
_LINE, _FRAME = 130, 9


def in_one_line(understood: Sequence[Chip]) -> int:
    """Return how many of the first chips fit on one line, at least up to the first place, from which all distances are measured."""
    ends = accumulate(len(chip.label) + len(chip.value) + _FRAME for chip in understood)
    to_place = next((rank for rank, chip in enumerate(understood, start=1) if chip.label == PLACE_LABEL), 1)
    return max(to_place, sum(end <= _LINE for end in ends))


def chips(query: Query) -> Iterator[Chip]:
    """Yield the chips in page order: the first trade, the places, then the other trades, lever, kinds, codes, sizes, date and buyer."""
    reading, lot = query.reading, query.lot
    doubtful = doubtful_activities(reading)
    trades = [
        Chip(TRADE_LABEL, guess.label, f"activite:{guess.code}", guess in doubtful)
        for guess in shown_activities(reading)
    ]
    yield from trades[:1]
    for place in reading.places:
        yield Chip(PLACE_LABEL, with_apostrophes(name_apart(place)), f"ou:{place.key}")
    yield from trades[1:]
    yield from _lever(reading)
    if cited := said_kinds(reading):
        yield Chip("types cités" if len(cited) > 1 else "type cité", ", ".join(cited), "demande")
    for code in lot.cpv:
        yield Chip("CPV", code, f"cpv:{code}" if code in query.several("cpv") else "")
    yield from _sizes(reading)
    if lot.date is not None:
        yield Chip("début", lot.date.strftime("%d/%m/%Y"), "debut")
    if reading.buyer:
        town = commune_by_siren(reading.buyer_siren)
        name = f"{town.name} (commune)" if town else in_groups(reading.buyer)
        if reading.buyer == query.defaults.siret != lot.acheteur_siret:
            yield Chip(persona_wording("besoin_vous"), name, "")
            return
        yield Chip("acheteur" if lot.acheteur_siret else "acheteur lu", name, "acheteur" if lot.acheteur_siret else "")


def _lever(reading: Reading) -> Iterator[Chip]:
    if code := reading.lot.levier:
        chosen = lever(code)
        eligible = "" if chosen.open_to_all else f" : {', '.join(sorted(eligible_kinds(code)))}"
        yield Chip("clause" if chosen.open_to_all else "réservé", f"{chosen.article}{eligible}", "levier")
    elif hint := reading.levier_hint:
        read_in = reading.reserved_by
        yield Chip("lu" if read_in else "à confirmer", lever(hint).label, "levier", doubt=not read_in)


def _sizes(reading: Reading) -> Iterator[Chip]:
    lot, amount, duration = reading.lot, reading.amount, reading.duration
    if lot.montant is not None:
        yield Chip("montant", unit(lot.montant, "€ HT", 2), "montant")
    elif amount:
        yield Chip("montant lu", reading.amount_counted, "montant", words=amount.words)
    if lot.duree is not None:
        yield Chip("durée", unit(lot.duree, "mois", 1), "duree")
    elif duration:
        yield Chip("durée lue", duration.sentence, "duree", words=duration.words)


def without_chip(query: Query, what: str) -> Query:
    """Return the query without one chip (its `off`): `activite:…`, `ou:…`, `cpv:…`, or the name of a field."""
    name, _, value = what.partition(":")
    rest = {
        "activite": [guess.code for guess in shown_activities(query.reading)],
        "ou": [place.key for place in query.reading.places],
        "cpv": list(query.lot.cpv),
    }.get(name)
    if rest is not None:
        values = [other for other in rest if other != value]
        return query.but(**{name: values or ([] if name == "cpv" else [NONE])})
    if name in ("levier", "demande"):
        return query.but(**{name: NONE})
    if name in ("montant", "duree"):
        return query.but(**{name: None if query.typed_value(name) else NONE})
    return query.but(**{name: None}) if name in ("debut", "acheteur") else query


def query_read(reading: Reading) -> Query:
    """Convert a reading back to a query that is read the same, with the choices a person had made."""
    lot = reading.lot
    return query_of(lot).but(
        lieu=None,
        montant=f"{lot.montant:.2f}" if lot.montant is not None else None if reading.amount else NONE,
        duree=f"{lot.duree:g}" if lot.duree is not None else None if reading.duration else NONE,
        levier=lot.levier or ("" if reading.levier_hint else NONE),
        activite=[guess.code for guess in reading.activities] if reading.told else [],
        ou=[place.key for place in reading.places] or NONE,
        demande=[kind.value for kind in reading.kinds_asked] or NONE,
    )


def places_said(query: Query) -> tuple[str, ...]:
    """Return the places of a need as one would type them: as chosen, else as typed, else as read in the text."""
    if not query.several("ou") and (query.several("lieu") or not query.text("besoin")):
        return query.several("lieu")
    written = []
    for place in query.reading.places:
        name = name_apart(place)
        read_as = read_places(Lot("", lieux=(RawPlace(name),))).places
        # The name (with département for homonyms) where it is read back as the same place, else the key.
        written.append(name if [one.key for one in read_as] == [place.key] else place.key)
    return tuple(written)


def lever_said(query: Query) -> str:
    """Return the code of a need's lever: as chosen, else as its text states it outright; else empty."""
    if query.text("levier") or not query.text("besoin"):
        return query.lot.levier
    reading = query.reading
    return reading.levier_hint if reading.reserved_by and reading.levier_hint in ASKED_LEVERS else ""


# A territory with more communes is drawn as its départements.
MOST_COMMUNES_DRAWN = 450


def places_json(places: Iterable[Place]) -> str:
    """Return as JSON each place as a point, or an area as its communes or départements; a country is left out."""
    shapes = [shape for place in dict.fromkeys(places) if (shape := _shape(place)) is not None]
    return json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))


def _shape(place: Place) -> dict[str, object] | None:
    area: dict[str, object] = {"nom": place.name.replace("'", "’")}
    if place.type is PlaceType.PAYS:
        return None
    if len(place.communes) > MOST_COMMUNES_DRAWN or place.type in (PlaceType.DEPARTEMENT, PlaceType.REGION):
        return {**area, "departements": sorted(departements_of(place))}
    if len(place.communes) > 1:
        towns = (commune(code) for code in place.communes)
        return {**area, "communes": [[round(t.lat, 3), round(t.lon, 3)] for t in towns if t and t.lat and t.lon]}
    if place.lat is not None and place.lon is not None:
        return {**area, "point": [round(place.lat, 4), round(place.lon, 4)]}
    return None
