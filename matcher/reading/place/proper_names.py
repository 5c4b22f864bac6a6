"""Removes the names of places, streets and schools from a need before its trade is read: « rue de Lille » is no roadwork."""

import re
from html import unescape

from matcher.cleaning.words import without_spans
from matcher.reading.place.mentions import find_mentions, with_rivers
from matcher.reading.place.sentence import Sentence

_CAPITAL = "A-ZÀ-ÖØ-ÞŒ"
_OF = r"(?:(?:de la|de l['’]|du|des|de|d['’]|la|le|les|l['’])\s*)?"
_NAME = rf"[{_CAPITAL}][\w'’-]*(?:\s(?:(?:de la|de l['’]|du|des|de|d['’])\s?)?[{_CAPITAL}][\w'’-]*)*"
_STREET = r"(?:rue|avenue|av\.|boulevard|bd|impasse|square|faubourg|allée|esplanade"
# « Place », « cours »… are streets only before a capitalised name (not « place de stationnement », « cours d’eau »).
_CAPITALISED = re.compile(rf"\b(?i:{_STREET}|place|cours|quai|chemin|route))\s(?P<name>(?i:{_OF}){_NAME})")
_ANY_CASE = re.compile(rf"\b{_STREET})\s(?P<name>{_OF}\w{{3,}})", re.IGNORECASE)
# After a number or punctuation a street is an address, removed whole; in « la rue de Lille » the street may be what is repaired.
_ADDRESS = re.compile(r"(?:^|\d(?:\s?(?:bis|ter))?|[,;:(–-]|\bsise?)\s*,?\s*$", re.IGNORECASE)
# Two capitalised words after one of these are a person's name: « école Pierre Curie » (not « Centre Hospitalier »).
_NAMED_AFTER = re.compile(
    r"\b(?i:école|collège|lycée|scolaire|maternelle|élémentaire|primaire|crèche|gymnase|stade|piscine|salle|foyer|résidence|ehpad|"
    rf"médiathèque|bibliothèque|théâtre|caserne|parc|square)\s(?P<name>[{_CAPITAL}][a-zà-ÿ-]+\s[{_CAPITAL}][\w-]+)"
)


def without_names(text: str) -> str:
    """Return a text without the names of places, streets and schools; the nouns that they qualify stay. A text made only of names is returned whole:
    « Drap » is a commune, and linen."""
    # Markup that is left would shift the places of words.
    text = with_rivers(unescape(text).replace("&", " et ").replace("<", " "))
    sentence = Sentence.of(text)
    spans = [
        (sentence.spans[mention.start][0], sentence.spans[mention.end - 1][1])
        for mention in find_mentions(text)
        if mention.start >= 0
    ]
    for match in (_CAPITALISED if sentence.mixed else _ANY_CASE).finditer(text):
        address = _ADDRESS.search(text, max(0, match.start() - 12), match.start())
        spans.append(match.span() if address else match.span("name"))
    if sentence.mixed:
        spans += [found.span("name") for found in _NAMED_AFTER.finditer(text)]
    return without_spans(text, spans)
