"""Doubt about a lot's trade: the test of whether it is understood, and the questions to ask where it is not."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from matcher.domain.reading import ActivityGuess, DoubtKind, Reading, ReadingDoubt
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import cpv_weights
from matcher.reference.trades.terms import Hit

# Guesses under this confidence are noise; past these few, nobody reads them.
LEAST_CONFIDENCE = 0.05
MOST_GUESSES = 6
# A group is understood from this confidence on where terms of it explain half of the words that tell something, and from the higher
# one where they explain none; both are set by the tables of docs/evaluation.md.
SURE, SURE_UNEXPLAINED = 0.3, 0.6
EXPLAINED = 0.5
# From this confidence on, which a page shows as 95 %, a group is understood whatever the words: all 70 open objects read so are right.
CERTAIN = 0.945
# A weaker term explains nothing: « table » alone is no need.
TELLS = 3
# Less sure than this, a trade gives way to doubt where another one is named before it.
SURE_AFTER = 0.6
NAMED = 4
# Of a lot of several trades each is at least this likely, and together they are this sure. A trade less likely is not worth naming
# in a question: « Services » is no « télécommunications ? ».
LIKELY, SURE_TOGETHER = 0.15, 0.6
# A CPV that says less than this of the work (those of insertion) counts only where the text says nothing.
TELLING = 0.3
# A word of one or two letters tells nothing, nor does a number.
SHORTEST = 3
_NOT_UNDERSTOOD = "Nous n’avons pas compris de quel métier il s’agit. Dites-le en deux mots, ou choisissez un code CPV."


@dataclass(frozen=True, slots=True)
class Grounds:
    """Grounds of a reading: the stems of the text, the terms found among them, the CPV codes, how many trades the text lists."""

    stems: Sequence[str]
    found: Sequence[Hit]
    codes: Sequence[str] = ()
    trades: int = 1


def guesses_of(confidence: Mapping[str, float], named: Set[str] = frozenset()) -> tuple[ActivityGuess, ...]:
    """Return the activities worth showing, the likeliest first; those that are `named` are, whatever their confidence."""
    likely = sorted(confidence.items(), key=lambda item: (-item[1], item[0]))
    label = taxonomy().label
    return tuple(
        ActivityGuess(code, label(code), p, code in named)
        for rank, (code, p) in enumerate(likely)
        if code in named or (rank < MOST_GUESSES and p >= LEAST_CONFIDENCE)
    )


def worth_naming(guesses: Sequence[ActivityGuess]) -> tuple[ActivityGuess, ...]:
    """Return the guesses named or likely enough to be offered as an answer; the others only weigh."""
    return tuple(guess for guess in guesses if guess.named or guess.confidence >= LIKELY)


def shown_activities(reading: Reading) -> tuple[ActivityGuess, ...]:
    """Return the activities that pages, files and commands show as understood: those chosen, or those likely enough."""
    return reading.activities if reading.told else worth_naming(reading.activities)


def is_sure(guesses: Sequence[ActivityGuess], grounds: Grounds) -> bool:
    """Tell whether a lot is understood: the trades that it lists are likely, together; or its likeliest group is sure enough for what
    its terms explain of the text, and is not named after another one."""
    if grounds.trades > 1 and sum(guess.confidence for guess in guesses if guess.confidence >= LIKELY) >= SURE_TOGETHER:
        return True
    masses = _masses(guesses)
    group = max(masses, key=lambda code: (masses[code], code), default="")
    mass = masses.get(group, 0.0)
    if mass >= CERTAIN:
        return True
    if not group or mass < _needed(group, grounds) or _half_told(group, grounds):
        return False
    return mass >= SURE_AFTER or not _named_after_another(group, grounds.found)


def doubts_about(objet: str, guesses: Sequence[ActivityGuess], grounds: Grounds, *, sure: bool) -> list[ReadingDoubt]:
    """Return what to ask: nothing said, nothing understood, several trades, or one that is not sure."""
    if not objet.strip() and not grounds.codes:
        return [ReadingDoubt(DoubtKind.TRADE, "L’objet du lot est vide : décrivez le besoin en quelques mots.")]
    if not guesses or guesses[0].confidence < LIKELY:
        return [ReadingDoubt(DoubtKind.TRADE_UNKNOWN, _NOT_UNDERSTOOD)]
    if not sure:
        likely = [f"« {guess.label} »" for guess in worth_naming(guesses)[:3]]
        asked = f"Est-ce bien {likely[0]} ?" if len(likely) == 1 else f"Activité à confirmer : {' ou '.join(likely)} ?"
        return [ReadingDoubt(DoubtKind.TRADE_UNSURE, asked)]
    if grounds.trades > 1:
        named = ", ".join(f"« {guess.label} »" for guess in _best_of_groups(guesses)[: grounds.trades])
        says = f"Plusieurs métiers dans ce lot : {named}. Un lot par métier attirerait plus de candidats."
        return [ReadingDoubt(DoubtKind.TRADE, says)]
    return []


def contradiction(said: Sequence[ActivityGuess], codes: Iterable[str]) -> list[ReadingDoubt]:
    """Return one doubt where the text alone clearly says one group, by its guesses, and the CPV another."""
    names = taxonomy()
    coded = {names.group_of(code) for cpv in codes for code, weight in cpv_weights(cpv).items() if weight >= TELLING}
    if coded and said and said[0].confidence >= SURE and names.group_of(said[0].code) not in coded:
        meant = ", ".join(sorted(names.label(code) for code in coded))
        says = f"Le texte dit plutôt « {said[0].label} », le CPV plutôt « {meant} » : lequel des deux ?"
        return [ReadingDoubt(DoubtKind.TRADE, says)]
    return []


def _needed(group: str, grounds: Grounds) -> float:
    """The confidence from which a group is understood: the less its terms explain, the higher. A CPV that tells it explains all."""
    group_of = taxonomy().group_of
    if any(group_of(code) == group for cpv in grounds.codes for code, p in cpv_weights(cpv).items() if p >= TELLING):
        return SURE
    telling = _telling(grounds)
    its = (hit for hit in grounds.found if hit.term.weight >= TELLS and _speaks_for(hit, group))
    told = {place for hit in its for place in hit.places}
    explained = len(told & telling) / len(telling) if telling else 0.0
    return SURE_UNEXPLAINED - (SURE_UNEXPLAINED - SURE) * min(1.0, explained / EXPLAINED)


def _half_told(group: str, grounds: Grounds) -> bool:
    """Whether of two words one names this group and the other another one outright: « serveurs pour un banquet »."""
    telling = _telling(grounds)
    if len(telling) != 2 or grounds.codes:
        return False
    own = {place for hit in grounds.found if _speaks_for(hit, group) for place in hit.places}
    named = {place for hit in grounds.found if hit.term.weight >= NAMED for place in hit.places}
    return bool(named & telling - own) and bool(own & telling)


def _telling(grounds: Grounds) -> set[int]:
    """The places of the words that tell something."""
    return {place for place, stem in enumerate(grounds.stems) if stem.isalpha() and len(stem) >= SHORTEST}


def _named_after_another(group: str, found: Iterable[Hit]) -> bool:
    """Whether terms that name another group stand before the first term of this one."""
    own, other = [], []
    for hit in found:
        if _speaks_for(hit, group):
            own.append(hit.places[0])
        elif hit.term.weight >= NAMED:
            other.append(hit.places[0])
    return bool(other) and min(own, default=len(other) + max(other)) > min(other)


def _speaks_for(hit: Hit, group: str) -> bool:
    return hit.term.weight > 0 and taxonomy().group_of(hit.term.target) == group


def _masses(guesses: Sequence[ActivityGuess]) -> dict[str, float]:
    masses: dict[str, float] = {}
    for guess in guesses:
        group = taxonomy().group_of(guess.code)
        masses[group] = masses.get(group, 0.0) + guess.confidence
    return masses


def _best_of_groups(guesses: Sequence[ActivityGuess]) -> list[ActivityGuess]:
    best: dict[str, ActivityGuess] = {}
    for guess in guesses:
        best.setdefault(taxonomy().group_of(guess.code), guess)
    return list(best.values())
