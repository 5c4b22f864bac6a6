"""Words of what a need leaves out (« hors vitrerie », « sauf le week-end », « élagage non compris »), set aside before its trade is read."""

import re

from matcher.cleaning.words import flat, stems, without_spans
from matcher.reading.trade.doubt import TELLS
from matcher.reference.trades.lexicon import hits

# « Hors d’œuvre », « construction hors site », « personnes sans abri » leave nothing out.
_KEPT_OUT = r"(?!(?:d['e ]|sol|sites?|service|gel|l'?eau|air|les murs|ligne|normes?|forfait|format|pair)\b)"
_KEPT_WITHOUT = r"(?!(?:abris?|domicile|logement|emploi|papiers?|fil|contact|plomb|gluten|tabac|sel|sucre)\b)"
_OPENS = (
    rf"(?<![\w-])(?:hors {_KEPT_OUT}|hormis |sauf |excepte |a l'(?:exclusion|exception) d|non compris |en dehors d|ni )"
)
_OPENS_ONE = rf"(?:(?<![\w-])sans {_KEPT_WITHOUT}|(?:\bmais|,|\bvoul\w+|\bveu\w+|\bbesoin|\bfaut|\bavons?) pas (?:de |d'|le |la |les |l')(?!calais))"
_STOP = r"[^,.;:()\n]*?(?=[,.;:()\n]|$| (?:pour|dans|avec|puis|mais|y compris)\b"
# « Hors plomberie et électricité » leaves both out; « ménage sans vitres et jardinage » asks for the garden.
_AFTER = re.compile(rf"{_OPENS}{_STOP})|{_OPENS_ONE}{_STOP}| et\b)")
_BEFORE = re.compile(
    r"(?:^|(?<=[,.;:(\n]))[^,.;:(\n]*\b(?:exclue?s?|non (?:comprise?s?|demandee?s?)|pas (?:comprise?s?|inclu(?:s|se|ses)|concernee?s?|demandee?s?))(?= ?(?:[,.;:)\n]|$))"
)


def without_exclusions(text: str) -> str:
    """Return a text without the trades that it leaves out, where the rest still tells one."""
    level = flat(text)
    found = (match for pattern in (_AFTER, _BEFORE) for match in pattern.finditer(level))
    spans = [match.span() for match in found if _tells(match[0])]
    left = without_spans(text, spans) if spans else text
    return left if _tells(left) else text


def _tells(text: str) -> bool:
    """Whether a term of the lexicon tells a trade in it."""
    return any(hit.term.weight >= TELLS for hit in hits(stems(text)))
