"""`calibrage`: the worked example of a facilitator, several lots, the law, the words to paste, each refusal."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.matcher.cli.conftest import Run

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
        ((*WORKS, "--pourcentage", "105"), 2, "100 au plus"),
        ((*WORKS, "--pourcentage", "-5"), 2, "nombre positif"),
        ((*WORKS, "--montant", "1", "--montant", "2"), 2, "une fois pour tous les lots"),
        ((*WORKS, "--heures", "50 000"), 1, "de travail au plus"),
        (("--objet", "Voirie", "--montant", "1 200 000 TTC"), 1, "hors taxes"),
        ((*WORKS, "--motif", "parce que"), 2, "--dispense"),
    ],
)
def test_what_cannot_be_used_is_refused(run: Run, options: tuple[str, ...], code: int, said: str) -> None:
    done = run("calibrage", *options)
    assert (done.code, said in done.said) == (code, True)
