"""Error answers of the API: problem details (RFC 9457) as JSON, in French, each with a `code` whose meaning never changes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from flask import Response, request
from werkzeug.exceptions import HTTPException

from matcher.render.described_file import json_text

# The blueprint of the API, and its root address.
MACHINES = "api"
API_ROOT = "/api/v1"


class ProblemKind(NamedTuple):
    """Kind of a problem: HTTP status, title, and the advice given without another detail."""

    status: int
    title: str
    advice: str


KINDS: Mapping[str, ProblemKind] = {
    "corps-illisible": ProblemKind(400, "Le corps de la demande ne se lit pas.", "Envoyez un objet JSON, en UTF-8."),
    "champ-refuse": ProblemKind(400, "Un champ n’a pas la forme attendue.", "La description OpenAPI dit la forme de chaque champ."),
    "demande-mal-formee": ProblemKind(400, "La demande est mal formée.", "Comparez-la aux exemples de la documentation."),
    "jeton-absent": ProblemKind(401, "Un jeton est demandé.", "Envoyez « Authorization: Bearer JETON » ; un jeton se crée dans « Mon compte »."),
    "jeton-inconnu": ProblemKind(401, "Ce jeton n’ouvre rien.", "Il est mal recopié, ou révoqué. Créez-en un autre dans « Mon compte »."),
    "jeton-expire": ProblemKind(401, "Ce jeton a expiré.", "Créez-en un autre dans « Mon compte »."),
    "portee-insuffisante": ProblemKind(403, "Ce jeton ne permet pas cela.", "Créez un jeton d’une portée plus grande, si votre rôle le permet."),
    "origine-refusee": ProblemKind(403, "Une page d’un autre site ne peut pas appeler cette API.", "Appelez-la depuis un programme, sans en-tête « Origin »."),
    "compte-absent": ProblemKind(403, "Aucun compte n’existe : l’API ne répond qu’à cet ordinateur.", "Ouvrez un premier compte : « entremise account add NOM --role administrateur »."),
    "introuvable": ProblemKind(404, "Rien ne se trouve à cette adresse.", "Vérifiez l’adresse et l’identifiant."),
    "methode-refusee": ProblemKind(405, "Cette adresse ne se demande pas ainsi.", "L’en-tête « Allow » dit par quelles méthodes."),
    "catalogue-vide": ProblemKind(409, "Le catalogue est vide.", "Importez un annuaire : « entremise sources » les donne."),
    "trop-gros": ProblemKind(413, "Le corps de la demande est trop gros.", "Envoyez un mégaoctet au plus."),
    "format-refuse": ProblemKind(415, "Le corps de la demande n’est pas du JSON sans compression.", "Envoyez « Content-Type: application/json », sans « Content-Encoding »."),
    "besoin-refuse": ProblemKind(422, "Un champ du besoin ne peut pas être utilisé.", "Corrigez les champs que « errors » nomme."),
    "besoin-pas-clair": ProblemKind(422, "Ni le métier ni le lieu ne sont compris.", "Dites l’un et l’autre en quelques mots."),
    "texte-refuse": ProblemKind(422, "Le texte d’un champ n’est pas le JSON attendu.", "Corrigez ce que « errors » nomme."),
    "suite-inconnue": ProblemKind(422, "Cette suite de liste n’existe pas.", "Reprenez la liste du début, puis suivez « next » sans le changer."),
    "filtre-refuse": ProblemKind(422, "Un filtre de la liste ne peut pas être utilisé.", "Corrigez ce que le détail nomme."),
    "decision-refusee": ProblemKind(422, "La décision ne peut pas être calculée sur ce qui est donné.", "Corrigez ce que le détail nomme."),
    "ecriture-refusee": ProblemKind(422, "Ce qui est demandé ne peut pas être écrit.", "Corrigez ce que le détail nomme."),
    "cle-reutilisee": ProblemKind(422, "Cette clé d’idempotence a servi à une autre demande.", "Tirez une clé nouvelle pour chaque demande."),
    "trop-de-demandes": ProblemKind(429, "Trop de demandes en peu de temps.", "L’en-tête « Retry-After » dit combien de secondes attendre."),
    "panne": ProblemKind(500, "Une erreur s’est produite de notre côté.", "Réessayez ; si cela se répète, donnez cette référence."),
    "indisponible": ProblemKind(503, "Le catalogue ne répond pas pour l’instant.", "Rien n’est perdu. Réessayez dans un instant."),
}  # fmt: skip
_BY_STATUS = {
    400: "demande-mal-formee",
    404: "introuvable",
    405: "methode-refusee",
    413: "trop-gros",
    415: "format-refuse",
    429: "trop-de-demandes",
    503: "indisponible",
}


class FieldProblem(TypedDict):
    """Un champ qui ne peut pas être utilisé, et quoi y écrire."""

    field: str
    says: str


class ProblemShape(TypedDict):
    """Refus, selon la RFC 9457 ; `code` ne change jamais de sens, `errors` nomme les champs à corriger, `reference` est à citer."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem]
    reference: str | None


class ProblemDetails(HTTPException):
    """Exception that answers a request with a problem of the kind `kind` (a key of `KINDS`) and the detail of this request."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        errors: Sequence[FieldProblem] = (),
        reference: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        problem_kind = KINDS[kind]
        super().__init__(detail or problem_kind.advice)
        self.code = problem_kind.status
        self.kind, self.title, self.errors, self.reference = kind, problem_kind.title, list(errors), reference
        self.more = dict(headers or {})

    def get_response(self, *_: Any, **__: Any) -> Response:
        """Return the problem as JSON."""
        problem: ProblemShape = {
            "type": f"{API_ROOT}/#{self.kind}",
            "title": self.title,
            "status": self.code or 500,
            "code": self.kind,
            "detail": self.description or "",
            "errors": self.errors,
            "reference": self.reference or None,
        }
        return Response(json_text(problem), self.code, self.more, content_type="application/problem+json")


def asked_by_machine() -> bool:
    """Return whether the address of the request is under the API's root, whether it exists or not."""
    return request.path == API_ROOT or request.path.startswith(f"{API_ROOT}/")


# Headers that an error answer keeps: allowed methods, seconds to wait.
KEPT_HEADERS = frozenset({"Allow", "Retry-After"})


def problem_of(status: int, reference: str, headers: Mapping[str, str]) -> ProblemDetails:
    """Return the problem of an HTTP status, with the `KEPT_HEADERS` among its headers."""
    headers_kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
    kind = _BY_STATUS.get(status) or ("panne" if status >= 500 else "demande-mal-formee")
    return ProblemDetails(kind, reference=reference, headers=headers_kept)


def refusal_problem(kind: str, error: Exception) -> Response:
    """Return the problem of this kind whose detail is the French message of an exception."""
    return ProblemDetails(kind, str(error)).get_response()
