"""`match`, `explain` and `read`: the shapes of the command contract, the gates, the files, and the acceptance cases on the real catalogue."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from matcher.clock import on_day
from matcher.need.json_shapes import CountsShape
from matcher.settings import DATABASE_VARIABLE
from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Entretien des espaces verts et des berges", "--lieu", "Maubeuge")
LINE = {
    "lot_id",
    "rank",
    "band",
    "place",
    "id",
    "siret",
    "name",
    "kinds",
    "score",
    "coverage",
    "distance_km",
    "contributions",
}
CONTRIBUTION = {"signal", "label", "value", "weight", "points", "says", "stance", "question", "source"}


def lots_file(folder: Path, *lots: object) -> Path:
    path = folder / "lots.jsonl"
    path.write_text("".join(json.dumps(lot, ensure_ascii=False) + "\n" for lot in lots), encoding="utf-8")
    return path


def test_each_line_is_as_the_contract_says_and_its_points_add_up(sample: Path, run: Run) -> None:
    lines = run("match", *NEED, "--top", 100, "--format", "jsonl").lines()
    assert [line["rank"] for line in lines] == list(range(1, len(lines) + 1))
    assert [line["score"] for line in lines] == sorted((line["score"] for line in lines), reverse=True)
    for line in lines:
        assert line.keys() >= LINE
        assert 0 <= line["score"] <= 100
        assert 0 <= line["coverage"] <= 1
        assert sum(c["weight"] for c in line["contributions"]) == 100
        assert sum(c["points"] for c in line["contributions"]) == pytest.approx(line["score"], abs=0.005)
        for contribution in line["contributions"]:
            assert contribution.keys() == CONTRIBUTION
            assert isinstance(contribution["weight"], int)
            if contribution["value"] is not None:
                assert contribution["points"] == pytest.approx(contribution["weight"] * contribution["value"], abs=0.02)


def test_the_first_by_rank_and_the_first_of_each_band_are_given_and_counted(sample: Path, run: Run) -> None:
    answer = run("match", *NEED, "--top", 2, "--format", "json").json()
    matches, counts = answer["matches"], answer["counts"]
    assert [match["rank"] for match in matches] == sorted(match["rank"] for match in matches)
    assert [match["rank"] for match in matches][:2] == [1, 2]
    for band in ("connu", "indice", "a_appeler"):
        places = [match["place"] for match in matches if match["band"] == band and match["place"]]
        assert set(range(1, min(2, counts[band]) + 1)) <= set(places)
    assert counts.keys() == CountsShape.__annotations__.keys()
    explained = run("explain", *NEED, "--id", matches[0]["id"], "--format", "json").json()["match"]
    assert {key: explained[key] for key in ("band", "place")} == {key: matches[0][key] for key in ("band", "place")}


@pytest.mark.parametrize("top", [1, 2, 4, 20])
def test_the_table_and_the_files_have_the_places_that_are_asked_for_the_known_first(
    sample: Path, run: Run, top: int
) -> None:
    answer = run("match", *NEED, "--top", top, "--format", "json").json()
    by_id = {match["id"]: match for match in answer["matches"]}
    screen = [by_id[match_id] for match_id in answer["screen"]]
    listed = sum(answer["counts"][band] for band in ("connu", "indice", "a_appeler"))
    assert answer["counts"]["connu"], "somebody is known"
    assert len(screen) == min(top, listed)
    assert screen[0]["band"] == "connu"
    rows = list(
        csv.DictReader(
            run("match", *NEED, "--top", top, "--format", "csv").out.lstrip("\ufeff").splitlines(), delimiter=";"
        )
    )
    assert [row["Identifiant"] for row in rows] == answer["screen"]
    table = run("match", *NEED, "--top", top).out
    assert "Connus pour ce métier" in table
    assert ("Non montrés : " in table) == (top < listed)


def test_a_contract_of_insertion_is_told_as_open_to_all(sample: Path, run: Run) -> None:
    objet = "Marché d'insertion et de qualification professionnelle, support entretien des espaces verts"
    need = ("--objet", objet, "--lieu", "Maubeuge")
    table = run("match", *need).out
    assert "Marché d’insertion et de qualification professionnelle (lu dans le texte)" in " ".join(table.split())
    assert "L2113-13" not in table.replace("L2113-13-1", "")
    asked = ("--montant", 300_000, "--duree", 24, "--nature", "autre")
    with on_day(date(2026, 11, 27)):  # the thresholds of the law are known for two years
        steps = run("avis", *need, *asked).out
    assert "procédure adaptée quel que soit le montant (R2123-1, 3°)" in " ".join(steps.split())
    assert "procédure formalisée" not in steps


def test_json_wraps_the_lines_with_the_lot_the_catalogue_and_the_refused(sample: Path, run: Run) -> None:
    answer = run("match", *NEED, "--levier", "12", "--format", "json").json()
    assert answer["lot"]["places"][0]["name"] == "Maubeuge"
    assert answer["catalogue"]["suppliers"] == run("stats", "--format", "json").json()["suppliers"]
    listed = [match for match in answer["matches"] if not match.get("refused")]
    assert all(set(match["kinds"]) & {"ESAT", "EA", "EATT"} for match in listed)
    others = [
        (match["rank"], match["place"], "L2113-12" in match["refused"]) for match in answer["matches"][len(listed) :]
    ]
    assert set(others) == {(None, None, True)}
    assert answer["refused"][0]["count"] > 0
    assert "L2113-12" in answer["refused"][0]["reason"]


def test_the_same_lot_gives_the_same_list(sample: Path, run: Run) -> None:
    args = ("match", *NEED, "--date", "2026-11-24", "--format", "jsonl")
    assert run(*args).out == run(*args).out


def test_kinds_are_a_gate_in_any_case(sample: Path, run: Run) -> None:
    for line in run("match", *NEED, "--kind", "ea", "--kind", "ESAT", "--format", "jsonl").lines():
        assert set(line["kinds"]) & {"EA", "ESAT"}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("insee:59392", "Maubeuge"),
        ("cp:59600", "Maubeuge"),
        ("dep:62", "Pas-de-Calais"),
        ("62", "Pas-de-Calais"),
        ("reg:32", "Hauts-de-France"),
        ("59392", "Maubeuge"),
        ("59020 LILLE CEDEX", "Lille"),
        ("béthune", "Béthune"),
    ],
)
def test_a_place_is_given_by_prefix_code_or_name(given: str, name: str, run: Run) -> None:
    reading = run("read", "--objet", "Traiteur", "--lieu", given, "--format", "json").json()
    assert [place["name"] for place in reading["places"]] == [name]


def test_several_places_are_all_of_the_lot(run: Run) -> None:
    args = ("--lieu", "Lille", "--lieu", "Arras", "--lieu", "50.28,3.97")
    assert len(run("read", "--objet", "Traiteur", *args, "--format", "json").json()["places"]) == 3


def test_an_unknown_place_is_said_and_the_list_is_still_given(sample: Path, run: Run) -> None:
    answer = run("match", "--objet", "Traiteur", "--lieu", "Zzyzx", "--format", "json").json()
    assert any("Zzyzx" in doubt for doubt in answer["lot"]["doubts"])
    assert {match["distance_km"] for match in answer["matches"]} == {None}


@pytest.mark.parametrize("value", [None, "", [], {}, 5, True, [[1]], "x" * 300, 10**400, -3, 1.5])
def test_a_lot_whose_fields_are_null_empty_or_of_the_wrong_kind_is_ranked_or_asked_about(
    value: object, sample: Path, tmp_path: Path, run: Run
) -> None:
    fields = ("objet", "cpv", "lieu", "acheteur_siret", "date", "montant", "duree", "levier", "kind")
    path = lots_file(tmp_path, {"lot_id": "a", **dict.fromkeys(fields, value)}, {"lot_id": value, "objet": "Traiteur"})
    lines = run("match", "--lots", path, "--top", 2, "--format", "jsonl").lines()
    assert lines[0]["lot_id"] == "a"
    assert {1, 2} <= {line["rank"] for line in lines if "question" not in line}


def test_lots_keep_their_order_and_a_line_separator_inside_a_text_is_no_line(
    sample: Path, tmp_path: Path, run: Run
) -> None:
    lots = ({"objet": "Traiteur\u2028cocktail"}, {"lot_id": "b", "objet": "Nettoyage"}, {"objet": "Blanchisserie"})
    lines = run("match", "--lots", lots_file(tmp_path, *lots), "--top", 1, "--format", "jsonl").lines()
    assert list(dict.fromkeys(line["lot_id"] for line in lines)) == ["1", "b", "3"]
    assert len(run("match", "--lots", tmp_path / "lots.jsonl", "--format", "json").json()) == 3


def test_the_fields_of_a_file_that_cannot_be_used_are_told_beside_the_rows(
    sample: Path, tmp_path: Path, run: Run
) -> None:
    lots = ({"objet": "Nettoyage", "duree": f"{month} lunes", "lot_id": "a"} for month in range(4))
    done = run("match", "--lots", lots_file(tmp_path, *lots), "--top", 1, "--format", "jsonl")
    assert "« lots.jsonl », ligne 1, champ « duree » : La durée doit être" in done.err
    assert "« a » est déjà le lot de la ligne 1" in done.err
    assert "… et 2 autres champs inutilisables." in done.err
    assert {line["lot_id"] for line in done.lines()} == {"a"}


def test_half_a_character_does_not_break_the_answer(sample: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text('{"lot_id": "\\ud800", "objet": "Traiteur \\udc80"}\n', encoding="ascii")
    for form in ("table", "json", "jsonl", "csv"):
        assert run("match", "--lots", path, "--format", form).code == 0


@pytest.mark.parametrize(
    "lieu",
    [
        {"code": "66", "type": "Code postal", "nom": None},
        {"code": "FR03100", "type": "CODE POSTAL", "nom": "Montluçon"},
        {"code": "DEP", "type": "Code département", "nom": "Nord"},
        {"code": "60000", "type": "Code departement", "nom": "Oise"},
        [{"code": "59", "type": "Code département", "nom": "Nord"}, "Arras", None, 62000],
    ],
)
def test_the_places_of_decp_are_read_though_they_lie(lieu: object, tmp_path: Path, run: Run) -> None:
    path = lots_file(tmp_path, {"objet": "Traiteur", "lieu": lieu})
    assert run("read", "--lots", path, "--format", "jsonl").lines()[0]["places"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "aucun lot"),
        ("\n \n", "aucun lot"),
        ('{"objet": "a"}\n[1]\n', "ligne 2"),
        ('{"objet": ', "ligne 1, colonne"),
        ("[" * 100_000, "ligne 1"),
        ('{"montant": 1' + "0" * 5000 + "}", "ligne 1"),
    ],
)
def test_a_file_of_lots_that_cannot_be_read_is_refused_with_its_line(
    content: str, said: str, sample: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text(content, encoding="utf-8")
    done = run("match", "--lots", path, "--format", "jsonl")
    assert (done.code, done.out) == (1, "")
    assert "lots.jsonl" in done.err
    assert said in done.said


def test_a_lot_option_beside_a_file_of_lots_is_refused_not_forgotten(sample: Path, tmp_path: Path, run: Run) -> None:
    done = run("match", "--lots", lots_file(tmp_path, {"objet": "Traiteur"}), "--levier", "12")
    assert done.code == 2
    assert "--levier" in done.said


def test_the_table_gives_reasons_and_what_is_unknown(sample: Path, run: Run) -> None:
    done = run("match", *NEED)
    assert done.code == 0
    assert "lieu d’exécution (Maubeuge)" in done.said
    assert "non connu" in done.said


def test_csv_and_xlsx_are_files_to_hand_on(sample: Path, tmp_path: Path, run: Run) -> None:
    assert run("match", *NEED, "--format", "csv", "-o", tmp_path / "liste.csv").code == 0
    rows = list(csv.reader(io.StringIO((tmp_path / "liste.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Connu pour ce métier", "N°", "Fournisseur"]
    assert len(rows) > 5
    assert run("match", *NEED, "--format", "xlsx", "-o", tmp_path / "liste.xlsx").code == 0
    assert (tmp_path / "liste.xlsx").read_bytes().startswith(b"PK")
    assert run("match", *NEED, "-o", tmp_path / "liste.txt").code == 0
    assert "Maubeuge" in (tmp_path / "liste.txt").read_text(encoding="utf-8")


def test_nobody_is_an_answer(sample: Path, run: Run) -> None:
    done = run("match", *NEED, "--kind", "TIH", "--format", "json")
    assert done.json()["matches"] == []
    assert "Personne" in run("match", *NEED, "--kind", "TIH").said


def test_an_empty_catalogue_says_what_to_do(new: Path, run: Run) -> None:
    done = run("match", *NEED)
    assert done.code == 1
    assert "entremise sources" in done.err


def test_c1_val_de_sambre_is_first(real_catalogue: str, run: Run) -> None:
    need = ("--objet", "Entretien des espaces verts et des berges de la Sambre", "--lieu", "Maubeuge", "--levier", "12")
    best = run("match", "--db", real_catalogue, *need, "--format", "jsonl").lines()[0]
    assert best["name"] == "LES ATELIERS DU VAL DE SAMBRE"


def test_c4_coin_familial_is_in_the_first_ten_its_activity_unknown(real_catalogue: str, run: Run) -> None:
    need = ("--objet", "Reconditionnement d’archives linéaires", "--lieu", "Arras", "--levier", "13")
    lines = run("match", "--db", real_catalogue, *need, "--top", 10, "--format", "jsonl").lines()
    found = next(line for line in lines if "COIN FAMILIAL" in line["name"])
    assert found["rank"] <= 10
    activity = next(c for c in found["contributions"] if c["signal"] == "activity")
    assert activity["value"] is None
    assert "activité non connue" in activity["says"]


def test_c10_quanta_is_in_the_list_and_its_activity_is_said_unknown(real_catalogue: str, run: Run) -> None:
    need = ("--objet", "Prestations de traiteur", "--lieu", "Lille")
    lines = run("match", "--db", real_catalogue, *need, "--format", "jsonl").lines()
    found = next(line for line in lines if "ESAT QUANTA" in line["name"])
    assert (found["band"], found["place"] <= 20) == ("a_appeler", True)  # the list as a buyer gets it
    activity = next(c for c in found["contributions"] if c["signal"] == "activity")
    assert activity["value"] is None
    assert "non connue" in activity["says"]


NEED = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge")


def test_it_gives_the_rank_and_the_sum_that_the_list_gives(sample: Path, run: Run) -> None:
    listed = run("match", *NEED, "--format", "jsonl").lines()[2]
    answer = run("explain", *NEED, "--id", listed["id"], "--format", "json").json()
    assert (answer["rank"], answer["refused"]) == (3, [])
    assert answer["match"] == listed
    assert "rang 3" in run("explain", *NEED, "--id", listed["id"]).said


def test_a_siret_may_be_written_with_spaces(sample: Path, run: Run) -> None:
    listed = next(line for line in run("match", *NEED, "--format", "jsonl").lines() if line["siret"])
    spaced = f" {listed['siret'][:3]} {listed['siret'][3:6]}\u00a0{listed['siret'][6:]} "
    assert run("explain", *NEED, "--siret", spaced, "--format", "json").json()["id"] == listed["id"]


def test_a_refused_supplier_has_its_reason_and_no_rank(sample: Path, run: Run) -> None:
    listed = run("match", *NEED, "--kind", "ACI", "--format", "jsonl").lines()[0]
    answer = run("explain", *NEED, "--levier", "12", "--id", listed["id"], "--format", "json").json()
    assert answer["rank"] is None
    assert "L2113-12" in answer["refused"][0]
    assert "n’est pas dans la liste" in run("explain", *NEED, "--levier", "12", "--id", listed["id"]).said


def test_an_unknown_supplier_is_a_refusal(sample: Path, run: Run) -> None:
    done = run("explain", *NEED, "--siret", "nul[/b]")
    assert done.code == 1
    assert "« nul[/b] » n’est pas dans le catalogue" in done.said


def test_one_supplier_and_one_only(sample: Path, run: Run) -> None:
    assert run("explain", *NEED).code == 2
    assert run("explain", *NEED, "--id", "siret:1", "--siret", "2").code == 2


KEYS = {"lot_id", "groups", "sectors", "activities", "places", "kinds_asked", "levier_hint", "doubts"}


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, "rien://")


@pytest.mark.usefixtures("no_database")
def test_a_reading_has_the_keys_of_the_contract(run: Run) -> None:
    reading = run("read", "--objet", "Prestations de traiteur", "--lieu", "Lille", "--format", "json").json()
    assert reading.keys() >= KEYS
    assert "Restauration" in reading["groups"][0] or "Traiteur" in reading["groups"][0]
    assert all(activity.keys() == {"code", "label", "confidence"} for activity in reading["activities"])
    assert all(0 <= activity["confidence"] <= 1 for activity in reading["activities"])


@pytest.mark.usefixtures("no_database")
def test_what_the_text_says_of_lever_and_size_is_read_with_its_words(run: Run) -> None:
    need = "Nettoyage, lot réservé aux ESAT. Montant estimé : 120 000 € HT par an, pour une durée de 3 ans"
    reading = run("read", "--objet", need, "--format", "json").json()
    assert (reading["levier_hint"], reading["reserved_by"]) == ("12", "Nettoyage, lot réservé aux ESAT")
    assert reading["amount_read"] == {
        "euros": 360_000,
        "low": None,
        "high": None,
        "per": "year",
        "basis": "estimate",
        "tax": "HT",
        "words": "Montant estimé : 120 000 € HT par an",
        "counted": "120\u202f000\u00a0€ HT par an × 3\u00a0ans = 360\u202f000\u00a0€ HT",
    }
    assert reading["duration_read"] == {"months": 36, "words": "durée de 3 ans", "renewals_months": 0}
    said = run("read", "--objet", need).said
    assert "lu dans le texte : « Montant estimé" in said
    typed = run("read", "--objet", need, "--montant", "10000", "--duree", "6", "--format", "json").json()
    assert (typed["amount_read"], typed["duration_read"]) == (None, None)
    framework = run("read", "--objet", "Nettoyage, estimé 400 000 € HT, maximum 600 000 € HT, 4 ans").said
    assert "Montant maximum 600 000 € HT" in " ".join(framework.split())


@pytest.mark.usefixtures("no_database")
def test_the_lots_of_a_notice_are_read_apart(run: Run) -> None:
    need = "Lot 1 : tonte des pelouses à Lille, réservé aux EA. Lot 2 : lavage des vitres à Douai, 20 000 € HT"
    one, two = run("read", "--objet", need, "--format", "json").json()["lots"]
    assert (one["number"], one["levier_hint"], one["amount_read"]) == ("1", "12", None)
    assert (two["number"], two["levier_hint"], two["amount_read"]["euros"]) == ("2", None, 20_000)
    assert "Lot 2 de l’avis" in run("read", "--objet", need).said
    assert "lots" not in run("read", "--objet", "Tonte des pelouses", "--format", "json").json()


@pytest.mark.usefixtures("no_database")
def test_what_is_not_understood_is_said(run: Run) -> None:
    reading = run("read", "--objet", "Xyzzy plugh", "--format", "json").json()
    assert reading["activities"] == []
    assert reading["doubts"]
    assert "non comprises" in run("read", "--objet", "Xyzzy plugh").said


@pytest.mark.usefixtures("no_database")
def test_a_cpv_alone_is_a_need(run: Run) -> None:
    assert run("read", "--cpv", "55520000", "--format", "json").json()["activities"]


@pytest.mark.usefixtures("no_database")
def test_many_lots_one_line_each(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "lots.jsonl"
    path.write_text('{"lot_id": "a", "objet": "Nettoyage"}\n\n{"objet": null}\n', encoding="utf-8-sig")
    lines = run("read", "--lots", path, "--format", "jsonl").lines()
    assert [line["lot_id"] for line in lines] == ["a", "3"]
