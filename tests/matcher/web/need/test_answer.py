"""Parts of a list and its rows, each with its telephone and its reasons, the same in the files, and what is ticked, which lives in the address alone."""

import csv
import io
import json
import re
from datetime import date

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.store.tables import ContactRow
from matcher.domain.french import enumeration
from matcher.ranking.engine import Ranking
from matcher.ranking.shelf.sphere import Rows
from matcher.reading.trade.model import TextRead, TradeModel
from matcher.rows import table_of
from tests.matcher.web.dossier_pages import opened
from tests.matcher.web.reading import Read, read

GREEN = {"besoin": "Entretien des espaces verts et des berges de la Sambre", "lieu": "Maubeuge"}
# Nobody of the sample is known for it.
BINS = {"besoin": "Location de bennes", "lieu": "Maubeuge"}
RESERVED = {**GREEN, "levier": "12", "montant": "180000", "duree": "12"}


def names(page: Read) -> list[str]:
    return [str(row["data-name"]) for row in page.all(".candidate")]


def test_a_row_says_how_to_call_and_since_when_or_that_nobody_knows(writer: FlaskClient, own: Engine) -> None:
    page = read(writer, "/candidats", GREEN)
    ids = [str(box["value"]) for box in page.all(".candidate [name=retenu]")]
    assert page.all(".candidate .phone") == []
    assert "Aucun téléphone connu" in page.one(".said-once").get_text()
    with own.begin() as connection:
        for place, (value, day) in enumerate((("+33353012011", "2026-03-04"), ("+33353012012", "2001-01-01"))):
            key = ids[place]
            connection.execute(table_of(ContactRow).delete().where(table_of(ContactRow).c.supplier_id == key))
            connection.execute(
                table_of(ContactRow).insert().values(
                    supplier_id=key, position=0, type="phone", value=value, source="emplois", ref="1", date=date.fromisoformat(day)
                )
            )  # fmt: skip
    page = read(writer, "/candidats", GREEN)
    assert "Téléphone non connu, sauf mention" in page.one(".said-once").get_text()
    rows = page.all(".candidate")
    link = rows[0].select_one(".phone a")
    assert link is not None
    assert link["href"] == "tel:0353012011"
    assert "relevé en mars 2026" in rows[0].get_text()
    assert not rows[1].select(".phone"), "older than contacts are kept: neither shown nor exported"


def test_a_page_reads_its_text_once_and_sorts_one_list_whatever_it_offers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []
    lists: list[int] = []
    model_reads, best = TradeModel.read, Ranking.best

    def reads(model: TradeModel, text: str) -> TextRead:
        texts.append(text)
        return model_reads(model, text)

    def sorts(ranking: Ranking, count: int) -> Rows:
        lists.append(count)
        return best(ranking, count)

    monkeypatch.setattr(TradeModel, "read", reads)
    monkeypatch.setattr(Ranking, "best", sorts)
    page = read(client, "/candidats", {**BINS, "besoin": "Location de trente bennes à gravats", "levier": "12"})
    assert "avec l’article L2113-13" in page.text
    assert texts
    assert (len(texts), len(lists)) == (len(set(texts)), 1)


