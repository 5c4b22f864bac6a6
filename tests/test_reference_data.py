"""The shipped tables hold together: every code exists, every line is alone, in order and in range, and every line serves."""

import csv
import json
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from matcher.cleaning.words import flat, fold, stems
from matcher.domain.kinds import Family, SupplierKind
from matcher.paths import shipped_path
from matcher.reading.intent import read_intent
from matcher.reference.geography.communes import commune, current_commune
from matcher.reference.geography.territories import departement, departements, epci, region
from matcher.reference.levers import levers
from matcher.reference.tables import rows
from matcher.reference.trades.activities import claim_targets, taxonomy
from matcher.reference.trades.how_widespread import usual_kinds
from tests.conftest import ROOT

REFERENCE = ROOT / "data" / "reference"
TABLES = sorted(path.stem for path in REFERENCE.glob("*.csv"))
# Order is meaning there: the first expression found wins, and levers are listed as the law lists them.
IN_THEIR_OWN_ORDER = {"exemples", "expressions", "leviers"}

# At least one example a line of expressions.csv: what is written, then the kinds, the lever and the mode it asks for.
EXAMPLES: tuple[tuple[str, str, str, str], ...] = (
    ("Atelier et chantier d’insertion : entretien des berges", "ACI", "13", ""),
    ("Chantiers école de second œuvre", "ACI", "", ""),
    ("Associations intermédiaires du bassin", "AI", "", ""),
    ("Marché réservé aux entreprises d’insertion", "EI", "13", ""),
    ("Régie de quartier : entretien des halls", "EI ACI", "", ""),
    ("Recours à une entreprise de travail temporaire d’insertion", "ETTI", "", "conseil.mise-a-disposition"),
    ("Intérim d’insertion", "ETTI", "", "conseil.mise-a-disposition"),
    ("Lot réservé à des entreprises adaptées", "EA", "12", ""),
    ("Ateliers protégés", "EA", "", ""),
    ("Établissements et services d’aide par le travail", "ESAT", "", ""),
    ("Établissement d’aide", "ESAT", "", ""),
    ("Groupement d’employeurs pour l’insertion et la qualification", "GEIQ", "", ""),
    ("Lot réservé EI, AI, ACI", "EI AI ACI", "13", ""),
    ("Article L2112-2", "", "clause", ""),
    ("Opérateurs qui intègrent des personnes handicapées ou défavorisées", "", "14", ""),
    ("ESAT, GEIQ, ETTI, EATT, EITI", "ETTI EITI EATT ESAT GEIQ", "", ""),
    ("Consultation d’une EA", "EA", "", ""),
    ("EA ou ESAT", "EA ESAT", "", ""),
    ("Structures (ACI)", "ACI", "", ""),
    ("Article L. 2113-12", "", "12", ""),
    ("Article L2113-13", "", "13", ""),
    ("Article L.2113-13-1", "", "13-1", ""),
    ("Article L 2113-14", "", "14", ""),
    ("Article L2113-15", "", "15", ""),
    ("Article 36-I de l’ordonnance", "", "12", ""),
    ("Article 36-II de l’ordonnance", "", "13", ""),
    ("Article 37 de l’ordonnance", "", "15", ""),
    ("Article 15 du code des marchés publics", "", "12", ""),
    ("Article 13 du décret", "", "14", ""),
    ("Travailleurs handicapés et défavorisés", "", "14", ""),
    ("Travailleurs en situation de handicap", "", "12", ""),
    ("Structure employant des personnes handicapées", "", "12", ""),
    ("Secteur protégé", "", "12", ""),
    ("Réservé au STPA", "", "12", ""),
    ("Structures d’insertion par l’activité économique", "", "13", ""),
    ("Service d’insertion et de qualification : rivières", "", "miqp", ""),
    ("Marché de qualification et d’insertion professionnelle", "", "miqp", ""),
    ("Insertion et qualification professionnelles", "", "miqp", ""),
    ("Action d’insertion", "", "miqp", ""),
    ("Atelier en établissement pénitentiaire", "", "13-1", ""),
    ("Marché avec clause sociale", "", "clause", ""),
    ("1 200 heures d’insertion", "", "clause", ""),
    ("350 h d’insertion", "", "clause", ""),
    ("Peinture, 1820h insertion", "", "clause", ""),
    ("Part d’insertion de 5 %", "", "clause", ""),
    ("Engagement d’insertion", "", "clause", ""),
    ("Clause obligatoire d’insertion par l’activité économique", "", "clause", ""),
    ("Promouvoir l’emploi de personnes rencontrant des difficultés", "", "clause", ""),
    ("Tonte, 5 % d’insertion", "", "clause", ""),
    ("Tonte, 7 % de publics en insertion", "", "clause", ""),
    ("marché réservé aux détenus", "", "13-1", ""),
    ("Tonte, insertion 5% des heures", "", "clause", ""),
    ("Peinture du gymnase, clause 5 % des heures", "", "clause", ""),
    ("7 % des heures travaillées pour l’insertion", "", "clause", ""),
    ("Marché réservé IAE", "", "13", ""),
    ("Tonte, réservé aux structures de l’IAE", "", "13", ""),
    ("Réservé aux entreprises de l’ESS", "", "15", ""),
    ("Réservé à l’économie sociale et solidaire", "", "15", ""),
    ("Nettoyage de l’IAE de Lille", "", "", ""),
    ("Accompagnement des entreprises de l’ESS", "", "", ""),
    ("Article 2113-13", "", "13", ""),
    ("Lot réservé", "", "14", ""),
    ("Remplacement d’agents de restauration", "", "", "conseil.mise-a-disposition"),
    ("Remplacement de personnel", "", "", "conseil.mise-a-disposition"),
    ("Mise à disposition de personnel", "", "", "conseil.mise-a-disposition"),
    ("Délégation de personnel", "", "", "conseil.mise-a-disposition"),
    ("Entretien des espaces verts de la commune", "", "", ""),
)


