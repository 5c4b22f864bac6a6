"""The report of a day as its Document, and its figures as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from matcher.club.meeting_day.meeting_day import Booking, MeetingDay, MeetingOutcome, Result
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.sequels import SequelStep
from matcher.club.results.report import (
    ENOUGH,
    CountedMeeting,
    CountedPlace,
    DayReport,
    MeetingCounts,
    by_departement,
    by_epci,
    by_kind,
    by_trade,
    counted,
)
from matcher.club.results.said import MeetingWords
from matcher.club.results.view import need_met
from matcher.domain.french import count, day, number, typeset
from matcher.ranking.shelf.shelf import Shelf
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    Marked,
)
from matcher.render.shaped import json_value, shaped

OUTCOMES, SEQUELS, TO_FOLLOW = "Ce qu’ont donné les rendez-vous", "Ce qu’ils ont donné depuis", "À suivre"
# Where the need of a meeting to follow stands, from which a dossier may start.
NEED = 3
_NO_ANSWER = "pas de réponse"
_PLANNED = DocumentColumn("Rendez-vous", ColumnKind.NUMBER)
_COUNTS = (
    DocumentColumn("Prévus", ColumnKind.NUMBER),
    DocumentColumn("Tenus", ColumnKind.NUMBER),
    DocumentColumn("Issue non dite", ColumnKind.NUMBER),
    DocumentColumn("Devis demandés", ColumnKind.NUMBER),
    DocumentColumn("Devis remis", ColumnKind.NUMBER),
    DocumentColumn("Marchés signés", ColumnKind.NUMBER),
    DocumentColumn("Suite sans réponse", ColumnKind.NUMBER),
)
_HYPOTHESES = (
    "Un rendez-vous est tenu quand une issue le dit, ou qu’un devis ou un marché en est né ; prévu et sans issue, il n’est compté ni tenu ni annulé.",
    "Une issue est la dernière dite, par l’un des deux ou par l’organisateur.",
    "Une suite est celle que dit l’organisateur, sinon la plus avancée des deux ; un marché signé compte aussi comme un devis remis.",
    "Là où personne n’a rien dit, le nombre est non connu, et non zéro ; ailleurs il est un minimum, « sans réponse » dit de combien.",
    "Le métier et le territoire d’un acheteur sont ceux du besoin dont il a parlé ; ceux d’un fournisseur, de son premier site.",
    "Un fournisseur de plusieurs types est compté dans chacun.",
)


def report_document(event: MeetingDay, found: DayReport, catalogue: Shelf, on: date, address: str = "") -> Document:
    """Return the report of an event as it is read on `on`."""
    header, whole = event.header, counted("", found.meetings)
    asked = (header.title, day(header.day) if header.day else "jour non fixé", header.place, header.organiser)
    people = {one.supplier_id: one.name for one in event.participants if one.supplier_id}
    return Document(
        kind=DocumentKind.MEETINGS,
        title=header.title,
        asked=tuple(filter(None, asked)),
        answer=typeset(_answer(whole)),
        remarks=tuple(map(typeset, _remarks(found, whole))),
        tables=tuple(_tables(event, found)),
        hypotheses=tuple(map(typeset, _HYPOTHESES)),
        names=people,
        address=address,
        catalogue_version=catalogue.version,
        catalogue_suppliers=len(catalogue),
        on=on,
    )


def need_of(event: MeetingDay, one: MeetingOutcome) -> ParticipantNeed | None:
    """Return the need that a meeting was about: the one that its words quote, else the buyer's first; None where it has none."""
    buyer = event.by_key.get(one.buyer)
    return need_met(event, one.buyer, one.supplier) or next(iter(buyer.needs if buyer else ()), None)


