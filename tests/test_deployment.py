"""The files that put Entremise to work elsewhere: image, containers, workflows and hooks name what exists, and hold no secret."""

import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import tomllib
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import keepachangelog
import pytest
import trustme
import yaml

from importers.online.services import SERVICES
from matcher.cli.admin.serve import PORT, serve_command
from matcher.cli.app import cli
from matcher.db import open_database
from matcher.settings import LOOPBACK_NAMES, WebSettings
from matcher.web import create_app
from tests.bench.own_postgresql import free_port
from tests.bench.servers import HEAPS
from tests.conftest import ROOT
from tests.deploy_steps import steps
from tests.waiting import awaited

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
VARIABLE = re.compile(r"ENTREMISE_[A-Z_]*[A-Z]\b")


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def image() -> dict[str, str]:
    """The instructions of the last stage of the Dockerfile by their name; of those that stand there more than once, the last."""
    joined = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return dict(re.findall(r"^([A-Z]+) (.*)$", joined.rpartition("\nFROM ")[2], flags=re.MULTILINE))


def variables_of_the_code() -> set[str]:
    code = [
        path.read_text(encoding="utf-8") for root in ("matcher", "importers") for path in (ROOT / root).rglob("*.py")
    ]
    named = {name for text in code for name in VARIABLE.findall(text)}
    return named | {f"ENTREMISE_URL_{key.upper().replace('-', '_')}" for key in SERVICES}


def test_every_variable_of_the_code_is_documented_and_no_other() -> None:
    table = DEPLOY.split("## What the environment may set", 1)[1].split("\n## ", 1)[0]
    assert set(VARIABLE.findall(table)) == variables_of_the_code()
    assert set(VARIABLE.findall(DEPLOY)) <= variables_of_the_code()


def test_the_image_serves_the_pages_by_the_command_that_exists(image: dict[str, str]) -> None:
    (command,), (name, *arguments) = yaml.safe_load(image["ENTRYPOINT"]), yaml.safe_load(image["CMD"])
    assert command in PROJECT["scripts"]
    assert name == serve_command.name
    asked = serve_command.make_context(name, arguments).params
    assert (asked["host"], asked["port"]) == ("0.0.0.0", int(image["EXPOSE"]))  # noqa: S104  # inside the container
    assert asked["port"] == PORT, "as everywhere else"


def test_the_image_is_no_root_and_asks_an_address_that_answers(image: dict[str, str], tmp_path: Path) -> None:
    assert image["USER"] != "0"
    assert f"--uid {image['USER']} " in image["RUN"]
    (asked,) = re.findall(rf"http://127\.0\.0\.1:{PORT}(/[\w/.]+)", image["HEALTHCHECK"])
    shared = WebSettings(hosts=(*LOOPBACK_NAMES, "entremise.example"), proxy="172.30.83.2")
    client = create_app(open_database(f"sqlite:///{tmp_path / 'catalogue.sqlite'}"), shared).test_client()
    assert client.get(asked, headers={"Host": f"127.0.0.1:{PORT}"}).status_code == 200, "before the first account too"


def test_the_image_takes_what_it_copies_and_what_is_locked() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installed = re.findall(r"\bpip install [^\\&]*", lines)
    assert len(installed) == 2
    assert "--require-hashes --requirement requirements.lock" in installed[0]
    assert {"--no-deps", "--no-build-isolation"} <= set(installed[1].split()), (
        "else what builds it comes without a hash"
    )
    (default,) = re.findall(r"^ARG LOCK=(\S+)$", lines, flags=re.MULTILINE)
    chosen = loaded("compose.yaml")["x-entremise"]["build"]["args"]["LOCK"]
    assert chosen == f"${{LOCK:-{default}}}"
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    named = [ROOT / line[2:] for line in sent if line.startswith("!/")]
    assert all(path.exists() for path in named)
    assert {ROOT / default, ROOT / "requirements-batch.lock"} <= set(named)


@pytest.fixture
def nginx_settings(tmp_path: Path) -> Path:
    """The settings of nginx with what they name beside them: a certificate, the servers, ports that are free."""
    written = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for there, here in (
        ("/etc/entremise", tmp_path),
        ("/var/log/nginx", tmp_path),
        ("/var/lib/entremise-acme", tmp_path),
    ):
        written = written.replace(there, here.as_posix())
    written = re.sub(r"listen \d+", lambda _: f"listen 127.0.0.1:{free_port()}", written)
    (tmp_path / "tls").mkdir()
    issued = trustme.CA().issue_cert("entremise.mairie.example")
    issued.private_key_pem.write_to_path(tmp_path / "tls/privkey.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "tls/fullchain.pem")
    (tmp_path / "servers").write_text(f"server 127.0.0.1:{PORT};\n", encoding="ascii")
    (tmp_path / ".well-known/acme-challenge").mkdir(parents=True)
    (tmp_path / ".well-known/acme-challenge/proof").write_text("proven", encoding="ascii")
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{written}}}\n", encoding="utf-8")
    return whole


