"""`campagne`: prepared, sent or handed to a mail merge, followed; nothing leaves without saying who answers for the data."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Register
from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.store import change_day as change_day
from matcher.club.meeting_day.store import create_day as open_day
from matcher.db import writing
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import keep_answer
from matcher.mail.tables import MessageRow
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import table_of
from matcher.settings import DATABASE_VARIABLE, SmtpSettings
from tests.factories import siret
from tests.matcher.cli.conftest import Run
from tests.matcher.dossiers.asking.campaigns import CONTROLLER, GREEN, NOW, aged, filled, say_controller
from tests.matcher.mail.mailbox import SENDER, Mailbox, serving
from tests.matcher.web.club_pages import HEADER, ME, RULES, SCHEDULE

CREATE = ("campagne", "create", "--departement", "59", "--metier", GREEN, "--par", "Léa")


@pytest.fixture
def own(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A catalogue of three to ask, which the commands are told of."""
    monkeypatch.setenv(DATABASE_VARIABLE, engine.url.render_as_string(hide_password=False))
    for name in (*CONTROLLER, "ENTREMISE_SMTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    filled(engine, tmp_path)
    return engine


@pytest.fixture
def told(own: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The same, where who answers for the data is said."""
    say_controller(monkeypatch)
    return own


def say_server(monkeypatch: pytest.MonkeyPatch, server: SmtpSettings) -> None:
    """Have the settings name a server of messages."""
    said = {"HOST": server.host, "PORT": str(server.port), "SECURITY": "aucune", "FROM": SENDER}
    for name, value in said.items():
        monkeypatch.setenv(f"ENTREMISE_SMTP_{name}", value)


@pytest.mark.usefixtures("own")
def test_without_who_answers_for_the_data_nothing_is_prepared(run: Run) -> None:
    done = run(*CREATE)
    assert done.code == 1
    assert "ENTREMISE_CONTROLLER_NAME" in done.said
    assert run("campagne", "list").out == ""


@pytest.mark.usefixtures("told")
def test_what_is_asked_wrongly_is_said(run: Run) -> None:
    assert run("campagne", "create", "--par", "Léa").code == 2
    assert run("campagne", "create", "--departement", "59", "--par", "Léa").code == 2
    assert "n’est pas le code d’un département" in run(*CREATE[:3], "99", *CREATE[4:]).said
    assert "Métier inconnu : zz" in run(*CREATE[:5], "zz", "--par", "Léa").said
    assert "pas de campagne 7" in run("campagne", "show", "7").said
    assert "pas de dossier 7" in run("campagne", "create", "--dossier", "7", "--par", "Léa").said


def test_a_campaign_is_sent_followed_and_closed(told: Engine, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = run(*CREATE, "--dry-run")
    assert "Essai à blanc, rien n’est écrit." in tried.said
    assert "Répondre ne vous engage à rien" in tried.said
    assert run("campagne", "list").out == ""
    done = run(*CREATE)
    assert done.code == 0
    assert tried.said.endswith(
        "3 structures à interroger. Pas interrogées : 1 sans adresse : aucune source ne donne de courriel."
    )
    assert "3 structures à interroger" in done.said
    assert "1 sans adresse" in done.said
    assert "ENTREMISE_SMTP_HOST" in run("campagne", "send", "1").said
    mailbox = Mailbox(rcpt={"contact@atelier-2.example": ["550 5.1.1 inconnu"]})
    with serving(mailbox) as server:
        say_server(monkeypatch, server)
        assert "2 messages envoyés, 0 différé, 1 refusé" in run("campagne", "send", "1").said
        assert run("campagne", "bounce", "1", siret(3), "--motif", "boîte pleine").code == 0
        assert "se prépare à partir du" in run("campagne", "follow-up", "1").said
        aged(told)
        assert "1 relance attend" in run("campagne", "follow-up", "1").said
        assert "1 message envoyé" in run("campagne", "send", "1").said
    link = mailbox.taken[-1].get_content().partition("/r/")[2].split()[0]
    keep_answer(told, link, GivenAnswer(trades={GREEN: True}, phone="03 27 00 00 01"), now=NOW)
    shown = run("campagne", "show", "1").said
    assert "refusé (550 5.1.1 inconnu)" in shown
    assert "revenu (boîte pleine)" in shown
    assert "a répondu le" in shown
    found = run("campagne", "show", "1", "--format", "json")
    assert "03 27" not in found.out
    assert found.json()["answered"] == 1
    assert "n’attend" in run("campagne", "accept", "1", siret(1), "--par", "Léa").said
    assert "3 liens fermés" in run("campagne", "close", "1").said
    assert "close" in run("campagne", "list").said


def test_an_address_that_no_header_takes_is_said_refused_and_the_others_are_sent(
    told: Engine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*CREATE)
    own = table_of(MessageRow)
    with writing(told) as connection:  # as an earlier version let it in
        first = own.c.address == "contact@atelier-1.example"
        connection.execute(own.update().where(first).values(address="a..b@atelier-1.example"))
    with serving(Mailbox()) as server:
        say_server(monkeypatch, server)
        done = run("campagne", "send", "1")
    assert done.code == 0
    assert "2 messages envoyés, 0 différé, 1 refusé" in done.said
    shown = run("campagne", "show", "1").said
    assert "refusé (l’adresse ou l’objet ne peut pas s’écrire" in shown
    assert "peut-être envoyé" not in shown


def test_a_structure_is_left_out_and_an_answer_refused(told: Engine, run: Run, tmp_path: Path) -> None:
    run("catalogue", "correct", siret(1), "--champ", "courriel=ailleurs@exemple.example", "--par", "Léa")
    run(*CREATE)
    assert "Écrivez pourquoi" in run("campagne", "leave-out", "1", siret(2)).said
    assert run("campagne", "leave-out", "1", siret(2), "--motif", "en congé").code == 0
    path = tmp_path / "publipostage.csv"
    run("campagne", "merge-file", "1", "-o", str(path))
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))
    assert [row["SIRET"] for row in rows] == [siret(1), siret(3)]
    assert "déjà parti" in run("campagne", "leave-out", "1", siret(3), "--motif", "trop tard").said
    keep_answer(told, rows[0]["Lien"].rpartition("/")[2], GivenAnswer(trades={GREEN: True}), now=NOW)
    assert "à accepter" in run("campagne", "show", "1").said
    assert "reste hors du catalogue" in run("campagne", "refuse", "1", siret(1)).said
    assert "n’attend" in run("campagne", "accept", "1", siret(1), "--par", "Léa").said
    assert "en congé" in run("campagne", "show", "1").said


@pytest.mark.usefixtures("told")
def test_a_mail_merge_has_a_line_a_structure(run: Run, tmp_path: Path) -> None:
    run(*CREATE)
    path = tmp_path / "publipostage.csv"
    assert run("campagne", "merge-file", "1", "-o", str(path)).code == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))
    assert [row["SIRET"] for row in rows] == [siret(1), siret(2), siret(3)]
    assert all(row["Lien"] in row["Message"] for row in rows)
    assert run("campagne", "merge-file", "1", "-o", str(path.with_suffix(".xlsx"))).code == 0
    assert path.with_suffix(".xlsx").read_bytes().startswith(b"PK")


def test_the_suppliers_of_a_club_and_of_a_lot_are_asked(told: Engine, run: Run) -> None:
    day = open_day(told, FIRST_ORGANISATION, HEADER, SCHEDULE, RULES, author=ME, now=NOW)
    suppliers = Register(
        (
            Participant(1, ParticipantRole.SUPPLIER, "Atelier 1", supplier_id=f"siret:{siret(1)}"),
            Participant(2, ParticipantRole.SUPPLIER, "Inconnu du catalogue"),
            Participant(3, ParticipantRole.BUYER, "Commune"),
        )
    )
    change_day(told, FIRST_ORGANISATION, day.id, [suppliers], version=day.version, author=ME, now=NOW)
    done = run("campagne", "create", "--club", day.id, "--par", "Léa")
    assert "avant « Sambre-Avesnois »" in done.said
    assert "1 structure à interroger" in done.said
    run("dossier", "create", "--titre", "Berges", "--par", "Léa")
    lot = ("--objet", "Entretien des espaces verts, 40 000 € HT", "--lieu", "Maubeuge")
    assert run("dossier", "add-lot", 1, *lot, "--par", "Léa").code == 0
    asked = ("campagne", "create", "--dossier", "1", "--par", "Léa")
    assert "dirait un montant (« 40 000 € HT »)" in run(*asked).said
    done = run(*asked, "--objet", "Entretien des espaces verts", "--premiers", "2")
    assert "2 structures à interroger" in done.said
    assert "1 hors de cette vague" in done.said
    assert "1 structure à interroger" in run(*asked, "--objet", "Entretien des espaces verts").said
