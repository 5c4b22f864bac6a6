"""The figures of an annual report as a JSON object, for the API and `entremise bilan --format json`."""

from collections.abc import Iterable
from typing import Any

from matcher.decisions.clause.followup import HoursKind, hours_by_year
from matcher.dossiers.report.answer import AWARDS, ReportAnswer
from matcher.dossiers.report.detail import lacking
from matcher.dossiers.report.document import year_sentences
from matcher.dossiers.report.measures import CountedContracts, award_measures, contract_measures
from matcher.render.shaped import json_value, shaped

# JSON key → kind of the hours noted by month.
_NOTED = {"planned_by_month": HoursKind.PLANNED, "done": HoursKind.DONE}


def annual_object(report_answer: ReportAnswer) -> dict[str, Any]:
    """Return the figures as a JSON object; shares in [0, 1], euros before tax, unknown as null."""
    report, public_data = report_answer.report, None
    if report.awards is not None:
        public_data = shaped(
            "imported undated sources=award_sources perhaps_twice contracts",
            report,
            imported=next((one.imported for one in report_answer.sources if one.key == AWARDS), None),
            perhaps_twice=sum(one.its.perhaps_told for one in report.awards),
            contracts=_measures(award_measures(report.awards).every),
        )
    return {
        "organisation": shaped("name?=own_name siret?", report_answer.organisation),
        "years": list(report.period.years),
        "date": report_answer.on.isoformat(),
        "answer": year_sentences(report_answer),
        "dossiers": shaped(
            "followed awarded_without_contract=unnoted contracts",
            report,
            contracts=_measures(contract_measures(report.contracts).every),
        ),
        "public_data": public_data,
        "hours": {
            "planned": report.hours_planned,
            "plans": [shaped("dossier=dossier.number title hours", plan) for plan in report.plans],
            **{key: json_value(report.hours.get(kind)) for key, kind in _NOTED.items()},
            "by_contract": [
                shaped(
                    "year client? contract modality public? planned placed done",
                    line,
                    year=line.month.year,
                    client=contract.client,
                    contract=contract.title,
                )
                for contract, line in hours_by_year(report.promised, report.period.years)
            ],
        },
        "spending": {
            "ledgers": [
                shaped("name date=on lines", ledger, lines=len(ledger.lines)) for ledger in report_answer.ledgers
            ],
            "lines": len(report.ledger.spending.lines),
            **shaped("undated repeated", report.ledger),
            "shares": [shaped("tax sure at_most", shares) for shares in report.ledger.spending.shares],
        },
        "exemptions": [
            shaped("dossier=dossier.number lot=title article case=label motive? date=on", exemption)
            for exemption in report.exemptions
        ],
        "missing": [json_value(one) for one in lacking(report_answer)],
    }


def _measures(counted: Iterable[CountedContracts]) -> list[dict[str, Any]]:
    fields = "label count of share euros share_of_euros untold without_amount=without"
    return [shaped(fields, one) for one in counted]
