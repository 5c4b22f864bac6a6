"""The plan of a social clause as a JSON object, sentences and a workbook."""

import io
from collections.abc import Iterator
from typing import Any

from matcher.advice.insertion_plan import MOST, Carried, Plan, SideAnswer
from matcher.advice.words import NOTICE, percent
from matcher.domain.french import UNKNOWN, count, enumeration, number, unit
from matcher.exports.table import Cell, Column, Line, write_lines, write_table
from matcher.reference.clauses import HIRING

CARRIED = (
    *(Column("Modalité", 44), Column("Heures", 10), Column("Part (%)", 9), Column("ETP par an", 10, "0.0")),
    *(
        Column("Part usuelle (%)", 9, "0.0"),
        Column("Source de la part usuelle", 44),
        Column("Capacité estimée (heures)", 14),
    ),
    Column("À consulter", 70),
)
SIDE = (
    Column("Besoin connexe", 44),
    Column("Pourquoi", 44),
    Column("Crédibles", 10),
    Column("À appeler", 10),
    Column("Premiers candidats", 70),
)
# A trade that fewer than this many suppliers of a kind are expected to do is said to be rare there.
FEW = 3.0
NAMED = 3


def plan_object(its: Plan) -> dict[str, Any]:
    """The plan with its hours, which add up, who could carry them, and the side needs; unknown as null."""
    return {
        "hours": its.hours,
        "months": its.months,
        "etp": round(its.etp, 2),
        "answer": answer(its),
        "remarks": list(remarks(its)),
        "modalities": [
            {
                "code": one.modality.code,
                "label": one.modality.label,
                "hours": one.hours,
                "share": round(one.hours / its.hours, 4),
                "etp": round(one.etp, 2),
                "usual": one.usual,
                "usual_source": one.modality.source,
                "room": None if one.room is None else round(one.room),
                "doing": round(one.doing, 2),
                "candidates": [
                    {
                        "id": its_.id,
                        "name": its_.name,
                        "kinds": list(its_.kinds),
                        "city": its_.city or None,
                        "does": its_.fit,
                        "standing": str(its_.standing),
                    }
                    for its_ in one.candidates
                ],
            }
            for one in its.carried
        ],
        "side_needs": [
            {
                "label": one.need.label,
                "activity": one.need.activity,
                "reason": one.need.reason,
                "credible": one.credible,
                "to_call": one.to_call,
                "first": [{"id": its_.id, "name": its_.name, "city": its_.city or None} for its_ in one.first],
            }
            for one in its.side
        ],
        "hypotheses": list(hypotheses(its)),
    }


def plan_workbook(its: Plan) -> bytes:
    """Sheets « Plan », « Modalités » and « Besoins connexes »."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Plan de clause", "author": "Entremise"})
        write_lines(book, "Plan", list(_lines(its)))
        write_table(book, "Modalités", CARRIED, [_cells(one, its) for one in its.carried])
        write_table(book, "Besoins connexes", SIDE, [_side_cells(one) for one in its.side])
    return buffer.getvalue()


def answer(its: Plan) -> str:
    """The plan in one sentence: the three first ways to carry the hours."""
    first = [f"{one.modality.label} ({percent(one.hours / its.hours)})" for one in its.carried if one.hours][:3]
    return (
        f"{number(its.hours)} heures, soit {unit(its.hours / its.assumed.hours_per_etp, 'ETP', 1)} sur un an ; "
        f"en {unit(its.months, 'mois')}, {unit(its.etp, 'ETP', 1)} par an. "
        f"D’abord : {enumeration(first)}."
    )


def remarks(its: Plan) -> Iterator[str]:
    """What is to be known: the ways that have few suppliers of the trade, what nobody has room for."""
    for one in its.carried:
        if one.modality.kinds and one.doing < FEW:
            yield (
                f"{one.modality.label} : peu de choix, environ {number(one.doing, 1)} sur {number(len(one.candidates))} "
                "à portée feraient ce métier (hypothèse)."
            )
    hired = next(one for one in its.carried if one.modality.code == HIRING)
    if hired.hours > 1.5 * hired.usual * its.hours:
        yield (
            f"{percent(hired.hours / its.hours)} des heures restent à l’embauche directe, contre {percent(hired.usual)} d’ordinaire : "
            "les structures à portée n’ont pas la place, ou ne font pas ce métier."
        )


def hypotheses(its: Plan) -> Iterator[str]:
    """What the plan supposes."""
    yield f"Un ETP fait {unit(its.assumed.hours_per_etp, 'heures')} par an ; une structure donne {unit(100 * its.assumed.share, '%')} de son effectif."
    yield "Chaque modalité part de sa part régionale, pesée par la diffusion du métier dans ces structures, sans dépasser leur capacité."
    yield f"{count(MOST, 'structure')} au plus par modalité ; un effectif non connu est la médiane de son type (ordres de grandeur publiés)."


def who(one: Carried) -> str:
    """The first to consult, in one line."""
    if not one.modality.kinds:
        return "l’attributaire, avec France Travail, les missions locales et le facilitateur du territoire"
    names = [f"{its.name} ({its.city or UNKNOWN})" for its in one.candidates[:NAMED]]
    more = len(one.candidates) - len(names)
    return " ; ".join([*names, f"et {number(more)} de plus"] if more > 0 else names) or "personne à portée"


def side_words(one: SideAnswer) -> str:
    """Who could answer a side need, in one line."""
    if not one.first:
        return "personne à portée"
    names = enumeration([its.name for its in one.first])
    return f"{count(one.credible, 'crédible')}, {number(one.to_call)} à appeler ; d’abord {names}"


def _lines(its: Plan) -> Iterator[Line]:
    yield "Plan", answer(its)
    for remark in remarks(its):
        yield "À savoir", remark
    for hypothesis in hypotheses(its):
        yield "Hypothèse", hypothesis
    yield "Portée", NOTICE


def _cells(one: Carried, its: Plan) -> list[Cell]:
    share = round(100 * one.hours / its.hours)
    room = UNKNOWN if one.room is None else round(one.room)
    return [one.modality.label, one.hours, share, one.etp, 100 * one.usual, one.modality.source, room, who(one)]


def _side_cells(one: SideAnswer) -> list[Cell]:
    return [one.need.label, one.need.reason, one.credible, one.to_call, " ; ".join(its.name for its in one.first)]
