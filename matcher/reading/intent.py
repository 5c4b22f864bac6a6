"""Reads in a lot's words the kinds of supplier (EA, ESAT, EI…), the lever (reservation or social clause) and the seconded staff that it asks for.

Uses the regular expressions of the table `expressions.csv`; negated sentences do not count.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import fold
from matcher.domain.kinds import Family, SupplierKind
from matcher.reading.notice import sentences
from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class Intent:
    """Kinds of supplier named in a text; the first lever that it hints at, and the first mode; empty where none.

    A lever (« levier ») is the legal means to reach inclusive suppliers: an article that reserves the lot, or a clause. A mode is a way to meet
    the need whatever its trade: `conseil.mise-a-disposition` asks for seconded staff. `rest` is the folded text without the words of a lever:
    « marché d’insertion ayant pour support le nettoyage » leaves cleaning. Explicit reservations are read by `reservation`.
    """

    kinds: tuple[SupplierKind, ...]
    levier: str
    mode: str
    rest: str


EITHER, CLAUSE, INSERTION_CONTRACT = "14", "clause", "miqp"
# Lever of an insertion contract that is reserved too.
_INSERTION_RESERVED = "13"
_NARROWER = {frozenset({Family.STPA}): "12", frozenset({Family.SIAE}): "13"}
_ARTICLE = re.compile(r"2113|article 36")
_ARTICLES = re.compile(r"\b(?:l\.? ?2113-?|2113-)(1[2345](?:-1)?)\b")
_RESERVED = re.compile(
    r"\b(?:marches?|lots?|accords?-cadres?|consultations?|contrats?)(?: n\W{0,3}\d+)?(?: (?:est|sont|sera|seront))? reserve(?:e|s|es)?\b"
)
_RESERVING = re.compile(r"\breserv(?:e|es|ee|ees|ation)\b")
# Words of a reservation other than kinds and articles, to remove before the trade is read.
_ITS_WORDS = re.compile(
    r"\b(?:(?:lots?|marches?|prestations|travaux) )?(?:(?:est|sont) )?reserv(?:e|es|ee|ees|ation)\b(?: (?:a|au|aux|en|pour|des)\b)*|\bstructures? equivalentes?\b"
)
_ITS_ARTICLE = re.compile(
    r"\b(?:(?:au titre|en application) (?:de|des) ?)?(?:l.)?articles? (?=(?:l\.? ?)?21|36)|\bdu code de la commande publique\b"
)
_DENIED = re.compile(
    r"\b(?:(?:pas|non|ni|jamais|plus)(?:[ '-]+\w+){0,3}?|aucune?s?(?:[ '-]+\w+){0,8}?|sans(?:[ '-]+\w+){0,6}?)[ '-]+"
    r"(?:reserv(?:e|es|ee|ees|er|ation)|clauses? (?:sociales?|d.insertion))\b[^.;,\n]{0,80}"
    r"|\b(?:reserv(?:e|es|ee|ees|ation)|clauses? (?:sociales?|d.insertion))\b[^.;\n]{0,250}: ?non\b"
    r"|\breserv(?:e|es|ee|ees)(?: \w+){0,3}? ou (?:non|pas)\b"
)
_DENIES = re.compile(r"\b(?:pas|non|ni|jamais|plus|aucune?s?|sans|reserver)\b")
# Services whose object may be clauses: facilitating them, advice, training or a study on them is a trade, and asks for no clause.
_ADVICE = r"(?:facilit\w+|amo|assistance|conseils?|formations?|etudes?|audits?|diagnostics?|evaluations?|accompagnements?|ingenierie|expertises?|animations?)"
_LINKS = r"(?:a|aux?|en|sur|pour|de|d|des|du|l|la|le|les|et|maitrise|ouvrage|mise|oe?uvre|place|suivi|gestion|pilotage|redaction|developpement|dispositifs?|politiques?)"
TRADE_OF_CLAUSES = re.compile(
    rf"\b{_ADVICE}(?:[ '-]+(?:{_LINKS}|{_ADVICE})\b)*[ '-]+"
    r"(?:clauses? (?:sociales?|d.insertion)(?: d.insertion)?|(?<=sur l.)insertion par l.activite economique)"
)
# Ways to fulfil the hours of a clause; such sentences name kinds and staff that the lot does not ask for.
_WAYS = re.compile(r"\bembauches? directes?\b|\b(?:co|sous)[- ]?traitance\b")
_AFTER = 80


@dataclass(frozen=True, slots=True)
class _Found:
    """The lines of the table that match a text, in the table's order."""

    lines: tuple[tuple[re.Pattern[str], str, str], ...]

    def codes(self, meaning: str) -> list[str]:
        return [code for _, means, code in self.lines if means == meaning]

    def first(self, meaning: str) -> str:
        return next(iter(self.codes(meaning)), "")


