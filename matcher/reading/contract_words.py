"""Removes procurement words from a need (sums of money, periods, « marché annuel de »), which would hide the trade from its reader."""

import re

from matcher.cleaning.words import flat, without_spans
from matcher.reading.durations import duration_spans
from matcher.reading.sizes import where_money

# Words that qualify a sum or a period next to them; elsewhere « enveloppe » or « valeur » may be the trade.
_SAID = (
    r"(?:(?:delais?|durees?) (?:\w+ )?d'execution|montants?|budgets?|enveloppe|valeur|estimations?|estimee?s?|previsionnel(?:le)?s?|indicati(?:f|ve)s?|prix|couts?|max(?:i|imum|imal)?"
    r"|mini(?:mum|mal)?|plafon\w*|annuel(?:le)?s?|totale?s?|globale?s?|h\.?t\b\.?|hors taxes?|ttc|par an|/ ?an|an(?:nee)?|durees?|delai"
    r"|periodes?|initiale?s?|fermes?|marche|contrat|accord-cadre|tacite|reconduct\w*|renouvel\w*|fois)"
)
_LINK = r"(?:d[eu]s?|d'|l[ae]s?|l'|a|au|un|une|est|et|ou|sur|pour|pendant|par|avec|sans|soit|environ|compris|entre)"
# A delay in days, which is rarely the duration of the lot: « délai d’exécution : 45 jours », « délai de livraison de 3 semaines ».
_DELAY = re.compile(
    r"\bdelais?(?:[ '][a-z]+){0,4} ?:? ?\d{1,3} ?(?:jours?|semaines?|mois|heures?|h)\b(?: (?:ouvre|ouvrable|calendaire)s?\b)?"
)
_GAP = r"[\s:,/()+-]*"
_BEFORE = re.compile(rf"(?:(?<!\w)(?:{_SAID}|{_LINK})(?!\w)[\s:]*)+$")
_AFTER = re.compile(rf"(?:{_GAP}(?:{_LINK}(?!\w)\s*)?(?<!\w){_SAID}(?!\w))+")
_REACH = 80
# After « marché », « contrat »: words that make it the thing itself (« marché de Noël », « contrat de ville »), not a contract to remove.
_A_THING = (
    r"(?:noel|travaux|maitrise|controle|opc|assurances?|forain|insertion|couvert|aux|nocturne|hebdo\w*|plein|gare|alimentaire|gourmand"
    r"|locale?|producteurs?|interet|createurs?|cession|performance|maintenance|ville|travail|professionnalisation|apprentissage|riviere"
    r"|milieux?|bassin|territo\w+|sante|aides?|engagement|quartier|municipal|artisanal|bio|subsequent)"
)
_CONTRACT = re.compile(
    r"\b(?:marches?|contrats?|accords?[- ]cadres?)\b(?: (?:publics?|annuels?|pluriannuels?|allotis?|a bons? de commandes?|(?:mono|multi)-?attributaires?)\b)*+"
    rf"(?!\s*(?:(?:de|du|des|la|le)\s+|[dl]'\s?)*{_A_THING}\b)"
)
_BOUGHT = re.compile("march|contrat|accord|occasion|devis", re.IGNORECASE)
# « Demande de devis pour la tonte », « devis tonte »: removed, as a request for an estimate.
_ESTIMATE = re.compile(
    r"\b(?:demande d[e'] ?)?(?:(?:un|des|votre|vos|le) )?devis\b(?: gratuits?)?(?! (?:quantitatif|descriptif|estimatif))"
)
# « Traiteur à l’occasion des vœux »: removed, since « occasion » alone means second-hand.
_WHEN = re.compile(r"\ba l['\s]occasion (?=d)")
# « marché » is removed only at the beginning of a clause: « étude de marché », « halles et marché » stay.
_BEGINS = re.compile(r"(?:^|[.,;:(\n-]) ?$")


def where_sizes(text: str) -> list[tuple[int, int]]:
    """Return the spans of sums of money, periods and delays in a text, in order, each widened to the words that qualify it."""
    normalised = flat(text)
    delays = (match.span() for match in _DELAY.finditer(normalised))
    spans = sorted((*where_money(text), *duration_spans(text), *delays))
    widened = []
    for start, end in spans:
        before = _BEFORE.search(normalised[max(0, start - _REACH) : start])
        after = _AFTER.match(normalised, end, end + _REACH)
        widened.append((start - len(before[0]) if before else start, after.end() if after else end))
    return widened


def without_sizes(text: str) -> str:
    """Return a text without its sums of money and periods, and the words that qualify them."""
    spans = where_sizes(text)
    return without_spans(text, spans) if spans else text


def without_contract(text: str) -> str:
    """Return a text without « marché », « contrat annuel » where they only mean the way of buying, « devis » and « à l’occasion de »."""
    if not _BOUGHT.search(text):
        return text
    normalised = flat(text)
    spans = [its.span() for its in _CONTRACT.finditer(normalised) if _BEGINS.search(normalised[: its.start()][-2:])]
    spans += [match.span() for pattern in (_WHEN, _ESTIMATE) for match in pattern.finditer(normalised)]
    return without_spans(text, spans) if spans else text
