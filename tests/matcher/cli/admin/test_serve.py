"""`serve`: on this computer, said in French; elsewhere refused while there is no account; two at once on one catalogue."""

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import Engine, select

from matcher.accounts.identity_settings import CLIENT_ID_VARIABLE, CLIENT_SECRET_VARIABLE, ISSUER_VARIABLE
from matcher.catalogue.intake.deposits import Deposits, DepositState
from matcher.catalogue.store.tables import ImportRunRow
from matcher.db import open_database, reading
from matcher.jobs.tables import WorkRow
from matcher.jobs.works import WorkStore
from matcher.rows import table_of
from matcher.settings import (
    ADDRESS_VARIABLE,
    CACHE_VARIABLE,
    DATABASE_VARIABLE,
    HOSTS_VARIABLE,
    HTTPS_VARIABLE,
    LOG_VARIABLE,
    METRICS_VARIABLE,
    PROXY_VARIABLE,
    SIGNING_VARIABLE,
    TILES_VARIABLE,
    SettingsError,
    web_settings,
)
from matcher.web import create_app
from matcher.web.frame.serve import Server
from tests.bench.load import served
from tests.conftest import ROOT
from tests.engines import ENGINES
from tests.matcher.cli.conftest import Run
from tests.matcher.web.reading import Read
from tests.waiting import LONGEST_S, awaited

SHEETS = {
    "sambre.csv": "Nom;Type;Commune;Activités\nAtelier de Sambre;ESAT;Maubeuge;Entretien des espaces verts\n",
    "scarpe.csv": "Nom;Type;Commune;Activités\nJardins de Scarpe;EA;Arras;Entretien des espaces verts\n",
}
LISTED = "/candidats?besoin=Entretien+des+espaces+verts&lieu=dep:59"
SITES = "École A ; Maubeuge ; 0,5\nÉcole B ; Arras ; 1\n"


def test_it_serves_on_this_computer_and_says_where(sample: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "run", lambda self: None)
    done = run("serve", "--port", "0")
    assert done.code == 0, done.err
    assert "Pages ouvertes : http://127.0.0.1:" in done.said
    assert "Ctrl+C" in done.said


