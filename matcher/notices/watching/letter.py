"""A watch's message: plain text of 44 columns, one link a lot, the stop at its foot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import wrap

from matcher.domain.french import count, typeset
from matcher.mail.outbox import LINK
from matcher.mail.rights import rights
from matcher.notices.watching.lot_words import LotWords
from matcher.notices.watching.news import NewsKind
from matcher.notices.watching.watches import Pace
from matcher.settings import Controller

WIDTH = 44
# Lots that a message tells in full; the page has the others.
MOST_TOLD = 8
_ORIGIN = "la veille que {} a ouverte pour vous"
_GROUND = "intérêt légitime, faire connaître les marchés ouverts (article 6.1.f du RGPD)"
_PACES = {
    Pace.DAILY: "Un message par jour au plus, rien s’il n’y a rien.",
    Pace.WEEKLY: "Un message par semaine au plus, rien s’il n’y a rien.",
}


@dataclass(frozen=True, slots=True)
class LotTold:
    """A lot as a message tells it: why it does, its words, and whether it may not be of its reader's trade."""

    kind: NewsKind
    words: LotWords
    unsure: bool = False


def subject(title: str, told: Sequence[LotTold]) -> str:
    """Return the subject of a message: how many lots, for whom, and the first deadline."""
    fresh = sum(one.kind is NewsKind.NEW for one in told)
    what = count(fresh, "lot") if fresh else f"du nouveau sur {count(len(told), 'lot')}"
    due = [one.words for one in told if one.words.deadline and one.kind is not NewsKind.CANCELLED]
    first = min(due, key=lambda words: words.deadline or datetime.max.replace(tzinfo=UTC), default=None)
    return typeset(" ".join(f"{what} pour {title}{f', à rendre dès le {first.margin}' if first else ''}".split()))


def letter(title: str, told: Sequence[LotTold], by: Controller, *, who: str, pace: Pace, months: int) -> str:
    """Return the text of a message. An address longer than a line stands alone on its own."""
    more = len(told) - MOST_TOLD
    unsure = sum(one.unsure for one in told)
    asked = f" Métier à confirmer pour {count(unsure, 'lot')} : est-ce bien le vôtre ?" if unsure else ""
    law = rights(by, origin=_ORIGIN.format(who), ground=_GROUND, kept=f"{months} mois")
    parts = [
        ["Bonjour,"],
        _wrapped(f"{count(len(told), 'lot')} pour {title}.{asked}"),
        *(list(_lot(one)) for one in told[:MOST_TOLD]),
        [*_wrapped(f"Et {count(more, 'autre')}, sur votre page :"), LINK] if more > 0 else [],
        [*_wrapped("Tous vos lots, ce qui a été écarté, l’agenda :"), LINK],
        _wrapped(_PACES[pace]),
        ["Ne plus recevoir ces messages :", f"{LINK}#retirer"],
        ["-- ", *(line for said in law for line in _wrapped(said))],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _lot(one: LotTold) -> Iterator[str]:
    words = one.words
    until = f"À RENDRE LE {words.until}, {words.left}" if words.until else words.left.upper()
    if one.kind is NewsKind.CANCELLED:
        until = "ANNULÉ : ne répondez plus à ce lot."
    elif one.kind is not NewsKind.NEW:
        until = f"{one.kind.value.upper()}. {until}"
    yield from _wrapped(until)
    yield from _wrapped(words.title)
    for said in (", ".join(words.facts), *_reasons(one)):
        yield from _wrapped(said, "  ")
    yield f"  {LINK}/lots/{words.id}"


def _reasons(one: LotTold) -> Iterator[str]:
    if one.kind is NewsKind.CANCELLED:
        return
    words = one.words
    for label, said in (
        ("Pourquoi", words.suits),
        ("Contre", words.against),
        ("Manque", (*words.missing, *words.lacks)),
    ):
        if said:
            yield f"{label} : {' '.join(said)}"
    if words.partners:
        yield f"Avec qui : {' '.join(map(str, words.partners))}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    """Lines of at most `WIDTH` signs; a word that is longer is not cut. No-break spaces hold, and count for one."""
    return wrap(
        typeset(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
