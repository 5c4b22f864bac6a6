"""From words and CPV codes to activities: the lexicon, the terms learned from past contracts, and the CPV, as one sum.

Each activity gets points: from the lexicon of `termes.csv` (by hand), from the weights of `termes_appris.csv` (learned from past
contracts), from the CPV. Points become probabilities through a softmax with one more outcome, "none of these", so that weak or
contradictory evidence leaves the confidences low and a doubt is said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matcher.cleaning.words import fold, stems
from matcher.domain.french import number
from matcher.domain.reading import ActivityGuess
from matcher.reading.confidence import mean, shares
from matcher.reading.learned import Weights, learned_scores, learned_weights
from matcher.reading.notice import MOST_WORDS, is_object, is_very_long, notice
from matcher.reading.spelling import corrected
from matcher.reading.trades import trades
from matcher.reference.activities import taxonomy
from matcher.reference.cpv import cpv_weights, normalise_cpv
from matcher.reference.lexicon import Term, hits

# Words after these many tell the setting rather than the need, and so does what follows « pour » where a trade was told before it.
EARLY_WORDS = 12
LATE_SHARE = 0.7
# Beyond these, a notice tells how the need is met: its words are hints, and too many to count by the weights learned from objects.
NEED_WORDS, FAR_SHARE = 60, 0.2
TOLD = 4
_SETTING = re.compile(r"\b(pour|dans le cadre|en vue|destinee?s?|au profit|afin|lors)\b")
# A longer term is more precise: what each word after the first adds to its weight.
LONGER = 0.3
# Weights of the three sources of points, and of the outcome "none of these"; set by the figures of docs/evaluation.md.
LEXICON, LEARNED, CPV = 0.5, 1.0, 2.5
NOTHING = 1.0
# Learned weights alone, without a word of the lexicon or a CPV, are hunches: what they are worth of their confidence, under SURE.
HUNCH = 0.34
# A CPV that says less than this of the work (those of insertion) counts only where the text says nothing.
TELLING = 0.3
# Guesses under this confidence are noise; past these few, nobody reads them.
LEAST_CONFIDENCE = 0.05
MOST_GUESSES = 6
SURE = 0.35
# Less sure than this, a text is read again with its typos put right.
WELL_SPELT = 0.6
# Of a lot of several trades each is at least this likely, and together they are this sure. A trade less likely is not worth naming
# in a question: « Services » is no « télécommunications ? ».
LIKELY, SURE_TOGETHER = 0.15, 0.6

# How the doubts about the trade begin: pages and sheets that ask it another way know them by that.
TO_CONFIRM, NOT_UNDERSTOOD = "Activité à confirmer", "Nous n’avons pas compris de quel métier il s’agit"


@dataclass(frozen=True, slots=True)
class Sources:
    """What a text is read with: whether the lexicon speaks, and the learned weights (None: the shipped table). For measuring."""

    lexicon: bool = True
    learned: Weights | None = None


SHIPPED = Sources()


@dataclass(frozen=True, slots=True)
class Understood:
    """Activities by confidence; the marché's groups and sectors, all of them, likeliest first; doubts in French."""

    activities: tuple[ActivityGuess, ...]
    groups: tuple[str, ...]
    sectors: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a text says: points of the lexicon, for and against, and points of the learned weights."""

    lexicon: Mapping[str, float]
    learned: Mapping[str, float]

    @property
    def outright(self) -> bool:
        """Whether the lexicon finds an activity in it."""
        return any(score > 0 for score in self.lexicon.values())


def read_activities(
    objet: str, cpv: Sequence[str] = (), core: str | None = None, sources: Sources = SHIPPED
) -> Understood:
    """Read what a lot is about from its object and CPV codes. Never raises; what does not fit is a doubt.

    `core` is the object without what names a lever: it is read instead of the object, but where only the object says a trade.
    """
    codes, doubts = _codes(cpv)
    text, told = _need(objet, core, sources)
    parts = trades(text) if sources.lexicon else (text,)
    confidence = mean(_confidence(part, codes) for part in _each(parts, told, sources))
    if text and max(confidence.values(), default=0.0) < WELL_SPELT and is_object(text):
        confidence, slips = _respelt(text, told, confidence, codes, sources)
        doubts += slips
    guesses = _guesses(confidence)
    if is_very_long(objet):
        doubts.append(
            f"Objet très long : seuls ses {number(MOST_WORDS)} premiers mots sont lus. Gardez ce qui dit le besoin."
        )
    doubts += _doubts(objet, codes, guesses, len(parts))
    doubts += _contradiction(told, codes)
    mass = _group_mass(confidence)
    return Understood(tuple(guesses), _ranked_groups(mass), _ranked_sectors(confidence, mass), tuple(doubts))


def _respelt(
    text: str, told: _Told, confidence: dict[str, float], codes: Sequence[str], sources: Sources
) -> tuple[dict[str, float], list[str]]:
    """The confidences with slips put right, and those slips; as they were where that brings no word of the trade or clears nothing up."""
    respelt, changes = corrected(text)
    if changes and (righted := _told(respelt, sources)).lexicon != told.lexicon:
        again = _confidence(righted, codes)
        if max(again.values(), default=0.0) > max(confidence.values(), default=0.0):
            return again, [f"Lu « {near} » pour « {word} »." for word, near in changes]
    return confidence, []


def _need(objet: str, core: str | None, sources: Sources) -> tuple[str, _Told]:
    """The words that are read, and what they tell."""
    first = None
    if core is not None:
        first = core.strip(), _told(core, sources)
        if first[1].outright:
            return first
    text = notice(objet).need
    told = _told(text, sources)
    return (text, told) if first is None or told.outright else first


def _each(parts: Sequence[str], told: _Told, sources: Sources) -> list[_Told]:
    """The whole, and where it lists several trades each of them too, so that none drowns the others."""
    return [told] if len(parts) == 1 else [told, *(_told(part, sources) for part in parts)]


def is_sure(guesses: Sequence[ActivityGuess]) -> bool:
    """Whether a lot is understood: its likeliest activity is sure, or its few likely ones are, together."""
    likely = [guess.confidence for guess in guesses if guess.confidence >= LIKELY]
    return bool(guesses) and (guesses[0].confidence >= SURE or sum(likely) >= SURE_TOGETHER)


def worth_naming(guesses: Sequence[ActivityGuess]) -> tuple[ActivityGuess, ...]:
    """Return the guesses likely enough to be shown as understood, or offered as an answer; the others only weigh."""
    return tuple(guess for guess in guesses if guess.confidence >= LIKELY)


def lexical_scores(text: str) -> dict[str, float]:
    """Return the points of each activity or group that the lexicon finds in a text, positive ones only."""
    return {code: score for code, score in _lexical(stems(text), _setting(text)).items() if score > 0}


def _told(text: str, sources: Sources) -> _Told:
    text_stems = stems(text)
    weights = learned_weights() if sources.learned is None else sources.learned
    learned = learned_scores(text_stems[:NEED_WORDS], weights)
    return _Told(_lexical(text_stems, _setting(text)) if sources.lexicon else {}, learned)


def _setting(text: str) -> int:
    """Return how many stems of a text come before its setting: two in « Contrôle technique pour la construction d’une crèche »."""
    folded = fold(text)
    found = _SETTING.search(folded)
    return len(stems(folded[: found.start()])) if found else MOST_WORDS  # a text has no more


def _lexical(text_stems: Sequence[str], setting: int) -> dict[str, float]:
    scores: dict[str, float] = {}
    places = _first_places(text_stems)
    told = any(start < setting and term.weight >= TOLD for term, start in places.items())
    for term, start in places.items():
        late = start >= EARLY_WORDS or (told and start >= setting)
        share = FAR_SHARE if start >= NEED_WORDS else LATE_SHARE if late else 1.0
        scores[term.target] = scores.get(term.target, 0.0) + share * precise(term)
    return dict(sorted(scores.items()))


def precise(term: Term) -> float:
    """Return the points of a term: its weight, and more the longer it is."""
    return term.weight * (1.0 + LONGER * (len(term.words) - 1))


def _first_places(text_stems: Sequence[str]) -> dict[Term, int]:
    """Each term of a text once, with where it first stands."""
    first: dict[Term, int] = {}
    for hit in hits(text_stems):
        first.setdefault(hit.term, hit.places[0])
    return first


def _codes(cpv: Iterable[str]) -> tuple[list[str], list[str]]:
    codes, doubts = [], []
    for raw in cpv:
        code, doubt = normalise_cpv(raw)
        if code:
            codes.append(code)
        if doubt:
            doubts.append(doubt)
    return codes, doubts


def _confidence(told: _Told, codes: Sequence[str]) -> dict[str, float]:
    """Confidence of each activity and group; they and "none of these" sum to 1."""
    telling = [code for code in codes if not told.outright or max(cpv_weights(code).values(), default=0.0) >= TELLING]
    inside: dict[str, float] = {}
    between: dict[str, float] = {}
    sources: tuple[tuple[float, Mapping[str, float], bool], ...] = (
        (LEXICON, told.lexicon, True),
        # The weights learned for a leaf tell it from the other leaves of its group, not from other groups.
        (LEARNED, told.learned, False),
        *((CPV / len(telling), cpv_weights(code), True) for code in telling),
    )
    for weight, scores, whole in sources:
        for code, score in scores.items():
            inside[code] = inside.get(code, 0.0) + weight * score
            if whole or code == taxonomy().group_of(code):
                between[code] = between.get(code, 0.0) + weight * score
    worth = 1.0 if told.outright or codes else HUNCH
    return {code: worth * share for code, share in shares(between, inside, NOTHING).items()}


def _guesses(confidence: Mapping[str, float]) -> list[ActivityGuess]:
    likely = sorted(confidence.items(), key=lambda item: (-item[1], item[0]))
    label = taxonomy().label
    return [ActivityGuess(code, label(code), p) for code, p in likely[:MOST_GUESSES] if p >= LEAST_CONFIDENCE]


def _ranked_groups(mass: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(taxonomy().label(code) for code in sorted(mass, key=lambda code: (-mass[code], code)))


def _ranked_sectors(confidence: Mapping[str, float], groups: Mapping[str, float]) -> tuple[str, ...]:
    """A sector that nothing names comes after those named, by how likely its group is."""
    names = taxonomy()
    mass = {sector.slug: (0.0, groups[sector.group]) for sector in names.sectors}
    for code, p in confidence.items():
        own, group = mass[names.sector_of(code)]
        mass[names.sector_of(code)] = own + p, group
    return tuple(sorted(mass, key=lambda slug: (-mass[slug][0], -mass[slug][1], slug)))


def _group_mass(confidence: Mapping[str, float]) -> dict[str, float]:
    names = taxonomy()
    mass = dict.fromkeys((group.code for group in names.groups), 0.0)
    for code, p in confidence.items():
        mass[names.group_of(code)] += p
    return mass


def _doubts(objet: str, codes: Sequence[str], guesses: Sequence[ActivityGuess], parts: int) -> list[str]:
    """What to ask: nothing said, nothing understood, several trades, or one that is not sure."""
    if not objet.strip() and not codes:
        return ["L’objet du lot est vide : décrivez le besoin en quelques mots."]
    if not guesses or guesses[0].confidence < LIKELY:
        return [f"{NOT_UNDERSTOOD}. Dites-le en deux mots, ou choisissez un code CPV."]
    if parts > 1 and is_sure(guesses):
        named = ", ".join(f"« {guess.label} »" for guess in _best_of_groups(guesses)[:parts])
        return [f"Plusieurs métiers dans ce lot : {named}. Un lot par métier attirerait plus de candidats."]
    if not is_sure(guesses):
        likely = " ou ".join(f"« {guess.label} »" for guess in worth_naming(guesses)[:3])
        return [f"{TO_CONFIRM} : {likely} ?"]
    return []


def _best_of_groups(guesses: Sequence[ActivityGuess]) -> list[ActivityGuess]:
    best: dict[str, ActivityGuess] = {}
    for guess in guesses:
        best.setdefault(taxonomy().group_of(guess.code), guess)
    return list(best.values())


def _contradiction(told: _Told, codes: Sequence[str]) -> list[str]:
    """One doubt where the text clearly says one group and the CPV another."""
    names = taxonomy()
    coded = {names.group_of(code) for cpv in codes for code, weight in cpv_weights(cpv).items() if weight >= TELLING}
    if not coded:
        return []
    text = _guesses(_confidence(told, ()))
    if text and text[0].confidence >= SURE and names.group_of(text[0].code) not in coded:
        said = ", ".join(sorted(names.label(code) for code in coded))
        return [f"Le texte dit plutôt « {text[0].label} », le CPV plutôt « {said} » : lequel des deux ?"]
    return []
