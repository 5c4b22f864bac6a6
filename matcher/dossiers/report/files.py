"""The figures of a report as JSON."""

from dataclasses import asdict
from typing import Any

from matcher.dossiers.insertion.hours import HoursKind
from matcher.dossiers.report.answer import AWARDS, ReportAnswer
from matcher.dossiers.report.compute import CountedContracts, award_measures, contract_measures
from matcher.dossiers.report.detail import lacking
from matcher.dossiers.report.document import answer

# Hours that dossiers note by month, by the name of each kind.
_NOTED = {"planned_by_month": HoursKind.PLANNED, "done": HoursKind.DONE}


def report_object(its: ReportAnswer) -> dict[str, Any]:
    """Return the figures as JSON; shares in [0, 1], euros before tax, unknown as null."""
    found = its.report
    spending = found.ledger.spending
    return {
        "organisation": {"name": its.organisation.own_name or None, "siret": its.organisation.siret or None},
        "years": list(found.period.years),
        "date": its.on.isoformat(),
        "answer": answer(its),
        "dossiers": {
            "followed": found.followed,
            "awarded_without_contract": found.unnoted,
            "contracts": [_measure(one) for one in contract_measures(found.contracts)],
        },
        "public_data": _public_data(its),
        "hours": {
            "planned": found.hours_planned,
            "plans": [{"dossier": one.dossier.number, "title": one.title, "hours": one.hours} for one in found.plans],
            **{key: asdict(noted) if (noted := found.hours.get(kind)) else None for key, kind in _NOTED.items()},
        },
        "spending": {
            "ledgers": [{"name": one.name, "date": one.on.isoformat(), "lines": len(one.lines)} for one in its.ledgers],
            "lines": len(spending.lines),
            "undated": found.ledger.undated,
            "repeated": found.ledger.repeated,
            "shares": [{"tax": str(one.tax), "sure": one.sure, "at_most": one.at_most} for one in spending.shares],
        },
        "exemptions": [
            {
                "dossier": one.dossier.number,
                "lot": one.title,
                "article": one.article,
                "case": one.label,
                "motive": one.motive or None,
                "date": one.on.isoformat(),
            }
            for one in found.exemptions
        ],
        "missing": [asdict(one) for one in lacking(its)],
    }


def _public_data(its: ReportAnswer) -> dict[str, Any] | None:
    found = its.report
    if found.awards is None:
        return None
    return {
        "imported": next((one.imported.isoformat() for one in its.sources if one.key == AWARDS), None),
        "undated": found.undated,
        "sources": dict(found.award_sources),
        "perhaps_twice": sum(one.its.perhaps_told for one in found.awards),
        "contracts": [_measure(one) for one in award_measures(found.awards)],
    }


def _measure(its: CountedContracts) -> dict[str, Any]:
    return {
        "label": its.label,
        "count": its.count,
        "of": its.of,
        "share": its.share,
        "euros": its.euros,
        "share_of_euros": its.share_of_euros,
        "untold": its.untold,
        "without_amount": its.without,
    }
