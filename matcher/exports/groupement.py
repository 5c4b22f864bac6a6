"""Groupements as a JSON object, and as sentences: who does what, who could lead, how far apart, what they already share."""

from collections.abc import Iterator
from typing import Any

from matcher.advice.groupement import Groupement, Grouping, Share
from matcher.advice.words import percent
from matcher.domain.french import count, enumeration, unit


def grouping_object(found: Grouping) -> dict[str, Any]:
    """The parts, those that nobody carries, who could carry all alone, and the groupements, best first; chances in [0, 1]."""
    return {
        "parts": list(found.parts),
        "uncovered": list(found.uncovered),
        "alone": [_groupement(its) for its in found.alone],
        "groupements": [_groupement(its) for its in found.groupements],
    }


def answer(found: Grouping) -> str:
    """The answer in one sentence."""
    if found.uncovered:
        return (
            f"Aucun groupement ne couvre tout : personne n’est à portée, ou connu pour ce métier, pour {enumeration(found.uncovered)}. "
            "Sortez cette part, ou allez plus loin en sourcing."
        )
    if not found.groupements:
        alone = count(len(found.alone), "structure peut", "structures peuvent")
        return (
            f"Aucun groupement n’est utile : {alone} tout porter." if found.alone else "Aucun groupement ne porte tout."
        )
    first = found.groupements[0]
    names = enumeration([member.name for member in first.members])
    if found.alone and found.alone[0].score >= first.score:
        return f"{found.alone[0].members[0].name} peut porter seule l’ensemble ; sinon, un groupement de {names}."
    return f"Un groupement de {names} : chaque part a un membre à portée."


def told(its: Groupement) -> Iterator[str]:
    """One groupement in sentences."""
    for member in its.members:
        yield f"{member.name} : {' ; '.join(map(_share, member.shares))}"
    if len(its.members) > 1:
        apart = (
            "distance entre membres non connue"
            if its.apart_km is None
            else f"membres à {unit(its.apart_km, 'km')} l’un de l’autre"
        )
        yield f"{its.leader} pourrait mener le groupement ({its.why_leader}) ; {apart}."
        yield (
            f"Déjà en commun : {enumeration(its.together)}."
            if its.together
            else "Rien ne dit qu’ils aient déjà travaillé ensemble : à demander."
        )


def _share(share: Share) -> str:
    by = share.by
    far = "distance non connue" if by.distance_km is None else f"à {unit(by.distance_km, 'km')}"
    known = (
        str(by.standing)
        if by.standing == "crédible"
        else f"à appeler, {percent(by.fit)} de chances de faire ce métier (hypothèse)"
    )
    return (
        f"{share.part} ({', '.join(by.kinds) or 'type non connu'}, {by.city or 'commune non connue'}, {far}, {known})"
    )


def _groupement(its: Groupement) -> dict[str, Any]:
    return {
        "score": its.score,
        "members": [
            {
                "organisation": member.organisation,
                "name": member.name,
                "parts": [
                    {
                        "part": share.part,
                        "id": share.by.id,
                        "distance_km": None if share.by.distance_km is None else round(share.by.distance_km, 1),
                        "chance": round(share.chance, 4),
                        "standing": str(share.by.standing),
                    }
                    for share in member.shares
                ],
            }
            for member in its.members
        ],
        "leader": its.leader,
        "why_leader": its.why_leader,
        "apart_km": None if its.apart_km is None else round(its.apart_km, 1),
        "together": list(its.together),
    }
