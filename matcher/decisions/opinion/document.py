"""An opinion on reserving as a JSON object, or as a workbook to keep with the contract's records."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.decisions.capacity_lookup import Means
from matcher.decisions.opinion import law_words, words
from matcher.decisions.opinion.answer import Advice
from matcher.decisions.opinion.compute import LeverOpinion, Opinion
from matcher.decisions.opinion.law_words import LadderStep
from matcher.decisions.sizing import Range
from matcher.domain.french import UNKNOWN, day, unit
from matcher.need.as_json import reading_line
from matcher.need.criteria import need
from matcher.reference.levers import lever
from matcher.render.document import Document, DocumentKind, DocumentRow, DocumentTable
from matcher.render.table import Cell, Column, Line, write_lines, write_table

CANDIDATES = (
    *(Column("Fournisseur", 36), Column("Types", 10), Column("Commune", 22), Column("Distance (km)", 10, "0.0")),
    *(Column("Ce qu’on en sait", 14), Column("Chance de faire ce métier (%)", 14), Column("Effectif", 10, "0.0")),
    *(Column("Capacité déclarée", 40), Column("Identifiant", 22)),
)
LEVERS = (
    *(Column("Levier", 40), Column("Article", 14), Column("Crédibles", 10), Column("À appeler", 10)),
    *(Column("Au moins 1 offre (%)", 12), Column("Au moins 2 offres (%)", 12), Column("Au moins 3 offres (%)", 12)),
    Column("Ce qui l’exclut", 50),
)
CURVE = (
    Column("Taille du lot (ETP)", 14, "0.0"),
    Column("Candidats probables", 14, "0.0"),
    Column("Au moins", 12, "0.0"),
    Column("Au plus", 12, "0.0"),
)


def advice_object(advice: Advice) -> dict[str, Any]:
    """The opinion with its figures; chances in [0, 1], sizes in ETP a year, unknown as null."""
    its = advice.opinion
    return {
        "lot": reading_line(advice.reading),
        "verdict": str(its.verdict),
        "levier": its.lever or None,
        "said": its.said or None,
        "headline": words.headline(its),
        "reasons": list(words.reasons(its)),
        "understood": its.understood,
        "placed": its.placed,
        "need": {"etp": its.need.etp, "says": its.need.says, "yearly": its.need.yearly},
        "law": _law(its),
        "family": its.family.name if its.family else None,
        "clause_hours": None
        if its.clause_hours is None
        else {"low": round(its.clause_hours.low), "high": round(its.clause_hours.high)},
        "levers": [_lever(one) for one in its.levers],
        "candidates": [_candidate(one, advice.means) for one in its.told.found],
        "curve": [{"etp": step.etp, **_range(step.candidates)} for step in its.steps],
        "largest": _range(its.largest) if its.largest else None,
        "lots": None if its.split is None else {"lots": its.split.lots, "etp": its.split.etp},
        "dependent": [{"id": one.candidate.id, "share": one.share} for one in its.dependent],
        "beside": [
            {"label": label, "gives": gives, "notice": sentence} for label, gives, sentence in words.beside(its)
        ],
        "notice": words.notice(its) or None,
        "hypotheses": list(its.assumed.says()),
        "catalogue": {"version": advice.catalogue_version, "suppliers": advice.catalogue_suppliers},
        "date": advice.on.isoformat(),
    }


def advice_workbook(advice: Advice) -> bytes:
    """Sheets « Avis », « Leviers », « Candidats » and « Tailles »."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    its = advice.opinion
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Avis de réservation", "author": "Entremise", "created": advice.on})
        write_lines(book, "Avis", list(_lines(advice)))
        write_table(book, "Leviers", LEVERS, [_lever_cells(one) for one in its.levers])
        write_table(book, "Candidats", CANDIDATES, [_cells(one, advice.means) for one in its.told.found], frozen=1)
        write_table(book, "Tailles", CURVE, [_curve_cells(step.etp, step.candidates) for step in its.steps])
    return buffer.getvalue()


def advice_decision(advice: Advice, title: str, address: str) -> Document:
    """The opinion as a dossier keeps it, the exception that the buyer chose and why included; `address` asks for it again."""
    its = advice.opinion
    chances = DocumentTable(
        "Chances d’offres",
        ("Offres", "Chance", "Au moins", "Au plus"),
        (False, True, True, True),
        tuple(
            DocumentRow((label, *map(words.percent, (chance.likely, chance.low, chance.high))))
            for label, chance in words.chances(its)
        ),
    )
    amounts = DocumentTable(
        "Ce que change le montant",
        ("À partir de", "Ce qui change", "Atteint"),
        (False, False, False),
        tuple(DocumentRow((step.amount, step.changes, reached(step))) for step in law_words.ladder(its.law)),
    )
    found = DocumentTable(
        "Qui est compté",
        ("Structure", "Ce qu’on en sait", "Distance"),
        (False, False, True),
        tuple(
            DocumentRow(
                (
                    f"{one.name} ({', '.join(one.kinds)})",
                    standing(one),
                    UNKNOWN if one.distance_km is None else unit(one.distance_km, "km"),
                ),
                one.id,
            )
            for one in its.told.found
        ),
    )
    ways = DocumentTable(
        "Les autres voies",
        ("Si le lot passait par", "Candidats", "Ce que cela donne"),
        (False, False, False),
        tuple(DocumentRow(way) for way in words.others(its)),
    )
    paste = words.notice(its)
    return Document(
        kind=DocumentKind.OPINION,
        title=title,
        asked=tuple(f"{label} : {said}" for label, said in need(advice.reading)),
        answer=words.headline(its),
        remarks=(*words.reasons(its), *((f"À coller : {paste}",) if paste else ())),
        tables=(amounts, chances, found, ways) if its.counted else (),
        hypotheses=(*its.assumed.says(), words.NOTICE),
        names={one.id: one.name for one in its.told.found},
        address=address,
        catalogue_version=advice.catalogue_version,
        catalogue_suppliers=advice.catalogue_suppliers,
        on=advice.on,
    )


