"""compose.yaml: what its services are given exists, is bounded and backed up, and holds no secret."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from fnmatch import fnmatch
from functools import partial
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import make_url

from importers.online.services import SERVICES
from matcher import settings
from matcher.accounts import identity_settings
from matcher.cli.admin.serve import PORT
from matcher.cli.app import cli
from matcher.db import open_database
from tests.conftest import ROOT
from tests.deploy_steps import steps
from tests.test_deployment import loaded, variables_of_the_code


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of compose.yaml."""
    found: dict[str, Any] = loaded("compose.yaml")["services"]
    return found


def image_named(service: dict[str, Any]) -> str:
    """The image of a service where .env names no other."""
    return re.sub(r"\$\{\w+:-(.*)\}", r"\1", service["image"])


def test_two_servers_a_worker_and_nginx_wait_for_a_database_upgraded_once(services: dict[str, Any]) -> None:
    ours = {name for name, its in services.items() if its["image"] == "entremise"}
    assert (ours, services.keys() - ours) == ({"backup", "upgrade", "web1", "web2", "worker"}, {"db", "nginx"})
    assert services["upgrade"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["db"]["healthcheck"]["test"][1] == "pg_isready"
    for name in ours:
        its = services[name]
        assert its["read_only"], name
        assert its["cap_drop"] == ["ALL"], name
        if name != "upgrade":
            assert its["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
    for command in (services["upgrade"]["command"], services["worker"]["command"]):
        context = click.Context(cli)
        cli.resolve_command(context, list(command))


def test_no_service_takes_all_the_memory_and_each_image_can_be_pinned(services: dict[str, Any]) -> None:
    assert all(re.fullmatch(r"(\$\{\w+:-)?\d+[mg]\}?", its["mem_limit"]) for its in services.values())
    foreign = {its["image"] for its in services.values() if its["image"] != "entremise"}
    foreign.add(loaded("compose.yaml")["x-entremise"]["build"]["args"]["DEBIAN"])
    variables = dict(re.fullmatch(r"\$\{(\w+):-([\w-]+:[\w.-]+)\}", image).groups() for image in foreign)  # type: ignore[union-attr]
    pinned = re.findall(r"(\w+_IMAGE)=(\S+:[\w.-]+)", steps("Images by digest"))
    assert dict(pinned) == variables
    first, build_arg = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ", 2)[:2]
    assert f"ARG DEBIAN={variables['DEBIAN_IMAGE']}" in first.splitlines()
    assert build_arg.startswith("$DEBIAN AS python\n")


def test_a_backup_is_made_once_a_day_and_the_oldest_leave(tmp_path: Path) -> None:
    """By the real script and command, of a real catalogue; a file that bears another name stays."""
    kept, url = tmp_path / "deux mots", f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    kept.mkdir()
    open_database(url).dispose()
    for name in ("entremise-2001-01-01.sqlite", "entremise-2001-01-02.sqlite", "avant.sqlite", "entremise-x.sqlite"):
        (kept / name).write_text(name, encoding="ascii")
    command = tmp_path / "entremise"
    called = "from matcher.cli import main; main()"
    command.write_text(f'#!/bin/sh\necho . >> {tmp_path}/calls\nexec {sys.executable} -c "{called}" "$@"\n', "ascii")
    command.chmod(0o755)
    told = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), settings.DATABASE_VARIABLE: url}
    for days in ("0", "-1", "abc", "014", "2x", ""):
        refused = subprocess.run(
            [ROOT / "deploy/backup", kept, days], env=os.environ | told, check=False, capture_output=True
        )
        assert (refused.returncode, len(list(kept.iterdir()))) == (2, 4), "nothing is made, nothing leaves"
    for rest in ("", "-journal"):
        (kept / f"entremise-2001-01-03.sqlite.en-cours{rest}").touch()
    for _ in range(2):
        subprocess.run([ROOT / "deploy/backup", kept, "2"], env=os.environ | told, check=True, capture_output=True)
    old, spare, *days = sorted(path.name for path in kept.iterdir())
    assert (old, spare, days[1:]) == ("avant.sqlite", "entremise-2001-01-02.sqlite", ["entremise-x.sqlite"])
    with closing(sqlite3.connect(kept / days[0])) as backup:
        assert backup.execute("SELECT count(*) FROM organisation").fetchone() == (1,)
    assert (tmp_path / "calls").read_text("ascii") == ".\n", "once"
    told[settings.DATABASE_VARIABLE] = f"sqlite:///{tmp_path}"
    (kept / days[0]).unlink()
    failed = subprocess.run(
        [ROOT / "deploy/backup", kept, "1"], env=os.environ | told, check=False, capture_output=True
    )
    assert failed.returncode != 0
    assert (kept / spare).exists(), "nothing leaves where no backup was made"