def report_object(event: MeetingDay, found: DayReport) -> dict[str, Any]:
    """Results of an event, as JSON; unknown as null."""
    return {
        **(shaped("meetings wished kept", found.summary) if found.summary else {"meetings": 0, "wished": 0, "kept": 0}),
        "outcomes": {str(result): held for result, held in found.results.items()},
        "unsaid": found.unsaid,
        "sequels": {str(step): held for step, held in _steps(found.meetings).items()},
        "counts": {
            title: json_value(counts)
            for title, _, counts in (("En tout", "", [counted("", found.meetings)]), *_groups(found.meetings))
        },
        "differing": [
            {
                **_sides(event, one.booking),
                "by_buyer": _said(one, one.booking.buyer, one.by_buyer),
                "by_supplier": _said(one, one.booking.supplier, one.by_supplier),
            }
            for one in _differing(found)
        ],
        "promising": [_sides(event, one) | shaped("result note?", one) for one in found.promising],
        "lacks": [
            shaped(
                "trade asked_by need of_the_trade=doing present catalogue",
                one,
                asked_by=[event.name_of(key) for key in one.buyers],
            )
            for one in found.lacks
        ],
    }


def _sides(event: MeetingDay, meeting: Booking | MeetingOutcome) -> dict[str, Any]:
    return {"buyer": event.name_of(meeting.buyer), "supplier": event.name_of(meeting.supplier)}


def _answer(whole: MeetingCounts) -> str:
    if not whole.planned:
        return "Pas encore d’horaire : voici ce que les inscriptions disent déjà."
    said = count(whole.planned, "rendez-vous prévu", "rendez-vous prévus")
    if whole.held is None:
        return f"{said} ; aucune issue n’est dite."
    later = "les suites ne sont pas encore dites"
    if whole.quoted is not None and whole.contracted is not None:
        later = f"{count(whole.quoted, 'devis remis', 'devis remis')}, {count(whole.contracted, 'marché signé', 'marchés signés')}"
    return f"{said}, {count(whole.held, 'tenu')} au moins, {count(whole.asked or 0, 'devis demandé', 'devis demandés')} ; {later}."


def _remarks(found: DayReport, whole: MeetingCounts) -> Iterator[str]:
    if found.summary:
        its = found.summary
        wishes = f"{number(its.kept)} vœux tenus sur {number(its.wished)}" if its.wished else "aucun vœu"
        yield f"{count(its.buyers, 'acheteur')} et {count(its.suppliers, 'fournisseur')} attendus, {wishes}."
    if whole.untold:
        yield f"{count(whole.untold, 'rendez-vous', 'rendez-vous')} sans issue dite : on ne sait pas s’ils ont eu lieu."
    if whole.unanswered and whole.quoted is not None:
        yield f"{count(whole.unanswered, 'rendez-vous', 'rendez-vous')} dont personne n’a dit la suite."


def _tables(event: MeetingDay, found: DayReport) -> Iterator[DocumentTable]:
    meetings = found.meetings
    if meetings:
        rows = [(str(result), held) for result, held in found.results.items()]
        yield _figures(OUTCOMES, "Issue", rows, "issue non dite", found.unsaid)
        steps = _steps(meetings)
        silent = sum(one.words.awaits and one.words.step is None for one in meetings)
        yield _figures(SEQUELS, "Suite", [(str(step), held) for step, held in steps.items()], _NO_ANSWER, silent)
        for title, label, counts in _groups(meetings):
            yield DocumentTable(
                title,
                (DocumentColumn(label), *_COUNTS),
                tuple(
                    DocumentRow(
                        (
                            *(one.label, one.planned, one.held, one.untold, one.asked),
                            *(one.quoted, one.contracted, one.unanswered),
                        )
                    )
                    for one in counts
                ),
                folded="EPCI" in label,
            )
    yield _lacking(event, found)
    yield _apart(event, found)
    yield _to_follow(event, found)


def _figures(title: str, label: str, rows: Sequence[tuple[str, int]], silence: str, silent: int) -> DocumentTable:
    """One line a word, then who said none under its mark; the last adds them up."""
    total = sum(held for _, held in rows) + silent
    unsaid: list[tuple[DocumentCell, int]] = [(Marked(silence, CellMark.UNKNOWN), silent)] if silent else []
    lines = [*rows, *unsaid, ("en tout", total)]
    return DocumentTable(title, (DocumentColumn(label), _PLANNED), tuple(map(DocumentRow, lines)), total=True)


