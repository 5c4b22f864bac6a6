"""What leaves: box by box, no name of a person, a withdrawal as soon as anything of it is taken back, corrected or erased."""

import json
from datetime import date, datetime, timedelta

import pytest

from matcher.answers.sharing import SharedAnswer, agree_by_telephone, note_handing, share, sharing_of
from matcher.answers.tables import CONSENTS
from matcher.catalogue.steward.corrections import correct_supplier, withdraw_correction
from matcher.catalogue.steward.privacy import forget_value, opt_out
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.db import reading, writing
from tests.factories import siret
from tests.matcher.answers.installations import CRESS, EVERY_BOX, GREEN, NOW, SAID, TODAY, WASH, Installation

ONE = f"siret:{siret(1)}"
PERSON = {
    **SAID,
    "telephone": ["03 53 01 20 20"],
    "courriel": ["jeanne.martin@atelier.example"],
    "capacite": ["voir Jeanne Martin"],
    "duree": ["un à deux ans"],
    "saison": ["Printemps et été"],
}


def lines(one: Installation, today: date = TODAY) -> list[dict[str, object]]:
    return [json.loads(line) for line in one.export(today)]


def test_a_fact_says_what_its_boxes_let_go_dated_and_how_it_was_given(two: tuple[Installation, Installation]) -> None:
    here, _ = two
    here.answered(1)
    (line,) = lines(here)
    del line["signature"], line["id"], line["cle"]
    assert line == {
        "type": "fait",
        "format": "entremise-reponses",
        "version": 1,
        "date_maj": "2026-12-02",
        "fin": "2028-06-02",
        "par": CRESS,
        "voie": "lien",
        "annuaire": "finess",
        "siret": siret(1),
        "metiers": [GREEN],
        "refus": [WASH],
        "effectif": 12,
        "zone": ["km:30"],
        "taille_marche": "10000-40000",
    }


@pytest.mark.parametrize(
    ("boxes", "names"),
    [
        ((), set()),
        (("zone",), {"zone"}),
        (("contact",), {"telephone"}),
        (("marche",), {"taille_marche"}),
        (("periode",), {"duree_marche", "saison"}),
    ],
)
def test_nothing_leaves_without_its_box(
    two: tuple[Installation, Installation], boxes: tuple[str, ...], names: set[str]
) -> None:
    here, _ = two
    here.answered(1, PERSON, boxes)
    told = {"metiers", "refus", "effectif", "zone", "taille_marche", "base_prix", "telephone", "courriel"}
    told |= {"duree_marche", "saison"}
    assert {name for line in lines(here) for name in line if name in told} == names


def test_no_name_of_a_person_leaves_even_with_every_box(two: tuple[Installation, Installation]) -> None:
    here, _ = two
    here.answered(1, PERSON)
    (line,) = here.export()
    assert b"+33353012020" in line
    assert b"artin" not in line, "neither the address of a person nor a free text"


def test_who_confirms_by_telephone_is_said_and_a_new_word_withdraws_the_former(
    two: tuple[Installation, Installation],
) -> None:
    here, _ = two
    number = here.answered(1, boxes=())
    assert lines(here) == []
    with writing(here.engine) as connection:
        assert agree_by_telephone(connection, number, ["metiers", "zone"], asked_by=CRESS, now=NOW)
    (line,) = lines(here)
    assert (line["voie"], line.get("annuaire"), line["zone"]) == ("telephone", None, ["km:30"])
    with writing(here.engine) as connection:
        agree_by_telephone(connection, number, ["metiers"], asked_by=CRESS, now=NOW)
    after = {line["type"]: line for line in lines(here)}
    assert after["retrait"]["id"] == line["id"] != after["fait"]["id"]
    assert "zone" not in after["fait"]
    team = correct_supplier(here.engine, siret(1), {"effectif": ["40"]}, author="Léa", motive="", now=NOW)
    with writing(here.engine) as connection, pytest.raises(CorrectionRefused, match="réponse d’une structure"):
        agree_by_telephone(connection, team.id, EVERY_BOX, asked_by=CRESS, now=NOW)


