"""`explain`: one supplier, in the list or not, why or why not."""

from pathlib import Path

from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge")


def test_it_gives_the_rank_and_the_sum_that_the_list_gives(sample: Path, run: Run) -> None:
    listed = run("match", *NEED, "--format", "jsonl").lines()[2]
    answer = run("explain", *NEED, "--id", listed["id"], "--format", "json").json()
    assert (answer["rank"], answer["refused"]) == (3, [])
    assert answer["match"] == listed
    assert "rang 3" in run("explain", *NEED, "--id", listed["id"]).said


def test_a_siret_may_be_written_with_spaces(sample: Path, run: Run) -> None:
    listed = next(line for line in run("match", *NEED, "--format", "jsonl").lines() if line["siret"])
    spaced = f" {listed['siret'][:3]} {listed['siret'][3:6]}\u00a0{listed['siret'][6:]} "
    assert run("explain", *NEED, "--siret", spaced, "--format", "json").json()["id"] == listed["id"]


def test_a_refused_supplier_has_its_reason_and_no_rank(sample: Path, run: Run) -> None:
    listed = run("match", *NEED, "--kind", "ACI", "--format", "jsonl").lines()[0]
    answer = run("explain", *NEED, "--levier", "12", "--id", listed["id"], "--format", "json").json()
    assert answer["rank"] is None
    assert "L2113-12" in answer["refused"][0]
    assert "n’est pas dans la liste" in run("explain", *NEED, "--levier", "12", "--id", listed["id"]).said


def test_an_unknown_supplier_is_a_refusal(sample: Path, run: Run) -> None:
    done = run("explain", *NEED, "--siret", "nul[/b]")
    assert done.code == 1
    assert "« nul[/b] » n’est pas dans le catalogue" in done.said


def test_one_supplier_and_one_only(sample: Path, run: Run) -> None:
    assert run("explain", *NEED).code == 2
    assert run("explain", *NEED, "--id", "siret:1", "--siret", "2").code == 2
