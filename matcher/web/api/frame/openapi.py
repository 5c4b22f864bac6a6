"""OpenAPI 3.1 of the API: made of the doors by spectree, completed by what all of them share."""

import json
import re
import shlex
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

from matcher.cleaning.words import fold
from matcher.paths import shipped_path
from matcher.web.api.frame.door import DOORS, IDEMPOTENCY, JSON, JSON_LINES, LONGEST_KEY, SPEC, Door, bare
from matcher.web.api.frame.reading import FORM
from matcher.web.frame.problem import API_ROOT, KINDS, MACHINES

# What the data of decisions hold, by operation: drawn from answers of the sample (`make api`), for no shape of them is declared.
DRAWN = shipped_path("data/reference/reponses_api.json")
_IS_DRAWN = "Établi d’après des réponses de l’exemple : une autre peut avoir une clé de plus."
# The part of the description that one reads first; the others are by the names of their files.
FIRST = "Besoin"
_PROBLEM = "application/problem+json"
_ANSWER = "La réponse."
_EACH_LINE = "Un objet JSON par ligne ; le schéma est celui d’une ligne."
_SAME = {"description": "Rien n’a changé depuis la réponse de cette marque (If-None-Match)."}
_MARK = {"ETag": {"description": "Marque de ce qui est lu.", "schema": {"type": "string"}}}
_IF_CHANGED = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "La marque (ETag) d’une réponse que vous avez déjà.",
    "schema": {"type": "string"},
}
_ONCE = {
    "name": IDEMPOTENCY,
    "in": "header",
    "required": False,
    "description": "Une clé tirée au hasard : la même demande, renvoyée sous la même clé dans la journée, n’écrit qu’une fois.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}
_QUOTA = {
    "RateLimit-Policy": {
        "description": "Combien de demandes (`q`) un jeton fait en combien de secondes (`w`), quel que soit le serveur. Absent où aucun jeton n’est demandé.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "Combien il lui en reste (`r`), et dans combien de secondes il en retrouve (`t`).",
        "schema": {"type": "string"},
    },
}
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "Jeton créé dans « Mon compte ». Sur votre ordinateur seul, aucun n’est demandé.",
}


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """Return the description of the API, the same for every application. Within a request or an application's context."""
    document: dict[str, Any] = deepcopy(SPEC.spec)
    document["tags"].sort(key=lambda tag: tag["name"] != FIRST)
    document["tags"] = [{"name": _ascii(tag["name"]), "description": tag["name"]} for tag in document["tags"]]
    document["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    document["security"] = [{"jeton": []}]
    document["components"]["securitySchemes"] = {"jeton": _TOKEN}
    document["components"]["headers"] = _QUOTA
    for schema in document["components"]["schemas"].values():
        schema["title"] = bare(schema.get("title", ""))
    schemas = document["components"]["schemas"]
    drawn = json.loads(DRAWN.read_text(encoding="utf-8"))
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
            if operation["operationId"] in drawn:
                _tell_data(operation, schemas, drawn[operation["operationId"]])
    return document


def _tell_data(values: Mapping[str, Any], schemas: dict[str, Any], data: Mapping[str, Any]) -> None:
    """Have an operation answer a decision whose data are drawn, but for what their shape declares."""
    name = "".join(word.title() for word in values["operationId"].split("_"))
    answer = values["responses"]["200"]["content"][JSON]
    decision = schemas[answer["schema"]["$ref"].rpartition("/")[2]]
    shape = decision["properties"]["data"]
    declared = schemas[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else {}
    schemas[f"{name}Data"] = {
        "title": f"{name}Data",
        "description": _IS_DRAWN,
        **data,
        "properties": {**data["properties"], **declared.get("properties", {})},
        "required": declared.get("required", []),
    }
    schemas[f"{name}Decision"] = {
        **decision,
        "title": f"{name}Decision",
        "properties": {**decision["properties"], "data": {"$ref": f"#/components/schemas/{name}Data"}},
    }
    answer["schema"] = {"$ref": f"#/components/schemas/{name}Decision"}


def _complete(method: str, operation: dict[str, Any]) -> None:
    door = DOORS[f"{MACHINES}.{operation['operationId']}"]
    operation["tags"] = list(map(_ascii, operation["tags"]))
    if door.leave is None:
        operation["security"] = []
    else:
        for answer in operation["responses"].values():
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _QUOTA}
    for status, answer in operation["responses"].items():
        answer["description"] = (
            " Ou : ".join(kind.title for kind in KINDS.values() if kind.status == int(status)) or _ANSWER
        )
        if int(status) >= 400:
            answer["content"] = {_PROBLEM: answer["content"][JSON]}
    if method == "get":
        operation["responses"]["200"]["headers"] = operation["responses"]["200"].get("headers", {}) | _MARK
        operation["responses"]["304"] = _SAME
        operation["parameters"].append(_IF_CHANGED)
    elif door.once:
        operation["parameters"].append(_ONCE)
    if door.media != JSON or door.headers:
        _tell_answer(operation["responses"]["200"], door)
    if body := operation.get("requestBody"):
        (media,) = body["content"].values()  # spectree says « multipart/form-data » of any form
        body["content"] = {FORM if door.form else JSON: media | {"example": dict(door.example)}}


def _tell_answer(answer: dict[str, Any], door: Door) -> None:
    """Have an answer be of the medium of its door, with the headers of its own."""
    payload = answer.get("content", {}).get(JSON, {"schema": {"type": "string"}})
    own = {name: {"description": says, "schema": {"type": "string"}} for name, says in door.headers.items()}
    answer |= {"content": {door.media: payload}, "headers": answer.get("headers", {}) | own}
    if door.media == JSON_LINES:
        answer["description"] = _EACH_LINE


def _ascii(part: str) -> str:
    """The name of a part of the description as clients name their modules: « reponses-partagees »."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(part.replace("’", ""))))


def body_fields(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of the body that an operation takes, each by its name; none where it takes no body."""
    if "requestBody" not in operation:
        return {}
    (media,) = operation["requestBody"]["content"].values()
    name = media["schema"]["$ref"].rpartition("/")[2]
    properties: Mapping[str, Any] = openapi()["components"]["schemas"][name].get("properties", {})
    return properties


def curl(operation: str, base: str) -> str:
    """Return the command line by which anybody can try an operation on the sample catalogue, served under `base`."""
    door = DOORS[f"{MACHINES}.{operation}"]
    rule, left = door.rule, dict(door.example)
    for name in re.findall(r"(\w+)>", rule):
        rule = re.sub(rf"<[^<>]*\b{name}>", str(left.pop(name)), rule)
    address = f"{base}{API_ROOT}{rule}"
    if door.form:
        words = [address, *_query(left)]
    elif door.method == "POST":
        words = [address, "--json", json.dumps(left, ensure_ascii=False)]
    else:
        words = [*(["--get"] if left else []), address, *_query(left)]
    return shlex.join(["curl", *words])


def _query(parameters: Mapping[str, Any]) -> list[str]:
    """The parameters of an address as curl writes them, a list one by one."""
    pairs = [
        (name, one) for name, its in parameters.items() for one in (its if isinstance(its, list | tuple) else [its])
    ]
    return [word for name, one in pairs for word in ("--data-urlencode", f"{name}={one}")]
