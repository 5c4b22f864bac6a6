"""Extracts the size of a lot (a buyer's need) from its text: amount before tax and duration, each with the words that state it.

Nothing is guessed: two amounts or durations that disagree give none, and a doubt. Figures entered by a person win over the text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.cleaning.amounts import bare_in_prose, in_prose, read_amount, with_tax
from matcher.cleaning.words import flat
from matcher.domain.french import unit
from matcher.domain.reading import AmountBasis, AmountRead, DurationRead
from matcher.reading.durations import is_typed, read_duration
from matcher.reading.notice import Notice

_MONEY_SIGN = re.compile(
    r"€|(?:\b|\d)[km]?eur(?:os?)?\b|\d{3}e\b|\b(?:budget|enveloppe|montant)\b|\d ?(?:k\b|h\.?t\b|hors tax|ttc\b)",
    re.IGNORECASE,
)
# Words after which a number without a unit is money.
_MONEY_BEFORE = re.compile(
    r"\b(?:budget|enveloppe|montant)(?:[ :=~]+(?:totale?|globale?|annuel(?:le)?|max\w*|mini\w*|estime\w*|prevue?|previsionnel(?:le)?|disponible"
    r"|est|de|d'environ|environ|ht|autour|l'ordre|a peu pres))*[ :=~]+$"
)
# « max 90k », « 25 000 HT »: money too; « 3 m » may be metres.
_BOUND_BEFORE, _THOUSANDS = (
    re.compile(r"\b(?:max\w*|mini\w*|jusqu'a|plafon\w*) ?:? ?(?:a |de )?$"),
    re.compile(r"\d\d ?k$"),
)
_TAX_AFTER = re.compile(r" ?(?:h\.?t\b|hors tax|ttc\b)")
# Characters examined before and after an amount.
_BEFORE, _NEAR, _AFTER = 100, 40, 60
_STOP = re.compile(r"[;:()]|(?<![tT])\.(?:\s|$)|\.$| (?:et|pour|avec|soit) |, ")
_TOLD = re.compile(
    r"\b(?:estime\w*|estimation|montants?|budget\w*|valeur|max(?:i|im\w+)?|minim\w+|enveloppe|plafon\w+|cout|prix global"
    r"|dispos(?:e|ons|ez)|depenser)\b"
)
# After an amount in a short typed text, words that make it the lot's: « 3 000 € HT », « 30 000 euros par an », « 120 k€ sur 4 ans ».
_PLAINLY = re.compile(
    r"^,? ?(?:h\.?t\b|hors taxes?|ttc|(?:par|/|l') ?(?:an|annee|mois|trimestre|semestre)\b|annuels?\b|(?:sur|pour) (?:\d+|[a-z]+) (?:ans?|annees?|mois)\b)"
)
# Before an amount, words that make it the price of one thing instead: « un véhicule à 30 000 € », « un chèque de 5 000 € ».
_PRICE = re.compile(
    r"(?<!jusqu')(?<!limite )(?<!limitee )(?<!fixe )\ba ?$"
    r"|(?<!marche )(?<!contrat )(?<!commande )(?<!prestation )(?<!autour )(?<!l'ordre )(?<!pres )(?<!plus )(?<!moins )\bde ?$"
)
_OF_SOMEONE = re.compile(
    r"\b(?:loyers?|salaires?|traitements?|redevances?|recettes?|emprunts?|cotisations?|revenus?|ressources|dettes?|dotations?|remuneration|masse)\b"
    r"|\b(?:superieure?s? a|inferieure?s? a|(?<!pas )plus de) ?$"
)
_OTHER = re.compile(
    r"\b(?:penalit\w+|chiffres? d.affaires?|capital|caution\w*|garantie|avance|acompte|primes?|unitaire|indemnit\w+|amende"
    r"|franchise|seuil|subvention|frais)\b"
    r"|\bca (?:(?:de|:|h\.?t\.?|annuel|moyen|minim\w+|superieur a) ?)*$"
)
# An insured sum, unless the text is a typed need, whose object may be insurance: « assurance : 120 k€/an ».
_INSURED = re.compile(r"\bassur\w+\b")
# After an amount, words that make it the price of one thing: « par agent », « le stand, ».
_EACH = re.compile(
    r"\W*(?:h\.?t\.?|ttc)?\W*(?:par|/) ?(?!an\b|annee|mois\b|trimestre|semestre|exercice|periode|lot\b)\w"
    r"|\W*(?:h\.?t\.?)?\W*(?:l'unite|piece|l'heure|chacune?s?|l[ea] (?:m2|m3|metre|kilo|tonne|repas|piece|nuit|journee))\b"
    r"| ?(?:h\.?t\.?|ttc)? l(?:[ea] |')(?!an\b|annee|mois\b|trimestre|semestre|exercice|periode|lot\b|ensemble|tout\b|totalite|marche\b|contrat\b)"
    r"[a-z]{3,}(?= ?(?:[,.;:)]|$))"
)
_YEARLY_AFTER = re.compile(
    r"^.{0,16}?(?:\b(?:par|chaque|l')\W?(?:an|annee|exercice)\b|/ ?an\b|\bannuels?\b|\bpour l'annee\b)"
)
_SHORTER = re.compile(
    r"^.{0,16}?(?:(?:\b(?:par|chaque) |/ ?)(?P<unit>mois|trimestre|semestre)\b|\b(?P<each>mensuel|trimestriel|semestriel))"
)
_TIMES_A_YEAR = {"mois": 12, "mensuel": 12, "trimestre": 4, "trimestriel": 4, "semestre": 2, "semestriel": 2}
_YEARLY_BEFORE = re.compile(r"\b(?:annuel(?:le)?s?|par an|chaque annee)\b(?!.*\b(?:total\w*|globale?|maxim\w+)\b)")
_WHOLE = re.compile(
    r"\b(?:totale?|globale?|(?:sur|pour) (?:toute )?la duree|sur (?:les )?[\w-]+ ans|sur \d+ mois|toutes (?:periodes|reconductions)"
    r"|reconductions? (?:comprises?|incluses?))\b"
)
_BEFORE_TAX = re.compile(r"\bh\.? ?t\b|\bhors (?:taxes?|tva)\b")
_BOUND = re.compile(
    r"\b(?:minim\w+|max(?:i|im\w+)?\b|plafon\w+|au plus|(?:pas plus|moins) de|jusqu'a|(?:depass|exced)\w+)\b"
)
# Bounds that state the maximum of a contract; the others of `_BOUND` may be those of a rule (« de moins de 90 000 € HT »).
_MAXIMUM = ("max", "plafon")
# Between two amounts, what ends the words on the first.
_APART = re.compile(r"[;,]| et |\. | - ")
_LEAST, _MOST = 500.0, 1e9
# Relative tolerance for equal amounts, and for a yearly amount times the duration.
_SAME = 0.01


@dataclass(frozen=True, slots=True)
class Sizes:
    """Size of a lot as stated by the text, None where unusable, with French doubts on each; `maximum`: the only maximum that it states, beside the estimate
    that `amount` may be."""

    amount: AmountRead | None = None
    duration: DurationRead | None = None
    about_amount: tuple[str, ...] = ()
    about_duration: tuple[str, ...] = ()
    maximum: AmountRead | None = None


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount read in a sentence. `kind`: `minimum`, `maximum`, `between` (middle of a range), `taxed` (tax included), `beyond` (implausible for
    a contract), else empty; `ceiling`: called a maximum; `yearly`: for a year; `whole`: for the whole duration; `plain`: no word states that it is the
    lot's."""

    euros: float
    yearly: bool
    whole: bool
    kind: str
    ceiling: bool
    words: str
    plain: bool
    low: float
    high: float
    before_tax: bool


