"""A dossier from its file: the JSON and the workbook that make it again, and what is no dossier."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.dossiers.dossier import Dossier, DossierChange
from matcher.dossiers.files.content import LARGEST_FILE, SHEET, DossierFileError
from matcher.dossiers.files.transfer import Brought, read_dossier, transfer_object
from matcher.dossiers.files.workbook import dossier_xlsx
from matcher.jobs.reader_process import ReadRefused
from matcher.journal.change import replay
from tests.matcher.dossiers.kept import AT, with_list
from tests.matcher.dossiers.test_dossier import CHANGES, walked

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(scope="module")
def brought_back(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Brought]:
    """What a file of these bytes makes again."""
    path = tmp_path_factory.mktemp("dossier") / "dossier.json"

    def read(content: bytes) -> Brought:
        path.write_bytes(content)
        return read_dossier(path)

    return read


@settings(max_examples=10)
@given(changes=st.lists(CHANGES, max_size=12))
def test_the_json_and_the_workbook_make_the_same_dossier_again(
    brought_back: Callable[[bytes], Brought], changes: list[DossierChange]
) -> None:
    dossier = walked(changes)
    for content in (json.dumps(transfer_object(dossier)).encode(), dossier_xlsx(dossier, lambda ids: {})):
        brought = brought_back(content)
        assert brought.number == dossier.number
        assert replay(Dossier(dossier.id), brought.lines) == dossier


def damaged(**line: Any) -> bytes:
    held = json.loads(json.dumps(transfer_object(with_list())))
    held["journal"][1] |= line
    return json.dumps(held).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "pas du JSON"),
        (b"\xff\xfe", "pas du JSON"),
        (b"[" * 100_000, "pas du JSON"),
        (b'{"x": NaN}', "pas du JSON"),
        (b'{"x": 1e999}', "pas du JSON"),
        (b"[]", "pas un dossier"),
        (b'{"format": "autre"}', "pas un dossier"),
        (b'{"format": "entremise/dossier", "schema": 3}', "plus récente"),
        (b'{"format": "entremise/dossier", "schema": 1, "journal": []}', "journal"),
        (b'{"format": "entremise/dossier", "schema": 1, "journal": [3]}', "Ligne 1"),
        (damaged(number=7), "Ligne 2"),
        (damaged(at="hier"), "Ligne 2"),
        (damaged(who="  "), "Ligne 2"),
        (damaged(action="danser"), "Ligne 2 du journal : Action « danser » inconnue"),
        (damaged(data={"title": 3}), "Ligne 2"),
        (b" " * (LARGEST_FILE + 1), "trop gros"),
    ],
    ids=range(16),
)
def test_a_file_that_is_no_dossier_is_refused_with_its_reason(
    brought_back: Callable[[bytes], Brought], content: bytes, said: str
) -> None:
    with pytest.raises((ReadRefused, DossierFileError), match=said):
        brought_back(content)


def test_a_file_is_freed_of_what_databases_refuse(brought_back: Callable[[bytes], Brought]) -> None:
    brought = brought_back(damaged(who="Léa\u0000\ud800", at="2026-11-16T14:32:00+01:00"))
    assert (brought.lines[1].who, brought.lines[1].at) == ("Léa", AT)


def workbook(change: Callable[[Any], None]) -> bytes:
    """The workbook of a dossier as a person saves it again after a change of its last sheet."""
    book = openpyxl.load_workbook(io.BytesIO(dossier_xlsx(with_list(), lambda ids: {})))
    change(book[SHEET])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_a_workbook_that_was_saved_again_still_makes_its_dossier(brought_back: Callable[[bytes], Brought]) -> None:
    brought = brought_back(workbook(lambda sheet: None))
    assert replay(Dossier(1), brought.lines) == with_list()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda sheet: setattr(sheet, "title", "Autre"), "n’a pas la feuille « Reprise »"),
        (lambda sheet: sheet.cell(2, 1, "bonjour"), "a été modifiée"),
        (lambda sheet: sheet.delete_rows(sheet.max_row), "est coupée"),
    ],
    ids=["renamed", "changed", "cut"],
)
def test_a_workbook_that_no_longer_holds_its_dossier_is_refused(
    brought_back: Callable[[bytes], Brought], change: Callable[[Any], None], said: str
) -> None:
    with pytest.raises((ReadRefused, DossierFileError), match=said):
        brought_back(workbook(change))
