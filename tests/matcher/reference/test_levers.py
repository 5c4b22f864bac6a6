"""Levers: who may answer under which article."""

import pytest

from matcher.domain.kinds import SupplierKind
from matcher.reference.levers import eligible, eligible_kinds, lever, levers, reserving_articles

STPA = {SupplierKind.EA, SupplierKind.EATT, SupplierKind.ESAT}
SIAE = {SupplierKind.EI, SupplierKind.ACI, SupplierKind.AI, SupplierKind.ETTI, SupplierKind.EITI}


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("12", STPA),
        ("13", SIAE),
        ("13-1", {SupplierKind.SEP}),
        ("14", STPA | SIAE),
        ("15", {SupplierKind.ESS}),
        ("clause", set(SupplierKind)),
        ("critere", set(SupplierKind)),
        ("miqp", set(SupplierKind)),
        ("pmsmp", set()),
        ("", set()),
    ],
)
def test_eligible_kinds(code: str, kinds: set[SupplierKind]) -> None:
    assert eligible_kinds(code) == kinds


def test_a_supplier_of_several_kinds_is_eligible_by_any() -> None:
    assert eligible("12", (SupplierKind.ACI, SupplierKind.ESAT))
    assert not eligible("12", (SupplierKind.ACI, SupplierKind.GEIQ))


def test_every_lever_says_its_source_its_date_and_its_sentence() -> None:
    assert [item.code for item in levers()] == ["12", "13", "13-1", "14", "15", "clause", "critere", "miqp", "pmsmp"]
    for item in levers():
        assert item.label
        assert item.source
        assert item.valid_from is not None
        assert item.sentence.endswith(".")
    for code in ("12", "13", "13-1", "14", "15"):
        assert lever(code).article == f"L2113-{code}"
        assert f"L2113-{code}" in lever(code).sentence


def test_an_unknown_lever_is_an_error() -> None:
    with pytest.raises(KeyError):
        lever("99")


@pytest.mark.parametrize(
    ("kind", "opened"),
    [("ESAT", ["L2113-12", "L2113-14"]), ("EI", ["L2113-13", "L2113-14"]), ("GEIQ", []), ("ESS", ["L2113-15"])],
)
def test_articles_are_those_of_the_kinds(kind: str, opened: list[str]) -> None:
    assert reserving_articles([SupplierKind(kind)]) == opened
