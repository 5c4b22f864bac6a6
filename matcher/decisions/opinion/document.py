"""Turns an opinion (advice to a public buyer on reserving a lot) into a renderable Document and JSON: verdict, calls, sizes, thresholds."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.decisions.opinion import law_words, next_steps, words
from matcher.decisions.opinion.answer import Advice, advise
from matcher.decisions.opinion.compute import LeverOpinion, Opinion, OpinionVerdict
from matcher.decisions.opinion.law import ProcedureLots, ToldByBuyer
from matcher.decisions.preferences import preferences_object, preferences_tables
from matcher.decisions.sizing import Range
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.french import count
from matcher.domain.persona import Persona
from matcher.need.as_json import reading_line
from matcher.need.criteria import need_lines
from matcher.need.title import title_of
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.reasons import listed_evidence
from matcher.reference.levers import lever
from matcher.reference.wordings import current_persona
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentScale,
    DocumentTable,
    MarkedText,
)
from matcher.render.shaped import shaped

_NUMBER = ColumnKind.NUMBER
_REACHED = {True: MarkedText("oui", CellMark.KNOWN), False: MarkedText("non", CellMark.ABSENT), None: None}
# Columns that describe a candidate, in every table of candidates.
WHO = (
    *(DocumentColumn("Types", ColumnKind.KINDS, under=True), DocumentColumn("Commune", under=True)),
    *(DocumentColumn("Ce qu’on en sait"), DocumentColumn("Distance", _NUMBER, "km")),
)
ID = DocumentColumn("Identifiant", aside=True)
# Short labels of the verdicts, from the firmest to the least firm.
POSITIONS = {
    OpinionVerdict.RESERVE: "réserver",
    OpinionVerdict.SMALLER: "plus petit",
    OpinionVerdict.CONFIRM: "à confirmer",
    OpinionVerdict.CLAUSE: "clause seule",
    OpinionVerdict.SOURCE: "sourcer d’abord",
    OpinionVerdict.NOBODY: "personne",
}


def advice_document(advice: Advice, title: str, address: str = "") -> Document:
    """Return the Document of an opinion. `address`: URL of the same request."""
    opinion = advice.opinion
    paste = next_steps.notice_sentence(opinion)
    sentence = f"À coller dans l’avis de marché : {paste}" if paste else words.notice_opening(opinion)
    return Document(
        kind=DocumentKind.OPINION,
        title=title,
        asked=tuple(f"{label} : {said}" for label, said in need_lines(advice.reading)),
        answer=words.opinion_headline(opinion),
        remarks=tuple(filter(None, (*words.opinion_reasons(opinion), sentence))),
        tables=tuple(advice_tables(advice).values()),
        hypotheses=tuple(opinion.assumed.says()),
        names={one.id: one.name for one in opinion.told.candidates},
        address=address,
        catalogue_version=advice.catalogue_version,
        catalogue_suppliers=advice.catalogue_suppliers,
        on=advice.on,
        sources=tuple(words.backtest_sentences()),
        scope=words.NOTICE,
        scale=DocumentScale(
            tuple(POSITIONS.values()), list(POSITIONS).index(opinion.verdict) if opinion.is_counted else None
        ),
    )


def usual_opinion(engine: Engine, ask: LotOnShelf, procedure: ProcedureLots | None = None) -> Document | None:
    """Return the Document, as shown on a page, of the opinion on a lot with default assumptions; `procedure`: the lots it is one of. None if its size
    is unusable, the catalogue is empty, or the reader has won the contract: an opinion tells a buyer how to award it."""
    if not len(ask.shelf) or current_persona() is Persona.WINNER:
        return None
    try:
        size = workload_of(ask.reading, DEFAULT)
    except NeedRefused:
        return None
    advice = advise(engine, ask, size, DEFAULT, ToldByBuyer(procedure=procedure))
    return advice_document(advice, title_of(ask.reading.lot.objet)).as_shown()


def advice_tables(advice: Advice) -> dict[str, DocumentTable]:
    """Return the tables of an opinion by key, in order; empty if nobody could be counted."""
    opinion = advice.opinion
    if not opinion.is_counted:
        return {}
    listed = (
        opinion.told.lever not in opinion.unlisted
    )  # without a directory in the catalogue, no supplier listed does not mean no supplier
    columns = tuple(map(DocumentColumn, ("Réponses", "Ce qui suit")))
    by_answers = tuple(map(DocumentRow, next_steps.by_answers(opinion)))
    answers = DocumentTable("Selon leurs réponses", columns, by_answers)
    sizes = ((step.etp, step.candidates.likely, step.candidates.low, step.candidates.high) for step in opinion.steps)
    return {
        **({"calls": _calls_table(advice)} if opinion.law.direct or opinion.verdict is OpinionVerdict.CONFIRM else {}),
        **({"answers": answers} if opinion.verdict is OpinionVerdict.CONFIRM else {}),
        "found": _candidates_table(advice, "Qui est compté", opinion.told.candidates),
        "sizes": DocumentTable(
            "Jusqu’à quelle taille ?",
            (
                DocumentColumn("Taille du lot", _NUMBER, "ETP", 2),
                *(DocumentColumn(label, _NUMBER) for label in ("Candidats probables", "Au moins", "Au plus")),
            ),
            tuple(map(DocumentRow, sizes)) if listed else (),
            tuple(next_steps.sizes(opinion)) if listed else (),
            ranged=True,
        ),
        **preferences_tables(advice.preferred, ", tous articles confondus"),
        "ways": DocumentTable(
            "Les autres voies",
            tuple(map(DocumentColumn, ("Si le lot passait par", "Candidats", "Ce que cela donne"))),
            tuple(map(DocumentRow, next_steps.others(opinion))),
        ),
        "beside": DocumentTable(
            "Ce qui peut s’ajouter",
            tuple(map(DocumentColumn, ("Quoi", "Ce que cela donne", "À coller"))),
            tuple(map(DocumentRow, next_steps.beside(opinion))),
        ),
        "amounts": DocumentTable(
            "Ce que change le montant",
            tuple(map(DocumentColumn, ("À partir de", "Ce qui change", "Atteint"))),
            tuple(
                DocumentRow((step.amount, step.changes, _REACHED[step.reached]))
                for step in law_words.ladder(opinion.law)
            ),
            (law_words.basis(opinion.law),),
        ),
        "duties": DocumentTable(
            "Devoirs de l’acheteur",
            (DocumentColumn("Devoir"), DocumentColumn("Ce qu’il demande"), DocumentColumn("Texte", under=True)),
            tuple(map(DocumentRow, law_words.duties(opinion.law))),
        ),
        "levers": _levers_table(opinion),
    }


def standing_mark(candidate: Candidate) -> MarkedText:
    """Return the standing of a candidate, « connu », « indice » or « à appeler », with its symbol."""
    marks = {CandidateStanding.CREDIBLE: CellMark.KNOWN, CandidateStanding.HINT: CellMark.PARTLY}
    return MarkedText(candidate.standing, marks.get(candidate.standing, CellMark.UNKNOWN))


def candidate_cells(candidate: Candidate) -> tuple[DocumentCell, ...]:
    """Return the cells of a candidate under `WHO`."""
    return candidate.kinds or None, candidate.city or None, standing_mark(candidate), candidate.distance_km


def advice_object(advice: Advice) -> dict[str, Any]:
    """Return the opinion as JSON; `need.etp` is the people at work at once, in ETP, and `need.over` how long; unknown values
    are null."""
    opinion = advice.opinion
    return {
        "lot": reading_line(advice.reading),
        **shaped("verdict levier?=lever said?", opinion),
        "headline": words.opinion_headline(opinion),
        "reasons": list(words.opinion_reasons(opinion)),
        "understood": opinion.understood,
        "placed": opinion.placed,
        "need": shaped("etp says yearly over", opinion.need),
        "law": _law(opinion),
        "family": opinion.family.name if opinion.family else None,
        "clause_hours": whole_hours(opinion.hours.insertion),
        "levers": [_lever(one, opinion) | {"listed": one.lever not in opinion.unlisted} for one in opinion.levers],
        "listed_to_call": opinion.listed_to_call,
        "candidates": [_candidate(one, advice) for one in opinion.told.candidates],
        "called": [
            shaped("id why? ask", one, why=proof(advice, one)[0], ask=list(questions_for(advice, one)))
            for one in opinion.told.called
        ],
        "by_answers": [{"answers": answers, "then": then} for answers, then in next_steps.by_answers(opinion)],
        "curve": [{"etp": step.etp, **_range(step.candidates)} for step in opinion.steps if opinion.is_counted],
        "largest": _range(opinion.largest) if opinion.largest and opinion.is_counted else None,
        "lots": opinion.split and shaped("lots etp", opinion.split),
        "preferred": preferences_object(advice.preferred),
        "dependent": [shaped("id=candidate.id share", dependency) for dependency in opinion.dependent],
        "beside": [
            {"label": label, "gives": gives, "notice": sentence}
            for label, gives, sentence in next_steps.beside(opinion)
        ],
        "notice": next_steps.notice_sentence(opinion) or None,
        "notice_opens": words.notice_opening(opinion) or None,
        "hypotheses": list(opinion.assumed.says()),
        "catalogue": {"version": advice.catalogue_version, "suppliers": advice.catalogue_suppliers},
        "date": advice.on.isoformat(),
    }


def proof(advice: Advice, candidate: Candidate) -> tuple[str, str]:
    """Return the first evidence of a candidate's trade and its dated source, each "" if there is none."""
    match = advice.matches.get(candidate.id)
    first = next(iter(listed_evidence(match)), None) if match else None
    return (first.says, first.source) if first else ("", "")


