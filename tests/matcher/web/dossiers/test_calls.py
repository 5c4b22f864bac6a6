"""Calls to the suppliers of a lot on their page: a plain form notes each, once; two people; what is learned goes to the catalogue."""

from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.roles import Role
from matcher.catalogue.store.read import load_supplier
from matcher.decisions.clause.followup import HoursPromise
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Status
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.insertion_changes import PromiseHours
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.conftest import signed_in
from tests.matcher.web.dossier_pages import ME, entry, opened
from tests.matcher.web.reading import Read, fill, read

CALLS = "/dossiers/1/lots/1/appels"


def call(client: FlaskClient, page: Read, place: int, outcome: str = "", **typed: str | list[str]) -> Read:
    """Send the form of the supplier of a place of the list, from 1, with the button of an outcome."""
    form = page.one(f"#appel-{place} form[data-kept]")
    sent = {**dict(page.values(form)), "issue": outcome, **typed}
    answer = client.post(str(form["action"]), data=sent, follow_redirects=True)
    return Read(answer.status_code, answer.text, answer.request.path)


def test_a_call_is_noted_in_the_dossier(writer: FlaskClient, own: Engine) -> None:
    dossier = opened(writer)
    assert CALLS in dossier.link("Appeler")
    page = read(writer, CALLS)
    assert len(page.all(".call")) == len(load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries)
    questions = [legend.get_text(strip=True) for legend in page.all("#appel-1 legend")][:3]
    assert questions == [legend.get_text(strip=True) for legend in page.all("#appel-2 legend")][:3]  # the same to all
    assert call(writer, page, 1, "NO_ANSWER", equipe="oui", note="Répondeur").status == 200
    held = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0]
    assert (held.status, held.note, held.status_by, str(held.again)) == (
        *(Status.NO_ANSWER, "Répondeur", ME),
        "2026-11-27",  # two days later
    )
    assert held.call is not None
    assert held.call.answers == {"equipe": "oui"}
    after = read(writer, "/dossiers/1")
    assert "à rappeler le 27 novembre 2026" in after.text
    assert "Reprendre les appels" in after.text
    assert "appelle LES ATELIERS DES BORDS DE SAMBRE" in after.one(".journal").get_text()


