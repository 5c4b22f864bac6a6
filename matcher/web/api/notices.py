"""API endpoints of public procurement notices: list and read published notices and lots, list the open lots that suit a supplier, import a notice file."""

import re
from datetime import date
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from flask import g
from msgspec import Meta

from matcher.accounts.roles import Action
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.why_missing import why_missing
from matcher.db import reading
from matcher.jobs.files import passing_file
from matcher.jobs.reader_process import ReadRefused
from matcher.notices import intake
from matcher.notices.dropped_files import OFFERED
from matcher.notices.intake import notices_in_subprocess
from matcher.notices.listing import lots_object
from matcher.notices.lists.as_json import (
    NoticeFilter,
    find_notice,
    lot_with_history,
    notice_object,
    notice_with_lots,
    notices,
    supplier_lot_object,
)
from matcher.notices.lists.asked import LotsRefused, asked_lots, buyer_number
from matcher.notices.lists.json_shapes import (
    LotWithHistoryShape,
    NoticeWithLotsShape,
    PublishedLotShape,
    PublishedNoticeShape,
    SupplierLotShape,
)
from matcher.notices.store import LotFilter, LotPosition, SupplierLotPosition, lot, lots, lots_of_supplier
from matcher.web.api.frame.endpoint import ListParameters, api, by_number, cut_page, endpoint, position
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import ProblemDetails, refusal_problem
from matcher.web.notices.own_watch import supplier_sides

_endpoint = partial(endpoint, tag="Annonces")
_NUMBER = "<int(max=2147483647):number>"
_BUYER = Meta(description="SIRET ou SIREN de l’acheteur.", max_length=50)
# Most and default lots of a page with reasons: each lot costs a whole ranking.
_MOST_REASONED, _REASONED = 20, 10
# One import at a time: a second would hold its request while it waits for the writes of the first.
_TAKING = Lock()
_RETRY_AFTER_S = 30
# The encoding in an XML declaration, removed: the text arrives here as UTF-8.
_ENCODING = re.compile(r"""^(\ufeff?\s*<\?xml\b[^>]*?)\s+encoding\s*=\s*(?:"[^">]*"|'[^'>]*')""")


class LotsShape(TypedDict):
    """Une page de lots publiés, les premiers à fermer d’abord."""

    items: list[PublishedLotShape]
    next: str | None


class SupplierLotsShape(TypedDict):
    """Une page des lots ouverts d’un fournisseur : ceux réservés à son type d’abord, puis les plus sûrs."""

    items: list[SupplierLotShape]
    next: str | None


class NoticesShape(TypedDict):
    """Une page d’avis, le dernier entré d’abord."""

    items: list[PublishedNoticeShape]
    next: str | None


class PublishedLotsParameters(ListParameters):
    """Quels lots."""

    trade: Annotated[str, Meta(description="Code d’une activité ou de sa famille.", examples=["espaces-verts"])] = ""
    departement: Annotated[str, Meta(description="Code du département où le lot s’exécute.", examples=["59"])] = ""
    on: Annotated[date | None, Meta(description="Ouverts au matin de ce jour ; maintenant, sinon.")] = None
    every: Annotated[bool, Meta(description="Les lots clos, attribués, annulés ou annoncés aussi.")] = False
    reserved: Annotated[bool | None, Meta(description="Réservés, ou non ; tous, sinon.")] = None
    clause: Annotated[bool | None, Meta(description="Avec une clause sociale, ou sans ; tous, sinon.")] = None
    buyer: Annotated[str, _BUYER] = ""


class SupplierLotsParameters(ListParameters):
    """La page demandée de ses lots."""

    limit: Annotated[int, Meta(description="Nombre d’éléments d’une page.", ge=1, le=_MOST_REASONED)] = _REASONED


class NoticesParameters(ListParameters):
    """Quels avis."""

    source: Annotated[str, Meta(description="Source des avis.", examples=["boamp"])] = ""
    buyer: Annotated[str, _BUYER] = ""
    since: Annotated[date | None, Meta(description="Premier jour de parution.")] = None


class NoticeFileBody(msgspec.Struct, forbid_unknown_fields=True):
    """Un fichier d’avis, tel que sa source le publie."""

    source: Annotated[Literal[tuple(OFFERED)], Meta(description="Qui le publie.")]  # type: ignore[valid-type]
    content: Annotated[str, Meta(description="Le texte du fichier : XML, JSON, ou un avis collé.", min_length=1)]
    name: Annotated[str, Meta(description="Son nom, gardé avec l’import.", min_length=1, max_length=200)] = "avis"
    dry_run: Annotated[bool, Meta(description="Compte ce qui en serait compris, sans rien écrire.")] = False


class TakenNoticesShape(TypedDict):
    """Ce qui a été compris : `run` est le numéro de l’import, par lequel il se défait, nul à l’essai ; `reasons` dit ce qui est refusé, `doubts` ce qui est douteux."""

    source: str
    dry_run: bool
    run: int | None
    understood: int
    doubtful: int
    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    awards: int
    lots: int
    withdrawn: int
    matched: int
    unattached: dict[str, int]
    reasons: list[dict[str, Any]]
    doubts: list[dict[str, Any]]
    remarks: list[dict[str, Any]]
    unread: dict[str, dict[str, int]]