def read_sizes(notice: Notice, *, amount: float | None = None, months: float | None = None) -> Sizes:
    """Read the amount and the duration of a notice, except those already known (`amount` in euros, `months`), and the maximum: from the fields of its
    form, else from its lots together, else from its sentences."""
    of_lots = [read_sizes(lot.told, months=months) for lot in notice.lots]
    duration, about_duration = (None, ()) if months else _duration(notice, of_lots)
    lasting = months or (duration.months if duration else None)
    amount_read, about_amount = (None, ()) if amount else _amount_told(notice, of_lots, lasting)
    maximum = _only_maximum(_amounts(notice.figures), lasting)
    if maximum is None and any(sizes.maximum for sizes in of_lots):
        maximum = _sum([Sizes(sizes.maximum) for sizes in of_lots])
    elif maximum is None:
        maximum = _only_maximum(_amounts(notice.said), lasting)
    return Sizes(amount_read, duration, about_amount, about_duration, maximum)


def _only_maximum(amounts: Iterable[_Amount], months: float | None) -> AmountRead | None:
    """Return the maximum that the amounts agree on, else the only one for the whole duration; None where several remain."""
    distinct = _without_repeats((one for one in amounts if one.ceiling and one.kind == "maximum"), months)
    distinct = distinct if len(distinct) < 2 else [one for one in distinct if one.whole]
    return _read(distinct[0], distinct) if len(distinct) == 1 else None


