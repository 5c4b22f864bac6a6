"""Shared by every test: where the real data is, and that in `.ci/run` nothing is skipped."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; a test that asks for it is skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"données réelles absentes : {SHARED.name}/ n’est pas à côté du projet")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Turn a skip into a failure where everything needed is installed (`ENTREMISE_NO_SKIP`)."""
    report = yield
    if report.skipped and os.environ.get("ENTREMISE_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"ignoré alors que rien ne doit manquer ici : {report.longrepr}"
    return report
