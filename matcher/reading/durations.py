"""Extracts the duration of a contract in months from a text: « 12 mois, reconductible trois fois », « du 1er janvier 2027 au 31 décembre 2028 »; and the
spans of the text that give it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from operator import attrgetter

from matcher.cleaning.counts import COUNT, months_written, number_written
from matcher.cleaning.dates import clean_date
from matcher.cleaning.words import flat
from matcher.domain.french import unit
from matcher.domain.reading import DurationRead
from matcher.reading.notice import is_object

_COUNT_AND_UNIT = rf"(?P<count>{COUNT})(?: ?\([\w-]+\))? ?(?P<unit>mois|ans?|annees?)\b"
_UNIT = r"(?:mois|ans?|annees?)"
# « entre 2 et 4 ans », « 2 à 4 ans »: ranges, which give no single duration.
_RANGE = rf"(?:\bentre {COUNT}(?: {_UNIT})? et |\b{COUNT}(?: {_UNIT})? (?:a|ou) |\b\d{{1,2}}-(?=\d))"
# « 2+1+1 ans », « 24 + 2x12 mois »: terms before the one that has the unit.
_TERMS = r"(?P<terms>\d{1,2}(?: ?x ?\d{1,2})? ?\+ ?(?:\d{1,2} ?[x+] ?)*)"
_SPAN = re.compile(rf"(?P<range>{_RANGE})?\b{_TERMS}?{_COUNT_AND_UNIT}")
# Additions to a period: « un an et demi », « 1 an et 6 mois », « 1 an + 3 x 1 an », « 24 mois + 2x12 » (in the unit of the period).
_AND_HALF = re.compile(r"^ et demie?\b")
_AND_MONTHS = re.compile(
    rf"^,? (?:et )?(?P<count>{COUNT}) mois\b(?! (?:de |d')?(?:garantie|preavis|reconduct|renouvel))"
)
_PLUS = re.compile(
    rf"^(?: fermes?)? ?(?P<open>\()?(?:\+|puis) ?(?:(?P<times>{COUNT}) ?(?:x|\*|fois) ?)?(?P<count>{COUNT})(?: ?\([\w-]+\))?"
    rf"(?: ?(?P<unit>{_UNIT})\b|(?= ?(?:[,.](?!\d)|[;:()+]|$)))(?(open)\)?)"
)
# Months of an addition without a unit; outside them « + 2 » may count renewals.
_LEAST_ADDED, _MOST_ADDED = 6.0, 60.0
_IN_MONTHS = re.compile(r"\bduree (?:du marche )?en mois ?: ?(?P<count>\d{1,3})\b")
_IN_DAYS = re.compile(
    r"\b(?:duree|delai)(?! de validite)(?: (?:du marche|de l'accord-cadre|d'execution|ou|en jours)){1,3} ?: ?(?P<days>\d{1,4})(?: jours\b|$)"
)
_TELLING = re.compile(r"(?:\b|\d)(?:mois|ans?|ann[ée]es?|jours|20\d\d)\b|(?:iennal|quennal|isannuel)", re.IGNORECASE)
# Words shortly before a number of months or years that make it the duration of the contract (`_FIRM`: words after it).
_LASTS = re.compile(
    r"\b(?:durees?|conclus?e?|passee?s?|periodes?|delai (?:global )?d'execution|a compter d\w+|prend(?:ra)? effet|notifie\w*"
    r"|engagement)\b[^.]*$|\b(?:accord-cadre|contrat|marche)(?: \w+){0,2} (?:de |d')$|\b(?:pour|dure(?:ra)?) (?:une duree (?:ferme )?d[e'] ?)?$"
)
_CONTRACT_OF = re.compile(
    r"\b(?:marches?|contrats?|accords?-cadres?|conventions?)(?: publics?)? (?P<years>bisannuel|biennal|triennal|quadriennal|quinquennal)(?:le)?s?\b"
)
_YEARS = {"bisannuel": 2, "biennal": 2, "triennal": 3, "quadriennal": 4, "quinquennal": 5}
# In a one-line text, a period without context is the duration (« Nettoyage de bureaux, 60 mois »), as one after an amount (« 3,5 M€ HT peinture 18 mois »),
# unless words right beside it make it an age or a frequency, or its clause is that of a delay.
_AMOUNT = re.compile(r"€|\beuros?\b|\d ?k\b|\d ?h\.?t\b")
_ALONE = re.compile(rf"(?:^|[,;:(/-]|(?:{_AMOUNT.pattern})[^.;]*|\bpar an) ?$")
_USUAL_MONTHS, _MOST_ALONE = frozenset({24, 36, 48, 60}), 120
_ENDS = re.compile(r"^ ?(?:[,;.)(+-]|$)")
# People who type in haste set no comma: « Peinture 14 mois », « Nettoyage 36 mois Lille », but not « 36 mois de garantie ».
_HASTY = re.compile(r"\d+ mois ?\.?$|(?:24|36|48|60) mois (?!de |d'|mini|maxi|garanti|apres|avant|plus|moins|ou )")
_NOT_LASTING = re.compile(
    r"\bdelais?\b[^,;]*$|(?<!hors )\bgaranti\w*\b[^.;]*$|\b(?:depuis|tous les|toutes les|il y a|plus de|apres|avant|retard|recul)(?: (?:de|d'|environ))? ?$"
    r"|\b(?:bebes?|nourrissons?|jouets?|anniversaires?),? $|\b(?:ddm|dlc|dluo)(?: \w+){0,2} $|(?:\ba|[<>]) ?$"
)
# A range of years in a text about a public is its ages: « Accueil de loisirs, 3 à 5 ans ».
_PUBLIC = r"(?:enfants?|bebes?|nourrissons?|jeunes?|adolescents?|eleves?|adultes?|personnes?|mineurs?|public)"
_WITH_AGES = re.compile(rf"\b(?:{_PUBLIC}|sejours?|loisirs|creches?|maternelles?|jouets?)\b")
_FIRM = re.compile(
    rf"^(?:,? \(?(?:fermes?|renouvelables?|reconductibles?)\b|,? ?(?:\+|puis|et|plus|avec)? ?{COUNT}(?: ?\([\w-]+\))? (?:reconduction|renouvellement))"
)
_FIRST = re.compile(r"\b(?:initiale?|fermes?)\b")
_OVER = re.compile(r"\b(?:sur (?:les )?|pendant )$")
# Words before a period of something else than the contract: in its clause, an offer, a guarantee, a payment; right beside it, an age, a delay.
_NOT_CONTRACT = re.compile(
    r"\b(?:validite|valables?|maint(?:ien|en[iu])\w*|offres?|garanties?|delais? (?:\w+ )?de paiement|preavis|derniere?s?|penalit\w+"
    r"|(?:periode|duree|delai|phase)s? de preparation|conserv(?:e\w*|ation)|experience|anciennete|delai global)\b[^,;]*$"
    r"|\b(?:paiement (?:a|sous)|au bout de|dans les|(?:sous|dans) (?:un delai (?:de|d'))?|moins de|(?<!e )ages? ?:?|enseignement de|agee?s?(?: de| d'| entre)?"
    rf"|{_PUBLIC} (?:de|d'|des|a partir de|jusqu'a)(?: plus de| moins de)?) ?$"
)
_TOTAL = re.compile(
    r"\b(?:duree (?:totale|maximale|maximum)(?! de (?:la )?reconduct)|exceder|dans la limite de|au (?:plus|maximum))\b(?:[^,;]|,(?= (?:toutes|reconductions|renouvellements))|(?:(?<=confondues)|(?<=comprises)|(?<=incluses)),)*$"
)
_AGAIN = r"(?:reconduct\w*|reconduit\w*|renouvel\w*|prorog\w*)"
_TIMES = re.compile(
    rf"\b{_AGAIN}\b[^.;]{{0,30}}?\b(?P<by>{COUNT}) (?P<by_unit>mois|ans?|annees?),? (?P<by_times>{COUNT}) fois\b"
    rf"|(?:\b{_AGAIN}\b[^.;]{{0,50}}?\b(?P<times>{COUNT})(?: ?\([\w-]+\))? ?(?:fois|x\b|reconductions?|periodes?)"
    rf"|\b(?P<before>{COUNT})(?: ?\([\w-]+\))? (?:reconductions?|renouvellements?))"
    # After adjectives (« tacites », « possibles »), the duration of each: « d'un an », « annuels », « de 12 mois ».
    rf"(?:(?: (?!sans)\w+(?:e|s|el)){{0,2}}?(?: (?P<yearly>annuel(?:le)?s?)\b"
    rf"|(?:(?: ?[,(])? ?\b(?:(?:pour|par|de) |d')|(?(before) | ?,? ))(?:(?:une |des )?(?:periodes?|duree) (?:successives? )?(?:de |d')?)?"
    rf"(?P<of>{COUNT})(?: ?\([\w-]+\))? (?P<unit>{_UNIT})\b(?: chacune?\b)?))?"
)
_MAY_GO_ON = re.compile(rf"(?<!non )(?<!pas )\b{_AGAIN}\b(?!\W*:? ?non\b)")
_NOT_AGAIN = re.compile(rf"\b(?:non|pas|sans|ni|aucune)(?: \w+){{0,2}} {_AGAIN}|\b{_AGAIN} ?:? ?non\b")
_TELLS_RENEWALS = re.compile(rf"{_AGAIN}|\bfois\b|p[ée]riodes?\b", re.IGNORECASE)
# A notice may give the number of renewals and the duration of each in separate sentences.
_HOW_MANY = re.compile(
    rf"\bnombre (?:maximal |maximum |total )?(?:de )?(?:periodes? (?:de |d'))?(?:reconductions?|renouvellements?)(?: eventuelles?)?"
    rf"[^.;\d]{{0,30}}?\b(?P<count>{COUNT})(?! ?(?:mois|ans?|annees?)\b)|\b(?P<times>{COUNT})(?: ?\([\w-]+\))? fois\b"
)
_EACH_TIME = re.compile(
    rf"\b(?:chaque|periodes?)\b[^.;\d]{{0,60}}?\b(?P<count>{COUNT})(?: ?\([\w-]+\))? (?P<unit>{_UNIT})\b"
    rf"|\bfois (?:(?:pour|par|de) )?(?P<of>{COUNT})(?: ?\([\w-]+\))? (?P<of_unit>{_UNIT})\b"
)
_ALL_RENEWALS = re.compile(
    rf"\bduree (?:maximale|totale) (?:de |des )(?:la )?{_AGAIN}[^.;\d]{{0,20}}?\b(?P<count>{COUNT})(?: ?\([\w-]+\))? (?P<unit>{_UNIT})\b"
)
# Legal maximum of a framework agreement in months: where a period and its renewals exceed it together, the period may include them.
_MOST_TOGETHER = 48.0
_MONTH = r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_DAY = rf"\d{{1,2}}(?:er|\.e\.r)? (?:{_MONTH})(?: \d{{4}})?|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}"
_DATES = re.compile(
    rf"(?:\bdu )?\b(?P<first>{_DAY})\b(?: \(utc[^)]*\))?[^.;0-9]{{1,40}}?\b(?:au|et|jusqu'au|le|fin(?: de duree)? ?:) (?P<last>{_DAY})\b"
)
_YEAR = re.compile(r"\d{4}$")
_HEAD = re.compile(r"\b(?:duree|delai|periode|pour)\b(?! une)")
# Characters before a period in which its first word (`_HEAD`), or the renewal that it lasts, is looked for.
_LOOK_BACK_CHARS, _RENEWAL_LOOK_BACK_CHARS = 45, 400
_DAYS_A_MONTH = 30.44
_MOST_MONTHS = 600.0
_MOST_TYPED_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class _Period:
    """A period read in a sentence: `months`, plus `renewals` (months). `kind`: `total` if renewals are included, `weak` if it may be only a part
    of the contract, `alone` if no word around it gives its nature, else empty. `open_end`: renewals are announced without a number; `ranged`: it is the
    upper end of a range; `at`: its span in the sentence."""

    months: float
    words: str
    renewals: float = 0.0
    kind: str = ""
    open_end: bool = False
    ranged: bool = False
    at: tuple[int, int] = (0, 0)

    @property
    def whole(self) -> float:
        return self.months + self.renewals


def read_duration(texts: Sequence[str], beside: Sequence[str] = ()) -> tuple[DurationRead | None, tuple[str, ...]]:
    """Return the duration of the contract, renewals included, and doubts in French; None where sentences give none or disagree. `beside`: other
    sentences, which may give renewals that `texts` announce without a number."""
    about = tuple(sentence for sentence in beside if _TELLS_RENEWALS.search(sentence))
    return _read_duration(tuple(texts), about)


@lru_cache(maxsize=256)  # the lots of a notice repeat its duration
def _read_duration(texts: tuple[str, ...], beside: tuple[str, ...]) -> tuple[DurationRead | None, tuple[str, ...]]:
    durations = tuple(_durations(texts))
    periods = _periods(durations, texts, beside)
    months = set(map(attrgetter("months"), periods))
    totals = _distinct_periods(
        [one for one in durations if one.kind == "total" and one.months >= max(months, default=0)]
    )
    distinct = totals or periods
    if len(distinct) > 1:
        listed = " et ".join(f"« {one.words} »" for one in distinct[:3])
        return None, (f"Plusieurs durées dans le texte : {listed}. Aucune n’est comptée : donnez celle du lot.",)
    if not distinct:
        return None, ()
    duration = distinct[0]
    if duration.ranged:
        return None, (f"« {duration.words} » : combien de temps ? Aucune durée n’est comptée : donnez celle du lot.",)
    doubt = f"« {duration.words} » : combien de fois le marché peut-il être reconduit ? Compté sans : {unit(duration.months, 'mois', 1)}."
    # Quote the period with its renewals rather than an equal total (« sans que la durée totale puisse excéder quatre ans »).
    words = next((its.words for its in durations if not its.kind and its.whole == duration.whole), duration.words)
    renewals = duration.renewals
    if duration.kind == "total" and len(months) == 1:  # a total minus the only other period
        renewals = duration.months - months.pop()
    return DurationRead(duration.whole, words, renewals), (doubt,) if duration.open_end else ()


def _periods(durations: Sequence[_Period], texts: Sequence[str], beside: Sequence[str]) -> list[_Period]:
    """Return the distinct periods of the surest kind present, each with its renewals."""
    surest = next(filter(None, ([one for one in durations if one.kind == kind] for kind in ("", "weak", "alone"))), [])
    renewed = [_with_renewals_elsewhere(one, texts, beside) for one in surest]
    return _distinct_periods(_without_parts(renewed, {one.months for one in surest}))


def _distinct_periods(durations: Sequence[_Period]) -> list[_Period]:
    """Return the periods without repetitions of the same duration; the first of equals stays."""
    return list({one.whole: one for one in reversed(durations)}.values())[::-1]


def _without_parts(durations: Sequence[_Period], wholes: Set[float]) -> Sequence[_Period]:
    """Drop periods that are part of another: a first period whose renewed total is stated too, or the « période initiale d’un an » of a longer one."""
    if renewed := [one for one in durations if one.renewals]:
        parts = {one.months for one in renewed}
        whole = [one for one in renewed if one.whole in wholes]
        return whole or [one for one in durations if one.renewals or one.months not in parts]
    if len(durations) != 2:
        return durations
    longest = max(durations, key=lambda one: one.months)
    (first,) = (one for one in durations if one is not longest)
    if not _FIRST.search(flat(first.words)):
        return durations
    return [replace(longest, months=first.months, renewals=longest.months - first.months, open_end=False)]


def _with_renewals_elsewhere(duration: _Period, texts: Sequence[str], beside: Sequence[str]) -> _Period:
    """Return a period completed by the renewals that other sentences give: their number and duration, or the total."""
    if not duration.open_end:
        return duration
    normalised = {flat(sentence): sentence for sentence in (*texts, *beside)}
    about = {one: sentence for one, sentence in normalised.items() if re.search(_AGAIN, one) or " fois " in one}
    if all_of := _single_match(_ALL_RENEWALS, about):
        renewed = replace(duration, renewals=months_written(all_of["count"], all_of["unit"]), open_end=False)
        return _with_words(renewed, _written(all_of, about))
    many = _single_match(_HOW_MANY, about)
    if many and (several := _renewed_several_times(duration, many, about)):
        return several
    totals = {other.months: other for other in _durations(beside) if other.kind == "total"}
    longer = [other for other in totals.values() if other.months >= duration.months]
    if len(longer) != 1:
        return duration
    renewed = replace(duration, renewals=longer[0].months - duration.months, open_end=False)
    return _with_words(renewed, longer[0].words)


def _with_words(duration: _Period, renewals: str) -> _Period:
    """Return a period whose words include those of its `renewals`, given by another sentence."""
    return duration if renewals in duration.words else replace(duration, words=f"{duration.words}. {renewals}")


def _written(match: re.Match[str], about: Mapping[str, str]) -> str:
    """Return the words of a match as its sentence has them; `about`: sentences by their normalised text."""
    return about[match.string][slice(*match.span())]


def _single_match(pattern: re.Pattern[str], about: Iterable[str]) -> re.Match[str] | None:
    """Return the last match of a pattern in the sentences, if all matches give the same number; else None."""
    matches = [*filter(None, map(pattern.search, about))]
    return matches[-1] if len(set(map(_count_of, matches))) == 1 else None


def _count_of(match: re.Match[str]) -> int:
    return number_written(match.groupdict().get("times") or match["count"])


def _renewed_several_times(duration: _Period, times: re.Match[str], about: Mapping[str, str]) -> _Period | None:
    """Return a period renewed as many `times`, each of the duration that the sentences `about` state, else of its own; None where the result is
    implausible."""
    many, each = _count_of(times), next(filter(None, map(_EACH_TIME.search, (times.string, *about))), None)
    length = months_written(each["count"] or each["of"], each["unit"] or each["of_unit"]) if each else duration.months
    worded = _with_words(duration, _written(times, about))
    if each and each.string != times.string:
        worded = _with_words(worded, _written(each, about))
    if duration.months + many * length <= _MOST_TOGETHER or (each and many * length > duration.months):
        return replace(worded, renewals=many * length, open_end=False)
    if duration.months == (many + 1) * length:
        return replace(worded, months=length, renewals=many * length, open_end=False)
    return None


def duration_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans, in a text, of the periods that give a lot's duration and of their renewals, in order; periods in days are left out."""
    if not _TELLING.search(text):
        return []
    normalised = flat(text)
    spans = _spans(text, normalised, "", typed=is_typed(text))
    period_spans = {one.at for one in (*_between_dates(text, normalised, ""), *_in_years(text, normalised, ""), *spans)}
    return sorted(period_spans | {times.span() for times in _TIMES.finditer(normalised)}) if period_spans else []


