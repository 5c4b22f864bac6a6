"""Suite 8: a ledger that can be repeated, without any number, and the figures on the real directories."""

from pathlib import Path

import pytest

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.identity.compare import Traits
from matcher.catalogue.identity.recogniser import ListedSupplier, Recogniser
from matcher.catalogue.identity.records import CleanRecord, traits_of
from matcher.catalogue.identity.same_supplier import group_records
from matcher.catalogue.intake.intake import cleaned_records
from matcher.evaluation.contracts import contracts
from matcher.evaluation.names import LINES, ledger, name_figures, noisy_ledger, outsider_counts, outsiders

SEEDS = (8, 77)


def directory(shared: Path, key: str, name: str) -> list[CleanRecord]:
    return cleaned_records(REGISTRY[key], Source(shared / "data" / "sources" / name))


@pytest.fixture(scope="module")
def emplois(shared: Path) -> list[CleanRecord]:
    return directory(shared, "emplois", "les_emplois_marche.json")


@pytest.fixture(scope="module")
def recogniser(shared: Path, emplois: list[CleanRecord]) -> Recogniser:
    traits = [traits_of(one) for one in [*emplois, *directory(shared, "finess", "finess_esat_ea_2021.csv")]]
    ids = group_records(traits).ids
    suppliers: dict[str, list[Traits]] = {}
    for record in traits:
        suppliers.setdefault(ids[record.key], []).append(record)
    return Recogniser(
        ListedSupplier.of(key, max(record.siret for record in its), "", its) for key, its in sorted(suppliers.items())
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_names_as_ledgers_write_them(
    shared: Path, emplois: list[CleanRecord], recogniser: Recogniser, seed: int
) -> None:
    asp = directory(shared, "asp", "2019_07_liste_siae.csv")
    brands = {record.siret: record.brand for record in emplois if record.brand}
    lines = ledger(asp, brands, seed)
    assert lines == ledger(asp, brands, seed)
    assert len(lines) == LINES
    assert not any(line.written.number for line in lines)
    figures = name_figures(lines, recogniser)
    assert figures["sûrs et justes"] >= 0.5
    assert figures["juste parmi quatre"] >= 0.93
    assert figures["sûrs et faux"] <= 0.002


@pytest.mark.parametrize("seed", SEEDS)
def test_names_with_the_words_of_a_ledger(emplois: list[CleanRecord], recogniser: Recogniser, seed: int) -> None:
    figures = name_figures(noisy_ledger(emplois, seed), recogniser)
    assert figures["juste parmi quatre"] >= 0.9
    assert figures["sûrs et faux"] == 0


def test_winners_that_the_catalogue_does_not_have_are_not_taken_for_one(shared: Path, recogniser: Recogniser) -> None:
    firms = outsiders(contracts(shared / "data" / "sources" / "decp_2018_2020.json"), recogniser)
    assert len(firms) >= 12_000
    assert outsider_counts(firms, recogniser)["pris pour sûrs"] <= 1