@lru_cache(maxsize=1)
def lines(name: str) -> Sequence[list[str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.reader(file, delimiter=";"))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_whole_clean_and_without_repeats(name: str) -> None:
    header, *body = lines(name)
    assert len(set(header)) == len(header)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in header)
    assert {len(line) for line in body} == {len(header)}
    assert all(cell == cell.strip() and "\n" not in cell for line in body for cell in line)
    assert len({tuple(line) for line in body}) == len(body)


@pytest.mark.parametrize("name", [name for name in TABLES if name not in IN_THEIR_OWN_ORDER])
def test_a_table_is_sorted_by_its_first_column(name: str) -> None:
    firsts = [line[0] for line in lines(name)[1:]]
    assert firsts == sorted(firsts)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_ends_its_lines_as_unix_does_and_has_no_mark(name: str) -> None:
    content = (REFERENCE / f"{name}.csv").read_bytes()
    assert content.endswith(b"\n")
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")


def test_labels_of_our_own_are_in_french_typography() -> None:
    own = {"activites": "libelle", "leviers": "phrase", "usages": "raison", "expressions": "note"}
    assert [(name, row[column]) for name, column in own.items() for row in rows(name) if "'" in row[column]] == []


def test_usages_name_activities_kinds_and_reasons() -> None:
    codes = {*taxonomy().codes, "*"}
    for row in rows("usages"):
        assert row["cible"] in codes
        assert row["genre"] in set(SupplierKind)
        assert 0 < float(row["part"]) <= 1
        assert row["raison"]
    keys = [(row["cible"], row["genre"]) for row in rows("usages")]
    assert len(set(keys)) == len(keys)


