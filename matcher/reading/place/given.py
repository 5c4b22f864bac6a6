"""Reads the place entered for a need: free text (`--lieu`), or code, type and name of a `lieuExecution` of DECP (open data of public contracts)."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from textwrap import shorten

from matcher.domain.place import Place, PlaceOrigin, PlaceType
from matcher.domain.reading import RawPlace
from matcher.reading.place.areas import FINENESS, departements_of, innermost, place_of, places_of
from matcher.reading.place.candidates import Bearer, meant, people, size
from matcher.reading.place.codes import PREFIXED, PlacesFound, code_type, read_code, read_prefixed
from matcher.reading.place.districts import read_districts
from matcher.reading.place.mentions import (
    Mention,
    find_mentions,
    homonym_doubt,
    is_undecided,
    namesake_doubt,
    sentence_of,
    with_rivers,
)
from matcher.reading.place.name import departement_number
from matcher.reading.place.sentence import without_markup, words_around
from matcher.reference.geography.communes import (
    Commune,
    by_population,
    commune_at,
    commune_names,
    communes_of_post_code,
    current_commune,
)
from matcher.reference.geography.place_names import place_key, plain_capitals, split_article
from matcher.reference.geography.territories import (
    country_named,
    departement,
    departement_named,
    epci_named,
    foreign_names,
    region_named,
)

_BESIDE = re.compile(r"\(\s*(97\d|2[AB]|\d\d)\s*\)|\b(\d{5})\b", re.IGNORECASE)
_ITEMS = re.compile(r"\s*[,;/]\s*|\s+et\s+", re.IGNORECASE)
_CEDEX = re.compile(r"\bC[EÉ]DEX\b.*", re.IGNORECASE)
_QUOTES = re.compile('["«»“”]')
_NOTHING = frozenset({"", "NON DISPONIBLE", "NON RENSEIGNE", "MULTIPLE", "NC", "NULL", "NONE", "AUTRE", "DIVERS"})
_LIKE, _ALIKE = 84, 92
_LETTERS = 0.85
_EXPECTED = {
    "insee": "un code INSEE de commune, comme « insee:59392 »",
    "cp": "un code postal, comme « cp:59600 »",
    "arr": "le code d’un arrondissement, comme « arr:596 »",
    "dep": "le code ou le nom d’un département, comme « dep:59 » ou « dep:Nord »",
    "reg": "le code ou le nom d’une région, comme « reg:32 » ou « reg:Bretagne »",
    "epci": "le SIREN ou le nom d’une intercommunalité, comme « epci:200043396 »",
    "pays": "« pays:FR », le seul pays",
}
_KNOWN, _LONGEST = 2_000, 300
# One item of a list of codes.
_CODE = re.compile(rf"{PREFIXED.pattern}|\d{{5}}\Z|\d{{9}}\Z", re.IGNORECASE)


def is_free(raw: RawPlace) -> bool:
    """Return whether a place is a person's own words (trusted) rather than a DECP record (which may be wrong)."""
    return not raw.type and not raw.nom


def is_whole(raw: RawPlace) -> bool:
    """Return whether a person's words only mean a whole territory named elsewhere (« tout le territoire », « EPCI »)."""
    place_words = set(place_key(raw.code).split())
    return (
        is_free(raw)
        and not place_words.isdisjoint(words_around("tout"))
        and place_words <= words_around("tout", "tout_autour", "article")
    )


def read_given(raw: RawPlace, buyer: Iterable[Place], objet: str = "") -> PlacesFound:
    """Read one place; the buyer's places, then the lot's text, choose among homonyms and communes of a postal code. Never raises: what is not
    understood becomes a doubt."""
    own = tuple(buyer)
    near = frozenset(code for place in own for code in departements_of(place))
    likely = frozenset(place.code for place in own if place.type is PlaceType.COMMUNE)
    code, name = raw.code.strip(), raw.nom.strip()
    if is_free(raw):
        return _read_free(code, near, likely) if code else PlacesFound()
    kind = code_type(raw.type)
    coded = read_code(code, kind, name, likely or _communes_in_text(code, objet))
    known = frozenset(number for place in coded.places for number in departements_of(place))
    named = PlacesFound() if place_key(name) in _NOTHING else read_name(name, known or near)
    places = _reconcile(raw, kind, coded, named, near)
    if places or place_key(f"{code} {name}") in _NOTHING:
        return places
    written = shorten(f"{code} {name}", 80, placeholder="…")
    return PlacesFound(doubts=(f"Lieu non reconnu, peut-être à l’étranger : « {written} ».",))


def _communes_in_text(code: str, objet: str) -> frozenset[str]:
    """Return the commune of a postal code that the lot's text names; empty where it names several."""
    key = f" {place_key(objet[:_LONGEST])} "
    named = [town for town in communes_of_post_code(code) if f" {place_key(town.name)} " in key]
    return frozenset(town.code for town in named if len(named) == 1)