def _amount_told(
    notice: Notice, of_lots: Sequence[Sizes], lasting: float | None
) -> tuple[AmountRead | None, tuple[str, ...]]:
    """Return the amount of the fields, else the sum of all lots, else that of the sentences; and French doubts."""
    figures = []
    for figure in _amounts(notice.figures):
        # a range gives the minimum and maximum of a framework agreement: its middle is meaningless
        kind, euros = ("maximum", figure.high) if figure.kind == "between" else (figure.kind, figure.euros)
        figures.append(replace(figure, kind=kind, euros=euros, whole=True))
    amount_read, about = _one_amount(figures, lasting)
    if amount_read or about:
        return amount_read, about
    amounts = tuple(_amounts(notice.said))
    # outside a form, one amount more than there are lots may be their total
    if (notice.form or len(amounts) == len(of_lots)) and (together := _sum(of_lots)):
        return together, () if notice.form else tuple(asks for sizes in of_lots for asks in sizes.about_amount)
    amount_read, about = _one_amount(amounts, lasting)
    return amount_read, about or (() if amount_read else _about_beyond(figures if notice.form else amounts))


def _duration(notice: Notice, of_lots: Sequence[Sizes]) -> tuple[DurationRead | None, tuple[str, ...]]:
    """Return the duration of the fields, else that common to all lots, else that of the sentences; and French doubts."""
    duration_read, doubts = read_duration(notice.lasting, notice.said)
    if duration_read or doubts:
        return duration_read, doubts
    telling = [sizes for sizes in of_lots if sizes.duration or sizes.about_duration]
    if len({sizes.duration.months if sizes.duration else None for sizes in telling}) == 1:
        return telling[0].duration, telling[0].about_duration
    if telling:
        return None, ("Les lots n’ont pas tous la même durée : aucune n’est comptée pour l’ensemble.",)
    return read_duration(notice.said)


def _sum(of_lots: Sequence[Sizes]) -> AmountRead | None:
    """Return the sum of the lots' amounts; None unless each has one, on the same basis."""
    amounts = [sizes.amount for sizes in of_lots]
    amount_reads = [amount for amount in amounts if amount is not None]
    if (
        not amount_reads
        or len(amount_reads) < len(amounts)
        or len({(amount.yearly, amount.basis) for amount in amount_reads}) > 1
    ):
        return None
    euros = sum(amount.euros for amount in amount_reads)
    return replace(
        amount_reads[0],
        euros=euros,
        words=f"somme de {len(amount_reads)} lots",
        low=None,
        high=euros if amount_reads[0].basis is AmountBasis.MAXIMUM else None,
        before_tax=all(amount.before_tax for amount in amount_reads),
    )


def where_money(text: str) -> list[tuple[int, int]]:
    """Return the spans of sums of money in a text, in order."""
    return [match.span() for match in _sums(flat(text))] if _MONEY_SIGN.search(text) else []


def _sums(normalised: str) -> list[re.Match[str]]:
    """Return the sums of money in a text, in order: with a unit, after a word such as « budget », before « HT », or thousands (« 90k ») after « max »."""
    matches = list(in_prose().finditer(normalised))
    bare = (
        its
        for its in bare_in_prose().finditer(normalised)
        if _MONEY_BEFORE.search(normalised, 0, its.start())
        or _TAX_AFTER.match(normalised, its.end())
        or (_THOUSANDS.search(its[0]) and _BOUND_BEFORE.search(normalised, 0, its.start()))
    )
    alone = [at for at in bare if not any(at.start() < its.end() and its.start() < at.end() for its in matches)]
    return sorted((*matches, *alone), key=re.Match.start)