def test_usages_reach_every_group() -> None:
    """A group without a line of its own would fall back on the line for any need: said nowhere, so not allowed."""
    lines_of = {row["cible"] for row in rows("usages")}
    assert {group.code for group in taxonomy().groups} <= lines_of
    assert "*" in lines_of
    for leaf in taxonomy().leaves:
        usual = usual_kinds([(leaf.code, 1.0)])
        assert set(usual) == set(SupplierKind)
        assert all(0 < share <= 1 for share in usual.values())


def test_expressions_compile_and_name_what_exists() -> None:
    known = {
        "genre": set(map(str, SupplierKind)),
        "sigle": set(map(str, SupplierKind)),
        "levier": {lever.code for lever in levers()},
        "mode": set(taxonomy().codes),
    }
    for row in rows("expressions"):
        assert row["code"] in known[row["sens"]]
        assert row["note"]
        assert re.compile(row["motif"]).search("") is None, "il répond à un texte vide"
        assert row["motif"] == fold(row["motif"]) or "\\" in row["motif"]
    keys = [(row["motif"], row["code"]) for row in rows("expressions")]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("row", rows("expressions"), ids=lambda row: f"{row['code']} {row['motif'][:30]}")
def test_every_expression_is_reached_by_an_example(row: dict[str, str]) -> None:
    """A line that no example reaches may be misspelt: give its example above."""
    assert any(re.search(row["motif"], fold(text)) for text, *_ in EXAMPLES), row["motif"]


@pytest.mark.parametrize(("text", "kinds", "levier", "mode"), EXAMPLES, ids=[text[:40] for text, *_ in EXAMPLES])
def test_an_example_asks_for_what_it_says(text: str, kinds: str, levier: str, mode: str) -> None:
    intent = read_intent(text)
    assert set(intent.kinds) == {SupplierKind(kind) for kind in kinds.split()}
    assert (intent.levier, intent.mode) == (levier, mode)


def test_acts_are_one_word_and_make_what_exists() -> None:
    codes = set(taxonomy().codes)
    pairs = [(row["acte"], row["sur"]) for row in rows("actes")]
    assert len(set(pairs)) == len(pairs)
    for row in rows("actes"):
        assert len(stems(row["acte"])) == 1
        assert {row["sur"], row["activite"]} <= codes
        assert row["sur"] != row["activite"]


def test_states_make_what_exists() -> None:
    codes = set(taxonomy().codes)
    pairs = [(row["etat"], row["sur"]) for row in rows("etats")]
    assert len(set(pairs)) == len(pairs)
    assert pairs == sorted(pairs)
    for row in rows("etats"):
        assert stems(row["etat"])
        assert {row["sur"], row["activite"]} <= codes
        assert row["sur"] != row["activite"]


def test_passages_compile_and_are_of_a_known_meaning() -> None:
    for row in rows("passages"):
        assert row["sens"] in {"objet", "lieu", "acheteur", "hors", "marche", "signature"}
        assert row["note"]
        assert re.compile(row["motif"]).search("") is None, "il répond à un texte vide"
        assert row["motif"].replace("\\W", "").replace("\\D", "") == flat(
            row["motif"].replace("\\W", "").replace("\\D", "")
        )


def test_levers_name_families_that_exist() -> None:
    for row in rows("leviers"):
        assert set(row["familles"].split()) <= {*map(str, Family), "toutes"}
        assert date.fromisoformat(row["valable_depuis"]) <= date(2026, 12, 31)
        assert row["source"].strip()


def test_twins_are_two_activities_and_say_why() -> None:
    codes = {leaf.code for leaf in taxonomy().leaves}
    for row in rows("activites_jumelles"):
        assert {row["activite"], row["jumelle"]} <= codes
        assert row["activite"] != row["jumelle"]
        assert row["raison"].strip()


def test_homogeneous_activities_exist_and_say_why() -> None:
    codes = {leaf.code for leaf in taxonomy().leaves}
    told = rows("activites_homogenes")
    assert {row["activite"] for row in told} <= codes
    assert all(row["raison"].strip() for row in told)
    assert all([row["besoin"] for row in told].count(need) > 1 for need in {row["besoin"] for row in told})


