"""The security journal as a page and a file: what was refused, forged, throttled, given and carried away is in it, and nothing secret."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from matcher.accounts import audit
from matcher.accounts.audit import AuditFilter, AuditKind, AuditLine
from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.accounts.roles import Role
from matcher.accounts.throttle import MOST_BY_ACCOUNT
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.api.conftest import token
from tests.matcher.web.conftest import INSTALLATION, WRONG, queries, signed_in
from tests.matcher.web.reading import EACH_NASTY, NASTY, fill, read

NEED = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge"}
FROM = {"REMOTE_ADDR": "192.0.2.77"}


def told(app: Flask, kind: AuditKind) -> list[AuditLine]:
    """The lines of a kind, the first written first."""
    its = app.extensions[EXTENSION]
    its.incidents.write()
    return [line for line in reversed(audit.read_whole_journal(its.engine)) if line.kind is kind]


def test_what_is_refused_is_counted_by_minute_without_what_the_address_holds(team: Flask) -> None:
    engine, reader = team.extensions[EXTENSION].engine, signed_in(team, Role.READER)
    other = create_organisation(engine, OrganisationProfile("Outremont"), author="essai", now=datetime.now(UTC))
    theirs = open_dossier(engine, other.id, DossierHeader("Le leur"), author="essai", now=datetime.now(UTC))
    assert reader.get(f"/dossiers/{theirs.id}", environ_base=FROM).status_code == 404
    assert reader.get("/comptes", environ_base=FROM).status_code == 403
    assert reader.get("/nulle-part").status_code == 404
    anonymous = team.test_client()
    for _ in range(3):
        assert anonymous.get("/rendez-vous/secret-devine", environ_base=FROM).status_code == 404
    lines = told(team, AuditKind.REFUSAL)
    assert {(line.who, line.target, line.network) for line in lines} == {
        ("lecteur", "/dossiers/…", "192.0.2.0/24"),
        ("lecteur", "/comptes", "192.0.2.0/24"),
        ("", "/rendez-vous/…", "192.0.2.0/24"),
    }
    assert sum(line.times for line in lines) == 5
    assert "77" not in "".join(line.network for line in lines)


def test_no_request_waits_to_write_what_was_refused(team: Flask) -> None:
    client = signed_in(team, Role.ADMINISTRATOR)
    read(client, "/")
    with queries(team.extensions[EXTENSION].engine) as sent:
        assert client.get("/rendez-vous/secret-devine").status_code == 404
        assert client.get("/comptes/journal").status_code == 200
    assert [one for one in sent if not one.startswith("SELECT")] == []
    assert sum(line.times for line in told(team, AuditKind.REFUSAL)) == 1


def test_forged_forms_and_throttled_attempts_are_counted(team: Flask) -> None:
    client = team.test_client()
    for _ in range(4):
        assert (
            client.post("/connexion", data={"login": "lecteur", "password": WRONG}, environ_base=FROM).status_code
            == 400
        )
    (forged,) = {(line.action, line.target) for line in told(team, AuditKind.FORM_REFUSAL)}
    assert forged == ("envoie un formulaire forgé, ou d’une session finie", "/connexion")
    page = read(client, "/connexion")
    for _ in range(MOST_BY_ACCOUNT + 2):
        page = fill(client, page, "main form", login="lecteur", password=WRONG)
    assert page.status == 429
    counted = {line.action: line.times for line in told(team, AuditKind.SIGN_IN) if line.who == "lecteur"}
    assert counted == {"échoue à se connecter": MOST_BY_ACCOUNT, "attend pour se connecter : trop d’essais": 2}
    assert told(team, AuditKind.REFUSAL) == [], "it is told once"


def test_tokens_are_told_given_expired_and_refused_and_never_shown(team: Flask) -> None:
    client = team.test_client()
    headers = token(team, "acheteur", given=datetime.now(UTC) - timedelta(days=2))
    assert client.get("/api/v1/dossiers", headers=headers).status_code == 401
    assert client.get("/api/v1/dossiers", headers={"Authorization": "Bearer rien"}).status_code == 401
    assert [(line.who, line.action) for line in told(team, AuditKind.TOKEN)] == [
        ("acheteur", "donne un jeton"),
        ("acheteur", "emploie un jeton expiré"),
    ]
    assert [line.action for line in told(team, AuditKind.API)] == ["reçoit « jeton-inconnu »"], "each is told once"
    its_own = audit.read_journal(
        team.extensions[EXTENSION].engine, FIRST_ORGANISATION, AuditFilter(kind=AuditKind.TOKEN)
    )
    assert [line.action for line in its_own] == ["emploie un jeton expiré", "donne un jeton"]
    assert headers["Authorization"].split()[1] not in str(audit.read_whole_journal(team.extensions[EXTENSION].engine))


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_file_that_leaves_says_its_name_and_how_many_lines(team: Flask, form: str) -> None:
    client = signed_in(team, Role.READER)
    assert client.get(f"/candidats/liste.{form}", query_string=NEED).status_code == 200
    (line,) = told(team, AuditKind.EXPORT)
    name, rows = line.detail.split(", ")
    assert name.endswith(f".{form}")
    assert int(rows.split()[0]) > 0
    assert (line.who, line.target) == ("lecteur", f"/candidats/liste.{form}")


def test_it_is_read_by_person_kind_and_period_page_by_page_and_leaves_as_csv(team: Flask) -> None:
    engine, now = team.extensions[EXTENSION].engine, datetime.now(UTC)
    for at in range(150):
        audit.commit_audit_line(
            engine, at=now - timedelta(days=40), author="Jean", action=f"ancien {at}", kind=AuditKind.EXPORT
        )
    client = signed_in(team, INSTALLATION)
    page = read(client, "/comptes/journal")
    assert "ouvre un compte" not in page.text, "it is on an older page"
    older = read(client, "/comptes/journal" + str(page.one('a[rel="next"]')["href"]).partition("/comptes/journal")[2])
    assert "ouvre un compte" in older.text
    assert not older.all('a[rel="next"]')
    mine = read(client, "/comptes/journal", {"qui": INSTALLATION, "nature": "connexion"})
    assert "se connecte" in mine.text
    assert "ouvre un compte" not in mine.text
    today = read(client, "/comptes/journal", {"du": now.date().isoformat(), "nature": "fichier emporté"})
    assert "Aucune ligne avec ces choix" in today.text
    backwards = read(client, "/comptes/journal", {"du": "03/12/2026", "au": "02/12/2026"})
    assert (backwards.status, "finit avant de commencer" in backwards.text) == (422, True)

    answer = client.get("/comptes/journal.csv", query_string={"nature": "fichier emporté"})
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 150
    assert rows[0]["Quoi"] == "ancien 149"
    (left,) = (line for line in told(team, AuditKind.EXPORT) if line.who == INSTALLATION)
    assert left.detail.endswith("150 lignes"), "the journal that leaves is in the journal"


def test_a_file_too_long_asks_for_a_shorter_period(team: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.web.accounts.audit.MOST_IN_FILE", 3)
    page = read(signed_in(team, Role.ADMINISTRATOR), "/comptes/journal.csv", {"nature": "action"})
    assert (page.status, page.one("#du-faute").get_text().strip()) == (
        422,
        "Plus de 3 lignes : choisissez une période plus courte.",
    )
    assert page.one("option[selected]")["value"] == "action"
    assert told(team, AuditKind.EXPORT) == []


def test_an_address_with_what_the_form_has_not_is_the_page_all_the_same(team: Flask) -> None:
    asked = {"qui": INSTALLATION, "nature": "connexion"}
    page = read(signed_in(team, INSTALLATION), "/comptes/journal", {**asked, "endpoint": "x", "_external": "1"})
    assert str(page.one(".take a")["href"]) == f"/comptes/journal.csv?qui={INSTALLATION}&nature=connexion"


def test_an_organisation_reads_its_own_lines_and_a_reader_none(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    other = create_organisation(engine, OrganisationProfile("Outremont"), author="essai", now=datetime.now(UTC))
    audit.commit_audit_line(
        engine, at=datetime.now(UTC), author="Ailleurs", action="emporte", owner=other.id, kind=AuditKind.EXPORT
    )
    client = signed_in(team, Role.ADMINISTRATOR)
    assert "Ailleurs" not in read(client, "/comptes/journal").text
    assert b"Ailleurs" not in client.get("/comptes/journal.csv").data
    assert signed_in(team, Role.STEWARD).get("/comptes/journal.csv").status_code == 403


def test_the_page_asks_the_database_little(team: Flask) -> None:
    client = signed_in(team, Role.ADMINISTRATOR)
    read(client, "/")
    with queries(team.extensions[EXTENSION].engine) as sent:
        read(client, "/comptes/journal")
    assert len(sent) <= 4, sent  # one of them says who the organisation is


@EACH_NASTY
def test_it_takes_whatever_is_asked(team: Flask) -> None:
    client = signed_in(team, Role.ADMINISTRATOR)
    for nasty in NASTY:
        page = read(client, "/comptes/journal", {"qui": nasty, "nature": nasty, "avant": nasty})
        assert page.status in (200, 422), nasty[:20]
        assert "<script>alert" not in page.html