def test_one_s_own_catalogue_opens_even_empty_where_it_is_asked(
    tmp_path: Path, built: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    (tmp_path / "entremise").mkdir()
    shutil.copy(built, tmp_path / "entremise" / "exemple.sqlite")
    opened: list[Engine] = []

    def made(engine: Engine, *_: object, **__: object) -> Flask:
        opened.append(engine)
        return create_app(engine)

    monkeypatch.setattr("matcher.cli.admin.serve.create_app", made)
    monkeypatch.setattr(Server, "run", lambda self: None)
    for more in ((), ("--mon-catalogue",)):
        assert run("serve", "--port", "0", *more).code == 0
    assert [Path(str(engine.url.database)).name for engine in opened] == ["exemple.sqlite", "catalogue.sqlite"]


_SERVED = """
import sys
from matcher.cli import main
from matcher.web.frame.serve import Server
Server.run = lambda self: None
try:
    main()
finally:
    print("authlib" in sys.modules)
"""


@pytest.mark.parametrize("configured", [False, True])
def test_what_asks_a_provider_is_loaded_where_one_signs_people_in(
    sample: Path, monkeypatch: pytest.MonkeyPatch, configured: bool
) -> None:
    if configured:
        monkeypatch.setenv(ISSUER_VARIABLE, "https://fi.example")
        monkeypatch.setenv(CLIENT_ID_VARIABLE, "entremise")
        monkeypatch.setenv(CLIENT_SECRET_VARIABLE, "un secret de client")
        monkeypatch.setenv(ADDRESS_VARIABLE, "https://entremise.exemple.fr")
    done = subprocess.run([sys.executable, "-c", _SERVED, "serve", "--port", "0"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(configured)


def test_another_address_is_refused_without_accounts(sample: Path, run: Run) -> None:
    done = run("serve", "--host", "0.0.0.0")  # noqa: S104
    assert done.code == 1
    assert "Aucun compte" in done.said


def test_another_address_is_open_to_a_team(own: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "run", lambda self: None)
    monkeypatch.setenv(PROXY_VARIABLE, "127.0.0.1")
    assert "Aucun compte" in run("serve", "--port", "0").said
    monkeypatch.setattr("sys.stdin", io.StringIO("une phrase de douze mots ou presque\n"))
    assert run("account", "add", "lea", "--role", "administrateur").code == 0
    for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104
        assert run("serve", "--host", host, "--port", "0").code == 0


def test_a_name_for_others_starts_only_as_far_as_a_link(own: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[int] = []

    def visited(server: Server) -> None:
        answers.append(server._app.test_client().get("/", base_url="http://entremise.exemple.fr").status_code)

    monkeypatch.setattr(Server, "run", visited)
    monkeypatch.setenv(HOSTS_VARIABLE, "Entremise.exemple.fr")
    said = [run("serve", "--port", "0").out for _ in range(2)]
    tokens = re.findall(r"^http://entremise\.exemple\.fr:\d+/premier-compte/(\S{40,})$", "\n".join(said), re.MULTILINE)
    assert len(set(tokens)) == 2, said
    assert "Pages ouvertes" not in said[0]
    assert answers == [403, 403]

    monkeypatch.setenv(HTTPS_VARIABLE, "oui")
    monkeypatch.setenv(PROXY_VARIABLE, "127.0.0.1")
    assert "\nhttps://entremise.exemple.fr/premier-compte/" in run("serve", "--port", "0").out
    monkeypatch.setattr("sys.stdin", io.StringIO("une phrase de douze mots ou presque\n"))
    assert run("account", "add", "lea", "--role", "administrateur").code == 0
    assert "premier-compte" not in run("serve", "--port", "0").out


def test_a_port_that_is_none_is_refused(sample: Path, run: Run) -> None:
    for port in ("-1", "70000", "abc"):
        assert run("serve", "--port", port).code == 2


def test_a_port_already_taken_is_said(sample: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from socket import socket

    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", taken.getsockname()[1])
    assert done.code == 1
    assert "Refusé" in done.said


def test_settings_of_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTS_VARIABLE, "entremise.exemple.fr, 10.0.0.5")
    assert web_settings().hosts[-2:] == ("entremise.exemple.fr", "10.0.0.5")
    monkeypatch.setenv(HOSTS_VARIABLE, "Mairié.Exemple.fr,[2001:DB8::5], localhost")
    assert web_settings().names == ("xn--mairi-fsa.exemple.fr", "[2001:db8::5]")
    for wrong in ("https://entremise.exemple.fr", "entremise.exemple.fr:8321", "a b", "x" * 70):
        monkeypatch.setenv(HOSTS_VARIABLE, wrong)
        with pytest.raises(SettingsError, match=HOSTS_VARIABLE):
            web_settings()
    monkeypatch.delenv(HOSTS_VARIABLE)
    assert not web_settings().shared
    monkeypatch.setenv(SIGNING_VARIABLE, "court")
    with pytest.raises(SettingsError, match="32 caractères"):
        web_settings()
    monkeypatch.setenv(SIGNING_VARIABLE, "x" * 32)
    assert web_settings().secret_key == b"x" * 32
    monkeypatch.setenv(TILES_VARIABLE, "http://tuiles/{z}")
    with pytest.raises(SettingsError, match=TILES_VARIABLE):
        web_settings()
    monkeypatch.setenv(TILES_VARIABLE, "https://tuiles.exemple.fr/{z}/{x}/{y}.png")
    assert web_settings().tiles.startswith("https://")
    monkeypatch.setenv(PROXY_VARIABLE, "nginx")
    with pytest.raises(SettingsError, match=PROXY_VARIABLE):
        web_settings()
    monkeypatch.setenv(PROXY_VARIABLE, "::1")
    assert web_settings().proxy == "::1"


class Browser:
    """One person before one server."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.session = requests.Session()

    def read(self, path: str, **asked: str) -> Read:
        return self._read(self.session.get(self.site + path, params=asked, timeout=LONGEST_S))

    def send(self, path: str, page: Read, files: dict[str, Any] | None = None, **typed: str) -> Read:
        token = str(page.all("input[name=csrf_token]")[0]["value"])
        sent = {"csrf_token": token, **typed}
        return self._read(self.session.post(self.site + path, data=sent, files=files, timeout=LONGEST_S))

    def until(self, path: str, found: Callable[[Read], bool]) -> Read:
        return awaited(lambda: self.read(path), found)

    def _read(self, answer: requests.Response) -> Read:
        assert answer.ok or answer.status_code == requests.codes.conflict, answer.text
        return Read(answer.status_code, answer.text, answer.url.removeprefix(self.site))


def rows(engine: Engine, of: type[Any]) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(table_of(of))))


@pytest.mark.slow(reason="it starts two servers")
@pytest.mark.parametrize("new_url", ENGINES[1:], indirect=True)
def test_two_servers_on_one_catalogue_do_each_work_once_and_see_what_the_other_does(
    new_url: str, tmp_path: Path
) -> None:
    engine = open_database(new_url)
    caches = [str(tmp_path / name) for name in ("un", "deux")]
    with (
        served(new_url, **{CACHE_VARIABLE: caches[0]}) as (one, _),
        served(new_url, **{CACHE_VARIABLE: caches[1]}) as (other, _),
    ):
        here, there = Browser(one), Browser(other)
        assert "Catalogue vide" in here.read("/").text
        assert "Catalogue vide" in there.read("/").text

        for name, (mine, its) in zip(SHEETS, ((here, there), (there, here)), strict=True):
            files = {"fichier": (name, SHEETS[name])}
            dropped = mine.send("/catalogue/imports", mine.read("/catalogue/imports"), files)
            address = dropped.path
            ready = its.until(address, lambda page: bool(page.all("form[action$='/confirmation']")))
            for _ in range(2):  # sent twice, it is imported once
                its.send(f"{address}/confirmation", ready)
            mine.until(address, lambda page: "Import terminé" in page.text)

        asked = [(mine, its) for mine, its in ((here, there), (there, here))]
        cuts = [
            (
                its,
                mine.send(
                    "/allotissement", mine.read("/allotissement"), objet="Entretien des espaces verts", liste=SITES
                ).path,
            )
            for mine, its in asked
        ]
        for its, path in cuts:
            assert its.until(path, lambda page: "Découpage en cours" not in page.text).all("[id^=lots-]")

        for browser in (here, there):  # a page may answer from the catalogue as it was, for a moment
            listed = browser.until(LISTED, lambda page: "2 fournisseurs" in page.text)
            assert "Atelier de Sambre" in listed.text
            assert "Jardins de Scarpe" in listed.text

        new = here.read("/dossiers/nouveau")
        typed = {"title": "Berges", "qui": "Léa", "cle": str(new.one("input[name=cle]")["value"])}
        mine, its = (each.send("/dossiers/nouveau", each.read("/dossiers/nouveau"), **typed) for each in (here, there))
        assert mine.path == its.path, "a double click that reaches both servers"
        assert there.send(f"{mine.path}/note", its, note="Leur note", version="1").status == 200
        late = here.send(f"{mine.path}/note", mine, note="Ma note", version="1")
        assert late.status == 409, "both notes are shown"
        assert "Leur note" in late.text

    assert len(rows(engine, ImportRunRow)) == len(SHEETS)
    works = rows(engine, WorkRow)
    assert {work.tries for work in works if work.kind == "allotissement"} == {1}
    assert len(works) == len(SHEETS) + len(cuts)
    engine.dispose()


@pytest.mark.slow(reason="it starts an interpreter")
def test_a_worker_does_what_was_asked_elsewhere_until_it_is_stopped(engine: Engine) -> None:
    deposits = Deposits(WorkStore(engine))
    key = deposits.drop("liste.csv", io.BytesIO(b"Nom;Type;Commune\nAtelier;ESAT;Maubeuge\n")).key
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "worker", "--db", url]
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    watched = {**os.environ, LOG_VARIABLE: "json", METRICS_VARIABLE: address}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=watched, stdout=pipe, stderr=pipe, text=True) as process:
        found = awaited(
            lambda: deposits.get(key), lambda one: one is not None and one.stand is not DepositState.READING
        )
        metrics = requests.get(f"http://{address}/metrics", timeout=LONGEST_S).text
        process.send_signal(signal.SIGINT)
        said, logged = process.communicate(timeout=LONGEST_S)
    assert found is not None
    assert found.stand is DepositState.READY
    assert said.startswith("Au travail.")
    assert 'entremise_works{state="failed"} 0.0' in metrics
    work, command_line = [json.loads(line) for line in logged.splitlines()[:2]]
    assert (work["message"], work["kind"], work["ending"]) == ("travail", "import", "fait")
    assert (command_line["command"], command_line["ending"]) == ("entremise worker", "KeyboardInterrupt")
    assert process.returncode == 130
