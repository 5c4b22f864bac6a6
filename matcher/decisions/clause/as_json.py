"""The plan of social clauses as a JSON object."""

from typing import Any

from matcher.decisions.clause import words
from matcher.decisions.clause.answer import Planned
from matcher.decisions.clause.compute import Carried, ContractSplit


def plan_object(planned: Planned) -> dict[str, Any]:
    """The plan with its contracts, its hours by modality, who could carry them, and the side needs; unknown as null."""
    its = planned.plan
    return {
        "contracts": [_contract(one) for one in its.splits],
        "places": [place.name for place in planned.places],
        "hours": its.hours,
        "etp": round(its.etp, 2),
        "adds_up": its.adds_up,
        "answer": words.answer(its),
        "remarks": list(words.remarks(its)),
        "peak": words.peak(its),
        "too_small": list(words.small_lines(its)),
        "modalities": [_modality(planned, one) for one in its.carried],
        "steps": list(words.steps(its)),
        "side_needs": [
            {
                "label": one.need.label,
                "activity": one.need.activity,
                "reason": one.need.reason,
                "credible": one.credible,
                "to_call": one.to_call,
                "first": [{"id": by.id, "name": by.name, "city": by.city or None} for by in one.first],
            }
            for one in its.side
        ],
        "facilitators": [
            {
                "structure": one.structure or None,
                "name": one.name or None,
                "territory": one.territory,
                "phones": list(one.phones),
                "email": one.email or None,
                "as_of": one.as_of.isoformat() if one.as_of else None,
            }
            for one in planned.facilitators
        ],
        "hypotheses": list(words.hypotheses(its)),
    }


def _contract(its: ContractSplit) -> dict[str, Any]:
    one = its.contract
    return {
        "need": one.label,
        "places": [place.name for place in one.reading.places],
        "euros": one.reading.euros,
        "hours": one.hours,
        "counted": one.counted,
        "months": one.months,
        "start": one.start.isoformat() if one.start else None,
        "split": dict(its.hours),
        "lacking": its.lacking,
    }


def _modality(planned: Planned, its: Carried) -> dict[str, Any]:
    plan = planned.plan
    return {
        "code": its.modality.code,
        "label": its.modality.label,
        "limit": words.limit(plan, its) or None,
        "hours": its.hours,
        "by_contract": list(its.by_contract),
        "share": round(its.hours / plan.hours, 4),
        "etp": round(its.hours / plan.assumed.hours_per_etp, 2),
        "usual": its.usual,
        "usual_source": its.modality.source,
        "room": None if its.room is None else round(its.room),
        "doing": round(its.doing, 2),
        "candidates": [
            {
                "id": host.candidate.id,
                "name": host.candidate.name,
                "kinds": list(host.candidate.kinds),
                "city": host.candidate.city or None,
                "distance_km": host.candidate.distance_km,
                "workers": host.candidate.workers,
                "contracts": [at + 1 for at in host.contracts],
                "does": host.candidate.fit,
                "standing": str(host.candidate.standing),
                "evidence": words.evidence(planned.evidence[host.candidate.id])
                if host.candidate.id in planned.evidence
                else None,
            }
            for host in its.hosts
        ],
    }
