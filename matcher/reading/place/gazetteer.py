"""Names of places in a sentence: longest match, then what stands before and after says whether it is a place."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from matcher.reading.place.areas import departements_of, places_of
from matcher.reading.place.circumscriptions import widened
from matcher.reading.place.codes import numbered_departements
from matcher.reading.place.homonyms import meant, stands_out, with_longer
from matcher.reading.place.mentions import Mention, in_lists, is_area, settled
from matcher.reading.place.name_context import NameContext, bare_number, evidence_at
from matcher.reading.place.sentence import Sentence, without_markup
from matcher.reference.geography.communes import (
    Commune,
    by_population,
    commune,
    commune_at,
    commune_names,
    communes_begun,
    communes_of_post_code,
    short_names,
    whole_city,
)
from matcher.reference.geography.place_names import place_key, split_article
from matcher.reference.geography.territories import (
    Epci,
    departement,
    departement_names,
    epci_names,
    everyday_words,
    place_aliases,
    region_names,
)

_OVER = re.compile(r"\b([^\W\d_]{3,})/([^\W\d_]{3,})\b")
GROUP_WORDS = frozenset({"METROPOLE", "AGGLO", "AGGLOMERATION", "AGGLOPOLE", "COMMUNAUTE", "EUROMETROPOLE"})
_GROUP_HEAD = re.compile(
    r"\b(?:COMMUNAUTE (?:DE COMMUNES|URBAINE|D AGGLOMERATION)|COMMUNAUTE|METROPOLE|AGGLO|AGGLOMERATION|CC|CA|CU)"
    r"(?: DE LA| DE L| DES| DU| DE| D)?$"
)
_SMALL, _TOWN, _CITY, _LARGE = 300, 1500, 5000, 20_000
_COMPASS = frozenset({"SUD", "OUEST", "CENTRE"})
_WORDS = frozenset({"AUBE", "CHER", "LOT", "MANCHE", "NORD", "ORNE", "SOMME"})  # without capitals, no départements


@dataclass(frozen=True, slots=True)
class _Context:
    departements: frozenset[str]
    regions: frozenset[str]
    field: bool


def find_mentions(text: str, known: Iterable[str] = (), *, field: bool = False) -> tuple[Mention, ...]:
    """Return the places that `text` names, in order.

    `known` are the codes of the départements where the lot is thought to be: a name found there needs less evidence, one
    found elsewhere more. `field` says that the text is a place's own field rather than the object of a lot.
    """
    inside = frozenset(known)
    found = (departement(code) for code in inside)
    context = _Context(inside, frozenset(entry.region for entry in found if entry), field)
    sentence = sentence_of(text)
    sure: list[Mention] = []
    weak: list[Mention] = []
    position = 0
    while position < len(sentence.words):
        mention, end, certain = _at(sentence, position, context)
        if mention:
            (sure if certain else weak).append(mention)
        position = max(end, position + 1)
    listed = in_lists(sentence, sure, weak)
    found_all = tuple(sorted(sure + listed, key=lambda mention: mention.start))
    numbered = [Mention((f"dep:{code}",), -1, -1, strong=True) for code in numbered_departements(text)]
    return widened(sentence, settled(found_all)) + tuple(numbered)


def sentence_of(text: str) -> Sentence:
    """Return the sentence whose words the mentions of a text cover."""
    said = without_markup(text)
    return Sentence.of(_OVER.sub(_in_full, said) if "/" in said else said)


def _in_full(names: re.Match[str]) -> str:
    """« Chalon/Saône » is Chalon-sur-Saône; a list where no commune is named so."""
    whole = f"{names[1]} sur {names[2]}"
    return whole if split_article(place_key(whole))[1] in commune_names() else names[0]


def _at(sentence: Sentence, start: int, context: _Context) -> tuple[Mention | None, int, bool]:
    """Return the best mention that begins at a word, where to go on, and whether it stands without a list around it."""
    if sentence.words[start] not in _first_words():
        return None, start + 1, False
    candidates = [
        (end, certain, mention)
        for finder in (_group_at, _commune_at, _area_at)
        for mention, end, certain in finder(sentence, start, context)
    ]
    if not candidates:
        return None, start + 1, False
    named = [entry for entry in candidates if entry[2]]
    if not named:
        return None, max(end for end, _, _ in candidates), False
    end, certain, mention = max(
        named, key=lambda entry: (entry[1], entry[0], is_area(entry[2]) and sentence.aside(start))
    )
    return mention, end, certain


def _commune_at(sentence: Sentence, start: int, context: _Context) -> Iterator[tuple[Mention | None, int, bool]]:
    shadow = 0
    for end, key in sentence.keys_from(start, _lengths("communes")):
        evidence = _numbered_beside(key, evidence_at(sentence, start, end), bare_number(sentence, start, end))
        ended = sentence.ends_name(end)
        towns = _bearers(key, evidence, end - start, context, ended=ended)
        if not towns:
            continue
        shadow = shadow or end
        if sentence.word(end) in GROUP_WORDS and sentence.joined(end):
            continue
        county = departement_names().get(key)
        if county and county.code == evidence.departement != "75" and not evidence.post_code:
            continue
        chosen = _chosen(towns, evidence, context)
        far = not chosen and stands_out(towns) and key not in everyday_words()
        verdict = _verdict(key, end - start, chosen, evidence, context, ended=ended) if chosen else None
        if chosen and verdict is not None:
            chosen = chosen if context.departements else meant(key, chosen)
            homonyms = () if context.departements else tuple(town.code for town in chosen[1:])
            goes_on = not evidence.sure and sentence.name_after(end) not in ("", *departement_names())
            if homonyms and goes_on:
                continue
            said = sentence.said(start, end)
            loose = evidence.aside and not evidence.departement
            town = Mention((f"insee:{chosen[0].code}",), start, end, evidence.sure, homonyms, loose=loose, said=said)
            yield town, end, verdict
            return
        if far and evidence.capital and not evidence.refused:
            yield Mention((f"insee:{towns[0].code}",), start, end, strong=False, far=True), end, False
            return
    if shadow > start + 1:
        yield None, shadow, False


def _numbered_beside(key: str, evidence: NameContext, number: str) -> NameContext:
    """« Saint-Denis 93 » says its département as « Saint-Denis (93) » does, where a commune of that name is there."""
    if not number or evidence.departement or evidence.refused or not evidence.capital:
        return evidence
    county = departement_names().get(key)
    if county and county.code == number:
        return evidence
    there = any(commune_at(rank).departement == number for _, rank in commune_names().get(key, ()))
    return replace(evidence, departement=number) if there else evidence


def _bearers(key: str, evidence: NameContext, length: int, context: _Context, *, ended: bool) -> list[Commune]:
    """The communes that bear a name, most populated first; by its beginning alone ("Cherbourg"), that of the lot's
    département, and where nothing says where the lot is, the far larger ones ("Évry" for Évry-Courcouronnes).

    "Pont-de-Claix (38)" is said without its article; "la Sete" is not Sète.
    """
    whole = length > 1
    towns = {
        town.code: town
        for own, rank in commune_names().get(key, ())
        if own == evidence.article or whole or (not own and not evidence.bare_article)
        if (town := commune_at(rank))
    }
    here = {evidence.departement} if evidence.departement else context.departements
    found = by_population(towns.values())
    if any(town.departement in here for town in found):
        return found
    everyday = key in everyday_words()
    said = bool(evidence.link or evidence.departement) and (not everyday or _said_at(evidence))
    if here:
        begun = communes_begun(key, evidence.article) if said or (whole and ended) else []
        near = [town for town in begun if town.departement in here]
        return near if len(near) == 1 else found
    if not ended or (everyday and not (said or (found and (evidence.link or evidence.sure_case)))):
        return found
    return with_longer(key, found, communes_begun(key, evidence.article))


def _said_at(evidence: NameContext) -> bool:
    """« À Sens », with a capital that means something: there an everyday word is a town."""
    return evidence.link == "A" and evidence.direct and evidence.sure_case and not evidence.article


def _chosen(towns: list[Commune], evidence: NameContext, context: _Context) -> list[Commune]:
    """The communes of a name that the number beside it, else the context, allows; most populated first."""
    coded = {town.code for town in communes_of_post_code(evidence.post_code)}
    districts = [code for code in coded if whole_city(code) == towns[0].code]
    if len(districts) == 1:
        return [town for town in (commune(districts[0]),) if town]
    if coded & {town.code for town in towns}:
        return [town for town in towns if town.code in coded]
    if evidence.departement:
        return [town for town in towns if town.departement == evidence.departement]
    near = [town for town in towns if town.departement in context.departements]
    if near or not context.departements:
        return near or towns
    return [town for town in towns if town.region in context.regions and evidence.strong]


def _verdict(
    key: str, length: int, towns: list[Commune], evidence: NameContext, context: _Context, *, ended: bool
) -> bool | None:
    """True where the name stands alone as a place, False where a list must support it, None where it is no place."""
    people = towns[0].population or 0
    if evidence.refused and not evidence.departement:
        return None
    if key in everyday_words() and _said_at(evidence) and people >= _CITY and ended:
        return True
    if key in everyday_words() or people == 0:
        return (evidence.strong or bool(evidence.departement)) or (False if evidence.capital else None)
    if evidence.strong or evidence.departement:
        return True
    if context.field and towns[0].departement in context.departements:
        return True
    if not evidence.capital:
        return None
    if context.departements:
        return length > 1 or people >= _TOWN or evidence.direct or (bool(evidence.link) and people >= _SMALL)
    alone = people >= _TOWN and len(towns) == 1 and evidence.sure_case
    if _unlinked(key, length, towns, evidence):
        return True
    return (bool(evidence.link) or context.field) and (
        people >= _CITY or length > 2 or alone or (length > 1 and evidence.direct)
    )


def _unlinked(key: str, length: int, towns: list[Commune], evidence: NameContext) -> bool:
    """Tell whether a name without a link stands as a place: after a street, between signs, or where a large city of that whole
    name ends its clause or follows « agence » (« Nettoyage bureaux Lyon », but neither « mas Saint-Paul » nor « université Lyon 2 »),
    a smaller one where it is all that a comma sets apart (« Élagage, Pontarlier »)."""
    people = towns[0].population or 0
    if evidence.addressed and people >= _TOWN:
        return True
    if (evidence.apart or evidence.bracketed) and (people >= _CITY or (length > 1 and people >= _TOWN)):
        return True
    if not (evidence.seated or evidence.closing or evidence.ended) or key[-1].isdigit():
        return False
    if key.startswith("SAINT") and not evidence.last:
        return False
    least = (_TOWN if length > 1 else _CITY) if evidence.last and not key.startswith("SAINT") else _LARGE
    return people >= least and split_article(place_key(towns[0].name))[1] == key and stands_out(towns)


def _group_at(sentence: Sentence, start: int, context: _Context) -> Iterator[tuple[Mention | None, int, bool]]:
    headed = sentence.joined(start) and _GROUP_HEAD.search(sentence.key(max(0, start - 6), start)) is not None
    for end, key in sentence.keys_from(start, _lengths("epci")):
        groups = epci_names()[key]
        near = [group for group in groups if _departements_of(group) & context.departements]
        explicit = headed or bool(GROUP_WORDS & set(key.split()))
        implied = near and (end - start > 1 or context.field) and key not in commune_names() and sentence.capital(start)
        nowhere = () if context.departements else groups
        said = end - start > 2 and sentence.introduced(start)
        alone = nowhere and len(groups) == 1 and key not in commune_names() and (said or _last(sentence, start, end))
        chosen = near or (list(nowhere) if explicit or alone else [])
        if chosen and (explicit or implied or (alone and sentence.capital(start))):
            yield Mention((f"epci:{chosen[0].siren}",), start, end, strong=True), end, True
            return
    for end, key in sentence.keys_from(start, _lengths("communes")):
        followed = sentence.word(end) in GROUP_WORDS and sentence.joined(end)
        if headed or followed:
            towns = by_population(commune_at(rank) for _, rank in commune_names().get(key, ()))
            near_towns = [town for town in towns if town.departement in context.departements and town.epci]
            if not context.departements and stands_out(towns):
                near_towns = [town for town in towns[:1] if town.epci]
            if near_towns:
                yield Mention((f"epci:{near_towns[0].epci}",), start, end + followed, strong=True), end + followed, True
                return


def _last(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a name of several words is all that a comma sets apart: « Balayage, Grand Cognac »."""
    return end - start > 1 and evidence_at(sentence, start, end).last


