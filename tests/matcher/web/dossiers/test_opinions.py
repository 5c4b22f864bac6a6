"""The opinion on each lot of a dossier: on the page, on paper, and by the link that asks for it again."""

import pytest
from flask.testing import FlaskClient

from tests.matcher.web.dossiers.test_dossiers import ME, RESERVED, TITLE, opened
from tests.matcher.web.reading import fill, read


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
    assert "Calculé sur le besoin figé, avec le catalogue d’aujourd’hui" in " ".join(side.get_text(" ").split())
    assert len(side.select(".chances tbody tr")) == 3
    assert side.select(".curve")
    whole = read(writer, made.link("Lire tout l’avis"))
    assert whole.path == "/avis"
    asked = read(writer, "/avis", {**RESERVED, **chosen})
    for selector in ("h1", ".chances", ".values"):
        assert whole.one(selector).get_text() == asked.one(selector).get_text()
    assert side.select_one("h2").get_text() == whole.one("h1").get_text()  # type: ignore[union-attr]
    assert [link.get_text() for link in made.all(".thread a")] == ["Le besoin", "Les candidats", "L’avis"]


def test_the_paper_holds_the_opinion_and_says_what_it_rests_on(writer: FlaskClient) -> None:
    made = opened(writer)
    paper = read(writer, "/dossiers/1/imprimer")
    part = " ".join(paper.one(".part-size").get_text(" ").split())
    assert " ".join(made.one(".opinion h2").get_text().split()) in part
    for said in (
        "Calculé sur le besoin figé le",
        "version 3 du catalogue",
        "au moins 2 offres",
        "À coller dans l’avis de marché En application de l’article L2113-12",
        "Candidats probables selon la taille (au moins, au plus)",
        "pas un conseil juridique",
    ):
        assert said in part


def test_several_lots_have_each_their_opinion_and_a_deleted_dossier_none(writer: FlaskClient) -> None:
    opened(writer)
    page = read(writer, "/dossiers/retenir", {**RESERVED, "besoin": "Entretien du linge"})
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:2]
    both = fill(writer, page, "main form", dossier="1", lot="Linge", retenu=ids)
    assert len(both.all(".lot details.opinion")) == 2
    form = both.one("form[action$=etat]")
    sent = {**dict(both.values(form)), "faire": "supprimer"}
    gone = writer.post(str(form["action"]), data=sent, follow_redirects=True)
    assert gone.status_code == 200
    assert "Avis de réservation" not in gone.text