def questions_for(advice: Advice, candidate: Candidate) -> tuple[str, ...]:
    """Return the questions to ask a candidate before reserving."""
    activities = advice.reading.activities
    return next_steps.asks(candidate, advice.opinion, activities[0].label if activities else "")


def _calls_table(advice: Advice) -> DocumentTable:
    calls = advice.opinion.told.called
    columns = (
        *(DocumentColumn("Structure"), *WHO, DocumentColumn("Pourquoi"), DocumentColumn("Source", under=True)),
        *(DocumentColumn("À demander"), ID),
    )
    rows = (
        DocumentRow(
            (one.name, *candidate_cells(one), *proof(advice, one), " ".join(questions_for(advice, one)), one.id), one.id
        )
        for one in calls
    )
    none = law_words.no_directory(advice.opinion.told.lever, advice.opinion.unlisted)
    says = () if calls else (f"{none or 'Personne n’est connu à portée'}.",)
    title = f"Appelez {count(len(calls), 'structure')}, et quoi demander" if calls else "Qui appeler"
    return DocumentTable(title, columns, tuple(rows), says)


def _candidates_table(advice: Advice, title: str, candidates: Sequence[Candidate]) -> DocumentTable:
    """Return the table of candidates; only files have the column of declared capacity if it is empty."""
    means = advice.means
    capacity = {one.id: means[one.id].capacity for one in candidates if one.id in means and means[one.id].capacity}
    columns = (
        *(DocumentColumn("Structure"), *WHO, DocumentColumn("Effectif", _NUMBER, decimals=1)),
        DocumentColumn("Capacité déclarée", aside=not capacity),
        *(DocumentColumn("Pourquoi"), DocumentColumn("Source", aside=True), DocumentColumn("Confirmée", aside=True)),
        ID,
    )
    rows = (
        DocumentRow(
            (
                *(one.name, *candidate_cells(one), one.workers, capacity.get(one.id), *proof(advice, one)),
                *("oui" if one.confirmed else "non", one.id),
            ),
            one.id,
        )
        for one in candidates
    )
    return DocumentTable(title, columns, tuple(rows), folded=True)