def _area_at(sentence: Sentence, start: int, context: _Context) -> Iterator[tuple[Mention | None, int, bool]]:
    for end, key in sentence.keys_from(start, _lengths("areas")):
        evidence = evidence_at(sentence, start, end)
        if _numbered_beside(key, evidence, bare_number(sentence, start, end)) is not evidence:
            continue  # « La Réunion 47 » is the commune
        county, land = departement_names().get(key), region_names().get(key)
        if key in place_aliases():
            if _is_usual(key, end - start, evidence, context):
                usual = place_aliases()[key]
                heard = usual.sense == "entendu" or (usual.sense == "sigle" and not context.departements)
                told = sentence.said(start, end) if heard or usual.sense == "approche" else ""
                yield Mention(usual.codes, start, end, strong=True, usual=told, heard=heard), end, True
                return
            continue
        if evidence.refused or evidence.waters or not evidence.capital:
            continue
        whole = end - start > 1 or (context.field and _stands(key, sentence, start, end))
        loose = sentence.follows(start) and not sentence.introduced(start) and not evidence.land
        linked = bool(evidence.link) and key not in everyday_words()
        if county and (
            whole
            or evidence.bracketed
            or evidence.county
            or evidence.inside
            or (evidence.spread and (evidence.article or key not in commune_names()))
            or (evidence.last and (sentence.mixed or key not in _WORDS) and _may_be_listed(key, sentence, start, end))
            or evidence.departement == county.code
            or _overseas_at(county.code, sentence, start, end, evidence)
        ):
            yield Mention((f"dep:{county.code}",), start, end, evidence.county), end, True
        elif land and (
            whole
            or evidence.land
            or (evidence.last and key != "CENTRE")
            or ((linked or evidence.inside) and key != "CENTRE")
        ):
            yield Mention((f"reg:{land.code}",), start, end, evidence.land, loose=loose), end, True
        elif _may_be_listed(key, sentence, start, end):
            code = f"dep:{county.code}" if county else f"reg:{land.code}" if land else ""
            yield Mention((code,), start, end, strong=False), end, False
        return


