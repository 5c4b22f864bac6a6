"""Names of places in a sentence: longest match, then what stands before and after says whether it is a place."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from matcher.reading.evidence import Evidence, Sentence, evidence_at
from matcher.reference.communes import Commune, commune, commune_at, commune_names
from matcher.reference.place_names import plain
from matcher.reference.territories import (
    Epci,
    departement,
    departement_names,
    departements,
    epci_names,
    everyday_words,
    place_aliases,
    region_names,
)

_NUMBER = r"(?:97\d|2[AB]|\d\d)"
_NUMBERED = re.compile(
    r"\b(?<!HORS )(?:DEPARTEMENTS?|DEPTS?|DPTS?|DEPS?|SDIS|CD|CG|DDT|DDTM|DDCS|DDPP|DSDEN|UDAP|DDFIP)[.\s]*(?:N°|DU|DE)?\s*"
    rf"({_NUMBER}(?:\s*(?:,|ET|/|-|&)\s*{_NUMBER})*)\b(?![.,]\d)"
)
_GROUP_WORDS = frozenset({"METROPOLE", "AGGLO", "AGGLOMERATION", "COMMUNAUTE"})
_GROUP_HEAD = re.compile(
    r"\b(?:COMMUNAUTE (?:DE COMMUNES|URBAINE|D AGGLOMERATION)|COMMUNAUTE|METROPOLE|AGGLO|AGGLOMERATION|CC|CA|CU)"
    r"(?: DE LA| DE L| DES| DU| DE| D)?$"
)
_SMALL, _TOWN, _CITY = 300, 1500, 5000


@dataclass(frozen=True, slots=True)
class Mention:
    """A place read in a sentence: its place code, the words it covers, and whether the sentence says it is a place.

    `homonyms` holds the other communes of that name where nothing chose among them.
    """

    code: str
    start: int
    end: int
    strong: bool
    homonyms: tuple[str, ...] = ()


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
    sentence = Sentence.of(text)
    sure: list[Mention] = []
    weak: list[Mention] = []
    position = 0
    while position < len(sentence.words):
        mention, end, certain = _at(sentence, position, context)
        if mention:
            (sure if certain else weak).append(mention)
        position = max(end, position + 1)
    listed = _in_lists(sentence, sure, weak)
    numbered = [Mention(f"dep:{code}", -1, -1, strong=True) for code in _numbered(text)]
    return tuple(sorted(sure + listed, key=lambda mention: mention.start)) + tuple(numbered)


def _at(sentence: Sentence, start: int, context: _Context) -> tuple[Mention | None, int, bool]:
    """Return the best mention that begins at a word, where to go on, and whether it stands without a list around it."""
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
    end, certain, mention = max(named, key=lambda entry: (entry[1], entry[0]))
    return mention, end, certain


def _commune_at(sentence: Sentence, start: int, context: _Context) -> Iterator[tuple[Mention | None, int, bool]]:
    shadow = 0
    for end, key in sentence.keys_from(start, _lengths("communes")):
        evidence = evidence_at(sentence, start, end)
        whole = end - start > 1  # "Pont-de-Claix (38)" is said without its article
        towns = [commune_at(rank) for own, rank in commune_names()[key] if own in ("", evidence.article) or whole]
        if not towns:
            continue
        shadow = shadow or end
        if sentence.word(end) in _GROUP_WORDS and sentence.joined(end):
            continue
        county = departement_names().get(key)
        if county and county.code == evidence.departement:
            continue
        chosen = _chosen(towns, evidence, context)
        verdict = _verdict(key, end - start, chosen, evidence, context) if chosen else None
        if chosen and verdict is not None:
            homonyms = tuple(town.code for town in chosen[1:]) if not context.departements else ()
            yield Mention(f"insee:{chosen[0].code}", start, end, evidence.strong, homonyms), end, verdict
            return
    if shadow > start + 1:
        yield None, shadow, False


def _chosen(towns: list[Commune], evidence: Evidence, context: _Context) -> list[Commune]:
    """The communes of a name that the number beside it, else the context, allows; most populated first."""
    towns = sorted({town.code: town for town in towns}.values(), key=lambda town: -(town.population or 0))
    if evidence.departement:
        return [town for town in towns if town.departement == evidence.departement]
    near = [town for town in towns if town.departement in context.departements]
    if near or not context.departements:
        return near or towns
    return [town for town in towns if town.region in context.regions and evidence.strong]


def _verdict(key: str, length: int, towns: list[Commune], evidence: Evidence, context: _Context) -> bool | None:
    """True where the name stands alone as a place, False where a list must support it, None where it is no place."""
    people = towns[0].population or 0
    if evidence.refused and not evidence.departement:
        return None
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
    return (bool(evidence.link) or context.field) and (people >= _CITY or (length > 1 and evidence.direct))


def _group_at(sentence: Sentence, start: int, context: _Context) -> Iterator[tuple[Mention | None, int, bool]]:
    headed = _GROUP_HEAD.search(" ".join(sentence.words[max(0, start - 6) : start])) is not None
    for end, key in sentence.keys_from(start, _lengths("epci")):
        groups = epci_names()[key]
        near = [group for group in groups if _departements_of(group) & context.departements]
        explicit = headed or bool(_GROUP_WORDS & set(key.split()))
        implied = near and (end - start > 1 or context.field) and key not in commune_names() and sentence.capital(start)
        chosen = near or (list(groups) if explicit and not context.departements else [])
        if chosen and (explicit or implied):
            yield Mention(f"epci:{chosen[0].siren}", start, end, strong=True), end, True
            return
    for end, key in sentence.keys_from(start, _lengths("communes")):
        followed = sentence.word(end) in _GROUP_WORDS and sentence.joined(end)
        towns = [commune_at(rank) for _, rank in commune_names()[key]]
        if headed or followed:
            near_towns = [town for town in towns if town.departement in context.departements and town.epci]
            if near_towns:
                yield Mention(f"epci:{near_towns[0].epci}", start, end + followed, strong=True), end + followed, True
                return


def _area_at(sentence: Sentence, start: int, context: _Context) -> Iterator[tuple[Mention | None, int, bool]]:
    for end, key in sentence.keys_from(start, _lengths("areas")):
        evidence = evidence_at(sentence, start, end)
        county, land = departement_names().get(key), region_names().get(key)
        if key in place_aliases():
            for code in place_aliases()[key]:
                yield Mention(code, start, end, strong=True), end, True
            return
        if evidence.refused or not evidence.capital:
            continue
        whole = context.field and start == 0 and end == len(sentence.words)
        long = end - start > 1
        if county and (evidence.county or long or evidence.departement == county.code or evidence.inside or whole):
            yield Mention(f"dep:{county.code}", start, end, evidence.county), end, True
            return
        if county and evidence.link:
            yield Mention(f"dep:{county.code}", start, end, strong=False), end, False
            return
        if land and (evidence.land or long or (evidence.link and key not in everyday_words() | {"CENTRE"}) or whole):
            yield Mention(f"reg:{land.code}", start, end, evidence.land), end, True
            return


def _in_lists(sentence: Sentence, sure: list[Mention], weak: list[Mention]) -> list[Mention]:
    """The weak mentions that stand in a list beside a sure one, or beside another that is no everyday word."""
    towns = [mention for mention in weak if mention.code.startswith("insee:")]
    names = [mention for mention in towns if sentence.key(mention.start, mention.end) not in everyday_words()]
    edges = {edge for mention in (*sure, *names) for edge in (mention.end, -mention.start)}
    kept: list[Mention] = []
    for mention in (*weak, *reversed(weak)):
        before = sentence.previous_item(mention.start) in edges
        after = -sentence.next_item(mention.end) in edges
        if mention not in kept and (before or after):
            kept.append(mention)
            edges |= {mention.end, -mention.start}
    return kept


def _numbered(text: str) -> list[str]:
    numbers = [number for found in _NUMBERED.findall(plain(text)) for number in re.findall(_NUMBER, found)]
    return [number for number in dict.fromkeys(numbers) if number in departements()]


@lru_cache(maxsize=2048)
def _departements_of(group: Epci) -> frozenset[str]:
    towns = (commune(code) for code in group.communes)
    return frozenset(town.departement for town in towns if town)


@lru_cache(maxsize=4)
def _lengths(kind: str) -> dict[str, dict[int, set[str]]]:
    """For the first word of a key, the keys that begin with it by number of words."""
    keys: Iterable[str] = {
        "communes": commune_names().keys(),
        "epci": epci_names().keys(),
        "areas": departement_names().keys() | region_names().keys() | place_aliases().keys(),
    }[kind]
    lengths: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key in keys:
        words = key.split(" ")
        lengths[words[0]][len(words)].add(key)
    return {word: dict(sorted(by_length.items(), reverse=True)) for word, by_length in lengths.items()}
