"""What contracts suit suppliers: counted by organisation among those who answered, never under three, and unknown is not zero."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.answers.fact import CONTRACT_SEASONS, CONTRACT_SIZES
from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.decisions.capacity_lookup import Means
from matcher.decisions.preferences import (
    LEAST,
    QUESTIONS,
    count_preferences,
    preference_sentence,
    preference_sentences,
    preferences_object,
    preferences_tables,
)
from tests.matcher.decisions.people import candidate, hinted, someone, to_call

SIZES = list(CONTRACT_SIZES.values())


def said_of(texts: Sequence[str], field: str = "contract_size") -> tuple[list[Candidate], dict[str, Means]]:
    """As many organisations as texts, each with what it said."""
    those = [candidate(f"S{place}") for place in range(len(texts))]
    return those, {one.id: Means(None, "", **{field: text}) for one, text in zip(those, texts, strict=True)}


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ([SIZES[0]] * 2 + [SIZES[2]] * 4 + [SIZES[4]] * 3, "6 sur 9 préfèrent moins de 90 000 €"),
        ([SIZES[4]] * 3 + [SIZES[0]] * 2, "3 sur 5 préfèrent plus de 220 000 €"),
        ([SIZES[1]] * 3 + [""] * 40, "3 sur 3 préfèrent moins de 40 000 €"),
        (["10 000 A 40 000 €"] * 3, "3 sur 3 préfèrent moins de 40 000 €"),
        ([SIZES[0], SIZES[0]], ""),
        (["un peu de tout"] * 5, ""),
        ([], ""),
    ],
)
def test_what_most_prefer_is_said_among_those_who_answered(texts: list[str], says: str) -> None:
    its = count_preferences(*said_of(texts))
    assert preference_sentence(its, "size") == says
    assert its.organisations == len(texts)


def test_a_season_is_that_of_most_or_none_is_said() -> None:
    seasons = list(CONTRACT_SEASONS.values())
    assert preference_sentence(
        count_preferences(*said_of([seasons[0]] * 3 + [seasons[2]] * 2, "contract_season")), "season"
    ) == ("3 sur 5 préfèrent toute l’année")
    assert (
        preference_sentence(
            count_preferences(*said_of([seasons[0]] * 2 + [seasons[2]] * 2, "contract_season")), "season"
        )
        == ""
    )


def test_too_few_are_not_counted_and_what_is_not_known_is_said() -> None:
    its = count_preferences(*said_of([SIZES[0], SIZES[1], "", ""]))
    assert list(preference_sentences(its)) == [
        "2 réponses seulement sur la taille : les réponses sont comptées à partir de 3, pour que personne ne se reconnaisse.",
        "Sur 4 organisations connues pour ce métier, à portée, non connu : la taille pour 2 ; la durée et la saison pour 4. À leur demander.",
    ]
    assert (preferences_tables(its)["preferred"].rows, preferences_object(its)["size"]) == (
        (),
        {"answered": 2, "silent": 2, "choices": None, "says": None},
    )
    assert preferences_tables(count_preferences(*said_of(["", ""]))) == preferences_tables(None) == {}


def test_what_is_not_known_is_said_of_each_question() -> None:
    those, seasons = said_of([CONTRACT_SEASONS["annee"]] * 3 + [""], "contract_season")
    its = count_preferences(those, seasons | {those[3].id: Means(None, "", SIZES[0])})
    _, few, silent = preference_sentences(its)
    assert few.startswith("1 réponse seulement sur la taille : les réponses sont comptées à partir de 3")
    assert "la taille pour 3 ; la durée pour 4 ; la saison pour 1." in silent


_ANSWERS = st.sampled_from(["", "autre chose", *SIZES])


@given(st.lists(st.tuples(someone(), _ANSWERS), max_size=30))
def test_an_organisation_counts_once_and_who_is_silent_in_nothing(those: list[tuple[Candidate, str]]) -> None:
    said = {one.id: Means(None, "", text) for one, text in those}
    its = count_preferences([one for one, _ in those], said)
    known = [one for one, _ in those if one.standing is CandidateStanding.CREDIBLE]
    organisations = {one.organisation for one in known}
    answering = {one.organisation for one in known if said[one.id].contract_size in SIZES}
    assert (its.organisations, its.answer_count("size")) == (len(organisations), len(answering))
    assert all(figure > 0 for figure in its.chosen["size"].values())
    assert its == count_preferences([one for one, _ in reversed(those)], said)
    told = preferences_object(its)
    assert told["size"]["silent"] == len(organisations) - len(answering)
    assert (told["size"]["choices"] is None) == (len(answering) < LEAST)
    assert (told["duration"]["answered"], told["duration"]["choices"]) == (0, None)
    shown = {row.cells[0] for table in preferences_tables(its).values() for row in table.rows}
    assert shown == ({"Taille"} if len(answering) >= LEAST else set())


def test_those_alone_count_who_are_known_for_the_trade() -> None:
    those, means = said_of([SIZES[0]] * 4)
    its = count_preferences([*those[:3], hinted("S3"), to_call("S9")], means)
    assert (its.organisations, [its.answer_count(question) for question in QUESTIONS]) == (3, [3, 0, 0])
