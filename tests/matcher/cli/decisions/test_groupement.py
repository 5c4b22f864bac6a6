"""`groupement`: a set with one member a site, said as a person reads it, and what is refused."""

import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Entretien des espaces verts")


def test_each_site_has_its_member_and_the_table_says_what_the_json_does(sample: Path, run: Run) -> None:
    options = (*NEED, "--lieu", "Maubeuge", "--lieu", "Arras")
    told = run("groupement", *options, "--format", "json").json()
    assert told["parts"] == ["Arras", "Maubeuge"]
    assert told["answer"] in run("groupement", *options).said
    for its in (*told["groupements"], *told["alone"]):
        assert sorted(part["part"] for member in its["members"] for part in member["parts"]) == ["Arras", "Maubeuge"]


def test_the_order_of_the_sites_does_not_matter(sample: Path, run: Run) -> None:
    one = run("groupement", *NEED, "--lieu", "Maubeuge", "--lieu", "Arras", "--format", "json").json()
    assert run("groupement", *NEED, "--lieu", "Arras", "--lieu", "Maubeuge", "--format", "json").json() == one


def test_a_need_or_a_site_typed_twice_counts_once_against_the_limit(sample: Path, run: Run) -> None:
    sites = ("--lieu", "Maubeuge", "--lieu", "Arras")
    once = run("groupement", *NEED, *sites, "--format", "json").json()
    assert run("groupement", *NEED * 7, *sites, "--format", "json").json() == once
    assert run("groupement", *NEED, *sites * 7, "--format", "json").json() == once


def test_a_clause_asks_for_its_hours_alone_and_the_likeliest_is_told_with_its_chance(sample: Path, run: Run) -> None:
    need = (
        "--objet",
        "Entretien des espaces verts, 400 000 € HT, 24 mois, clause d’insertion de 10 % des heures",
        "--lieu",
        "Maubeuge",
    )
    whole, of_clause = run("groupement", *need), run("groupement", *need, "--levier", "clause")
    assert "les heures de la clause" in of_clause.said
    assert "les heures de la clause" not in whole.said
    sizes = [
        float(re.search(r"Taille de chaque part : ([\d,]+)", one.said)[1].replace(",", "."))
        for one in (whole, of_clause)
    ]  # type: ignore[index]
    assert sizes[1] == pytest.approx(sizes[0] / 10, abs=0.1)
    told = run("groupement", *need, "--levier", "clause", "--format", "json").json()
    first = told["alone"][0]
    chance = f"{100 * first['score']:.0f} % de chances"
    assert f"{first['members'][0]['name']} pourrait tout porter seule ({chance}" in told["answer"].replace(
        "\u00a0", " "
    )


def test_a_site_with_nobody_near_is_named(sample: Path, run: Run) -> None:
    done = run("groupement", *NEED, "--lieu", "Maubeuge", "--lieu", "Ajaccio")
    assert done.code == 0
    assert "Ajaccio" in done.said
    assert "Aucun groupement ne couvre tout" in done.said


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (NEED, 2, "un site"),
        (("--lieu", "Arras"), 2, "une activité"),
        ((*NEED, *(word for n in range(13) for word in ("--lieu", f"{59000 + n}"))), 2, "12 au plus"),
        (("--objet", "Prestations à définir", "--lieu", "Arras"), 1, "Prestations à définir"),
        ((*NEED, "--lieu", "Arras", "--membres", "1"), 2, "nombre entier"),
        ((*NEED, "--lieu", "Arras", "--etp", "0"), 1, "nombre positif"),
    ],
)
def test_what_cannot_be_grouped_is_refused_in_french(
    sample: Path, run: Run, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run("groupement", *options)
    assert done.code == code
    assert said in done.said


def test_a_workbook_holds_the_answer_the_members_and_the_parts(sample: Path, run: Run, tmp_path: Path) -> None:
    options = (*NEED, "--lieu", "Maubeuge", "--lieu", "Arras", "--format", "xlsx")
    assert run("groupement", *options).code == 2
    made = tmp_path / "groupements.xlsx"
    assert run("groupement", *options, "-o", made).code == 0
    assert CalamineWorkbook.from_path(str(made)).sheet_names[-4:] == [
        *("Pourraient tout porter seuls", "Qui d’autre, part par part", "Candidats de chaque part", "Contacts"),
    ]
