"""« Préparer les messages »: the text edited, its links, its mail merge, and what was sent kept at the dossier."""

import csv
import io
from itertools import product

from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.dossiers.dossier import Status
from matcher.dossiers.store import load
from matcher.journal.texts import LONGEST_TEXT
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.dossiers.test_dossiers import entry, opened
from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, fill, read


def prepared(client: FlaskClient) -> Read:
    page = opened(client, keep=3)
    return read(client, page.link("Préparer les messages"))


def test_the_message_is_neutral_and_to_those_still_to_contact(writer: FlaskClient) -> None:
    page = opened(writer, keep=3)
    entry(writer, page, 1, statut="intéressé")
    page = read(writer, "/dossiers/1/lots/1/messages")
    assert "R2111-1" in page.one("#texte").get_text()
    assert "180" not in page.one("#texte").get_text()  # never the amount
    assert len(page.all("[name=a][checked]")) == 2
    ids = [str(box["value"]) for box in page.all("[name=a]")]
    assert len(read(writer, "/dossiers/1/lots/1/messages", {"a": ids[:1]}).all("[name=a][checked]")) == 1


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


def test_what_was_sent_is_kept_once(writer: FlaskClient, own: Engine) -> None:
    page = prepared(writer)
    done = fill(writer, page, "main form", faire="envoye")
    assert done.path == "/dossiers/1"
    assert "Le message est au dossier" in done.text
    assert {held.status for held in load(own, FIRST_ORGANISATION, 1).lot(1).entries} == {Status.CONTACTED}
    version = load(own, FIRST_ORGANISATION, 1).version
    assert fill(writer, page, "main form", faire="envoye").status == 200
    assert load(own, FIRST_ORGANISATION, 1).version == version


def test_a_message_needs_somebody_an_object_and_a_text(writer: FlaskClient, own: Engine) -> None:
    page = prepared(writer)
    for typed in ({"a": []}, {"objet": " "}, {"texte": ""}, {"texte": "x" * (LONGEST_TEXT + 1)}):
        refused = fill(writer, page, "main form", **{"faire": "envoye", **typed})
        assert refused.status == 422, typed
        assert refused.all("[role=alert]")
    assert load(own, FIRST_ORGANISATION, 1).version == 2
    assert fill(writer, page, "main form", faire="rien").status == 400


@EACH_NASTY
def test_the_form_takes_whatever_is_sent(writer: FlaskClient) -> None:
    page = prepared(writer)
    for name, nasty in product(("a", "objet", "texte", "version", "faire"), NASTY):
        answer = fill(writer, page, "main form", **{"faire": "liens", name: nasty})
        assert answer.status in (200, 400, 422), (name, nasty[:20])
        assert "<script>alert" not in answer.html


def test_who_has_no_address_leads_to_the_record_to_complete(writer: FlaskClient) -> None:
    opened(writer)
    page = read(writer, "/dossiers/1/lots/1/messages")
    lacking = [row for row in page.all(".recipients li") if "courriel non connu" in row.get_text()]
    assert lacking
    for row in lacking:
        link = row.select_one("a")
        assert link is not None
        assert read(writer, str(link["href"])).all("form.correct [name=courriel]")
