"""A candidate in two or three French sentences, to be said aloud in a meeting: made of its contributions, and of nothing else.

First the strongest reasons, then what speaks against and what is not known, then what to ask by telephone. A signal that is added
is said by its label and its own sentence until `_SPOKEN` knows better.
"""

import re
from collections.abc import Sequence

from matcher.domain.french import enumeration, ordinal, typeset
from matcher.domain.match import Contribution, Match, OtherChoice, WhyNot
from matcher.ranking.signals.activity import SECONDS
from matcher.ranking.signals.activity import SIGNAL as ACTIVITY

# From which value a known signal is a reason, if it gives a point at least; under it, one of this weight is worth a reserve.
REASON, LEAST_POINTS, WEIGHTY = 0.5, 1.0, 10
MOST_REASONS, MOST_AGAINST, MOST_UNKNOWN, MOST_QUESTIONS = 3, 2, 2, 2
# From which value an activity needs no confirmation: the very one, declared.
DECLARED = 1.0

# How the short sentence of a signal is said in a longer one; the first that fits.
_SPOKEN = tuple(
    (re.compile(fragment, re.DOTALL), spoken)
    for fragment, spoken in (
        (r"(déclare|recrute|a remporté) (.+)", r"il \1 \2"),
        (
            r"(activité voisine|autre activité|marché voisin) : (?:il )?(déclare|recrute|a remporté) (.+)",
            r"il \2 \3 (\1)",
        ),
        (r"(activité voisine|autre activité|marché voisin) : (.+)", r"\2 (\1)"),
        (r"indice faible, à confirmer : (.+)", r"\1, indice faible"),
        (r"(à \d.*|sur place .+|dans le territoire .+)", r"il est \1"),
        (r"([A-Z]+) : répond (.+)", r"les \1 répondent \2"),
        (r"([A-Z]+) : met (.+)", r"les \1 mettent \2"),
        (r"([A-Z]+) : demandé (.+)", r"son type (\1) est demandé \2"),
        (r"([A-Z]+) : (le texte .+)", r"il est \1 alors que \2"),
        (r"mots communs avec la fiche : (.+)", r"sa fiche reprend les mots du besoin (\1)"),
        (r"dernière source : (.+)", r"sa fiche est du \1"),
        (r"((?:son|sa|mettre|l’équipe|aucun mot|\d+ marchés?) .+)", r"\1"),
    )
)
# How a kind is said to second staff.
_SECONDING = re.compile(r"^[A-Z]+ : met du personnel")
# Who is known for another trade is asked whether it does this one too.
_OTHER = "autre activité"
# What to ask by telephone where the supplier's side is not known; an unknown that is not here is not worth saying aloud.
_QUESTIONS = {
    "activity": "fait-il bien ce métier",
    _OTHER: "fait-il aussi ce métier",
    "kind": "de quel type est-il (EI, ACI, EA, ESAT…)",
    "proximity": "vient-il jusqu’au lieu du lot",
    "capacity": "combien de personnes peut-il y mettre",
    "references": "quels marchés comparables a-t-il réalisés",
}
_ALWAYS = "est-il disponible aux dates du lot"
# What the buyer alone can lift, or what the catalogue lacks of everyone, is no reserve about a supplier nor a question to it.
_NOT_ITS_OWN = re.compile(r"\b(?:du|le) lot\b|\bimporté\b")
_TO_ASK = " : à demander"


def explanation(match: Match) -> tuple[str, ...]:
    """Return one to three sentences: why this supplier, what tempers it, what to ask. Never empty; every fact is a contribution's."""
    known = sorted((c for c in match.contributions if c.value is not None), key=lambda c: (-c.points, c.signal))
    unknown = sorted((c for c in match.contributions if c.value is None), key=lambda c: (-c.weight, c.signal))
    reasons = [spoken(c) for c in known if _speaks_for(c) and c.points >= LEAST_POINTS and not _told_twice(c, known)]
    reasons = reasons[:MOST_REASONS]
    against = [spoken(c) for c in known if not _speaks_for(c) and c.weight >= WEIGHTY][:MOST_AGAINST]
    its_own = [c for c in unknown if c.signal in _QUESTIONS and not _NOT_ITS_OWN.search(c.says)]
    tempering = against + [c.says.removesuffix(_TO_ASK) for c in its_own[:MOST_UNKNOWN]]
    why = " ; ".join(reasons) or "rien de ce qui est connu de lui ne le désigne pour ce besoin"
    said = [f"{match.name} : {why}."]
    if tempering:
        said.append(f"À nuancer : {' ; '.join(tempering)}.")
    said.append(f"À vérifier par téléphone : {enumeration(_questions(known, its_own))} ?")
    return tuple(map(_set, said))


def _speaks_for(known: Contribution) -> bool:
    """Whether a known signal is a reason: by its value, or, of the trade, where it says more than nothing would."""
    value = known.value or 0.0
    return value > ACTIVITY.prior if known.signal == ACTIVITY.key else value >= REASON


def _told_twice(one: Contribution, known: Sequence[Contribution]) -> bool:
    """Whether a kind is told to second staff where the activity says so already."""
    seconds = any(c.signal == ACTIVITY.key and c.says.startswith(SECONDS) for c in known)
    return seconds and bool(_SECONDING.search(one.says))


def standing(answer: WhyNot) -> tuple[str, ...]:
    """Return where a supplier stands and what each other choice would give, in sentences."""
    if answer.refused:
        said = [f"{answer.name} n’est pas dans la liste : {' ; '.join(answer.refused)}."]
    else:
        said = [f"{answer.name} est {ordinal(answer.rank or 0)} de la liste."]
    ranks = dict.fromkeys(choice.rank for choice in answer.choices if choice.rank not in (None, answer.rank))
    if ranks:
        said.append(f"{' ; '.join(_would_be(rank or 0, answer.choices) for rank in ranks)}.")
    elif answer.refused and answer.choices:
        said.append("Aucun autre choix de levier ou de type ne l’y mettrait.")
    return tuple(_set(sentence[:1].upper() + sentence[1:]) for sentence in said)


def _set(sentence: str) -> str:
    """French spaces and apostrophes: a name and a label come as their source writes them."""
    return typeset(sentence.replace("'", "’"))


def _would_be(rank: int, choices: Sequence[OtherChoice]) -> str:
    labels = [choice.label for choice in choices if choice.rank == rank]
    return f"{enumeration(labels, 'ou')}, il serait {ordinal(rank)}"


def spoken(contribution: Contribution) -> str:
    """Return the short sentence of a signal as it is said in a longer one: « il est à 3 km de Maubeuge »."""
    for fragment, longer in _SPOKEN:
        if found := fragment.fullmatch(contribution.says):
            return found.expand(longer)
    return f"{contribution.label.lower()} : {contribution.says}"


def _questions(known: list[Contribution], its_own: list[Contribution]) -> list[str]:
    """The supplier's own unknowns, weightiest first, and an activity that no one has declared as such."""
    asked = its_own + [c for c in known if c.signal == "activity" and (c.value or 0) < DECLARED]
    first = sorted(asked, key=lambda c: (-c.weight, c.signal))
    asks = [_OTHER if c.says.startswith(_OTHER) else c.signal for c in first]
    return [_QUESTIONS[key] for key in asks if key in _QUESTIONS][:MOST_QUESTIONS] or [_ALWAYS]
