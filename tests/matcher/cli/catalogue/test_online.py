"""`fetch` and `enrich` from end to end, against a server of this machine that stands in for the real services."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from importers import REGISTRY
from importers.online import fetch
from matcher.settings import CACHE_VARIABLE
from tests.factories import siret
from tests.importers.server import JSON, OK, Answer, Server, serving
from tests.matcher.cli.conftest import Run

FIXTURES = Path(__file__).parents[3] / "fixtures" / "importers"
SERVICES = ("DATA_GOUV", "EMPLOIS", "RECHERCHE_ENTREPRISES", "MARCHE", "TABULAR", "BOAMP")
OPEN, CLOSED = siret(7001), siret(7002)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of one's own, no proxy, no waiting, and floors that a fixture can reach."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetch.Bucket, "take", lambda _: None)
    monkeypatch.setattr(fetch, "FIRST_WAIT_S", 0.001)
    for key in ("finess", "ess", "emplois", "marche"):
        monkeypatch.setitem(REGISTRY, key, replace(REGISTRY[key], at_least=1))


def stand_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SERVICES:
        monkeypatch.setenv(f"ENTREMISE_URL_{name}", server.base)


def file_of(name: str) -> Answer:
    return Answer((FIXTURES / name).read_bytes(), headers=OK)


def report(run: Run, *args: object) -> Any:
    return run(*args, "--format", "json").json()


def test_finess_is_downloaded_through_a_redirect_then_imported(
    new: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(path: str, _: int) -> Answer:
        return Answer(status=302, headers={"Location": "/f.csv"}) if path != "/f.csv" else file_of("finess.csv")

    with serving(answer) as server:
        stand_in(server, monkeypatch)
        dry = report(run, "fetch", "finess", "--dry-run")
        assert report(run, "stats")["suppliers"] == 0
        done = report(run, "fetch", "finess")
    assert dry["created"] == done["created"] > 0
    assert server.asked[0].startswith("/api/1/datasets/r/")
    imported = next(item for item in run("sources", "--format", "json").json() if item["key"] == "finess")
    assert imported["last_import"]["file"] == "finess.csv"
    assert imported["last_import"]["complete"]


def test_the_ess_list_gives_its_quality_and_its_counts_add_up(
    own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = report(run, "stats")["suppliers"]
    with serving(lambda *_: file_of("ess.csv")) as server:
        stand_in(server, monkeypatch)
        done = report(run, "fetch", "ess")
        assert done["refused"] == done["read"] == 5
        assert {"aucun fournisseur de ce SIREN au catalogue", "SIREN déjà lu dans ce fichier"} < {
            r["reason"] for r in done["reasons"]
        }
        assert report(run, "stats")["suppliers"] == before
        assert report(run, "fetch", "ess", "--creer")["created"] == 3
    match = run("match", "--objet", "Services sociaux", "--levier", "15", "--format", "jsonl").lines()
    assert {tuple(line["kinds"]) for line in match if line["place"]} == {("ESS",)}
    assert all("ESS" in line["kinds"] or line["refused"] for line in match)


def test_emplois_is_read_by_departement(new: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(path: str, _: int) -> Answer:
        query = parse_qs(urlsplit(path).query)
        if query["departement"][0] == "989":
            return Answer(b"{}", status=400, headers=JSON)
        page = {"count": 1, "next": None, "previous": None, "results": [
            {"id": query["departement"][0], "siret": siret(1), "type": "EI", "raison_sociale": "INSERTION", "postes": []}
        ]}  # fmt: skip
        return Answer(json.dumps(page).encode(), headers=JSON)

    with serving(answer) as server:
        stand_in(server, monkeypatch)
        assert report(run, "fetch", "emplois", "--departement", "62", "--departement", "2a")["read"] == 2
        assert [parse_qs(urlsplit(path).query)["departement"] for path in server.asked] == [["62"], ["2A"]]
        assert report(run, "fetch", "emplois")["read"] == 108, "the API does not know Clipperton"
        assert len(server.asked) == 109, "the two already received are not asked again"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=500), "après 5 essais"),
        (Answer(b"nofinesset;", announce=5000), "la réponse est coupée"),
        (
            Answer(status=302, headers={"Location": "https://exemple.invalid/f"}),
            "« exemple.invalid », qui n’est pas un hôte connu",
        ),
        (Answer(b"<html>", headers={"Content-Type": "text/html"}), "de type « text/html »"),
        (Answer(b"", announce=300 * 2**20), "dépasse 200 Mio"),
        (Answer(status=429, headers={"Retry-After": "86400"}), "trop de requêtes (429)"),
        (Answer(b"a;b\n1;2\n", headers=OK), "« finess.csv », ligne 1"),
    ],
)
def test_a_service_that_fails_is_a_refusal_and_nothing_changes(
    answer: Answer, said: str, own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = report(run, "stats")
    with serving(lambda *_: answer) as server:
        stand_in(server, monkeypatch)
        done = run("fetch", "finess")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Refusé. ")
    assert said in done.said
    assert report(run, "stats") == before


def test_the_marche_is_asked_with_its_token_and_not_without(
    new: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda *_: file_of("marche_api.json")) as server:
        stand_in(server, monkeypatch)
        refused = run("fetch", "marche")
        assert (refused.code, server.asked) == (1, [])
        assert "ENTREMISE_TOKEN_MARCHE" in refused.said
        monkeypatch.setenv("ENTREMISE_TOKEN_MARCHE", "jeton" * 13)
        page = {"count": 1, "next": None, "results": [
            {"id": 1, "name": "Les Jardins", "siret": siret(1), "kind": "ACI", "sectors": [{"name": "Nettoyage urbain", "slug": "nettoyage-urbain"}]}
        ]}  # fmt: skip
    with serving(lambda *_: Answer(json.dumps(page).encode(), headers=JSON)) as server:
        stand_in(server, monkeypatch)
        done = run("fetch", "marche", "--format", "json")
    assert done.json()["created"] == 1
    assert "jeton" * 13 not in done.out + done.err
    assert report(run, "stats")["with_activity"] == 1


def test_awards_are_asked_for_the_sirets_of_the_catalogue(
    new: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory(run, tmp_path)
    won = {"id": "M1", "acheteur_id": siret(8), "titulaire_id": OPEN, "titulaire_typeIdentifiant": "SIRET",
           "objet": "Nettoyage des locaux", "codeCPV": "90910000", "dateNotification": "2025-03-04"}  # fmt: skip

    def answer(path: str, _: int) -> Answer:
        rows = [won] if parse_qs(urlsplit(path).query)["titulaire_id__exact"] == [OPEN] else []
        return Answer(json.dumps({"data": rows, "meta": {"total": len(rows)}}).encode(), headers=JSON)

    with serving(answer) as server:
        stand_in(server, monkeypatch)
        first = run("fetch", "awards", "--limit", "1", "--format", "json")
        assert "1 SIRET demandé, 2 restent à demander" in first.said
        done = report(run, "fetch", "awards")
        assert len(server.asked) == 3, "what was answered is not asked again"
    assert first.json()["merged"] + done["merged"] == 1
    assert report(run, "catalogue", "show", OPEN)["references"][0]["objet"] == "Nettoyage des locaux"


def directory(run: Run, folder: Path) -> None:
    path = folder / "t.csv"
    path.write_text(
        f"Nom;SIRET;Type;Commune;Code postal\nLes Lilas;{OPEN};EA;Maubeuge;59600\nDeux Rives;{CLOSED};EA;Arras;62000\n"
        f"Sans réponse;{siret(9)};EA;Arras;62000\n",
        encoding="utf-8",
    )
    assert run("import", "tableur", path).code == 0


def explained(run: Run, number: str) -> Any:
    return run("explain", "--objet", "Nettoyage", "--lieu", "Arras", "--siret", number, "--format", "json").json()


def test_the_api_completes_what_is_missing_and_closes_doors(
    new: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory(run, tmp_path)
    answers = (
        (FIXTURES / "recherche-entreprises.json")
        .read_text(encoding="utf-8")
        .replace(', "consulte_le": "2026-11-20"', "")
    )
    by_siret = dict(zip((OPEN, CLOSED), answers.splitlines(), strict=False))

    def answer(path: str, _: int) -> Answer:
        asked = parse_qs(urlsplit(path).query)["q"][0]
        return Answer(by_siret.get(asked, answers.splitlines()[2]).encode(), headers=JSON)

    with serving(answer) as server:
        stand_in(server, monkeypatch)
        assert report(run, "catalogue", "enrich", "--limit", "1")["read"] == 0, (
            "the first SIRET is not known to the API"
        )
        assert report(run, "catalogue", "enrich", "--limit", "1", "--dry-run")["merged"] == 1
        done = report(run, "catalogue", "enrich", "--limit", "1")
        assert (done["merged"], len(server.asked)) == (2, 3), "answers that were received are not asked again"
        assert (
            "0 SIRET trouvé, 1 non trouvés, 0 restent à demander"
            in run("catalogue", "enrich", "--older-than", "30").said
        )
        assert len(server.asked) == 3
    figures = report(run, "stats")
    assert figures["suppliers"] == 3
    (reason,) = explained(run, CLOSED)["refused"]
    assert reason.startswith("fermé depuis le 12/03/2024 d’après Sirene ; continue sous le SIRET ")
    assert "fermé depuis le 12/03/2024" in run("explain", "--objet", "Nettoyage", "--siret", CLOSED).said
    says = {c["signal"]: c["says"] for c in explained(run, OPEN)["match"]["contributions"]}
    assert says["capacity"].startswith("tranche 20 à 49 salariés")
    refused = run("match", "--objet", "Nettoyage", "--format", "json").json()["refused"]
    assert refused == [{"gate": "ferme", "reason": "établissement fermé", "count": 1}]


def test_files_of_sirene_complete_too_stock_and_links_together(new: Path, tmp_path: Path, run: Run) -> None:
    directory(run, tmp_path)
    with zipfile.ZipFile(tmp_path / "StockEtablissement_utf8.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(FIXTURES / "sirene.csv", "StockEtablissement_utf8.csv")
    files = (tmp_path / "StockEtablissement_utf8.zip", FIXTURES / "sirene_liens.csv")
    done = report(run, "catalogue", "enrich", "--from", "sirene", *files)
    assert (done["created"], done["merged"]) == (0, 3)
    assert "continue sous le SIRET 90007004600017" in explained(run, CLOSED)["refused"][0]
    assert report(run, "catalogue", "enrich", "--from", "sirene", *files)["unchanged"] == 3


def test_where_all_was_checked_nothing_is_asked(new: Path, run: Run) -> None:
    done = run("catalogue", "enrich")
    assert (done.code, done.out) == (0, "")
    assert "Rien à demander" in done.said


@pytest.mark.parametrize(
    "args",
    [
        ("fetch",),
        ("fetch", "hosmoz"),
        ("fetch", "finess", "--departement", "62"),
        ("fetch", "emplois", "--departement", "99"),
        ("fetch", "emplois", "--creer"),
        ("fetch", "finess", "--limit", "3"),
        ("import", "finess", "x", "--creer"),
        ("catalogue", "enrich", "fichier.csv"),
        ("catalogue", "enrich", "--from", "sirene"),
        ("catalogue", "enrich", "--from", "sirene", "absent.zip"),
        ("catalogue", "enrich", "--from", "sirene", ".", "--limit", "3"),
        ("catalogue", "enrich", "--limit", "0"),
        ("catalogue", "enrich", "--older-than", "hier"),
        ("catalogue", "enrich", "--from", "ailleurs"),
    ],
)
def test_wrong_usage_is_said_before_any_request(args: tuple[str, ...], new: Path, run: Run) -> None:
    done = run(*args)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Erreur. ")
    assert not new.exists()


def test_the_boamp_is_asked_day_by_day_and_its_notices_imported(
    new: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = json.loads((FIXTURES.parent / "boamp" / "boamp.json").read_text(encoding="utf-8"))["results"]

    def answer(path: str, _: int) -> Answer:
        found = records if "2024-11-20" in parse_qs(urlsplit(path).query)["where"][0] else []
        return Answer(json.dumps({"total_count": len(found), "results": found}).encode(), headers=JSON)

    days = ("fetch", "boamp", "--since", "2024-11-20", "--until", "2024-11-22")
    with serving(answer) as server:
        stand_in(server, monkeypatch)
        assert report(run, *days, "--dry-run")["read"] == len(records)
        done = report(run, *days)
        assert (done["new"], done["refused"], len(server.asked)) == (len(records), 0, 3)
        assert report(run, *days)["unchanged"] == len(records)
        assert "9 avis parus du 20/11/2024 au 22/11/2024" in run(*days).err
        assert report(run, "fetch", "boamp", "--since", "2024-11-21", "--until", "2024-11-22")["read"] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("boamp",), "Dites depuis quel jour"),
        (("boamp", "--since", "2024-11-22", "--until", "2024-11-20"), "--depuis vient avant --jusqu-au"),
        (("boamp", "--since", "2999-01-01"), "--depuis vient avant --jusqu-au"),
        (("ess", "--since", "2024-11-20"), "--depuis et --jusqu-au ne servent qu’à « boamp »"),
    ],
)
def test_days_that_cannot_be_asked_are_said(options: tuple[str, ...], said: str, run: Run) -> None:
    done = run("fetch", *options)
    assert done.code == 2
    assert said in done.said