def _stands(key: str, sentence: Sentence, start: int, end: int) -> bool:
    """Whether the name of an area is an item of a field of places, or ends it (« CRD HAUTE GIRONDE », but no « zone Nord »)."""
    if sentence.word(start - 1).isdigit() or (end == len(sentence.words) and key != "NORD"):
        return True
    return not sentence.goes_on(end) and (sentence.introduced(start) or not sentence.follows(start))


def _may_be_listed(key: str, sentence: Sentence, start: int, end: int) -> bool:
    """Whether the name of an area may be an item of a list; Paris is its commune, « Nord et Sud » sides, « Lot unique » a lot."""
    if key in ("PARIS", "CENTRE") or (key == "NORD" and not _COMPASS.isdisjoint(sentence.words)):
        return False
    if key == "LOT" and sentence.word(end)[:1] in ("N", *"0123456789"):
        return False
    return sentence.introduced(start) or not sentence.goes_on(end)


def _overseas_at(code: str, sentence: Sentence, start: int, end: int, evidence: NameContext) -> bool:
    """« À La Réunion », « à Mayotte »: an island is said as a town is. « A LA REUNION DU » is a meeting."""
    if not code.startswith("97") or not (evidence.link or evidence.article):
        return False
    if sentence.key(start, end) not in everyday_words():
        return True
    return sentence.capital(start - 1) if sentence.mixed else evidence.direct and not sentence.goes_on(end)


