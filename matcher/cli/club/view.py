"""Terminal output of the `entremise club` commands: events, participants, import reports, questions, timetable, sheets."""

from collections.abc import Sequence
from textwrap import shorten

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from matcher.cli.frame.outlet import KNOWN, REFUSED, UNKNOWN, console, facts_grid, headed_table, print_list, tally_table
from matcher.club.meeting_day.meeting_day import ImportQuestion, MeetingDay
from matcher.club.meeting_day.schedule import clock, presence_said
from matcher.club.meeting_day.store import EventSummary
from matcher.club.registration.import_plan import Intake
from matcher.club.registration.remarks import in_groups_of_a_kind
from matcher.club.results.document import event_lines
from matcher.club.results.view import Filling, ParticipantSheet, by_participant
from matcher.club.timetable.affinity import LEVELS
from matcher.club.timetable.planning import Moves, move_sentences
from matcher.club.timetable.remedies import Shortages, shortage_sentences
from matcher.club.timetable.troubles import TroubleText
from matcher.domain.french import count, day, moment, number

MARKS = {3: "■■■", 2: "■■□", 1: "■□□"}
MOST_LINES, LONGEST_ABOUT = 20, 60


def print_days(lines: Sequence[EventSummary], out: Console) -> None:
    """Print a list of events."""
    headers = ("N°", "Jour", "Titre", "Lieu", "Participants", "Rendez-vous", "Questions")
    rows = (
        (
            *(str(listing.id), day(header.day) if header.day else "", header.title, header.place),
            *map(number, (listing.participants, listing.meetings, listing.questions)),
        )
        for listing, header in ((listing, listing.header) for listing in lines)
    )
    print_list(headed_table(headers, rows), "événement", out)


def print_day(event: MeetingDay, out: Console) -> None:
    """Print an event: its facts, its participants, its journal."""
    out.print(_about(event))
    rows = []
    for participant in event.participants:
        hours = presence_said(participant.arrival, participant.departure, participant.away)
        needs_said = " ; ".join(need.text for need in participant.needs) or participant.activity
        double = event.doubles.get(participant.key)
        state = " (absent)" if participant.absent else "" if double is None else f" (déjà n° {double})"
        known = KNOWN if participant.supplier_id or not participant.supplies else UNKNOWN
        rows.append(
            (str(participant.key), str(participant.sort), f"{known} {participant.name}{state}", needs_said, hours)
        )
    if event.participants:
        out.print(headed_table(("N°", "Sorte", "Structure", "Besoins ou activité", "Heures"), rows))
        out.print(
            f"[dim]{KNOWN} fournisseur du catalogue   {UNKNOWN} hors du catalogue : lu d’après son inscription[/dim]"
        )
    out.print("\n[bold]Journal[/bold]")
    for line in event.journal:
        out.print(Text(f"{line.number:>3}  {moment(line.at)}  {line.who} {line.change.says(event)}"))


def print_intake(intake: Intake, *, dry_run: bool) -> None:
    """Print what an import did, or would do: counts that add up, columns, doubts, questions."""
    with console(None) as out:
        out.print(f"[bold]{'Essai à blanc, rien n’est écrit' if dry_run else 'Import'}[/bold]")
        counts = (
            (intake.created, "nouveau participant", "nouveaux participants"),
            (intake.updated, "mis à jour", "mis à jour"),
            (intake.unchanged, "inchangé", "inchangés"),
            (
                intake.repeated,
                "ligne de plus d’un participant déjà compté",
                "lignes de plus de participants déjà comptés",
            ),
            (len(intake.refused_lines), "ligne laissée", "lignes laissées"),
        )
        out.print(tally_table(counts, (intake.read, "ligne lue", "lignes lues")))
        out.print(
            f"{KNOWN} nouveaux : {count(intake.buyers, 'acheteur ou attributaire', 'acheteurs ou attributaires')},"
            f" {count(intake.created - intake.buyers, 'fournisseur')} ; {count(intake.in_catalogue, 'fournisseur retrouvé', 'fournisseurs retrouvés')} au catalogue."
        )
        for text in intake.skipped:
            out.print(f"{REFUSED} {escape(text)}")
        for mark, remarks in ((REFUSED, intake.left), (UNKNOWN, intake.noted)):
            for group in in_groups_of_a_kind(remarks):
                out.print(f"{mark} {escape(group.text)}")
                if group.lines:
                    more = " ; …" if len(group.lines) > MOST_LINES else ""
                    out.print(f"[dim]{escape(' ; '.join(group.lines[:MOST_LINES]))}{more}[/dim]")
        for text in intake.columns:
            out.print(f"[dim]{escape(text)}[/dim]")
        for text in intake.unused:
            out.print(f"{UNKNOWN} {escape(text)}")
        if intake.questions:
            print_questions(intake.questions, out)
        if intake.points:
            out.print(
                f"{count(len(intake.points), 'point')} à rappeler : « entremise club check » le redit, le classeur les liste."
            )


