"""A campaign on a terminal, and as JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from matcher.domain.french import count, day
from matcher.dossiers.asking.standing import standings
from matcher.dossiers.asking.store import AskedStructure, CampaignState, PlannedStructure


def shown(state: CampaignState) -> str:
    """Return a campaign in lines: its counts, then each structure, then those left out, each with its reason."""
    campaign = state.campaign
    lines = [
        f"Campagne {campaign.id} : {campaign.title}, le {day(campaign.created.date())}, par {campaign.who}",
        f"{count(len(state.asked), 'structure à interroger', 'structures à interroger')}, {count(len(state.answered), 'réponse')}.",
        f"{', '.join(f'{number} {name}' for name, number in standings(state).items())}.",
        *(f"  {one.name} ({one.supplier_id}) : {_standing(one)}" for one in state.asked),
    ]
    if state.left_out:
        lines.append(_reasons(one.left_out for one in state.left_out))
        lines += [f"  {one.name} ({one.supplier_id}) : {one.left_out}" for one in state.left_out]
    return "".join(f"{line}\n" for line in lines)


def wave_shown(wave: Sequence[PlannedStructure]) -> str:
    """Return whom a campaign would ask, counted, and why not the others."""
    asked = sum(not one.left_out for one in wave)
    lines = [f"{count(asked, 'structure à interroger', 'structures à interroger')}."]
    if asked < len(wave):
        lines.append(_reasons(one.left_out for one in wave if one.left_out))
    return "".join(f"{line}\n" for line in lines)


def campaign_object(state: CampaignState) -> dict[str, Any]:
    """Return a campaign as JSON: no address, nor who is to be called."""
    campaign = state.campaign
    return {
        "campaign": campaign.id,
        "title": campaign.title,
        "dossier": campaign.dossier_id,
        "lot": campaign.lot,
        "asked": len(state.asked),
        "answered": len(state.answered),
        "structures": [
            {
                "id": one.supplier_id,
                "name": one.name,
                "left_out": one.left_out or None,
                "messages": [{"state": message.state.value, "said": message.said} for message in one.messages],
                "answer": {
                    "at": one.answer.at.isoformat(),
                    "said": replace(one.answer.given, phone="", email="").said(),
                    "waiting": one.answer.waiting,
                }
                if one.answer
                else None,
            }
            for one in state.structures
        ],
    }


def _reasons(left_out: Iterable[str]) -> str:
    return f"Pas interrogées : {', '.join(f'{number} {reason}' for reason, number in Counter(left_out).items())}."


def _standing(one: AskedStructure) -> str:
    last = one.messages[-1] if one.messages else None
    sent = f"{last.state.value}{f' ({last.said})' if last.said else ''}" if last else "aucun message"
    if one.answer is None:
        return sent
    waits = ", à accepter" if one.answer.waiting else ""
    return f"a répondu le {day(one.answer.at.date())}{waits}"