def _amounts(texts: Sequence[str]) -> Iterator[_Amount]:
    typed = is_typed(" ".join(texts))
    for sentence in texts:
        if not _MONEY_SIGN.search(sentence):
            continue
        normalised, at = flat(sentence), 0
        sums = _sums(normalised)
        for match, following in zip(sums, [*sums[1:], None], strict=False):
            before, after = normalised[max(0, match.start() - _BEFORE) : match.start()], normalised[match.end() :]
            of_lot = typed and (_PLAINLY.match(after) or _MONEY_BEFORE.search(before))
            insured = _INSURED.search(before) and not of_lot
            amount = None if insured else _amount(sentence, normalised, match, at, following)
            if amount is not None and (not amount.plain or (typed and amount.kind != "beyond")):
                yield amount
            at = match.end()


def _amount(
    sentence: str, normalised: str, match: re.Match[str], at: int, following: re.Match[str] | None
) -> _Amount | None:
    """Return one amount of a sentence, None where it is not the lot's; `at`: end of the previous amount; `following`: the next one, None for the last."""
    before = normalised[max(0, match.start() - _BEFORE) : match.start()]
    just_before = normalised[at : match.start()][-_NEAR:]
    after = normalised[match.end() :][:_AFTER]
    written = read_amount(match[0]).value or read_amount(match["last"]).value
    if written is None or written.low is None or written.high is None or _OTHER.search(before) or _EACH.match(after):
        return None
    ranged = written.low != written.high
    likely = _LEAST <= written.high <= _MOST
    is_told = ranged or _TOLD.search(f"{before} {after[:30]}")
    of_another = _OF_SOMEONE.search(just_before) or (_PRICE.search(just_before) and not _PLAINLY.match(after))
    if not is_told and (of_another or not likely):
        return None
    times, yearly = _period(just_before, after)
    between = normalised[match.end() : following.start() if following else None]
    bound = _bound_of(normalised[at : match.start()], between, first=not at, last=following is None)
    return _Amount(
        euros=(written.low + written.high) / 2 * times,
        yearly=yearly,
        whole=bool(_WHOLE.search(f"{just_before} {after}")),
        kind=_kind_of(bound, after, ranged=ranged, likely=likely),
        ceiling=bound.startswith(_MAXIMUM),
        words=_quote(sentence, normalised, match, max(at, match.start() - _NEAR)),
        plain=not is_told,
        low=written.low * times,
        high=written.high * times,
        before_tax=_BEFORE_TAX.search(f"{before[-_NEAR:]} {after[:12]}") is not None,
    )


def _period(near: str, after: str) -> tuple[int, bool]:
    """Return the factor that makes an amount yearly (12 for a monthly one, 4 for a quarterly one), and whether it is then yearly."""
    if shorter := _SHORTER.search(after):
        return _TIMES_A_YEAR[shorter["unit"] or shorter["each"]], True
    return 1, bool(_YEARLY_AFTER.search(after) or _YEARLY_BEFORE.search(near))


def _bound_of(before: str, after: str, *, first: bool, last: bool) -> str:
    """Return the word that bounds an amount (« maximum », « jusqu’à »…): the last before it, else one after it; empty for none. `before`, `after`: what
    separates it from the amounts beside it, whose words end at the first comma or « et » after them."""
    own_before = before if first else _APART.split(before, maxsplit=1)[-1]
    own_after, *of_next = _APART.split(after, maxsplit=1)
    own_after = after if last else own_after if of_next else ""
    matches = [*_BOUND.finditer(own_before[-_NEAR:])] or [*_BOUND.finditer(own_after[:30])]
    return matches[-1][0] if matches else ""


def _kind_of(bound: str, after: str, *, ranged: bool, likely: bool) -> str:
    if not likely:
        return "beyond"
    if with_tax(after[:12]):
        return "taxed"
    if ranged:
        return "between"
    return "" if not bound else "minimum" if bound.startswith("min") else "maximum"


