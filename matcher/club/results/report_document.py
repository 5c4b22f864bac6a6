"""Renders the report of a meeting day as a document (sentences and tables, for page and print) and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from matcher.club.meeting_day.meeting_day import Booking, MeetingDay, MeetingOutcome, Result
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.sequels import SequelStep
from matcher.club.results.figures import (
    DayFigures,
    SignedContract,
    answers_basis,
    contracts_basis,
    count_figures,
    needs_basis,
    usefulness_basis,
)
from matcher.club.results.needs_met import ENOUGH, CountedPlace, LackKind
from matcher.club.results.report import (
    CountedMeeting,
    DayReport,
    MeetingCounts,
    by_departement,
    by_epci,
    by_kind,
    by_trade,
    count_meetings,
)
from matcher.club.results.said import MeetingWords
from matcher.club.results.view import need_met, wishes_not_held
from matcher.domain.french import count, day, enumeration, number, typeset
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
    MarkedText,
)
from matcher.render.shaped import json_value, shaped

OUTCOMES, SEQUELS, TO_FOLLOW = "Ce qu’ont donné les rendez-vous", "Ce qu’ils ont donné depuis", "À suivre"
SIGNED, LACKING = "Marchés signés", "Métiers qui ont manqué"
# Column of the need in the table `TO_FOLLOW`, from which the page may start a dossier.
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
    "Un besoin a rencontré son métier quand son acheteur a rendez-vous avec une structure connue pour son métier, quelle que soit la distance, sauf si l’un dit que le rendez-vous n’a pas eu lieu.",
    "Le montant, les heures et les emplois d’un marché sont ceux que dit l’organisateur, sinon le plus bas de ce que disent les deux ; un marché sans chiffre n’ajoute rien.",
)


def day_report_document(
    event: MeetingDay,
    report: DayReport,
    catalogue: Shelf,
    on: date,
    former: DayFigures | None = None,
) -> Document:
    """Return the report of an event on the day `on`, compared with the figures of the `former` edition if any."""
    header, whole = event.header, count_meetings("", report.meetings)
    subject = (header.title, day(header.day) if header.day else "jour non fixé", header.place, header.organiser)
    people = {one.supplier_id: one.name for one in event.participants if one.supplier_id}
    remarks = []
    if summary := report.summary:
        wishes_met = summary.kept - wishes_not_held(event)
        wishes = (
            f"{count(wishes_met, 'vœu tenu', 'vœux tenus')} sur {number(summary.wished)}"
            if summary.wished
            else "aucun vœu"
        )
        sides = f"{count(summary.buyers, 'acheteur')} et {count(summary.suppliers, 'fournisseur')}"
        remarks.append(f"{sides} attendus, {wishes}.")
    if absent := [one.name for side in (False, True) for one in event.list_seats(suppliers=side) if one.absent]:
        remarks.append(
            f"{count(len(absent), 'absent')} en plus : {enumeration(absent)}. Les besoins des absents ne sont pas comptés."
        )
    if whole.untold:
        untold = count(whole.untold, "rendez-vous", "rendez-vous")
        remarks.append(f"{untold} sans issue dite : on ne sait pas s’ils ont eu lieu.")
    if whole.unanswered and whole.quoted is not None:
        remarks.append(f"{count(whole.unanswered, 'rendez-vous', 'rendez-vous')} dont personne n’a dit la suite.")
    return Document(
        kind=DocumentKind.MEETINGS,
        title=header.title,
        asked=tuple(filter(None, subject)),
        answer=typeset(_answer(whole)),
        remarks=tuple(map(typeset, remarks)),
        tables=tuple(_tables(event, report, former)),
        hypotheses=tuple(map(typeset, _HYPOTHESES)),
        names=people,
        catalogue_version=catalogue.version,
        catalogue_suppliers=len(catalogue),
        on=on,
    )


def outcome_need(event: MeetingDay, outcome: MeetingOutcome) -> ParticipantNeed | None:
    """Return the need that a meeting was about: the one that its talking points quote, else the buyer's first; None where it has none."""
    buyer = event.by_key.get(outcome.buyer)
    return need_met(event, outcome.buyer, outcome.supplier) or next(iter(buyer.needs if buyer else ()), None)


