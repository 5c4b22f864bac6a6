"""What cannot be is said before planning, in words and with who is concerned."""

from dataclasses import replace

import pytest

from matcher.club.meeting_day.changes import Amend, AskQuestion, Bind, DescribeDay, Freeze, Register
from matcher.club.meeting_day.header import Rules
from matcher.club.meeting_day.meeting_day import (
    Bond,
    Booking,
    DayChange,
    FrozenTimetable,
    MeetingDay,
    Participant,
    ParticipantRole,
    Tie,
)
from matcher.club.meeting_day.store import Person
from matcher.club.planner.checks import Code
from matcher.club.timetable.troubles import _SENTENCES, TroubleText, list_troubles
from matcher.domain.french import typeset
from tests.factories import siret
from tests.matcher.club.day import BUYERS, HEADER, RULES, SCHEDULE, SUPPLIERS, after, full, laid_out, opened
from tests.matcher.club.meeting_day.test_meeting_day import ASKED


def said(event: MeetingDay) -> dict[str, TroubleText]:
    found = list_troubles(laid_out(event))
    assert [one.remark for one in found] == sorted(one.remark for one in found)
    assert all(one.text.endswith((".", "»\u202f?")) for one in found)
    return {one.code: one for one in found}


def test_every_code_of_the_planner_has_its_sentence() -> None:
    assert _SENTENCES.keys() == set(Code)


def test_a_day_without_trouble_says_nothing_that_cannot_be() -> None:
    assert all(one.remark for one in list_troubles(laid_out(full())))


@pytest.mark.parametrize(
    ("code", "text", "keys", "changes"),
    [
        ("no_slot", "Aucun créneau", (), (DescribeDay(HEADER, replace(SCHEDULE, slots=0), RULES),)),
        ("no_table", "Aucune table", (), (DescribeDay(HEADER, SCHEDULE, replace(RULES, tables=0, accessible=0)),)),
        ("idle_tables", "97 resteront vides", (), (DescribeDay(HEADER, SCHEDULE, replace(RULES, tables=100)),)),
        ("refuses_all", "ESAT du Marais n’accepte aucun", (4,), (Amend((replace(SUPPLIERS[0], most=0, least=0),)),)),
        ("never_free", "ESAT du Marais n’est là pour aucun", (4,), (Amend((replace(SUPPLIERS[0], arrival=13 * 60),)),)),
        ("no_interpreter", "Hôpital Modèle a besoin d’un interprète", (2,), (Amend((replace(BUYERS[1], interpreter=True),)),)),
        ("least_over_most", "3 rendez-vous au moins et 2 au plus", (4,), (Amend((replace(SUPPLIERS[0], most=2, least=3),)),)),
        ("no_partner", "Drones n’a personne à voir", (8,), (Register((Participant(8, ParticipantRole.SUPPLIER, "Drones", activity="Peinture"),)),)),
        ("few_others", "Pour le minimum des fournisseurs il faudrait 28 rendez-vous, et les acheteurs présents peuvent en tenir 24", (), (DescribeDay(HEADER, SCHEDULE, replace(RULES, supplier_least=7)),)),
        ("few_tables", "Pour le minimum des acheteurs il faudrait 9 rendez-vous, et les tables en permettent 8", (), (DescribeDay(HEADER, SCHEDULE, Rules(tables=1, least=3, supplier_least=0)),)),
        ("few_accessible", "2 participants ont besoin d’une table accessible, la salle en a 1", (), (Amend((replace(BUYERS[0], step_free=True), replace(SUPPLIERS[1], step_free=True))),)),
        ("must_apart", "ne sont jamais là en même temps", (1, 4), (Amend((replace(BUYERS[0], departure=600), replace(SUPPLIERS[0], arrival=620))), Bind((Bond(Tie.MUST, 1, 4),)))),
        ("must_too_many", "Ville de Valbrune doit voir ESAT du Marais et Table Modèle", (1, 4, 5), (Amend((replace(BUYERS[0], most=1),)), Bind((Bond(Tie.MUST, 1, 4), Bond(Tie.MUST, 5, 1))))),
        ("contradictory", "Ville de Valbrune souhaite voir ESAT du Marais, et ESAT du Marais ne le veut pas", (1, 4), (Bind((Bond(Tie.MUST, 1, 4), Bond(Tie.NEVER, 4, 1))),)),
        ("held_clash", "Rendez-vous placé à la main", (2, 5), (Freeze(FrozenTimetable((Booking(0, 1, 1, 4, 0.5, 1, held=True), Booking(0, 1, 2, 5, 0.5, 1, held=True)), 1, 1)),)),
        ("questions", "3 questions", (4, 5, 1), (AskQuestion(ASKED),)),
        ("double", "une seule place est comptée", (4, 5), (Amend(tuple(replace(one, siret=siret(1)) for one in SUPPLIERS[:2])),)),
        ("same_name", "2 participants portent le nom", (4, 8), (Register((replace(SUPPLIERS[0], key=8),)),)),
        ("no_need", "sans besoin", (1,), (Amend((replace(BUYERS[0], needs=()),)),)),
        ("no_place", "avec un besoin sans lieu", (1,), (Amend((replace(BUYERS[0], needs=(replace(BUYERS[0].needs[0], place=""),)),)),)),
        ("no_hours", "sans nombre d’heures", (3,), (Amend((replace(BUYERS[2], needs=(replace(BUYERS[2].needs[0], hours=None),)),)),)),
        ("no_activity", "hors du catalogue et sans activité", (4,), (Amend((replace(SUPPLIERS[0], activity=""),)),)),
    ],
)  # fmt: skip
def test_each_trouble_names_who_is_concerned(
    code: str, text: str, keys: tuple[int, ...], changes: tuple[DayChange, ...]
) -> None:
    found = said(after(full(), *changes))
    assert text in found[code].text.replace("\u00a0", " ").replace("\u202f", " ")
    assert found[code].keys == keys


