"""Reads place codes as people write them: prefixed (`insee:`…), bare, coordinates; or from DECP (open data of contracts), often mistyped."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matcher.domain.place import Place
from matcher.reading.place.areas import place_of, places_of, point
from matcher.reference.geography.communes import commune, commune_by_siren, communes_of_post_code, nearest_commune
from matcher.reference.geography.place_names import place_key, plain_capitals
from matcher.reference.geography.territories import departement, departements, nuts_area

FAR_KM = 30.0

# A prefixed code: the prefixes of Place.key, and « cp: » for a postal code.
PREFIXED = re.compile(r"(insee|cp|arr|dep|reg|epci|pays)\s*:\s*(.+)", re.IGNORECASE)
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_POINT = re.compile(rf"({_NUMBER})\s*[,;]\s*({_NUMBER})")
_POINT_IN_FRENCH = re.compile(r"([-+]?\d{1,2},\d+)\s*(?:[,;]\s+|;|\s)\s*([-+]?\d{1,3},\d+)")
_COUNTY = r"(?:97\d|2[AB]|\d\d?)"
_COUNTIES = re.compile(rf"{_COUNTY}(?:(?:\s*[,;/&+]\s*|\s+(?:et\s+)?|-){_COUNTY})+", re.IGNORECASE)
_LEADING = re.compile(r"(?:FR|F)?[\s-]*(\d{5})(?!\d)(?:\s+\D.*)?")
_TWO_DIGITS = r"(?:97\d|2[AB]|\d\d)"
_NUMBERED = re.compile(
    r"\b(?<!HORS )(?:DEPARTEMENTS?|DEPTS?|DPTS?|DEPS?|SDIS|CD|CG|DDT|DDTM|DDCS|DDPP|DSDEN|UDAP|DDFIP|CDG|CPAM|CAF|UDAF)[.\s]*(?:N°|DU|DE)?\s*"
    rf"({_TWO_DIGITS}(?:\s*(?:,|ET|/|-|&)\s*{_TWO_DIGITS})*)\b(?![.,]\d)"
)
# « dans le 93 et le 94 », but neither « dans le 18e » nor « dans le 20 rue… ».
_BY_NUMBER = re.compile(
    rf"\bDANS LE ({_TWO_DIGITS}(?:\s*(?:,|ET|OU)\s*(?:DANS\s+)?LE {_TWO_DIGITS})*)(?=\s*(?:$|[.;:,)]|\s(?:ET|OU|POUR|AVEC)\b))"
)
_TYPES = ("POSTAL", "COMMUNE", "DEPARTEMENT", "REGION", "PAYS", "ARRONDISSEMENT", "CANTON")


@dataclass(frozen=True, slots=True)
class PlacesFound:
    """Places read from one code or name, and French doubts about them; falsy where both are empty."""

    places: tuple[Place, ...] = ()
    doubts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.places or self.doubts)

    @classmethod
    def of(cls, *codes: str) -> "PlacesFound":
        """Return the places of the place codes that exist."""
        return cls(places_of(codes))

    @classmethod
    def together(cls, parts: Iterable["PlacesFound"]) -> "PlacesFound":
        """Merge several readings: places and doubts, each once, in order."""
        each = tuple(parts)
        places = dict.fromkeys(place for one in each for place in one.places)
        return cls(tuple(places), tuple(dict.fromkeys(doubt for one in each for doubt in one.doubts)))


def code_type(text: str) -> str:
    """Return the normalised type of a DECP code ("Code postal", "CODE POSTAL" give "POSTAL"), empty where unknown."""
    return next((kind for kind in _TYPES if kind in plain_capitals(text)), "")


def read_prefixed(text: str) -> PlacesFound:
    """Read a code prefixed by `insee:`, `cp:`, `arr:`, `dep:`, `reg:`, `epci:` or `pays:`, `lat,lon` (decimal commas too: « 48,85 ; 2,35 »),
    or several numbers of départements (« 59, 62 », which are not coordinates in France).

    Empty where the text is none of these, or where a name follows the prefix (`dep:Nord`).
    """
    coordinates = _POINT.fullmatch(text) or _POINT_IN_FRENCH.fullmatch(text)
    counties = _counties(text)
    if coordinates:
        lat, lon = (float(number.replace(",", ".")) for number in coordinates.groups())
        numbers = all(re.fullmatch(r"\d\d|97\d", number) for number in coordinates.groups())
        if not (counties and numbers) and nearest_commune(lat, lon)[1] <= FAR_KM:
            return PlacesFound((point(lat, lon),))
        if not counties:
            return _read_point(lat, lon)
    if counties:
        return PlacesFound(counties)
    prefixed = PREFIXED.fullmatch(text)
    if not prefixed:
        return PlacesFound()
    scheme, value = prefixed[1].lower(), prefixed[2].strip()
    if scheme == "cp":
        return _post_code(value)
    return _group(value) if scheme == "epci" else PlacesFound.of(f"{scheme}:{value}")


def numbered_departements(text: str) -> list[str]:
    """Return the départements that a sentence gives by number: « SDIS 59 », « dans le 93 et le 94 »."""
    upper = plain_capitals(text)
    written_lists = [*_NUMBERED.findall(upper), *_BY_NUMBER.findall(upper)]
    numbers = [number for found in written_lists for number in re.findall(_TWO_DIGITS, found)]
    return [number for number in dict.fromkeys(numbers) if number in departements()]


def _counties(text: str) -> tuple[Place, ...]:
    """Return the départements of a text made only of two or more département numbers; empty where one does not exist."""
    if not _COUNTIES.fullmatch(text):
        return ()
    numbers = [number.zfill(2) for number in re.findall(_COUNTY, text.upper())]
    return places_of(f"dep:{number}" for number in numbers) if all(map(departement, numbers)) else ()


def read_code(text: str, kind: str = "", name: str = "", likely: frozenset[str] = frozenset()) -> PlacesFound:
    """Read a bare code, of the DECP type `kind` if its shape allows. `name`, else `likely` (INSEE codes of the buyer), chooses among the communes of
    a postal code."""
    code = plain_capitals(text).strip()
    if code in ("FR", "FRANCE", "FRA") or (kind == "PAYS" and code == "250"):
        return PlacesFound.of("pays:FR")
    if area := nuts_area(code):
        return PlacesFound.of(area)
    if re.fullmatch(r"\d{9}", code):
        return _group(code)
    if re.fullmatch(r"2[AB]|\d\d" if kind == "ARRONDISSEMENT" else r"2[AB]|\d{2,3}", code):
        return _short(code, kind)
    if kind in ("ARRONDISSEMENT", "CANTON") or re.fullmatch(r"\d{6}", code):
        own = PlacesFound.of(f"arr:{code}") if kind == "ARRONDISSEMENT" else PlacesFound()
        return own or _first_digits(code)
    code = code.zfill(5) if re.fullmatch(r"\d{4}", code) else code
    if leading := _LEADING.fullmatch(code):
        return _five(leading[1], kind, name, likely)
    return PlacesFound.of(f"insee:{code}")


def _short(code: str, kind: str) -> PlacesFound:
    land = PlacesFound.of(f"reg:{code}") if kind == "REGION" else PlacesFound()
    return land or PlacesFound.of(f"dep:{code}") or _first_digits(code)


def _first_digits(code: str) -> PlacesFound:
    """Read the département at the beginning of the code of an arrondissement or canton, or of a code too long, with a doubt."""
    digits = code[:3] if code.startswith("97") else code[:2]
    county = place_of(f"dep:{digits}") if len(digits) > 1 and not re.fullmatch(r"99\d?", code) else None
    if not county:
        return PlacesFound()
    doubt = f"Le code « {code} » n’est pas reconnu : {county.name} retenu, d’après ses premiers chiffres."
    return PlacesFound((county,), (doubt,))


def _five(code: str, kind: str, name: str, likely: frozenset[str]) -> PlacesFound:
    town = place_of(f"insee:{code}")
    posted = _post_code(code, name, likely) if communes_of_post_code(code) else PlacesFound()
    if town is None:
        return posted or _cedex(code)
    if kind == "COMMUNE" and (town.code == code or not posted):
        return PlacesFound((town,))
    if posted:
        larger = not kind and not name and _outweighs(town.code, posted.places)
        also = f"« {code} » est aussi le code INSEE de {town.name} : écrivez « insee:{code} » pour elle."
        return PlacesFound(posted.places, (*posted.doubts, also)) if larger else posted
    if kind == "POSTAL":
        return PlacesFound((town,)) if name and place_key(town.name) in place_key(name) else _cedex(code)
    doubt = f"« {code} » n’est pas un code postal : lu comme le code INSEE de {town.name}."
    return PlacesFound((town,), () if kind else (doubt,))


def _outweighs(code: str, places: tuple[Place, ...]) -> bool:
    """Return whether a commune is none of these places and has more inhabitants than each."""
    town, *others = (commune(entry) for entry in (code, *(place.code for place in places)))
    most = max((other.population or 0 for other in others if other), default=0)
    return town is not None and town not in others and (town.population or 0) > most


def _cedex(code: str) -> PlacesFound:
    county = place_of(f"dep:{code[:3] if code.startswith('97') else code[:2]}")
    if not county:
        return PlacesFound()
    doubt = f"« {code} » n’est pas le code postal d’une commune (un CEDEX ?) : département retenu, {county.name} ({county.code})."
    return PlacesFound((county,), (doubt,))


def _post_code(code: str, name: str = "", likely: frozenset[str] = frozenset()) -> PlacesFound:
    towns = communes_of_post_code(code)
    if not towns:
        return _cedex(code) if re.fullmatch(r"\d{5}", code) else PlacesFound()
    key = f" {place_key(name)} "
    named = [town for town in towns if f" {place_key(town.name)} " in key]
    own = [town for town in towns if town.code in likely]
    chosen = max(named, key=lambda town: len(town.name)) if named else (own or towns)[0]
    doubt = f"Le code postal {code} couvre {len(towns)} communes : {chosen.name} retenue, la plus peuplée."
    return PlacesFound(places_of((f"insee:{chosen.code}",)), () if named or own or len(towns) == 1 else (doubt,))


def _group(siren: str) -> PlacesFound:
    town = commune_by_siren(siren)
    return PlacesFound.of(f"insee:{town.code}" if town else f"epci:{siren}")


def _read_point(lat: float, lon: float) -> PlacesFound:
    written = f"{lat:g}, {lon:g}"
    if abs(lat) > 90 or abs(lon) > 180:
        doubt = f"Les coordonnées « {written} » n’existent pas : latitude puis longitude, en degrés."
        return PlacesFound(doubts=(doubt,))
    nearest, distance = nearest_commune(lat, lon)
    if distance <= FAR_KM:
        return PlacesFound((point(lat, lon),))
    if abs(lon) <= 90 and nearest_commune(lon, lat)[1] <= FAR_KM:
        doubt = f"Le point {written} est loin de toute commune : latitude et longitude sont-elles inversées ?"
    else:
        doubt = f"Le point {written} est à {distance:.0f} km de la commune la plus proche ({nearest.name}) : est-ce le bon ?"
    return PlacesFound((point(lat, lon),), (doubt,))
