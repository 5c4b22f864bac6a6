"""No name of a person, no personal address enters: checked on every fixture of every directory."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from importers.emit import plain_words
from tests.importers.reading import fixtures, items_of_fixture, records

# Columns and keys that hold a person in one directory or another, in plain words.
PERSONS = {
    *("admin name", "admin email", "contact email", "contact first name", "contact last name", "contact name"),
    *("prenom", "contact", "responsable", "directeur", "directrice", "referent", "nom du contact", "email du contact"),
    *("telephone portable", "portable", "civilite", "fonction", "interlocuteur"),
}
MARCHE_PERSONS = {"nom", "e mail"}  # beside « Raison sociale », the person's own
TABLES = [path for path in fixtures() if path.suffix == ".csv"]
OBJECTS = [path for path in fixtures() if path.suffix == ".json"]


def text_of(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def personal_cells(path: Path) -> Iterator[str]:
    lines = text_of(path).splitlines()
    for delimiter in ",;|\t":
        for start in range(min(6, len(lines))):
            rows = list(csv.reader(lines[start:], delimiter=delimiter))
            names = [" ".join(plain_words(cell)) for cell in rows[0]]
            wanted = PERSONS | (MARCHE_PERSONS if {"prenom", "raison sociale"} <= set(names) else set())
            columns = [at for at, name in enumerate(names) if name in wanted]
            yield from (row[at] for row in rows[1:] for at in columns if at < len(row))


def personal_values(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if " ".join(plain_words(key)) in PERSONS and isinstance(inner, str):
                yield inner
            yield from personal_values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from personal_values(inner)


def entered(path: Path) -> str:
    return "\n".join(str(astuple(record)) for record in records(items_of_fixture(path))).lower()


def test_fixtures_do_hold_persons_to_leave_out() -> None:
    held = [value for path in TABLES for value in personal_cells(path) if value.strip()]
    held += [value for path in OBJECTS for value in objects_of(path) if value.strip()]
    assert len(held) >= 5


def objects_of(path: Path) -> Iterator[str]:
    decoder, text, place = json.JSONDecoder(), text_of(path), 0
    while place < len(text.rstrip()):
        value, place = decoder.raw_decode(text, place)
        yield from personal_values(value)
        place += len(text[place:]) - len(text[place:].lstrip())


@pytest.mark.parametrize("fixture", [*TABLES, *OBJECTS], ids=lambda path: path.name)
def test_no_person_enters(fixture: Path) -> None:
    told = entered(fixture)
    for value in personal_cells(fixture) if fixture.suffix == ".csv" else objects_of(fixture):
        assert not value.strip() or value.strip().lower() not in told, value


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda path: path.name)
def test_no_address_made_of_a_first_and_a_last_name_enters(fixture: Path) -> None:
    for record in records(items_of_fixture(fixture)):
        assert not re.fullmatch(r"[a-z]+\.[a-z]+@.*", record.email.lower()), record.email
