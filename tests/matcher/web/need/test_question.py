"""The questions of a list: which trade; where, else under which article; their answers lead on and settle them."""

import pytest
from flask.testing import FlaskClient

from tests.matcher.web.reading import Read, read

WHERE = "le lot s’exécute-t-il à"
# A word of several trades, none of which is sure.
DOUBTFUL = {"besoin": "Collecte", "lieu": "Maubeuge"}


def answers(page: Read) -> dict[str, str]:
    """The address of each answer to the question beside that of the trade, by what it says."""
    return {link.get_text(): str(link["href"]) for link in page.all(".question:not(.trade) a.answer")}


def trades(page: Read) -> list[tuple[str, int, str]]:
    """Each answer to the question of the trade: its label, how many are known for it, its address."""
    found = []
    for link in page.all(".question.trade a.answer"):
        label, known = (str(part.get_text()) for part in link.select(".answer-label, .answer-count"))
        found.append((label, int("".join(filter(str.isdigit, known)) or 0), str(link["href"])))
    return found


@pytest.mark.parametrize(
    ("need", "towns"),
    [
        ("nettoyage bureaux Lille", ["Lille"]),
        ("Nettoyage des locaux et entretien des espaces verts du siège, Toulouse", ["Toulouse"]),
        ("collecte papier Paris", ["Paris"]),
        ("entretien espaces verts Nancy, puis Metz", ["Nancy", "Metz"]),
    ],
)
def test_a_city_typed_at_the_end_is_where_it_is_done(client: FlaskClient, need: str, towns: list[str]) -> None:
    page = read(client, "/candidats", {"besoin": need})
    assert WHERE not in page.text
    chips = " ".join(page.one(".chips").get_text(" ").split())
    assert all(f"lieu {town}" in chips for town in towns)


def test_a_smaller_town_typed_at_the_end_is_asked_about(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "nettoyage bureaux Hautmont"})
    assert f"{WHERE} Hautmont ?" in page.text
    assert "Aucun lieu n’est donné" not in page.text
    yes = read(client, answers(page)["Hautmont (Nord)"])
    assert "lieu Hautmont" in " ".join(yes.one(".chips").get_text(" ").split())
    assert WHERE not in yes.text


def test_who_does_it_elsewhere_says_so_once(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "nettoyage bureaux Hautmont"})
    elsewhere = read(client, answers(page)["Non, ailleurs"])
    assert WHERE not in elsewhere.text
    assert "lieu non connu" in elsewhere.text


def test_a_name_that_several_towns_bear_is_asked_with_each(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "entretien espaces verts Saint-Denis"})
    assert {"Saint-Denis (Seine-Saint-Denis)", "Saint-Denis (La Réunion)"} <= answers(page).keys()


@pytest.mark.parametrize(
    "typed", [{"besoin": "Nettoyage de bureaux", "lieu": "Saint-Michel"}, {"besoin": "Nettoyage à Saint-Denis"}]
)
def test_a_town_typed_without_its_departement_is_confirmed_in_one_click(
    client: FlaskClient, typed: dict[str, str]
) -> None:
    page = read(client, "/candidats", typed)
    assert WHERE in page.text
    assert "Plusieurs communes portent ce nom." in page.text
    assert "Plusieurs communes se nomment" not in page.text
    first = read(client, next(iter(answers(page).values())))
    assert WHERE not in first.text
    assert "Plusieurs communes" not in first.text


@pytest.mark.parametrize(
    "more", [{"lieu": "Roubaix"}, {"ou": "aucun"}, {"besoin": "Nettoyage à Lille"}, {"besoin": "Fourniture de petit outillage"}]
)  # fmt: skip
def test_a_place_that_is_known_or_that_nothing_names_is_not_asked(client: FlaskClient, more: dict[str, str]) -> None:
    assert WHERE not in read(client, "/candidats", {"besoin": "nettoyage bureaux Hautmont", **more}).text


def test_an_answer_that_changes_no_count_is_not_said_to(client: FlaskClient) -> None:
    need = "Travaux sous-marins de soudure, en lien avec les SIAE"
    page = read(client, "/candidats", {"besoin": need, "lieu": "Maubeuge"})
    assert "Si oui, aucune structure connue, et les autres types" in page.text
    assert "0 candidat" not in page.one(".question:not(.trade)").get_text()


