"""Messages to the suppliers of a lot on their page: drafted without the amount, ticked where an address is known, kept once sent."""

import csv
import io

from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.dossiers.dossier import Status
from matcher.dossiers.store import load_dossier
from matcher.journal.change import LONGEST_TEXT
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.dossier_pages import ME, entry, opened
from tests.matcher.web.reading import EACH_NASTY, Read, fill, harmless, nasty_fields, read

CALLS = "/dossiers/1/lots/1/appels"
MESSAGES = "/dossiers/1/lots/1/messages"


def telephoned(client: FlaskClient) -> None:
    """Give a telephone to each supplier of the list."""
    for box in read(client, MESSAGES).all("[name=a]"):
        form = read(client, f"/fournisseurs/{box['value']}", {"corriger": "telephone"})
        assert fill(client, form, "form.correct", telephone="03 27 00 00 00", motif="essai", qui=ME).status == 200


def prepared(client: FlaskClient) -> Read:
    page = opened(client, keep=3)
    telephoned(client)
    return read(client, page.link("Préparer les messages"))


def test_the_message_is_neutral_and_to_those_still_to_contact(writer: FlaskClient) -> None:
    page = opened(writer, keep=3)
    telephoned(writer)
    entry(writer, page, 1, statut="intéressé")
    page = read(writer, MESSAGES)
    assert "R2111-1" in page.one("#texte").get_text()
    assert "180" not in page.one("#texte").get_text()  # never the amount
    assert len(page.all("[name=a][checked]")) == 2
    ids = [str(box["value"]) for box in page.all("[name=a]")]
    assert len(read(writer, MESSAGES, {"a": ids[:1]}).all("[name=a][checked]")) == 1


def test_the_estimate_is_told_only_where_it_is_asked(writer: FlaskClient) -> None:
    page = prepared(writer)
    assert not page.all("[name=montant][checked]")
    for action in ("liens", "csv", "envoye"):
        refused = fill(writer, page, "main form", faire=action, texte="Budget : 180 000 € HT par an.")
        assert refused.status == 422
        assert "« 180 000 € HT »" in refused.text.replace("\u00a0", " ").replace("\u202f", " ")
    told = fill(writer, page, "main form", faire="refaire", montant="oui")
    assert "Montant estimé" in told.one("#texte").get_text()
    assert "180" in told.one("#texte").get_text()
    assert told.all("[name=montant][checked]")
    assert fill(writer, told, "main form", faire="envoye").path == "/dossiers/1"


def test_links_and_mail_merge_follow_the_text_as_edited(writer: FlaskClient) -> None:
    page = prepared(writer)
    edited = fill(writer, page, "main form", faire="liens", objet="Berges", texte="Bonjour,\r\nêtes-vous libres ?")
    assert edited.one("#texte").get_text().strip().startswith("Bonjour,")
    for link in edited.all("a[href^='mailto:']"):
        assert "subject=Berges" in str(link["href"])
    form = page.one("main form")
    sent = {
        **dict(page.values(form)),
        "a": [v for n, v in page.values(form) if n == "a"],
        "faire": "csv",
        "objet": "=1+1",
    }
    answer = writer.post(str(form["action"]), data=sent)
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 4
    assert not rows[1][5].startswith("=")


def test_who_has_no_address_is_ticked_by_hand_alone(writer: FlaskClient, own: Engine) -> None:
    opened(writer, keep=3)
    page = read(writer, MESSAGES)
    assert not page.all("[name=a][checked]")
    assert "téléphonez" not in page.one("main").get_text()
    assert fill(writer, page, "main form", faire="envoye").status == 422
    held = load_dossier(own, FIRST_ORGANISATION, 1)
    assert {entry.status for entry in held.lot(1).entries} == {Status.TO_CONTACT}
    telephoned(writer)
    page = read(writer, MESSAGES)
    assert len(page.all("[name=a][checked]")) == 3
    assert "téléphonez" in page.one("main").get_text()


def test_what_was_sent_is_kept_once(writer: FlaskClient, own: Engine) -> None:
    page = prepared(writer)
    done = fill(writer, page, "main form", faire="envoye")
    assert done.path == "/dossiers/1"
    assert "Le message est au dossier" in done.text
    assert {held.status for held in load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries} == {Status.CONTACTED}
    version = load_dossier(own, FIRST_ORGANISATION, 1).version
    assert fill(writer, page, "main form", faire="envoye").status == 200
    assert load_dossier(own, FIRST_ORGANISATION, 1).version == version


def test_a_message_needs_somebody_an_object_and_a_text(writer: FlaskClient, own: Engine) -> None:
    page = prepared(writer)
    for typed in ({"a": []}, {"objet": " "}, {"texte": ""}, {"texte": "x" * (LONGEST_TEXT + 1)}):
        refused = fill(writer, page, "main form", **{"faire": "envoye", **typed})
        assert refused.status == 422, typed
        assert refused.all("[role=alert]")
    assert load_dossier(own, FIRST_ORGANISATION, 1).version == 2
    assert fill(writer, page, "main form", faire="rien").status == 400


@EACH_NASTY
def test_the_form_takes_whatever_is_sent(writer: FlaskClient) -> None:
    page = prepared(writer)
    for name, nasty in nasty_fields("a", "objet", "texte", "version", "faire"):
        harmless(fill(writer, page, "main form", **{"faire": "liens", name: nasty}), name, nasty)


def test_who_has_no_address_leads_to_the_record_to_complete(writer: FlaskClient) -> None:
    opened(writer)
    page = read(writer, MESSAGES)
    lacking = [row for row in page.all(".recipients li") if "courriel non connu" in row.get_text()]
    assert lacking
    for row in lacking:
        link = row.select_one("a")
        assert link is not None
        assert read(writer, str(link["href"])).all("form.correct [name=courriel]")


def test_the_script_of_the_call_hides_the_amount_that_the_message_hides(writer: FlaskClient) -> None:
    need = {"besoin": "Entretien des espaces verts, 90 000 € HT sur 3 ans", "lieu": "Maubeuge"}
    page = read(writer, "/dossiers/retenir", need)
    fill(writer, page, "main form", title="Tonte", qui=ME, retenu=[str(page.all("[name=retenu]")[0]["value"])])
    script = read(writer, CALLS).one("details ul").get_text()
    assert "Entretien des espaces verts, sur 3 ans" in script
    assert "90" not in script
    telephoned(writer)
    message = fill(writer, read(writer, MESSAGES), "main form", faire="refaire", montant="oui")
    fill(writer, message, "main form", faire="envoye")
    assert "90" in read(writer, CALLS).one("details ul").get_text()  # told to those written to, then to those phoned
