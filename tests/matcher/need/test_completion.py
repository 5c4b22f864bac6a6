"""Completion: what is suggested can be written as it is, and reads back as what was shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.reading import RawPlace
from matcher.need.completion import (
    MOST,
    activity_written,
    complete_activity,
    complete_cpv,
    complete_place,
    near_places,
    usual_first,
)
from matcher.reading.place.given import read_given
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import normalise_cpv


@pytest.mark.parametrize(
    ("typed", "label", "what"),
    [
        ("maub", "Communauté d’agglomération Maubeuge Val de Sambre", "intercommunalité, 43 communes"),
        ("maubeu", "Maubeuge", "commune, Nord"),
        ("NORD", "Nord", "département, 647 communes"),
        ("hauts de f", "Hauts-de-France", "région"),
        ("st denis", "Saint-Denis", "commune, La Réunion"),
        ("59600", "Maubeuge", "commune, Nord"),
        ("62", "Pas-de-Calais", "département"),
        ("élesmes", "Élesmes", "commune, Nord"),
    ],
)
def test_places(typed: str, label: str, what: str) -> None:
    found = complete_place(typed)
    assert any(one.label == label and what in one.what for one in found), found
    assert len(found) <= MOST


@pytest.mark.parametrize("typed", ["maub", "saint-d", "nord", "paris 1", "lyon", "haute", "59600", "le hav"])
def test_a_suggested_place_reads_back_without_a_doubt(typed: str) -> None:
    for suggestion in complete_place(typed):
        found = read_given(RawPlace(suggestion.value), ())
        assert len(found.places) == 1, suggestion
        assert found.doubts == (), suggestion
        assert found.places[0].name.replace("'", "’") == suggestion.label


@pytest.mark.parametrize(
    ("typed", "name"), [("Nrod", "Nord"), ("Haut de France", "Hauts-de-France"), ("Maubege", "Maubeuge (59)")]
)
def test_a_misspelt_place_is_near_the_one_that_is_meant(typed: str, name: str) -> None:
    assert near_places(typed)[0] == name
    assert len(near_places(typed)) <= 3


def test_what_is_like_no_place_is_near_none() -> None:
    assert near_places("zzzzqq") == near_places("") == ()


def test_homonyms_are_told_apart() -> None:
    towns = [one for one in complete_place("saint-denis") if one.label == "Saint-Denis"]
    assert len({one.what for one in towns}) == len({one.value for one in towns}) == len(towns) >= 2


def test_cpv_by_code_and_by_words() -> None:
    assert complete_cpv("7731")[0].value == "77310000"
    assert "77310000" in {one.value for one in complete_cpv("espaces verts")}
    assert all(normalise_cpv(one.value) == (one.value, None) for one in complete_cpv("traiteur"))
    assert complete_cpv("77310000-6")[0].value == "77310000"


def test_activities_by_label_and_by_what_words_mean() -> None:
    assert "Traiteur" in {one.value for one in complete_activity("trait")}
    assert "Création et entretien des espaces verts" in {one.value for one in complete_activity("tonte de pelouse")}


def test_an_activity_is_known_by_its_code_its_label_or_its_words() -> None:
    names = taxonomy()
    for code in names.codes:
        assert activity_written(code) == code
    assert activity_written("traiteur") == "restauration.traiteur"
    assert activity_written("") == ""
    assert activity_written("zzz") == ""


@given(
    st.one_of(
        st.text(max_size=300),
        st.sampled_from(["%", "'; DROP TABLE supplier; --", "🙂", "\u202eliL", "<b>", "00", "9" * 50]),
    )
)
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    for complete in (complete_place, complete_cpv, complete_activity):
        assert len(complete(text)) <= MOST
    activity_written(text)


def test_activities_of_the_usual_families_come_first_and_none_is_lost() -> None:
    codes = taxonomy().codes
    last = taxonomy().group_of(codes[-1])
    found = usual_first(codes, {last})
    many = sum(taxonomy().group_of(code) == last for code in codes)
    assert {taxonomy().group_of(code) for code in found[:many]} == {last}
    assert found[many:] == [code for code in codes if taxonomy().group_of(code) != last]
    assert usual_first(codes, ()) == list(codes)
    plain = complete_activity("entretien")
    usual = taxonomy().group_of(activity_written(plain[-1].value))
    assert complete_activity("entretien", {usual})[0].what == taxonomy().label(usual)
