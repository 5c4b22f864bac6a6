"""Notices without fields: a page, a text or a document is one notice, under its number or that of its words."""

import json
import re
from pathlib import Path

import pytest

from importers.importer import SourceError
from importers.notices import NOTICES
from importers.notices.importer import NoticeItem, NoticeRecord
from tests.conftest import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "avis"


def one(path: Path) -> NoticeRecord:
    (found,) = read(path)
    assert isinstance(found, NoticeRecord)
    return found


def read(path: Path) -> list[NoticeItem]:
    return list(NOTICES["avis"].read(path))


def test_a_saved_page_has_the_number_the_day_and_the_nature_that_it_bears() -> None:
    found = one(FIXTURES / "page.html")
    assert (found.source_ref, found.published, found.nature) == ("20-900001", "08/08/2020", "Avis de marché")
    assert "<h3>Section II" in found.text, "the reader of notices takes the markup out"


def test_a_text_without_a_number_is_known_by_its_words(tmp_path: Path) -> None:
    first = one(FIXTURES / "texte.txt")
    (tmp_path / "autre.txt").write_text(
        (FIXTURES / "texte.txt").read_text(encoding="utf-8").replace("\n", "\r\n"), "utf-8"
    )
    assert one(tmp_path / "autre.txt").source_ref == first.source_ref
    assert len(first.source_ref) == 16
    assert first.nature == "AVIS D’APPEL PUBLIC À LA CONCURRENCE"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"results": []}', "ce fichier est du JSON"),
        (b" \n ", "le fichier est vide"),
        (b"%PDF-1.4 oups", "PDF"),
        (b"\x89PNG\r\n", "une image PNG"),
    ],
)
def test_what_is_no_text_is_refused_and_said(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "avis"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=said):
        read(path)


def test_every_whole_text_at_hand_has_its_number_and_its_day(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "avis.txt"
    for line in (shared / "eval/notices_dev.jsonl").read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        path.write_text(given["objet"], encoding="utf-8")
        found = one(path)
        assert given["lot_id"].endswith(found.source_ref)
        assert (found.nature, bool(found.published)) == ("Avis de marché", True)
        named = re.search(r"^Dépt\. : [\d, ]+ (.+)$", given["objet"], re.MULTILINE)
        assert found.buyer_name == (named[1] if named else "")


def test_the_buyer_is_the_one_that_a_page_of_the_boamp_names_first(tmp_path: Path) -> None:
    path = tmp_path / "avis.txt"
    path.write_text(
        "Avis No 20-1\npublié le 09/08/2020\nDépt. : 2A, 2B Ville imaginaire\nTonte\nAvis de marché\n", encoding="utf-8"
    )
    assert one(path).buyer_name == "Ville imaginaire"
    path.write_text("Avis de marché\nDépt. : 59\nTonte des pelouses\n", encoding="utf-8")
    assert one(path).buyer_name == ""
