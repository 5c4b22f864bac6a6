"""Sections of a dossier's printed document about its campaigns and calls: message sent to all, register of who was informed, answers received."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED
from matcher.domain.french import count, day, enumeration, number, typeset
from matcher.domain.grouping import group_pairs
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.store import AskedSupplier, CampaignState
from matcher.dossiers.calling import find_question
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Dossier, Status
from matcher.dossiers.entry_changes import Consult, SetStatus
from matcher.dossiers.files.annexes import PrintSection
from matcher.mail.outbox import LINK, SENT_STATES
from matcher.reference.trades.activities import taxonomy
from matcher.reference.wordings import persona_wording
from matcher.render.document import ColumnKind, DocumentColumn, DocumentRow, DocumentTable

_COLUMNS = (
    DocumentColumn("Date", ColumnKind.DAY),
    *map(DocumentColumn, ("Par", "Structure", "Comment", "Ce qui a été dit")),
    DocumentColumn("Texte", aside=True),
)
_UNWRITTEN, _NOT_REACHED = "non noté", "rien n’a pu être dit"
_UNREACHED = (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER)


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A line of the register of messages and calls to suppliers: when (UTC without zone), by whom, to whom, how, a summary, the full text of a message."""

    at: datetime
    who: str
    supplier: str
    how: str
    says: str
    text: str = ""


def told_by_hand(dossier: Dossier, lot: int) -> Iterator[RegisterLine]:
    """Yield the register lines of a lot from the dossier's journal: messages sent by hand, calls with their questions, contacts noted without words."""
    for event in dossier.journal:
        match event.change:
            case Consult(lot=of, suppliers=suppliers, subject=subject, text=text) if of == lot:
                for supplier_id in suppliers:
                    yield RegisterLine(
                        event.at, event.who, dossier.name_of(supplier_id), "message", f"« {subject} »", text
                    )
            case RecordCall(lot=of, supplier_id=one, on=on, asked=asked, outcome=outcome, way=AnswerWay.PHONE) if (
                of == lot
            ):
                at = datetime.combine(on, time.min)
                asks = " ".join(call_question.asks for key in asked if (call_question := find_question(key)))
                sentence = _NOT_REACHED if outcome in _UNREACHED else asks or _UNWRITTEN
                yield RegisterLine(at, event.who, dossier.name_of(one), f"appel : {outcome}", sentence)
            case SetStatus(lot=of, supplier_id=one, status=Status.CONTACTED, on=on) if of == lot:
                at = datetime.combine(on, time.min) if on else event.at
                yield RegisterLine(at, event.who, dossier.name_of(one), "contact noté", _UNWRITTEN)


def register_table(mentions: Iterable[RegisterLine]) -> DocumentTable:
    """Return the register as a table, in order of time. It names suppliers, so that only the team may see it."""
    rows = (
        DocumentRow((one.at.date().isoformat(), one.who, one.supplier, one.how, typeset(one.says), one.text))
        for one in sorted(mentions, key=lambda one: one.at)
    )
    return DocumentTable("À qui, et quand", _COLUMNS, tuple(rows))


_ASKED = "À chacune, par un lien, la page demande : ses métiers, son effectif, ce qu’elle peut faire à la fois, jusqu’où elle va, qui appeler, et si ce besoin l’intéresse."
_LINK_SHOWN = "[lien propre à chaque structure]"


def sections(dossier: Dossier, lot: int, campaigns: Sequence[CampaignState]) -> tuple[PrintSection, ...]:
    """Return the sections of a lot in the order of the document: message to all, register, answers; empty ones are left out."""
    table = register_of(dossier, lot, campaigns)
    informed = PrintSection("register", "Qui a été informé, et quand", table=table) if table.rows else None
    parts = (told_section(dossier, lot, campaigns), informed, answers_section(campaigns))
    return tuple(filter(None, parts))


def register_of(dossier: Dossier, lot: int, campaigns: Sequence[CampaignState]) -> DocumentTable:
    """Return the register of a lot: contacts in the journal, then messages sent by campaigns."""
    mentions = [*told_by_hand(dossier, lot)]
    for state in campaigns:
        for structure in state.asked_structures:
            for message in structure.messages:
                if message.state in SENT_STATES:
                    text = message.text.replace(LINK, _LINK_SHOWN)  # the link opens the page of its structure
                    how, what = f"message de la campagne, {message.state}", f"« {message.subject} »"
                    mentions.append(RegisterLine(message.changed, state.campaign.who, structure.name, how, what, text))
    return register_table(mentions)


