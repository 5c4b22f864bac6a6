"""`plan-clause` and `calibrage`: hours that add up, the forms of one answer, and what is refused."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from matcher.clock import on_day
from matcher.decisions.calibrated import CalibrationQuestion
from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--mois", "12")


def test_hours_add_up_and_the_table_says_what_the_json_does(sample: Path, run: Run) -> None:
    options = (*NEED[:-1], "24", "--heures", "3 214")
    told = run("plan-clause", *options, "--format", "json").json()
    assert sum(one["hours"] for one in told["modalities"]) == told["hours"] == 3214
    assert told["etp"] == 2.0
    assert told["contracts"][0]["months"] == 24
    shown = run("plan-clause", *options)
    assert "Besoins connexes" in shown.said
    assert all(one["label"].split("(")[0].strip() in shown.said for one in told["modalities"][:1])


def test_hours_that_an_object_says_need_not_be_given_again(sample: Path, run: Run) -> None:
    asked = ("plan-clause", "--lieu", "Maubeuge", "--mois", "24", "--format", "json", "--objet")
    told = run(*asked, "Entretien des espaces verts, 300 heures d’insertion par an").json()
    given = run(*asked, "Entretien des espaces verts, 300 heures d’insertion par an", "--heures", "600").json()
    assert told["modalities"] == given["modalities"]
    assert [one["contracts"][0]["counted"] for one in (told, given)] == ["lues dans son objet", "vos heures"]
    assert "donnez ses heures" in run(*asked, "Entretien des espaces verts").said


def test_hours_given_for_each_activity_are_theirs(sample: Path, run: Run) -> None:
    two = ("--objet", "Entretien des espaces verts", "--objet", "Peinture intérieure", *NEED[2:])
    one_total = run("plan-clause", *two, "--heures", "1000", "--format", "json").json()
    each = run("plan-clause", *two, "--heures", "900", "--heures", "100", "--format", "json").json()
    assert one_total["hours"] == each["hours"] == 1000
    assert {one["counted"] for one in one_total["contracts"]} == {"part égale du total, faute de mieux"}


def test_hours_are_moved_by_hand_and_what_that_changes_is_said(sample: Path, run: Run) -> None:
    asked = ("plan-clause", *NEED, "--heures", "500", "--format", "json")
    done = run(*asked, "--partage", "embauche=300; ai=200 h").json()
    (contract,) = done["contracts"]
    assert {code: hours for code, hours in contract["split"].items() if hours} == {"embauche": 300, "ai": 200}
    assert contract["proposed"] == run(*asked).json()["contracts"][0]["split"]
    assert any("Partage changé" in said and "200\u00a0h au lieu de" in said for said in done["remarks"])
    assert [(way["code"], way["hours"]) for way in contract["ways"]] == [("embauche", 300), ("ai", 200)]


def test_a_workbook_holds_the_plan_the_ways_and_the_side_needs(sample: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    assert run("plan-clause", *NEED, "--heures", "500", "--format", "xlsx", "-o", path).code == 0
    assert openpyxl.load_workbook(path).properties.title == "Plan de clause"
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    assert book.sheet_names == [
        *("Réponse", "Les contrats", "Qui fait les heures, et comment", "Qui appeler, par modalité"),
        *("Contrat 1, Entretien des", "Besoins connexes", "Facilitateurs", "Contacts"),
    ]
    hours = [row[2] for row in book.get_sheet_by_name("Qui fait les heures, et comment").to_python()[1:]]
    assert sum(hours[:-1]) == hours[-1] == 500


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((*NEED, "--heures", "0"), 2, "nombre positif"),
        ((*NEED, "--heures", "-5"), 2, "nombre positif"),
        ((*NEED, "--heures", "1000000000"), 2, "au plus"),
        ((*NEED[:-1], "0", "--heures", "10"), 2, "nombre positif"),
        (NEED, 1, "donnez ses heures"),
        (("--objet", "Travaux de voirie : 1 500 heures d’insertion par an", "--lieu", "Arras"), 1, "dites sa durée"),
        ((*NEED, "--heures", "90000", "--montant", "100000"), 1, "de travail au plus"),
        ((*NEED, "--montant", "1000000", "--pourcentage", "120"), 2, "de 1 à 100"),
        ((*NEED, "--heures", "10", "--debut", "31/02/2027"), 2, "n’est pas un mois"),
        ((*NEED, "--heures", "10", "--debut", "03/2027", "--debut", "04/2027"), 2, "une fois pour tous les contrats"),
        ((*NEED, "--heures", "10", "--heures", "10"), 2, "par --objet"),
        ((*NEED, "--heures", "10", "--partage", "dix"), 2, "etti=300;ai=100"),
        ((*NEED, "--heures", "10", "--partage", "ai=5;ai=5"), 2, "etti=300;ai=100"),
        ((*NEED, "--heures", "10", "--partage", "lune=10"), 1, "n’est pas une voie"),
        (("--lieu", "Arras", "--heures", "10"), 2, "un contrat"),
        (("--objet", "Tonte des pelouses", "--heures", "10"), 1, "Où le lot s’exécute-t-il"),
        (("--objet", "Prestations à définir", "--lieu", "Arras", "--heures", "10"), 1, "Prestations à définir"),
        ((*NEED, "--heures", "10", "--format", "xlsx"), 2, "-o plan.xlsx"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_french(
    sample: Path, run: Run, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run("plan-clause", *options)
    assert done.code == code
    assert said in done.said


def test_the_place_and_the_hours_of_a_text_are_enough(sample: Path, run: Run) -> None:
    done = run("plan-clause", "--objet", "Entretien des espaces verts à Maubeuge, clause de 820 h", "--format", "json")
    assert (done.json()["places"], done.json()["hours"]) == (["Maubeuge"], 820)


WORKS = ("--objet", "Gros œuvre d’une école", "--cpv", "45262500", "--montant", "1 M€", "--mois", "12")
FACILITATOR = ("--pourcentage", "5", "--part", "50", "--cout", "30 €")


@pytest.mark.usefixtures("sample")
def test_a_facilitators_example_gives_his_hours_in_every_form(run: Run, tmp_path: Path) -> None:
    command = ("calibrage", *WORKS, *FACILITATOR, "--lieu", "Maubeuge")
    told = run(*command, "--format", "json").json()
    assert told["lots"][0]["hours"] == {"low": 833, "likely": 833, "high": 833}
    assert "830" in told["answer"]
    assert all("830\u00a0heures" in text for text in told["paste"].values())
    assert list(told["paste"]) == ["AAPC", "RC", "CCAP"]
    assert "votre chiffre" in run(*command).said
    assert run(*command, "--format", "xlsx", "-o", str(tmp_path / "f.xlsx")).code == 0
    assert {"Les heures", "Le calcul", "À coller"} <= set(CalamineWorkbook.from_path(tmp_path / "f.xlsx").sheet_names)


@pytest.mark.usefixtures("sample")
def test_lots_add_up_to_the_law_and_what_is_unknown_is_asked(run: Run) -> None:
    lots = ("--objet", "Gros œuvre", "--objet", "Collecte des déchets", "--montant", "4 M€", "--mois", "24")
    with on_day(date(2026, 11, 27)):  # the thresholds of the law are known for two years
        told = run("calibrage", *lots, "--nature", "autre", "--format", "json").json()
    assert told["hours"] is None
    assert told["law"]["owed"] is True
    assert any("part du prix" in question for question in told["lots"][1]["to_ask"])
    exempt = (*lots, "--nature", "autre", "--dispense", "lien", "--motif", "aucun lien")
    law = run("calibrage", *exempt, "--format", "json").json()["law"]
    assert (law["exemption"], law["reason"]) == ("lien", "aucun lien")
    charter = run(
        "calibrage", "--objet", "Entretien des espaces verts", "--montant", "100 k€", "--npnru", "--format", "json"
    )
    assert charter.json()["lots"][0]["factors"][-1]["low"] == 10


@pytest.mark.usefixtures("sample")
def test_the_formula_is_the_one_of_the_way_taken(run: Run) -> None:
    said = run("calibrage", "--objet", "Réfection de voirie", "--montant", "1 250 000", "--mois", "10").said
    assert "÷ montant que fait un ETP en un an" in said
    assert "coût d’une heure." not in said.partition("Heures =")[2].partition("Ce qui manque")[0]
    assert "1 personne" not in said


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "--objet"),
        ((*WORKS, "--pourcentage", "105"), 2, "de 1 à 100"),
        ((*WORKS, "--pourcentage", "-5"), 2, "de 1 à 100"),
        ((*WORKS, "--montant", "1", "--montant", "2"), 2, "une fois pour tous les lots"),
        ((*WORKS, "--heures", "50 000"), 1, "de travail au plus"),
        (("--objet", "Voirie", "--montant", "1 200 000 TTC"), 1, "hors taxes"),
        ((*WORKS, "--motif", "parce que"), 2, "pourquoi une dispense est retenue"),
    ],
)
def test_what_cannot_be_used_is_refused(run: Run, options: tuple[str, ...], code: int, said: str) -> None:
    done = run("calibrage", *options)
    assert (done.code, said in done.said) == (code, True)


# One contract, said in twelve ways: a school or a hall, of all trades.
REWORDED = (
    "Construction d’un pôle culturel : travaux tous corps d’état",
    "Construction d'un pôle culturel: TCE",
    "Construction d’un pôle culturel, TCE, et aménagements extérieurs",
    "Construction d’un pôle culturel et aménagements extérieurs",
    "Rénovation énergétique du groupe scolaire Jean Jaurès, tous corps d'état",
    "Rénovation énergétique du groupe scolaire",
    "Réhabilitation du groupe scolaire",
    "Réhabilitation thermique d’un bâtiment communal, TCE",
    "Rénovation d'une école",
    "Restructuration et extension du collège",
    "Extension et rénovation de la mairie",
    "Travaux de construction d’un groupe scolaire",
)
FAMILY, SHARED = CalibrationQuestion.FAMILY, CalibrationQuestion.SHARED


@pytest.mark.usefixtures("sample")
def test_one_contract_reworded_keeps_its_hours_or_its_family_is_asked(run: Run) -> None:
    likely, asked = {}, []
    for objet in REWORDED:
        lots = run("calibrage", "--objet", objet, "--montant", "3,2 M€", "--mois", "14", "--format", "json").json()[
            "lots"
        ]
        if {FAMILY, SHARED} & {question for lot in lots for question in lot["to_ask"]}:
            asked.append(objet)
            assert all(
                "à confirmer" in " ".join(lot["unsure"]) or "à partager" in " ".join(lot["unsure"]) for lot in lots
            )
        else:
            likely[objet] = lots[0]["hours"]["likely"]
    assert max(likely.values()) <= 1.15 * min(likely.values()), likely
    assert len(likely) >= 8, asked
    told = ("--famille", "Bâtiment", "--format", "json")
    every = [
        run("calibrage", "--objet", objet, "--montant", "3,2 M€", "--mois", "14", *told).json() for objet in REWORDED
    ]
    assert len({one["lots"][0]["hours"]["likely"] for one in every}) == 1


@pytest.mark.usefixtures("sample")
def test_works_are_judged_by_the_thresholds_of_works(run: Run) -> None:
    need = ("--objet", REWORDED[4], "--lieu", "Creil", "--montant", "3 200 000", "--mois", "14", "--nature", "autre")
    with on_day(date(2026, 11, 30)):
        told = run("calibrage", *need, "--format", "json").json()
    assert told["law"]["owed"] is False
    assert "216" not in " ".join(told["law"]["says"])


@pytest.mark.usefixtures("sample")
def test_trades_that_a_text_names_share_its_amount(run: Run) -> None:
    need = (
        "--objet",
        "Nettoyage de fin de chantier et entretien des espaces verts",
        "--montant",
        "400 k€",
        "--mois",
        "12",
    )
    told = run("calibrage", *need, "--format", "json").json()
    assert [one["family"] for one in told["lots"]] == ["Nettoyage de locaux", "Espaces verts, entretien"]
    assert [one["factors"][0]["low"] for one in told["lots"]] == [200_000, 200_000]
    assert all("montant à partager entre ses métiers" in one["unsure"] for one in told["lots"])
    shared = run(
        "calibrage", "--objet", "Gros œuvre", "--objet", "Peinture", "--ensemble", "3 M€", "--format", "json"
    ).json()
    assert [one["factors"][0]["low"] for one in shared["lots"]] == [1_500_000, 1_500_000]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cout", "3"), "moins que le SMIC"),
        (("--part", "0.4"), "vouliez-vous dire 40 %"),
        (("--lieu", "Trifouillis-les-Oies"), "Trifouillis-les-Oies"),
        (("--famille", "Espaces"), "Espaces verts, création"),
    ],
)
@pytest.mark.usefixtures("sample")
def test_what_is_unlikely_is_asked(run: Run, options: tuple[str, ...], said: str) -> None:
    done = run("calibrage", "--objet", "Peinture", "--montant", "500 000", "--mois", "12", *options)
    assert done.code == 1
    assert said in done.said.replace("\u202f", " ").replace("\u00a0", " ")
