"""Corrected families: kept for one organisation, replaced, forgotten, and taken out with a value that is to be erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.db import open_database, writing
from matcher.decisions.purchases.families.compute import WrittenNeed
from matcher.decisions.purchases.families.corrections import forget_families, keep_families, load_families
from matcher.erasure import cut_tables
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.dossiers.kept import AT, WHO

CLEANING = WrittenNeed("Nettoyage des locaux 2026", "")
CODE = WrittenNeed("", "90911200")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Engine]:
    """An empty catalogue."""
    opened = open_database(f"sqlite:///{(tmp_path / 'c.sqlite').as_posix()}")
    yield opened
    opened.dispose()


def test_the_last_word_on_needs_written_alike_is_kept_for_one_organisation(own: Engine) -> None:
    other = create_organisation(own, OrganisationProfile(name="Autre"), author=WHO, now=AT).id
    keep_families(own, FIRST_ORGANISATION, {CLEANING: "A", CODE: "B"})
    keep_families(own, other, {CLEANING: "Z"})
    later = WrittenNeed("NETTOYAGE des locaux 2027", "")
    keep_families(own, FIRST_ORGANISATION, {later: "C"})
    assert load_families(own, FIRST_ORGANISATION) == {CODE: "B", later: "C"}
    forget_families(own, FIRST_ORGANISATION, [CLEANING])
    assert load_families(own, FIRST_ORGANISATION) == {CODE: "B"}
    assert load_families(own, other) == {CLEANING: "Z"}


def test_a_line_that_names_a_person_who_is_forgotten_goes(own: Engine) -> None:
    keep_families(own, FIRST_ORGANISATION, {WrittenNeed("Formation de Jeanne Martin", ""): "Formation", CODE: "B"})
    with writing(own) as connection:
        cut_tables(connection, lambda text: text.replace("Jeanne Martin", ""))
    assert load_families(own, FIRST_ORGANISATION) == {CODE: "B"}