def registers(dossier: Dossier, campaigns: Mapping[int, Sequence[CampaignState]]) -> dict[int, DocumentTable]:
    """Return the register of each lot, by lot number, as `campaigns` are."""
    return {lot.number: register_of(dossier, lot.number, campaigns.get(lot.number, ())) for lot in dossier.lots}


def told_section(dossier: Dossier, lot: int, campaigns: Sequence[CampaignState]) -> PrintSection | None:
    """Return the messages sent about a lot, by hand and by campaign, without any supplier's name; None where none was sent."""
    paragraphs: list[str] = []
    for event in dossier.journal:
        if isinstance(event.change, Consult) and event.change.lot == lot:
            counted = count(len(event.change.suppliers), "structure")
            heading = f"Le {day(event.at.date())}, à {counted} : « {event.change.subject} »"
            paragraphs += [heading, event.change.text]
    for state in campaigns:
        campaign, counted = state.campaign, count(len(state.asked_structures), "structure")
        heading = f"Le {day(campaign.created.date())}, à {counted}, dans les mêmes termes : « {campaign.subject} »"
        paragraphs += [heading, campaign.text.replace(LINK, _LINK_SHOWN), _ASKED]
    if not paragraphs:
        return None
    return PrintSection(
        "told",
        persona_wording("communique"),
        paragraphs=tuple(map(typeset, (persona_wording("communique_aide"), *paragraphs))),
    )


def answers_section(campaigns: Sequence[CampaignState]) -> PrintSection | None:
    """Return the suppliers' answers, and who was not asked and why; None without a campaign. Only the team may see it."""
    structures = [one for state in campaigns for one in state.structures]
    if not structures:
        return None
    rows = tuple(
        DocumentRow((one.name, day(one.answer.at.date()), answer_sentence(one.answer.given)), one.supplier_id)
        for one in structures
        if one.answer
    )
    columns = tuple(map(DocumentColumn, ("Structure", "Date", "Réponse")))
    table = DocumentTable("Réponses des structures", columns, rows) if rows else None
    left_out = tuple(
        typeset(f"{number(len(names))}, {reason} : {', '.join(names)}.")
        for reason, names in left_out_by_reason(campaigns).items()
    )
    return PrintSection(
        "answers", "Réponses des structures", paragraphs=(counts_of(campaigns),), table=table, items=left_out
    )


def left_out_by_reason(campaigns: Sequence[CampaignState]) -> dict[str, list[str]]:
    """Return the names of the suppliers not asked, by reason."""
    return group_pairs((one.left_out, one.name) for state in campaigns for one in state.left_out)


def counts_of(campaigns: Sequence[CampaignState]) -> str:
    """Return the counts of campaigns as a sentence: « 62 structures interrogées, 21 réponses, 3 pas interrogées (sans adresse) »."""
    asked_count, answered = (
        sum(len(getattr(state, name)) for state in campaigns) for name in ("asked_structures", "answered_structures")
    )
    counts = [count(asked_count, "structure interrogée", "structures interrogées"), count(answered, "réponse")]
    if left_out := left_out_by_reason(campaigns):
        left_out_count = sum(map(len, left_out.values()))
        why = enumeration([reason.partition(" : ")[0] for reason in left_out])
        counts.append(f"{count(left_out_count, 'pas interrogée', 'pas interrogées')} ({why})")
    return typeset(f"{', '.join(counts)}.")


def answer_sentence(answer: GivenAnswer) -> str:
    """Return an answer as one French sentence, without the contact."""
    names, statement = taxonomy(), answer.statement()
    parts = [names.label(text) if text in names.index else text for text in statement.get(ACTIVITY, ())]
    parts += [f"pas : {names.label(code)}" for code in statement.get(REFUSED, ())]
    parts += [f"effectif {answer.workers}" if answer.workers else "", answer.area, answer.capacity]
    if answer.available is not None:
        parts.append("intéressée par ce besoin" if answer.available else "pas intéressée par ce besoin")
    return typeset(" ; ".join(filter(None, parts)))


def answered_of(campaigns: Sequence[CampaignState]) -> tuple[AskedSupplier, ...]:
    """Return the suppliers that have answered, the last first."""
    dated_answers = [(one.answer.at, one) for state in campaigns for one in state.answered_structures if one.answer]
    return tuple(one for _, one in sorted(dated_answers, key=lambda pair: (pair[0], pair[1].id), reverse=True))