@lru_cache(maxsize=1)
def _expressions() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((re.compile(row["motif"]), row["sens"], row["code"]) for row in rows("expressions"))


@lru_cache(maxsize=16)
def read_intent(text: str) -> Intent:
    """Return what a text asks for; earlier lines of the table win, so that it is ordered from precise to vague. Negated parts are ignored."""
    folded = [fold(sentence) for sentence in sentences(text)]
    # Remove negated parts, and the trade of facilitating clauses.
    affirmed = [TRADE_OF_CLAUSES.sub(" ", _DENIED.sub(" ", one)) if _may_deny(one) else one for one in folded]
    words = "\n".join(affirmed)
    whole_intent = _find_expressions(words)
    requesting = [one for one in affirmed if not ("insertion" in one and _WAYS.search(one))]
    mention = whole_intent if len(requesting) == len(affirmed) else _find_expressions("\n".join(requesting))
    hint = _lever(whole_intent, words)
    denied = hint != CLAUSE and any(
        left != one and "reserv" in one and "variante" not in one for left, one in zip(affirmed, folded, strict=True)
    )
    return Intent(_kinds(mention), "" if denied else hint, mention.first("mode"), _rest(whole_intent, words, folded))


def _may_deny(words: str) -> bool:
    return any(part in words for part in ("reserv", "clause", "sur l"))


def _find_expressions(words: str) -> _Found:
    reserving = [at.end() for at in _RESERVING.finditer(words)]
    return _Found(
        tuple(
            line
            for line in _expressions()
            if (
                any(line[0].search(words, at, at + _AFTER) for at in reserving)
                if line[1] == "sigle"
                else line[0].search(words)
            )
        )
    )


def _kinds(mention: _Found) -> tuple[SupplierKind, ...]:
    named = {*mention.codes("genre"), *mention.codes("sigle")}
    return tuple(kind for kind in SupplierKind if kind in named)


def _lever(mention: _Found, words: str) -> str:
    """Return the first lever found; « lot réservé » without an article gives either one, or that of the kinds named."""
    is_reserved = _RESERVED.search(words) is not None
    levier = mention.first("levier") or (EITHER if is_reserved else "")
    if levier == INSERTION_CONTRACT and is_reserved:
        return _INSERTION_RESERVED
    if levier == EITHER and not _ARTICLE.search(words):
        return _NARROWER.get(frozenset(kind.family for kind in _kinds(mention)), levier)
    return levier


def buys_insertion(text: str) -> bool:
    """Return whether a text buys insertion itself (a MIQP), reserved or not."""
    return INSERTION_CONTRACT in _find_expressions(fold(text)).codes("levier")


def lever_named(words: str) -> str:
    """Return the lever that folded words name, by its article, else by the kinds it is reserved to; empty where none."""
    if articles := set(_ARTICLES.findall(words)):
        return EITHER if EITHER in articles or {"12", "13"} <= articles else min(articles, key=words.index)
    mention = _find_expressions(words)
    families = {kind.family for kind in _kinds(mention)} & set().union(*_NARROWER)
    codes = (code for code in mention.codes("levier") if code != CLAUSE)
    named = [_INSERTION_RESERVED if code == INSERTION_CONTRACT else code for code in codes]
    named += [_NARROWER[frozenset({family})] for family in sorted(families)]
    if EITHER in named or {"12", "13"} <= set(named):
        return EITHER
    return next(iter(named), "")


def _rest(mention: _Found, words: str, folded: Iterable[str]) -> str:
    """Return the folded sentences without the words of levers and negations and, in a reserved lot, of its kinds and reservation; `words`:
    the sentences without negated parts."""
    named = mention.codes("genre") or mention.codes("sigle")
    # « Réservation d’hébergements » is a trade: the word alone does not reserve a lot.
    reserved = _RESERVED.search(words) is not None or bool(named and _RESERVING.search(words))
    # Words of a negated part may name a trade: « non réservés de peinture » is about painting.
    of_levers = [line[0] for line in _expressions() if line[1] != "mode"]
    rest = "\n".join(
        _DENIED.sub(lambda denial: _without(_DENIES.sub(" ", denial[0]), of_levers), sentence)
        if _may_deny(sentence)
        else sentence
        for sentence in folded
    )
    named_by = ("levier", "genre", "sigle") if reserved else ("levier",)
    patterns = [line[0] for line in mention.lines if line[1] in named_by]
    return _without(rest, patterns) if reserved or mention.codes("levier") else rest


def _without(words: str, patterns: Iterable[re.Pattern[str]]) -> str:
    """Return folded words without these expressions and the words of a reservation around them."""
    for pattern in (_ITS_ARTICLE, *patterns, _ITS_WORDS):
        words = pattern.sub(" ", words)
    return words
