"""« Les dossiers », without JavaScript: from the candidates to the file, followed, shared by two, closed, deleted, brought back."""

from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.steward.privacy import opt_out
from matcher.dossiers.dossier import Status
from matcher.dossiers.privacy import leave_dossiers
from matcher.dossiers.store import load
from matcher.journal.texts import LONGEST_TEXT
from tests.matcher.web.conftest import OPENED, queries
from tests.matcher.web.dossier_pages import ME, RESERVED, TITLE, entry, names, opened
from tests.matcher.web.reading import NASTY, fill, read


def test_from_the_candidates_to_a_dossier(writer: FlaskClient, own: Engine) -> None:
    found = read(writer, "/candidats", RESERVED)
    page = read(writer, found.link("Retenir pour un dossier"))
    assert len(page.all("[name=retenu][checked]")) == 2  # the credible ones
    made = opened(writer)
    assert made.path == "/dossiers/1"
    assert names(made)[0] == "LES ATELIERS DES BORDS DE SAMBRE"
    for words in (
        TITLE,
        "Commune de Valbrune",
        "Avesnois",
        "Dossier 2026-0001",
        "liste figée",
        "rien n’a changé",
        "à contacter",
    ):
        assert words in made.text
    dossier = load(own, 1)
    assert len(dossier.lot(1).frozen.matches) == 18
    assert [event.who for event in dossier.journal] == [ME, ME]


def test_one_supplier_alone_is_retained_from_its_row(writer: FlaskClient) -> None:
    found = read(writer, "/candidats", RESERVED)
    row = found.all(".candidate")[2]
    link = next(str(a["href"]) for a in row.select("a") if "Retenir" in a.get_text())
    checked = read(writer, link).all("[name=retenu][checked]")
    assert len(checked) == 1
    assert "ESAT DU CANAL" in str(checked[0].parent)


def test_a_second_lot_joins_a_dossier_that_exists(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, "/dossiers/retenir", {**RESERVED, "besoin": "Entretien du linge"})
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:2]
    both = fill(writer, page, "main form", dossier="1", lot="Linge", retenu=ids)
    assert both.path == "/dossiers/1"
    assert "Lot 2 : Linge" in both.text
    gone = fill(writer, both, "#lot-2 form[action$=retirer]", motif="regroupé")
    assert [lot.number for lot in load(own, 1).lots] == [1]
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


def test_a_supplier_is_followed(writer: FlaskClient, own: Engine) -> None:
    page = entry(writer, opened(writer), 2, statut="intéressé", le="2026-11-20", note="Équipe libre\ndès mars")
    followed = load(own, 1).lot(1).entries[1]
    assert (followed.status, str(followed.status_on), followed.status_by) == (Status.INTERESTED, "2026-11-20", ME)
    assert "20 novembre 2026 · C. Exemple" in page.text
    assert "Équipe libre dès mars" in page.text
    version = load(own, 1).version
    entry(writer, page, 2)
    assert load(own, 1).version == version  # nothing new, nothing written
    later = entry(writer, page, 2, statut="pas intéressé")
    assert "25 novembre 2026" in later.all(".entry-status")[1].get_text()
    assert load(own, 1).version == version + 1