def day_report_object(event: MeetingDay, report: DayReport, former: DayFigures | None = None) -> dict[str, Any]:
    """Return the report of an event as JSON, with the figures of the `former` edition; unknown values are null."""
    day_figures = count_figures(event, report.meetings, report.needs)
    return {
        "figures": _figures_object(day_figures),
        "former_figures": former and _figures_object(former),
        "contracts": [
            _sides(event, one.words.booking) | shaped("amount nature hours jobs", one.terms) | {"said_by": one.by}
            for one in day_figures.contracts
        ],
        **(
            shaped("meetings wished kept", summary)
            if (summary := report.summary)
            else {"meetings": 0, "wished": 0, "kept": 0}
        ),
        "outcomes": {str(result): held for result, held in report.results.items()},
        "unsaid": report.unsaid,
        "sequels": {str(step): held for step, held in _steps(report.meetings).items()},
        "counts": {
            title: json_value(counts)
            for title, _, counts in (("En tout", "", [count_meetings("", report.meetings)]), *_groups(report.meetings))
        },
        "differing": [
            {
                **_sides(event, one.booking),
                "by_buyer": _side_words(one, one.booking.buyer, one.by_buyer),
                "by_supplier": _side_words(one, one.booking.supplier, one.by_supplier),
            }
            for one in _differing(report)
        ],
        "promising": [_sides(event, one) | shaped("result note?", one) for one in report.promising],
        "lacks": [
            shaped(
                "trade kind asked_by need of_the_trade=doing present catalogue to_call",
                one,
                asked_by=[event.name_of(key) for key in one.buyers],
            )
            for one in report.lacks
        ],
    }


def _figures_object(figures: DayFigures) -> dict[str, Any]:
    return {
        **shaped("needs needs_met=met needs_not_understood=unread buyers buyers_who_answered=told", figures),
        **{name: shaped("total contracts", getattr(figures, name)) for name in ("amount", "hours", "jobs")},
        "useful_to_buyers": shaped("mean meetings", figures.useful_to_buyers),
        "useful_to_suppliers": shaped("mean meetings", figures.useful_to_suppliers),
    }


def _sides(event: MeetingDay, meeting: Booking | MeetingOutcome) -> dict[str, Any]:
    return {"buyer": event.name_of(meeting.buyer), "supplier": event.name_of(meeting.supplier)}


def _answer(whole: MeetingCounts) -> str:
    if not whole.planned:
        return "Pas encore d’horaire : voici ce que les inscriptions disent déjà."
    planned_said = count(whole.planned, "rendez-vous prévu", "rendez-vous prévus")
    if whole.held is None:
        return f"{planned_said} ; aucune issue n’est dite."
    later = "les suites ne sont pas encore dites"
    if whole.quoted is not None and whole.contracted is not None:
        later = f"{count(whole.quoted, 'devis remis', 'devis remis')}, {count(whole.contracted, 'marché signé', 'marchés signés')}"
    return f"{planned_said}, {count(whole.held, 'tenu')} au moins, {count(whole.asked or 0, 'devis demandé', 'devis demandés')} ; {later}."


def _tables(event: MeetingDay, report: DayReport, former: DayFigures | None) -> Iterator[DocumentTable]:
    meetings, day_figures = report.meetings, count_figures(event, report.meetings, report.needs)
    if meetings:
        rows = [(str(result), held) for result, held in report.results.items()]
        yield _figures(OUTCOMES, "Issue", rows, "issue non dite", report.unsaid)
        steps = _steps(meetings)
        silent = sum(one.words.awaits and one.words.step is None for one in meetings)
        yield _figures(SEQUELS, "Suite", [(str(step), held) for step, held in steps.items()], _NO_ANSWER, silent)
        yield _comparison_table(day_figures, former)
        yield _contracts_table(event, day_figures.contracts)
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
    yield _lacking(event, report)
    yield _differing_table(event, report)
    yield _to_follow(event, report)


