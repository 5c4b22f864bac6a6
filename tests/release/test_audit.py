"""The audit of what a server installs names what is vulnerable, and fails where it learns nothing."""

import json
from pathlib import Path

import pytest

from tests.importers.server import JSON, Answer, in_turn, serving
from tests.release.audit import LOCK, AuditRefused, audit


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
    with (
        serving(in_turn(Answer(b"{}", headers=JSON))) as osv,
        pytest.raises(AuditRefused, match="vulnérable à coup sûr"),
    ):
        audit(LOCK, osv.base)
    with pytest.raises(AuditRefused, match="n’a pas pu être interrogé"):
        audit(LOCK, osv.base)