RESERVED = "Entretien des espaces verts, lot réservé aux EA et ESAT"


def test_a_lever_that_the_text_says_outright_is_answered_and_not_asked(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": RESERVED, "lieu": "Maubeuge"})
    assert "le lot est-il réservé" not in page.text
    told = " ".join(page.one(".question.settled").get_text(" ").split())
    assert "D’après le texte" in told
    assert "réservé (L2113-12 : EA, EATT, ESAT)" in told
    assert f"« {RESERVED} »" in told
    assert "Les autres types sont écartés" in told
    (no,) = (read(client, address) for address in answers(page).values())
    assert not no.all(".question")
    assert "L2113-12" not in no.one(".chips").get_text(" ")


def test_a_reservation_that_is_written_is_applied_as_one_that_is_chosen(client: FlaskClient) -> None:
    written = read(client, "/candidats", {"besoin": RESERVED, "lieu": "Maubeuge"})
    chosen = read(client, "/candidats", {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge", "levier": "12"})
    listed = [[link.get_text() for link in page.all(".candidate h3 a")] for page in (written, chosen)]
    assert listed[0] == listed[1] != []
    folded = [
        next(link.get_text() for link in page.all(".more a") if "Non éligibles" in link.get_text())
        for page in (written, chosen)
    ]
    assert folded[0] == folded[1]
    told = client.get("/candidats/liste.json", query_string={"besoin": RESERVED, "lieu": "Maubeuge"}).get_json()
    out = [match for match in told["matches"] if match.get("refused")]
    assert len(out) == told["counts"]["non_eligibles"] == int(folded[0].rpartition(":")[2])
    assert all(match["place"] is None and match["rank"] is None and "L2113-12" in match["refused"] for match in out)
    hinted = read(
        client, "/candidats", {"besoin": "Entretien des espaces verts, en lien avec les SIAE", "lieu": "Maubeuge"}
    )
    assert not any("Non éligibles" in link.get_text() for link in hinted.all(".more a"))


def test_a_lever_told_leaves_room_for_the_question_of_the_trade(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Collecte, lot réservé aux ESAT", "lieu": "Maubeuge"})
    assert page.one(".question.trade")
    assert page.one(".question.settled")


def test_a_doubtful_trade_is_asked_and_the_list_follows_the_first_answer(client: FlaskClient) -> None:
    page = read(client, "/candidats", DOUBTFUL)
    (first, known, address), *others = trades(page)
    assert len(others) == 2
    assert int(page.one("#bande-connu .count").get_text()) == known
    assert f"« {first} »" in page.one("#les-candidats").get_text().replace("\u00a0", " ") + page.text
    assert [link.select_one(".visually-hidden") is not None for link in page.all(".question.trade a.answer")] == [
        True, False, False,
    ]  # fmt: skip
    assert not any("activité" in chip.get_text() for chip in page.all(".chip"))
    assert "Activité à confirmer" not in page.one(".understood").get_text()
    chosen = read(client, address)
    assert int(chosen.one("#bande-connu .count").get_text()) == known
    assert not chosen.all(".question.trade")
    assert f"activité {first}" in " ".join(chosen.one(".chips").get_text(" ").split())
    assert "Métier à confirmer" not in chosen.text
    label, known, address = others[0]
    other = read(client, address)
    assert int(other.one("#bande-connu .count").get_text()) == known
    assert f"activité {label}" in " ".join(other.one(".chips").get_text(" ").split())
    assert trades(read(client, other.link("Annuler le choix du métier"))) == trades(page)


def test_a_trade_that_no_answer_names_is_said_in_words(client: FlaskClient) -> None:
    page = read(client, "/candidats", {**DOUBTFUL, "ajouter": "metier", "valeur": "Traiteur"})
    (chip,) = [chip.get_text(" ") for chip in page.all(".chip") if "activité" in chip.get_text()]
    assert "Traiteur" in chip
    refused = read(client, "/candidats", {**DOUBTFUL, "ajouter": "metier", "valeur": "zzz"})
    assert "métier non reconnu" in refused.one("#autre-faute").get_text()
    assert refused.one(".other-answer > details").has_attr("open")
    assert not refused.all("#ajout-faute")
    assert refused.link("dites le besoin autrement").startswith("/?besoin=Collecte")


def test_a_trade_that_is_sure_is_not_asked(client: FlaskClient) -> None:
    assert not read(client, "/candidats", {"besoin": "Prestations de traiteur", "lieu": "Lille"}).all(".question.trade")


def test_why_the_trade_is_read_is_said_where_it_is_asked(client: FlaskClient) -> None:
    need = {"besoin": "Débroussaillement autour du camping", "lieu": "Maubeuge"}
    page = read(client, "/candidats", need)
    assert not page.all(".why-trade")
    told = read(client, page.link("Pourquoi ce métier"))
    assert "Débroussaillement" in [mark.get_text() for mark in told.all(".why-trade mark")]
    assert told.one("#pourquoi-metier")["aria-expanded"] == "true"
    assert not read(client, told.link("Pourquoi ce métier")).all(".why-trade")
    doubtful = read(client, "/candidats", DOUBTFUL)
    assert read(client, doubtful.link("Pourquoi")).all(".why-trade mark")[0].get_text() == "Collecte"
    chosen = read(client, "/candidats", {**need, "activite": "proprete.locaux", "pourquoi": "metier"})
    assert "vient de votre choix" in chosen.one(".why-trade").get_text()


def test_a_lot_reserved_among_others_is_asked(client: FlaskClient) -> None:
    need = "Lot 1 : nettoyage des locaux. Lot 2 : entretien des espaces verts. Le lot 2 est réservé aux ESAT."
    page = read(client, "/candidats", {"besoin": need, "lieu": "Maubeuge"})
    assert "le lot est-il réservé (L2113-12" in page.text
    assert "Le texte réserve un lot parmi d’autres" in page.text


@pytest.mark.parametrize(
    "words", ["5 % d’heures d’insertion", "10 % des heures en insertion", "500 heures d’insertion"]
)
def test_hours_of_insertion_are_proposed_as_a_clause(client: FlaskClient, words: str) -> None:
    page = read(client, "/candidats", {"besoin": f"Nettoyage des bureaux, {words}", "lieu": "Maubeuge"})
    assert "L2113" not in page.one(".chips").get_text() + page.one(".question").get_text()
    assert "prévoir une clause sociale d’insertion (L2112-2) ?" in page.text
    yes, no = (read(client, address) for address in answers(page).values())
    assert "clause L2112-2" in " ".join(yes.one(".chips").get_text(" ").split())
    for after in (yes, no):
        assert not after.all(".question")


def test_the_town_of_the_buyer_is_confirmed_in_one_click(client: FlaskClient) -> None:
    asked = {"besoin": "Entretien des espaces verts", "acheteur": "215903923"}
    page = read(client, "/candidats", asked)
    assert f"{WHERE} Maubeuge ?" in page.text
    assert "acheteur Maubeuge" in " ".join(page.one(".chips").get_text(" ").split())
    yes = read(client, answers(page)["Maubeuge"])
    assert WHERE not in yes.text
    assert "lieu Maubeuge" in " ".join(yes.one(".chips").get_text(" ").split())
    kept = [str(link["href"]) for link in yes.all("#candidats a[href^='/candidats']")]
    assert kept
    assert all("acheteur=215903923" in address for address in kept)
    assert "lieu non connu" in read(client, answers(page)["Non, ailleurs"]).text
    assert WHERE not in read(client, "/candidats", {**asked, "lieu": "Denain"}).text


def test_towns_whose_name_begins_so_are_not_said_to_have_it(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Nettoyage de bureaux", "lieu": "Bourg"})
    assert "Plusieurs communes portent ce nom" not in page.text
    assert "Ce nom, ou son début, est celui de plusieurs communes." in page.text
    assert {"Bourg-en-Bresse (Ain)", "Bourg (Gironde)"} <= answers(page).keys()
