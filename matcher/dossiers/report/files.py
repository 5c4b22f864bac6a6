"""The figures of a report as JSON."""

from collections.abc import Iterable
from typing import Any

from matcher.dossiers.insertion.hours import HoursKind
from matcher.dossiers.report.answer import AWARDS, ReportAnswer
from matcher.dossiers.report.compute import CountedContracts, award_measures, contract_measures
from matcher.dossiers.report.detail import lacking
from matcher.dossiers.report.document import answer
from matcher.render.shaped import json_value, shaped

# Hours that dossiers note by month, by the name of each kind.
_NOTED = {"planned_by_month": HoursKind.PLANNED, "done": HoursKind.DONE}


def report_object(its: ReportAnswer) -> dict[str, Any]:
    """Return the figures as JSON; shares in [0, 1], euros before tax, unknown as null."""
    found = its.report
    spending, organisation = found.ledger.spending, its.organisation
    return {
        "organisation": shaped("name? siret?", organisation, name=organisation.own_name),
        "years": list(found.period.years),
        "date": its.on.isoformat(),
        "answer": answer(its),
        "dossiers": {
            "followed": found.followed,
            "awarded_without_contract": found.unnoted,
            "contracts": _measures(contract_measures(found.contracts)),
        },
        "public_data": _public_data(its),
        "hours": {
            "planned": found.hours_planned,
            "plans": [shaped("dossier title hours", plan, dossier=plan.dossier.number) for plan in found.plans],
            **{key: json_value(found.hours.get(kind)) for key, kind in _NOTED.items()},
        },
        "spending": {
            "ledgers": [shaped("name date lines", one, date=one.on, lines=len(one.lines)) for one in its.ledgers],
            "lines": len(spending.lines),
            **shaped("undated repeated", found.ledger),
            "shares": [shaped("tax sure at_most", shares) for shares in spending.shares],
        },
        "exemptions": [
            shaped(
                "dossier lot article case motive? date",
                one,
                dossier=one.dossier.number,
                lot=one.title,
                case=one.label,
                date=one.on,
            )
            for one in found.exemptions
        ],
        "missing": [json_value(one) for one in lacking(its)],
    }


def _public_data(its: ReportAnswer) -> dict[str, Any] | None:
    found = its.report
    if found.awards is None:
        return None
    return shaped(
        "imported undated sources perhaps_twice contracts",
        found,
        imported=next((one.imported for one in its.sources if one.key == AWARDS), None),
        sources=found.award_sources,
        perhaps_twice=sum(one.its.perhaps_told for one in found.awards),
        contracts=_measures(award_measures(found.awards)),
    )


def _measures(counted: Iterable[CountedContracts]) -> list[dict[str, Any]]:
    fields = "label count of share euros share_of_euros untold without_amount"
    return [shaped(fields, one, without_amount=one.without) for one in counted]
