"""Kinds of suppliers, levers and staff that a lot asks for in its own words, from a table of expressions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import fold
from matcher.domain.kinds import Family, SupplierKind
from matcher.reading.notice import sentences
from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class Intent:
    """Kinds named in the text, in the order of SupplierKind; the first lever and the first mode found there, or empty.

    A mode is an activity that says how the need is met whatever its trade: `conseil.mise-a-disposition` asks for staff.
    `rest` is the folded text without what names a lever: « marché d’insertion ayant pour support le nettoyage » is cleaning.
    `outright` quotes the sentence that says the lever in so many words, empty where it is only hinted at; `in_part` quotes the one
    that reserves a lot among others.
    """

    kinds: tuple[SupplierKind, ...]
    levier: str
    mode: str
    rest: str
    outright: str = ""
    in_part: str = ""


EITHER, CLAUSE = "14", "clause"
_NARROWER = {frozenset({Family.STPA}): "12", frozenset({Family.SIAE}): "13"}
_ARTICLE = re.compile(r"2113|article 36")
_ARTICLES = re.compile(r"\b(?:l\.? ?2113-?|2113-)(1[2345](?:-1)?)\b")
# Hours set aside for people are a clause, whoever reserves them.
_HOURS = re.compile(r"\bheures?\b[^.;\n]{0,40}\breserv|\breserv\w*[^.;\n]{0,30}\bheures?\b|\bl\.? ?2112-?2\b")
_SAYS_A_CLAUSE = re.compile(r"\bclauses? (?:sociales?|d.insertion)|\bl\.? ?2112-?2\b")
_RESERVED = re.compile(
    r"\b(?:marches?|lots?|accords?-cadres?|consultations?|contrats?)(?: n\W{0,3}\d+)?(?: (?:est|sont|sera|seront))? reserve(?:e|s|es)?\b"
)
_RESERVING = re.compile(r"\breserv(?:e|es|ee|ees|ation)\b")
# The words of a reservation that name neither a kind nor an article: none of them tells a trade.
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
# To help buyers with their clauses is a trade, and asks for none.
_TRADE_OF_CLAUSES = re.compile(
    r"\bfacilit(?:ateur|atrice|ation)s?(?: (?:de|des|du|la|les|dispositifs?|suivi))* ?clauses? (?:sociales?|d.insertion)(?: d.insertion)?"
)
_SUPPOSED = re.compile(r"\b(?:peu(?:t|vent)|pourr\w+|possibilites?|susceptibles?|envisag\w+)\b|\breserver\b")
_A_LOT = re.compile(r"\blots? (?:n\W{0,3}o? ?)?(\d+)\b")
# The ways to do the hours of a clause name kinds and staff that the lot does not ask for.
_WAYS = re.compile(r"\bembauches? directes?\b|\b(?:co|sous)[- ]?traitance\b")
_AFTER = 80
_LONGEST_QUOTE = 220


@dataclass(frozen=True, slots=True)
class _Found:
    """The lines of the table that a text says, in its order."""

    lines: tuple[tuple[re.Pattern[str], str, str], ...]

    def codes(self, meaning: str) -> list[str]:
        return [code for _, means, code in self.lines if means == meaning]

    def first(self, meaning: str) -> str:
        return next(iter(self.codes(meaning)), "")


@lru_cache(maxsize=1)
def _expressions() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((re.compile(row["motif"]), row["sens"], row["code"]) for row in rows("expressions"))


def read_intent(text: str) -> Intent:
    """Find what a text of any case asks for; earlier lines of the table win, so it goes from precise to vague.

    What a sentence denies is not asked for.
    """
    said = sentences(text)
    folded = [fold(sentence) for sentence in said]
    affirmed = [_affirmed(words) for words in folded]
    words = "\n".join(affirmed)
    found = _found(words)
    asking = [one for one in affirmed if not ("insertion" in one and _WAYS.search(one))]
    asked = found if len(asking) == len(affirmed) else _found("\n".join(asking))
    levier, outright, in_part = _lever(found, words), "", ""
    if levier not in ("", CLAUSE) and _denied_too(affirmed, folded, levier) and not any(map(_told_by, affirmed)):
        levier = ""
    if levier or _RESERVING.search(words):
        told = [(_told_by(one), sentence) for sentence, one in zip(said, affirmed, strict=True)]
        reserved = [both for both in told if both[0] not in ("", CLAUSE)] or [both for both in told if both[0]]
        if reserved:
            levier, quote = reserved[0][0], quoted(reserved[0][1])
            if len({code for code, _ in reserved}) > 1 or _of_a_lot(reserved[0][1], folded):
                in_part = quote
            elif not _denied_too(affirmed, folded, levier):
                outright = quote
    return Intent(_kinds(asked), levier, asked.first("mode"), _rest(found, words, folded), outright, in_part)


def _affirmed(words: str) -> str:
    """A folded sentence without what it denies, up to where it turns to something else, and without the trade of clauses."""
    return _TRADE_OF_CLAUSES.sub(" ", _DENIED.sub(" ", words)) if _may_deny(words) else words


def _may_deny(words: str) -> bool:
    return "reserv" in words or "clause" in words


def _found(words: str) -> _Found:
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


def _kinds(found: _Found) -> tuple[SupplierKind, ...]:
    named = {*found.codes("genre"), *found.codes("sigle")}
    return tuple(kind for kind in SupplierKind if kind in named)


def _lever(found: _Found, words: str) -> str:
    """The first lever found; « lot réservé » alone is under either article, or that of the family of the kinds named with it."""
    levier = found.first("levier") or (EITHER if _RESERVED.search(words) else "")
    if levier == EITHER and not _ARTICLE.search(words):
        return _NARROWER.get(frozenset(kind.family for kind in _kinds(found)), levier)
    return levier


def _told_by(words: str) -> str:
    """The lever that one sentence says outright: an article, or « réservé » with to whom; empty where it says none or may do so."""
    reserving = _RESERVING.search(words) is not None
    if not (_ARTICLES.search(words) or reserving or _SAYS_A_CLAUSE.search(words)) or _SUPPOSED.search(words):
        return ""
    if not _ARTICLES.search(words) and (not reserving or _HOURS.search(words)):
        return CLAUSE
    return lever_named(words) or (CLAUSE if _SAYS_A_CLAUSE.search(words) else "")


def lever_named(words: str) -> str:
    """Return the lever that folded words name: by its article, else by those it is for; empty where they name none."""
    if articles := set(_ARTICLES.findall(words)):
        return EITHER if EITHER in articles or {"12", "13"} <= articles else min(articles, key=words.index)
    found = _found(words)
    families = {kind.family for kind in _kinds(found)} & set().union(*_NARROWER)
    named = [code for code in found.codes("levier") if code != CLAUSE]
    named += [_NARROWER[frozenset({family})] for family in sorted(families)]
    if EITHER in named or {"12", "13"} <= set(named):
        return EITHER
    return next(iter(named), "")


def _of_a_lot(sentence: str, folded: Iterable[str]) -> bool:
    """Whether a sentence speaks of one lot where the text names several."""
    named = {number for words in folded for number in _A_LOT.findall(words)}
    return len(named) > 1 and _A_LOT.search(fold(sentence)) is not None


def _denied_too(affirmed: Sequence[str], folded: Sequence[str], levier: str) -> bool:
    """Whether the text also says that something is not reserved: what is, then, is not sure."""
    return levier != CLAUSE and any(
        one != words and "reserv" in words and "variante" not in words
        for one, words in zip(affirmed, folded, strict=True)
    )


def _rest(found: _Found, words: str, folded: Iterable[str]) -> str:
    """What is left of folded sentences, of which `words` are affirmed, once the levers and denials, their articles, and in a
    reserved lot its kinds and the words of the reservation, are taken off."""
    named = found.codes("genre") or found.codes("sigle")
    # « Réservation d’hébergements » is a trade: the word alone reserves no lot.
    reserved = _RESERVED.search(words) is not None or bool(named and _RESERVING.search(words))
    rest = "\n".join(_DENIED.sub(_undenied, one) if _may_deny(one) else one for one in folded)
    said = [line[0] for line in found.lines if line[1] == "levier" or (reserved and line[1] in ("genre", "sigle"))]
    return _without(rest, said) if reserved or found.codes("levier") else rest


def _undenied(denial: re.Match[str]) -> str:
    """The words of a denial that may tell a trade: « non réservés de peinture » is about painting."""
    return _without(_DENIES.sub(" ", denial[0]), [line[0] for line in _expressions() if line[1] != "mode"])


def _without(words: str, said: Iterable[re.Pattern[str]]) -> str:
    """Folded words without these expressions and what a reservation says around them."""
    for pattern in (_ITS_ARTICLE, *said, _ITS_WORDS):
        words = pattern.sub(" ", words)
    return words


def quoted(sentence: str) -> str:
    """Return a sentence, cut around what it reserves where it is long."""
    if len(sentence) <= _LONGEST_QUOTE:
        return sentence
    at = max(0, fold(sentence).find("reserv") - _LONGEST_QUOTE // 2)
    begin = sentence.find(" ", at) + 1 if at else 0
    end = sentence.rfind(" ", begin, begin + _LONGEST_QUOTE)
    return f"{'… ' if begin else ''}{sentence[begin:end]} …"
