"""The lexicon: what one more line of a table gives. docs/add-an-activity.md promises it."""

import json
import subprocess
import sys

import pytest

# A reader of its own, whose tables have one line more.
READER = """
import json, sys
from matcher.reference import tables
table, line, needs = json.loads(sys.argv[1])
as_shipped = tables.rows
tables.rows = lambda name: (*as_shipped(name), line) if name == table else as_shipped(name)
from matcher.reading.lots import lot_from
from matcher.reading.reader import read
readings = [read(lot_from({"objet": need, "lieu": "Lille"}).lot) for need in needs]
print(json.dumps([(reading.activities[0].code if reading.activities else "", reading.doubts) for reading in readings]))
"""
ACTIVITY = {
    "code": "espaces-verts.aquaponie",
    "libelle": "Aquaponie et serres d’algues",
    "groupe": "espaces-verts",
    "secteur": "creation-et-entretien-des-espaces-verts",
    "nature": "service",
    "portee_km": "",
}
TERM = {"terme": "zorglonde", "cible": "linge.blanchisserie", "poids": "5"}


def read_with(table: str, line: dict[str, str], *needs: str) -> list[tuple[str, list[str]]]:
    done = subprocess.run(
        [sys.executable, "-c", READER, json.dumps([table, line, needs])], capture_output=True, text=True, check=True
    )
    return [(code, doubts) for code, doubts in json.loads(done.stdout)]


def test_one_line_is_a_new_activity_that_is_read_by_the_words_of_its_label() -> None:
    found = read_with("activites", ACTIVITY, "Aquaponie pour les écoles", "Entretien de serres d’algues", "AQUAPONIES")
    assert [code for code, _ in found] == [ACTIVITY["code"]] * 3
    assert not any("Lu «" in doubt for _, doubts in found for doubt in doubts)


def test_one_line_is_a_new_word_for_an_activity_its_typos_and_plurals_included() -> None:
    found = read_with("termes", TERM, "Prestations de zorglonde", "ZORGLONDES", "Marché de zorglnode")
    assert [code for code, _ in found] == ["linge.blanchisserie"] * 3


@pytest.mark.parametrize("need", ["Aquaponie pour les écoles", "Prestations de zorglonde"])
def test_without_these_lines_neither_is_understood(need: str) -> None:
    ((code, doubts),) = read_with("unites", {"ecrit": "x", "unite": "x", "libelle": "x"}, need)
    assert code not in (ACTIVITY["code"], TERM["cible"])
    assert doubts
