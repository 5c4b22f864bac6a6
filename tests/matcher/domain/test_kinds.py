"""Kinds and families, as the law and the trade have them: who may answer a reserved lot hangs on this."""

import pytest

from matcher.domain.kinds import Family, SupplierKind
from matcher.reference.glossary import meaning
from matcher.reference.levers import eligible_kinds

FAMILIES = {
    Family.SIAE: {"EI", "ACI", "AI", "ETTI", "EITI"},
    Family.STPA: {"EA", "EATT", "ESAT"},
    Family.SEP: {"SEP"},
    Family.ESS: {"ESS"},
    Family.NONE: {"GEIQ", "TIH"},
}


@pytest.mark.parametrize("family", Family)
def test_each_family_holds_its_kinds(family: Family) -> None:
    assert {kind for kind in SupplierKind if kind.family is family} == FAMILIES[family]


def test_every_kind_has_one_acronym_and_its_own_french_name() -> None:
    assert all(kind.name == kind.value == str(kind) for kind in SupplierKind)
    labels = [kind.label for kind in SupplierKind]
    assert len(set(labels)) == len(labels) == 12
    assert all(label[0].isupper() and "'" not in label for label in labels)


@pytest.mark.parametrize("kind", sorted(set(SupplierKind) - {SupplierKind.ESS}))
def test_a_kind_is_called_as_the_glossary_calls_it(kind: SupplierKind) -> None:
    assert meaning(kind).startswith(f"{kind.label[0].lower()}{kind.label[1:]}")


@pytest.mark.parametrize(
    ("article", "families"),
    [
        ("12", {Family.STPA}),
        ("13", {Family.SIAE}),
        ("13-1", {Family.SEP}),
        ("14", {Family.STPA, Family.SIAE}),
        ("15", {Family.ESS}),
    ],
)
def test_an_article_is_open_to_whole_families(article: str, families: set[Family]) -> None:
    assert eligible_kinds(article) == {kind for kind in SupplierKind if kind.family in families}