def _one_amount(amounts: Sequence[_Amount], months: float | None) -> tuple[AmountRead | None, tuple[str, ...]]:
    """Return the only amount that the amounts agree on, and French doubts; None where several remain."""
    amounts = [one for one in amounts if one.kind != "beyond"]
    amounts = [one for one in amounts if not one.plain] or amounts
    distinct = _distinct_estimates(amounts, months)
    if len(distinct) > 1:
        listed = " et ".join(f"« {one.words} »" for one in distinct[:3])
        return None, (f"Plusieurs montants dans le texte : {listed}. Aucun n’est compté : donnez celui du lot.",)
    if not distinct:
        taxed = [one.words for one in amounts if one.kind == "taxed"]
        return None, tuple(
            f"« {words} » n’est pas hors taxes et n’est pas compté : donnez-le HT." for words in taxed[:1]
        )
    amount = distinct[0]
    question = " ; ".join(_questions_on(amount, months))
    return _read(amount, amounts), (f"« {amount.words} » : {question}.",) if question else ()


def _distinct_estimates(amounts: Sequence[_Amount], months: float | None) -> list[_Amount]:
    """Return the estimates, else the maxima, without those that agree with an earlier one."""
    estimates = [one for one in amounts if one.kind in ("", "between")]
    return _without_repeats(estimates or [one for one in amounts if one.kind == "maximum"], months)


def _without_repeats(amounts: Iterable[_Amount], months: float | None) -> list[_Amount]:
    """Return the amounts without those that agree with an earlier one."""
    distinct: list[_Amount] = []
    for amount in amounts:
        if not any(_agree(amount, other, months) for other in distinct):
            distinct.append(amount)
    return distinct


def _about_beyond(amounts: Sequence[_Amount]) -> tuple[str, ...]:
    """Return a French doubt on an amount that is implausible for a contract, if any."""
    words = next((one.words for one in amounts if one.kind == "beyond"), "")
    ends = f"{unit(_LEAST, '€')} à {unit(_MOST / 1e9, 'milliard')} d’euros"
    return (f"« {words} » n’est pas compté : un marché coûte de {ends}. Donnez le montant HT.",) if words else ()


def _read(amount: _Amount, amounts: Sequence[_Amount]) -> AmountRead:
    """Return an amount with the minimum and maximum that the text gives for the same period."""
    same_period = [other for other in amounts if other.yearly == amount.yearly]
    low = (
        amount.low
        if amount.low < amount.high
        else min((other.euros for other in same_period if other.kind == "minimum"), default=None)
    )
    high = (
        amount.high
        if amount.low < amount.high
        else max((other.euros for other in same_period if other.kind == "maximum"), default=None)
    )
    return AmountRead(
        amount.euros,
        amount.yearly,
        amount.words,
        low=low,
        high=high,
        basis=AmountBasis.MAXIMUM if amount.kind == "maximum" else AmountBasis.ESTIMATE,
        before_tax=amount.before_tax,
    )


def _questions_on(amount: _Amount, months: float | None) -> Iterator[str]:
    """Yield French questions on what is not sure of an amount, and how it is counted meanwhile."""
    if amount.kind == "between":
        yield f"combien, plutôt ? Compté au milieu, {unit(amount.euros, '€ HT')}"
    elif amount.kind == "maximum":
        yield "combien est attendu ? Ce maximum est compté faute d’estimation"
    if not amount.yearly and not amount.whole and (months is None or months > 12):
        yield "pour un an, ou pour toute la durée ? Compté pour toute la durée"


def _agree(amount: _Amount, other: _Amount, months: float | None) -> bool:
    """Return whether two amounts agree: equal, or a yearly one and that of the whole duration."""
    if amount.yearly == other.yearly:
        return abs(amount.euros - other.euros) <= _SAME * other.euros
    year, whole = (amount, other) if amount.yearly else (other, amount)
    years = whole.euros / year.euros
    if months:
        return abs(years - months / 12) <= _SAME * years
    return 1 < years <= 10 and abs(years - round(years)) <= _SAME


def _quote(sentence: str, normalised: str, match: re.Match[str], begin: int) -> str:
    """Return the words of an amount, with those that introduce it from `begin` on, and those after it up to punctuation."""
    opening = _TOLD.search(normalised, begin, match.start()) or _BOUND.search(normalised, begin, match.start())
    after = _STOP.split(sentence[match.end() : match.end() + _NEAR])[0]
    after = after if len(after) < _NEAR else after.rpartition(" ")[0]
    return f"{sentence[opening.start() if opening else match.start() : match.end()]}{after}".strip(" ,;:–-")
