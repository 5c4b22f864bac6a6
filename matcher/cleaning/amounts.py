"""Parsing of sums of money as people write them: « 180 k€ HT », « entre 1 et 2 M€ », « 2 x 15 000 € », « 15 000 € / an », « vingt mille euros ».

A text is understood whole or refused: taking the first number of « 12 €/m² » or of « 3 lots de 40 000 € » would give a wrong amount.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from matcher.cleaning import Cleaned
from matcher.cleaning.numbers import NUMBER_UNREADABLE, clean_number, is_unknown
from matcher.cleaning.words import flat

AMOUNT_RANGE = "fourchette : un seul montant est attendu"
AMOUNT_LIMIT = "limite : un seul montant est attendu"
AMOUNT_YEARLY = "montant par an : donnez-le pour toute la durée, ou la durée"
AMOUNT_TAXED = "taxe comprise : donnez-le hors taxes"
AMOUNT_FOREIGN = "une autre monnaie que l’euro : convertissez-le en euros"

# Thousands have the same separator throughout, in five groups at most; « 0.500 » is a half.
_ENGLISH = r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,2})?"
_DOTTED = r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4}(?:,[0-9]{1,2})?"
_SPACED = r"[1-9][0-9]{0,2}(?:(?: [0-9]{3}){1,4}|(?:'[0-9]{3}){1,4})(?:[.,][0-9]{1,2})?"
_PLAIN = r"[0-9]{1,15}(?:[.,][0-9]{1,20})?"
_NUMERALS = {
    "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12,
    "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "cent": 100, "mille": 1_000,
}  # fmt: skip
_NUMERAL = rf"(?:{'|'.join(_NUMERALS)})s?"
_WORDED = rf"(?<![a-z]){_NUMERAL}(?:(?: et |[ -]){_NUMERAL})*(?![a-z])"
_FIGURE = rf"(?:(?:{_ENGLISH}|{_DOTTED}|{_SPACED}|{_PLAIN})(?![0-9]|[.,][0-9])|{_WORDED})"
_SCALE = r"(?:milliards?|millions?|milliers?|milles?|mds?|m|k)(?![a-df-z])"
_EUROS = r"(?:€|euros?|eur|(?<=[kmd])e|(?<=[0-9]{3})e)(?![a-z])"
_OF = r"(?: ?d'| de(?= ))?"
_SUM = rf"{_FIGURE}(?: ?{_SCALE}{_OF})?(?: ?{_EUROS})?"
_TIMES = r"[1-9][0-9]{0,2} ?(?:[x*×]|fois) ?"
_TAXED = r"(?<![a-z])(?:ttc|t\.t\.c\.?|tva comprise|toutes taxes comprises)(?![a-z])"
_NET = r"(?<![a-z])(?:ht|h\.t\.?|hors (?:taxes?|tva))(?![a-z])"
_YEARLY = r"(?:/|\bpar\b|\bchaque\b|\bl') ?(?:an|annee)\b|\bannuel(?:le|lement)?s?\b"
# Words allowed around the figures, by what they mean.
_AROUND = re.compile(
    rf"(?P<taxed>{_TAXED})|(?P<net>{_NET})|(?P<yearly>{_YEARLY})"
    r"|(?P<least>>=?|≥|\bplus d[e'](?= ?[0-9])|\bsuperieure? a\b|\bau moins\b|\ba partir de\b|\bmini?(?:mum|mal)?\b)"
    r"|(?P<most><=?|≤|\bmoins d[e'](?= ?[0-9])|\binferieure? a\b|\bau plus\b|\bjusqu'a\b|\bmaxi?(?:mum|mal)?\b|\bplafon\w*(?: (?:a|de)\b)?)"
    r"|(?P<about>~|≈|\bau total\b|\ben tout\b|\benviron\b|\benv\b\.?|\bautour de\b|\bde l'ordre de\b|\b(?:montant|budget|enveloppe|estim|prevision|indicati|total|global)\w*"
    r"|\bsoit\b|\ba confirmer\b|\bsur (?:toute )?la duree(?: du marche)?\b)"
)
_FOR_ALL = re.compile(r"\b(?:tota|globa)\w+|\ben tout\b|\bsur (?:toute )?la duree\b")
# Other currencies, by sign, code or name.
_FOREIGN = re.compile(
    r"[$£¥]|(?<![a-z])(?:usd|gbp|chf|jpy|cad|xpf|cfp|f(?:rs?)?|francs?|dollars?|livres sterling|yens?)(?![a-z])"
)
_LASTING = re.compile(r"(?:\b(?:sur|pour|pendant) |/ ?)(?P<count>[1-9][0-9]{0,2}) (?P<unit>mois|ans?|annees?)\b")
_SCALES = {"k": 1e3, "millier": 1e3, "mille": 1e3, "m": 1e6, "million": 1e6, "md": 1e9, "milliard": 1e9}
# Ambiguous: « 1,250 M€ » may be 1.25 or 1,250 millions.
_EITHER_WAY = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
# Largest ratio of the ends of a range: « 500 - 1,5 M€ » lacks a unit.
_LARGEST_RATIO = 100.0


# The large expressions are compiled where a text speaks of money: they take a hundredth of a second.


@cache
def _parts() -> re.Pattern[str]:
    return re.compile(rf"(?P<figure>{_FIGURE})(?: ?(?P<scale>{_SCALE}){_OF})?(?: ?(?P<euros>{_EUROS}))?")


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(
        rf"(?:de )?(?P<one>{_SUM})|(?:entre (?P<least>{_SUM}) et|(?:de )?(?P<low>{_SUM}) ?(?:a(?= )|-)) ?(?P<high>{_SUM})"
        rf"|(?P<times>{_TIMES})(?P<each>{_SUM})|(?P<unit>{_SUM}) ?[x*×] ?(?P<count>[1-9][0-9]{{0,2}})"
    )


@cache
def in_prose() -> re.Pattern[str]:
    """Return the expression of a sum of money in a sentence normalised by `flat`: a whole range or product; only its last number, `last`, is
    sure to be money."""
    return re.compile(
        rf"(?<![\w,.'-])(?:(?:entre|de) {_SUM}(?: h\.?t\.?)? (?:et|a) |{_SUM}(?: a |-)|{_TIMES})?"
        rf"(?P<last>{_FIGURE}(?: ?{_SCALE}{_OF})? ?{_EUROS})"
    )


@cache
def bare_in_prose() -> re.Pattern[str]:
    """Return the expression of a number without a unit that is no year: the caller checks that the words before make it money (« budget de 20k »)."""
    return re.compile(
        rf"(?<![\w,.'-])(?:(?:entre|de) {_SUM} (?:et|a) |{_SUM}(?: a |-))?(?!(?:19|20)[0-9]{{2}}(?![0-9 ]))(?P<last>{_FIGURE}(?: ?{_SCALE})?)"
        r"(?= ?(?:$|[,;:.!?)(]|(?:h\.?t|ttc|hors|par|pour|sur|max\w*|mini\w*|annuel\w*|environ|au|en|et)\b|/ ?(?:an|mois)\b))"
    )


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """Euros from `low` to `high`: equal for a single number, None on the open side of a limit. `yearly`: per year; `for_all`: for the whole duration;
    `taxed`: tax included; `net`: before tax; `months`: the duration in the text."""

    low: float | None
    high: float | None
    yearly: bool = False
    taxed: bool = False
    months: float | None = None
    net: bool = False
    for_all: bool = False


def clean_amount(raw: str, *, unit: float = 1.0, months: float | None = None) -> Cleaned[float]:
    """Return euros where the text is one amount; « 15 000 € / an » is multiplied by the duration, `months`.

    A number without a unit is in `unit` euros. A range, a limit, or a yearly amount of unknown duration gives None and a flag that asks for what is
    missing; an amount with tax is returned, flagged.
    """
    written, flag = read_amount(raw, unit=unit)
    if written is None:
        return Cleaned(None, flag)
    if written.low is None or written.high is None:
        return Cleaned(None, AMOUNT_LIMIT)
    if written.low != written.high:
        return Cleaned(None, AMOUNT_RANGE)
    lasting = written.months or months
    if written.yearly and not lasting:
        return Cleaned(None, AMOUNT_YEARLY)
    years = lasting / 12 if written.yearly and lasting else 1.0
    return Cleaned(written.low * years, AMOUNT_TAXED if written.taxed else "")


def read_amount(raw: str, *, unit: float = 1.0) -> Cleaned[WrittenAmount]:
    """Return the amount that the whole text expresses; flagged where the text has anything else."""
    if is_unknown(raw):
        return Cleaned(None)
    text = " ".join(flat(" ; ".join(raw.splitlines())).split())
    lasting = _LASTING.search(text)
    groups = {match.lastgroup for match in _AROUND.finditer(text)}
    figures = " ".join(_AROUND.sub(" ", _LASTING.sub(" ", text)).replace("( )", " ").split()).strip(" ,.;:=")
    ends = _ends(figures, unit)
    limits = groups & {"least", "most"}
    if ends is None and foreign(text):
        return Cleaned(None, AMOUNT_FOREIGN)
    if ends is None or len(limits) > 1 or (limits and ends[0] != ends[1]):
        return Cleaned(None, NUMBER_UNREADABLE)
    months = float(lasting["count"]) * (1 if lasting["unit"] == "mois" else 12) if lasting else None
    whole = months is not None or for_all(text)
    written_amount = WrittenAmount(*ends, "yearly" in groups, "taxed" in groups, months, "net" in groups, whole)
    if limits:
        written_amount = replace(written_amount, low=None) if "most" in limits else replace(written_amount, high=None)
    return Cleaned(written_amount)


def clean_count(raw: str) -> Cleaned[float]:
    """Return the number in a text, in figures or words: « 2 », « deux pers. »."""
    cleaned = clean_number(raw)
    worded = re.search(_WORDED, flat(raw)) if cleaned.flag == NUMBER_UNREADABLE else None
    return Cleaned(_value_of_words(worded[0])) if worded else cleaned


def with_tax(text: str) -> bool:
    """Return whether an amount is written with tax: « 40 000 € TTC »."""
    return re.search(_TAXED, flat(text)) is not None


def foreign(text: str) -> bool:
    """Return whether an amount is in another currency than the euro: « 12 000 USD »."""
    return _FOREIGN.search(flat(text)) is not None


def before_tax(text: str) -> bool:
    """Return whether an amount is written before tax: « 40 000 € HT »."""
    return re.search(_NET, flat(text)) is not None


def per_year(text: str) -> bool:
    """Return whether an amount is written per year: « montant annuel »."""
    return re.search(_YEARLY, flat(text)) is not None


def for_all(text: str) -> bool:
    """Return whether an amount is written for the whole duration: « montant total »."""
    return _FOR_ALL.search(flat(text)) is not None


def _ends(figures: str, unit: float) -> tuple[float, float] | None:
    """The lower and upper ends of an amount, equal for a single number; None where the text is not an amount."""
    match = _whole().fullmatch(figures)
    if match is None:
        return None
    if high := match["high"]:
        low = match["least"] or match["low"]
        # one end may lack its unit (« 50-100 k€ », « 5 000 à 10 k€ »): the reading with the nearest ends is taken
        both = product(_values(low, unit, beside=high), _values(high, unit, beside=low))
        ordered = [(least, most) for least, most in both if 0 < least <= most <= least * _LARGEST_RATIO]
        return min(ordered, key=lambda ends: ends[1] / ends[0], default=None)
    values = _values(match["one"] or match["each"] or match["unit"], unit)
    count = re.match("[0-9]+", match["count"] or match["times"] or "1")
    return (values[0] * int(count[0]),) * 2 if values and count else None


def _values(written: str, unit: float, beside: str = "") -> list[float]:
    """The possible values of a sum in euros: one if it has a unit, else also in the unit of the sum `beside` it. Empty for an ambiguous separator."""
    parts, other = _parts().fullmatch(written), _parts().fullmatch(beside)
    if parts is None:
        return []
    if parts["scale"] or parts["euros"]:
        scales = {_scale(parts["scale"])}
    else:
        # « 10 à 15 000 € »: the thousands of the second are those of the first.
        thousands = other and not other["scale"] and _figure(parts["figure"]) < _figure(other["figure"]) / 1e3
        scales = {unit, *({_scale(other["scale"])} if other and other["scale"] else ()), *({1e3} if thousands else ())}
    if _EITHER_WAY.fullmatch(parts["figure"]) and scales != {1.0}:
        return []
    return [_figure(parts["figure"]) * scale for scale in sorted(scales)]


def _scale(written: str | None) -> float:
    return _SCALES[written if len(written) == 1 else written.rstrip("s")] if written else 1.0


def _figure(written: str) -> float:
    if written[0].isalpha():
        return _value_of_words(written)
    if re.fullmatch(_ENGLISH, written):
        return float(written.replace(",", ""))
    if re.fullmatch(_DOTTED, written):
        written = written.replace(".", "")
    return float(written.replace(" ", "").replace("'", "").replace(",", "."))


def _value_of_words(written: str) -> float:
    """The value of a number in words: « deux cent quatre-vingt mille »."""
    total = part = 0
    for word in re.findall("[a-z]+", written):
        value = _NUMERALS.get(word, _NUMERALS.get(word.rstrip("s"), 0))
        if value == 1_000:
            total, part = (total + (part or 1)) * value, 0
        elif value == 100 or (value == 20 and part % 100 == 4):
            part = (part or 1) * value
        else:
            part += value
    return float(total + part)
