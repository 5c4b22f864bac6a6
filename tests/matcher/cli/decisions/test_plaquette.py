"""`plaquette`: what is printed and counted, in every form, and what is refused."""

from pathlib import Path

import pytest

from tests.matcher.cli.conftest import Run


@pytest.mark.usefixtures("sample")
def test_it_counts_what_is_printed_and_what_is_not(run: Run) -> None:
    told = run("plaquette", "--lieu", "Nord (59)", "--format", "json").json()
    names = [one["Structure"] for one in told["structures"]]
    assert "LES ATELIERS DES BORDS DE SAMBRE" in names
    assert told["use"] == "publication"
    assert "Non imprimé" in run("plaquette", "--lieu", "Nord (59)").said
    inside = run("plaquette", "--lieu", "Nord (59)", "--interne", "--format", "json").json()
    assert len(inside["structures"]) > len(names)


@pytest.mark.usefixtures("sample")
def test_it_is_narrowed_by_kind_and_by_trade_and_written(run: Run, tmp_path: Path) -> None:
    asked = ("plaquette", "--lieu", "Nord (59)", "--interne")
    kinds = run(*asked, "--type", "ESAT", "--format", "json").json()["structures"]
    assert all("ESAT" in one["Types"] for one in kinds)
    trades = run(*asked, "--metier", "espaces verts", "--format", "json").json()["structures"]
    assert len(trades) > 0
    path = tmp_path / "plaquette.csv"
    assert run(*asked, "--format", "csv", "-o", path).code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert run(*asked, "--format", "xlsx", "-o", tmp_path / "plaquette.xlsx").code == 0


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        ((), 2, "Dites le territoire (--lieu)"),
        (("--lieu", "Nrod"), 1, "Vouliez-vous dire « Nord »"),
        (("--lieu", "Maubeuge", "--metier", "zzzzqq"), 2, "« zzzzqq » n’est pas un métier connu"),
        (("--lieu", "Maubeuge", "--type", "SIAE"), 2, "choisissez parmi EI"),
        (("--lieu", "Maubeuge", "--format", "xlsx"), 2, "plaquette.xlsx"),
    ],
)
def test_what_is_refused_is_said(run: Run, options: tuple[str, ...], code: int, why: str) -> None:
    done = run("plaquette", *options)
    assert (done.code, why in done.said) == (code, True), done.said