def test_who_can_see_too_few_is_said_in_one_sentence() -> None:
    event = after(full(), DescribeDay(HEADER, replace(SCHEDULE, slots=6), replace(RULES, least=6)))
    found = [one for one in list_troubles(laid_out(event)) if one.code == "few_partners"]
    figures = [one.text.rpartition(" ne p")[2] for one in found]
    assert len(figures) == len(set(figures))
    assert any(len(one.keys) > 1 and "chacun" in one.text for one in found)
    assert not any("que 1 " in one.text for one in found)
    assert any("qu’un participant" in one.text for one in found)


def test_who_is_in_the_same_case_is_said_once() -> None:
    late = tuple(replace(one, arrival=13 * 60) for one in SUPPLIERS[:3])
    (found,) = (one for one in list_troubles(laid_out(after(full(), Amend(late)))) if one.code == "never_free")
    assert found.keys == (4, 5, 6)
    assert found.text.startswith("ESAT du Marais, Table Modèle et Linge Exemple ne sont là pour aucun créneau entier")


def test_an_empty_room_is_said() -> None:
    assert {"no_buyer", "no_supplier"} <= said(opened()).keys()
    assert "no_supplier" in said(full(BUYERS))
    alone = said(full((Participant(1, ParticipantRole.SUPPLIER, "Seul"),)))
    assert alone["no_buyer"].keys == (1,)


def test_one_person_for_two_organisations_is_said_and_a_name_alone_is_not() -> None:
    people = {
        1: (Person("Mme Anne Témoin"), Person("M. Modèle")),
        4: (Person("Témoin Anne"),),
        5: (Person("M. Modèle"),),
    }
    (found,) = (one for one in list_troubles(laid_out(full()), people) if one.code == "same_person")
    assert found.keys == (1, 4)
    assert "Mme Anne Témoin" in found.text
    assert found.remark


def test_who_is_known_to_be_absent_is_not_said_again() -> None:
    event = after(full(), Amend((replace(SUPPLIERS[0], absent=True),)))
    assert "never_free" not in said(event)


def test_a_participant_is_said_once_to_have_nobody_to_meet_with_the_reason() -> None:
    event = after(full(), Amend((replace(BUYERS[0], needs=()),)))
    (found,) = (one for one in list_troubles(laid_out(event)) if 1 in one.keys)
    assert (found.code, found.remark) == ("no_need", False)
    assert found.text == typeset("Ville de Valbrune : sans besoin ni vœu : personne à lui présenter.")
    wished = after(event, Bind((Bond(Tie.MUST, 1, 4),)))
    (found,) = (one for one in list_troubles(laid_out(wished)) if 1 in one.keys)
    assert (found.code, found.remark) == ("no_need", True)


def test_two_of_one_name_are_said_once_whoever_comes_and_whatever_is_asked() -> None:
    event = after(full(), Register((replace(SUPPLIERS[0], key=8),)))
    people = {4: (Person("Anne Témoin"),), 8: (Person("Anne Témoin"),)}
    assert [one.code for one in list_troubles(laid_out(event), people) if {4, 8} <= {*one.keys}] == ["same_name"]
    asked = after(event, AskQuestion((replace(ASKED[1], number=1, about=8),)))
    found = list_troubles(laid_out(asked), people)
    assert [one.code for one in found if 8 in one.keys] == ["questions"]


def test_who_is_there_twice_or_is_absent_is_not_named_twice() -> None:
    twice = replace(BUYERS[1], key=8, same_as=2, needs=(replace(BUYERS[1].needs[0], place=""),))
    event = after(full(), Register((twice,)), Amend((replace(BUYERS[0], needs=(), absent=True),)))
    assert said(event)["no_place"].keys == (2,)
    assert "no_need" not in said(event)
