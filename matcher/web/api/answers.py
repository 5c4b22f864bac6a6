"""API endpoints of `/answers`: export the suppliers' answers that they agreed to share, signed by this installation; import the lines that another
installation signed, after a dry run that counts them."""

from functools import partial
from typing import Annotated, Any, TypedDict

import msgspec
from flask import g
from msgspec import Meta

from matcher.accounts.organisations import load_organisation
from matcher.accounts.roles import Action
from matcher.answers.fact import LONGEST_LINE, encode_line
from matcher.answers.intake import AnswersReportShape, answers_report_object, take_in_answers
from matcher.answers.keys import signing_key
from matcher.answers.sharing import note_handing, outgoing
from matcher.db import reading, writing
from matcher.dossiers.privacy import mute_facts
from matcher.web.api.frame.endpoint import ListParameters, cut_page, endpoint
from matcher.web.frame.app_state import desk, owner
from matcher.web.frame.problem import ProblemDetails

_endpoint = partial(endpoint, tag="Réponses partagées")
_MOST_LINES = 1_000


class SharedLinesShape(TypedDict):
    """Une page de lignes signées, chacune telle que le fichier l’écrit : un fait, ou un retrait."""

    items: list[str]
    next: str | None


class AnswerLinesBody(msgspec.Struct, forbid_unknown_fields=True):
    """Les lignes d’une autre installation, et ce qu’une personne en a vu."""

    lines: Annotated[
        list[Annotated[str, Meta(max_length=LONGEST_LINE)]],
        Meta(description="Chaque ligne du fichier, telle quelle.", min_length=1, max_length=_MOST_LINES),
    ]
    seen: Annotated[
        str,
        Meta(
            description="Le `digest` du compte qu’une personne a regardé : les lignes entrent. Vide, rien n’est écrit.",
            max_length=64,
        ),
    ] = ""


@_endpoint("/answers", action=Action.EXPORT, returns=SharedLinesShape, errors=(422,), example={"limit": 5})
def answers(query: ListParameters) -> Any:
    """Donne les réponses que des structures acceptent de partager, et les retraits, signés par cette installation ; par identifiant."""
    key, at = signing_key(), desk().now()
    with reading(desk().engine) as connection:
        lines = outgoing(connection, key, today=desk().today(), after=query.after, most=query.limit + 1)
    if lines:
        with writing(desk().engine) as connection:
            note_handing(connection, load_organisation(desk().engine, owner()).its.name, at)
    taken, after = cut_page(lines, lambda line: line.id, query)
    return {"items": [encode_line(line).decode() for line in taken], "next": after}


@_endpoint(
    "/answers",
    method="POST",
    action=Action.IMPORT,
    returns=AnswersReportShape,
    errors=(422,),
    example={"lines": ["{}"]},
)
def take_answers(json: AnswerLinesBody) -> Any:
    """Compte les réponses d’une autre installation par structure et par métier ; avec `seen`, le `digest` de ce compte, prend ce qui est bon.

    Chaque ligne refusée l’est avec son numéro ; la réponse est celle de `entremise reponses import --format json`.
    """
    numbered = enumerate((line.encode() for line in json.lines), start=1)
    g.trial = not json.seen
    report = take_in_answers(
        desk().engine, numbered, now=desk().now(), mute=mute_facts, accept=bool(json.seen), seen=json.seen
    )
    if json.seen and not report.accepted:
        raise ProblemDetails(
            "ecriture-refusee", "Ces lignes ne sont pas celles du compte : `seen` est le `digest` d’autres."
        )
    return answers_report_object(report)
