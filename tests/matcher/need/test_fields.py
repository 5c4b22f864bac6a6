"""Lots as they come in files: null, empty, of the wrong kind, or spelt nine ways."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.lot import RawPlace
from matcher.need.fields import LotsError, lot_from, read_lots

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("lot_id", "objet", "cpv", "lieu", "acheteur_siret", "date", "montant", "duree", "levier", "kind")


def test_a_whole_lot() -> None:
    given = lot_from(
        {
            "lot_id": 12,
            "objet": " Nettoyage ",
            "cpv": ["90910000", "90919200-4"],
            "lieu": {"code": "45058", "type": "Code postal", "nom": "ORLEANS CEDEX 1"},
            "acheteur_siret": "24450046800040",
            "date": "2018-12-12+01:00",
            "montant": "8000.00",
            "duree": 48,
            "levier": "12",
            "kind": "esat",
        }
    )
    lot = given.lot
    assert given.doubts == ()
    assert (lot.lot_id, lot.objet, lot.cpv) == ("12", "Nettoyage", ("90910000", "90919200-4"))
    assert lot.lieux == (RawPlace("45058", "Code postal", "ORLEANS CEDEX 1"),)
    assert (lot.date, lot.montant, lot.duree) == (date(2018, 12, 12), 8000.0, 48.0)
    assert (lot.levier, lot.kinds) == ("12", ("ESAT",))


def test_a_place_is_a_text_an_object_or_a_list_of_either() -> None:
    assert lot_from({"lieu": "Maubeuge"}).lot.lieux == (RawPlace("Maubeuge"),)
    assert lot_from({"lieu": ["Maubeuge", {"code": 59}]}).lot.lieux == (RawPlace("Maubeuge"), RawPlace("59"))
    assert lot_from({"lieu": [None, "", {}]}).lot.lieux == ()


def test_what_cannot_be_used_is_said() -> None:
    given = lot_from({"objet": ["x"], "montant": "environ", "date": "un jour", "levier": "99", "kind": "SIAE"})
    assert given.lot.montant is None
    assert len(given.doubts) == 5
    assert any("180 000" in doubt for doubt in given.doubts)


def test_zero_and_negative_amounts_are_unknown() -> None:
    nothing = lot_from({"montant": 0})
    assert nothing.lot.montant is None
    assert nothing.doubts == (
        "Le champ « montant » vaut 0, ce qui ne dit rien : donnez un nombre d’euros, par exemple 180 000, ou laissez-le vide.",
    )
    assert lot_from({"montant": -5}).lot.montant is None
    for wrong in (True, ["12"], {"mois": 12}, "-3", "un an"):
        (doubt,) = lot_from({"duree": wrong}).doubts
        assert doubt.startswith("Le champ « duree » doit être un nombre de mois, par exemple 24")


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_gives_a_lot(fields: dict[str, object]) -> None:
    given = lot_from(fields, fallback_id="7")
    assert given.lot.lot_id
    assert given.lot.montant is None or given.lot.montant > 0


def test_a_file_of_lots(tmp_path: Path) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text(
        "\ufeff" + json.dumps({"objet": "a"}) + "\n\n" + json.dumps({"lot_id": "z", "objet": "b"}) + "\n",
        encoding="utf-8",
    )
    assert [given.lot.lot_id for given in read_lots(path)] == ["1", "z"]


def test_an_identifier_given_twice_is_said_and_both_lots_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text('{"lot_id": "a"}\n{"objet": "Tonte"}\n{"lot_id": "a"}\n{"lot_id": "2"}\n', encoding="utf-8")
    assert [(given.lot.lot_id, list(given.doubts)) for given in read_lots(path)] == [
        ("a", []),
        ("2", []),
        ("a", ["Le lot « a » est déjà à la ligne 1 : rien ne les distingue dans les résultats."]),
        ("2", ["Le lot « 2 » est déjà à la ligne 2 : rien ne les distingue dans les résultats."]),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"objet": "a"}\n{"objet": ', "ligne 2"),
        (b"[1, 2]\n", "ligne 1"),
        ('{"objet": "été"}'.encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_that_is_not_one_is_refused_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_bytes(content)
    with pytest.raises(LotsError, match=said):
        list(read_lots(path))