def foreign_doubt(text: str) -> str:
    """Return a French doubt where a text names a foreign place (« à Bruxelles »), but not in a street name (« rue de Tournai »); else empty."""
    matches = _foreign_pattern().finditer(f" {place_key(text[:_LONGEST])} ")
    named = next((its["name"] for its in matches if its["before"] not in words_around("voie")), "")
    return f"Lieu à l’étranger ({foreign_names()[named]}) : aucune distance n’est calculée." if named else ""


@lru_cache(maxsize=1)
def _foreign_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?P<before>\w*) (?:A|AU|AUX|EN|DE) (?P<name>{'|'.join(map(re.escape, foreign_names()))}) ")


def read_name(text: str, near: frozenset[str], *, guess: bool = False) -> PlacesFound:
    """Read a place's name, preferably in the départements `near`; with `guess`, correct a misspelt one, with a doubt."""
    text = _CEDEX.sub("", _QUOTES.sub(" ", text))
    districts = read_districts(text)
    doubts = (districts.doubt,) if districts.doubt else ()
    parts = places_of(f"insee:{code}" for code in districts.codes)
    if not parts and (place := _post_coded(text)):
        return PlacesFound((place,), doubts)
    mentions = find_mentions(text, near, field=True)
    places = places_of_mentions(mentions)
    if parts or places:
        unread = _left_aside(text, mentions) if guess and not parts else ()
        return PlacesFound(innermost((*places.places, *parts)), (*places.doubts, *doubts, *unread))
    number = _BESIDE.search(text)
    if number and (county := PlacesFound.of(f"dep:{departement_number(number[1] or number[2])}")):
        return county
    name = re.sub(r"\(.*?\)|\b\d{5}\b", " ", text).strip(" -,;")
    if country := next(filter(None, map(country_named, re.split(r"[,;/()]", text))), ""):
        return PlacesFound(doubts=(f"« {name} » : lieu à l’étranger ({country}), aucune distance n’est calculée.",))
    return _guess_commune(name, near) if guess else PlacesFound()


