"""Trades that texts tell: a clue is right by trade, or by group alone."""

import pytest

from matcher.evaluation.trades import found_in_texts, precision_of_evidence
from matcher.ranking.lay_out import build_shelf
from tests.factories import supplier

# Its class is two trades in itself: green spaces, and brush cut down.
ONE = supplier("Blanchisserie du Nord", naf="8130Z")


@pytest.mark.parametrize(
    ("gold", "of_naf"),
    [
        (["espaces-verts.creation-entretien", "espaces-verts.debroussaillage"], (1.0, 1.0)),
        (["espaces-verts.creation-entretien"], (0.5, 1.0)),
        (["espaces-verts.elagage"], (0.0, 1.0)),
        (["espaces-verts"], (1.0, 1.0)),
        (["linge.blanchisserie"], (0.0, 0.0)),
    ],
)
def test_each_kind_of_evidence_has_its_share(gold: list[str], of_naf: tuple[float, float]) -> None:
    found = precision_of_evidence([{"supplier": ONE.id, "activities": gold}], build_shelf([ONE]))
    by_naf = next(its for key, its in found.items() if "NAF" in key and "sûre" in key)
    assert (by_naf["le métier"], by_naf["sa famille"]) == of_naf
    assert by_naf["indices"] == 2


def test_a_supplier_that_the_catalogue_lacks_counts_for_nothing() -> None:
    assert precision_of_evidence([{"supplier": "siret:0", "activities": ["linge"]}], build_shelf([ONE])) == {}


def test_what_is_read_in_texts_is_counted_by_part_by_trade_and_by_family() -> None:
    text = "Nos prestations : blanchisserie, élagage, imprimerie"
    gold = ["linge.blanchisserie", "espaces-verts", "restauration.traiteur"]
    lines = [{"part": "web", "activities": gold, "text": text}, {"part": "directory", "activities": gold, "text": ""}]
    assert found_in_texts(lines) == {
        "web": {
            "fournisseurs": 1,
            "métier, rappel": 2 / 3,
            "métier, justesse": 2 / 3,
            "famille, rappel": 2 / 3,
            "famille, justesse": 2 / 3,
        }
    }
