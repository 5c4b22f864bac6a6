"""`plan-clause`: hours that add up, three forms of one plan, and what is refused."""

import io
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge")


def test_hours_add_up_and_the_table_says_what_the_json_does(sample: Path, run: Run) -> None:
    options = (*NEED, "--heures", "3 214", "--mois", "24")
    told = run("plan-clause", *options, "--format", "json").json()
    assert sum(one["hours"] for one in told["modalities"]) == told["hours"] == 3214
    assert told["etp"] == 1.0
    shown = run("plan-clause", *options)
    assert "Besoins connexes" in shown.said
    assert all(one["label"].split("(")[0].strip() in shown.said for one in told["modalities"][:1])


def test_hours_that_an_object_says_need_not_be_given_again(sample: Path, run: Run) -> None:
    asked = ("plan-clause", "--lieu", "Maubeuge", "--mois", "24", "--format", "json", "--objet")
    told = run(*asked, "Entretien des espaces verts, 300 heures d’insertion par an").json()
    given = run(*asked, "Entretien des espaces verts, 300 heures d’insertion par an", "--heures", "600").json()
    assert told == given
    assert "--heures" in run(*asked, "Entretien des espaces verts").err


def test_hours_given_for_each_activity_are_theirs(sample: Path, run: Run) -> None:
    two = ("--objet", "Entretien des espaces verts", "--objet", "Peinture intérieure", "--lieu", "Maubeuge")
    one_total = run("plan-clause", *two, "--heures", "1000", "--format", "json").json()
    each = run("plan-clause", *two, "--heures", "900", "--heures", "100", "--format", "json").json()
    assert one_total["hours"] == each["hours"] == 1000
    assert "faute de mieux" in run("plan-clause", *two, "--heures", "1000").said


def test_a_workbook_holds_the_plan_the_ways_and_the_side_needs(sample: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    assert run("plan-clause", *NEED, "--heures", "500", "--format", "xlsx", "-o", path).code == 0
    assert openpyxl.load_workbook(path).properties.title == "Plan de clause"
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    assert book.sheet_names == [
        *("Réponse", "Qui fait les heures, et comment", "Qui consulter, par modalité", "Besoins connexes"),
        *("Facilitateurs", "Contacts"),
    ]
    hours = [row[1] for row in book.get_sheet_by_name("Qui fait les heures, et comment").to_python()[1:]]
    assert sum(hours[:-1]) == hours[-1] == 500


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((*NEED, "--heures", "0"), 2, "nombre positif"),
        ((*NEED, "--heures", "-5"), 2, "nombre positif"),
        ((*NEED, "--heures", "1000000000"), 2, "au plus"),
        ((*NEED, "--heures", "10", "--mois", "0"), 2, "nombre positif"),
        (NEED, 2, "total d’heures"),
        ((*NEED, "--heures", "10", "--heures", "10"), 2, "par --objet"),
        (("--objet", "Entretien", "--heures", "10"), 2, "un lieu"),
        (("--objet", "Prestations diverses", "--lieu", "Arras", "--heures", "10"), 1, "Prestations diverses"),
        ((*NEED, "--heures", "10", "--format", "xlsx"), 2, "-o plan.xlsx"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_french(
    sample: Path, run: Run, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run("plan-clause", *options)
    assert done.code == code
    assert said in done.said