def _figures(title: str, label: str, rows: Sequence[tuple[str, int]], silence: str, silent: int) -> DocumentTable:
    """Return a table of counts, with a line of those without an answer and a total."""
    total = sum(held for _, held in rows) + silent
    unsaid: list[tuple[DocumentCell, int]] = [(MarkedText(silence, CellMark.UNKNOWN), silent)] if silent else []
    lines = [*rows, *unsaid, ("en tout", total)]
    return DocumentTable(title, (DocumentColumn(label), _PLANNED), tuple(map(DocumentRow, lines)), total=True)


def _groups(meetings: Sequence[CountedMeeting]) -> Iterator[tuple[str, str, tuple[MeetingCounts, ...]]]:
    """Yield the title, the column label and the counts of each grouping of meetings."""

    def of_buyer(meeting: CountedMeeting) -> CountedPlace:
        return meeting.buyer_at

    def of_supplier(meeting: CountedMeeting) -> CountedPlace:
        return meeting.supplier_at

    yield "Par métier", "Métier", by_trade(meetings)
    yield "Par type de fournisseur", "Type", by_kind(meetings)
    yield "Par département des acheteurs", "Département", by_departement(meetings, of_buyer)
    yield "Par département des fournisseurs", "Département", by_departement(meetings, of_supplier)
    yield "Par intercommunalité des acheteurs", "EPCI", by_epci(meetings, of_buyer)
    yield "Par intercommunalité des fournisseurs", "EPCI", by_epci(meetings, of_supplier)


def _comparison_table(figures: DayFigures, former: DayFigures | None) -> DocumentTable:
    """Return the table that compares an edition with the former one, each figure with its base."""
    editions = (figures, former) if former else (figures,)
    labels = ("Cette édition", "La précédente")[: len(editions)]
    columns = (DocumentColumn("Chiffre"), *(DocumentColumn(label, ColumnKind.NUMBER) for label in labels))
    rows = [
        (label, *map(figure, editions), base)
        for label, figure, base in (
            ("Besoins qui ont rencontré leur métier", lambda one: one.met, needs_basis(figures)),
            ("Rendez-vous prévus", lambda one: one.counts.planned, ""),
            ("Rendez-vous tenus, au moins", lambda one: one.counts.held, ""),
            ("Devis remis, au moins", lambda one: one.counts.quoted, answers_basis(figures)),
            ("Marchés signés, au moins", lambda one: one.counts.contracted, answers_basis(figures)),
            ("Montant signé, € HT", lambda one: one.amount.total, contracts_basis(figures, figures.amount)),
            ("Heures d’insertion promises", lambda one: one.hours.total, contracts_basis(figures, figures.hours)),
            ("Emplois", lambda one: one.jobs.total, contracts_basis(figures, figures.jobs)),
            (
                "Utilité, dite par les acheteurs",
                lambda one: one.useful_to_buyers.mean,
                usefulness_basis(figures.useful_to_buyers),
            ),
            (
                "Utilité, dite par les fournisseurs",
                lambda one: one.useful_to_suppliers.mean,
                usefulness_basis(figures.useful_to_suppliers),
            ),
        )
    ]
    title = "Les chiffres, et ceux de l’édition précédente" if former else "Les chiffres"
    return DocumentTable(title, (*columns, DocumentColumn("Sur quoi")), tuple(map(DocumentRow, rows)))


def _contracts_table(event: MeetingDay, contracts: Sequence[SignedContract]) -> DocumentTable:
    columns = (
        *(DocumentColumn("Acheteur"), DocumentColumn("Fournisseur"), DocumentColumn("Nature")),
        DocumentColumn("Montant", ColumnKind.NUMBER, "€ HT"),
        DocumentColumn("Heures d’insertion", ColumnKind.NUMBER, "h"),
        *(DocumentColumn("Emplois", ColumnKind.NUMBER), DocumentColumn("Dit par")),
    )
    rows = []
    for contract in contracts:
        meeting, nature = contract.words.booking, contract.terms.nature
        sides = (event.name_of(meeting.buyer), event.name_of(meeting.supplier))
        cells = (*sides, nature and str(nature), *contract.terms.figures, contract.by)
        rows.append(DocumentRow(cells, _about(event, meeting.supplier)))
    return DocumentTable(SIGNED, columns, tuple(rows))