def test_the_hours_promised_are_the_size_asked_about(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    promise = PromiseHours(HoursPromise(420, date(2027, 1, 1), date(2027, 12, 31)))
    created = load_dossier(own, FIRST_ORGANISATION, 1).created
    change_dossier(own, FIRST_ORGANISATION, 1, [promise], version=None, author=ME, now=created)
    sizes = {
        size.get_text(strip=True) for size in read(writer, CALLS).all(".call-question:has([name=equipe]) legend .soft")
    }
    assert sizes == {"420\u00a0heures en tout, ≈ 0,3\u00a0ETP"}


def test_a_line_to_call_says_once_that_it_is_to_be_called(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge"})
    everyone = [str(box["value"]) for box in page.all("[name=retenu]")]
    fill(writer, page, "main form", title="Tonte", qui=ME, retenu=everyone)
    lines = [line.get_text(" ") for line in read(writer, CALLS).all(".call-line")]
    assert [line.count("à appeler") for line in lines] == [1] * len(lines)
    assert any("métier non connu" in line for line in lines)


def test_the_day_to_call_again_is_usual_or_chosen(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    for typed, expected in (
        ({}, "2026-12-03"),
        ({"rappel": "1"}, "2026-11-26"),
        ({"rappel": "8", "rappel-le": "2026-12-15"}, "2026-12-15"),
        ({"le": "2026-11-20"}, "2026-11-28"),  # noted without network, five days ago
        ({"le": "2031-01-01"}, "2026-12-03"),  # by a telephone set wrong
    ):
        call(writer, read(writer, CALLS), 1, "CALL_AGAIN", **typed)
        found = [entry for entry in load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries if entry.again]
        assert [str(entry.again) for entry in found] == [expected]
    refused = call(writer, read(writer, CALLS), 2, "CALL_AGAIN", note="gardée", **{"rappel-le": "2026-11-01"})
    assert refused.status == 422
    assert "est passée" in refused.text
    assert "gardée" in refused.text


def test_a_form_without_an_outcome_keeps_what_was_typed(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    refused = call(writer, read(writer, CALLS), 1, equipe="non", note="Demander Mme Exemple")
    assert refused.status == 422
    assert "Choisissez comment finit l’appel" in refused.one("#appel-1").get_text()
    assert refused.one("#appel-1 textarea").get_text() == "Demander Mme Exemple"
    assert refused.one("#appel-1 [name=equipe][value=non]").has_attr("checked")
    assert writer.post(CALLS, data={"csrf_token": "non"}).status_code == 400
    assert read(writer, "/dossiers/1/lots/9/appels").status == 404


def test_a_call_sent_twice_is_written_once(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, CALLS)
    call(writer, page, 1, "INTERESTED")
    version = load_dossier(own, FIRST_ORGANISATION, 1).version
    assert call(writer, page, 1, "INTERESTED").status == 200
    assert load_dossier(own, FIRST_ORGANISATION, 1).version == version
    entry(writer, read(writer, "/dossiers/1"), 1, "retirer", motif="fermée")
    again = call(writer, page, 1, "INTERESTED")  # its answer was lost, and it is sent again
    assert "n’est pas dans la liste" in again.text


def test_a_script_is_answered_in_json(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, CALLS)
    sent = {**dict(page.values(page.all("form[data-kept]")[0])), "issue": "INTERESTED"}
    asked = {"Accept": "application/json"}
    assert writer.post(CALLS, data=sent, headers=asked).get_json() == {"fait": True, "dit": "", "tranche": False}
    stranger = writer.application.test_client()
    theirs = read(stranger, CALLS)
    nameless = {**dict(theirs.values(theirs.all("form[data-kept]")[0])), "issue": "INTERESTED", "qui": ""}
    assert stranger.post(CALLS, data=nameless, headers=asked).status_code == 401
    gone = writer.post(CALLS, data={**sent, "id": "siret:00000000000000", "cle": "x"}, headers=asked)
    assert gone.status_code == 422
    assert "n’est pas dans la liste" in gone.get_json()["refus"]


def test_two_people_who_call_the_same_supplier_are_both_in_the_journal(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    mine, other = read(writer, CALLS), writer.application.test_client()
    call(other, read(other, CALLS), 1, "NOT_INTERESTED", qui="B. Modèle", note="complet")
    both = call(writer, mine, 1, "INTERESTED", note="libre en mars")
    assert "les deux réponses sont au journal, la sienne compte" in both.text
    held = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0]
    assert (held.status, held.note) == (Status.NOT_INTERESTED, "complet")
    asked = both.one("#appel-1 .call-clash").get_text().replace("\u00a0", " ")
    assert "Deux réponses se contredisent" in asked
    assert "noté par B. Modèle : pas intéressé" in asked
    assert f"noté par {ME} : intéressé" in asked
    assert CALLS in str(read(writer, "/catalogue/a-revoir").one("section[aria-labelledby=reponses] a")["href"])
    fill(writer, both, "#appel-1 .call-clash", tranche="CHANGED")
    assert not read(writer, "/catalogue/a-revoir").all("#reponses")
    settled = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0]
    assert (settled.status, settled.rival, settled.note) == (Status.INTERESTED, None, "libre en mars")
    told = [
        line.change.outcome
        for line in load_dossier(own, FIRST_ORGANISATION, 1).journal
        if isinstance(line.change, RecordCall)
    ]
    assert told == [CallOutcome.NOT_INTERESTED, CallOutcome.INTERESTED]


def test_two_people_who_call_two_suppliers_do_not_wait_for_each_other(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    mine, other = read(writer, CALLS), writer.application.test_client()
    call(other, read(other, CALLS), 1, "NOT_INTERESTED", qui="B. Modèle")
    call(writer, mine, 2, "INTERESTED")
    assert [entry.status for entry in load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[:2]] == [
        Status.NOT_INTERESTED,
        Status.INTERESTED,
    ]
    assert not any(entry.rival for entry in load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries)


def test_what_is_answered_is_at_once_the_word_of_the_structure_and_taken_back_in_one_tap(
    writer: FlaskClient, own: Engine
) -> None:
    opened(writer)
    page = read(writer, CALLS)
    trade = str(page.all("#appel-1 [name^='metier:']")[0]["name"])
    code = trade.removeprefix("metier:")
    key = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].match.id

    def own_word() -> list[str]:
        found = load_supplier(own, key)
        assert found is not None
        return [activity.source for activity in found.activities if activity.code == code]

    before = own_word()
    noted = call(writer, page, 1, "INTERESTED", **{trade: "oui"})
    assert "structure" in own_word()
    assert not noted.all("#appris")
    assert "met au catalogue" in read(writer, "/dossiers/1").one(".journal").get_text()
    fill(writer, noted, "#appel-1 [data-undo]")
    assert own_word() == before
    held = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0]
    assert (held.status, held.call) == (Status.TO_CONTACT, None)
    assert "n’est à annuler" in fill(writer, noted, "#appel-1 [data-undo]").text  # sent twice


def test_an_e_mail_is_noted_and_words_are_kept_as_written(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    words = "22 salariés, 6 aux espaces verts"
    noted = call(
        writer, read(writer, CALLS), 1, "INTERESTED", moyen="courriel", **{"equipe:combien": words, "note": "par écrit"}
    )
    held = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].call
    assert held is not None
    assert (held.way, held.answers) == (AnswerWay.EMAIL, {"equipe:ecrit": words})
    asked = noted.one("#appel-1 .call-asked")
    assert [str(box["value"]) for box in asked.select("input")] == ["22", "6", ""]
    call(writer, noted, 1, "INTERESTED", **{"equipe:retenu": "6"})
    held = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].call
    assert held is not None
    assert held.answers == {"equipe:ecrit": words, "equipe:combien": "6"}
    assert "par courriel" in read(writer, "/dossiers/1").one(".journal").get_text()


def test_what_may_be_shared_is_ticked_on_the_card_and_nothing_beforehand(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, CALLS)
    boxes = [str(box["value"]) for box in page.all("#appel-1 [name=shared]")]
    assert "metiers" in boxes
    assert "contact" not in boxes, "a call asks none"
    assert not page.all("[name=shared][checked]")
    refused = call(writer, page, 1, "INTERESTED", moyen="courriel", shared="metiers")
    assert (refused.status, "pas par courriel" in refused.text) == (422, True)
    ticked = call(writer, refused, 1, "INTERESTED", moyen="", shared=["metiers", "contact"])
    assert [str(box["value"]) for box in ticked.all("#appel-1 [name=shared][checked]")] == ["metiers"]
    held = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].call
    assert held is not None
    assert held.shared == ("metiers",)
    call(writer, ticked, 1, "INTERESTED", moyen="courriel")
    assert "accepte de partager\u00a0: métiers" in read(writer, "/dossiers/1").one(".journal").get_text()


