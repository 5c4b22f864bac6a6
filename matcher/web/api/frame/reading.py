"""Strict parsing of API requests: a JSON body, a form or the parameters of an address becomes the msgspec type that its endpoint declares, and
each fault a problem answer (RFC 9457) in French that names the field."""

import codecs
import json
import re
from collections import Counter
from typing import Any, NoReturn, TypeVar

import msgspec
import msgspec.inspect
from flask import Request
from werkzeug.datastructures import MultiDict

from matcher.typed_values import convert_value, decode_json
from matcher.web.frame.problem import FieldProblem, ProblemDetails

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_TOO_DEEP = "Des objets y sont emboîtés trop profond."
_REPEATED = "Ce champ est écrit deux fois dans le même objet : gardez-en un."
# Messages of msgspec and their French translations; the first pattern that matches is used.
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


class NoParameters(msgspec.Struct, forbid_unknown_fields=True):
    """The parameters of an endpoint that takes none."""


class _Unreadable(Exception):
    """A text that is not JSON; the message, in French, gives the place of the fault."""


class _KeyRepeated(Exception):
    """A key that a JSON object has twice: which value counts is not for us to choose."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_body(request: Request, wanted: type[T], in_address: type[msgspec.Struct] = NoParameters) -> T:
    """Return the JSON body of a request as `wanted`; a field of `in_address` (the parameters) is refused with a hint. Raises ProblemDetails, and
    RequestEntityTooLarge where it is too big."""
    _check_media_type(request, _JSON, "")
    try:
        return _decode(request.get_data().removeprefix(codecs.BOM_UTF8), wanted)
    except _KeyRepeated as error:
        raise _field_refused("champ-refuse", error.key, _REPEATED) from error
    except msgspec.ValidationError as error:
        raise _refuse_field(error, in_address, "se donne dans l’adresse (?{}=…), non dans le corps") from error
    except _Unreadable as error:
        raise ProblemDetails("corps-illisible", str(error)) from error
    except RecursionError as error:
        raise ProblemDetails("corps-illisible", _TOO_DEEP) from error


def read_form(request: Request, wanted: type[S]) -> S:
    """Return the HTML form of a request as `wanted`. Raises ProblemDetails, and RequestEntityTooLarge where it is too big."""
    _check_media_type(request, FORM, f"Envoyez un formulaire : « Content-Type: {FORM} », sans « Content-Encoding ».")
    return _struct_of_texts(request.form, wanted)


def _check_media_type(request: Request, mimetype: str, advice: str) -> None:
    if request.mimetype != mimetype or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ProblemDetails("format-refuse", advice)


def in_text(text: str | msgspec.Raw, wanted: type[T], field: str) -> T:
    """Parse the JSON text that a field of the request contains, as `wanted`. Raises ProblemDetails."""
    try:
        return _decode(text if isinstance(text, str) else bytes(text), wanted)
    except _KeyRepeated as error:
        raise text_refused(f"{field}.{error.key}", _REPEATED) from error
    except msgspec.ValidationError as error:
        place, says = _place_and_reason(error)
        raise text_refused(f"{field}.{place}" if place else field, says) from error
    except _Unreadable as error:
        raise text_refused(field, str(error)) from error
    except RecursionError as error:
        raise text_refused(field, _TOO_DEEP) from error


def _decode(sent: bytes | str, wanted: type[T]) -> T:
    """Parse JSON as `wanted`; a key given twice in an object is refused. Raises _Unreadable, _KeyRepeated, RecursionError, msgspec.ValidationError."""
    try:
        text = sent if isinstance(sent, str) else sent.decode()
    except UnicodeDecodeError as error:
        raise _Unreadable(f"Il n’est pas en UTF-8 (octet {error.start}).") from error
    try:
        value = decode_json(text, wanted)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, ValueError) as error:
        try:
            json.loads(text, parse_constant=_refuse_constant)
        except json.JSONDecodeError as fault:
            if text[fault.pos :].strip():
                place = len(text[: fault.pos].encode(errors="replace"))
                raise _Unreadable(f"Ce n’est pas du JSON à partir de l’octet {place}.") from error
        raise _Unreadable("Le JSON s’arrête avant sa fin, ou n’est pas lisible.") from error
    # msgspec silently takes the last of two equal keys.
    json.loads(text, object_pairs_hook=_refuse_repeated_key, parse_int=str, parse_float=str)
    return value


def _refuse_repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _KeyRepeated(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return values


def text_refused(field: str, says: str) -> ProblemDetails:
    """Return the refusal of the JSON text of a field, at the place `field`."""
    return _field_refused("texte-refuse", field, says)


def read_parameters(request: Request, wanted: type[S], in_body: Any = None) -> S:
    """Return the URL parameters as `wanted`; only lists may be repeated; a field of `in_body` (the body) is refused with a hint. Raises ProblemDetails."""
    return _struct_of_texts(request.args, wanted, in_body)


def _struct_of_texts(texts: MultiDict[str, str], wanted: type[S], in_body: Any = None) -> S:
    lists = {field.name for field in msgspec.structs.fields(wanted) if _has_list(msgspec.inspect.type_info(field.type))}
    typed: dict[str, Any] = {
        name: values if name in lists or len(values) > 1 else values[0] for name, values in texts.lists()
    }
    try:
        return convert_value(typed, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise _refuse_field(error, in_body, "se donne dans le corps, en JSON, non dans l’adresse") from error


def _has_list(info: msgspec.inspect.Type) -> bool:
    """Return whether a msgspec type is a list, or a union that includes one."""
    match info:
        case msgspec.inspect.Metadata():
            return _has_list(info.type)
        case msgspec.inspect.UnionType():
            return any(map(_has_list, info.types))
    return isinstance(info, msgspec.inspect.ListType)


def _refuse_field(error: msgspec.ValidationError, elsewhere: Any, says: str) -> ProblemDetails:
    """Return the refusal of a field; the message of a field that `elsewhere`, the other part of the request, takes gives its right place."""
    unknown = _SAID[0][0].fullmatch(str(error))
    typed = isinstance(elsewhere, type) and issubclass(elsewhere, msgspec.Struct)
    if unknown and typed and any(unknown[1] == field.name for field in msgspec.structs.fields(elsewhere)):
        return _field_refused("champ-refuse", "", f"Le champ « {unknown[1]} » {says.format(unknown[1])}.")
    return _field_refused("champ-refuse", *_place_and_reason(error))


def _field_refused(kind: str, field: str, says: str) -> ProblemDetails:
    problem: FieldProblem = {"field": field, "says": says}
    return ProblemDetails(kind, f"{field} : {says}" if field else says, errors=[problem])


def _place_and_reason(error: msgspec.ValidationError) -> tuple[str, str]:
    message = str(error)
    place, message = _PLACE.search(message), _PLACE.sub("", message)
    for pattern, says in _SAID:
        if match := pattern.fullmatch(message):
            parts = (" ou ".join(_TYPES.get(one, one) for one in part.split(" | ")) for part in match.groups())
            message = says.format(*parts)
            break
    return place[1] if place else "", message


def _refuse_constant(name: str) -> NoReturn:
    raise _Unreadable(f"« {name} » n’est pas une valeur du JSON : un nombre inconnu s’écrit « null ».")
