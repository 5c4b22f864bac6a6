"""Files of the flux: alone, in the folder of a day, in an archive; what is wrong with one stops no other. All of them are fictional."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from importers.importer import RefusedRow, Remark, SourceError
from importers.notices import NOTICES
from importers.notices.importer import NoticeItem, NoticeRecord

FORM = "<FNSimple><initial><natureMarche><intitule>Tonte {0}</intitule></natureMarche></initial></FNSimple>"
MANAGEMENT = (
    "<REFERENCE><IDWEB>26-{0}</IDWEB><TYPE_AVIS><NATURE><APPEL_OFFRE/></NATURE><STATUT><INITIAL/></STATUT></TYPE_AVIS></REFERENCE>"
    "<INDEXATION><DATE_PUBLICATION>2026-09-11</DATE_PUBLICATION><DEP_PUBLICATION>59</DEP_PUBLICATION></INDEXATION>"
)
NAMESPACE = "http://boamp.journal-officiel.gouv.fr/XML/3.2.5"


def annonce(number: int) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?><jo:ann xmlns:jo="{NAMESPACE}">'
    return f"{head}<DONNEES>{FORM}</DONNEES><GESTION>{MANAGEMENT}</GESTION></jo:ann>".format(number).encode()


FILES = {"2026/09/11/26-2.xml": annonce(2), "2026/09/10/26-1.xml": annonce(1), "LISEZMOI.txt": b"Bonjour"}


def folder(path: Path) -> Path:
    for name, content in FILES.items():
        (path / "jour" / name).parent.mkdir(parents=True, exist_ok=True)
        (path / "jour" / name).write_bytes(content)
    return path / "jour"


def zipped(path: Path) -> Path:
    with zipfile.ZipFile(path / "annee.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    return path / "annee.zip"


def tarred(path: Path) -> Path:
    with tarfile.open(path / "annee.tar.gz", "w:gz") as archive:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path / "annee.tar.gz"


def read(path: Path) -> list[NoticeItem]:
    return list(NOTICES["boamp"].read(path))


@pytest.mark.parametrize("made", [folder, zipped, tarred])
def test_a_folder_and_an_archive_give_each_notice_and_count_the_rest(
    tmp_path: Path, made: Callable[[Path], Path]
) -> None:
    items = read(made(tmp_path))
    notices = {item.source_ref: item for item in items if isinstance(item, NoticeRecord)}
    assert sorted(notices) == ["26-1", "26-2"]
    told = notices["26-1"]
    assert (told.title, told.nature, told.published) == ("Tonte 1", "APPEL_OFFRE", "2026-09-11")
    assert told.url == "https://www.boamp.fr/pages/avis/?q=idweb:26-1"
    assert told.lots[0].places[0].code == "59"
    assert told.unread == ()
    (remark,) = [item for item in items if isinstance(item, Remark)]
    assert remark.message.endswith(": 1.")


def test_a_file_alone_is_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "26-7.xml"
    path.write_bytes(annonce(7))
    (told,) = read(path)
    assert isinstance(told, NoticeRecord)
    assert told.source_ref == "26-7"


def test_a_bad_file_of_a_folder_is_refused_with_its_name_and_line(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(annonce(1)[:-20])
    (tmp_path / "2.xml").write_bytes(annonce(2))
    (tmp_path / "3.xml").write_bytes(b"<Invoice/>")
    (tmp_path / "4.xml").write_bytes(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    cut, good, foreign, entities = read(tmp_path)
    assert isinstance(good, NoticeRecord)
    for refused, says in ((cut, "« 1.xml », ligne 1"), (foreign, "sa racine est « Invoice »"), (entities, "prudence")):
        assert isinstance(refused, RefusedRow)
        assert says in refused.reason


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("26-1.xml", annonce(1)[:-20], "interrompu ou fautif"),
        ("26-1.xml", b"<?xml version='1.0'?><Invoice/>", "sa racine est « Invoice »"),
        ("annee.zip", b"PK\x03\x04 abc", "ne se lit pas"),
        ("annee.tar.gz", b"\x1f\x8b abc", "ne se lit pas"),
        ("annee.taz", b"\x1f\x9d abc", "décompressez-la d’abord"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=says):
        read(path)


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bombe.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("26-1.xml", b" " * 30_000_000)
    with pytest.raises(SourceError, match="occuperait 28 Mio"):
        read(path)


def test_a_spoiled_member_is_refused_and_a_cut_archive_says_so(tmp_path: Path) -> None:
    path = zipped(tmp_path)
    spoiled = bytearray(path.read_bytes())
    spoiled[70:100] = bytes(30)
    path.write_bytes(spoiled)
    refused = [item for item in read(path) if isinstance(item, RefusedRow)]
    assert ["ne se lit pas" in item.reason for item in refused] == [True]
    cut = tarred(tmp_path)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    with pytest.raises(SourceError, match="ne se lit pas"):
        read(cut)
