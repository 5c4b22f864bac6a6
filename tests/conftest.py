"""Shared by every test: where the real data is, and that in `.ci/run` nothing is skipped."""

import gc
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.templating import Environment
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.cli.app import COLLECTIONS
from matcher.db import open_database
from matcher.jobs.reader_child import ReadingRequest, ReadValue, call_function, encode_value, load_name
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.stop import Stop
from matcher.paths import shipped_path
from matcher.render.described_file import set_head_notice
from matcher.settings import CACHE_VARIABLE
from tests.engines import ENGINES, own_catalogue, quick_catalogues
from tests.matcher.mail.mailbox import SENDER, Mailbox
from tests.matcher.mail.mailbox import serving as mail_served
from tests.matcher.web.club_pages import written
from tests.waiting import LONGEST_S, USUAL

# How long an example takes tells of the machine and of its load, never of what is promised.
# Each run draws others: what one leaves out the next tries, and every week a run tries many.
settings.register_profile("entremise", deadline=None, max_examples=USUAL)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.register_profile("thorough", deadline=None, max_examples=150)
settings.load_profile("entremise")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
TELEPHONE = re.compile(r"03 53 01 \d\d \d\d")  # the range that the Arcep keeps for fiction
SAMPLES = (("emplois", "emplois.json"), ("finess", "finess.csv"), ("hosmoz", "hosmoz.csv"))


# The fixtures that make a test slow, and why; another slow test says so itself: `@pytest.mark.slow(reason=…)`.
SLOW_FIXTURES = {
    "shared": "it reads the real directories",
    "browser": "it opens a browser",
    "installed": "it builds the wheel and installs it",
}


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; a test that asks for it is skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"données réelles absentes : {SHARED.name}/ n’est pas à côté du projet")
    return SHARED


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: a third of the time of all tests is waited for a browser, a server, a database."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is collected stays until the end, and is looked through for rubbish no more: it was a quarter of the time of all tests."""
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """No test reads or writes the user's cache folder, nor does a module of tests while it is collected."""
    cache = tempfile.TemporaryDirectory(prefix="entremise-")
    config.add_cleanup(cache.cleanup)
    patch = pytest.MonkeyPatch()
    patch.setenv(CACHE_VARIABLE, cache.name)
    patch.delenv("COLUMNS", raising=False)  # tables are as wide as on any machine
    config.add_cleanup(patch.undo)
    gc.set_threshold(*COLLECTIONS)
    # A shell has what it runs in the background ignore Ctrl+C, and so would the servers that tests stop by it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Templates are compiled once for all the applications that tests make: it was a quarter of their time."""
    kept = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("gabarits")))
    with pytest.MonkeyPatch.context() as patch:
        # From Python 3.13 on, a partial in a class warns that it will be a method.
        patch.setattr(Flask, "jinja_environment", staticmethod(partial(Environment, bytecode_cache=kept)))
        yield


@pytest.fixture(autouse=True, scope="session")
def compiled_routes() -> Iterator[None]:
    """The addresses of the pages are compiled once for all the applications that tests make, as the templates are."""
    compile_one, kept = Rule._compile_builder, dict[tuple[object, ...], Callable[..., tuple[str, str]]]()

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, *rule._trace, *(rule.defaults or {}).items(), append_unknown)
        if key not in kept:
            kept[key] = compile_one(rule, append_unknown)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        yield


@pytest.fixture(autouse=True, scope="session")
def light_catalogues() -> Iterator[None]:
    """New catalogues are made as Alembic made the first one, without its work: it was half of the time of a test that writes."""
    with quick_catalogues():
        yield


@pytest.fixture(autouse=True, scope="session")
def light_passwords() -> Iterator[None]:
    """The same library with less work: what a password costs to whoever guesses is the matter of `test_passwords.py` alone."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.accounts.passwords._HASHER", light)
        patch.setattr("matcher.accounts.sessions.NOBODY", light.hash("personne"))
        yield


@pytest.fixture(autouse=True, scope="session")
def patient_pages() -> Iterator[None]:
    """A page waits for the catalogue as it has become, however busy the machine: which version answers meanwhile is the matter of
    `test_shelf_cache.py` alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.catalogue.store.shelf_cache.PATIENCE_S", LONGEST_S)
        yield


