"""The count of a file of shared answers as JSON, for the command and the API alike."""

from typing import TypedDict

from matcher.answers.intake import AnswersReport
from matcher.reference.trades.activities import taxonomy


class RefusedLineShape(TypedDict):
    """Une ligne qui n’est pas prise : son numéro, à partir de 1, et pourquoi."""

    line: int
    reason: str


class CountedSupplierShape(TypedDict):
    """Combien de réponses sont d’une structure du catalogue."""

    id: str
    name: str
    answers: int


class CountedTradeShape(TypedDict):
    """Combien de réponses disent faire un métier, et ne pas le faire."""

    code: str
    label: str
    done: int
    not_done: int


class AnswersReportShape(TypedDict):
    """Ce que contient un fichier de réponses ; `already` compte les lignes d’un fichier d’avant, `digest` nomme celui-ci, `applied` et `erased` restent à 0 tant que personne ne l’accepte."""

    lines: int
    facts: int
    withdrawals: int
    already: int
    absent: int
    refused: int
    refusals: list[RefusedLineShape]
    keys: dict[str, int]
    suppliers: list[CountedSupplierShape]
    trades: list[CountedTradeShape]
    accepted: bool
    applied: int
    erased: int
    digest: str


def answers_report_object(report: AnswersReport) -> AnswersReportShape:
    """Return a report as JSON, suppliers and trades with most answers first."""
    suppliers = sorted(report.by_supplier.items(), key=lambda counted: (-counted[1], counted[0]))
    codes = sorted({code for code, _ in report.by_trade}, key=lambda code: (-report.by_trade[code, True], code))
    trades, label = report.by_trade, taxonomy().label
    return {
        "lines": report.lines,
        "facts": report.facts,
        "withdrawals": report.withdrawals,
        "already": report.already,
        "absent": report.absent,
        "refused": report.refused,
        "refusals": [{"line": refusal.number, "reason": refusal.reason} for refusal in report.refusals],
        "keys": dict(sorted(report.by_key.items())),
        "suppliers": [{"id": key, "name": report.names[key], "answers": figure} for key, figure in suppliers],
        "trades": [
            {"code": code, "label": label(code), "done": trades[code, True], "not_done": trades[code, False]}
            for code in codes
        ],
        "accepted": report.accepted,
        "applied": report.applied,
        "erased": report.erased,
        "digest": report.digest,
    }
