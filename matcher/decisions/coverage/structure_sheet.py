"""Builds, from a coverage, the sheet that a network sends to one of its structures (a Document: its lots, partners, questions to ask it), and a ZIP with one
XLSX file per structure."""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from matcher.decisions.coverage.answer import Coverage
from matcher.decisions.coverage.compute import WITHIN_REACH, CoverMatrix, LotStanding
from matcher.decisions.coverage.document import (
    LOT,
    SIZE,
    coverage_hypotheses,
    coverage_request,
    lot_cells,
    organisation_names,
)
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
from matcher.render.table import document_workbook

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


def sheet_document(coverage: Coverage, at: int) -> Document:
    """Return the sheet of the structure in column `at` of the matrix."""
    matrix, structure = coverage.matrix, coverage.matrix.structures[at]
    rows = []
    for lot in matrix.lots_of(at, LotStanding.KNOWN, LotStanding.HINT):
        others = [
            column
            for column in matrix.of(lot, LotStanding.KNOWN)
            if matrix.organisation[column] != matrix.organisation[at]
        ]
        standing = (str(matrix.at(lot, at)), matrix.why(lot, at), matrix.distance(lot, at))
        ways = tuple(_answer_phrases(matrix, lot, at)) or "à voir ensemble"
        names = few(list(organisation_names(matrix, others))) or "aucune"
        rows.append(DocumentRow((*lot_cells(matrix.lots[lot]), *standing, ways, names, matrix.lots[lot].etp)))
    return Document(
        kind=DocumentKind.COVERAGE,
        title=structure.name,
        asked=(
            *coverage_request(coverage),
            ", ".join(filter(None, (*structure.kinds, structure.city or "commune non connue"))),
        ),
        answer=sheet_headline(matrix, at),
        remarks=tuple(_not_known(matrix, at)),
        tables=(DocumentTable("Ses lots", _ITS_LOTS, tuple(rows)), _to_ask(matrix, at)),
        hypotheses=tuple(coverage_hypotheses(matrix)),
        names={other.id: other.name for other in matrix.structures},
        catalogue_version=coverage.catalogue_version,
        catalogue_suppliers=coverage.catalogue_suppliers,
        on=coverage.on,
        scope=NOTICE,
    )


def sheet_headline(matrix: CoverMatrix, at: int) -> str:
    """Return the numbers of lots of a structure in one sentence."""
    known, alone = int(matrix.is_known[:, at].sum()), int(matrix.indispensable[:, at].sum())
    hints, calls = (len(matrix.lots_of(at, standing)) for standing in (LotStanding.HINT, LotStanding.TO_CALL))
    if not known + hints + calls:
        return f"{matrix.structures[at].name} n’est à portée d’aucun lot pour son métier."
    parts = [f"connue pour {count(known, 'lot')} sur {number(len(matrix.lots))}"]
    parts += [f"seule à l’être pour {number(alone)}"] if alone else []
    parts += [f"un indice pour {number(hints)}"] if hints else []
    parts += [f"à appeler pour {number(calls)}"] if calls else []
    return f"{matrix.structures[at].name} : {' ; '.join(parts)}."


def sheets_archive(coverage: Coverage) -> bytes:
    """Return a ZIP with an XLSX file for each structure within reach of a lot, dated with the day of the answer."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for at, structure in enumerate(coverage.matrix.structures):
            if coverage.matrix.lots_of(at, *WITHIN_REACH):
                name = f"{_file_name(structure.name)}-{_file_name(structure.id)}.xlsx"
                day = (coverage.on.year, coverage.on.month, coverage.on.day, 0, 0, 0)
                archive.writestr(ZipInfo(name, day), document_workbook(sheet_document(coverage, at)), ZIP_DEFLATED)
    return content.getvalue()


def _file_name(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-")[:_LONGEST_FILE_NAME]


def _answer_phrases(matrix: CoverMatrix, lot: int, at: int) -> Iterator[str]:
    """Yield the ways in which a structure may answer a lot, alone or with partners, in French."""
    its_lot, number_of = matrix.lots[lot], {one.id: column for column, one in enumerate(matrix.structures)}

    def is_own(key: str) -> bool:
        return bool(matrix.organisation[number_of[key]] == matrix.organisation[at])

    if any(map(is_own, its_lot.answering.alone)):
        asks = its_lot.etp is not None and matrix.structures[at].workers is None
        yield "seule, si son effectif suffit" if asks else "seule"
    for ids in its_lot.answering.together:
        if any(map(is_own, ids)):
            yield f"avec {enumeration(list(organisation_names(matrix, [number_of[key] for key in ids if not is_own(key)])))}"


def _to_ask(matrix: CoverMatrix, at: int) -> DocumentTable:
    """Return the table of trades to ask the structure about (no source states whether it does them), with the lots within reach."""
    lots: dict[str, list[str]] = {}
    for lot in matrix.lots_of(at, LotStanding.TO_CALL):
        lots.setdefault(matrix.lots[lot].trade, []).append(matrix.lots[lot].label)
    rows = sorted(lots.items(), key=lambda trade: (-len(trade[1]), trade[0]))
    return DocumentTable(
        "À lui demander : fait-elle ce métier ?",
        _TO_ASK,
        tuple(DocumentRow((trade, len(labels), tuple(labels))) for trade, labels in rows),
    )


def _not_known(matrix: CoverMatrix, at: int) -> Iterator[str]:
    """Yield sentences on missing data of a structure, its declared capacity, and the lots that exclude it."""
    structure = matrix.structures[at]
    lacking: list[DocumentCell] = [
        "l’effectif" if structure.workers is None else "",
        "le chiffre d’affaires" if structure.turnover is None else "",
        "la capacité" if not structure.capacity else "",
        "l’adresse, donc les distances" if not structure.located else "",
        "le type" if not structure.kinds else "",
    ]
    if missing := [str(its) for its in lacking if its]:
        yield f"Ce qu’on ne sait pas d’elle : {enumeration(missing)}. À lui demander."
    if structure.capacity:
        yield f"Capacité, selon elle : « {structure.capacity} »."
    for standing, says in _LEFT_OUT.items():
        if lots := matrix.lots_of(at, standing):
            whys = enumeration(list(dict.fromkeys(filter(None, (matrix.why(lot, at) for lot in lots)))))
            yield f"{count(len(lots), 'lot')} {says}{f' : {whys}' if whys else ''}."


_LEFT_OUT = {
    LotStanding.FAR: "hors de sa portée",
    LotStanding.OTHER: "pour un métier qui n’est pas le sien, d’après ce qui est connu",
    LotStanding.REFUSED: "qu’elle ne peut pas porter",
}