def is_typed(text: str) -> bool:
    """Return whether a text is as short as a typed need, where sizes need no context: « Nettoyage, 60 mois, 30 000 € HT »."""
    return len(text) <= _MOST_TYPED_CHARS and is_object(text)


def _durations(texts: Sequence[str]) -> Iterator[_Period]:
    """Yield the periods of each sentence that may be the contract's. `normalised`, here and below: the sentence in lower case without accents (`flat`)."""
    typed = is_typed(" ".join(texts))
    for rank, sentence in enumerate(texts):
        if not _TELLING.search(sentence):
            continue
        normalised = flat(sentence)
        after = texts[rank + 1] if rank + 1 < len(texts) else ""
        yield from _between_dates(sentence, normalised, after)
        yield from _in_years(sentence, normalised, after)
        yield from _spans(sentence, normalised, after, typed=typed)
        for match in _IN_DAYS.finditer(normalised):
            months = round(int(match["days"]) / _DAYS_A_MONTH, 1)
            period = _Period(months, sentence[slice(*match.span())], at=match.span())
            if 0 < months <= _MOST_MONTHS:
                yield _with_renewals(period, sentence, normalised, match.end(), after)


def _spans(sentence: str, normalised: str, after: str, *, typed: bool) -> Iterator[_Period]:
    """Yield the periods of a sentence; `typed`: a short typed text, where periods without context count too."""
    read_to = 0
    for match in (*_IN_MONTHS.finditer(normalised), *_SPAN.finditer(normalised)):
        if match.start() < read_to and match.re is _SPAN:
            continue
        months, end = _with_additions(normalised, match)
        read_to = end if match.re is _SPAN else 0
        kind = _kind_of(normalised, match, months, end, typed=typed)
        if kind is None or not 0 < months <= _MOST_MONTHS:
            continue
        heads = [*_HEAD.finditer(normalised, max(0, match.start() - _LOOK_BACK_CHARS), match.start())]
        begin = heads[-1].start() if heads and kind != "alone" else match.start()
        words = " ".join(sentence[begin:end].split())
        ranged = kind != "total" and match.re is _SPAN and match["range"] is not None
        duration = _Period(months, words, kind=kind, ranged=ranged, at=(match.start(), end))
        yield duration if kind in ("total", "weak") else _with_renewals(duration, sentence, normalised, end, after)


