"""Interlocutors: the shipped ones, what the team says in their place, what grows old, and whom a territory may speak to."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine

from matcher.decisions.interlocutors import (
    TO_COMPLETE,
    Interlocutor,
    interlocutors_of,
    keep_interlocutor,
    load_interlocutors,
    one_of_team,
    remove_interlocutor,
    roles,
    shipped_interlocutors,
    speak_to_table,
)
from matcher.reading.place.areas import places_of

NOW, SINCE = datetime(2026, 11, 25, tzinfo=UTC), date(2023, 11, 25)
CRESS = Interlocutor(
    "cress", "reg:32", "CRESS fictive", "+33320000000", "contact@cress.example", "", "appel", date(2026, 11, 20)
)


def test_the_shipped_ones_are_of_known_roles_and_places_cite_a_source_and_give_no_number() -> None:
    for one in shipped_interlocutors():
        assert one.role in roles()
        assert places_of([one.territory])
        assert one.name
        assert one.source
        assert (one.phone, one.email) == ("", "")


def test_what_the_team_says_stands_in_the_place_of_the_shipped_one(engine: Engine) -> None:
    green = next(one for one in shipped_interlocutors() if one.role == "guichet-vert")
    keep_interlocutor(engine, replace(green, name="Guichet de l’équipe"), author="Léa", now=NOW)
    told = [one.name for one in load_interlocutors(engine, since=SINCE) if one.role == "guichet-vert"]
    assert told == ["Guichet de l’équipe"]


def test_one_is_corrected_and_removed(engine: Engine) -> None:
    assert keep_interlocutor(engine, CRESS, author="Léa", now=NOW)
    (held,) = (one for one in load_interlocutors(engine, since=SINCE) if one.id)
    assert replace(held, id=None) == CRESS
    assert keep_interlocutor(engine, replace(held, name="CRESS corrigée"), author="Léa", now=NOW)
    assert held.id is not None
    told = one_of_team(engine, held.id)
    assert told is not None
    assert told.name == "CRESS corrigée"
    remove_interlocutor(engine, held.id)
    assert one_of_team(engine, held.id) is None
    assert not keep_interlocutor(engine, held, author="Léa", now=NOW)


def test_an_old_contact_is_shown_no_more(engine: Engine) -> None:
    keep_interlocutor(engine, replace(CRESS, as_of=date(2020, 1, 1)), author="Léa", now=NOW)
    (held,) = (one for one in load_interlocutors(engine, since=SINCE) if one.id)
    assert (held.name, held.phone, held.email) == ("CRESS fictive", "", "")


def test_a_place_speaks_to_its_region_and_its_departement_and_the_rest_is_to_be_completed() -> None:
    county = replace(CRESS, territory="dep:59", name="Antenne du Nord", id=1)
    other = replace(CRESS, territory="dep:62", name="Antenne du Pas-de-Calais")
    found = interlocutors_of([county, other, CRESS], places_of(["insee:59392"]))
    assert [one.name for one in found[0].people] == ["CRESS fictive", "Antenne du Nord"]
    assert [its.role.code for its in found] == list(roles())
    lines = speak_to_table(found).lines()
    assert lines[1][:3] == (roles()["cress"].label, "Nord", "Antenne du Nord")
    assert lines[2][2] == TO_COMPLETE


def test_places_of_two_regions_have_the_roles_of_both() -> None:
    found = interlocutors_of((), places_of(["dep:59", "dep:76"]))
    assert [its.region.name for its in found] == ["Hauts-de-France"] * len(roles()) + ["Normandie"] * len(roles())


def test_a_shipped_one_is_to_be_verified_until_the_team_says_it() -> None:
    (green,) = (one for one in shipped_interlocutors() if one.role == "guichet-vert")
    for one, said in ((green, f"{green.name} (à vérifier)"), (replace(green, id=7), green.name)):
        lines = speak_to_table(interlocutors_of([one], places_of(["dep:59"]))).lines()
        assert [line[2] for line in lines if line[0] == roles()["guichet-vert"].label] == [said]