def test_order_and_removal_ask_for_a_reason_and_keep_what_was_typed(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    before = names(page)
    refused = entry(writer, page, 2, "monter", note="à garder", motif="")
    assert refused.status == 422
    form = refused.all(".entry form")[1]
    assert "Dites pourquoi" in form.get_text()
    assert form.find("textarea").get_text().strip() == "à garder"  # type: ignore[union-attr]
    moved = entry(writer, page, 2, "monter", motif="déjà vue")
    assert names(moved)[:2] == before[1::-1]
    assert names(entry(writer, moved, 1, "descendre", motif="non")) == before
    taken = entry(writer, read(writer, "/dossiers/1"), 1, "retirer", motif="fermée en août")
    assert names(taken) == before[1:]
    assert "1 structure retirée" in taken.text
    rest = read(writer, taken.link("Ajouter une structure"))
    back = fill(writer, rest, f"form:has([value='{load(own, 1).lot(1).removed[0].entry.match.id}'])")
    assert names(back) == before


def test_another_of_the_catalogue_is_added_with_a_reason(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, "/dossiers/1/lots/1/ajouter", {"qui_chercher": "atelier des trois ecluses"})
    assert "Pas éligible" in page.text
    form = ".pick-list:first-of-type form:has([name=motif])"
    assert fill(writer, page, form, motif="").status == 422
    added = fill(writer, page, form, motif="en sous-traitance")
    assert names(added)[-1] == "ATELIER DES TROIS ECLUSES"
    again = fill(writer, page, form, motif="en sous-traitance")
    assert names(again).count("ATELIER DES TROIS ECLUSES") == 1
    assert "connaît personne" in read(writer, "/dossiers/1/lots/1/ajouter", {"qui_chercher": "zzzzqqqq"}).text


def test_two_people_on_the_same_supplier_see_both_versions(writer: FlaskClient, own: Engine) -> None:
    mine = opened(writer)
    other = writer.application.test_client()
    theirs = read(other, "/dossiers/1")
    entry(other, theirs, 1, note="Leur note", qui="B. Modèle")
    both = entry(writer, mine, 1, note="Ma longue note", statut="intéressé")
    assert both.status == 409
    assert "B. Modèle a modifié ce dossier" in both.text
    assert "Leur note" in both.one("section:has(#la-leur)").get_text()
    assert both.one("section:has(#la-votre) textarea").get_text().strip() == "Ma longue note"
    assert load(own, 1).lot(1).entries[0].note == "Leur note"
    kept = fill(writer, both, "section:has(#la-votre) form")
    assert kept.status == 200
    assert load(own, 1).lot(1).entries[0].note == "Ma longue note"
    assert load(own, 1).lot(1).entries[0].status is Status.INTERESTED
    assert "Leur note" in kept.text  # in the journal


def test_two_people_on_two_suppliers_do_not_wait_for_each_other(writer: FlaskClient, own: Engine) -> None:
    mine = opened(writer)
    entry(writer, mine, 1, note="une")
    assert entry(writer, mine, 2, note="deux").status == 200
    assert [held.note for held in load(own, 1).lot(1).entries[:2]] == ["une", "deux"]


def test_a_form_sent_again_or_by_the_back_button_changes_nothing(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    for faire, typed in (("noter", {"note": "une"}), ("monter", {"motif": "m"}), ("retirer", {"motif": "r"})):
        page = read(writer, "/dossiers/1")
        assert entry(writer, page, 2, faire, **typed).status == 200
        version = load(own, 1).version
        assert entry(writer, page, 2, faire, **typed).status == 200
        assert load(own, 1).version == version


def test_the_note_and_the_header_of_the_dossier(writer: FlaskClient, own: Engine) -> None:
    page = fill(writer, opened(writer), "#note form", note="Voir la régie d’abord.")
    assert load(own, 1).note == "Voir la régie d’abord."
    long = fill(writer, page, "#note form", note="x" * (LONGEST_TEXT + 1))
    assert long.status == 422
    assert "trop long" in long.text
    form = read(writer, page.link("Modifier"))
    assert fill(writer, form, "main form", title="").status == 422
    changed = fill(writer, form, "main form", title="Berges 2027", deadline="15/12/2026")
    assert "réponses attendues le 15 décembre 2026" in changed.text


def test_closed_deleted_and_restored(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    closed = fill(writer, page, "section:has(#titre-etat) form", faire="clore")
    assert "Ce dossier est clos" in closed.text
    assert closed.all(".entry form") == []
    stale = entry(writer, page, 1, note="trop tard")
    assert stale.status == 422 or stale.status == 409
    gone = fill(writer, closed, "section:has(#titre-etat) form", faire="supprimer", motif="doublon")
    assert "Ce dossier est supprimé" in gone.text
    assert "Aucun dossier" in read(writer, "/dossiers").text
    assert TITLE in read(writer, "/dossiers", {"etat": "supprimé"}).text
    back = fill(writer, gone, "section:has(#titre-etat) form", faire="restaurer")
    assert "est restauré" in back.text
    assert load(own, 1).deleted is None


def test_a_stale_link_gets_a_clear_page(writer: FlaskClient) -> None:
    opened(writer)
    for address in (
        "/dossiers/99",
        "/dossiers/99/imprimer",
        "/dossiers/99/depuis",
        "/dossiers/99/dossier.csv",
        "/dossiers/99/impression.css",
    ):
        page = read(writer, address)
        assert page.status == 404
        assert "Il n’y a pas de dossier 99." in page.text
    for address in (
        "/dossiers/1/lots/9/messages",
        "/dossiers/1/lots/9/ajouter",
        "/dossiers/99999999999999999999",
        "/dossiers/abc",
    ):
        assert read(writer, address).status == 404


def test_the_list_is_filtered(writer: FlaskClient) -> None:
    opened(writer)
    opened(writer, title="Linge", buyer="Lycée Ampère", territory="Sambre")
    for asked, expected in (
        ({}, {TITLE, "Linge"}),
        ({"acheteur": "lycee"}, {"Linge"}),
        ({"territoire": "avesn"}, {TITLE}),
        ({"etat": "clos"}, set()),
        ({"du": "2020-01-01", "au": "01/01/2021"}, set()),
        ({"du": "2020-01-01"}, {TITLE, "Linge"}),
    ):
        page = read(writer, "/dossiers", asked)
        assert {link.get_text() for link in page.all("th a")} == expected, asked
    wrong = read(writer, "/dossiers", {"du": "hier", "etat": "perdu"})
    assert wrong.status == 422
    assert wrong.all("#du-faute")
    assert wrong.all("#etat-faute")


def test_what_has_changed_since_is_one_page(writer: FlaskClient) -> None:
    page = opened(writer)
    changed = read(writer, page.link("Voir ce qui a changé"))
    assert "Rien n’a changé." in changed.text
    assert "Les listes figées ne bougent pas" in changed.text


def test_who_has_left_is_no_longer_named(writer: FlaskClient, own: Engine) -> None:
    page = entry(writer, opened(writer), 1, note="voir Mme Modèle")
    first = load(own, 1).lot(1).entries[0].match
    opt_out(own, first.id, who="essai", motive="courriel", now=OPENED.replace(tzinfo=None), leaving=[leave_dossiers])
    page = read(writer, "/dossiers/1")
    assert names(page)[0] == "Retiré à sa demande"
    for address in ("", "/imprimer", "/depuis", "/lots/1/messages", "/lots/1/ajouter"):
        page = read(writer, f"/dossiers/1{address}")
        assert page.status == 200
        assert first.name not in page.text, address
        assert "Mme Modèle" not in page.text, address


FIELDS = ("statut", "le", "note", "motif", "id", "version", "faire", "qui")


def test_the_forms_of_a_dossier_take_whatever_is_sent(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    form = dict(page.values(page.all(".entry form")[0]))
    for name, nasty in product(FIELDS, NASTY):
        sent = {**form, "faire": "noter", name: nasty}
        answer = writer.post("/dossiers/1/lots/1/suivi", data=sent, follow_redirects=True)
        assert answer.status_code in (200, 400, 409, 422), (name, nasty[:20], answer.status_code)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        form["version"] = str(load(own, 1).version)


@pytest.mark.parametrize("name", ["title", "buyer", "buyer_siret", "territory", "reference", "deadline", "cle", "qui"])
def test_the_header_takes_whatever_is_sent(writer: FlaskClient, name: str) -> None:
    form = read(writer, "/dossiers/nouveau")
    for nasty in NASTY:
        page = fill(writer, form, "main form", **{"title": TITLE, "qui": ME, name: nasty})
        assert page.status in (200, 422), nasty[:20]
        assert "<script>alert" not in page.html
    assert read(writer, "/dossiers").status == 200


def test_addresses_take_whatever_is_sent(writer: FlaskClient) -> None:
    opened(writer)
    for nasty in NASTY:
        for name in ("acheteur", "territoire", "etat", "du", "au", "page"):
            assert read(writer, "/dossiers", {name: nasty}).status in (200, 422)
        for address, name in (
            ("/dossiers/1/lots/1/ajouter", "qui_chercher"),
            ("/dossiers/1/lots/1/messages", "a"),
            ("/dossiers/1", "journal"),
        ):
            assert read(writer, address, {name: nasty}).status == 200, (address, nasty[:20])
        for name in ("retenu", "dossier"):
            assert read(writer, "/dossiers/retenir", {**RESERVED, name: nasty}).status == 200
        assert writer.post("/dossiers/1/note", data={"note": nasty, "version": "1"}).status_code == 400  # no token


def test_without_a_name_nothing_is_written_and_it_is_asked_once(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    stranger = writer.application.test_client()
    page = read(stranger, "/dossiers/1")
    assert page.all("#note [name=qui]")
    refused = fill(stranger, page, "#note form", note="Qui suis-je", qui="")
    assert refused.status == 422
    assert "Dites votre nom" in refused.text
    named = fill(stranger, page, "#note form", note="Moi", qui="Zoé")
    assert named.all("#note [name=qui]") == []
    assert load(own, 1).journal[-1].who == "Zoé"


def test_few_queries_whatever_the_list(writer: FlaskClient, own: Engine) -> None:
    opened(writer, keep=1)
    opened(writer, keep=15)
    counted = {}
    for address in ("", "/imprimer", "/depuis", "/dossier.xlsx", "/lots/1/messages", "/lots/1/ajouter", "/fiche"):
        for number in (1, 2):
            writer.get(f"/dossiers/{number}{address}")
            with queries(own) as sent:
                assert writer.get(f"/dossiers/{number}{address}").status_code == 200
            counted[address, number] = len(sent)
        assert counted[address, 1] == counted[address, 2] <= 7, (address, counted)
    with queries(own) as sent:
        read(writer, "/dossiers")
    assert len(sent) <= 2, sent


def test_a_page_of_many_followed_stays_light(writer: FlaskClient) -> None:
    page = opened(writer, keep=18)
    assert len(page.html.encode()) < 120_000


def test_who_is_retained_is_told_apart_by_town_and_lots_say_what_waits(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", RESERVED)
    notes = [" ".join(note.get_text().split()) for note in page.all(".keep-list .note")]
    assert "EA · ESAT · Maubeuge · sur place" in notes[0] or "EA · Maubeuge · sur place" in notes[0]
    opened(writer)
    page = read(writer, "/dossiers/retenir", {**RESERVED, "besoin": "Entretien du linge"})
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:1]
    both = fill(writer, page, "main form", dossier="1", lot="Lot 2 Linge", retenu=ids)
    waits = [" ".join(one.get_text().split()) for one in both.all(".todo .todo-says")]
    assert [one.split(" : ")[0] for one in waits] == ["Lot 1", "Lot 2"]
    assert "Contacter" in waits[1]
    assert both.one("#titre-lot-2").get_text().startswith("Lot 2 Linge")