def test_the_backup_service_runs_the_script_on_a_volume_of_its_own(services: dict[str, Any]) -> None:
    its = services["backup"]
    (folder,) = {volume.split(":")[1] for volume in its["volumes"]} - {"/srv/entremise"}
    shell, option, loop = its["entrypoint"]
    assert (shell, option) == ("sh", "-c")
    assert re.search(rf"\bbackup {folder} \$\{{\w+:-\d+\}};", loop)
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(rf"install --directory --owner 1000 --mode 700 {folder}$", dockerfile, re.MULTILINE)
    assert "COPY deploy/backup /opt/entremise/bin/" in dockerfile
    assert os.access(ROOT / "deploy/backup", os.X_OK)
    (searched,) = re.findall(rf"find {folder} -name '(\S+)'", its["healthcheck"]["test"][1])
    assert fnmatch("entremise-2026-12-01.sqlite", searched)


def test_what_the_services_are_given_exists(services: dict[str, Any]) -> None:
    given = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())}
    files = {path for path in given if path.startswith("./")}
    assert given - files == loaded("compose.yaml")["volumes"].keys()
    assert all((ROOT / path).is_file() for path in files - {"./acme", "./tls"})
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/acme/", "/tls/", ".env"} <= set(ignored), "secrets"


def test_nginx_alone_is_published_and_is_the_one_believed(services: dict[str, Any]) -> None:
    assert [name for name, its in services.items() if "ports" in its] == ["nginx"]
    fixed = {name: its["networks"]["default"]["ipv4_address"] for name, its in services.items() if "networks" in its}
    assert {
        its["environment"][settings.PROXY_VARIABLE] for its in services.values() if its["image"] == "entremise"
    } == {fixed["nginx"]}
    before = (ROOT / "deploy/compose.servers").read_text(encoding="utf-8").splitlines()
    assert before == [f"server {name}:{PORT} max_fails=0;" for name in fixed if name != "nginx"]
    (dealt,) = loaded("compose.yaml")["networks"]["default"]["ipam"]["config"]
    for address in map(ip_address, fixed.values()):
        assert address in ip_network(dealt["subnet"])
        assert address not in ip_network(dealt["ip_range"]), "else another service may have taken it"


def test_the_servers_reach_the_database_that_is_beside_them(services: dict[str, Any]) -> None:
    url = make_url(services["web1"]["environment"][settings.DATABASE_VARIABLE])
    database = services["db"]["environment"]
    assert (url.host, url.username, url.database) == ("db", database["POSTGRES_USER"], database["POSTGRES_USER"])
    assert image_named(services["db"]).partition(":")[0] == "postgres"


def test_the_servers_are_told_only_what_the_code_reads(services: dict[str, Any]) -> None:
    environment = services["web1"]["environment"]
    assert environment.keys() - {"PGPASSWORD"} <= variables_of_the_code()
    by_env_file = {name for name, value in environment.items() if value.startswith(f"${{{name}:")}
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    (left_out,) = re.findall(r"^- .*, but for those that `compose.yaml` decides: (.*?)\. ", page, flags=re.MULTILINE)
    assert variables_of_the_code() - by_env_file == set(re.findall(r"`(ENTREMISE_\w+)`", left_out))


def test_an_empty_variable_is_one_that_is_not_set(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = services["web1"]["environment"].items()
    optional = [name for name, value in given if value == f"${{{name}:-}}"]
    assert len(optional) > 20
    readers = (
        *(settings.web_settings, settings.smtp_settings, settings.log_format, settings.metrics_address),
        *(settings.files_folder, settings.retention_months, settings.database_url, settings.cache_folder),
        *(identity_settings.identity_provider, partial(settings.service_token, "marche")),
        *(partial(settings.service_url, key) for key in SERVICES),
    )
    for name in variables_of_the_code():
        monkeypatch.delenv(name, raising=False)
    unset = [read() for read in readers]
    for name in {*optional, *variables_of_the_code()}:
        monkeypatch.setenv(name, "")
    assert [read() for read in readers] == unset
    for name, value in (("ISSUER", "https://idp.example"), ("CLIENT_ID", "a"), ("CLIENT_SECRET", "b")):
        monkeypatch.setenv(f"ENTREMISE_OIDC_{name}", value)
    monkeypatch.setenv(settings.ADDRESS_VARIABLE, "https://entremise.mairie.example")
    provider = identity_settings.identity_provider()
    assert provider is not None
    assert (provider.scopes, provider.label) == (identity_settings.SCOPES, "idp.example")
    monkeypatch.setenv(settings.SMTP_HOST_VARIABLE, "smtp.example")
    monkeypatch.setenv(settings.SMTP_FROM_VARIABLE, "a@mairie.example")
    smtp = settings.smtp_settings()
    assert smtp is not None
    assert (smtp.port, smtp.security, smtp.user) == (587, "starttls", "")
    assert cli.make_context("entremise", ["stats"]).params["organisation"] is None


def test_no_secret_is_written(services: dict[str, Any]) -> None:
    given = [pair for service in services.values() for pair in service.get("environment", {}).items()]
    secrets = [(name, value) for name, value in given if re.search("PASSWORD|SECRET|TOKEN", name)]
    assert len(secrets) == 26
    for name, value in secrets:
        assert re.fullmatch(rf"\$\{{(\w+:\?.*|{name}:-)\}}", value), "asked of whoever starts it, or empty"