def _kind_of(normalised: str, match: re.Match[str], months: float, end: int, *, typed: bool) -> str | None:
    """Return the kind of a period (see `_Period`); None where it is not the duration of the lot."""
    before, beyond = normalised[: match.start()], normalised[end:]
    if _NOT_CONTRACT.search(before[-60:]):
        return None
    if _TOTAL.search(before[-90:]):
        return "total"
    if _within_renewal(normalised, match):
        return None
    if match.re is _IN_MONTHS or _LASTS.search(before[-80:]) or _FIRM.match(beyond):
        return ""
    if _OVER.search(before):
        return "weak"
    return "alone" if typed and _stands_alone(match, before, beyond, months, added=end > match.end()) else None


def _stands_alone(match: re.Match[str], before: str, beyond: str, months: float, *, added: bool) -> bool:
    """Return whether a period without context is the duration of a short typed text; `added`: it has additions."""
    if months > _MOST_ALONE or _NOT_LASTING.search(before[-60:]):
        return False
    with_ages = _WITH_AGES.search(before) is not None
    if match["range"] and match["unit"] != "mois" and with_ages:
        return False
    hasty = not with_ages and _HASTY.match(f"{match['count']} {match['unit']}{beyond}") is not None
    usual = months in _USUAL_MONTHS or _ALONE.search(before) is not None
    return added or match["terms"] is not None or hasty or (usual and _ENDS.match(beyond) is not None)