def print_questions(import_questions: Sequence[ImportQuestion], out: Console) -> None:
    """Print questions with their possible answers."""
    for import_question in import_questions:
        out.print(Text.assemble((f"{import_question.number}. ", "bold cyan"), (import_question.text, "bold")))
        for option in import_question.options:
            out.print(Text(f"   {option.code} : {option.label}"))
    out.print(f"{count(len(import_questions), 'question')} sans réponse.")


def print_troubles(statements: Sequence[TroubleText], out: Console) -> None:
    """Print the contradictions, then the doubts, found before planning."""
    for statement in statements:
        out.print(f"{UNKNOWN if statement.remark else REFUSED} {escape(statement.text)}")
    if not statements:
        out.print("Rien ne s’oppose à l’horaire.")


def print_shortages(event: MeetingDay, shortages: Shortages, out: Console) -> None:
    """Print the shortages expected at an event, and the effect of each remedy."""
    for text in shortage_sentences(event, shortages):
        out.print(escape(text))


def print_plan(event: MeetingDay) -> None:
    """Print the quality of a timetable."""
    with console(None) as out:
        out.print(_about(event))


def print_timetable(event: MeetingDay, out: Console, *, suppliers: bool) -> None:
    """Print the timetable: a row a buyer's need (or a supplier), a column a time slot."""
    out.width = max(out.width, 40 + 20 * event.schedule.slots)
    rows = []
    for line in by_participant(event, suppliers=suppliers):
        cells = [
            Text(
                "\n".join(
                    f"{event.name_of(meeting.buyer if suppliers else meeting.supplier)}\n{MARKS[meeting.level]} table {meeting.table}"
                    for meeting in cell
                )
                or "libre",
                style="" if cell else "dim",
            )
            for cell in line.cells
        ]
        about = shorten(line.about, LONGEST_ABOUT, placeholder="…")
        rows.append((Text.assemble((line.label, "bold"), f"\n{about}"), *cells))
    headers = ("Fournisseur" if suppliers else "Acheteur et besoin", *map(clock, event.schedule.starts))
    out.print(headed_table(headers, rows))
    out.print("   ".join(f"{MARKS[level]} {label}" for level, label in LEVELS.items()), style="dim")
    out.print(_about(event))


def print_sheet(event: MeetingDay, participant_sheet: ParticipantSheet, out: Console) -> None:
    """Print a participant’s sheet."""
    header = event.header
    when = day(header.day) if header.day else ""
    out.print(Text(" · ".join(filter(None, (header.title, when, header.place))), style="dim"))
    out.print(Text(participant_sheet.participant.name, style="bold"))
    names = ", ".join(person.name for person in participant_sheet.people if person.name)
    out.print(Text(" · ".join(filter(None, (names, count(participant_sheet.meetings, "rendez-vous", "rendez-vous"))))))
    rows: list[tuple[Text | str, ...]] = []
    for line in participant_sheet.lines:
        if line.filling is Filling.MEETING:
            other = Text.assemble((line.name, "bold"), f"\n{', '.join(line.people)}" if line.people else "")
            why = "\n".join((line.why, *(f"· {fact}" for fact in line.facts)))
            rows.append((line.hour, str(line.table), other, why))
        else:
            rows.append((Text(line.hour, "dim"), "", Text(line.break_label or str(line.filling), "dim"), ""))
    out.print(headed_table(("Heure", "Table", "Avec", "Pourquoi vous voir"), rows))


def print_moves(event: MeetingDay, changed: Moves) -> None:
    """Print each meeting moved, added or removed in a timetable."""
    with console(None) as out:
        for text in move_sentences(event, changed):
            out.print(f"  {escape(text)}")
        meetings = len(event.bookings)
        out.print(f"{count(len(changed), 'changement')} ; {count(meetings, 'rendez-vous', 'rendez-vous')} à l’horaire.")


def _about(event: MeetingDay) -> Table:
    return facts_grid(event_lines(event), Column(style="dim", max_width=44))