def test_every_trade_of_hosmoz_is_read_whole() -> None:
    for row in rows("hosmoz_metiers"):
        found = claim_targets("hosmoz", row["metier"])
        assert {code for code, _ in found} <= {
            r["cible"] for r in rows("hosmoz_metiers") if r["metier"] == row["metier"]
        }
        assert [wording for _, wording in found][:1] == [row["metier"]]


def test_every_activity_goes_back_to_a_sector_of_the_marche(shared: Path) -> None:
    listed = json.loads((shared / "data/reference/secteurs_marche.json").read_text(encoding="utf-8"))
    official = {sector["slug"]: sector["group"]["name"] for sector in listed["results"]}
    names = taxonomy()
    labels = {group.code: group.label for group in names.groups}
    for leaf in names.leaves:
        assert official[leaf.sector] == labels[leaf.group], leaf.code
    for slug, group in official.items():
        target = names.sector(slug).target
        assert target is not None, slug
        assert labels[names.group_of(target)] == group


def test_communes_name_territories_that_exist() -> None:
    for row in rows("communes"):
        assert departement(row["departement"]) is not None or row["departement"] == "", row["code_insee"]
        assert row["region"] == "" or region(row["region"]) is not None, row["code_insee"]
        assert row["epci"] == "" or epci(row["epci"]) is not None, row["code_insee"]
        assert all(re.fullmatch(r"\d{5}", code) for code in row["codes_postaux"].split()), row["code_insee"]
        assert (row["lat"] == "") == (row["lon"] == "")
        assert row["population"] == "" or int(row["population"]) >= 0
        assert row["parent"] == "" or commune(row["parent"]) is not None


def test_prefectures_are_communes() -> None:
    for name in ("departements", "regions"):
        for row in rows(name):
            assert row["chef_lieu"] == "" or current_commune(row["chef_lieu"]) is not None, row["nom"]


def test_arrondissements_and_old_codes_resolve_to_places() -> None:
    assert current_commune("75101") is not None
    assert current_commune("69381") is not None
    assert current_commune("13201") is not None
    for row in rows("communes_anciennes"):
        assert commune(row["code_insee"]) is not None, row["code_ancien"]


def test_outlines_are_closed_rings_inside_france() -> None:
    outlines = json.loads(shipped_path("data/reference/departements.geojson").read_text(encoding="utf-8"))
    assert outlines["type"] == "FeatureCollection"
    names = departements()
    for feature in outlines["features"]:
        assert feature["properties"]["code"] in names
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        assert polygons
        for ring in (ring for polygon in polygons for ring in polygon):
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
            assert all(-63 <= lon <= 56 and -22 <= lat <= 52 for lon, lat in ring)


@pytest.mark.parametrize("table", ["passages", "expressions", "reservations", "rubriques"])
@pytest.mark.parametrize(
    "again", ["01/01/2027 - 31/12/2027, 12:00 ", "123 ", "1", "ix ", "lot n° ", "article 1.", "reserve ", " "]
)
def test_no_pattern_tries_a_long_line_in_every_way(table: str, again: str) -> None:
    """One that nests repetitions would not end on four thousand signs."""
    line = (again * 4_000)[:4_000]
    for row in rows(table):
        re.compile(row["motif"]).search(line)


def test_interlocutors_have_a_known_role_a_place_a_source_and_its_day() -> None:
    known = {row["code"] for row in rows("interlocuteurs_roles")}
    for row in rows("interlocuteurs"):
        scheme, _, code = row["territoire"].partition(":")
        assert row["role"] in known
        assert (region if scheme == "reg" else departement)(code)
        assert row["nom"]
        assert row["source"]
        assert date.fromisoformat(row["date"]) <= date(2026, 12, 31)
