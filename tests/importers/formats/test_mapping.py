"""A mapping of columns as a person writes it, in TOML or in JSON, checked against the fields of a kind of sheet."""

from pathlib import Path

import pytest

from importers.formats.mapping import read_mapping
from importers.importer import SourceError


def _file(tmp_path: Path, text: str, name: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_read_mapping_in_toml_and_in_json(tmp_path: Path) -> None:
    toml = _file(tmp_path, '# note\n"Nom d’usage" = "raison sociale"\nQui = "ignorer"\n', "c.toml")
    json = _file(tmp_path, '{"Nom d’usage": "name", "Qui": "ignorer"}', "c.json")
    assert (
        read_mapping(toml, "fournisseurs")
        == read_mapping(json, "fournisseurs")
        == {"Nom d'usage": "name", "Qui": "ignorer"}
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"Nom" = ', "ni du TOML ni du JSON lisible"),
        ('{"Nom": ', "ni du TOML ni du JSON lisible"),
        ('{"Nom": ' * 100_000, "ni du TOML ni du JSON lisible"),
        ("Nom = " + "[" * 100_000, "ni du TOML ni du JSON lisible"),
        ('"Nom" = "couleur"', "colonne « Nom » : le champ « couleur » n’existe pas"),
        ('"Nom" = 3', "colonne « Nom » : il faut un nom de champ entre guillemets"),
        ('[colonnes]\nNom = "nom"', "colonne « colonnes » : il faut un nom de champ"),
        ("", "le fichier est vide"),
    ],
)
def test_a_faulty_mapping_file_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_mapping(_file(tmp_path, text, "colonnes.toml"), "fournisseurs")