def _in_years(sentence: str, normalised: str, after: str) -> Iterator[_Period]:
    for match in _CONTRACT_OF.finditer(normalised):
        period = _Period(12.0 * _YEARS[match["years"]], sentence[slice(*match.span())], at=match.span())
        yield _with_renewals(period, sentence, normalised, match.end(), after)


def _with_additions(normalised: str, match: re.Match[str]) -> tuple[float, int]:
    """Return the months of a period with its additions (« et demi », « + 3 x 1 an »), and the position after them."""
    measure = match.groupdict().get("unit") or "mois"
    months, end = months_written(match["count"], measure), match.end()
    if terms := match.groupdict().get("terms"):
        summed = f"{terms}{number_written(match['count'])}".split("+")
        months = sum(prod(map(int, term.split("x"))) for term in summed) * months_written("1", measure)
    if measure != "mois" and (some := _AND_HALF.match(normalised[end:]) or _AND_MONTHS.match(normalised[end:])):
        months, end = months + (number_written(some["count"]) if some.re is _AND_MONTHS else 6), end + some.end()
    while more := _PLUS.match(normalised[end:]):
        added = months_written(more["count"], more["unit"] or measure)
        if not (more["unit"] or _LEAST_ADDED <= added <= _MOST_ADDED):
            break
        months, end = months + number_written(more["times"] or "1") * added, end + more.end()
    return months, end