@pytest.fixture
def nginx() -> str:
    """The program, where it is installed."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    return program or pytest.skip("nginx n’est pas installé")


def test_nginx_takes_its_settings(nginx: str, nginx_settings: Path) -> None:
    tried = [nginx, "-t", "-q", "-e", "stderr", "-c", str(nginx_settings)]
    assert subprocess.run(tried, capture_output=True, text=True, check=False).stderr == ""


def test_nginx_quotes_no_secret_where_it_redirects_or_finds_nobody(
    nginx: str, nginx_settings: Path, tmp_path: Path
) -> None:
    (tmp_path / "servers").write_text(f"server 127.0.0.1:{free_port()};\n", encoding="ascii")
    plain, secure = re.findall(r"listen (\S+?)[ ;]", nginx_settings.read_text(encoding="utf-8"))
    running = subprocess.Popen(
        [nginx, "-e", str(tmp_path / "error.log"), "-c", str(nginx_settings), "-g", "daemon off; user root;"]
    )
    try:
        awaited(lambda: answers(plain), bool)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        pages = HTTPConnection(plain, timeout=20), HTTPSConnection(secure, timeout=20, context=trusting)
        for connection, address in zip(pages, ("/r/SECRET?besoin=SECRET", "/candidats?besoin=SECRET"), strict=True):
            with closing(connection):
                connection.request("GET", address, headers={"Referer": "/SECRET"})
                connection.getresponse().read()
        with closing(HTTPConnection(plain, timeout=20)) as connection:
            connection.request("GET", "/.well-known/acme-challenge/proof")
            assert connection.getresponse().read() == b"proven", "a certificate is renewed"
    finally:
        running.terminate()
        running.wait(20)
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.log"))
    assert '"GET /candidats" 502' in written
    assert "SECRET" not in written


def answers(address: str) -> bool:
    """Tell whether somebody listens there."""
    host, _, port = address.rpartition(":")
    with closing(socket.socket()) as asking:
        return asking.connect_ex((host, int(port))) == 0


def test_the_command_of_a_server_runs_nothing_of_its_environment(tmp_path: Path) -> None:
    kept, runuser = tmp_path / "environment", tmp_path / "runuser"
    kept.write_text('# les pages\nA=Ville de Lille\nB=\'à $(touch vu); "x"\'\nC="q&r=s"\n\nD=', encoding="utf-8")
    runuser.write_text('#!/bin/sh\nprintf "%s|" "$A" "$B" "$C" "$D" "$@"\n', encoding="utf-8")
    runuser.chmod(0o755)
    script = (ROOT / "deploy/entremise").read_text(encoding="utf-8").replace("/etc/entremise/environment", str(kept))
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", script, "entremise", "match"], env=path, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == 'Ville de Lille|à $(touch vu); "x"|q&r=s||-u|entremise|--|/opt/entremise/bin/entremise|match|'
    assert not (tmp_path / "vu").exists()


def test_nginx_writes_no_secret_address(tmp_path: Path) -> None:
    (kept,) = re.findall(r"~(\S+) 0;", (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8"))
    app = create_app(open_database(f"sqlite:///{tmp_path / 'catalogue.sqlite'}"))
    secret = [rule.rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule]
    assert secret
    assert all(re.match(kept, address) for address in secret)


# The chapters that are followed on one machine, one after the other: variables of a shell last from one to the next.
MACHINES = [
    ("One person",),
    ("A team of ten", "A region"),
    ("Containers", "Commands in a container"),
    ("A team of ten", "Renewing the certificate"),
    ("The machine of the database",),
    ("Each machine of pages",),
    ("The machine of nginx",),
]


@pytest.mark.parametrize("chapters", MACHINES, ids=" ; ".join)
def test_the_steps_of_each_machine_are_commands_that_name_what_exists(chapters: tuple[str, ...]) -> None:
    told = "\n".join(map(steps, chapters))
    assert subprocess.run(["bash", "-n"], input=told, capture_output=True, text=True, check=False).stderr == ""
    assert all((ROOT / path).is_file() for path in re.findall(r"\bdeploy/\S+", told))
    for used in re.finditer(r"\$\{?(\w+)", told):
        assert re.search(rf"^{used[1]}=", told[: used.start()], flags=re.MULTILINE), f"${used[1]} is set nowhere before"


def test_units_and_the_command_of_a_server_run_commands_that_exist() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "deploy").iterdir()}
    units = [text for name, text in texts.items() if name.endswith(".service")]
    run = [line.split() for text in units for line in re.findall(r"^ExecStart=\S+/entremise (.*)$", text, re.MULTILINE)]
    assert sorted(words[0] for words in run) == ["serve", "worker"]
    assert all(words[0] in cli.commands for words in run)
    kept = set(re.findall(r"/etc/entremise/environment", " ".join([*units, texts["entremise"]])))
    assert kept == {"/etc/entremise/environment"}


def test_a_server_has_the_heaps_it_is_measured_with(image: dict[str, str]) -> None:
    (told,) = (f"{name}={value}" for name, value in HEAPS.items())
    assert told in image["ENV"].split()
    unit = (ROOT / "deploy/entremise@.service").read_text(encoding="utf-8")
    assert f"Environment={told}" in unit.splitlines()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_major(workflow: Any) -> None:
    for used in re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8")):
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+|\./\.github/workflows/\w+\.yml", used), used


def test_the_workflow_checks_what_the_script_checks() -> None:
    steps = loaded(".github/workflows/check.yml")["jobs"]["check"]["steps"]
    assert steps[-1]["run"] == "bash .ci/run"
    assert (ROOT / ".ci/run").is_file()


def test_tests_are_run_on_a_later_day_those_that_read_the_clock_at_once_and_all_every_week() -> None:
    # Not what the make that may have started the tests was asked for.
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "TESTS")}
    planned = subprocess.run(
        ["make", "--dry-run", "later"], cwd=ROOT, capture_output=True, text=True, check=True, env=alone
    ).stdout
    assert re.search(r"faketime -f \+400d \S+ -m pytest .* @build/clock_readers.txt$", planned, flags=re.MULTILINE)
    assert re.search(r"^make --jobs=2 check\nmake later$", (ROOT / ".ci/run").read_text("utf-8"), flags=re.MULTILINE)
    assert re.search(r"^check: lint site test ", MAKEFILE, flags=re.MULTILINE)
    assert "-p tests.release.clock_readers" in MAKEFILE
    weekly = loaded(".github/workflows/later.yml")
    assert re.fullmatch(r"\d+ \d+ \* \* \d", weekly[True]["schedule"][0]["cron"])
    assert 'bash .ci/run later TESTS="tests --hypothesis-profile thorough"' in [
        step.get("run") for step in weekly["jobs"]["later"]["steps"]
    ]


def test_the_workflow_starts_the_containers_and_ends_with_the_link_of_the_first_account() -> None:
    (chapter,) = re.findall(
        r"tests\.deploy_steps (\w+)", (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    )
    *_, up, link = steps(chapter).splitlines()
    assert up == "docker compose up --build --detach"
    assert re.match(r"docker compose logs .*\| grep premier-compte", link), "fails where there is none"


def test_a_release_is_of_a_tag_checked_before() -> None:
    release = loaded(".github/workflows/release.yml")
    (tag,) = release[True]["push"]["tags"]  # YAML reads « on » as true
    assert re.fullmatch(tag.replace(".", r"\."), f"v{PROJECT['version']}")
    jobs = release["jobs"]
    assert jobs["check"]["uses"] == "./.github/workflows/check.yml"
    assert jobs["release"]["needs"] == "check"
    assert "make dist" in [step.get("run") for step in jobs["release"]["steps"]]


def test_what_hooks_and_workflows_call_is_in_the_makefile() -> None:
    hooks = [hook for repo in loaded(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert [hook["language"] for hook in hooks] == ["system"] * len(hooks), "nothing but what make installs"
    called = [hook["entry"] for hook in hooks]
    called += [call for path in WORKFLOWS for call in re.findall(r"- run: (make .*)", path.read_text(encoding="utf-8"))]
    for words in map(shlex.split, called):
        assert words[0] == "make"
        assert re.search(rf"^{words[1]}:", MAKEFILE, flags=re.MULTILINE), words


def test_the_changelog_has_notes_for_this_version() -> None:
    told = keepachangelog.to_dict(ROOT / "CHANGELOG.md", show_unreleased=True)
    assert list(told)[:2] == ["unreleased", PROJECT["version"]]
    assert f"\nversion: {PROJECT['version']}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    kinds = {"added", "changed", "deprecated", "removed", "fixed", "security"}
    assert all(kinds & notes.keys() for version, notes in told.items() if version[0].isdigit())
    shown = [sys.executable, "-m", "keepachangelog", "show", PROJECT["version"]]
    assert "### " in subprocess.run(shown, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_nothing_is_said_to_be_installed_from_an_index() -> None:
    """Entremise is on none: « pip install entremise » would install what a stranger put there."""
    texts = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    texts += [path for root in ("matcher", "importers") for path in (ROOT / root).rglob("*.py")]
    for path in texts:
        assert not re.findall(r"pipx? install [\\'\"]*entremise\b(?! @)", path.read_text(encoding="utf-8")), path
