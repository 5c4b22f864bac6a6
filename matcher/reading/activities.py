"""From words and CPV codes to activities: the lexicon, the terms learned from past contracts, and the CPV, as one sum.

Each activity gets points: from the lexicon of `termes.csv` (by hand), from the weights of `termes_appris.csv` (learned from past
contracts), from the CPV. Points become probabilities through a softmax with one more outcome, "none of these", so that weak or
contradictory evidence leaves the confidences low and a doubt is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from matcher.cleaning.words import stems
from matcher.domain.reading import ActivityGuess
from matcher.reading.learned import learned_scores
from matcher.reading.spelling import corrected
from matcher.reference.activities import taxonomy
from matcher.reference.cpv import cpv_weights, normalise_cpv
from matcher.reference.lexicon import Term, hits

# Words after these many tell the setting rather than the need.
EARLY_WORDS = 12
LATE_SHARE = 0.7
# A longer term is more precise: what each word after the first adds to its weight.
LONGER = 0.3
# Weights of the three sources of points, and of the outcome "none of these"; set by the figures of docs/evaluation.md.
LEXICON, LEARNED, CPV = 0.5, 0.75, 4.0
NONE, NOTHING = "", 1.0
# Learned weights alone, without a word of the lexicon or a CPV, are hunches: "none of these" then weighs more.
NOTHING_TOLD = 2.5
# A CPV that says less than this of the work (those of insertion) counts only where the text says nothing.
TELLING = 0.3
# What a group weighs against its own leaves, as "one of them, not said which".
UNSAID = 0.5
# Guesses under this confidence are noise; past these few, nobody reads them.
LEAST_CONFIDENCE = 0.05
MOST_GUESSES = 6
SURE = 0.35


@dataclass(frozen=True, slots=True)
class Understood:
    """Activities by confidence; the marché's groups and sectors, all of them, likeliest first; doubts in French."""

    activities: tuple[ActivityGuess, ...]
    groups: tuple[str, ...]
    sectors: tuple[str, ...]
    doubts: tuple[str, ...]


def read_activities(objet: str, cpv: Sequence[str] = ()) -> Understood:
    """Read what a lot is about from its object and CPV codes. Never raises; what does not fit is a doubt."""
    codes, doubts = _codes(cpv)
    confidence = _confidence(objet, codes)
    guesses = _guesses(confidence)
    if objet.strip() and not (guesses and guesses[0].confidence >= SURE):
        respelt, changes = corrected(objet)
        if changes:
            confidence = _confidence(respelt, codes)
            guesses = _guesses(confidence)
            doubts += [f"Lu « {near} » pour « {word} »." for word, near in changes]
    if not objet.strip() and not codes:
        doubts.append("L’objet du lot est vide : décrivez le besoin en quelques mots.")
    elif not guesses:
        doubts.append(
            "Nous n’avons pas compris de quel métier il s’agit. Dites-le en deux mots, ou choisissez un code CPV."
        )
    elif guesses[0].confidence < SURE:
        likely = " ou ".join(f"« {guess.label} »" for guess in guesses[:3])
        doubts.append(f"Activité à confirmer : {likely} ?")
    doubts += _contradiction(objet, codes)
    return Understood(tuple(guesses), _ranked_groups(confidence), _ranked_sectors(confidence), tuple(doubts))


def lexical_scores(text: str) -> dict[str, float]:
    """Return the points of each activity or group that the lexicon finds in a text, positive ones only."""
    scores: dict[str, float] = {}
    for term, start in _first_places(text).items():
        share = (1.0 if start < EARLY_WORDS else LATE_SHARE) * (1.0 + LONGER * (len(term.words) - 1))
        scores[term.target] = scores.get(term.target, 0.0) + share * term.weight
    return {code: score for code, score in sorted(scores.items()) if score > 0}


def _first_places(text: str) -> dict[Term, int]:
    """Each term of a text once, with where it first stands."""
    first: dict[Term, int] = {}
    for hit in hits(stems(text)):
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


def _confidence(objet: str, codes: Sequence[str]) -> dict[str, float]:
    """Confidence of each activity and group; they and "none of these" sum to 1."""
    told = lexical_scores(objet)
    telling = [code for code in codes if not told or max(cpv_weights(code).values(), default=0.0) >= TELLING]
    points: dict[str, float] = {}
    sources: tuple[tuple[float, Mapping[str, float]], ...] = (
        (LEXICON, told),
        (LEARNED, learned_scores(objet)),
        *((CPV / len(telling), cpv_weights(code)) for code in telling),
    )
    for weight, scores in sources:
        for code, score in scores.items():
            points[code] = points.get(code, 0.0) + weight * score
    return _shares(points, NOTHING if told or codes else NOTHING_TOLD)


def _shares(points: Mapping[str, float], nothing: float) -> dict[str, float]:
    """First the groups compete with each other and with "none", on their own points and those of their leaves; then, inside each
    group, its leaves compete with the group itself ("one of them, not said which")."""
    names = taxonomy()
    members: dict[str, dict[str, float]] = {}
    for code, value in points.items():
        members.setdefault(names.group_of(code), {})[code] = value
    groups = _softmax({group: sum(its.values()) for group, its in members.items()} | {NONE: nothing})
    confidence: dict[str, float] = {}
    for group, its in members.items():
        inside = _softmax({group: UNSAID} | {code: value for code, value in its.items() if code != group})
        confidence |= {code: groups[group] * share for code, share in inside.items()}
    return confidence


def _softmax(points: Mapping[str, float]) -> dict[str, float]:
    top = max(points.values())
    weights = {code: exp(value - top) for code, value in points.items()}
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def _guesses(confidence: Mapping[str, float]) -> list[ActivityGuess]:
    likely = sorted(confidence.items(), key=lambda item: (-item[1], item[0]))
    label = taxonomy().label
    return [ActivityGuess(code, label(code), p) for code, p in likely[:MOST_GUESSES] if p >= LEAST_CONFIDENCE]


def _ranked_groups(confidence: Mapping[str, float]) -> tuple[str, ...]:
    names = taxonomy()
    mass = dict.fromkeys((group.code for group in names.groups), 0.0)
    for code, p in confidence.items():
        mass[names.group_of(code)] += p
    return tuple(names.label(code) for code in sorted(mass, key=lambda code: (-mass[code], code)))


def _ranked_sectors(confidence: Mapping[str, float]) -> tuple[str, ...]:
    names = taxonomy()
    mass: dict[str, float] = {}
    for code, p in confidence.items():
        slug = names.sector_of(code)
        mass[slug] = mass.get(slug, 0.0) + p
    return tuple(sorted(mass, key=lambda slug: (-mass[slug], slug)))


def _contradiction(objet: str, codes: Sequence[str]) -> list[str]:
    """One doubt where the text clearly says one group and the CPV another."""
    names = taxonomy()
    told = {names.group_of(code) for cpv in codes for code, weight in cpv_weights(cpv).items() if weight >= TELLING}
    if not told:
        return []
    text = _guesses(_confidence(objet, ()))
    if text and text[0].confidence >= SURE and names.group_of(text[0].code) not in told:
        said = ", ".join(sorted(names.label(code) for code in told))
        return [f"Le texte dit plutôt « {text[0].label} », le CPV plutôt « {said} » : lequel des deux ?"]
    return []
