"""Sheet of one structure of a network as its Document: its lots with their reasons, alone or with whom, what is not known of it; and all
of them as one archive, a workbook each, as a network sends them."""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from matcher.decisions.coverage.answer import Coverage
from matcher.decisions.coverage.compute import WITHIN_REACH, CoverMatrix, LotStanding
from matcher.decisions.coverage.document import LOT, SIZE, asked, hypotheses, lot_cells, named
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.french import count, enumeration, number
from matcher.render.document import (
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    few,
)
from matcher.render.workbook import document_workbook

_ITS_LOTS = (
    *LOT,
    *(DocumentColumn("Ce qu’on en sait"), DocumentColumn("Pourquoi", under=True)),
    *(DocumentColumn("Distance", ColumnKind.NUMBER, "km"), DocumentColumn("Seule, ou avec qui", ColumnKind.LIST)),
    *(DocumentColumn("Autres connues, les plus proches"), SIZE),
)
_TO_ASK = (
    DocumentColumn("Métier"),
    DocumentColumn("Lots", ColumnKind.NUMBER),
    DocumentColumn("Lesquels", ColumnKind.LIST),
)
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST_FILE_NAME = 60


def sheet_document(its: Coverage, at: int) -> Document:
    """The sheet of the structure at this column."""
    matrix, one = its.matrix, its.matrix.structures[at]
    lots = (*matrix.lots_of(at, LotStanding.KNOWN, LotStanding.HINT),)
    return Document(
        kind=DocumentKind.COVERAGE,
        title=one.name,
        asked=(*asked(its), ", ".join(filter(None, (*one.kinds, one.city or "commune non connue")))),
        answer=sheet_headline(matrix, at),
        remarks=tuple(_not_known(matrix, at)),
        tables=(
            DocumentTable("Ses lots", _ITS_LOTS, tuple(_line(matrix, lot, at) for lot in lots)),
            _to_ask(matrix, at),
        ),
        hypotheses=tuple(hypotheses(matrix)),
        names={other.id: other.name for other in matrix.structures},
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        scope=NOTICE,
    )


def sheet_headline(its: CoverMatrix, at: int) -> str:
    """The lots of a structure in one sentence."""
    known, alone = int(its.is_known[:, at].sum()), int(its.indispensable[:, at].sum())
    hints, calls = (len(its.lots_of(at, standing)) for standing in (LotStanding.HINT, LotStanding.TO_CALL))
    if not known + hints + calls:
        return f"{its.structures[at].name} n’est à portée d’aucun lot pour son métier."
    told = [f"connue pour {count(known, 'lot')} sur {number(len(its.lots))}"]
    told += [f"seule à l’être pour {number(alone)}"] if alone else []
    told += [f"un indice pour {number(hints)}"] if hints else []
    told += [f"à appeler pour {number(calls)}"] if calls else []
    return f"{its.structures[at].name} : {' ; '.join(told)}."


def sheets_archive(its: Coverage) -> bytes:
    """Return a ZIP that holds a workbook for each structure within reach of a lot, dated of the day of the answer."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for at, one in enumerate(its.matrix.structures):
            if its.matrix.lots_of(at, *WITHIN_REACH):
                name = f"{_file_name(one.name)}-{_file_name(one.id)}.xlsx"
                day = (its.on.year, its.on.month, its.on.day, 0, 0, 0)
                archive.writestr(ZipInfo(name, day), document_workbook(sheet_document(its, at)), ZIP_DEFLATED)
    return content.getvalue()


def _file_name(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-")[:_LONGEST_FILE_NAME]


def _line(its: CoverMatrix, lot: int, at: int) -> DocumentRow:
    others = [column for column in its.of(lot, LotStanding.KNOWN) if its.organisation[column] != its.organisation[at]]
    return DocumentRow(
        (
            *lot_cells(its.lots[lot]),
            *(
                str(its.at(lot, at)),
                its.why(lot, at),
                its.distance(lot, at),
                tuple(_ways(its, lot, at)) or "à voir ensemble",
            ),
            *(few(list(named(its, others))) or "aucune", its.lots[lot].etp),
        )
    )


def _ways(its: CoverMatrix, lot: int, at: int) -> Iterator[str]:
    """How a structure may answer a lot, by itself or with others."""
    its_lot, number_of = its.lots[lot], {one.id: column for column, one in enumerate(its.structures)}

    def is_it(key: str) -> bool:
        return bool(its.organisation[number_of[key]] == its.organisation[at])

    if any(map(is_it, its_lot.answering.alone)):
        asks = its_lot.etp is not None and its.structures[at].workers is None
        yield "seule, si son effectif suffit" if asks else "seule"
    for ids in its_lot.answering.together:
        if any(map(is_it, ids)):
            yield f"avec {enumeration(list(named(its, [number_of[key] for key in ids if not is_it(key)])))}"


def _to_ask(its: CoverMatrix, at: int) -> DocumentTable:
    """The trades that nothing tells it does or not, each with its lots within reach."""
    lots: dict[str, list[str]] = {}
    for lot in its.lots_of(at, LotStanding.TO_CALL):
        lots.setdefault(its.lots[lot].trade, []).append(its.lots[lot].label)
    rows = sorted(lots.items(), key=lambda trade: (-len(trade[1]), trade[0]))
    return DocumentTable(
        "À lui demander : fait-elle ce métier ?",
        _TO_ASK,
        tuple(DocumentRow((trade, len(labels), tuple(labels))) for trade, labels in rows),
    )


def _not_known(its: CoverMatrix, at: int) -> Iterator[str]:
    """What is not known of a structure, and the lots that it is not set against."""
    one = its.structures[at]
    lacking: list[DocumentCell] = [
        "l’effectif" if one.workers is None else "",
        "le chiffre d’affaires" if one.turnover is None else "",
        "la capacité" if not one.capacity else "",
        "l’adresse, donc les distances" if not one.located else "",
        "le type" if not one.kinds else "",
    ]
    if said := [str(its) for its in lacking if its]:
        yield f"Ce qu’on ne sait pas d’elle : {enumeration(said)}. À lui demander."
    if one.capacity:
        yield f"Capacité, selon elle : « {one.capacity} »."
    for standing, says in _LEFT_OUT.items():
        if lots := its.lots_of(at, standing):
            whys = enumeration(list(dict.fromkeys(filter(None, (its.why(lot, at) for lot in lots)))))
            yield f"{count(len(lots), 'lot')} {says}{f' : {whys}' if whys else ''}."


_LEFT_OUT = {
    LotStanding.FAR: "hors de sa portée",
    LotStanding.OTHER: "pour un métier qui n’est pas le sien, d’après ce qui est connu",
    LotStanding.REFUSED: "qu’elle ne peut pas porter",
}