@pytest.mark.parametrize("how", ["withdrawn", "opposed", "forgotten"])
def test_what_is_taken_back_in_any_way_leaves_as_a_withdrawal_alone(
    two: tuple[Installation, Installation], how: str
) -> None:
    here, _ = two
    number = here.answered(1, PERSON)
    (before,) = lines(here)
    if how == "withdrawn":
        withdraw_correction(here.engine, number, now=NOW)
    elif how == "opposed":
        opt_out(here.engine, siret(1), author="Léa", motive="", now=NOW)
    else:
        forget_value(here.engine, "03 53 01 20 20", now=NOW)
    (after,) = lines(here)
    assert (after["type"], after["id"], after["fin"]) == ("retrait", before["id"], before["fin"])
    assert set(after) == {"type", "format", "version", "id", "cle", "fin", "signature"}, "it tells nobody of whom"


def test_a_supplier_sees_to_whom_its_answer_was_handed_since_it_was_given(
    two: tuple[Installation, Installation],
) -> None:
    here, _ = two
    later = NOW + timedelta(days=1)
    with writing(here.engine) as connection:
        note_handing(connection, "PLIE d’avant", NOW - timedelta(days=1))
    here.answered(1, boxes=("zone",)), here.answered(2, boxes=())
    with writing(here.engine) as connection:
        for whom in ("CRESS  voisine", "CRESS voisine", ""):
            note_handing(connection, whom, later)
    with reading(here.engine) as connection:
        assert sharing_of(connection, ONE, TODAY) == SharedAnswer(
            ("zone",), date(2028, 6, 2), (("CRESS voisine", later.date()), ("", later.date()))
        )
        assert sharing_of(connection, f"siret:{siret(2)}", TODAY) == SharedAnswer()
        assert sharing_of(connection, ONE, date(2028, 6, 2)) == SharedAnswer(), "it has ended"


def test_a_file_held_what_was_agreed_when_it_left_and_what_took_the_place_of_it(
    two: tuple[Installation, Installation],
) -> None:
    here, _ = two
    number, hours = here.answered(1, boxes=()), [NOW + timedelta(hours=hour) for hour in range(7)]

    def handed(*files: tuple[str, datetime]) -> list[str]:
        with writing(here.engine) as connection:
            for whom, at in files:
                note_handing(connection, whom, at)
            return [whom for whom, _ in sharing_of(connection, ONE, TODAY).handed]

    handed(("trop tôt", hours[1]))
    with writing(here.engine) as connection:
        agree_by_telephone(connection, number, ["zone"], asked_by=CRESS, now=hours[2])
    assert handed() == [], "it was agreed after the file"
    assert handed(("PLIE", hours[3])) == ["PLIE"]
    withdraw_correction(here.engine, number, now=hours[4])
    handed(("trop tard", hours[5]))
    here.answered(1, boxes=("zone",), now=hours[6])
    assert handed() == ["PLIE"], "a corrected answer was handed as it was before"


def test_an_answer_too_old_to_leave_is_not_agreed_on(two: tuple[Installation, Installation]) -> None:
    here, _ = two
    number, late = here.answered(1, boxes=()), NOW + timedelta(days=600)
    with writing(here.engine) as connection, pytest.raises(CorrectionRefused, match="du 2 décembre 2026"):
        agree_by_telephone(connection, number, ["zone"], asked_by=CRESS, now=late)


def test_a_number_that_receivers_would_refuse_is_left_out(two: tuple[Installation, Installation]) -> None:
    here, there = two
    here.answered(1, {**SAID, "effectif": ["12000"]})
    assert there.take(here.export(), trusts=here.key).refused == 0


def test_a_fact_past_its_end_leaves_no_more(two: tuple[Installation, Installation]) -> None:
    here, _ = two
    here.answered(1)
    assert len(lines(here, date(2028, 6, 1))) == 1
    assert lines(here, date(2028, 6, 2)) == []


def test_many_lines_leave_in_the_order_of_their_identifiers(two: tuple[Installation, Installation]) -> None:
    here, _ = two
    for place in range(1, 4):
        here.answered(place)
    ids = [str(line["id"]) for line in lines(here)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 3
    with writing(here.engine) as connection:
        assert not share(connection, 999, EVERY_BOX, way="lien", asked_by=CRESS, on=TODAY, now=NOW), (
            "there is no such answer"
        )
    with reading(here.engine) as connection:
        assert len(connection.execute(CONSENTS.select()).all()) == 3
