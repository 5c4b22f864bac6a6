"""Counts the contract sizes, durations and seasons that suppliers known for a trade prefer, from their answers, to help a buyer cut a need into lots; pure
functions. The choices of a question are shown only from `LEAST` answers to it; the number of answers always is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from matcher.answers.fact import CONTRACT_DURATIONS, CONTRACT_SEASONS, CONTRACT_SIZES
from matcher.answers.sharing import choice_code
from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.decisions.capacity_lookup import Means
from matcher.domain.french import count, enumeration, number
from matcher.render.document import ColumnKind, DocumentColumn, DocumentRow, DocumentTable

# Least answers to a question for its choices to be shown, even one chosen once: with fewer, an organisation could be identified.
LEAST = 3


class WishQuestion(NamedTuple):
    """A question on preferred contracts: supplier field with the answer, `heading`, choices by code, and end of the sentence « préfèrent … » by code (`says`),
    which covers a choice and all smaller ones if they are `ordered`."""

    field: str
    heading: str
    choices: Mapping[str, str]
    says: Mapping[str, str]
    ordered: bool = True


QUESTIONS: Mapping[str, WishQuestion] = {
    "size": WishQuestion(
        "contract_size",
        "Taille",
        CONTRACT_SIZES,
        {
            "0-10000": "moins de 10 000 €",
            "10000-40000": "moins de 40 000 €",
            "40000-90000": "moins de 90 000 €",
            "90000-220000": "moins de 220 000 €",
            "220000-": "plus de 220 000 €",
        },
    ),
    "duration": WishQuestion(
        "contract_duration",
        "Durée",
        CONTRACT_DURATIONS,
        {"une-fois": "une seule fois", "0-12": "moins d’un an", "12-24": "deux ans au plus", "24-": "plus de deux ans"},
    ),
    "season": WishQuestion("contract_season", "Saison", CONTRACT_SEASONS, CONTRACT_SEASONS, ordered=False),
}


# The docstrings of JSON shapes are French: the documentation of the API shows them.
class ChoiceShape(TypedDict):
    """Combien d’organisations préfèrent une réponse."""

    code: str
    label: str
    count: int


class PreferenceShape(TypedDict):
    """Ce que les organisations disent d’une question : combien y ont répondu (`answered`) ou ne l’ont pas dit (`silent`) ; sous trois réponses, `choices` et
    `says` sont nuls ; `says` l’est aussi sans majorité."""

    answered: int
    silent: int
    choices: list[ChoiceShape] | None
    says: str | None


class PreferencesShape(TypedDict):
    """Le marché qui va aux organisations connues pour le métier, à portée, comme elles l’ont dit."""

    organisations: int
    size: PreferenceShape
    duration: PreferenceShape
    season: PreferenceShape


@dataclass(frozen=True, slots=True)
class Preferences:
    """Number of `organisations`, and of answers by question and code (`chosen`, without zeros)."""

    organisations: int
    chosen: Mapping[str, Mapping[str, int]]

    def answer_count(self, question: str) -> int:
        """Return the number of organisations that answered a question."""
        return sum(self.chosen[question].values())

    @property
    def has_answers(self) -> bool:
        """Return whether any organisation answered any question."""
        return any(map(self.answer_count, self.chosen))


def count_preferences(candidates: Iterable[Candidate], means: Mapping[str, Means]) -> Preferences:
    """Count the answers, in `means` by supplier id, of the candidates known for the trade; an organisation counts once, by its first establishment (sorted by
    id) that answered."""
    known = sorted((one for one in candidates if one.standing is CandidateStanding.CREDIBLE), key=lambda one: one.id)
    chosen: dict[str, dict[str, str]] = {question: {} for question in QUESTIONS}
    for candidate in known:
        for question, asks in QUESTIONS.items():
            if code := choice_code(asks.choices, getattr(means.get(candidate.id), asks.field, "")):
                chosen[question].setdefault(candidate.organisation, code)
    organisations = {one.organisation for one in known}
    return Preferences(len(organisations), {question: dict(Counter(its.values())) for question, its in chosen.items()})


def preference_sentence(preferences: Preferences, question: str) -> str:
    """Return the majority answer, « 6 sur 9 préfèrent moins de 90 000 € »; empty for too few answers or no majority."""
    answered, asks, so_far = preferences.answer_count(question), QUESTIONS[question], 0
    if answered < LEAST:
        return ""
    for code in asks.choices:
        figure = preferences.chosen[question].get(code, 0)
        last = code == list(asks.choices)[-1]
        so_far = figure if last or not asks.ordered else so_far + figure
        if 2 * so_far > answered:
            return f"{number(so_far)} sur {number(answered)} préfèrent {asks.says[code]}"
    return ""


def preference_sentences(preferences: Preferences) -> Iterator[str]:
    """Yield sentences on majority preferences, too rare answers, and numbers of organisations without answer."""
    most = [text for question in QUESTIONS if (text := preference_sentence(preferences, question))]
    if most:
        yield f"Parmi celles qui l’ont dit : {' ; '.join(most)}."
    few, silent = list[str](), defaultdict[int, list[str]](list)
    for question, asks in QUESTIONS.items():
        answered, named = preferences.answer_count(question), f"la {asks.heading.lower()}"
        if 0 < answered < LEAST:
            few.append(f"{count(answered, 'réponse')} seulement sur {named}")
        silent[preferences.organisations - answered].append(named)
    if few:
        yield f"{enumeration(few)} : les réponses sont comptées à partir de {number(LEAST)}, pour que personne ne se reconnaisse."
    parts = [f"{enumeration(names)} pour {number(figure)}" for figure, names in silent.items() if figure]
    if parts:
        known = count(preferences.organisations, "organisation connue", "organisations connues")
        yield f"Sur {known} pour ce métier, à portée, non connu : {' ; '.join(parts)}. À leur demander."


def preferences_tables(preferences: Preferences | None, more: str = "") -> dict[str, DocumentTable]:
    """Return the table of answers under its key, with `more` added to its title; nothing without any answer, no rows with too few."""
    if preferences is None or not preferences.has_answers:
        return {}
    rows = tuple(
        DocumentRow(
            (asks.heading, label, preferences.chosen[question].get(code, 0), preferences.answer_count(question))
        )
        for question, asks in QUESTIONS.items()
        if preferences.answer_count(question) >= LEAST
        for code, label in asks.choices.items()
        if code in preferences.chosen[question]
    )
    columns = (
        *(DocumentColumn("Marché"), DocumentColumn("Préféré")),
        *(DocumentColumn("Structures", ColumnKind.NUMBER), DocumentColumn("Sur", ColumnKind.NUMBER)),
    )
    return {
        "preferred": DocumentTable(
            f"Quel marché leur irait{more}", columns, rows, tuple(preference_sentences(preferences))
        )
    }


def preferences_object(preferences: Preferences) -> PreferencesShape:
    """Return the counts as JSON."""
    shapes: list[PreferenceShape] = []
    for question, asks in QUESTIONS.items():
        answered = preferences.answer_count(question)
        choices: list[ChoiceShape] = [
            {"code": code, "label": label, "count": preferences.chosen[question].get(code, 0)}
            for code, label in asks.choices.items()
        ]
        shapes.append(
            {
                "answered": answered,
                "silent": preferences.organisations - answered,
                "choices": choices if answered >= LEAST else None,
                "says": preference_sentence(preferences, question) or None,
            }
        )
    size, duration, season = shapes
    return {"organisations": preferences.organisations, "size": size, "duration": duration, "season": season}
