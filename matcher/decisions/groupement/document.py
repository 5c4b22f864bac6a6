"""Groupements as a JSON object, sentences and a workbook: who does what, who could lead, how far apart, what they already share."""

import io
from collections.abc import Iterator
from typing import Any

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.decisions.contact_sheet import contact_sheet
from matcher.decisions.groupement.answer import AskedPart, Together
from matcher.decisions.groupement.compute import Groupement, Groupements, Share
from matcher.decisions.opinion.document import standing
from matcher.decisions.opinion.words import NOTICE, percent
from matcher.domain.contact_details import ContactLookup
from matcher.domain.french import UNKNOWN, count, enumeration, unit
from matcher.reference.levers import lever
from matcher.render.document import Document, DocumentKind, DocumentRow, DocumentTable
from matcher.render.table import Cell, Column, Line, write_lines, write_table

SETS = (
    *(Column("Groupement", 11), Column("Chance que tous fassent leur part (%)", 14), Column("Membre", 36)),
    *(Column("Part", 40), Column("Types", 10), Column("Commune", 22), Column("Distance (km)", 10, "0.0")),
    *(Column("Ce qu’on en sait", 26), Column("Chance de faire sa part (%)", 12), Column("Mène", 8)),
    *(Column("Écart entre membres (km)", 12, "0.0"), Column("Déjà en commun", 50), Column("Identifiant", 22)),
)
PARTS = (
    *(Column("Part", 44), Column("Taille (ETP)", 9, "0.0"), Column("Crédibles", 10), Column("À appeler", 10)),
    Column("Premiers candidats", 70),
)
NAMED = 5
MAY_CARRY = "chances : métier × effectif × distance, selon les hypothèses de l’avis de réservation"


def together_object(its: Together) -> dict[str, Any]:
    """The answer, the parts, those that nobody carries, who could carry all alone, and the groupements, best first; chances in
    [0, 1], unknown as null."""
    found = its.grouping
    return {
        "answer": answer(found),
        "parts": list(found.parts),
        "candidates": {
            one.part.label: dict(zip(("credible", "to_call"), counted(one), strict=True)) for one in its.parts
        },
        "uncovered": list(found.uncovered),
        "alone": [_groupement(its) for its in found.alone],
        "groupements": [_groupement(its) for its in found.groupements],
        "hypotheses": list(hypotheses()),
    }


