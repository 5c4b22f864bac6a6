"""Groupements for what a person types: a line of several trades is several parts, in whatever order its words are."""

from datetime import date
from pathlib import Path

import pytest

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.groupement.answer import GroupementQuestion, GroupementsAnswer, join_needs
from matcher.decisions.groupement.document import groupements_document

TODAY = date(2026, 11, 25)
GREEN, CLEANING = "Entretien des espaces verts", "Nettoyage des locaux"


def joined(built: Path, *needs: str, etp: str = "", places: tuple[str, ...] = ("Lille",)) -> GroupementsAnswer:
    engine = open_database(f"sqlite:///{built.as_posix()}")
    try:
        return join_needs(engine, load_shelf(engine), GroupementQuestion(needs=needs, places=places, etp=etp), TODAY)
    finally:
        engine.dispose()


def test_a_line_of_two_trades_is_two_parts_in_either_order(built: Path) -> None:
    first, second = (
        joined(built, f"{one} et {other.lower()}", etp="2") for one, other in ((GREEN, CLEANING), (CLEANING, GREEN))
    )
    assert first.grouping == second.grouping
    assert len(first.grouping.parts) == 2
    assert {one.part.etp for one in first.parts} == {2}
    (remark,) = groupements_document(first).remarks
    assert remark.startswith(f"Plusieurs métiers dans « {GREEN} et {CLEANING.lower()} »")
    assert groupements_document(joined(built, GREEN, CLEANING, etp="2")).remarks == ()


def test_the_size_read_of_a_line_is_shared_by_its_trades(built: Path) -> None:
    whole = joined(built, f"{CLEANING}, 400 000 € par an").parts[0].part.etp
    shared = joined(built, f"{GREEN} et {CLEANING.lower()}, 400 000 € par an").parts
    assert whole is not None
    assert len(shared) == 2
    assert len({one.part.etp for one in shared}) == 1


def test_the_trades_of_the_lines_count_as_parts(built: Path) -> None:
    sites = ("Lille", "Maubeuge", "Denain", "Arras", "Douai", "Laon", "Lens")
    with pytest.raises(DecisionRefused, match="14 parts"):
        joined(built, f"{GREEN} et {CLEANING.lower()}", places=sites)
