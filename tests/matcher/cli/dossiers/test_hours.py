"""`dossier hours`, `promise-hours`, `record-hours`, `remove-hours`: the hours of insertion on the command line, each refusal and its code."""

from pathlib import Path

import pytest

from tests.matcher.cli.conftest import Run
from tests.matcher.cli.dossiers.test_dossier import shown, started  # noqa: F401  # the same dossier

PROMISE = (
    "dossier",
    "promise-hours",
    1,
    "--heures",
    "1 200",
    "--debut",
    "2026-01-01",
    "--fin",
    "2026-12-31",
    "--par",
    "Léa",
)
RECORD = ("dossier", "record-hours", 1, "--par", "Léa")


def test_hours_are_promised_noted_shown_and_taken_out(started: Run, tmp_path: Path) -> None:  # noqa: F811
    assert "promise-hours" in started("dossier", "hours", 1).said
    assert started(*PROMISE).code == 0
    done = started(
        *RECORD,
        "--mois",
        "03/2026",
        "--modalite",
        "ETTI",
        "--prevues",
        "100",
        "--faites",
        "80,5",
        "--personnes",
        1,
        "--pmsmp",
        2,
    )
    assert "note les heures d’insertion de mars 2026 (1 ligne, 100 prévues, 80,5 faites, 2 PMSMP)" in done.said
    path = tmp_path / "suivi.csv"
    path.write_text("Mois;ACI;Note\navril 2026;20;x\nTotal;20;\n", "utf-8")
    read = started(*RECORD, path, "--sorte", "placées")
    assert (read.code, "« Note » : non reprise." in read.said, "1 ligne de total" in read.said) == (0, True, True)
    told = started("dossier", "hours", 1)
    for said in ("80,5 heures faites", "80,5 sur 100", "PMSMP : 2 périodes d’immersion"):
        assert said in told.said
    assert (
        started(
            "dossier",
            "remove-hours",
            1,
            "--mois",
            "03/2026",
            "--modalite",
            "pmsmp",
            "--motif",
            "erreur",
            "--par",
            "Léa",
        ).code
        == 0
    )
    months = started("dossier", "hours", 1, "--format", "json").json()["months"]
    assert [(one["modality"], one.get("placed"), one.get("done")) for one in months] == [
        ("etti", None, 80.5),
        ("soustraitance-aci", 20, None),
    ]


def test_the_hours_of_a_contract_are_promised_noted_corrected_and_moved_by_its_lot(
    started: Run,  # noqa: F811
    tmp_path: Path,
) -> None:
    added = started("dossier", "add-lot", 1, "--objet", "Peinture", "--lieu", "Maubeuge", "--par", "Léa")
    assert added.code == 0, added.said
    for lot, client in ((1, "Amiens"), (2, "Oise")):
        assert started(*PROMISE, "--lot", lot, "--acheteur", client).code == 0
    refused = started(*RECORD, "--mois", "03/2026", "--modalite", "ETTI", "--faites", "80")
    assert (refused.code, "dites lequel (--lot 1, --lot 2)" in refused.said) == (1, True)
    path = tmp_path / "suivi.csv"
    path.write_text(
        "Contrat;Mois;Structure;Modalité;Heures\nOise;03/2026;A;ETTI;48h30\nAmiens;03/2026;B;ACI;20\n", "utf-8"
    )
    assert started(*RECORD, path).code == 0
    assert "déjà notées" in started(*RECORD, path).said
    path.write_text("Contrat;Mois;Modalité;Heures\nOise;03/2026;ETTI;-8,5\nAmiens;03/2026;ACI;30\n", "utf-8")
    for more, said in (((), "demande son motif"), (("--motif", "rectifié"), "Dites s’il faut « remplacer »")):
        asked = started(*RECORD, path, *more)
        assert (asked.code != 0, said in asked.said) == (True, True), asked.said
    assert started(*RECORD, path, "--motif", "rectifié", "--deja", "ajouter").code == 0
    of_oise = ("--lot", 2, "--mois", "03/2026", "--modalite", "ETTI", "--par", "Léa")
    assert started("dossier", "correct-hours", 1, *of_oise, "--faites", "-10", "--motif", "absence").code == 0
    found = started("dossier", "hours", 1, "--format", "json").json()
    assert [(one["lot"], one["client"], one["hours"]["months"][0]["done"]) for one in found["contracts"]] == [
        (1, "Amiens", 50),
        (2, "Oise", 30),
    ]
    assert (found["promise"]["hours"], len(shown(started)["insertion_by_contract"])) == (2400, 2)
    assert "en retard : Lot 1" in started("dossier", "hours", 1).said
    assert started("dossier", "move-hours", 1, "--lot", 1, "--vers", 2, "--par", "Léa").code == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--mois", "31/02/2026", "--modalite", "ETTI", "--faites", "1"), 2),
        (("--mois", "03/2026", "--modalite", "quelqu’un", "--faites", "1"), 2),
        (("--mois", "03/2026", "--modalite", "ETTI", "--faites", "-1"), 2),
        (("--mois", "03/2026", "--faites", "1"), 2),
        (("--mois", "03/2026", "--modalite", "pmsmp", "--faites", "1"), 2),
        (("--mois", "03/2026"), 1),
        (("--mois", "03/2025", "--modalite", "ETTI", "--faites", "1"), 1),
        (("--mois", "03/2026", "--modalite", "ETTI", "--faites", "3601"), 1),
        (("absent.csv",), 2),
        (("absent.csv", "--faites", "1"), 2),
    ],
)  # fmt: skip
def test_what_cannot_be_noted_is_refused(started: Run, more: tuple[str, ...], code: int) -> None:  # noqa: F811
    started(*PROMISE)
    assert started(*RECORD, *more).code == code
    assert shown(started)["insertion"].get("months", []) == []
