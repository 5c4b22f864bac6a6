"""Coverage of lots by a network as a JSON object, unknown as null."""

from typing import Any

from matcher.decisions.coverage.answer import Coverage
from matcher.decisions.coverage.compute import (
    WITHIN_REACH,
    CoverCount,
    CoverMatrix,
    LotStanding,
    cover,
    territory_labels,
    trade_labels,
)
from matcher.decisions.coverage.document import (
    count_standings,
    coverage_headline,
    coverage_hypotheses,
    coverage_remarks,
)
from matcher.render.shaped import shaped


def coverage_object(coverage: Coverage) -> dict[str, Any]:
    """The lots with each structure within reach, the structures, and the cover by trade and territory; unknown as null."""
    matrix = coverage.matrix
    return {
        "answer": coverage_headline(matrix),
        "network": coverage.network,
        "remarks": [*coverage_remarks(coverage), *coverage.network_said],
        "lots": [_lot(matrix, at) for at in range(len(matrix.lots))],
        "structures": [
            shaped(
                "id name kinds city? workers turnover capacity? known indispensable",
                one,
                known=[matrix.lots[lot].label for lot in matrix.lots_of(at, LotStanding.KNOWN)],
                indispensable=[lot.label for row, lot in enumerate(matrix.lots) if matrix.indispensable[row, at]],
            )
            for at, one in enumerate(matrix.structures)
        ],
        "trades": [_count(matrix, one) for one in cover(matrix, trade_labels)],
        "territories": [_count(matrix, one) for one in cover(matrix, territory_labels)],
        "hypotheses": list(coverage_hypotheses(matrix)),
    }


def _lot(matrix: CoverMatrix, at: int) -> dict[str, Any]:
    lot = matrix.lots[at]
    known, hints, to_call = count_standings(matrix, at)
    return shaped(
        "label title where? trade? places territory? etp unread? doubts known hints to_call alone=answering.alone together=answering.together too_large=answering.short structures",
        lot,
        known=known,
        hints=hints,
        to_call=to_call,
        structures=[
            shaped(
                "id standing distance_km why?",
                id=matrix.structures[column].id,
                standing=matrix.at(at, column),
                distance_km=matrix.distance(at, column),
                why=matrix.why(at, column),
            )
            for column in matrix.of(at, *WITHIN_REACH)
        ],
    )


def _count(matrix: CoverMatrix, cover_count: CoverCount) -> dict[str, Any]:
    return shaped(
        "label lots covered single without", cover_count, without=[matrix.lots[at].label for at in cover_count.nobody]
    )