def _lacking(event: MeetingDay, report: DayReport) -> DocumentTable:
    columns = (
        *(DocumentColumn("Métier"), DocumentColumn("Besoin le moins pourvu", under=True), DocumentColumn("Comment")),
        DocumentColumn("Demandé par", ColumnKind.LIST),
        *(DocumentColumn(label, ColumnKind.NUMBER) for label in ("Dans la salle", "Dont assez près", "Au catalogue")),
    )
    rows = []
    for lack in report.lacks:
        unknown = MarkedText(typeset(f"non connu, {number(lack.to_call)} à appeler"), CellMark.UNKNOWN)
        in_catalogue: DocumentCell = unknown if lack.catalogue is None else lack.catalogue
        buyers = tuple(map(event.name_of, lack.buyers))
        cells = (lack.trade, lack.need, str(lack.kind), buyers, lack.doing, lack.present, in_catalogue)
        rows.append(DocumentRow(cells))
    unread = sum(not one.is_understood for one in report.needs)
    says = [
        f"« {LackKind.UNSEEN} » : une structure du métier était là, l’acheteur n’a eu rendez-vous avec aucune. « {LackKind.FEW} » : moins de {ENOUGH}. "
        "La dernière colonne compte ceux du métier et assez près dans tout le catalogue, qui inviter la prochaine fois ; non connu n’est pas zéro."
        if rows
        else f"Aucun : pour chaque besoin, {ENOUGH} structures du métier au moins étaient là."
    ]
    if unread:
        says.append(f"{count(unread, 'besoin')} dont le métier n’est pas compris : on ne sait pas s’il a manqué.")
    return DocumentTable(LACKING, columns, tuple(rows), tuple(map(typeset, says)))


def _differing_table(event: MeetingDay, report: DayReport) -> DocumentTable:
    labels = ("Acheteur", "Fournisseur", "L’acheteur dit", "Le fournisseur dit", "Compté")
    rows = []
    for words in _differing(report):
        buyer, supplier = words.booking.buyer, words.booking.supplier
        cells = (
            *(event.name_of(buyer), event.name_of(supplier)),
            *(_side_words(words, buyer, words.by_buyer), _side_words(words, supplier, words.by_supplier)),
            _outcome_words(words.outcome.result if words.outcome else None, words.step),
        )
        rows.append(DocumentRow(cells, _about(event, supplier)))
    return DocumentTable("Deux mots différents", tuple(map(DocumentColumn, labels)), tuple(rows))


def _to_follow(event: MeetingDay, report: DayReport) -> DocumentTable:
    labels = ("Acheteur", "Fournisseur", "Issue", "Besoin", "Suite")
    steps: Mapping[frozenset[int], SequelStep | None] = {
        one.words.booking.pair: one.words.step for one in report.meetings
    }
    rows = []
    for outcome in report.promising:
        need, step = outcome_need(event, outcome), steps.get(outcome.pair)
        sentence = f"{outcome.result} : {outcome.note}" if outcome.note else str(outcome.result)
        cells = (
            event.name_of(outcome.buyer),
            event.name_of(outcome.supplier),
            sentence,
            need.text if need else "",
            step and str(step),
        )
        rows.append(DocumentRow(cells, _about(event, outcome.supplier)))
    return DocumentTable(TO_FOLLOW, tuple(map(DocumentColumn, labels)), tuple(rows))


def _steps(meetings: Sequence[CountedMeeting]) -> dict[SequelStep, int]:
    return {step: sum(one.words.awaits and one.words.step is step for one in meetings) for step in SequelStep}


def _differing(report: DayReport) -> list[MeetingWords]:
    return [one.words for one in report.meetings if one.words.differs]


def _side_words(meeting_words: MeetingWords, key: int, outcome: Result | None) -> str | None:
    return _outcome_words(outcome, meeting_words.step_by(key))


def _outcome_words(outcome: Result | None, step: SequelStep | None) -> str | None:
    return ", ".join(map(str, filter(None, (outcome, step)))) or None


def _about(event: MeetingDay, key: int) -> str:
    participant = event.by_key.get(key)
    return participant.supplier_id if participant else ""
