"""API endpoints of `/purchases`: studies of a buyer's purchases, sent as a table (columns, rows) or as SIRET numbers: opinion on each planned
purchase, inclusive share of past spending, families of similar needs, check of suppliers' numbers."""

from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from importers.formats.columns import SheetKind
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.decisions.purchases.answer import answer_sheet, check_buyer, group_families, spending_snapshot
from matcher.decisions.purchases.families.compute import FamiliesRefused
from matcher.decisions.purchases.families.document import families_object
from matcher.decisions.purchases.programme_document import programme_object
from matcher.decisions.purchases.questions import FamiliesQuestion, ProgrammeQuestion, SpendingQuestion
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING, PurchaseSheet, SheetRefused, sheet_of
from matcher.decisions.purchases.sheet_answers import sheet_defaults
from matcher.decisions.purchases.spending_document import spending_object
from matcher.decisions.purchases.verification import MOST_NUMBERS, check_numbers, verification_object
from matcher.web.api.decisions import ASSUMED, assumptions_in, decision_endpoint
from matcher.web.api.frame.endpoint import api
from matcher.web.api.frame.lot import shelf_to_rank
from matcher.web.api.frame.question_body import question_body, question_in
from matcher.web.frame.app_state import desk, kept_nature, owner
from matcher.web.frame.problem import ProblemDetails, refusal_problem

# Beyond this a study is too long for a request; the pages and the commands take 2,000 or 20,000 lines.
MOST_ROWS = 100
_MOST_COLUMNS = 100

_COLUMNS = Meta(
    description="Les titres des colonnes, lus comme ceux d’un fichier (« Objet », « Commune », « Montant HT », « SIRET »…) ; ils comptent pour la ligne 1.",
    min_length=1,
    max_length=_MOST_COLUMNS,
)
_ROWS = Meta(description="Les lignes, sous ces titres.", min_length=1, max_length=MOST_ROWS)
_Cell = Annotated[str, Meta(max_length=1_000)] | float | None


class TableBody(msgspec.Struct, forbid_unknown_fields=True):
    """Un tableau d’achats, cent lignes au plus."""

    columns: Annotated[list[Annotated[str, Meta(max_length=200)]], _COLUMNS]
    rows: Annotated[list[Annotated[list[_Cell], Meta(max_length=_MOST_COLUMNS)]], _ROWS]


_PROGRAMME = question_body(
    "Programme",
    "Des achats à venir : leur objet ou leur CPV, et ce qu’on sait du lieu, du montant, de la durée.",
    ProgrammeQuestion,
    base=TableBody,
    more=[ASSUMED],
)
_SPENDING = question_body(
    "Spending",
    "Des dépenses passées : SIRET ou nom du fournisseur, montant, objet, CPV ou NAF.",
    SpendingQuestion,
    base=TableBody,
)
_FAMILIES = question_body(
    "Families",
    "Des achats, à venir ou passés : leur objet ou leur CPV, montant, service, année.",
    FamiliesQuestion,
    base=TableBody,
)


class VerificationBody(msgspec.Struct, forbid_unknown_fields=True):
    """Des SIRET ou des SIREN, tels qu’écrits."""

    numbers: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(min_length=1, max_length=MOST_NUMBERS)]


_study = partial(decision_endpoint, under="purchases", tag="Achats")


@_study(
    "programme",
    {
        "columns": ["Objet", "Commune", "Montant HT"],
        "rows": [["Entretien des espaces verts", "Maubeuge", 40000], ["Nettoyage des locaux", "Lille", "60 k€"]],
    },
    body=_PROGRAMME,
)
def programme(json: Any) -> Any:
    """Donne l’avis sur chaque ligne d’un programme d’achats : `data` est celui de `entremise programme`."""
    question = question_in(json, ProgrammeQuestion)
    check_buyer(question.buyer, question.place)
    answer = answer_sheet(
        desk().engine,
        owner(),
        shelf_to_rank(),
        _sheet(json, PROGRAMME),
        sheet_defaults(question.buyer, question.place, (), ""),
        question.line_facts,
        assumptions_in(json),
        desk().today(),
    )
    return {"data": programme_object(answer)}


@_study(
    "spending",
    {
        "columns": ["Fournisseur", "SIRET", "Objet", "Commune", "Montant HT"],
        "rows": [
            ["Les jardins de la Solre", "00010001600013", "Tonte", "Maubeuge", 12000],
            ["Garage Martin", None, "Entretien des espaces verts", "Lille", 8000],
        ],
    },
    body=_SPENDING,
)
def spending(json: Any) -> Any:
    """Photographie des dépenses passées, et leur part inclusive : `data` est celui de `entremise historique`."""
    sheet, question, shelf = _sheet(json, SPENDING), question_in(json, SpendingQuestion), shelf_to_rank()
    snapshot = spending_snapshot(desk().engine, shelf, sheet, question.place, question.tax, desk().today())
    return {"data": spending_object(snapshot)}


@_study(
    "families",
    {
        "columns": ["Objet", "Service", "Montant HT"],
        "rows": [["Tonte des pelouses", "Sports", 25000], ["Entretien des espaces verts", "Écoles", 30000]],
    },
    body=_FAMILIES,
)
def families(json: Any) -> Any:
    """Réunit des achats en familles de besoins semblables, dont les montants comptent ensemble : `data` est celui de `entremise familles`."""
    sheet, question, shelf = _sheet(json, PROGRAMME), question_in(json, FamiliesQuestion), desk().shelf()
    nature = question.nature or kept_nature()
    group = group_families(desk().engine, owner(), shelf, sheet, question.tax, nature, desk().today())
    return {"data": families_object(group)}


@_study("verification", {"numbers": ["00010001600013", "552 100 554"]})
def verification(json: VerificationBody) -> Any:
    """Vérifie des SIRET : inclusif ou non, quels articles ouverts : `data` est celui de `entremise verifier`."""
    if not any(map(str.strip, json.numbers)):
        raise ProblemDetails("decision-refusee", "Donnez au moins un SIRET.")
    verification = check_numbers(desk().engine, json.numbers, desk().today())
    return {"data": verification_object(verification)}


def _sheet(table_body: TableBody, kind: SheetKind) -> PurchaseSheet:
    return sheet_of(table_body.columns, table_body.rows, kind, remembered_columns(desk().engine, kind.table))


for refusal in (SheetRefused, FamiliesRefused):
    api.register_error_handler(refusal, partial(refusal_problem, "decision-refusee"))
