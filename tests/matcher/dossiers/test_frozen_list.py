"""What was frozen comes back the same, and what cannot be read is said."""

import json
import re
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from msgspec import structs

from matcher.domain.match import Contribution, Match, Stance
from matcher.domain.reading import DoubtKind, Reading, ReadingDoubt
from matcher.dossiers.frozen_list import SCHEMA, freeze, thaw
from matcher.journal.change import FrozenError, build, plain
from matcher.need.answer import Answer
from tests.matcher.dossiers.kept import SHORTLISTS
from tests.matcher.render.answers import ANSWER


@given(SHORTLISTS)
def test_a_list_comes_back_from_json_the_same(shortlist: Answer) -> None:
    assert thaw(json.loads(json.dumps(freeze(shortlist), allow_nan=False))) == shortlist


def test_the_answer_is_kept_in_the_words_of_the_day() -> None:
    assert freeze(ANSWER)["answer"] == ANSWER.text
    assert freeze(ANSWER)["schema"] == SCHEMA


def test_what_is_new_since_takes_its_default() -> None:
    frozen = freeze(ANSWER)
    del frozen["shortlist"]["reading"]["mode"]
    assert thaw(frozen) == ANSWER


def test_what_version_0_1_froze_is_judged_as_today() -> None:
    frozen = json.loads(json.dumps(freeze(ANSWER)))
    for match in frozen["shortlist"]["matches"]:
        for told in match["contributions"]:
            for field in ("stance", "spoken", "question", "quotes"):
                del told[field]
    near, people = thaw(frozen).matches[0].contributions
    assert (near.stance, near.spoken) == (Stance.FOR, "proximité : à 12 km du lieu d’exécution (Maubeuge)")
    assert people.stance is Stance.UNKNOWN


@pytest.mark.parametrize("frozen", [{}, {"schema": SCHEMA + 1}, {"schema": "1"}, None, []])
def test_another_format_is_refused(frozen: Any) -> None:
    with pytest.raises(FrozenError, match="inconnu de cette version"):
        thaw(frozen)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("on",), "hier"),
        (("on",), 3),
        (("catalogue_version",), "deux"),
        (("catalogue_version",), True),
        (("understood",), 1),
        (("matches",), {}),
        (("matches", 0), []),
        (("matches", 0, "score"), "93"),
        (("matches", 0, "kinds", 0), "USINE"),
        (("matches", 0, "distance_km"), []),
        (("reading", "lot", "objet"), None),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(path: tuple[Any, ...], value: Any) -> None:
    frozen = json.loads(json.dumps(freeze(ANSWER)))
    held = frozen["shortlist"]
    for step in path[:-1]:
        held = held[step]
    held[path[-1]] = value
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    with pytest.raises(FrozenError, match=re.escape(f"« liste{place} » manque")):
        thaw(frozen)


def test_the_doubts_that_version_0_1_froze_as_bare_sentences_are_read() -> None:
    frozen = json.loads(json.dumps(freeze(ANSWER)))
    frozen["shortlist"]["reading"]["doubts"] = ["Deux communes portent ce nom."]
    assert thaw(frozen).reading.doubts == (ReadingDoubt(DoubtKind.UNSORTED, "Deux communes portent ce nom."),)


@pytest.mark.parametrize("name", [field.name for field in structs.fields(Match) if field.required])
def test_what_is_missing_and_has_no_default_is_refused(name: str) -> None:
    held = plain(ANSWER.matches[0])
    del held[name]
    with pytest.raises(FrozenError, match=re.escape(f"« candidat.{name} »")):
        build(Match, held, "candidat")


def test_the_classes_that_are_frozen_keep_their_fields() -> None:
    """A field renamed or taken away makes old files unreadable: raise SCHEMA and read the former one, then change this list."""
    assert set(Contribution.__struct_fields__) >= {"signal", "label", "value", "weight", "points", "says"}
    assert {field.name for field in fields(Reading)} >= {"lot", "activities", "places", "kinds_asked", "doubts"}
    assert {field.name for field in fields(Answer)} >= {"reading", "matches", "refusals", "counts", "on"}
