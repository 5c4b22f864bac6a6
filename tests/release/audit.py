"""Audit of requirements-batch.lock, as `make audit` runs it: every known advisory on what is installed, by pip-audit and the service OSV.

It fails where an advisory is found, and as well where the service cannot be asked or does not know a package that is vulnerable for certain:
an audit that finds nothing because it asked nothing has passed for years.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import ROOT

# It holds every pin of requirements.lock, as tests/release/test_locks.py checks.
LOCK = ROOT / "requirements-batch.lock"
SERVICE = "https://api.osv.dev/v1/query"
# Vulnerable for certain: CVE-2019-10906, a sandbox that lets out, mended in 2.10.1.
CANARY = "jinja2==2.10"


class AuditRefused(Exception):
    """An audit that could not be made, or whose answer is worth nothing."""


def advisories(requirements: Path, service: str) -> dict[str, list[str]]:
    """Return the advisories on what a file of requirements pins, by package and version. Raises AuditRefused."""
    asked = ["--requirement", str(requirements), "--disable-pip", "--no-deps", "--strict", "--format", "json"]
    with TemporaryDirectory() as cache:
        told = subprocess.run(
            [sys.executable, "-m", "pip_audit", *asked, "--progress-spinner", "off", "--cache-dir", cache,
             "--vulnerability-service", "osv", "--osv-url", service],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )  # fmt: skip
    try:
        found = json.loads(told.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        raise AuditRefused(f"{service} n’a pas pu être interrogé : {told.stderr.strip()[-300:]}") from None
    return {f"{one['name']} {one['version']}": [its["id"] for its in one["vulns"]] for one in found}


def audit(requirements: Path, service: str = SERVICE) -> list[str]:
    """Return a line for each package that has an advisory. Raises AuditRefused."""
    with TemporaryDirectory() as folder:
        canary = Path(folder, "canary.txt")
        canary.write_text(CANARY, encoding="utf-8")
        if not any(advisories(canary, service).values()):
            raise AuditRefused(f"{service} ne dit rien de {CANARY}, vulnérable à coup sûr : sa réponse ne vaut rien.")
    return [f"{package} : {', '.join(ids)}" for package, ids in advisories(requirements, service).items() if ids]


if __name__ == "__main__":
    try:
        found = audit(LOCK)
    except AuditRefused as refused:
        sys.exit(f"L’audit n’a pas eu lieu. {refused}")
    sys.exit("\n".join(found) or 0)
