"""The part of docs/api.md that `make api` writes: each door with what it takes and a line of curl, and each refusal."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask

from matcher.cli.admin.serve import LOOPBACK, PORT
from matcher.web.api import app as machines
from matcher.web.api.frame.endpoint import api
from matcher.web.api.frame.openapi import body_fields, curl, openapi
from matcher.web.frame.problem import KINDS
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "api.md"
BASE = f"http://{LOOPBACK}:{PORT}"
BEGIN = "<!-- Écrit par « make api » : rien ne se change d’ici à la marque suivante. -->\n"
END = "<!-- Fin de ce qu’écrit « make api ». -->\n"


def page() -> str:
    """Return the page as it should be."""
    app = Flask(machines.__name__)
    app.register_blueprint(api)
    with app.app_context():
        told = "\n".join(_written(openapi()))
    return re.sub(f"(?s){BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{told}\n{END}", PAGE.read_text(encoding="utf-8"))


def _written(its: Mapping[str, Any]) -> Iterator[str]:
    for tag in its["tags"]:
        yield f"## {tag['description']}\n"
        for path, operations in its["paths"].items():
            for method, one in operations.items():
                if one["tags"] == [tag["name"]]:
                    yield from _operation(f"{method.upper()} {path}", one)
    yield "## Les refus\n\n| code | statut | ce que c’est | que faire |\n|---|---|---|---|"
    for code, kind in KINDS.items():
        yield f"| `{code}` | {kind.status} | {kind.title} | {kind.advice} |"
    yield ""


def _operation(title: str, one: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {title}\n{one['summary']} {one['description']}".rstrip() + "\n"
    in_address = {its["name"]: its["description"] for its in one["parameters"] if its["in"] != "header"}
    in_body = {name: field.get("description", "") for name, field in body_fields(one).items()}
    asked = [its["name"] for its in one["parameters"] if its["in"] == "query"]
    for where, fields in ((f"Dans l’adresse (`?{'=…&'.join(asked)}=…`) :", in_address), ("Dans le corps :", in_body)):
        if fields:
            if in_body and asked:
                yield f"{where}\n"
            yield "\n".join(f"- `{name}`{f' : {told}' if told else ''}" for name, told in fields.items()) + "\n"
    yield f"```sh\n{curl(one['operationId'], BASE)}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