def _within_renewal(normalised: str, match: re.Match[str]) -> bool:
    """Return whether a period is that of a renewal: « reconductible 1 fois pour 24 mois »."""
    return re.search(_AGAIN, normalised[max(0, match.start() - _RENEWAL_LOOK_BACK_CHARS) : match.start()]) is not None


def _with_renewals(first: _Period, sentence: str, normalised: str, end: int, after: str) -> _Period:
    """Return a period with the renewals given by the rest of its sentence, or by the next one (`after`)."""
    for text, start, written in ((normalised, end, sentence), (flat(after), 0, after)):
        rest = text[start:]
        if _NOT_AGAIN.search(rest):
            return first
        times = _TIMES.search(rest)
        if times:
            many = number_written(times["times"] or times["by_times"] or times["before"])
            of, measure = (times["of"], times["unit"]) if times["of"] else (times["by"], times["by_unit"])
            more = months_written(of, measure) if of else 12.0 if times["yearly"] else first.months
            renewal = " ".join(written[start : start + times.end()].split())
            link = "" if renewal.startswith(",") else " " if start else ". "
            return replace(first, renewals=many * more, words=f"{first.words}{link}{renewal}")
        if _MAY_GO_ON.search(rest):
            return replace(first, open_end=not _TOTAL.search(rest))
    return first


def _between_dates(sentence: str, normalised: str, after: str) -> Iterator[_Period]:
    for match in _DATES.finditer(normalised):
        before = normalised[max(0, match.start() - 60) : match.start()]
        if _NOT_CONTRACT.search(before) or _within_renewal(normalised, match):
            continue
        year = _YEAR.search(match["last"])
        if year is None:
            continue
        first = match["first"] if _YEAR.search(match["first"]) else f"{match['first']} {year[0]}"
        begin, end = (clean_date(day.replace(".e.r", "er")).value for day in (first, match["last"]))
        if begin is None or end is None or begin >= end:
            continue
        months = ((end - begin).days + 1) / _DAYS_A_MONTH  # first and last days included
        is_whole = abs(months - round(months)) < 0.1 and months > 0.9
        months = float(round(months)) if is_whole else round(months, 1)
        period = _Period(months, sentence[match.start() : match.end()], at=match.span())
        yield _with_renewals(period, sentence, normalised, match.end(), after)
