"""Shapes of the JSON objects of published lots and notices: their fields and types, from which schemas are made.

Their docstrings are the descriptions of these schemas, in French.
"""

from typing import TypedDict


class LotBuyerShape(TypedDict):
    """L’acheteur, tel que l’avis le nomme."""

    siret: str | None
    name: str | None


class LotNoticeShape(TypedDict):
    """Le dernier avis qui parle du lot."""

    source: str
    ref: str
    kind: str
    url: str | None


class PublishedLotShape(TypedDict):
    """Un lot publié : ce qu’il dit, où il en est, ce qui en est lu, combien de candidats. Ce qui n’est pas connu est nul ; les instants sont en UTC.

    `object` est l’objet du contrat, là où l’intitulé du lot ne le dit pas. `reserved` est nul sans réserve ; `not_reserved` dit si l’avis l’écrit.
    `trade_unsure` : le métier est à confirmer, ou n’est pas compris.
    """

    id: int
    contract: str
    number: str
    title: str
    object: str | None
    text: str
    state: str
    open: bool
    deadline: str | None
    zone_supposed: bool | None
    published: str | None
    buyer: LotBuyerShape
    cpv: list[str]
    activities: list[str]
    departements: list[str]
    amount: float | None
    months: float | None
    trade_unsure: bool
    renewals_months: float | None
    reserved: str | None
    not_reserved: bool
    clause: bool | None
    conditions: str | None
    documents: str | None
    notice: LotNoticeShape
    connu: int | None
    indice: int | None
    credible: int | None
    reservable: dict[str, int]
    doubts: list[str]


class PublishedNoticeShape(TypedDict):
    """Un avis tel que sa source le publie ; `earlier` sont les références de ceux qu’il corrige, annule ou attribue, `why` ses mots pour le faire."""

    id: int
    source: str
    ref: str
    kind: str
    contract: str
    published: str | None
    title: str
    buyer: LotBuyerShape
    url: str | None
    deadline: str | None
    zone_supposed: bool | None
    earlier: list[str]
    numbers: list[str]
    why: str | None
    doubts: list[str]


class LotWithHistoryShape(PublishedLotShape):
    """Un lot publié, et les avis de son marché, le premier paru d’abord."""

    history: list[PublishedNoticeShape]


class NoticeWithLotsShape(PublishedNoticeShape):
    """Un avis, et les lots de son marché comme ils sont maintenant."""

    lots: list[PublishedLotShape]


class LotPartnerShape(TypedDict):
    """Une structure qui complèterait le fournisseur, et la part qu’elle ferait."""

    id: str
    name: str
    part: str
    km: float | None


class SupplierLotShape(PublishedLotShape):
    """Un lot pour un fournisseur : pourquoi il convient, ce qui joue contre, ce qui manque, pourquoi il ne convient plus, et avec qui répondre."""

    band: str
    place: int
    score: float
    wanted: bool
    suits: list[str]
    against: list[str]
    missing: list[str]
    refused: list[str]
    lacks: list[str]
    partners: list[LotPartnerShape]
