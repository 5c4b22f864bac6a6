"""The text of a file: found whatever its encoding and wherever its parts end, kept and flagged where it is damaged."""

import codecs
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.formats import content, decode, load
from importers.formats.content import read_text
from importers.importer import SourceError
from tests.importers.reading import written

BOMS = (b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)
PIECES = st.sampled_from([*"a;\n\r\0\x85\u2028éœ\U0001f600", "\r\n", '"'])
BYTES = st.lists(PIECES.map(str.encode) | st.binary(max_size=3)).map(b"".join)


@given(bom=st.sampled_from(BOMS), data=BYTES, size=st.integers(1, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_text_and_lines_are_those_of_the_whole(tmp_path: Path, bom: bytes, data: bytes, size: int) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(bom + b"a" * (not bom) + data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "PART_BYTES", 2**20)
        whole = _decoded(path)
        patch.setattr(content, "PART_BYTES", size)
        assert _decoded(path) == whole
        if isinstance(whole[0], str):
            assert list(read_text(load(path)).lines()) == list(io.StringIO(whole[0], newline=""))


def _decoded(path: Path) -> tuple[object, object]:
    try:
        return decode(load(path))
    except SourceError as error:
        return None, str(error)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="introuvable"):
        load(tmp_path / "rien.csv")
    with pytest.raises(SourceError, match="c’est un dossier"):
        load(tmp_path)


def test_a_damaged_utf8_file_is_kept_and_flagged(tmp_path: Path) -> None:
    damaged = "Nom;Siret\nÉté éternel;1\n".encode() + b"No\xebl;2\n"
    text, said = decode(load(written(tmp_path, damaged)))
    assert "Été éternel" in text
    assert "No\ufffdl" in text
    assert [(remark.line, "UTF-8" in remark.message) for remark in said] == [(3, True)]


def test_bytes_unknown_to_windows_1252_are_kept_and_flagged(tmp_path: Path) -> None:
    text, said = decode(load(written(tmp_path, b"Nom;Siret\n\x81t\xe9;2\n")))
    assert text.splitlines()[1] == "\ufffdté;2"
    assert "Windows-1252" in said[0].message


@pytest.mark.parametrize(
    ("encoding", "name", "table"),
    [
        ("mac_roman", "ancien Mac", "Nom;Commune\nAtelier protégé « L’Élan »;Besançon\n"),
        ("cp850", "DOS", "Nom;Commune\nForêt et pré;Besançon\n"),
    ],
)
def test_an_encoding_of_an_old_mac_or_of_dos_is_read_and_named(
    tmp_path: Path, encoding: str, name: str, table: str
) -> None:
    text, said = decode(load(written(tmp_path, table.encode(encoding))))
    assert text == table
    assert [(remark.line, name in remark.message) for remark in said] == [(1, True)]