def together_workbook(its: Together, contacts_of: ContactLookup) -> bytes:
    """Sheets « Réponse », « Groupements » (a line a member and a part; those who could carry all alone last), « Parts » and « Contacts »."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Groupements", "author": "Entremise"})
        write_lines(book, "Réponse", list(_lines(its)))
        write_table(book, "Groupements", SETS, list(_set_rows(its.grouping)))
        write_table(book, "Parts", PARTS, [_part_cells(one) for one in its.parts])
        contact_sheet(book, {one.id: one.name for one in its.named}, contacts_of)
    return buffer.getvalue()


def together_decision(its: Together, address: str) -> Document:
    """The groupements as a dossier keeps them; `address` asks for them again."""
    found = its.grouping
    rows = (
        *(row for rank, one in enumerate(found.groupements, start=1) for row in _told_rows(str(rank), one)),
        *(row for one in found.alone for row in _told_rows("seul", one)),
    )
    head = ("Membre", "Groupement", "Part", "Distance", "Ce qu’on en sait", "Rôle")
    table = DocumentTable("Qui ferait quoi", head, (False, False, False, True, False, False), rows)
    remarks = [f"Groupement {rank} : {_together(one)}" for rank, one in enumerate(found.groupements, start=1)]
    return Document(
        kind=DocumentKind.GROUPEMENT,
        title=enumeration(list(its.grouping.parts)),
        asked=tuple(asked(its)),
        answer=answer(its.grouping),
        remarks=tuple(remarks),
        tables=(table,) if rows else (),
        hypotheses=tuple(hypotheses()),
        names={one.id: one.name for one in its.named},
        address=address,
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
    )


def asked(its: Together) -> Iterator[str]:
    """What was asked, in sentences."""
    yield f"Activités : {enumeration(list(dict.fromkeys(one.need for one in its.parts)))}"
    yield f"Sites : {enumeration(list(dict.fromkeys(one.place for one in its.parts)))}"
    if its.lever:
        yield lever(its.lever).label
    size = its.parts[0].part.etp
    yield "Taille des parts : non connue" if size is None else f"Taille de chaque part : {unit(size, 'ETP', 1)} par an"


def hypotheses() -> Iterator[str]:
    """What the chances suppose."""
    yield MAY_CARRY.capitalize() + "."
    yield f"Une structure donne {unit(100 * DEFAULT.share, '%')} de son effectif à une part ; un effectif non connu est pris selon la taille usuelle de son type."
    yield "« À appeler, 70 % » : le métier n’est pas établi ; sept structures de ce type sur dix le feraient."
    yield "Chaque membre de plus coûte un cinquième de la chance : un groupement se forme, s’écrit et se mène."


def counted(one: AskedPart) -> tuple[int, int]:
    """How many candidates of a part are credible, and how many are to call."""
    credible = sum(its.standing is CandidateStanding.CREDIBLE for its in one.part.candidates)
    return credible, len(one.part.candidates) - credible


def answer(found: Groupements) -> str:
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
        return f"{found.alone[0].members[0].name} peut porter seule l’ensemble ; sinon, ensemble : {names}."
    sure = all(share.by.standing is CandidateStanding.CREDIBLE for member in first.members for share in member.shares)
    return f"Ensemble : {names}. Chaque part a un membre à portée{'' if sure else ', à appeler d’abord'}."


def told(its: Groupement) -> Iterator[str]:
    """One groupement in sentences."""
    for member in its.members:
        yield f"{member.name} : {' ; '.join(map(_share, member.shares))}"
    if len(its.members) > 1:
        yield f"{its.leader} pourrait mener le groupement ({its.why_leader}) ; {_apart(its)}."
        yield _shared(its)


def _lines(its: Together) -> Iterator[Line]:
    yield "Réponse", answer(its.grouping)
    for said in asked(its):
        yield "Ce qui est demandé", said
    for said in hypotheses():
        yield "Hypothèse", said
    yield "Portée", NOTICE


def _set_rows(found: Groupements) -> Iterator[list[Cell]]:
    for rank, its in enumerate(found.groupements, start=1):
        yield from _members(str(rank), its)
    for its in found.alone:
        yield from _members("seul", its)


def _members(rank: str, its: Groupement) -> Iterator[list[Cell]]:
    for member in its.members:
        for share in member.shares:
            by = share.by
            yield [
                rank,
                round(100 * its.score),
                member.name,
                share.part,
                ", ".join(by.kinds),
                by.city or UNKNOWN,
                UNKNOWN if by.distance_km is None else by.distance_km,
                standing(by),
                round(100 * share.chance),
                "oui" if member.name == its.leader and len(its.members) > 1 else "",
                its.apart_km if its.apart_km is not None else (UNKNOWN if len(its.members) > 1 else None),
                ", ".join(its.together),
                by.id,
            ]


def _part_cells(one: AskedPart) -> list[Cell]:
    size = UNKNOWN if one.part.etp is None else one.part.etp
    names = " ; ".join(its.name for its in one.part.candidates[:NAMED])
    return [one.part.label, size, *counted(one), names or "personne à portée"]


def _told_rows(rank: str, its: Groupement) -> Iterator[DocumentRow]:
    """The lines of one proposal: who, in which, doing what, from how far, and who could lead."""
    for member in its.members:
        for share in member.shares:
            leads = len(its.members) > 1 and member.name == its.leader
            cells = (
                member.name,
                f"{rank}, {percent(its.score)} de chances",
                share.part,
                _far(share.by),
                standing(share.by),
                f"pourrait mener ({its.why_leader})" if leads else "",
            )
            yield DocumentRow(cells, share.by.id)


def _far(by: Candidate) -> str:
    if by.distance_km is None:
        return "non connue"
    return "sur place" if by.distance_km < 1 else unit(by.distance_km, "km")


def _together(its: Groupement) -> str:
    return f"{_apart(its)}. {_shared(its)}"


def _shared(its: Groupement) -> str:
    if its.together:
        return f"Déjà en commun : {enumeration(its.together)}."
    return "Rien ne dit qu’ils aient déjà travaillé ensemble : à demander."


def _apart(its: Groupement) -> str:
    if its.apart_km is None:
        return "distance entre membres non connue"
    return f"membres à {unit(its.apart_km, 'km')} l’un de l’autre"


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
                        "city": share.by.city or None,
                        "kinds": list(share.by.kinds),
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
