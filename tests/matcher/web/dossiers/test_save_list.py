"""From the candidates to a dossier, new or existing, once; the opinion frozen with the list."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.clock import now
from matcher.dossiers.store import load
from matcher.journal.change import plain
from matcher.need.listing import BANDS, WORDS
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.conftest import OPENED
from tests.matcher.web.dossier_pages import ME, RESERVED, TITLE, names, opened
from tests.matcher.web.reading import fill, read

TITLES = [WORDS[band].title for band in BANDS]


def test_from_the_candidates_to_a_dossier(writer: FlaskClient, own: Engine) -> None:
    found = read(writer, "/candidats", RESERVED)
    page = read(writer, "/dossiers/retenir", found.values(found.one("#choix")))
    assert len(page.all("[name=retenu][checked]")) == 3, "the first of the list, where none is ticked"
    made = opened(writer)
    assert made.path == "/dossiers/1"
    assert names(made)[0] == "LES ATELIERS DES BORDS DE SAMBRE"
    for words in (
        TITLE,
        "Commune de Valbrune",
        "Avesnois",
        f"Dossier {now().year}-0001",
        "liste figée",
        "rien n’a changé",
        "à contacter",
    ):
        assert words in made.text
    dossier = load(own, FIRST_ORGANISATION, 1)
    assert len(dossier.lot(1).frozen.matches) == 3
    assert [event.who for event in dossier.journal] == [ME, ME]


def test_one_supplier_alone_is_retained_from_its_row(writer: FlaskClient) -> None:
    found = read(writer, "/candidats", RESERVED)
    (box,) = found.all(".candidate")[2].select("[name=retenu]")
    assert box["form"] == found.one("#choix")["id"]
    ticked = [*found.values(found.one("#choix")), ("retenu", str(box["value"]))]
    checked = read(writer, "/dossiers/retenir", ticked).all("[name=retenu][checked]")
    assert len(checked) == 1
    assert "ESAT DU CANAL" in str(checked[0].parent)


def test_who_is_ticked_beyond_what_is_frozen_is_kept_too(writer: FlaskClient) -> None:
    far = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge (59)", "bande": "plus_loin"}
    beyond = str(read(writer, "/candidats", far).all(".candidate [name=retenu]")[-1]["value"])
    page = read(writer, "/dossiers/retenir", {**far, "retenu": beyond})
    assert [str(box["value"]) for box in page.all("[name=retenu][checked]")] == [beyond]


def test_each_band_is_a_list_of_its_own_under_its_name(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge (59)"})
    lists = page.all("ol.keep-list")
    titles = [" ".join(page.one(f"#{one['aria-labelledby']}").get_text().split()) for one in lists]
    assert titles == [title for title in TITLES if title in titles]
    assert len(titles) > 1
    for one in lists:
        numbers = [its.get_text() for its in one.select(".rank-small")]
        assert numbers == [str(place) for place in range(1, len(numbers) + 1)]


def test_a_second_lot_joins_a_dossier_that_exists(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, "/dossiers/retenir", {**RESERVED, "besoin": "Entretien du linge"})
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:2]
    both = fill(writer, page, "main form", dossier="1", lot="Linge", retenu=ids)
    assert both.path == "/dossiers/1"
    assert "Lot 2 : Linge" in both.text
    gone = fill(writer, both, "#lot-2 form[action$=retirer]", motif="regroupé")
    assert [lot.number for lot in load(own, FIRST_ORGANISATION, 1).lots] == [1]
    assert "Le lot est retiré" in gone.text


def test_retaining_needs_somebody_a_title_and_a_name(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", RESERVED)
    bad = fill(writer, page, "main form", retenu=[], title="", qui=" ", deadline="demain", buyer_siret="12")
    assert bad.status == 422
    assert {str(link["href"]) for link in bad.all(".faults a")} == {
        "#retenu",
        "#title",
        "#qui",
        "#deadline",
        "#buyer_siret",
    }
    assert fill(writer, page, "main form", dossier="99", qui=ME).status == 422
    assert fill(writer, page, "main form", dossier="abc", qui=ME).status == 422
    assert writer.get("/dossiers/retenir").status_code == 400


def test_the_same_form_sent_twice_makes_one_dossier(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", RESERVED)
    first = fill(writer, page, "main form", title=TITLE, qui=ME)
    second = fill(writer, page, "main form", title=TITLE, qui=ME)
    assert first.path == second.path
    form = read(writer, "/dossiers/nouveau")
    assert fill(writer, form, "main form", title="Autre").path == fill(writer, form, "main form", title="Autre").path
    assert "2 dossiers" in read(writer, "/dossiers").text


def test_going_back_and_changing_a_word_makes_another(writer: FlaskClient) -> None:
    form = read(writer, "/dossiers/nouveau")
    first = fill(writer, form, "main form", title="Berges", qui=ME)
    assert fill(writer, form, "main form", title="Linge", qui=ME).path != first.path


@pytest.mark.parametrize("chosen", [{}, {"activite": "proprete.locaux", "ou": "dep:59", "demande": "EA"}])
def test_a_dossier_tells_the_opinion_on_its_need_and_leads_to_it(writer: FlaskClient, chosen: dict[str, str]) -> None:
    made = fill(
        writer,
        (page := read(writer, "/dossiers/retenir", {**RESERVED, **chosen})),
        "main form",
        retenu=[str(box["value"]) for box in page.all("[name=retenu]")][:2],
        title=TITLE,
        qui=ME,
    )
    side = made.one(".opinion")
    assert "Figé avec la liste" in " ".join(side.get_text(" ").split())
    assert len(side.select("table.ranged")[0].select("tbody tr")) == 9
    whole = read(writer, made.link("Lire l’avis d’aujourd’hui"))
    assert whole.path == "/avis"
    asked = read(writer, "/avis", {**RESERVED, **chosen})
    for selector in ("h1", ".advice-counts", "#values"):
        assert whole.one(selector).get_text() == asked.one(selector).get_text()
    assert side.select_one(".decision-says").get_text() == whole.one("h1").get_text()  # type: ignore[union-attr]
    assert [link.get_text() for link in made.all(".thread a")] == ["Le besoin", "Les candidats", "L’avis"]


def test_the_paper_holds_the_opinion_and_says_what_it_rests_on(writer: FlaskClient) -> None:
    made = opened(writer)
    paper = read(writer, "/dossiers/1/imprimer?annexe=avis")
    part = " ".join(paper.one("main").get_text(" ").split())
    assert " ".join(made.one(".opinion .decision-says").get_text().split()) in part
    for said in (
        "Hypothèses et sources",
        "version 3 du catalogue",
        "éligibles à l’article L2113-12",
        "À coller dans l’avis de marché : En application de l’article L2113-12",
        "Jusqu’à quelle taille ?",
        "pas un conseil juridique",
    ):
        assert said in part


def test_the_opinion_is_kept_with_the_list_and_never_worked_out_again(
    writer: FlaskClient, own: Engine, tmp_path: Path
) -> None:
    side = opened(writer).one(".opinion").get_text()
    held = writer.get("/dossiers/1/dossier.json").get_json()["journal"][-1]["data"]["opinion"]
    path = tmp_path / "voisins.csv"
    lines = [f"Atelier vert {n};ESAT;59600 Maubeuge;entretien des espaces verts" for n in range(9)]
    path.write_text("\n".join(["nom;type;commune;activité", *lines]), encoding="utf-8")
    before = read(writer, "/avis", RESERVED).one(".advice-counts").get_text()
    run_import(own, REGISTRY["tableur"], [Source(path)], now=OPENED.replace(tzinfo=None))
    assert read(writer, "/avis", RESERVED).one(".advice-counts").get_text() != before
    assert read(writer, "/dossiers/1").one(".opinion").get_text() == side
    assert plain(load(own, FIRST_ORGANISATION, 1).lots[0].opinion) == held


def test_several_lots_have_each_their_opinion_which_a_deleted_dossier_still_reads(writer: FlaskClient) -> None:
    opened(writer)
    page = read(writer, "/dossiers/retenir", {**RESERVED, "besoin": "Entretien du linge"})
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:2]
    both = fill(writer, page, "main form", dossier="1", lot="Linge", retenu=ids)
    assert len(both.all(".lot .opinion")) == 2
    form = both.one("form[action$=etat]")
    sent = {**dict(both.values(form)), "faire": "supprimer"}
    gone = writer.post(str(form["action"]), data=sent, follow_redirects=True)
    assert gone.status_code == 200
    assert gone.text.count("Figé avec la liste") == 2
