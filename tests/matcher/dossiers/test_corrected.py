"""Corrections of trades: those of a programme beside those of frozen lists, each organisation's own."""

import io
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.decisions.purchases.batch import STUDIES, Studies
from matcher.decisions.purchases.line import LineFacts
from matcher.decisions.purchases.sheet_answers import SheetAnswer
from matcher.decisions.purchases.study import StudyKind
from matcher.dossiers.changes import AddLot
from matcher.dossiers.corrected import corrected_needs
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkStore
from matcher.ownership import FIRST_ORGANISATION
from matcher.reading.trade.corpus import CorpusSentence
from matcher.settings import CACHE_VARIABLE
from tests.matcher.dossiers.kept import AT, HEADER, WHO, with_trade
from tests.waiting import LONGEST_S

SHEET = "Objet;Lieu\nRemise en ordre du vestiaire;Maubeuge\nTonte;Maubeuge\n=CMD vitres;Lille\n"
GLASS = "proprete.vitrerie"


@pytest.fixture
def own(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    shutil.copyfile(built, tmp_path / "catalogue.sqlite")
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


def test_what_was_told_of_a_line_is_a_correction_and_is_of_who_told_it(own: Engine) -> None:
    works = WorkStore(own)
    worker = Worker(works, STUDIES)
    studies = Studies(works, FIRST_ORGANISATION, lambda: date(2026, 11, 25))
    study = studies.drop(StudyKind.PROGRAMME, "achats.csv", io.BytesIO(SHEET.encode()))
    worker.wake()
    worker.wait(LONGEST_S)
    assert corrected_needs(own, FIRST_ORGANISATION) == ()
    told = LineFacts(activity=GLASS)
    keys = [entry.key for entry in studies.result(studies.get(study.key) or study, load_shelf(own)).sheet.entries]
    assert studies.tell(study, SheetAnswer("Ali", "2026-11-25T10:00:00", (keys[0], keys[2]), told), 0) == ()
    worker.close()
    assert corrected_needs(own, FIRST_ORGANISATION) == (
        CorpusSentence((GLASS,), "corrige", "Remise en ordre du vestiaire"),
        CorpusSentence((GLASS,), "corrige", "CMD vitres"),
    )
    other = create_organisation(own, OrganisationProfile("Autre"), author=WHO, now=AT).id
    assert corrected_needs(own, other) == ()


def test_of_one_need_the_last_correction_counts_and_a_need_without_words_teaches_nothing(own: Engine) -> None:
    number = open_dossier(own, FIRST_ORGANISATION, HEADER, author=WHO, now=AT).id
    for objet, code in (
        ("Vestiaire", "linge.couture"),
        ("VESTIAIRE", GLASS),
        ("", GLASS),
        ("Ancien", "metier.disparu"),
    ):
        lot = AddLot("Lot", freeze(with_trade(objet, code, told=True)))
        change_dossier(own, FIRST_ORGANISATION, number, [lot], version=None, author=WHO, now=AT)
    assert corrected_needs(own, FIRST_ORGANISATION) == (CorpusSentence((GLASS,), "corrige", "VESTIAIRE"),)
