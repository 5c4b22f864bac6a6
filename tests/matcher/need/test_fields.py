"""A need from raw fields: null, empty, of the wrong kind, or spelt nine ways; what cannot be used is said."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.need import NeedChoices
from matcher.domain.reading import ActivityGuess, Lot, RawPlace, Reading
from matcher.need.answer import understand
from matcher.need.fields import NO_NEED, LotsError, need_from, read_lot_needs

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("lot_id", "objet", "cpv", "lieu", "acheteur_siret", "date", "montant", "duree", "levier", "kind")


def test_a_whole_lot() -> None:
    given = need_from(
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
    assert given.faults == ()
    assert (lot.lot_id, lot.objet, lot.cpv) == ("12", "Nettoyage", ("90910000", "90919200-4"))
    assert lot.lieux == (RawPlace("45058", "Code postal", "ORLEANS CEDEX 1"),)
    assert (lot.date, lot.montant, lot.duree) == (date(2018, 12, 12), 8000.0, 48.0)
    assert (lot.levier, lot.kinds) == ("12", ("ESAT",))


def test_a_place_is_a_text_an_object_or_a_list_of_either() -> None:
    assert need_from({"lieu": "Maubeuge"}).lot.lieux == (RawPlace("Maubeuge"),)
    assert need_from({"lieu": ["Maubeuge", {"code": 59}]}).lot.lieux == (RawPlace("Maubeuge"), RawPlace("59"))
    assert need_from({"lieu": [None, "", {}]}).lot.lieux == ()


@pytest.mark.parametrize(
    ("objet", "words", "codes"),
    [
        ("90919200", "", ("90919200",)),
        ("90919200-4", "", ("90919200-4",)),
        ("CPV 90919200", "", ("90919200",)),
        ("code CPV : 90919200-4 ; 90911300-9", "", ("90919200-4", "90911300-9")),
        ("90919200-4 - Services de nettoyage de bureaux", "Services de nettoyage de bureaux", ("90919200-4",)),
        ("45000000 euros de travaux", "45000000 euros de travaux", ()),
        ("20240012 nettoyage des locaux", "20240012 nettoyage des locaux", ()),
        ("12345678900011", "12345678900011", ()),
        ("Nettoyage de 2 écoles", "Nettoyage de 2 écoles", ()),
    ],
)
def test_a_code_typed_as_the_object_is_a_code(objet: str, words: str, codes: tuple[str, ...]) -> None:
    need = need_from({"objet": objet})
    assert (need.lot.objet, need.lot.cpv, need.faults) == (words, codes, ())
    assert not codes or understand(need).sure


def test_a_number_alone_that_is_no_code_is_told_what_is_near() -> None:
    (fault,) = need_from({"objet": "20240012"}).faults
    assert fault.field == "cpv"
    assert "« 20240012 » n’est pas un code CPV" in fault.says


def test_several_are_told_apart_in_one_text() -> None:
    need = need_from(
        {"objet": "Tonte", "lieu": "Maubeuge ; Lille", "cpv": "77310000, 77313000 77314000", "kind": "EA;ESAT"}
    )
    assert need.lot.lieux == (RawPlace("Maubeuge"), RawPlace("Lille"))
    assert need.lot.cpv == ("77310000", "77313000", "77314000")
    assert need.lot.kinds == ("EA", "ESAT")
    assert need.faults == ()


@pytest.mark.parametrize(
    ("field", "written", "says"),
    [
        ("objet", ["x"], 'Un texte ou un nombre est attendu. Vous avez écrit « ["x"] ».'),
        ("objet", " ", NO_NEED),
        ("cpv", "espaces verts", "« espaces verts » n’est pas un code CPV. Peut-être : 77310000 ("),
        ("cpv", "zzz", "« zzz » n’est pas un code CPV. Écrivez un code à huit chiffres, ou laissez vide."),
        (
            "acheteur_siret",
            "12",
            "Écrivez le SIRET de l’acheteur, ou son SIREN, ou laissez vide. Vous avez écrit « 12 ».",
        ),
        ("date", "un jour", "Écrivez une date, par exemple 01/03/2027. Vous avez écrit « un jour »."),
        ("montant", "environ", "Le montant doit être un nombre, par exemple 180 000. Vous avez écrit « environ »."),
        ("montant", 0, "Le montant doit être plus grand que zéro. Vous avez écrit « 0 »."),
        ("montant", "(500)", "Le montant doit être plus grand que zéro. Vous avez écrit « (500) »."),
        ("montant", "20 Md€", "Le montant doit être de 10 000 000 000 € au plus. Vous avez écrit « 20 Md€ »."),
        ("montant", {"euros": 1}, "Un texte ou un nombre est attendu."),
        ("duree", "longtemps", "La durée doit être un nombre de mois, par exemple 12. Vous avez écrit « longtemps »."),
        ("duree", "-3", "La durée doit être plus grande que zéro. Vous avez écrit « -3 »."),
        ("duree", "51 ans", "La durée doit être de 600 mois au plus. Vous avez écrit « 51 ans »."),
        ("levier", "99", "Le levier doit être 12, 13, 13-1, 14, 15 ou clause. Vous avez écrit « 99 »."),
        ("kind", "SIAE", "Le type doit être EI, ACI, "),
    ],
)
def test_what_cannot_be_used_is_said_and_left_unknown(field: str, written: object, says: str) -> None:
    need = need_from({"objet": "Tonte", field: written})
    (fault,) = need.faults
    assert fault.field == field
    assert " ".join(fault.says.split()).startswith(says)
    assert need.lot == need_from({"objet": "" if field == "objet" else "Tonte"}).lot


@pytest.mark.parametrize(
    ("written", "euros", "why"),
    [
        ("40 000 € TTC", 40_000, "(taxe comprise : donnez-le hors taxes)"),
        ("50-100 k€", None, "(fourchette : un seul montant est attendu)"),
        ("entre 1 et 2 M€", None, "(fourchette : un seul montant est attendu)"),
        ("< 90 000", None, "(limite : un seul montant est attendu)"),
        ("15 000 € / an", None, "(montant par an"),
        ("12 €/m²", None, "un nombre, par exemple 180 000."),
    ],
)
def test_an_amount_that_is_not_the_one_asked_says_why(written: str, euros: float | None, why: str) -> None:
    need = need_from({"objet": "Tonte", "montant": written})
    assert need.lot.montant == euros
    (fault,) = need.faults
    assert f"« {written} »" in fault.says
    assert why in fault.says


@pytest.mark.parametrize(
    ("fields", "euros"),
    [
        ({"montant": "2 x 15 000 €"}, 30_000),
        ({"montant": "15 000 € / an", "duree": "4 ans"}, 60_000),
        ({"montant": 123.456}, 123.456),
    ],
)
def test_an_amount_is_the_right_one(fields: dict[str, object], euros: float) -> None:
    need = need_from({"objet": "Tonte", **fields})
    assert (need.lot.montant, need.faults) == (euros, ())


def test_the_unit_of_a_column_is_not_added_to_that_of_a_cell() -> None:
    assert need_from({"objet": "Tonte", "montant": "50 k€"}, times={"montant": 1e3}).lot.montant == 50_000
    assert need_from({"objet": "Tonte", "montant": "50"}, times={"montant": 1e3}).lot.montant == 50_000


@pytest.mark.parametrize("written", ["NC", "-", "", None])
def test_an_unknown_amount_is_no_fault(written: str | None) -> None:
    assert need_from({"objet": "Tonte", "montant": written}) == need_from({"objet": "Tonte"})


@pytest.mark.parametrize(
    ("written", "times", "months"),
    [
        ("48", 1.0, 48),
        (48, 1.0, 48),
        ("4", 12.0, 48),
        ("4 ans", 1.0, 48),
        ("4 années", 12.0, 48),
        ("12 mois reconductible 3 fois", 1.0, 48),
    ],
)
def test_a_duration_is_in_months_or_in_years(written: object, times: float, months: float) -> None:
    assert need_from({"objet": "Tonte", "duree": written}, times={"duree": times}).lot.duree == months


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(("12", "12"), ("L2113-13", "13"), ("Article L. 2113-12", "12"), ("CLAUSE", "clause")),
        *(("Clause sociale", "clause"), ("non", ""), ("aucun", ""), ("", "")),
    ],
)
def test_a_lever_is_known_by_its_code_its_article_or_its_words(written: str, code: str) -> None:
    need = need_from({"objet": "Tonte", "levier": written})
    assert (need.lot.levier, need.faults) == (code, ())


def test_a_code_alone_or_a_chosen_activity_is_a_need() -> None:
    assert need_from({"cpv": "77310000"}).faults == ()
    assert need_from({}, NeedChoices(activities=("espaces-verts.creation-entretien",))).faults == ()
    assert [fault.says for fault in need_from({"lieu": "Lille"}).faults] == [NO_NEED]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_gives_a_lot(fields: dict[str, object]) -> None:
    given = need_from(fields, fallback_id="7")
    assert given.lot.lot_id
    assert given.lot.montant is None or given.lot.montant > 0


def test_a_file_of_lots(tmp_path: Path) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text(
        "\ufeff" + json.dumps({"objet": "a"}) + "\n\n" + json.dumps({"lot_id": "z", "objet": "b"}) + "\n",
        encoding="utf-8",
    )
    assert [given.lot.lot_id for given in read_lot_needs(path)] == ["1", "z"]


def test_faults_are_told_with_their_file_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text('{"objet": "Tonte"}\n\n{"objet": "Tonte", "montant": "environ"}\n', encoding="utf-8")
    assert [list(map(str, need.faults)) for need in read_lot_needs(path)] == [
        [],
        [
            f"« lots.jsonl », ligne 3, champ « montant » : {need_from({'objet': 'Tonte', 'montant': 'environ'}).faults[0]}"
        ],
    ]


def test_an_identifier_given_twice_is_said_and_both_lots_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "lots.jsonl"
    lots = [{"lot_id": "a"}, {}, {"lot_id": "a"}, {"lot_id": "2"}]
    path.write_text("".join(json.dumps(lot | {"objet": "Tonte"}) + "\n" for lot in lots), encoding="utf-8")
    where, said = "« lots.jsonl », ligne", "rien ne les distingue dans les résultats."
    assert [(need.lot.lot_id, list(map(str, need.faults))) for need in read_lot_needs(path)] == [
        ("a", []),
        ("2", []),
        ("a", [f"{where} 3, champ « lot_id » : « a » est déjà le lot de la ligne 1 : {said}"]),
        ("2", [f"{where} 4, champ « lot_id » : « 2 » est déjà le lot de la ligne 2 : {said}"]),
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
        list(read_lot_needs(path))


def test_half_a_character_is_in_no_fault() -> None:
    need = need_from({"objet": "Tonte", "lot_id": {"\ud800": "\udc80"}, "lieu": ["Lille", ["\ud800"]]})
    assert [str(fault).encode().decode().count("?") for fault in need.faults] == [2, 1]


def test_an_activity_chosen_takes_the_place_of_what_is_read() -> None:
    need = need_from({"objet": "Collecte", "activite": ["proprete.locaux"]})
    reading = understand(need)
    assert (need.faults, reading.asked, reading.told, reading.options) == ((), ("proprete.locaux",), True, ())
    assert understand(need_from({"objet": "Collecte"})).options


def test_an_activity_that_is_none_is_refused() -> None:
    (fault,) = need_from({"objet": "Collecte", "activite": "ménage"}).faults
    assert fault.field == "activite"
    assert "Vous avez écrit « ménage »" in fault.says


def test_as_long_as_the_trade_is_asked_the_list_follows_the_likeliest_alone() -> None:
    guesses = (ActivityGuess("proprete.locaux", "", 0.4), ActivityGuess("proprete.vitrerie", "", 0.35))
    reading = Reading(Lot("Propre"), activities=guesses, options=("proprete.locaux", "proprete.vitrerie"))
    assert reading.asked == ("proprete.locaux",)
    assert replace(reading, options=()).asked == ("proprete.locaux", "proprete.vitrerie")
