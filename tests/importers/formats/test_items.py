"""The objects of a JSON file: in every envelope, as they are written, and refused with the line."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.formats import JsonRow, content, load, read_json_rows
from importers.importer import RefusedRow, SourceError
from tests.importers.formats.test_json_stream import VALUES
from tests.importers.reading import written


def test_a_document_that_follows_another_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('{"next": null, "results": [{"id": 1}], "count": 1}[{"id": 2}, 3] {"siret": 4, "results": null}')
    found = list(read_json_rows(load(path)))
    assert [row.line for row in found if isinstance(row, JsonRow | RefusedRow)] == [1, 2, 3, 4]
    assert isinstance(found[2], RefusedRow)


@given(
    held=st.dictionaries(st.sampled_from(["marche", "contrat-concession", "autre"]), VALUES, max_size=3),
    size=st.integers(1, 9),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lists_held_one_level_down_are_read_one_after_the_other(
    tmp_path: Path, held: dict[str, object], size: int
) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"avant": [{"id": 0}], "marches": held, "après": {"marche": [1]}}))
    items = [item for value in held.values() if isinstance(value, list) for item in value]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "PART_BYTES", size)
        found = list(read_json_rows(load(path), inside="marches"))
    assert [type(row) for row in found] == [JsonRow if isinstance(item, dict) else RefusedRow for item in items]
    assert [row.line for row in found] == list(range(1, len(items) + 1))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"results": [{"id": 1,\n "siret": "00', "ligne 2 : le JSON est interrompu ou fautif à la colonne 11"),
        ('{"results": [{"id": 1}]}\n{"results": [', "ligne 2 : le JSON est interrompu"),
        ('{"detail": "Jeton invalide"}', "réponse d’erreur de l’API : « Jeton invalide »"),
        ('{"count": 3}', "ne contient pas de liste « results »"),
        ("<!DOCTYPE html><html></html>", "page HTML"),
        ("id;siret\n1;2\n", "n’est pas du JSON"),
        ("[" * 100_000, "interrompu|imbriqué"),
    ],
)
def test_json_that_cannot_be_read(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        list(read_json_rows(load(written(tmp_path, text, "page.json"))))


def test_json_numbers_are_passed_on_as_written(tmp_path: Path) -> None:
    text = '[{"siret": 41000000000015, "lat": 48.86502399999999, "x": NaN, "ok": true, "rien": null, "nom": "\\ud800é"}, 3]'
    row, refused = read_json_rows(load(written(tmp_path, text)))
    assert isinstance(row, JsonRow)
    assert [row.take(key) for key in ("siret", "lat", "x", "ok", "rien", "nom")] == [
        *("41000000000015", "48.86502399999999", "", "oui", "", "?é"),
    ]
    assert refused == RefusedRow(2, "l’élément n’est pas un objet JSON.")


@pytest.mark.parametrize(
    "form", ['{"results": [%s]}', "[%s]", "%s", '{"results": []}\n{"results": [%s]}', "\ufeff[%s]"]
)
def test_json_envelopes(tmp_path: Path, form: str) -> None:
    rows = list(read_json_rows(load(written(tmp_path, form % '{"siret": "1", "kind": "EI"}'))))
    assert [(row.line, row.take("siret")) for row in rows if isinstance(row, JsonRow)] == [(1, "1")]


def test_half_a_character_in_json_is_replaced_in_names_and_values(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('[{"nom\\ud800": "Marais \\ud83c", "siret": "1"}]', encoding="utf-8")
    (row,) = read_json_rows(load(path))
    assert isinstance(row, JsonRow)
    assert row.take("nom?") == "Marais ?"