@pytest.fixture(autouse=True)
def no_notice_left() -> Iterator[None]:
    """The notice that a page puts at the head of files is not that of the next test."""
    yield
    set_head_notice("")


@pytest.fixture(scope="module")
def read_here() -> Iterator[None]:
    """Files are read in this process, by the same function and through the same JSON: an interpreter for each was nearly all of the time
    of a test of what a file says. What a process protects from is the matter of `test_reader_process.py` and `test_foreign_bytes.py`."""

    def answers(name: str, request: ReadingRequest, stop: Stop, cure: str) -> Iterator[ReadValue[msgspec.Raw]]:
        try:
            for value in call_function(request):
                stop.check()
                yield ReadValue(type(value).__name__, msgspec.Raw(encode_value(value)))
        except tuple(map(load_name, request.refusals)) as refusal:
            raise ReadRefused(str(refusal)) from None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.jobs.reader_process._answers", answers)
        yield


@pytest.fixture(params=ENGINES)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a catalogue that does not exist yet, on each database in turn: what a contract test asks for."""
    with own_catalogue(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def engine(new_url: str) -> Iterator[Engine]:
    """An empty catalogue, on each database in turn."""
    engine = open_database(new_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def real_catalogue(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a catalogue of the real `emplois` and `finess` files, built once; a test that writes takes a copy."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('reel') / 'catalogue.sqlite').as_posix()}"
    engine = open_database(url)
    for key, name in (("emplois", "les_emplois_marche.json"), ("finess", "finess_esat_ea_2021.csv")):
        run_import(engine, REGISTRY[key], [Source(shared / "data/sources" / name)], now=datetime(2026, 11, 1))  # noqa: DTZ001
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a catalogue of the invented sample, without its telephones: that none is known is what most pages must bear.

    Built once; read only: a test that writes takes a copy."""
    path = tmp_path_factory.mktemp("exemple") / "catalogue.sqlite"
    engine = open_database(f"sqlite:///{path.as_posix()}")
    for key, name in SAMPLES:
        silent = path.with_name(name)
        silent.write_text(TELEPHONE.sub("", shipped_path(f"data/samples/{name}").read_text("utf-8")), "utf-8")
        run_import(engine, REGISTRY[key], [Source(silent)], now=datetime(2026, 11, 1))  # noqa: DTZ001
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def with_event(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a catalogue that holds the event; read only: a test takes a copy."""
    path = tmp_path_factory.mktemp("club") / "catalogue.sqlite"
    shutil.copy(built, path)
    engine = open_database(f"sqlite:///{path.as_posix()}")
    written(engine)
    engine.dispose()
    return path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by what it asks for, before a choice by marks is made, and run modules that have such tests first, so that none of the
    processes ends long after the others; a slow test that does not say why stops everything."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        for fixture in SLOW_FIXTURES.keys() & asked:
            item.add_marker(pytest.mark.slow(reason=SLOW_FIXTURES[fixture]))
        if "shared" in asked:
            item.add_marker(pytest.mark.real_data)
        if any(not mark.kwargs.get("reason") for mark in item.iter_markers("slow")):
            raise pytest.UsageError(f"{item.nodeid} : un essai lent dit pourquoi, « slow(reason=…) ».")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Turn a skip into a failure where everything needed is installed (`ENTREMISE_NO_SKIP`)."""
    report = yield
    if report.skipped and os.environ.get("ENTREMISE_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"ignoré alors que rien ne doit manquer ici : {report.longrepr}"
    return report


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A server of messages, which the settings name."""
    mailbox = Mailbox()
    with mail_served(mailbox) as server:
        given = {"HOST": server.host, "PORT": str(server.port), "SECURITY": "aucune", "FROM": SENDER}
        for name, value in given.items():
            monkeypatch.setenv(f"ENTREMISE_SMTP_{name}", value)
        yield mailbox
