"""API endpoints of `/purchases`: studies of a buyer's purchases, sent as a table (columns, rows) or as SIRET numbers: opinion on each planned
purchase, inclusive share of past spending, families of similar needs, check of suppliers' numbers."""

from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from importers.formats.columns import SheetKind
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.purchases.answer import check_buyer, families_grouped, programme_answered, spending_snapshot
from matcher.decisions.purchases.families.compute import FamiliesRefused
from matcher.decisions.purchases.families.document import families_object
from matcher.decisions.purchases.line import LineTold
from matcher.decisions.purchases.programme_document import programme_object
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING, PurchaseSheet, SheetRefused, sheet_of
from matcher.decisions.purchases.sheet_answers import sheet_defaults
from matcher.decisions.purchases.spending import Tax
from matcher.decisions.purchases.spending_document import spending_object
from matcher.decisions.purchases.verification import MOST_NUMBERS, check_numbers, verification_object
from matcher.reference.law import BuyerNature
from matcher.web.api.decisions import AssumptionsBody, decision_endpoint
from matcher.web.api.frame.endpoint import api
from matcher.web.api.frame.lot import shelf_to_rank
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
_PLACE = Meta(description="Lieu des lignes qui n’en disent pas.", max_length=200)
_Cell = Annotated[str, Meta(max_length=1_000)] | float | None
_Tax = Annotated[
    Literal["ht", "ttc"] | None,
    Meta(description="Ce que sont les montants dont ni la colonne ni la cellule ne disent HT ou TTC."),
]


class TableBody(msgspec.Struct, forbid_unknown_fields=True):
    """Un tableau d’achats, cent lignes au plus."""

    columns: Annotated[list[Annotated[str, Meta(max_length=200)]], _COLUMNS]
    rows: Annotated[list[Annotated[list[_Cell], Meta(max_length=_MOST_COLUMNS)]], _ROWS]


class ProgrammeBody(TableBody):
    """Des achats à venir : leur objet ou leur CPV, et ce qu’on sait du lieu, du montant, de la durée."""

    place: Annotated[str, _PLACE] = ""
    buyer: Annotated[str, Meta(description="SIRET ou SIREN de l’acheteur, jamais candidat.", max_length=50)] = ""
    amounts: _Tax = None
    vat: Annotated[float, Meta(description="Taux qui ramène en HT un montant TTC, en %.", ge=0, le=100)] | None = None
    period: Annotated[
        Literal["an", "total"] | None,
        Meta(description="Ce que sont les montants qui ne se disent ni par an ni en tout."),
    ] = None
    months: (
        Annotated[
            float, Meta(description="Durée des lignes dont le montant est par an et qui ne disent rien.", ge=1, le=600)
        ]
        | None
    ) = None
    assumed: AssumptionsBody | None = None


class SpendingBody(TableBody):
    """Des dépenses passées : SIRET ou nom du fournisseur, montant, objet, CPV ou NAF."""

    place: Annotated[str, _PLACE] = ""
    amounts: _Tax = None


class FamiliesBody(TableBody):
    """Des achats, à venir ou passés : leur objet ou leur CPV, montant, service, année."""

    nature: BuyerNature | None = None
    amounts: _Tax = None


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
)
def programme(json: ProgrammeBody) -> Any:
    """Donne l’avis sur chaque ligne d’un programme d’achats : `data` est celui de `entremise programme`."""
    check_buyer(json.buyer, json.place)
    answer = programme_answered(
        desk().engine,
        owner(),
        shelf_to_rank(),
        _sheet(json, PROGRAMME),
        sheet_defaults(json.buyer, json.place, (), ""),
        LineTold(
            taxed=None if json.amounts is None else json.amounts == "ttc",
            vat=json.vat,
            yearly=None if json.period is None else json.period == "an",
            months=json.months,
        ),
        DEFAULT if json.assumed is None else Assumptions(**msgspec.structs.asdict(json.assumed)),
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
)
def spending(json: SpendingBody) -> Any:
    """Photographie des dépenses passées, et leur part inclusive : `data` est celui de `entremise historique`."""
    sheet, shelf = _sheet(json, SPENDING), shelf_to_rank()
    snapshot = spending_snapshot(desk().engine, shelf, sheet, json.place, _tax(json), desk().today())
    return {"data": spending_object(snapshot)}


@_study(
    "families",
    {
        "columns": ["Objet", "Service", "Montant HT"],
        "rows": [["Tonte des pelouses", "Sports", 25000], ["Entretien des espaces verts", "Écoles", 30000]],
    },
)
def families(json: FamiliesBody) -> Any:
    """Réunit des achats en familles de besoins semblables, dont les montants comptent ensemble : `data` est celui de `entremise familles`."""
    sheet, shelf = _sheet(json, PROGRAMME), desk().shelf()
    group = families_grouped(
        desk().engine, owner(), shelf, sheet, _tax(json), json.nature or kept_nature(), desk().today()
    )
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


def _tax(body: SpendingBody | FamiliesBody) -> Tax | None:
    return Tax(body.amounts.upper()) if body.amounts else None


for refusal in (SheetRefused, FamiliesRefused):
    api.register_error_handler(refusal, partial(refusal_problem, "decision-refusee"))