@_endpoint("/lots", action=Action.READ, returns=LotsShape, errors=(422,), example={"departement": "59", "limit": 5})
def published_lots(query: PublishedLotsParameters) -> Any:
    """Liste les lots publiés qui sont ouverts, les premiers à fermer d’abord.

    `items` est ce qu’écrit `entremise annonces list --format json`.
    """
    filters = set(PublishedLotsParameters.__struct_fields__) - set(ListParameters.__struct_fields__)
    chosen_lots = asked_lots(
        desk().clock(), **{name: value for name, value in msgspec.structs.asdict(query).items() if name in filters}
    )
    with reading(desk().engine) as connection:
        lots_found = lots(connection, chosen_lots.chosen, query.limit + 1, position(query, LotPosition.read))
    page_lots, next_address = cut_page(lots_found, LotPosition.of, query)
    return {"items": lots_object(page_lots, chosen_lots.at), "next": next_address}


@_endpoint(f"/lots/{_NUMBER}", action=Action.READ, returns=LotWithHistoryShape, errors=(404,), example={"number": 1})
def published_lot(number: int) -> Any:
    """Montre un lot publié : ce qui en est lu, ce qui est douteux, combien de candidats, et les avis de son marché."""
    with reading(desk().engine) as connection:
        lot_found = lot(connection, number)
        if lot_found is None:
            raise ProblemDetails("introuvable", f"Aucun lot publié ne porte le numéro {number}.")
        return lot_with_history(
            lot_found, notices(connection, NoticeFilter(contract=lot_found.contract)), desk().clock()
        )


@_endpoint(
    "/suppliers/<supplier>/lots",
    action=Action.READ,
    returns=SupplierLotsShape,
    errors=(404, 422),
    example={"supplier": "siret:00010001600013", "limit": 5},
)
def supplier_lots(query: SupplierLotsParameters, supplier: str) -> Any:
    """Liste les lots ouverts qui conviennent à un fournisseur, avec les raisons, ce qui manque et avec qui répondre."""
    engine, shelf, now = desk().engine, desk().shelf(), desk().clock()
    supplier_read = find_supplier(engine, supplier)
    if supplier_read is None:
        raise ProblemDetails("introuvable", why_missing(engine, supplier))
    with reading(engine) as connection:
        start = position(query, SupplierLotPosition.read)
        kept_lots = lots_of_supplier(connection, supplier_read.id, asked_lots(now).chosen, query.limit + 1, start)
    # the shelf may be a version behind: without the supplier on it there are no reasons
    shown_lots = kept_lots if shelf.find(supplier_read.id) is not None else []
    page_lots, next_address = cut_page(shown_lots, SupplierLotPosition.of, query)
    sides = supplier_sides(supplier_read.id, [kept.lot for kept in page_lots], now) if page_lots else []
    items = [supplier_lot_object(kept, side, now) for kept, side in zip(page_lots, sides, strict=True)]
    return {"items": items, "next": next_address}


@_endpoint("/notices", action=Action.READ, returns=NoticesShape, errors=(422,), example={"limit": 5})
def published_notices(query: NoticesParameters) -> Any:
    """Liste les avis publiés, le dernier entré d’abord."""
    chosen = NoticeFilter(
        source=query.source, buyer=buyer_number(query.buyer) if query.buyer else "", since=query.since
    )
    with reading(desk().engine) as connection:
        notices_found = notices(connection, chosen, query.limit + 1, position(query, by_number))
    page_notices, next_address = cut_page(notices_found, lambda notice: notice.id, query)
    return {"items": [notice_object(notice) for notice in page_notices], "next": next_address}


@_endpoint(f"/notices/{_NUMBER}", action=Action.READ, returns=NoticeWithLotsShape, errors=(404,), example={"number": 1})
def published_notice(number: int) -> Any:
    """Montre un avis, et les lots de son marché comme ils sont maintenant, rectifications et annulations comprises."""
    with reading(desk().engine) as connection:
        notice_found = find_notice(connection, number)
        if notice_found is None:
            raise ProblemDetails("introuvable", f"Aucun avis ne porte le numéro {number}.")
        return notice_with_lots(
            notice_found, lots(connection, LotFilter(contract=notice_found.contract)), desk().clock()
        )


@_endpoint(
    "/notices",
    method="POST",
    action=Action.IMPORT,
    returns=TakenNoticesShape,
    errors=(422,),
    example={
        "source": "avis",
        "content": "Avis n°26-990002, publié le 20/11/2026\nAcheteur : Commune imaginaire\nObjet du marché : Entretien des espaces verts\nLieu d’exécution : 59600 Maubeuge",
        "dry_run": True,
    },
)
def take_notices(json: NoticeFileBody) -> Any:
    """Importe des avis, comme la page « Importer » ; redonnés, ils sont inchangés, et un avis illisible n’arrête pas les autres.

    La réponse est celle de `entremise import boamp --format json`.
    """
    g.trial = json.dry_run  # a trial is not counted among the writes of the key
    importer = notices_in_subprocess(OFFERED[json.source])
    now = desk().now().replace(tzinfo=None)  # the database stores UTC without a zone
    # a lone surrogate of the JSON cannot be encoded
    content = _ENCODING.sub(r"\1", json.content).encode(errors="replace")
    if not _TAKING.acquire(blocking=False):
        sentence = (
            "Un autre fichier d’avis est en cours d’import. Rien n’est perdu : renvoyez celui-ci dans un instant."
        )
        raise ProblemDetails("indisponible", sentence, headers={"Retry-After": str(_RETRY_AFTER_S)})
    try:
        with passing_file(json.name, BytesIO(content)) as path:
            return intake.take_notice_files(desk().engine, importer, [path], now=now, dry_run=json.dry_run).as_dict()
    finally:
        _TAKING.release()


api.register_error_handler(LotsRefused, partial(refusal_problem, "filtre-refuse"))
for _refusal in (ReadRefused, IntakeRefused):
    api.register_error_handler(_refusal, partial(refusal_problem, "ecriture-refusee"))