def test_who_answered_without_a_yes_or_a_no_is_not_silent_and_is_undone(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    dossier = load_dossier(own, FIRST_ORGANISATION, 1)
    key, on = dossier.lot(1).entries[0].match.id, dossier.created.date()
    answered = RecordCall(1, key, CallOutcome.ANSWERED, on, "lien 1, x", answers={"zone": "30 km"}, way=AnswerWay.LINK)
    change_dossier(own, FIRST_ORGANISATION, 1, [answered], version=None, author="la structure", now=dossier.created)
    page = read(writer, CALLS)
    assert page.one("[data-state=appel-1]").get_text() == "a répondu"
    assert "Demander à" in read(writer, "/dossiers/1").text
    fill(writer, page, "#appel-1 [data-undo]")
    assert load_dossier(own, FIRST_ORGANISATION, 1).entry(1, key).call is None


def test_an_answer_to_another_lot_is_shown_beside_the_one_that_it_contradicts(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    dossier = load_dossier(own, FIRST_ORGANISATION, 1)
    lot = dossier.lot(1)
    key = lot.entries[0].match.id
    added = AddLot("Berges du canal", freeze(lot.frozen), (key,))
    change_dossier(own, FIRST_ORGANISATION, 1, [added], version=None, author=ME, now=dossier.created)
    page = read(writer, CALLS)
    trade = str(page.all("#appel-1 [name^='metier:']")[0]["name"])
    call(writer, page, 1, "INTERESTED", **{trade: "oui"})
    other = read(writer, "/dossiers/1/lots/2/appels")
    form = other.one("#appel-1 form[data-kept]")
    noted = {**dict(other.values(form)), "issue": "INTERESTED", trade: "non"}
    writer.post(str(form["action"]), data=noted)
    shown = read(writer, "/dossiers/1/lots/2/appels").one("#appel-1 .call-both")
    (first, second) = shown.select("div")
    assert lot.title in first.get_text()
    assert "oui" in first.get_text()
    assert "non" in second.get_text()


def test_a_wrong_number_is_told_in_one_more_tap(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    call(writer, read(writer, CALLS), 1, "WRONG_NUMBER")
    held = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0]
    assert (held.status, held.call and held.call.outcome) == (Status.TO_CONTACT, CallOutcome.WRONG_NUMBER)


def test_a_closed_dossier_shows_its_calls_and_takes_none(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    calls = read(writer, CALLS)
    fill(writer, page, "form:has([value=clore])", faire="clore")
    closed = read(writer, CALLS)
    assert closed.all("[data-closed]")
    assert not closed.all("form[data-kept]")
    assert "est clos" in call(writer, calls, 1, "INTERESTED").text


def test_a_reader_sees_the_calls_and_notes_none(team: Flask) -> None:
    buyer, reader = signed_in(team, Role.BUYER), signed_in(team, Role.READER)
    opened(buyer)
    page = read(reader, CALLS)
    assert page.status == 200
    assert not page.all("form[data-kept]")
    assert not page.all("#appris form")


def test_a_script_of_a_session_that_is_over_is_told_so_without_a_cookie(team: Flask) -> None:
    answer = team.test_client().post(CALLS, data={"issue": "INTERESTED"}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "La session est finie" in answer.get_json()["refus"]
    assert "Set-Cookie" not in answer.headers  # it may come after that of who has just signed in


def test_the_relay_may_stand_before_the_pages_that_ask_for_it(client: FlaskClient) -> None:
    for name, allowed in (("hors-ligne-relais.js", "/"), ("hors-ligne.js", None)):
        with client.get(f"/static/{name}") as answer:
            assert answer.headers.get("Service-Worker-Allowed") == allowed


def test_who_is_interested_without_the_trade_is_questioned_at_once(writer: FlaskClient) -> None:
    opened(writer)
    page = read(writer, CALLS)
    trade = str(page.all("#appel-1 [name^='metier:']")[0]["name"])
    sent = {**dict(page.values(page.all("form[data-kept]")[0])), "issue": "INTERESTED", trade: "non"}
    answer = writer.post(CALLS, data=sent, headers={"Accept": "application/json"}).get_json()
    assert "sans faire le métier demandé" in answer["dit"]
    assert "l’une des deux réponses est-elle à corriger" in read(writer, CALLS).one("#appel-1 .call-said").get_text()
