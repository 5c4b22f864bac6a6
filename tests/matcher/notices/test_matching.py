"""Whom a published lot suits, and the order in which one supplier reads its lots."""

import numpy as np
import pytest

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.domain.supplier import Supplier
from matcher.notices.matching import MOST, READ, LotMatches, matches, own_order, wanted_kinds
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.known import BANDS
from tests.factories import MARSEILLE, MAUBEUGE, ask, declares, siret, supplier

GREEN, CLEANING = "espaces-verts.creation-entretien", "proprete.locaux"


def told(lot: LotOnShelf, its: LotMatches) -> list[tuple[str, Band, int]]:
    names = [lot.shelf.suppliers[row].name for row in its.rows.tolist()]
    return list(zip(names, (BANDS[band] for band in its.band), its.place.tolist(), strict=True))


def lawns(*suppliers: Supplier, **lot: object) -> LotOnShelf:
    return ask("Entretien des espaces verts", suppliers, lieu="Maubeuge", **lot)


def test_the_known_come_first_then_those_pointed_to_then_some_to_call_and_nobody_else() -> None:
    lot = lawns(
        supplier("Jardins", activities=declares(GREEN)),
        supplier("Nettoyeurs", activities=declares(CLEANING)),
        supplier("Jardins du Sud", at=MARSEILLE, activities=declares(GREEN)),
        supplier("Pépinières", naf="0130Z"),
        supplier("Inconnus"),
    )
    found = told(lot, matches(lot))
    assert [name for name, *_ in found] == ["Jardins", "Pépinières", "Inconnus"]
    assert [band for _, band, _ in found] == [Band.CONNU, Band.INDICE, Band.A_APPELER]
    assert {place for *_, place in found} == {1}


def test_it_is_the_list_of_the_engine_with_its_places_and_scores() -> None:
    lot = lawns(
        *(supplier(f"{n}", at=(MAUBEUGE[0] + n / 50, MAUBEUGE[1]), activities=declares(GREEN)) for n in range(9))
    )
    its, found = matches(lot), lay_out_bands(rank(lot))
    assert its.rows.tolist() == found.of(Band.CONNU).tolist()
    assert its.place.tolist() == list(range(1, 10))
    assert its.score.tolist() == pytest.approx(found.ranking.score_rows(its.rows)[0].tolist(), abs=0.01)
    assert its.lead.tolist() == pytest.approx((its.score - its.score.min()).tolist(), abs=0.01)
    assert matches(lot, most=4).rows.tolist() == its.rows[:4].tolist()
    assert len(its.rows) < MOST


def test_of_those_to_call_only_whom_a_buyer_reads_and_whose_kind_answers_such_needs() -> None:
    crowd = [supplier(f"{n}", "ACI", (MAUBEUGE[0] + n / 10_000, MAUBEUGE[1])) for n in range(READ + 5)]
    lot = lawns(*crowd)
    assert len(matches(lot).rows) == READ
    seconding = ask("Entretien des espaces verts", [supplier("Sans métier connu", "ETTI")], lieu="Maubeuge")
    ranking = rank(seconding)
    usual = float(ranking.of(ranking.weights[2][0])[0])
    assert (len(matches(seconding).rows) == 0) == (usual < 0.3)


def test_one_line_an_organisation_and_nobody_for_a_lot_that_is_not_understood() -> None:
    near, far = (f"siret:{siret(1)[:9]}{end}" for end in ("00018", "00026"))
    both = [
        supplier("Près", id=near, siren=siret(1)[:9], activities=declares(GREEN)),
        supplier("Loin", id=far, siren=siret(1)[:9], at=(50.5, 3.9), activities=declares(GREEN)),
    ]
    lot = lawns(*both)
    assert [name for name, *_ in told(lot, matches(lot))] == ["Près"]
    assert matches(lot).credible == 1
    for objet in ("Prestations à définir", "Entretien des espaces verts"):  # nobody knows where
        nothing = matches(ask(objet, both))
        assert (len(nothing.rows), nothing.connu, nothing.credible) == (0, 0, 0)


def test_credible_organisations_are_counted_for_each_article_that_could_reserve_the_lot() -> None:
    its = matches(
        lawns(
            supplier("A", "ESAT", activities=declares(GREEN)),
            supplier("B", "EA", activities=declares(GREEN)),
            supplier("C", "ACI", activities=declares(GREEN)),
            supplier("D", "ACI"),
        )
    )
    assert (its.credible, dict(its.reservable)) == (3, {"12": 2, "13": 1})


def test_a_reserved_lot_is_wanted_of_its_family_and_keeps_the_others_out() -> None:
    both = (
        supplier("Atelier", "ESAT", activities=declares(GREEN)),
        supplier("Chantier", "ACI", activities=declares(GREEN)),
    )
    reserved, open_to_all = lawns(*both, levier="12"), lawns(*both)
    assert told(reserved, matches(reserved)) == [("Atelier", Band.CONNU, 1)]
    assert matches(reserved).wanted.tolist() == [True]
    assert matches(open_to_all).wanted.tolist() == [False, False]
    assert wanted_kinds(reserved) == {SupplierKind.EA, SupplierKind.EATT, SupplierKind.ESAT}
    assert not wanted_kinds(lawns(*both, levier="clause"))


def test_nobody_for_a_lot_that_no_supplier_may_answer() -> None:
    its = matches(lawns(supplier("Chantier", "ACI", activities=declares(GREEN)), levier="12"))
    assert (len(its.rows), its.credible, dict(its.reservable)) == (0, 0, {"12": 0, "13": 0})


def test_a_supplier_reads_first_what_is_reserved_to_its_kind_then_where_it_leads_most() -> None:
    lead = np.array([5.0, 30.0, -2.0, 12.0], dtype=np.float32)
    assert own_order(np.array([False, False, True, False]), lead).tolist() == [2, 1, 3, 0]


def test_the_same_score_leads_more_where_fewer_are_as_good() -> None:
    me = supplier("Moi", activities=declares(GREEN))
    rivals = [
        supplier(f"{n}", at=(MAUBEUGE[0] + n / 10_000, MAUBEUGE[1]), activities=declares(GREEN)) for n in range(READ)
    ]
    far = [supplier(f"{n}", at=MARSEILLE) for n in range(READ)]
    crowded, alone = lawns(me, *rivals), lawns(me, *far)
    leads = [
        float(its.lead[its.rows == lot.shelf.find(me.id)][0]) for lot in (crowded, alone) for its in [matches(lot)]
    ]
    assert leads[0] < 5 < leads[1]