def _is_usual(key: str, length: int, evidence: NameContext, context: _Context) -> bool:
    """Whether a usual name stands for a place here: an approximate one near the lot, an acronym where nothing else is meant.

    Where nothing says where the lot is, an acronym needs its article (« la CAHC »), and a doubt says what it was taken for.
    """
    usual = place_aliases()[key]
    if context.field:
        return True
    if evidence.refused:
        return False
    if usual.sense == "exact":
        word = key in everyday_words() and not evidence.sure_case  # « Le titulaire aura… » is not AURA
        return (length > 1 or usual.codes != ("pays:FR",)) and not word
    near = not context.departements or any(
        context.departements & departements_of(place) for place in places_of(usual.codes)
    )
    if usual.sense == "sigle":
        said = bool(evidence.article or evidence.link) if context.departements else evidence.bare_article
        return near and evidence.capital and said
    return near and (length > 1 or (evidence.capital and bool(evidence.link)))


@lru_cache(maxsize=2048)
def _departements_of(group: Epci) -> frozenset[str]:
    towns = (commune(code) for code in group.communes)
    return frozenset(town.departement for town in towns if town)


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    """The words that a name of a place begins with: most words of a text begin none."""
    return frozenset().union(*(_lengths(kind) for kind in ("communes", "epci", "areas")))


@lru_cache(maxsize=4)
def _lengths(kind: str) -> dict[str, dict[int, set[str]]]:
    """For the first word of a key, the keys that begin with it by number of words."""
    keys: Iterable[str] = {
        "communes": commune_names().keys() | short_names().keys(),
        "epci": epci_names().keys(),
        "areas": departement_names().keys() | region_names().keys() | place_aliases().keys(),
    }[kind]
    lengths: dict[str, dict[int, set[str]]] = {}
    for key in keys:
        first = key.partition(" ")[0]
        lengths.setdefault(first, {}).setdefault(key.count(" ") + 1, set()).add(key)
    return {word: dict(sorted(by_length.items(), reverse=True)) for word, by_length in lengths.items()}