def reached(step: LadderStep) -> str:
    """Whether the need reaches an amount of the law, in a word."""
    return UNKNOWN if step.reached is None else "oui" if step.reached else "non"


def standing(candidate: Candidate) -> str:
    """What is known of a candidate: « crédible », or how likely it does this trade."""
    if candidate.standing is CandidateStanding.CREDIBLE:
        return str(candidate.standing)
    return f"{candidate.standing}, {words.percent(candidate.fit)}"


def _lines(advice: Advice) -> Iterator[Line]:
    its = advice.opinion
    yield "Avis", words.headline(its)
    for reason in words.reasons(its):
        yield "Pourquoi", reason
    if its.counted:
        for label, chance in words.chances(its):
            yield (
                label.capitalize(),
                f"{words.percent(chance.likely)} ({words.percent(chance.low)} à {words.percent(chance.high)})",
            )
        for sentence in words.sizes(its):
            yield "Jusqu’à quelle taille", sentence
    for step in law_words.ladder(its.law) if its.counted else ():
        yield "Ce que change le montant", f"à partir de {step.amount} : {step.changes} ; atteint : {reached(step)}"
    if sentence := words.notice(its):
        yield "À coller dans l’avis", sentence
    for label, gives, sentence in words.beside(its):
        yield "Peut s’ajouter", f"{label} : {gives}. À coller : {sentence}"
    yield "", ""
    yield from need(advice.reading)
    yield "", ""
    for hypothesis in its.assumed.says():
        yield "Hypothèse", hypothesis
    for sentence in words.backtested():
        yield "À l’épreuve", sentence
    yield "Catalogue", f"version {advice.catalogue_version}"
    yield "Date de l’avis", day(advice.on)
    yield "Portée", words.NOTICE


def _law(its: Opinion) -> dict[str, Any]:
    law = its.law
    return {
        "date": law.on.isoformat(),
        "estimate": law.euros,
        "whole_told": law.whole_told,
        "works": law.works,
        "buyer": law.nature,
        "direct": law.direct,
        "to_call": [one.id for one in its.calls] if law.direct else [],
        "small_lot": law.small_lot.article if law.small_lot else None,
        "social_condition_owed": law.owed,
        "exemption": {"code": law.exemption.code, "article": law.exemption.article, "reason": law.reason or None}
        if law.exemption
        else None,
        "amounts": [
            {"from": step.amount, "changes": step.changes, "reached": step.reached} for step in law_words.ladder(law)
        ],
    }


def _lever(one: LeverOpinion) -> dict[str, Any]:
    chosen = lever(one.lever)
    return {
        "levier": one.lever,
        "article": chosen.article or None,
        "valid_from": chosen.valid_from.isoformat() if chosen.valid_from else None,
        "credible": len(one.credible),
        "to_call": len(one.to_call),
        "able": _range(one.able),
        "chances": [_range(chance) for chance in one.chances],
        "found_one": round(one.found_one, 4),
        "smaller_etp": one.smaller_etp,
        "likely": one.likely,
        "possible": one.possible,
        "firm": one.firm,
        "excluded": one.excluded or None,
    }


def _candidate(one: Candidate, means: Mapping[str, Means]) -> dict[str, Any]:
    known = means.get(one.id)
    return {
        "id": one.id,
        "name": one.name,
        "organisation": one.organisation,
        "kinds": list(one.kinds),
        "city": one.city or None,
        "distance_km": None if one.distance_km is None else round(one.distance_km, 1),
        "credible": one.standing is CandidateStanding.CREDIBLE,
        "does": one.fit,
        "workers": one.workers,
        "turnover": known.turnover if known else None,
        "capacity": (known.capacity or None) if known else None,
    }


def _range(its: Range) -> dict[str, float]:
    return {"low": round(its.low, 4), "likely": round(its.likely, 4), "high": round(its.high, 4)}


def _cells(one: Candidate, means: Mapping[str, Means]) -> list[Cell]:
    known = means.get(one.id)
    return [
        one.name,
        ", ".join(one.kinds),
        one.city or UNKNOWN,
        UNKNOWN if one.distance_km is None else one.distance_km,
        str(one.standing),
        round(100 * one.fit),
        UNKNOWN if one.workers is None else one.workers,
        (known.capacity if known else "") or UNKNOWN,
        one.id,
    ]


def _lever_cells(one: LeverOpinion) -> list[Cell]:
    chosen = lever(one.lever)
    chances = [round(100 * chance.likely) for chance in one.chances]
    return [chosen.label, chosen.article, len(one.credible), len(one.to_call), *chances, one.excluded]


def _curve_cells(etp: float, found: Range) -> list[Cell]:
    return [etp, found.likely, found.low, found.high]
