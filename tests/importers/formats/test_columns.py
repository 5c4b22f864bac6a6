"""What the columns of a header hold: as said by hand, by their names, near names, contents; persons apart; remembered by header."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.formats.column_mapping import read_mapping
from importers.formats.columns import (
    IGNORE,
    ColumnMapping,
    SheetKind,
    columns_of_header,
    field_named,
    full_header_score,
    header_key,
    needed_words,
    sheet_fields,
    table_rows,
)
from importers.importer import SourceError

SUPPLIERS = SheetKind("fournisseurs", (("name", "siret", "finess"),), believes=True)
SITES = SheetKind("sites", (("lieu", "code"),))
CLUB = SheetKind("club", (("name", "siret"),))
PROGRAMME = SheetKind("achats", (("objet", "cpv"),), every_sheet=True, guessed=True)
# Fields of names that are never read: persons, the rank of a line, what a form fills, and words that are no name of a field.
APART = {"either", "person", "first_name", "role", IGNORE, "rank", "mot vide", "mot contraire", "entre deux"}
TABLES = sorted({row["tableau"] for row in table_rows("colonnes")})


@pytest.mark.parametrize("table", TABLES)
def test_every_name_is_plain_and_of_a_field_that_can_be_said(table: str) -> None:
    named = [row for row in table_rows("colonnes") if row["tableau"] == table]
    fields = set(sheet_fields(table))
    assert fields <= {row["champ"] for row in named} | {"supplier_id", "name"}
    assert {row["champ"] for row in named} - fields <= APART
    kind = SheetKind(table, ())
    for row in (row for row in named if row["champ"] in fields):
        assert row["ecrit"] == row["ecrit"].lower()
        assert row["ecrit"].isascii()
        assert row["champ"] in columns_of_header(kind, [row["ecrit"].upper()]).of, row


def test_a_name_is_of_one_field_but_where_a_column_mixes_two() -> None:
    named = [(row["tableau"], row["ecrit"]) for row in table_rows("colonnes") if row["champ"] != "mot vide"]
    assert {name for name in named if named.count(name) > 1} == {("fournisseurs", "capacite ou zone")}


def test_what_a_person_says_prevails_and_what_it_leaves_is_explained() -> None:
    found = columns_of_header(SITES, ["Ville", "Qui", "Surface (m²)"], ColumnMapping({"Qui": "lieu", "Ville": IGNORE}))
    assert found.of == {"lieu": ("Qui",), "quantite": ("Surface (m²)",)}
    assert found.why == {"Qui": "selon votre correspondance", "Ville": "comme vous l’avez dit"}
    other = columns_of_header(SITES, ["Ville", "Qui"], ColumnMapping({"Qui": "lieu"}))
    assert (other.unread, other.why["Ville"]) == (
        ("Ville",),
        "vous avez dit quelle colonne donne la commune ou l’adresse",
    )


def test_what_was_said_of_a_header_serves_the_next_file_that_has_it_and_no_other() -> None:
    told = ColumnMapping(remembered={header_key(["Qui", "Où"]): {"Qui": "nom", "Où": "lieu"}})
    assert columns_of_header(SITES, ["OÙ", "Qui"], told).of == {"nom": ("Qui",)}
    assert columns_of_header(SITES, ["Où", "Qui", ""], told).of == {"nom": ("Qui",), "lieu": ("Où",)}
    assert columns_of_header(SITES, ["Où", "Qui", "Combien"], told).of == {}
    given = ColumnMapping({"Où": IGNORE}, told.remembered)
    assert columns_of_header(SITES, ["Où", "Qui"], given).of == {"nom": ("Qui",)}
    assert full_header_score(SITES, told)(["Où", "Qui"]) == 2
    assert full_header_score(SITES, given)(["Où", "Qui"]) == 0


def test_a_near_name_is_believed_or_only_proposed() -> None:
    assert columns_of_header(SUPPLIERS, ["Nom", "Telephonne"]).of["phone"] == ("Telephonne",)
    proposed = columns_of_header(CLUB, ["Structure", "Telephonne"])
    assert (proposed.unread, proposed.likely) == (("Telephonne",), {"Telephonne": "phone"})


@pytest.mark.parametrize(
    ("kind", "names", "read"),
    [
        (SUPPLIERS, ["Structure", "Nom"], {"name": ("Structure",)}),
        (SUPPLIERS, ["Nom", "Prénom"], {}),
        (SUPPLIERS, ["Nom"], {"name": ("Nom",)}),
        (CLUB, ["Nom", "Prénom"], {"name": ("Nom",), "first_name": ("Prénom",)}),
        (CLUB, ["Structure", "Nom"], {"name": ("Structure",), "person": ("Nom",)}),
    ],
)
def test_a_name_beside_a_structure_is_a_person(
    kind: SheetKind, names: list[str], read: dict[str, tuple[str, ...]]
) -> None:
    assert columns_of_header(kind, names).of == read


def test_the_one_word_that_names_a_field_is_believed_where_nothing_else_has_it() -> None:
    head = ["Ce qu'il faut acheter", "Lieu d'intervention", "Est. annuelle (k€ HT)", "Durée max (ans)", "Date de fin"]
    found = columns_of_header(PROGRAMME, head)
    assert found.of == {
        "objet": ("Ce qu'il faut acheter",),
        "lieu": ("Lieu d'intervention",),
        "montant": ("Est. annuelle (k€ HT)",),
        "duree": ("Durée max (ans)",),
    }
    assert found.why == {"Ce qu'il faut acheter": "d’après « acheter »", "Lieu d'intervention": "d’après « lieu »"}
    assert "objet" not in columns_of_header(replace(PROGRAMME, guessed=False), head).of
    two = columns_of_header(PROGRAMME, ["Objet", "Montant voté du budget", "Enveloppe des sports"])
    assert "montant" not in two.of, "of two, neither is surer"
    assert columns_of_header(PROGRAMME, ["Objet", "Achats à lancer"]).of == {"objet": ("Objet",)}


def test_a_header_is_told_from_a_title_and_from_a_line_of_data() -> None:
    score = full_header_score(PROGRAMME, ColumnMapping())
    header = ["N°", "Ce qu'il faut acheter", "Service"]
    assert score(header) == 3
    assert score(["Programme d'achats 2027", "", ""]) == 0
    assert score(["Achat de papier", "Ville", "12"]) == 0
    assert score(["Ce qu'il faut acheter"]) == 0, "alone, it is asked"


def test_contents_tell_what_nothing_else_does() -> None:
    found = columns_of_header(SUPPLIERS, ["Nom", "Mél", "Siège"], contents={"Mél": "email", "Siège": "name"})
    assert (found.of, found.unread) == ({"name": ("Nom",), "email": ("Mél",)}, ("Siège",))


def test_fields_are_said_as_a_person_says_them() -> None:
    assert field_named("club", "Ne veut pas voir") == "never"
    assert field_named("fournisseurs", "nom") == "name"
    assert [field_named("fournisseurs", said) for said in ("prénom", "zut", IGNORE)] == ["", "", IGNORE]
    assert needed_words(SITES) == "la commune ou l’adresse ou le code postal ou INSEE"


WORDS = st.sampled_from(
    ["objet", "acheter", "montant", "durée", "lieu", "date", "fin", "TVA", "2027", "x", "de", "achats"]
)


@given(
    st.sampled_from((SUPPLIERS, PROGRAMME)),
    st.lists(st.text(max_size=12) | st.lists(WORDS, max_size=4).map(" ".join), max_size=12, unique=True),
)
def test_no_column_is_lost(kind: SheetKind, names: list[str]) -> None:
    found = columns_of_header(kind, names)
    read = {column for columns in found.of.values() for column in columns}
    assert read | set(found.unread) == {name for name in names if name}
    assert not read & set(found.unread)


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
        ('"Nom" = "nom"\n"Ville" = \n"SIRET" = "siret"\n', "ligne 2 : ni du TOML"),
        ('"Nom" = "nom"\n"Ville" = "', "ligne 2 : ni du TOML"),
        ('{"Nom": "nom",\n"Ville": }', "ligne 2 : ni du TOML"),
        ('"Nom" = "couleur"', "colonne « Nom » : le champ « couleur » n’existe pas"),
        ('"Nom" = 3', "colonne « Nom » : il faut un nom de champ entre guillemets"),
        ('[colonnes]\nNom = "nom"', "colonne « colonnes » : il faut un nom de champ"),
        ("", "le fichier est vide"),
    ],
)
def test_a_faulty_mapping_file_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_mapping(_file(tmp_path, text, "colonnes.toml"), "fournisseurs")