def test_what_is_ticked_is_the_address_and_stays_on_other_pages_of_the_list(client: FlaskClient) -> None:
    page = read(client, "/candidats", GREEN)
    six = read(client, page.link("Cocher les 6 premiers"))
    assert len(six.all("[name=retenu][checked]")) == 6
    assert "Créer le dossier : 6 retenus" in six.one("#choix").get_text().replace("\xa0", " ")
    other = read(client, f"{six.link('distance')}&bande=a_appeler")
    sent = [value for name, value in other.values(other.one("#choix")) if name == "retenu"]
    boxes = [str(box["value"]) for box in other.all("[name=retenu][checked]") if box.has_attr("form")]
    assert len({*sent, *boxes}) == 6
    lines = list(csv.reader(io.StringIO(client.get(six.link("CSV")).data.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 7, "a file holds those ticked"


def test_a_row_unfolds_all_its_reasons_and_the_words_of_the_page_are_explained(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    for row in page.all(".candidate"):
        assert len(row.select(".reasons:not(.whole) li")) <= 2
        assert row.select(".why .reasons.whole li")
    words = {word.get_text() for word in page.all(".words dt")}
    assert {"EA", "ESAT", "Bande", "Adéquation", "STPA"} <= words


def test_where_nobody_is_known_each_way_on_says_whom_it_leads_to(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Traiteur", "lieu": "Brest (29)"})
    ways = {str(way.select_one("a").get_text()): way for way in page.all(".ways li")}  # type: ignore[union-attr]  # a link each
    assert "Voir plus loin" in ways
    assert not read(client, "/candidats", GREEN).all(".ways")


def test_each_row_says_whose_data_tell_it_and_of_which_month_or_the_head_that_it_has_none(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    undated = re.search(r"Sans date\s: ([^.]+)\.", page.text)
    for row in page.all(".candidate"):
        source = row.select_one(".reasons:not(.whole) .of-source")
        assert source is not None, row.get_text()
        dated = re.search(r"· .+, ((janv|févr|avr|juil|sept|oct|nov|déc)\.|mars|mai|juin|août)", source.text)
        assert dated or (undated and source.text.removeprefix("· ") in undated[1]), source.text


def test_what_every_row_would_ask_is_asked_once_above_them(client: FlaskClient) -> None:
    page = read(client, "/candidats", BINS)
    shared = re.search(r"À demander à chacun\s: ([^.]+)\.", page.one(".said-once").get_text())
    assert shared
    asked = [row.get_text().lower() for row in page.all(".candidate .ask")]
    for question in re.split(", | et ", shared[1]):
        assert not [said for said in asked if question in said]


def test_a_file_names_the_filters_that_were_on(writer: FlaskClient) -> None:
    def said(**filters: str) -> str:
        page = read(writer, "/candidats", {**RESERVED, **filters})
        book = openpyxl.load_workbook(io.BytesIO(writer.get(page.link("XLSX")).data))
        return next(str(row[1].value) for row in book["Critères"].iter_rows() if row[0].value == "Filtres de la liste")

    assert said() == "aucun"
    told = said(type="EA", rayon="50", connu="effectif").replace("\u00a0", " ")
    assert told == "type EA ; à 50 km au plus du lieu, ou qui déclare y venir ; dont on connaît l’effectif"


def test_the_parts_of_a_list_whose_trade_is_to_confirm_say_of_which_trade(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Collecte", "lieu": "Maubeuge"})
    assert "Métier à confirmer" in page.one("#les-candidats").get_text()
    bands = {str(band["aria-labelledby"]): band for band in page.all("section.band")}
    notes = {
        name: " ".join("".join(note.get_text() for note in band.select(".band-head .note")).split())
        for name, band in bands.items()
    }
    of_trade = {name for name, note in notes.items() if note.startswith("Si c’est bien « Collecte")}
    with_evidence = {"bande-connu", "bande-indice"} & bands.keys()
    assert of_trade == {name for name in with_evidence if bands[name].select(".band-head .count")[0].get_text() != "0"}
    assert of_trade


def test_each_band_has_its_count_its_sentence_and_its_own_numbers(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    bands = page.all("section.band")
    assert [str(band["aria-labelledby"]) for band in bands] == ["bande-connu", "bande-indice", "bande-a_appeler"]
    for band in bands:
        rows = band.select(".candidate")
        assert [row["data-rank"] for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
        count = int(band.select_one(".count").get_text())  # type: ignore[union-attr]  # a title has its count
        more = band.select_one(".more a")
        assert count == len(rows) + (int("".join(filter(str.isdigit, more.get_text())) or 1) if more else 0)
        assert band.select_one(".band-head p").get_text().strip()  # type: ignore[union-attr]
    assert all(row.has_attr("data-credible") for row in bands[0].select(".candidate"))
    assert not any(row.has_attr("data-credible") for band in bands[1:] for row in band.select(".candidate"))
    assert not page.all(".candidate .score"), "the order speaks, and the sum is behind « Pourquoi »"


def test_a_band_can_be_read_whole_and_those_known_elsewhere(client: FlaskClient) -> None:
    page = read(client, "/candidats", GREEN)
    whole = read(client, "/candidats", {**GREEN, "bande": "connu"})
    assert names(whole)[:4] == [str(row["data-name"]) for row in page.all("section.band")[0].select(".candidate")][:4]
    assert len(whole.all("section.band")) == 1
    assert read(client, whole.link("Les trois parties")).path == "/candidats"
    far = read(client, page.link("plus loin"))
    assert all("Connus plus loin" in band.get_text() for band in far.all("section.band"))
    other = read(client, "/candidats", {**GREEN, "bande": "autre"})
    assert str(len(names(other))) == other.one(".band-head .count").get_text()


@pytest.mark.parametrize(
    ("part", "line", "title"),
    [
        ("autre", "{} d’un autre métier, à portée", "Autre métier, ou pour eux-mêmes"),
        ("personnel", "Ils peuvent fournir du personnel : {}", "Ils peuvent fournir du personnel"),
    ],
)
def test_another_trade_and_staff_have_a_line_each_that_opens_on_the_page(
    client: FlaskClient, part: str, line: str, title: str
) -> None:
    page = read(client, "/candidats", GREEN)
    (link,) = (link for link in page.all(".more a") if f"bande={part}" in str(link["href"]))
    opened = read(client, str(link["href"]))
    assert opened.path == "/candidats"
    (band,) = opened.all("section.band")
    count = band.select_one(".count").get_text()  # type: ignore[union-attr]  # a title has its count
    assert link.get_text().replace("\u00a0", " ") == line.format(count)
    assert int(count) == len(names(opened)) > 0
    assert title in band.get_text(" ")
    assert set(names(opened)).isdisjoint(names(page))
    assert not [link for link in opened.all(".more a") if "bande=autre" in str(link["href"])], (
        "shown whole, it is alone"
    )
    staff = read(client, "/candidats", {**GREEN, "levier": "clause"})
    assert "bande=personnel" not in staff.html, "hours of insertion are a reason to have them in the list"
    assert set(names(read(client, "/candidats", {**GREEN, "bande": "personnel"}))) <= set(names(staff))


def test_the_first_three_to_call_are_named_where_nobody_is_known(client: FlaskClient) -> None:
    page = read(client, "/candidats", {**BINS, "besoin": "Désamiantage"})
    (band,) = (band for band in page.all("section.band") if band.select(".candidate"))
    assert "Sur dix, " in band.select_one(".band-head").get_text()  # type: ignore[union-attr]  # a band has its head
    book = openpyxl.load_workbook(io.BytesIO(client.get(page.link("XLSX")).data))
    said = next(str(row[1].value) for row in book["Critères"].iter_rows() if row[0].value == "Réponse")
    assert f"À appeler d’abord : {enumeration(names(page)[:3])}." in said
    said = " ".join(one.get_text() for one in page.all(".beside-bands"))
    assert "À appeler d’abord" not in said, "they are the first rows"


def test_paper_says_how_many_it_leaves_out(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.web.need.answer.PAGE", 20)
    everyone = {"besoin": "Prestations à définir", "lieu": "France entière"}
    cut = 0
    for band in read(client, "/candidats", everyone).all("section.band"):
        (count,) = (int(one.get_text().replace("\u202f", "")) for one in band.select(".band-head .count"))
        left = count - len(band.select(".candidate"))
        said = [" ".join(one.get_text().split()) for one in band.select(".more .print-only")]
        assert said == ([f"et {left} autres, dans les fichiers de la liste."] if left else [])
        cut += left
    assert cut
    assert (
        "Page 1 sur"
        in read(client, "/candidats", {**everyone, "bande": "a_appeler"}).one(".print-only.note").get_text()
    )


def test_the_list_is_the_same_as_a_file(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    whole = [
        name
        for band in ("connu", "indice", "a_appeler")
        for name in names(read(client, "/candidats", {**RESERVED, "bande": band}))
    ]
    assert set(names(page)) <= set(whole)
    other = names(read(client, "/candidats", {**RESERVED, "bande": "autre"}))
    assert other
    lines = list(csv.reader(io.StringIO(client.get(page.link("CSV")).data.decode("utf-8-sig")), delimiter=";"))
    ineligible = names(read(client, "/candidats", {**RESERVED, "bande": "non_eligibles"}))
    assert [line[2] for line in lines[1:]] == whole + other + ineligible
    answer = client.get(page.link("XLSX"))
    assert "attachment" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Candidats", "Critères"]
    rows = [[cell.value for cell in row[:3]] for row in book["Candidats"].iter_rows(min_row=2)]
    assert [row[2] for row in rows] == whole + other + ineligible
    beside = [["autre métier", None]] * len(other) + [["non éligible", None]] * len(ineligible)
    assert [row[:2] for row in rows[len(whole) :]] == beside, "in the file, with no place"
    found = json.loads(client.get(page.link("JSON")).data)
    assert {match["name"] for match in found["matches"]} == {*whole, *other, *ineligible}
    assert {match["name"] for match in found["matches"] if match.get("refused")} == set(ineligible)
    found["matches"] = [match for match in found["matches"] if not match.get("refused")]
    assert {match["name"] for match in found["matches"] if match["band"] == "autre"} == set(other)
    assert all((match["place"] is None) == (match["band"] == "autre") for match in found["matches"])
    assert [match["rank"] for match in found["matches"]] == sorted(match["rank"] for match in found["matches"])
    assert client.get("/candidats/liste.pdf").status_code == 404
    assert client.get("/candidats/liste.csv").status_code == 400


def test_a_team_noted_in_a_call_counts_in_the_opinion_of_its_dossier(writer: FlaskClient) -> None:
    opened(writer)
    page = read(writer, "/dossiers/1/lots/1/appels")
    form = page.one("#appel-1 form[data-kept]")
    team = {"issue": "INTERESTED", "equipe": "oui", "equipe:combien": "60 personnes"}
    writer.post(str(form["action"]), data={**dict(page.values(form)), **team})
    noted = "une équipe libre, notée au dossier, y suffit pour 1"
    assert noted in read(writer, "/avis", {**RESERVED, "dossier": "1-1"}).text
    assert noted not in read(writer, "/avis", RESERVED).text
