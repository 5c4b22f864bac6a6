"""The register of personal data against the code, and the walk of its folders; the walk of its tables is met in `cli/test_privacy.py`."""

import ast
import os
import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import JSON, Engine, String, insert

from importers.online.services import SERVICES
from matcher.catalogue.steward.privacy import REWRITTEN
from matcher.db import writing
from matcher.erasure import (
    FOLDERS,
    Way,
    cut_folders,
    holding_of,
    last_written,
    purge_folders,
    walked_columns,
    without_value,
)
from matcher.mail.tables import LINKS
from matcher.rows import Base, declared_tables
from matcher.settings import CACHE_VARIABLE
from tests.conftest import ROOT

WRITING = re.compile("'[wax]b?[+]?'|'rb?[+]b?'")
WRITES = {
    "open to write",
    "mkdir",
    "write_text",
    "write_bytes",
    "write_whole",
    "mkstemp",
    "copyfile",
    "copyfileobj",
    "TemporaryDirectory",
    "sqlite3.connect",
}
# The modules that write to the disk by themselves, and where; the others ask `private_files` for a folder of the register.
WRITERS = {
    "importers/online/fetch.py": "the folder of its service",
    "importers/online/json_pages.py": "the folder of its service",
    "importers/formats/parquet.py": "the folder of a reading, which ends with it",
    "importers/online/websites.py": "« sites »",
    "matcher/batch/cluster.py": "the folder of a worker of Dask, which ends with it",
    "matcher/batch/pack.py": "« travaux »",
    "matcher/batch/parquet.py": "« travaux »",
    "matcher/catalogue/steward/backup.py": "a backup, where the user says, and for a restore « travaux »",
    "matcher/cli/admin/evaluate.py": "where the user says",
    "matcher/cli/club/day.py": "where the user says",
    "matcher/cli/frame/french.py": "the terminal, by click’s own `write_text`",
    "matcher/cli/frame/outlet.py": "where the user says",
    "matcher/db.py": "the catalogue, and its copy before an upgrade",
    "matcher/jobs/files.py": "« travaux », by `private_files`",
    "matcher/private_files.py": "where its callers say",
    "matcher/mapped.py": "« rayons » and « tables »",
}


