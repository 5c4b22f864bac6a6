"""Static files: vendored as they were published, nothing from elsewhere, and kept for good by the browser."""

import gzip
import hashlib
import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from matcher.web.frame.assets import asset
from tests.conftest import ROOT

STATIC = ROOT / "matcher/web/static"
VENDOR = STATIC / "vendor"
TEMPLATES = ROOT / "templates"


def test_vendored_files_are_those_of_their_readme() -> None:
    rows = [line for line in (VENDOR / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {row.split("`")[1]: row.split("`")[-2] for row in rows}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.suffix in (".js", ".css")
    }
    assert told == found
    for row in rows:
        assert (VENDOR / row.split("`")[3]).is_file()


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source), path
        assert "<style" not in source, path
        assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|javascript:", source), path
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", source), path
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert not re.search(
            r"@import|url\(\s*['\"]?(?:https?:)?//|\beval\(|innerHTML|insertAdjacentHTML", path.read_text("utf-8")
        ), path


def test_a_versioned_file_is_kept_and_compressed(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = asset("entremise.css")
    assert re.search(r"\?v=[0-9a-f]{10}$", address)
    answer = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == (STATIC / "entremise.css").read_bytes()
    assert client.get(address, buffered=True).data == (STATIC / "entremise.css").read_bytes()
    assert "immutable" not in client.get("/static/entremise.css", buffered=True).headers.get("Cache-Control", "")


def test_templates_escape_what_they_are_given(app: Flask) -> None:
    assert app.jinja_env.autoescape is not False
    for path in TEMPLATES.rglob("*.html"):
        assert "|safe" not in Path(path).read_text(encoding="utf-8"), path


def test_no_rule_of_a_stylesheet_is_shut_inside_another() -> None:
    """A brace lost in a merge hides all that follows in a rule for paper: nothing is nested but rules inside `@media`."""
    for path in STATIC.glob("*.css"):
        text = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        depth = 0
        for piece in re.findall(r"[^{}]*[{}]", text):
            depth += 1 if piece.endswith("{") else -1
            heads = piece.strip().startswith("@")
            assert 0 <= depth <= 2, (path.name, piece)
            assert not (
                piece.endswith("{") and heads and depth > 1 and "@top" not in piece and "@bottom" not in piece
            ), piece
        assert depth == 0, path.name
