"""CPV: spellings found in real files, official labels, and what a code tells."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.reference.tables import rows
from matcher.reference.trades import cpv
from matcher.reference.trades.cpv import cpv_label, cpv_weights, load_cpv, normalise_cpv


@pytest.fixture
def official(shared: Path) -> dict[str, str]:
    """Every code and label as published."""
    return load_cpv(shared / "data/reference/cpv_2008_fr.csv")


@pytest.mark.parametrize(
    ("raw", "code", "doubtful"),
    [
        ("90911200", "90911200", False),
        ("90911200-8", "90911200", False),
        ("9091 1200", "90911200", False),
        ("909112008", "90911200", False),
        ("45000000.0", "45000000", False),
        ("90.91.12.00", "90911200", False),
        ("9091 1200 - 8", "90911200", False),
        ("90911200–8", "90911200", False),
        ("CPV : 90911200-8", "90911200", False),
        ("code CPV 90911200", "90911200", False),
        ("3120000", "03120000", True),
        ("3120000-9", "03120000", True),
        ("9120000", "09120000", True),
        ("77310", "77310000", True),
        ("9091000", "90910000", True),
        ("09091000", None, True),
        ("0", None, True),
        ("99999999", None, True),
        ("sans objet", None, True),
        ("", None, False),
    ],
)
def test_spellings(raw: str, code: str | None, doubtful: bool) -> None:
    found, doubt = normalise_cpv(raw)
    assert found == code
    assert (doubt is not None) == doubtful


@given(st.text(max_size=14))
def test_any_text_gives_a_code_of_eight_digits_or_says_why_not(raw: str) -> None:
    code, doubt = normalise_cpv(raw)
    assert code is None or (len(code) == 8 and code.isascii() and code.isdigit())
    assert code is not None or doubt is not None or not "".join(raw.split())


def test_the_longest_prefix_wins() -> None:
    assert cpv_weights("90917000") == {"proprete.vehicules": 1.0}
    assert cpv_weights("90911300") == {"proprete.vitrerie": 1.0}
    assert cpv_weights("00000000") == {}


def test_codes_of_insertion_hardly_tell_the_work() -> None:
    for code in ("85312510", "75231240", "85312500"):
        assert max(cpv_weights(code).values()) <= 0.1


def test_every_division_tells_something() -> None:
    divisions = {row["code"][:2] for row in rows("cpv") if row["code"].endswith("000000")}
    assert len(divisions) == 45
    assert all(cpv_weights(f"{division}000000") for division in divisions)


def test_every_official_code_tells_something(official: dict[str, str]) -> None:
    assert [code for code in official if not cpv_weights(code)] == []


def test_a_label_falls_back_on_the_code_above() -> None:
    assert cpv_label("90911000") == cpv_label("90911001") != ""
    assert cpv_label("00000000") == ""


def test_labels_are_the_official_ones_and_divisions_and_groups_are_complete(official: dict[str, str]) -> None:
    shipped = {row["code"]: row["libelle"] for row in rows("cpv")}
    assert {code: official.get(code) for code in shipped} == shipped
    assert {code for code in official if code.endswith("00000")} <= set(shipped)
    assert all(any(code.startswith(row["prefixe"]) for code in official) for row in rows("cpv_activites"))


def test_a_file_of_the_user_must_have_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "cpv.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["CODE", "FR"], ["03000000-1", "Produits agricoles"]])
    assert load_cpv(path) == {"03000000": "Produits agricoles"}
    path.write_text("CODE;FR\n", encoding="utf-8")
    with pytest.raises(ValueError, match="colonne absente"):
        load_cpv(path)


def test_the_official_file_of_the_user_completes_the_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cpv.csv"
    path.write_text("CODE,FR\n03111100-3,Graines de soja\n", encoding="utf-8")
    monkeypatch.setattr(cpv, "cpv_file", lambda: path)
    cpv._labels.cache_clear()
    try:
        assert cpv_label("03111100") == "Graines de soja"
        assert cpv_label("77310000").startswith("Réalisation et entretien")
    finally:
        cpv._labels.cache_clear()