def _left_aside(text: str, mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return French doubts about the items of a list in which no place is read: « Maubeuge, Xyzabc »."""
    text, spans = with_rivers(text), sentence_of(text).spans
    read = [(spans[its.start][0], spans[its.end - 1][1]) for its in mentions if its.start >= 0]
    doubts, begin = [], 0
    for end, after in (*(sign.span() for sign in _ITEMS.finditer(text)), (len(text), 0)):
        item = text[begin:end].strip()
        known = any(first < end and begin < last for first, last in read)
        if not known and place_key(item) and _is_a_name(item) and item.count(" ") < 3:
            doubts.append(f"« {item} » n’est pas reconnu : ce lieu n’est pas compté.")
        begin = after
    return tuple(doubts)


def _post_coded(text: str) -> Place | None:
    """Return the commune given by a postal code with its name, or its city's ("Paris 75015")."""
    code = re.search(r"\b\d{5}\b", text)
    key = f" {place_key(text)} "
    towns = communes_of_post_code(code[0]) if code else ()
    named = [town for town in towns if f" {place_key(town.name)} " in key]
    cities = [town for town in towns if town.parent and f" {place_key(town.name).split(' ')[0]} " in key]
    chosen = max(named, key=lambda town: len(town.name)) if named else cities[0] if cities else None
    return place_of(f"insee:{chosen.code}") if chosen else None


def places_of_mentions(mentions: Iterable[Mention], origin: PlaceOrigin = PlaceOrigin.LIEU) -> PlacesFound:
    """Return the places of mentions and the doubts about them; undecided homonyms give only a doubt."""
    mentions_kept: list[Mention] = []
    doubts: list[str] = []
    for mention in mentions:
        if mention.homonyms:
            doubts.append(homonym_doubt(mention.towns, mention.said))
        doubts += mention.doubts
        if not (mention.homonyms and is_undecided(mention.towns)):
            mentions_kept.append(mention)
    return PlacesFound(
        places_of((code for mention in mentions_kept for code in mention.codes), origin), tuple(filter(None, doubts))
    )


def _read_free(typed: str, near: frozenset[str], likely: frozenset[str]) -> PlacesFound:
    text = re.sub(r"^(\d{2}) (\d{3})$", r"\1\2", without_markup(typed)[:_LONGEST].strip(" ,"))  # « 75 013 »
    codes = re.split(r"\s*[,;]\s*", text)
    places = read_prefixed(text)
    if not places and len(codes) > 1 and all(map(_CODE.match, codes)):
        return PlacesFound.together(_read_free(code, near, likely) for code in codes)
    is_code = (
        re.fullmatch(r"(?i)fr[a-z0-9]{0,5}|\d{1,9}|[29][a-f]\d{3}|2[ab]", text) and plain_capitals(text) != "FRANCE"
    )
    coded = read_code(text, likely=likely) if is_code else PlacesFound()
    places = places or _prefixed_name(text, near) or coded or read_name(text, near, guess=_is_a_name(typed))
    written = shorten(text, 80, placeholder="…") if " " in text else text[:80]
    return places or PlacesFound(doubts=(f"Lieu inconnu : « {written} ».",))


def _prefixed_name(text: str, near: frozenset[str]) -> PlacesFound:
    """Read a name after a prefix (« reg:Bretagne », « dep:Nord »), as a place of that kind only; empty without a prefix."""
    prefixed = PREFIXED.fullmatch(text)
    if not prefixed:
        return PlacesFound()
    scheme, name = prefixed[1].lower(), prefixed[2].strip()
    if scheme == "epci" and (groups := epci_named(name)):
        places = places_of(f"epci:{group.siren}" for group in groups)
        close = [group for group in places if departements_of(group) & near] or places
        return PlacesFound((close[0],), tuple(filter(None, (namesake_doubt(close[0], close[-1]),))))
    if (named := {"dep": departement_named, "reg": region_named}.get(scheme)) and (area := named(name)):
        return PlacesFound.of(f"{scheme}:{area.code}")
    return PlacesFound(doubts=(f"Lieu inconnu : « {text} ». Attendu : {_EXPECTED[scheme]}.",))


def _is_a_name(typed: str) -> bool:
    """Return whether the typed text is nearly all letters, so that it may be a misspelt name."""
    return sum(sign.isalpha() or sign in " -'’." for sign in typed) >= _LETTERS * len(typed)


def _guess_commune(name: str, near: frozenset[str]) -> PlacesFound:
    """Return the commune whose name begins with this text, else is spelt most like it, preferably in the buyer's départements."""
    from rapidfuzz import fuzz, process  # imported only for a name that is not known

    key = place_key(name)
    if len(key) < 4 or country_named(name):
        return PlacesFound()
    begun = split_article(key)[1]
    longer = [(other, 100.0) for other in commune_names() if other.startswith(f"{begun} ")]
    alike = process.extract(key, commune_names().keys(), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=8)
    names = longer or [(other, score) for other, score, _ in alike]
    towns = list(_towns_named(names, near))
    if not towns:
        return PlacesFound()
    _, town = max(towns, key=lambda pair: (pair[1].departement in near, pair[0], people(pair[1])))
    if not longer:
        return _retain_town(town, f"« {name} » n’est pas une commune connue", ", la plus proche par le nom")
    likely = meant([Bearer(town, size(town)) for town in by_population(town for _, town in towns)])
    if town.departement not in near and len(likely) > 1:
        plausible = [its.town for its in likely]
        places = () if is_undecided(plausible) else places_of((f"insee:{plausible[0].code}",))
        return PlacesFound(places, (homonym_doubt(plausible, name),))
    return _retain_town(town, f"« {name} » est le début d’un nom de commune")


def _retain_town(town: Commune, why: str, how: str = "") -> PlacesFound:
    return PlacesFound(places_of((f"insee:{town.code}",)), (f"{why} : {town.name} ({town.departement}) retenue{how}.",))


def _towns_named(names: Iterable[tuple[str, float]], near: frozenset[str]) -> Iterator[tuple[float, Commune]]:
    """Yield (likeness in 0..100, commune) for similar names; villages need a higher likeness than towns, since there is always a similar one."""
    for name, score in names:
        for _, rank in commune_names()[name]:
            town = commune_at(rank)
            today = place_key(town.name).endswith(name) or town.parent  # not one that has since been merged
            if today and (score >= _ALIKE or people(town) >= _KNOWN or town.departement in near):
                yield score, town


def _reconcile(raw: RawPlace, kind: str, coded: PlacesFound, named: PlacesFound, near: frozenset[str]) -> PlacesFound:
    """Reconcile the code and the name of a DECP place."""
    if not named.places or not coded.places:
        return coded or named
    code_place, name_place = coded.places[0], named.places[0]
    if code_place.type is PlaceType.PAYS:
        return named
    own = split_article(place_key(code_place.name))[1]
    written = split_article(place_key(re.sub(r"\(.*?\)", " ", raw.nom)))[1]
    begins_it = written and f"{own} ".startswith(f"{written} ")  # « Romans » for Romans-sur-Isère
    if code_place.communes == name_place.communes or begins_it:
        return PlacesFound(coded.places)
    if FINENESS[name_place.type] >= FINENESS[PlaceType.DEPARTEMENT] > FINENESS[code_place.type]:
        return named if _means_area(kind, code_place, name_place) else coded
    if FINENESS[name_place.type] > FINENESS[PlaceType.DEPARTEMENT]:
        return coded
    counties = departements_of(code_place)
    if departements_of(name_place) & counties:
        return named
    if departements_of(name_place) & near and not counties & near:
        coded, named = named, coded
    name = shorten(raw.nom, 60, placeholder="…")
    doubt = f"Le lieu se contredit (code « {raw.code} », nom « {name} ») : {coded.places[0].name} retenu."
    return PlacesFound(coded.places, (doubt,))


def _means_area(kind: str, town: Place, area: Place) -> bool:
    """Return whether a département's name with the postal code of its chef-lieu ("57000", "Moselle") means the département."""
    county = departement(area.code) if area.type is PlaceType.DEPARTEMENT else None
    seat = current_commune(county.chef_lieu) if county else None
    return kind in ("DEPARTEMENT", "REGION") or bool(seat and seat.code == town.code)
