"""The review queue: both sides, one decision at a time, taken back; whatever is sent."""

from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.review import Queue, pairs
from matcher.catalogue.steward.rows_without_kind import rows_without_kind
from tests.matcher.web.conftest import queries
from tests.matcher.web.reading import EACH_NASTY, harmless, nasty_fields, read, send

QUEUE = "/catalogue/a-revoir"
# The addresses of three suppliers of the sample under names that are not quite theirs.
ALIKE = """Nom;Type;Adresse;Code postal;Commune
Jonquille solre;ACI;12 rue des Remparts;59600;Maubeuge
Usines de Sambre;EA;25 rue des Usines;59600;Maubeuge
Parc de la Solre;ESAT;4 rue du Parc;59620;Aulnoye-Aymeries
"""


@pytest.fixture
def waiting(own: Engine, tmp_path: Path) -> list[int]:
    """The numbers of three pairs that wait, in the order of the queue."""
    path = tmp_path / "liste.csv"
    path.write_text(ALIKE, encoding="utf-8")
    run_import(own, REGISTRY["tableur"], [Source(path)], now=datetime(2026, 11, 2))  # noqa: DTZ001
    found = [pair.number for pair in pairs(own)]
    assert len(found) == 3
    return found


def test_a_pair_shows_both_sides_and_the_evidence(writer: FlaskClient, waiting: list[int]) -> None:
    page = read(writer, QUEUE)
    assert "Paire 1 sur 3" in page.text
    names = [side.get_text(strip=True) for side in page.all("table.compared thead a.side")]
    assert names == ["Jonquille solre", "LES JARDINS DE LA SOLRE"]
    assert page.all("table.compared tbody tr")
    keys = {button["value"]: button["data-key"] for button in page.all("[data-key]")}
    assert keys == {"meme": "s", "different": "d", "passer": "p"}
    (main,) = page.all("[data-key].main")
    assert main["value"] == "different", "names that only resemble are weak evidence: the safe answer comes first"
    assert "Paire 2 sur 3" in read(writer, QUEUE, {"paire": waiting[1]}).text


def test_decisions_are_kept_said_and_taken_back(writer: FlaskClient, waiting: list[int], own: Engine) -> None:
    passed = send(writer, QUEUE, QUEUE, {"paire": waiting[0], "decision": "passer"})
    assert "Paire 2 sur 3" in passed.text
    unsigned = send(writer, QUEUE, QUEUE, {"paire": waiting[1], "decision": "meme"})
    assert unsigned.status == 422
    assert "Dites qui décide" in unsigned.text
    assert "Paire 2 sur 3" in unsigned.text
    same = send(writer, QUEUE, QUEUE, {"paire": waiting[1], "decision": "meme", "qui": "Léa"})
    assert "un seul fournisseur" in same.text
    assert len(pairs(own)) == 2
    send(writer, QUEUE, QUEUE, {"paire": waiting[0], "decision": "different", "qui": "Léa"})
    decided = pairs(own, Queue.DECIDED)
    assert {(pair.number, pair.decision.who) for pair in decided if pair.decision} == {
        (waiting[0], "Léa"),
        (waiting[1], "Léa"),
    }
    twice = send(writer, QUEUE, QUEUE, {"paire": 999, "decision": "meme", "qui": "Léa"})
    assert "n’est plus à juger" in twice.text
    back = send(writer, QUEUE, f"{QUEUE}/{waiting[1]}/retrait")
    assert "est retirée" in back.text
    assert len(pairs(own)) == 2
    assert "Rien n’a été décidé" in send(writer, QUEUE, f"{QUEUE}/{waiting[1]}/retrait").text


def test_the_last_pair_leaves_an_empty_queue(writer: FlaskClient, waiting: list[int]) -> None:
    for number in waiting:
        page = send(writer, QUEUE, QUEUE, {"paire": number, "decision": "different", "qui": "Léa"})
    assert "Rien n’attend" in page.text
    assert len(page.all(".corrections li")) == 3


@EACH_NASTY
def test_whatever_is_sent_is_answered(writer: FlaskClient, waiting: list[int], own: Engine) -> None:
    for field, nasty in nasty_fields("paire", "decision", "qui"):
        harmless(read(writer, QUEUE, {"paire": nasty[:500]}), "paire", nasty)
        sent = {"paire": nasty, "decision": "meme", "qui": "Léa", field: nasty}
        harmless(send(writer, QUEUE, QUEUE, sent), field, nasty)
    assert len(pairs(own)) == 3


def test_nothing_is_decided_without_the_token(writer: FlaskClient, waiting: list[int], own: Engine) -> None:
    sent = {"paire": waiting[0], "decision": "meme", "qui": "Léa"}
    assert writer.post(QUEUE, data=sent).status_code == 400
    assert writer.post(f"{QUEUE}/{waiting[0]}/retrait").status_code == 400
    assert len(pairs(own)) == 3


def test_queries_do_not_grow_with_the_queue(writer: FlaskClient, waiting: list[int], own: Engine) -> None:
    read(writer, QUEUE)
    with queries(own) as sent:
        read(writer, QUEUE)
    assert (
        len(sent) <= 12
    )  # the answers that wait, by link and in dossiers, are two of them; another says who the organisation is


def test_a_row_without_a_kind_is_kept_or_left_out(writer: FlaskClient, own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("Réf;Nom;Commune\n1;SARL Dupont;Lille\n2;Martin BTP;Lille\n", encoding="utf-8")
    run_import(own, REGISTRY["tableur"], [Source(path)], now=datetime(2026, 11, 2))  # noqa: DTZ001
    first, second = (row.supplier_id for row in rows_without_kind(own))
    page = read(writer, QUEUE)
    assert [link.get_text(strip=True) for link in page.all("a.side")] == ["SARL Dupont", "Martin BTP"]
    assert "SARL Dupont" in read(writer, f"/fournisseurs/{first}").text
    row = f"{QUEUE}/ligne"
    assert "Dites qui décide" in send(writer, QUEUE, row, {"ecarter": first}).text
    assert "Choisissez le type" in send(writer, QUEUE, row, {"garder": first, "qui": "Léa"}).text
    assert len(rows_without_kind(own)) == 2
    kept = send(writer, QUEUE, row, {"garder": first, f"type-{first}": "EI", "qui": "Léa"})
    assert "un fournisseur de type EI" in kept.text
    out = send(writer, QUEUE, row, {"ecarter": second, "qui": "Léa"})
    assert "1 ligne laissée de côté" in out.text
    assert rows_without_kind(own) == []
    assert "attend de nouveau" in send(writer, QUEUE, row, {"reprendre": second}).text
    assert [each.supplier_id for each in rows_without_kind(own)] == [second]
    assert "n’est pas une ligne qui attend" in send(writer, QUEUE, row, {"ecarter": first, "qui": "Léa"}).text
    assert send(writer, QUEUE, row, {"ligne": second}).status == 400
