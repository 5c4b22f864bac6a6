"""« Découper en lots », without JavaScript: the lots of the command, pasted lists as people have them, what is refused, what is kept."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from matcher.catalogue.steward.corrections import correct_supplier
from matcher.decisions.allotment.answer import AllotmentAnswer
from matcher.decisions.allotment.compute import Allotment, AllottedLot, LotSite, Reach
from matcher.web.decisions.allotment import lot_map
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.web.conftest import queries
from tests.matcher.web.decisions.test_clause import now_client
from tests.matcher.web.reading import Read, fill, read, settled
from tests.waiting import awaited

pytestmark = pytest.mark.usefixtures("read_here")

GREEN, CLEAN = "Entretien des espaces verts", "Nettoyage de locaux"
LINES = "École A ; Maubeuge ; 0,5\nÉcole B\t12 rue de la Paix, 62000 Arras\t1\nÉcole C;Nulle-Part\nÉcole A ; Maubeuge ; 0,5\nÉcole D ; Laon ; zéro\n"
FILE = "Site;Ville;Code postal;ETP\nÉcole A;Maubeuge;59600;0,5\nÉcole B;ARRAS CEDEX;62000;1\nÉcole C;Nulle-Part;;\nÉcole D;Laon;2000;\n"


@pytest.fixture
def engine(own: Engine) -> Engine:
    """A catalogue to write in: a work is a row of it."""
    return own


def cut(client: FlaskClient, **typed: Any) -> Read:
    """Send the form, and read what comes once it is cut."""
    sent = {"objet": GREEN, "liste": LINES, "candidats": "1", **typed}
    page = fill(client, read(client, "/allotissement"), "main form", **sent)
    if "Découpage en cours" in page.text:
        page = awaited(lambda: read(client, page.path), lambda page: "Découpage en cours" not in page.text)
    return page


def lots(page: Read) -> list[str]:
    return [" ".join(cell.get_text(" ").split()) for cell in page.all("#lots-1 td:nth-child(2)")]


@pytest.mark.usefixtures("sample")
def test_it_says_what_the_command_says(engine: Engine, run: Run, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "sites.csv"
    path.write_text(FILE, encoding="utf-8")
    told = run("allotissement", path, "--objet", GREEN, "--candidats", 1, "--levier", 12, "--format", "json").json()
    client = now_client(engine)
    page = cut(client, liste="", fichier=(io.BytesIO(FILE.encode()), "sites.csv"), levier="12")
    assert client.get(f"{page.path}/lots.json").get_json() == told
    assert "".join(told["answer"].split()) == "".join(page.one("h1").get_text().split())
    assert lots(page) == [" ; ".join(lot["sites"]) for lot in told["lots"]]
    assert [row.th.get_text()[1:] for row in page.all("#compare-1 tbody tr") if row.th] == [
        name[1:] for name in told["compared"]
    ]
    assert "École C (ligne 4)" in page.text


def test_a_list_is_pasted_as_people_have_it(client: FlaskClient) -> None:
    page = cut(client)
    told = client.get(f"{page.path}/lots.json").get_json()
    assert sorted(label for lot in told["lots"] for label in lot["sites"]) == ["École A", "École B", "École D"]
    assert told["lost"] == ["École C (ligne 3)"]
    assert told["unread"] == ["École D (ligne 5, « zéro »)"]
    assert told["repeated"] == 1
    for said in ("Lieu non trouvé", "n’est pas un nombre positif", "1 ligne répétée, comptée une fois"):
        assert said in page.text


def test_what_contracts_suit_those_known_is_counted_before_the_lots(client: FlaskClient, engine: Engine) -> None:
    page = cut(client)
    told = client.get(f"{page.path}/lots.json").get_json()
    assert ("aucune ne l’a dit" in page.text, page.all("#quel-marche-1")) == (True, [])
    for one in told["structures"][:3]:
        said = {"activite": ["espaces-verts.creation-entretien"], "duree": ["moins d’un an"]}
        correct_supplier(engine, one["id"], said, author="Léa", motive="", now=datetime(2026, 11, 24, tzinfo=UTC))
    page = cut(client)
    assert "3 sur 3 préfèrent moins d’un an" in page.text
    assert page.all("#lignes-quel-marche-1 tbody tr")
    its = client.get(f"{page.path}/lots.json").get_json()["preferred"]
    assert (its["duration"]["answered"], its["size"]["says"]) == (3, None)


def test_the_order_of_the_lines_does_not_matter(client: FlaskClient) -> None:
    again = "\n".join(reversed(LINES.splitlines()))
    told = [client.get(f"{cut(client, liste=lines).path}/lots.json").get_json() for lines in (LINES, again)]
    assert {frozenset(lot["sites"]) for lot in told[0]["lots"]} == {frozenset(lot["sites"]) for lot in told[1]["lots"]}


def test_one_line_is_one_lot_and_has_a_map(client: FlaskClient) -> None:
    page = cut(client, liste="Maubeuge")
    assert lots(page) == ["Maubeuge"]
    assert [text.get_text() for text in page.all(".lot-number text")] == ["1"]


def test_each_lot_has_its_number_on_the_map_and_each_site_its_point(client: FlaskClient) -> None:
    page = cut(client)
    assert [text.get_text() for text in page.all(".lot-number text")] == [
        lot.get_text().strip() for lot in page.all("#lots-1 tbody th")
    ]
    assert len(page.all(".lot-map g:not(.lot-number) circle")) == 3


def test_each_activity_has_its_own_lots(client: FlaskClient) -> None:
    page = cut(client, objet=f"{GREEN}\n{CLEAN}")
    assert [head.get_text() for head in page.all(".allotted h2")] == [GREEN, CLEAN]
    told = client.get(f"{page.path}/lots.json").get_json()
    assert [its["need"] for its in told["activities"]] == [GREEN, CLEAN]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{page.path}/lots.xlsx").data))
    assert book.sheet_names[1].startswith("Les lots, Entretien")
    assert book.sheet_names[6].startswith("Les lots, Nettoyage")


def test_the_matrix_says_who_can_carry_which_lot(client: FlaskClient) -> None:
    page = cut(client, km="1")
    told = client.get(f"{page.path}/lots.json").get_json()
    told_lots = [re.findall(r"\d+", row.select("td")[-1].get_text()) for row in page.all("#structures-1 tbody tr")]
    assert told_lots == [list(map(str, one["lots"])) for one in told["structures"]]
    assert any(lot["who"] for lot in told["lots"])


def test_a_trade_in_doubt_is_asked_at_once_and_answered_by_one_tap(client: FlaskClient) -> None:
    asked = cut(client, objet="nettoyage des collèges (16 sites) en réservé L2113-12")
    assert asked.status == 422
    buttons = asked.all(".question.trade button[name=metier]")
    assert buttons[0].get_text() == CLEAN
    page = cut(client, objet="nettoyage des collèges (16 sites) en réservé L2113-12", metier=buttons[0]["value"])
    assert page.path != "/allotissement"
    assert "Activité : Nettoyage de locaux" in page.text
    assert "L2113-12" in page.text


def test_a_structure_counted_for_several_lots_is_no_promise_of_all(client: FlaskClient) -> None:
    page = cut(client, km="1")
    told = client.get(f"{page.path}/lots.json").get_json()
    first = told["structures"][0]
    assert len(first["lots"]) > 1
    assert "chaque lot compté seul" in told["answer"]
    assert any(f"{first['name']} pour {len(first['lots'])}" in said and "L2113-10" in said for said in told["remarks"])
    alone = cut(client, liste="Maubeuge")
    assert "compté seul" not in alone.text


def test_a_quantity_in_another_unit_is_a_size(client: FlaskClient) -> None:
    page = cut(client, objet=CLEAN, liste="A ; Maubeuge ; 12 000\nB ; Arras ; 12 000", unite="m²")
    told = client.get(f"{page.path}/lots.json").get_json()
    assert sum(lot["etp"] for lot in told["lots"]) > 1


def test_the_unit_that_a_list_gives_is_the_one_counted(client: FlaskClient) -> None:
    pages = [
        cut(client, objet=CLEAN, liste=liste, unite=unit)
        for liste, unit in (
            ("Nom;Ville;Surface (m²)\nA;Maubeuge;12 000\nB;Arras;12 000", "ETP"),
            ("A;Maubeuge;12 000 m²\nB;Arras;12 000 m²", "ETP"),
            ("A;Maubeuge;12 000\nB;Arras;12 000", "m²"),
        )
    ]
    first, *others = [[lot["etp"] for lot in client.get(f"{page.path}/lots.json").get_json()["lots"]] for page in pages]
    assert others == [first, first]


def test_a_surface_taken_for_people_is_refused_and_what_was_typed_stays(client: FlaskClient) -> None:
    page = cut(client, objet=CLEAN, liste="Collège A ; Maubeuge ; 12 000")
    assert "« Collège A » (ligne 1) : 12 000 ETP, aucun site n’en demande autant." in page.text
    assert "12 000" in page.one("#liste").get_text()


def test_more_candidates_wanted_than_exist_is_said(client: FlaskClient) -> None:
    page = cut(client, candidats="900")
    assert "dont aucun ne garde" in page.one("h1").get_text()
    assert "Vous voulez 900 candidats par lot" in page.text


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"objet": " "}, "objet", "l’activité"),
        ({"liste": " \n"}, "liste", "un site par ligne"),
        ({"candidats": "0"}, "candidats", "nombre entier"),
        ({"candidats": "10^9"}, "candidats", "nombre entier"),
        ({"km": "-1"}, "km", "nombre entier"),
        ({"unite": "lune"}, "unite", "liste"),
        ({"liste": "Nulle-Part"}, "liste", "Aucun lieu"),
        ({"liste": "Ville\n"}, "liste", "aucun site"),
        ({"objet": "Prestations à définir"}, "objet", "Prestations à définir"),
        ({"liste": "\n".join(f"Site {n} ; 59600" for n in range(10_001))}, "liste", "plus de 10000 sites"),
    ],
)
def test_what_cannot_be_cut_is_said_under_its_field_and_kept(
    client: FlaskClient, typed: dict[str, str], field: str, said: str
) -> None:
    page = cut(client, **typed)
    assert page.status == 422
    assert said in page.one(f"#{field}-faute").get_text()
    assert page.one("#liste").get_text().strip() == typed.get("liste", LINES).strip()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7 rien", "liste.pdf", "liste.pdf"),
        (b"", "vide.csv", "vide.csv"),
        (b"Nom;Couleur\nA;bleu\n", "../../x.csv", "« x.csv », ligne 1 : il manque la colonne qui donne la commune"),
    ],
)
def test_a_file_that_is_no_list_is_refused(client: FlaskClient, content: bytes, name: str, said: str) -> None:
    page = cut(client, liste="", fichier=(io.BytesIO(content), name))
    assert page.status == 422
    assert said in page.one("#liste-faute").get_text()


def test_a_work_that_is_gone_says_to_send_the_list_again(client: FlaskClient) -> None:
    page = read(client, "/allotissement/0123456789abcdef")
    assert page.status == 404
    assert "Renvoyez la liste" in page.text
    assert client.get("/allotissement/0123456789abcdef/lots.xlsx").status_code == 404
    assert client.get("/decisions/garder?quoi=allotissement&decoupage=0123").status_code == 400


def test_it_is_kept_as_it_was_shown_with_few_queries(writer: FlaskClient, own: Engine) -> None:
    shown = cut(writer)
    with queries(own) as sent:
        read(writer, shown.path)
    assert len(sent) <= 4
    dossier = fill(writer, read(writer, shown.link("Garder dans un dossier")), "main form", title="Écoles", qui="Léa")
    kept = dossier.one("#decision-1")
    assert shown.one("h1").get_text() in kept.get_text()
    assert not re.search("Recalculer", kept.get_text())
    assert lots(shown)[0].split(", ")[0] in kept.get_text()
    assert "Comparé aux découpages usuels" in read(writer, f"{dossier.path}/imprimer?annexe=decisions").text


def test_a_size_that_is_not_wholly_known_is_a_least(client: FlaskClient) -> None:
    page = cut(client, liste="A ; Maubeuge ; 2\nB ; Maubeuge", km="999")
    assert len(client.get(f"{page.path}/lots.json").get_json()["lots"]) == 1
    assert "2 au moins" in page.one("#lots-1 tbody tr").get_text()
    assert "La taille de 1 site n’est pas connue" in page.text.replace("\u00a0", " ")


def test_columns_that_are_not_known_are_said_once_and_remembered(client: FlaskClient) -> None:
    def given() -> tuple[io.BytesIO, str]:
        return io.BytesIO("Quoi;Où\nMairie;Maubeuge\nÉcole;Jeumont\n".encode()), "libre.csv"

    refused = cut(client, liste="", fichier=given())
    asked = read(client, str(refused.one("a[href$='/colonnes']")["href"]))
    assert [label.get_text() for label in asked.all(".column-map label")] == ["Quoi", "Où"]
    again = fill(client, asked, ".column-form")
    assert (again.status, "dites quelle colonne donne la commune" in again.text) == (422, True)
    told = fill(client, again, ".column-form", colonne_0="nom", colonne_1="lieu")
    assert "2 sites" in settled(client, told.path).text
    assert "2 sites" in cut(client, liste="", fichier=given()).text


NOBODY = Reach((), np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32))


def mapped(places: list[tuple[float, float]]) -> AllotmentAnswer:
    """One lot a site."""
    sites = tuple(LotSite(f"site {row}", at) for row, at in enumerate(places))
    lots = tuple(AllottedLot((row,), 1.0, 0.0, 0.0, enough=row % 2 == 0) for row in range(len(sites)))
    its = Allotment(lots, 0.0, 0.0, 1, exact=True)
    towns = tuple(site.label for site in sites)
    return AllotmentAnswer("x", "", sites, towns, NOBODY, 1, its, {}, (), (), 0, (), 1, 0, date(2026, 11, 25))


PLACES = st.lists(
    st.tuples(st.floats(-21.4, 51.1, allow_nan=False), st.floats(-61.8, 55.8, allow_nan=False)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=40)
@given(PLACES)
def test_every_site_and_every_number_is_inside_the_frame(places: list[tuple[float, float]]) -> None:
    drawn = lot_map(mapped(places))
    for lot in drawn.marks:
        for x, y in ((lot.x, lot.y), *lot.sites):
            assert 0 <= x <= drawn.width
            assert 0 <= y <= drawn.height
    assert [lot.number for lot in drawn.marks] == list(range(1, len(places) + 1))
    assert drawn.scale > 0


def test_numbers_of_one_place_stand_apart() -> None:
    lots = lot_map(mapped([(50.28, 3.97)] * 5)).marks
    spots = [(lot.x, lot.y) for lot in lots]
    assert all((a - c) ** 2 + (b - d) ** 2 >= 21**2 for at, (a, b) in enumerate(spots) for c, d in spots[:at])


def test_north_is_up_east_is_right_and_the_scale_is_true() -> None:
    drawn = lot_map(mapped([(50.0, 3.0), (50.9, 3.0), (50.0, 4.0)]))
    south, north, east = (lot.sites[0] for lot in drawn.marks)
    assert north[1] < south[1]
    assert east[0] > south[0]
    assert abs((south[1] - north[1]) / drawn.scale * drawn.scale_km - 100) < 2
    assert drawn.outlines


def test_the_same_lots_are_drawn_the_same() -> None:
    its = mapped([(50.0, 3.0), (50.5, 3.2)])
    assert lot_map(its) == lot_map(replace(its))