def called(tree: ast.Module) -> set[str]:
    """The names of what a module calls, with that of what it is asked of; « open to write » where a file is."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            names |= {function, function.rpartition(".")[2]}
            if re.search(r"(^|\.)open$", function) and any(WRITING.fullmatch(ast.unparse(one)) for one in node.args):
                names.add("open to write")
    return names


@cache
def parsed() -> dict[str, set[str]]:
    paths = [path for room in ("matcher", "importers") for path in (ROOT / room).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): called(ast.parse(path.read_text(encoding="utf-8"))) for path in paths}


def test_every_table_says_what_it_holds_and_every_text_of_it_is_walked_or_said_not_to_be() -> None:
    rewritten = set()
    for table in declared_tables():
        held = holding_of(table)
        assert held.what, table.name
        names = {column.name for column in table.columns}
        assert names >= {*held.keys, *held.person, *held.dates, *held.needs}, table.name
        texts = {column.name for column in table.columns if isinstance(column.type, String | JSON)}
        named = {column.name for column in table.columns if column.primary_key or column.foreign_keys}
        assert set(walked_columns(table)) == texts - named - set(held.keys), table.name
        if held.way is Way.OWN:
            rewritten.add(table.name)
    assert rewritten == set(REWRITTEN)


def test_a_table_that_says_nothing_is_refused() -> None:
    from sqlalchemy import Table

    with pytest.raises(LookupError, match="muette"):
        holding_of(Table("muette", Base.metadata.__class__()))


def test_every_folder_that_the_code_writes_is_in_the_register() -> None:
    asking = {module for module, names in parsed().items() if "cache_folder" in names}
    # The core may not know the register, which knows the database: what it keeps is shipped, and speaks of nobody.
    assert asking == {"matcher/erasure.py", "matcher/reference/geography/commune_table.py"}
    assert {module for module, names in parsed().items() if "data_folder" in names} == {"matcher/settings.py"}
    assert FOLDERS.keys() >= {*SERVICES, "tables"}
    assert {module for module, names in parsed().items() if names & WRITES} == set(WRITERS)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def no_martin(text: str) -> str:
    if text == "320998877":
        return ""
    return re.sub(r"Jeanne Martin|MARTIN\s+Jeanne", "", text)


def test_copies_that_hold_a_value_or_cannot_be_searched_go_and_the_others_stay(cache: Path) -> None:
    kept = [
        put(cache / "emplois" / "a.json", b'{"nom": "Atelier"}'),
        put(cache / "travaux" / "x" / "fichier" / "a.csv", "nom\nAtelier é".encode("latin-1")),
    ]
    gone = [
        put(cache / "recherche-entreprises" / "b.json", b'[{"nom": "MARTIN", "prenom": "Jeanne"}]'),
        put(cache / "emplois" / "c.json", b'{"a": 1}\n{"a": ["Jeanne Martin"]}\n'),
        put(cache / "data-gouv" / "d.csv", "nom;é\nJeanne Martin".encode("latin-1")),
        put(cache / "data-gouv" / "e.csv", "Jeanne Martin".encode("utf-16")),
        put(cache / "emplois" / "i.json", b'{"telephone": 320998877}'),
        put(cache / "emplois" / "j.csv", b"nom;telephone\nAtelier;320998877;59000"),
        put(cache / "travaux" / "x" / "fichier" / "f.html", b"<td>MARTIN</td><td>Jeanne</td>"),
        put(cache / "travaux" / "x" / "fichier" / "g.xlsx", b"PK\x03\x04\0\0"),
    ]
    other = put(cache / "autre" / "h.csv", b"Jeanne Martin")
    assert cut_folders(no_martin, dry_run=True) == 8
    assert all(path.exists() for path in gone)
    assert cut_folders(no_martin) == 8
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in (*kept, other))
    assert oct((cache / "travaux").stat().st_mode & 0o777) == "0o700"


def test_what_is_ours_is_rewritten_and_a_supplier_leaves_what_speaks_of_suppliers_alone(cache: Path) -> None:
    lines = put(cache / "programmes" / "reponses.jsonl", b'{"work": "a"}\n{"line": 1, "answer": "Jeanne Martin"}\n')
    assert cut_folders(no_martin, of_supplier=True) == 0
    assert cut_folders(no_martin) == 1
    assert lines.read_bytes() == '{"work": "a"}\n{"line": 1, "answer": "[effacé]"}\n'.encode()
    assert oct(lines.stat().st_mode & 0o777) == "0o600"
    assert cut_folders(no_martin) == 0


def test_files_that_have_outlived_their_folder_go(cache: Path) -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    ages = {"depots": 2, "travaux": 2, "emplois": 80, "programmes": 8, "club": 0}
    for name, days in ages.items():
        written = now.timestamp() - days * 24 * 3600 - 60
        os.utime(put(cache / name / "fichier", b"x"), (written, written))
    assert purge_folders(now, date(2023, 11, 27), dry_run=True) == 2
    assert purge_folders(now, date(2023, 11, 27)) == 2
    assert sorted(path.parent.name for path in cache.rglob("fichier")) == ["club", "emplois", "travaux"]
    assert purge_folders(now, date(2026, 11, 1)) == 1, "older than what the team keeps"


def test_json_is_walked_to_its_keys() -> None:
    held = {"Jeanne Martin": [1, None, "Jeanne Martin"], "a": {"b": "voir Jeanne Martin"}}
    assert without_value(held, no_martin) == {"[effacé]": [1, None, "[effacé]"], "a": {"b": "voir "}}


def test_what_is_forgotten_leaves_sequences_of_any_kind() -> None:
    assert without_value({"lots": ({"title": "pour Valbrune"},)}, lambda text: text.replace("Valbrune", "X")) == {
        "lots": [{"title": "pour X"}]
    }


def test_the_end_of_a_link_is_not_a_moment_at_which_anything_was_written(engine: Engine) -> None:
    link = {"mark": "a" * 64, "kind": "campagne", "holder": 1, "until": datetime(2040, 1, 1)}  # noqa: DTZ001
    with writing(engine) as connection:
        before = last_written(connection)
        connection.execute(insert(LINKS), link)
        assert last_written(connection) == before
