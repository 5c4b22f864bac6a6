"""View of a territory as a Document: the lots that could have been reserved, then all lots by lever, trade, buyer and month."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from typing import Any

from matcher.domain.french import count, day, percent
from matcher.domain.notice import LotState, ReservedFor
from matcher.notices.deadlines import PARIS
from matcher.notices.matching import RESERVING
from matcher.notices.reserving import LEVERS
from matcher.notices.territory.answer import TerritoryView
from matcher.notices.territory.compute import NO_TRADE, LotCounts, LotLine
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.render.described_file import DescribedFile
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    Marked,
)
from matcher.render.workbook import table_csv

RESERVABLE = "Lots qui auraient pu être réservés"
_LOTS, _SHARE = ColumnKind.NUMBER, ColumnKind.SHARE
_ARTICLES = {DocumentColumn(f"{lever(code).article}, crédibles", _LOTS): code for code in RESERVING}
_LINES = (
    *(DocumentColumn("Lot"), DocumentColumn("N°", under=True), DocumentColumn("Métiers", ColumnKind.LIST, under=True)),
    *(DocumentColumn("Acheteur"), DocumentColumn("SIRET de l’acheteur", aside=True)),
    *(DocumentColumn("Publié le"), DocumentColumn("Jusqu’à", under=True)),
    *_ARTICLES,
    *(DocumentColumn("Clause"), DocumentColumn("Montant HT", _LOTS, "€")),
)
_COUNTED = (
    *(DocumentColumn("Lots", _LOTS), DocumentColumn("Réservés", _LOTS), DocumentColumn("Clause seule", _LOTS)),
    *(DocumentColumn("Ni l’un ni l’autre", _LOTS), DocumentColumn("Part réservée", _SHARE), DocumentColumn("Part réservée ou avec clause", _SHARE)),
)  # fmt: skip
_BY_LEVER = (DocumentColumn("Levier"), DocumentColumn("Lots", _LOTS), DocumentColumn("Part des lots", _SHARE))
# The article that each shown column counts for, by its place.
_ARTICLE_AT = {
    at: _ARTICLES[one] for at, one in enumerate(column for column in _LINES if not column.aside) if one in _ARTICLES
}
_CLAUSES = {True: "oui", False: "non", None: "non dite"}
_TRADES = "Un lot de plusieurs métiers compte une fois dans chacun."
HYPOTHESES = (
    "Un lot compte une fois, tel que ses rectificatifs le laissent ; ceux qui sont seulement annoncés, ou annulés, ne comptent pas.",
    "Une part est un minimum : un avis qui ne dit rien d’une clause est compté comme n’en ayant pas.",
    "« Auraient pu être réservés » : sans réserve annoncée, et au moins une organisation crédible, du métier et à portée, d’un type auquel le lot pouvait l’être.",
    "Le nombre de crédibles est celui du jour où le lot a été comparé au catalogue ; il ne dit pas qu’elles étaient disponibles.",
)


def territory_document(its: TerritoryView, address: str = "", most: int | None = None) -> Document:
    """Return the view of a territory, the `most` first lines of its tables, all where None; `address` asks for it again."""
    found = its.counts
    return Document(
        kind=DocumentKind.TERRITORY,
        title=its.territory,
        asked=(f"Territoire : {its.territory}", f"Publiés du {day(its.since)} au {day(its.until)}"),
        answer=_answer(its),
        remarks=tuple(_remarks(its)),
        tables=(
            _reservable(its, most),
            DocumentTable("Par levier", _BY_LEVER, tuple(_by_lever(its)), total=True),
            _by("Par métier", "Métier", found.trades, _trade, most, says=(_TRADES,)),
            _by("Par acheteur", "Acheteur", found.buyers, lambda key: its.buyers[key] or None, most),
            _by("Par mois", "Mois", found.months, lambda key: f"{key[5:]}/{key[:4]}", most),
        )
        if found.whole.lots
        else (),
        hypotheses=HYPOTHESES,
        address=address,
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        scope="D’après les avis importés : ce qui n’est publié nulle part n’est pas compté.",
    )


def article_at(at: int) -> str:
    """Return the code of the article that a shown column of the lots counts for, by its place; empty for any other."""
    return _ARTICLE_AT.get(at, "")


def territory_csv(its: TerritoryView) -> DescribedFile:
    """Return the lots that could have been reserved as a CSV."""
    return table_csv(_reservable(its, None))


def territory_object(its: TerritoryView) -> dict[str, Any]:
    """Return the same as JSON; euros before tax, unknown as null."""
    found = its.counts
    return {
        "places": [place.key for place in its.places],
        "departements": list(its.departements),
        "since": its.since.isoformat(),
        "until": its.until.isoformat(),
        "lots": _object(found.whole),
        "levers": dict(found.levers),
        "trades": [_object(one) | {"group": one.key or None} for one in found.trades],
        "buyers": [
            _object(one) | {"buyer": one.key or None, "name": its.buyers[one.key] or None} for one in found.buyers
        ],
        "months": [_object(one) | {"month": one.key} for one in found.months],
        "could_be_reserved": [_line_object(line) for line in found.reservable],
        "announced": found.announced,
        "cancelled": found.cancelled,
        "trade_unread": found.unread,
        "not_compared": found.waiting,
        "place_unknown": its.placeless,
        "undated": its.undated,
    }


def _answer(its: TerritoryView) -> str:
    whole = its.counts.whole
    if not whole.lots:
        return (
            f"Aucun lot publié dans ce territoire du {day(its.since)} au {day(its.until)}, d’après les avis importés."
        )
    could = len(its.counts.reservable)
    said = (
        f"{count(whole.lots, 'lot publié', 'lots publiés')}, dont {_of(whole, whole.reserved, 'réservé', 'réservés')} et "
        f"{_of(whole, whole.clause, 'autre avec une clause sociale', 'autres avec une clause sociale')}. "
    )
    return said + (
        f"{count(could, 'lot aurait pu être réservé', 'lots auraient pu être réservés')} : des structures crédibles existaient."
        if could
        else "Aucun des autres n’aurait trouvé de structure crédible d’un type auquel le réserver."
    )


def _of(whole: LotCounts, its: int, one: str, several: str) -> str:
    share = whole.part(its)
    return f"{count(its, one, several)} ({percent(share)})" if its and share else f"aucun {one}"


def _remarks(its: TerritoryView) -> Iterator[str]:
    yield from its.remarks
    found = its.counts
    lines = (
        (found.levers[ReservedFor.UNSAID], "lot réservé sans que l’avis dise à quelle famille : à préciser sur sa page",
         "lots réservés sans que l’avis dise à quelle famille : à préciser sur leur page"),
        (found.unread, "lot dont le métier n’est pas compris : compté, mais personne ne lui est trouvé",
         "lots dont le métier n’est pas compris : comptés, mais personne ne leur est trouvé"),
        (found.waiting, "lot pas encore comparé au catalogue", "lots pas encore comparés au catalogue"),
        (its.placeless, "lot de cette période dont le lieu n’est pas connu, ou est toute la France : non compté ici",
         "lots de cette période dont le lieu n’est pas connu, ou est toute la France : non comptés ici"),
        (its.undated, "lot d’ici sans date de parution : non compté", "lots d’ici sans date de parution : non comptés"),
        (found.announced, "lot seulement annoncé, non compté", "lots seulement annoncés, non comptés"),
        (found.cancelled, "lot annulé, non compté", "lots annulés, non comptés"),
    )  # fmt: skip
    yield from (f"{count(many, one, several)}." for many, one, several in lines if many)


def _reservable(its: TerritoryView, most: int | None) -> DocumentTable:
    found = its.counts.reservable
    families = f"{lever(RESERVING[0]).article} : EA et ESAT. {lever(RESERVING[1]).article} : SIAE."
    rows = tuple(_line(line, its) for line in found[:most])
    return DocumentTable(RESERVABLE, _LINES, rows, (families, *_more(found, most)) if rows else ())


def _line(line: LotLine, its: TerritoryView) -> DocumentRow:
    names = taxonomy()
    return DocumentRow(
        (
            *(line.title or None, str(line.id), tuple(names.label(code) for code in line.activities)),
            *(line.buyer_name or line.buyer or None, line.buyer or None),
            *(day(line.published), _until(line, its)),
            *(line.reservable.get(code, 0) for code in RESERVING),
            *(_CLAUSES[line.clause], line.amount),
        )
    )


def _until(line: LotLine, its: TerritoryView) -> DocumentCell:
    if line.state is LotState.AWARDED:
        return Marked("attribué", CellMark.REFUSED)
    if line.deadline is None:
        return "date limite non connue"
    local = line.deadline.replace(tzinfo=UTC).astimezone(PARIS).date()
    return f"jusqu’au {day(local)}" if local >= its.on else Marked(f"clos le {day(local)}", CellMark.REFUSED)


def _by_lever(its: TerritoryView) -> Iterator[DocumentRow]:
    whole = its.counts.whole
    for family, its_lots in its.counts.levers.items():
        if its_lots:
            article = "" if family == ReservedFor.UNSAID else f" ({lever(LEVERS[ReservedFor(family)]).article})"
            yield DocumentRow((f"Réservé : {family}{article}", its_lots, whole.part(its_lots)))
    yield DocumentRow(("Sans réserve annoncée, avec une clause sociale", whole.clause, whole.part(whole.clause)))
    yield DocumentRow(("Ni réserve ni clause annoncées", whole.neither, whole.part(whole.neither)))
    yield DocumentRow(("Tous les lots", whole.lots, whole.part(whole.lots)))


def _by(
    title: str,
    label: str,
    found: Sequence[LotCounts],
    named: Callable[[str], str | None],
    most: int | None,
    says: tuple[str, ...] = (),
) -> DocumentTable:
    rows = tuple(
        DocumentRow(
            (named(one.key), one.lots, one.reserved, one.clause, one.neither, one.part(one.reserved), one.part(one.reserved + one.clause))
        )
        for one in found[:most]
    )  # fmt: skip
    return DocumentTable(title, (DocumentColumn(label), *_COUNTED), rows, (*says, *_more(found, most)))


def _more(found: Sequence[object], most: int | None) -> tuple[str, ...]:
    more = 0 if most is None else max(0, len(found) - most)
    return (f"Et {count(more, 'autre')} : les fichiers les donnent.",) if more else ()


def _trade(key: str) -> str:
    return taxonomy().label(key) if key != NO_TRADE else "métier non compris"


def _object(its: LotCounts) -> dict[str, Any]:
    return {"lots": its.lots, "reserved": its.reserved, "clause": its.clause, "neither": its.neither}


def _line_object(line: LotLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "title": line.title,
        "buyer": {"siret": line.buyer or None, "name": line.buyer_name or None},
        "published": line.published.isoformat(),
        "deadline": line.deadline.replace(tzinfo=UTC).isoformat() if line.deadline else None,
        "state": line.state.value,
        "activities": list(line.activities),
        "clause": line.clause,
        "amount": line.amount,
        "credible": line.credible,
        "reservable": dict(line.reservable),
    }
