"""Names in a list of communes that are spelt nearly as a commune beside: « Roubaix, Tourcoing et Watrelos »."""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

from matcher.reading.place.mentions import Mention
from matcher.reading.place.sentence import Sentence
from matcher.reference.geography.communes import commune, commune_names, place_key
from matcher.reference.geography.territories import departement

_LETTERS, _ALIKE, _PEOPLE = 6, 88, 1500


def misspelt_doubts(sentence: Sentence, mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return what to say of each word that follows a commune in a list, is no name of a commune, and resembles one of the same
    département; where case says nothing, of none."""
    found = tuple(mentions)
    if not sentence.mixed:
        return ()
    read = {rank for mention in found for rank in range(mention.start, mention.end)}
    doubts = []
    for mention in found:
        rank = sentence.next_item(mention.end) if mention.code.startswith("insee:") else len(sentence.words)
        word, town = sentence.word(rank), commune(mention.code.removeprefix("insee:"))
        if not town or rank in read or len(word) < _LETTERS or not sentence.capital(rank) or word in commune_names():
            continue
        alike = process.extractOne(word, _towns(town.departement), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if alike:
            said = sentence.said(rank, rank + 1)
            doubts.append(f"« {said} » n’est pas reconnu : ce lieu n’est pas compté. Est-ce {alike[2]} ?")
    return tuple(doubts)


@lru_cache(maxsize=16)
def _towns(number: str) -> dict[str, str]:
    """The names of the communes of some size of a département, with their keys."""
    county = departement(number)
    towns = (commune(code) for code in (county.communes if county else ()))
    return {town.name: place_key(town.name) for town in towns if town and (town.population or 0) >= _PEOPLE}
