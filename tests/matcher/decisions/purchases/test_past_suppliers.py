"""Past suppliers: what a ledger surely says, kept for one organisation, followed to today, and gone with who leaves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.recognition import load_recogniser
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.leaving import LEAVING
from matcher.db import open_database
from matcher.decisions.purchases.past_suppliers import (
    PastSupplier,
    keep_past_suppliers,
    load_past_suppliers,
    past_labels,
    remove_past_suppliers,
    suppliers_of_spending,
)
from matcher.decisions.purchases.spending import Spending, read_spending
from matcher.ownership import FIRST_ORGANISATION
from matcher.ranking.shelf.shelf import Shelf
from tests.matcher.decisions.purchases.test_line import entry
from tests.matcher.dossiers.kept import AT, WHO

A, B = "siret:55208131700001", "siret:55208131700002"


@pytest.fixture
def sample(built: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of the sample catalogue, to write in."""
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(built.read_bytes())
    opened = open_database(f"sqlite:///{path.as_posix()}")
    yield opened
    opened.dispose()


def known(shelf: Shelf) -> str:
    return next(key for key in shelf.ids if key.startswith("siret:"))


def test_only_who_is_surely_recognised_is_a_past_supplier_and_the_last_year_is_said(sample: Engine) -> None:
    shelf = load_shelf(sample)
    key = known(shelf)
    siret = key.removeprefix("siret:")
    told = [
        {"siret": siret, "montant": "10", "annee": "2023"},
        {"siret": siret, "montant": "10", "date": "02/03/2025"},
        {"siret": siret, "montant": "10", "annee": "exercice 12"},
        {"fournisseur": shelf.suppliers[shelf.find(key) or 0].name, "montant": "70", "annee": "2026"},
        {"siret": "55208131766522", "montant": "10", "annee": "2026"},
        {"montant": "10"},
    ]
    lines = read_spending([entry(**fields) for fields in told], shelf, load_recogniser(sample))
    (its,) = suppliers_of_spending(Spending(lines, {}))
    assert (its.id, its.last_year) == (key, 2025)
    assert its.lines == sum(line.standing == "inclusif" for line in lines) >= 3


def test_kept_again_the_later_year_stays_and_each_is_once(engine: Engine) -> None:
    keep_past_suppliers(engine, FIRST_ORGANISATION, [PastSupplier(A, 2025, 4), PastSupplier(B, None, 1)])
    keep_past_suppliers(engine, FIRST_ORGANISATION, [PastSupplier(A, 2023, 2)])
    assert load_past_suppliers(engine, FIRST_ORGANISATION) == {A: PastSupplier(A, 2025, 2), B: PastSupplier(B, None, 1)}
    remove_past_suppliers(engine, FIRST_ORGANISATION, {B, "siret:inconnu"})
    assert list(load_past_suppliers(engine, FIRST_ORGANISATION)) == [A]


def test_those_of_another_organisation_are_neither_seen_nor_removed(engine: Engine) -> None:
    other = create_organisation(engine, OrganisationProfile("Autre"), author=WHO, now=AT).id
    keep_past_suppliers(engine, other, [PastSupplier(A, 2025, 4)])
    assert load_past_suppliers(engine, FIRST_ORGANISATION) == {}
    keep_past_suppliers(engine, FIRST_ORGANISATION, [PastSupplier(A, 2021, 1)])
    remove_past_suppliers(engine, FIRST_ORGANISATION, {A})
    assert load_past_suppliers(engine, FIRST_ORGANISATION) == {}
    assert load_past_suppliers(engine, other) == {A: PastSupplier(A, 2025, 4)}


def test_a_list_says_them_and_the_other_sites_of_their_organisation(sample: Engine) -> None:
    shelf = load_shelf(sample)
    sirens = shelf.sirens.copy()
    row, twin, stranger = np.flatnonzero(sirens)[:3].tolist()
    sirens[twin] = sirens[row]
    shelf = replace(shelf, sirens=sirens)
    ids = [shelf.ids[at] for at in (row, twin, stranger)]
    for year, words in ((2025, "déjà votre fournisseur, 2025"), (None, "déjà votre fournisseur")):
        told = past_labels({ids[0]: PastSupplier(ids[0], year, 1)}, shelf, ids)
        assert told == {ids[0]: words, ids[1]: f"son organisation (même SIREN) est {words}"}
    gone = past_labels({"siret:parti": PastSupplier("siret:parti", 2025, 1)}, shelf, ids)
    assert gone == {}


def test_a_supplier_that_leaves_the_catalogue_leaves_them(sample: Engine) -> None:
    key = known(load_shelf(sample))
    keep_past_suppliers(sample, FIRST_ORGANISATION, [PastSupplier(key, 2025, 1), PastSupplier(B, None, 1)])
    opt_out(sample, key, author=WHO, motive="", now=AT, leaving=LEAVING)
    assert list(load_past_suppliers(sample, FIRST_ORGANISATION)) == [B]