def _levers_table(opinion: Opinion) -> DocumentTable:
    columns = (
        *(DocumentColumn("Levier"), DocumentColumn("Article")),
        *(DocumentColumn(label, _NUMBER) for label in ("Connues", "Dont confirmées", "Indices", "À appeler")),
        DocumentColumn("Ce qui l’exclut"),
    )
    rows = []
    for lever_opinion in opinion.levers:
        chosen, known = lever(lever_opinion.lever), _counts(lever_opinion, opinion)
        counts = (known[name] for name in ("credible", "confirmed", "hints", "to_call"))
        rows.append(DocumentRow((chosen.label, chosen.article, *counts, lever_opinion.excluded)))
    return DocumentTable("Leviers", columns, tuple(rows), aside=True)


def _counts(lever_opinion: LeverOpinion, opinion: Opinion) -> dict[str, int | None]:
    """Return the counts of a lever; each None if nobody was counted, or the catalogue has no directory of its suppliers."""
    counts = {name: len(getattr(lever_opinion, name)) for name in ("credible", "confirmed", "hints", "to_call")}
    counts["expected"] = round(lever_opinion.expected)
    known = opinion.is_counted and lever_opinion.lever not in opinion.unlisted
    return {name: count if known else None for name, count in counts.items()}


def _law(opinion: Opinion) -> dict[str, Any]:
    law = opinion.law
    return shaped(
        "date=on estimate=euros whole_told procedure one_year written_maximum=is_maximum works buyer=nature buyer_words?=nature_words direct to_call small_lot social_condition_owed=owed exemption amounts "
        "adapted=is_adapted service own_law duties",
        law,
        procedure=law.procedure and shaped("lots=count unknown least most written_maxima=maxima", law.procedure),
        to_call=[candidate.id for candidate in opinion.told.called] if law.direct else [],
        small_lot=law.small_lot.article if law.small_lot else None,
        exemption=law.exemption and shaped("code article reason?", law.exemption, reason=law.reason),
        amounts=[shaped("from=amount changes reached", step) for step in law_words.ladder(law)],
        service=law.service.label if law.service else None,
        own_law=law_words.own_law_sentence(law) or None,
        duties=[{"duty": name, "demand": demand, "text": text} for name, demand, text in law_words.duties(law)],
    )


