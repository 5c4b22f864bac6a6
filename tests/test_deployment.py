"""The files that put Entremise to work elsewhere: image, containers, workflows and hooks name what exists, and hold no secret."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import keepachangelog
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import make_url

from importers.online.services import SERVICES
from matcher import settings
from matcher.cli.admin.serve import PORT, serve_command
from tests.audit import AuditRefused, audit
from tests.conftest import ROOT
from tests.importers.server import JSON, Answer, in_turn, serving

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
VARIABLE = re.compile(r"ENTREMISE_[A-Z_]*[A-Z]\b")


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def image() -> dict[str, str]:
    """The instructions of the Dockerfile by their name: each stands there once."""
    joined = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = re.findall(r"^([A-Z]+) (.*)$", joined, flags=re.MULTILINE)
    assert len(dict(lines)) == len(lines)
    return dict(lines)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of compose.yaml."""
    found: dict[str, Any] = loaded("compose.yaml")["services"]
    return found


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


def test_the_image_has_a_python_and_an_extra_that_exist_and_is_no_root(image: dict[str, str]) -> None:
    chosen, least = (re.findall(r"3\.(\d+)", text) for text in (image["FROM"], PROJECT["requires-python"]))
    assert int(*chosen) >= int(*least)
    (extra,) = re.findall(r'"/source\[(\w+)\]"', image["RUN"])
    assert extra in PROJECT["optional-dependencies"]
    assert f"--uid {image['USER']} " in image["RUN"]
    assert image["USER"] != "0"


def test_one_database_and_one_server_each_say_whether_they_are_well(
    services: dict[str, Any],
) -> None:
    assert services.keys() == {"db", "web"}
    assert services["web"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["db"]["healthcheck"]["test"][1] == "pg_isready"
    (asked,) = re.findall(rf"http://127\.0\.0\.1:{PORT}/([\w/.]+)", services["web"]["healthcheck"]["test"][-1])
    assert (ROOT / "matcher/web" / asked).is_file()
    held = {volume.split(":")[0] for service in services.values() for volume in service["volumes"]}
    assert held == loaded("compose.yaml")["volumes"].keys()


def test_the_pages_are_published_on_this_computer_alone(services: dict[str, Any]) -> None:
    assert services["web"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert "ports" not in services["db"]


def test_the_server_reaches_the_database_that_is_beside_it(services: dict[str, Any]) -> None:
    url = make_url(services["web"]["environment"][settings.DATABASE_VARIABLE])
    database = services["db"]["environment"]
    assert (url.host, url.username, url.database) == ("db", database["POSTGRES_USER"], database["POSTGRES_USER"])
    assert services["db"]["image"].partition(":")[0] == "postgres"


def test_the_server_is_told_only_what_the_code_reads(services: dict[str, Any]) -> None:
    told = services["web"]["environment"].keys() - {"PGPASSWORD"}
    assert told <= variables_of_the_code()
    assert settings.HOSTS_VARIABLE in told


def test_no_secret_is_written(services: dict[str, Any]) -> None:
    given = [(name, value) for service in services.values() for name, value in service["environment"].items()]
    secrets = [value for name, value in given if re.search("PASSWORD|SECRET", name)]
    assert len(secrets) == 3
    assert all(re.fullmatch(r"\$\{\w+:\?.*\}", value) for value in secrets), "asked of whoever starts it"
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_major(workflow: Any) -> None:
    for used in re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8")):
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+|\./\.github/workflows/\w+\.yml", used), used


def test_the_workflow_checks_what_the_script_checks() -> None:
    steps = loaded(".github/workflows/check.yml")["jobs"]["check"]["steps"]
    assert steps[-1]["run"] == "bash .ci/run"
    assert (ROOT / ".ci/run").is_file()


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
    kinds = {"added", "changed", "deprecated", "removed", "fixed", "security"}
    assert all(kinds & notes.keys() for version, notes in told.items() if version[0].isdigit())
    shown = [sys.executable, "-m", "keepachangelog", "show", PROJECT["version"]]
    assert "### " in subprocess.run(shown, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_lock_agrees_with_pyproject_and_gives_the_hashes_of_each() -> None:
    """Otherwise: `make lock`."""
    pins = re.findall(r"^(\S+==[^\\]+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK, flags=re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\w", LOCK, flags=re.MULTILINE)), "each with its hashes"
    held: dict[str, list[Requirement]] = {}
    for pin in (Requirement(pin) for pin, _ in pins):
        held.setdefault(canonicalize_name(pin.name), []).append(pin)
    for asked in map(Requirement, [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgresql"]]):
        versions = [next(iter(pin.specifier)).version for pin in held.get(canonicalize_name(asked.name), ())]
        assert versions, asked
        assert all(asked.specifier.contains(version) for version in versions), asked


def advisory(name: str) -> Answer:
    """An answer of the service OSV: one advisory on a package."""
    affected = [{"package": {"name": name, "ecosystem": "PyPI"}}]
    return Answer(json.dumps({"vulns": [{"id": f"ESSAI-{name}", "affected": affected}]}).encode(), headers=JSON)


@pytest.mark.slow(reason="each question is a run of pip-audit")
def test_the_audit_names_a_package_that_is_known_for_vulnerable(tmp_path: Path) -> None:
    pins = tmp_path / "pins.lock"
    pins.write_text("requests==2.19.0\nurllib3==2.8.0\n", encoding="utf-8")
    sound = Answer(b"{}", headers=JSON)
    with serving(in_turn(advisory("jinja2"), advisory("requests"), sound)) as osv:
        assert audit(pins, osv.base) == ["requests 2.19.0 : ESSAI-requests"]


@pytest.mark.slow(reason="each question is a run of pip-audit")
def test_an_audit_that_asks_nobody_or_is_told_nothing_fails() -> None:
    pins = ROOT / "requirements.lock"
    with (
        serving(in_turn(Answer(b"{}", headers=JSON))) as osv,
        pytest.raises(AuditRefused, match="vulnérable à coup sûr"),
    ):
        audit(pins, osv.base)
    with pytest.raises(AuditRefused, match="n’a pas pu être interrogé"):
        audit(pins, osv.base)
