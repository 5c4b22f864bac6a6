"""A supplier of a dossier is followed: status, order, removal and addition with a reason, by two people at once."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.dossiers.dossier import AwardedContract, Stage, Status
from matcher.dossiers.store import load_dossier
from matcher.ownership import FIRST_ORGANISATION
from tests.factories import siret
from tests.matcher.web.dossier_pages import ME, entry, names, opened
from tests.matcher.web.reading import EACH_NASTY, fill, harmless, nasty_fields, read


def test_a_supplier_is_followed(writer: FlaskClient, own: Engine) -> None:
    page = entry(writer, opened(writer), 2, statut="intéressé", le="2026-11-20", note="Équipe libre\ndès mars")
    followed = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[1]
    assert (followed.status, str(followed.status_on), followed.status_by) == (Status.INTERESTED, "2026-11-20", ME)
    assert "20 novembre 2026 · C. Exemple" in page.text
    assert "Équipe libre dès mars" in page.text
    version = load_dossier(own, FIRST_ORGANISATION, 1).version
    entry(writer, page, 2)
    assert load_dossier(own, FIRST_ORGANISATION, 1).version == version  # nothing new, nothing written
    later = entry(writer, page, 2, statut="pas intéressé", note="Complet")
    assert "Deux réponses se contredisent" in later.all(".entry")[1].get_text()
    asked = load_dossier(own, FIRST_ORGANISATION, 1)
    waits = asked.lot(1).entries[1]
    assert (asked.version, waits.status, waits.note) == (version + 2, Status.INTERESTED, "Complet"), "its note stays"
    fill(writer, read(writer, "/dossiers/1/lots/1/appels"), ".call:has(.call-clash) .call-clash", tranche="CHANGED")
    settled = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[1]
    assert (settled.status, str(settled.status_on), settled.note) == (Status.NOT_INTERESTED, "2026-11-25", "Complet")
    refused = entry(writer, read(writer, "/dossiers/1"), 2, statut="à contacter")
    assert (refused.status, "annulez d’abord sa dernière réponse" in refused.text) == (422, True)


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
    back = fill(
        writer, rest, f"form:has([value='{load_dossier(own, FIRST_ORGANISATION, 1).lot(1).removed[0].entry.match.id}'])"
    )
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
    assert load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].note == "Leur note"
    kept = fill(writer, both, "section:has(#la-votre) form")
    assert kept.status == 200
    assert load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].note == "Ma longue note"
    assert load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].status is Status.INTERESTED
    assert "Leur note" in kept.text  # in the journal


def test_two_people_on_two_suppliers_do_not_wait_for_each_other(writer: FlaskClient, own: Engine) -> None:
    mine = opened(writer)
    entry(writer, mine, 1, note="une")
    assert entry(writer, mine, 2, note="deux").status == 200
    assert [held.note for held in load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[:2]] == ["une", "deux"]


def test_a_form_sent_again_or_by_the_back_button_changes_nothing(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    for faire, typed in (("noter", {"note": "une"}), ("monter", {"motif": "m"}), ("retirer", {"motif": "r"})):
        page = read(writer, "/dossiers/1")
        assert entry(writer, page, 2, faire, **typed).status == 200
        version = load_dossier(own, FIRST_ORGANISATION, 1).version
        assert entry(writer, page, 2, faire, **typed).status == 200
        assert load_dossier(own, FIRST_ORGANISATION, 1).version == version


GIVEN = {"notified": "10/11/2026", "amount": "180 k€", "winner": "Atelier A", "winner_siret": siret(1)}


def test_a_contract_is_noted_shown_changed_and_taken_out(writer: FlaskClient, own: Engine) -> None:
    form = read(writer, opened(writer).link("Noter le marché attribué"))
    page = fill(writer, form, "main form", **GIVEN, levers=["12", "clause"])
    assert "Le marché est noté" in page.text
    noted = AwardedContract(1, date(2026, 11, 10), 180_000.0, "Atelier A", siret(1), ("12", "clause"))
    held = load_dossier(own, FIRST_ORGANISATION, 1)
    assert (held.contracts, held.course.stage) == ((noted,), Stage.AWARDED)
    again = read(writer, page.link("Modifier ce marché"))
    assert len(again.all("[name=levers][checked]")) == 2
    assert load_dossier(own, FIRST_ORGANISATION, 1).version == held.version
    none = str(again.all("[name=levers]")[-1]["value"])
    fill(writer, again, "main form", amount="", levers=[none])
    (changed,) = load_dossier(own, FIRST_ORGANISATION, 1).contracts
    assert (changed.amount, changed.levers) == (None, ())
    assert [one["value"] for one in read(writer, page.link("Modifier ce marché")).all("[name=levers][checked]")] == [
        none
    ]
    page = read(writer, "/dossiers/1")
    refused = fill(writer, page, "details.undo form", motif="")
    assert refused.status == 422
    fill(writer, refused, "details.undo form", motif="saisi par erreur")
    assert load_dossier(own, FIRST_ORGANISATION, 1).contracts == ()


@pytest.mark.parametrize(
    ("typed", "where", "said"),
    [
        ({"notified": ""}, "notified", "jour de la notification"),
        ({"notified": "10/11/2030"}, "notified", "à venir"),
        ({"amount": "180 000 TTC"}, "amount", "hors taxes"),
        ({"amount": "900 USD"}, "amount", "hors taxes"),
        ({"winner_siret": "12345678901234"}, "winner_siret", "14 chiffres"),
        ({"levers": ["aucun", "12"]}, "levers", "pas les deux"),
        ({"levers": ["99"]}, "notified", "Levier inconnu"),
    ],
)
def test_what_cannot_be_noted_is_said_under_its_field(
    writer: FlaskClient, own: Engine, typed: dict[str, str], where: str, said: str
) -> None:
    form = read(writer, opened(writer).link("Noter le marché attribué"))
    refused = fill(writer, form, "main form", **{**GIVEN, **typed})
    assert refused.status == 422
    assert said in refused.one(f"#{where}-faute").get_text()
    assert load_dossier(own, FIRST_ORGANISATION, 1).contracts == ()


@EACH_NASTY
def test_whatever_is_typed_is_answered(writer: FlaskClient) -> None:
    form = read(writer, opened(writer).link("Noter le marché attribué"))
    for name, nasty in nasty_fields("notified", "amount", "winner", "winner_siret", "levers"):
        harmless(fill(writer, form, "main form", **{**GIVEN, name: nasty}), name, nasty)


def test_a_lot_that_is_not_there_is_not_found(writer: FlaskClient) -> None:
    opened(writer)
    assert writer.get("/dossiers/1/marches/7").status_code == 404
    assert writer.get("/dossiers/9/marches/1").status_code == 404