def _groups(meetings: Sequence[CountedMeeting]) -> Iterator[tuple[str, str, tuple[MeetingCounts, ...]]]:
    """The title, the label and the counts of each way to group meetings."""

    def of_buyer(one: CountedMeeting) -> CountedPlace:
        return one.buyer_at

    def of_supplier(one: CountedMeeting) -> CountedPlace:
        return one.supplier_at

    yield "Par métier", "Métier", by_trade(meetings)
    yield "Par type de fournisseur", "Type", by_kind(meetings)
    yield "Par département des acheteurs", "Département", by_departement(meetings, of_buyer)
    yield "Par département des fournisseurs", "Département", by_departement(meetings, of_supplier)
    yield "Par intercommunalité des acheteurs", "EPCI", by_epci(meetings, of_buyer)
    yield "Par intercommunalité des fournisseurs", "EPCI", by_epci(meetings, of_supplier)


def _lacking(event: MeetingDay, found: DayReport) -> DocumentTable:
    columns = (
        *(DocumentColumn("Métier"), DocumentColumn("Besoin le moins servi", under=True)),
        DocumentColumn("Demandé par", ColumnKind.LIST),
        *(
            DocumentColumn(label, ColumnKind.NUMBER)
            for label in ("Présents du métier", "Dont assez près", "Au catalogue")
        ),
    )
    rows = tuple(
        DocumentRow((one.trade, one.need, tuple(map(event.name_of, one.buyers)), one.doing, one.present, one.catalogue))
        for one in found.lacks
    )
    says = (
        f"Un métier manque quand, pour un besoin, moins de {ENOUGH} fournisseurs présents en sont et travaillent assez près. La dernière colonne "
        "compte, dans tout le catalogue, ceux du métier et assez près : qui inviter la prochaine fois."
        if rows
        else f"Aucun : pour chaque besoin, {ENOUGH} fournisseurs du métier au moins étaient là, assez près."
    )
    return DocumentTable("Métiers qui ont manqué de fournisseurs", columns, rows, (typeset(says),))


def _apart(event: MeetingDay, found: DayReport) -> DocumentTable:
    """The meetings of which both sides say something else."""
    labels = ("Acheteur", "Fournisseur", "L’acheteur dit", "Le fournisseur dit", "Compté")
    rows = tuple(
        DocumentRow(
            (
                event.name_of(one.booking.buyer),
                event.name_of(one.booking.supplier),
                _said(one, one.booking.buyer, one.by_buyer),
                _said(one, one.booking.supplier, one.by_supplier),
                _joined(one.outcome.result if one.outcome else None, one.step),
            ),
            _about(event, one.booking.supplier),
        )
        for one in _differing(found)
    )
    return DocumentTable("Deux mots différents", tuple(map(DocumentColumn, labels)), rows)


def _to_follow(event: MeetingDay, found: DayReport) -> DocumentTable:
    labels = ("Acheteur", "Fournisseur", "Issue", "Besoin", "Suite")
    steps: Mapping[frozenset[int], SequelStep | None] = {
        one.words.booking.pair: one.words.step for one in found.meetings
    }
    rows = []
    for one in found.promising:
        need, step = need_of(event, one), steps.get(one.pair)
        said = f"{one.result} : {one.note}" if one.note else str(one.result)
        cells = (
            event.name_of(one.buyer),
            event.name_of(one.supplier),
            said,
            need.text if need else "",
            step and str(step),
        )
        rows.append(DocumentRow(cells, _about(event, one.supplier)))
    return DocumentTable(TO_FOLLOW, tuple(map(DocumentColumn, labels)), tuple(rows))


def _steps(meetings: Sequence[CountedMeeting]) -> dict[SequelStep, int]:
    return {step: sum(one.words.awaits and one.words.step is step for one in meetings) for step in SequelStep}


def _differing(found: DayReport) -> list[MeetingWords]:
    return [one.words for one in found.meetings if one.words.differs]


def _said(one: MeetingWords, key: int, outcome: Result | None) -> str | None:
    return _joined(outcome, one.step_by(key))


def _joined(outcome: Result | None, step: SequelStep | None) -> str | None:
    return ", ".join(map(str, filter(None, (outcome, step)))) or None


def _about(event: MeetingDay, key: int) -> str:
    found = event.by_key.get(key)
    return found.supplier_id if found else ""
