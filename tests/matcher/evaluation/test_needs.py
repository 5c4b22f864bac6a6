"""Needs read by hand: what is counted as shown, as rightly known, as wrongly there."""

from matcher.domain.need import Need
from matcher.domain.supplier import Supplier
from matcher.evaluation.needs import need_figures, precision_by_evidence, read_needs
from matcher.evaluation.suites import SuiteLot
from matcher.need.fields import need_from
from matcher.ranking.lay_out import build_shelf
from tests.factories import DENAIN, MAUBEUGE, declares, supplier

GREEN = "espaces-verts.creation-entretien"
KNOWN = supplier("Jardins A", at=MAUBEUGE, activities=declares(GREEN))
WRONG = supplier("Jardins B", at=DENAIN, activities=declares(GREEN))
BESIDE = supplier("Voisin", at=MAUBEUGE)
CATALOGUE = (KNOWN, WRONG, BESIDE)
NEED: Need = need_from({"objet": "Entretien des espaces verts", "lieu": "Maubeuge"})


def gold(**labels: tuple[Supplier, ...]) -> list[SuiteLot]:
    told = {label: [{"id": one.id, "km": 3.0, "org": one.id} for one in its] for label, its in labels.items()}
    return [SuiteLot(NEED, {"established": [], **told})]


def test_what_is_due_is_shown_and_what_is_claimed_is_right_or_not() -> None:
    needs = read_needs(gold(established=(KNOWN,), stranger=(WRONG,), must_not=(BESIDE,)), build_shelf(CATALOGUE))
    assert need_figures(needs) == {
        "montrés": 1.0,
        "précision des connus": 0.5,
        "étrangers": 1,
        "à ne pas montrer": 1,
        "répétées": 0,
        "« personne » à tort": 0,
    }


def test_a_supplier_may_have_two_labels() -> None:
    needs = read_needs(gold(established=(KNOWN,), must_not=(KNOWN,)), build_shelf(CATALOGUE))
    assert need_figures(needs)["à ne pas montrer"] == 1
    assert need_figures(needs)["précision des connus"] == 1.0


def test_precision_is_told_by_kind_of_evidence() -> None:
    needs = read_needs(gold(established=(KNOWN,), stranger=(WRONG,)), build_shelf(CATALOGUE))
    assert precision_by_evidence(needs) == {"connu : déclarée": {"étiquetés": 2, "justes": 0.5}}
