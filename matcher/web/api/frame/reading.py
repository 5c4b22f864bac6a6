"""Reading of what a machine sends, strictly: JSON, and the parameters of an address; a breach is a problem that names the field."""

import codecs
import re
from typing import Any, TypeVar

import msgspec
from flask import Request

from matcher.web.frame.problem import FieldProblem, ProblemDetails

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

_JSON = "application/json"
# What msgspec says, and the same in French. The first that fits is told.
_SAID = (
    (re.compile(r"Object contains unknown field `(.*)`"), "Le champ « {} » n’existe pas."),
    (re.compile(r"Object missing required field `(.*)`"), "Le champ « {} » manque."),
    (re.compile(r"Invalid enum value (.*)"), "La valeur {} n’est pas une de celles que la description donne."),
    (re.compile(r"Expected `([^`]*)`, got `([^`]*)`"), "Attendu : {} ; reçu : {}."),
    (re.compile(r"(.*)"), "La valeur est hors de ce que la description permet ({})."),
)
_TYPES = {
    "str": "un texte",
    "int": "un nombre entier",
    "float": "un nombre",
    "bool": "vrai ou faux",
    "null": "rien",
    "array": "une liste",
    "object": "un objet",
}
_PLACE = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")


def body(request: Request, wanted: type[T]) -> T:
    """Return the body of a request as `wanted`. Raises ProblemDetails, and RequestEntityTooLarge where it is too big."""
    if request.mimetype != _JSON or request.headers.get("Content-Encoding", "identity") != "identity":
        raise ProblemDetails("format-refuse")
    sent = request.get_data().removeprefix(codecs.BOM_UTF8)
    try:
        return msgspec.json.decode(sent, type=wanted)
    except msgspec.ValidationError as error:
        raise _refused(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProblemDetails("corps-illisible", _unreadable(error)) from error
    except RecursionError as error:
        raise ProblemDetails("corps-illisible", "Des objets y sont emboîtés trop profond.") from error


def parameters(request: Request, wanted: type[S]) -> S:
    """Return the parameters of an address as `wanted`: what is a list there may be given several times. Raises ProblemDetails."""
    lists = {field.name for field in msgspec.structs.fields(wanted) if "list" in str(field.type)}
    given: dict[str, Any] = {
        name: values if name in lists or len(values) > 1 else values[0] for name, values in request.args.lists()
    }
    try:
        return msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise _refused(error) from error


def _refused(error: msgspec.ValidationError) -> ProblemDetails:
    told = str(error)
    place = _PLACE.search(told)
    says = _french(_PLACE.sub("", told))
    its: FieldProblem = {"field": place[1] if place else "", "says": says}
    return ProblemDetails("champ-refuse", f"{its['field']} : {says}" if its["field"] else says, errors=[its])


def _french(told: str) -> str:
    for pattern, says in _SAID:
        if found := pattern.fullmatch(told):
            return says.format(
                *(" ou ".join(_TYPES.get(one, one) for one in part.split(" | ")) for part in found.groups())
            )
    return told


def _unreadable(error: msgspec.DecodeError | UnicodeDecodeError) -> str:
    """Why a body is no JSON: the byte where it stops being."""
    if isinstance(error, UnicodeDecodeError):
        return f"Il n’est pas en UTF-8 (octet {error.start})."
    byte = re.search(r"\(byte (\d+)\)", str(error))
    return (
        f"Ce n’est pas du JSON à partir de l’octet {byte[1]}."
        if byte
        else "Le JSON s’arrête avant sa fin, ou n’est pas lisible."
    )
