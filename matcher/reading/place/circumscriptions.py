"""« Arrondissement de Valenciennes », « canton de Denain », « bassin d’emploi de Lens »: a town that names what is around it."""

import re

from matcher.reading.place.districts import CITIES
from matcher.reading.place.mentions import Mention
from matcher.reading.place.sentence import Sentence
from matcher.reference.geography.communes import commune
from matcher.reference.geography.territories import arrondissements

_LINK = r"(?: (?:DE LA|DE L|DES|DU|DE|D))?(?: (?:LE|LA|LES|L))?$"
_HEAD = re.compile(
    r"\b(?P<arr>ARRONDISSEMENTS?)" + _LINK + r"|\b(?P<around>BASSINS? D EMPLOIS?|BASSINS? DE VIE|ZONES? D EMPLOIS?)" + _LINK
    + r"|\bCANTONS?" + _LINK
)  # fmt: skip
_REACH = 6


def widened(sentence: Sentence, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Return the mentions, those of the towns that name an area as what is around them, with what to say of it."""
    found: list[Mention] = []
    plural = ""
    for mention in mentions:
        follows = found and plural and sentence.previous_item(mention.start) == found[-1].end
        head = _head_before(sentence, mention.start) or (plural if follows else "")
        plural = head if head.split(" ")[0].endswith("S") else ""
        found.append(_of(sentence, mention, head) if head and not mention.homonyms else mention)
    return tuple(found)


def _head_before(sentence: Sentence, start: int) -> str:
    """The words « ARRONDISSEMENT DE » and their like that stand before a word, empty where there are none."""
    begin = start
    while begin > max(0, start - _REACH) and sentence.joined(begin):
        begin -= 1
    head = _HEAD.search(sentence.key(begin, start)) if begin < start else None
    return head[0] if head else ""


def _of(sentence: Sentence, mention: Mention, head: str) -> Mention:
    town = commune(mention.code.removeprefix("insee:"))
    match = _HEAD.search(head)
    if town is None or match is None:
        return mention
    before = head.count(" ") + 1
    said = sentence.said(mention.start - before, mention.end) if _head_before(sentence, mention.start) else mention.said
    seat = arrondissements().get(town.arrondissement)
    if match["arr"] and town.code in CITIES.values():
        return mention
    if match["arr"]:
        codes = (f"arr:{town.arrondissement}",) if seat and seat.chef_lieu == town.code else mention.codes
        return mention.as_area(codes, "" if codes != mention.codes else said)
    around = (f"epci:{town.epci}",) if match["around"] and town.epci else mention.codes
    return mention.as_area(around, said)