def _lever(lever_opinion: LeverOpinion, opinion: Opinion) -> dict[str, Any]:
    counts = _counts(lever_opinion, opinion)
    return {
        "levier": lever_opinion.lever,
        **shaped("article? valid_from", lever(lever_opinion.lever)),
        **shaped(
            "credible confirmed hints to_call expected able smaller_etp likely possible excluded?",
            lever_opinion,
            **counts,
            able=None if counts["credible"] is None else _range(lever_opinion.able),
        ),
    }


def _candidate(candidate: Candidate, advice: Advice) -> dict[str, Any]:
    known = advice.means.get(candidate.id)
    return shaped(
        "id name organisation kinds city? distance_km credible confirmed standing does=fit workers turnover capacity?",
        candidate,
        credible=candidate.standing is CandidateStanding.CREDIBLE,
        turnover=known and known.turnover,
        capacity=known and known.capacity,
    )


def whole_hours(estimate: Range | None) -> dict[str, int] | None:
    """Return a range of hours as JSON, in whole hours."""
    return (
        None
        if estimate is None
        else {"low": round(estimate.low), "likely": round(estimate.likely), "high": round(estimate.high)}
    )


def _range(estimate: Range) -> dict[str, float]:
    return {"low": round(estimate.low, 4), "likely": round(estimate.likely, 4), "high": round(estimate.high, 4)}
