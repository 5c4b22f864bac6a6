"""Renders a meeting day as files: the organiser’s XLSX workbook, CSV of the timetable, badges and mail merge, and JSON for scripts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matcher.cleaning.phone import shown_phone
from matcher.club.meeting_day.meeting_day import FrozenTimetable, MeetingDay, Participant
from matcher.club.meeting_day.schedule import clock, presence_said
from matcher.club.meeting_day.store import EventSummary, Person
from matcher.club.results.aims import compare_rivals, needs_headline, price_of_total
from matcher.club.results.view import (
    Filling,
    GridLine,
    ParticipantSheet,
    Summary,
    by_participant,
    by_table,
    fewest_words,
    shared_tables,
    summary,
)
from matcher.club.timetable.affinity import LEVELS
from matcher.club.timetable.remedies import Shortages
from matcher.club.timetable.troubles import TroubleText
from matcher.club.timetable.unserved import unserved_trades
from matcher.domain.french import count, day, enumeration, number, unit
from matcher.journal.change import journal_object
from matcher.render.described_file import DescribedFile
from matcher.render.shaped import shaped
from matcher.render.table import NO_DAY, Cell, Column, Line, Sheet, csv_of, workbook_of

People = Mapping[int, tuple[Person, ...]]

TIMETABLE = (
    *(Column("Heure", 9), Column("Table", 7), Column("Acheteur", 34), Column("Fournisseur", 34), Column("Intérêt", 24)),
    *(Column("Affinité", 9, "0.00"), Column("Pourquoi (pour l’acheteur)", 60)),
    *(Column("Pourquoi (pour le fournisseur)", 60), Column("Placé à la main", 9), Column("Issue", 16)),
    Column("Note", 40),
)
PARTICIPANTS = (
    *(Column("N°", 6), Column("Sorte", 12), Column("Structure", 36), Column("SIRET", 17)),
    *(Column("Besoins ou activité", 60), Column("Lieu", 20), Column("Personnes", 34), Column("Téléphone", 16)),
    *(Column("Courriel", 30), Column("Arrivée", 9), Column("Départ", 9), Column("Contraintes horaires", 26)),
    *(Column("Rendez-vous", 8), Column("Présence", 10), Column("Accès", 26), Column("Effectif", 9)),
    Column("Zone d’intervention", 26),
)
QUESTIONS = ("Question", "Texte", "Réponses possibles", "Réponse")
TO_RING = (
    *(Column("Structure", 36), Column("Téléphone", 20), Column("Sujet", 12), Column("Ce qui est écrit", 50)),
    *(Column("Ce qui en est lu", 50), Column("Réglé", 8)),
)
BADGES = ("Nom", "Structure", "Sorte", "Première table", "Code")
# First columns of a letter of the mail merge; each meeting then adds three.
LETTER = (
    "Structure",
    "Sorte",
    "Personnes",
    "Courriel",
    "Téléphone",
    "Événement",
    "Jour",
    "Lieu",
    "Code",
    "Rendez-vous",
)


def timetable_csv(event: MeetingDay) -> DescribedFile:
    """Return one line a meeting, in order of slot and table."""
    return csv_of(TIMETABLE, _meetings(event))


def questions_csv(event: MeetingDay) -> DescribedFile:
    """Return one line a question, with its possible answers (code : meaning) and a column to fill, which `club answer` reads."""
    return csv_of(
        QUESTIONS,
        (
            [one.number, one.text, " | ".join(f"{option.code} : {option.label}" for option in one.options), one.answer]
            for one in event.questions
        ),
    )


def workbook(event: MeetingDay, people: People) -> bytes:
    """Return the organiser’s workbook: the event, the timetable by meeting, buyer, supplier and table, participants, points to confirm, journal."""
    to_ring: list[list[Cell]] = []
    for point in dict.fromkeys((*event.to_ring, *event.points)):
        phones = " ; ".join(shown_phone(person.phone) for person in people.get(point.about, ()) if person.phone)
        settled = "oui" if point.settled else ""
        to_ring.append([event.name_of(point.about), phones, str(point.topic), point.written, point.says, settled])
    participants: list[list[Cell]] = []
    for participant in event.participants:
        needs = " ; ".join(need_with_size(need.text, need.amount, need.hours) for need in participant.needs)
        cells: list[Cell] = [
            *(participant.key, str(participant.sort), participant.name, participant.siret),
            *(needs or participant.activity, participant.place, *_contact_cells(people.get(participant.key, ()))),
            *("" if hour is None else clock(hour) for hour in (participant.arrival, participant.departure)),
            presence_said(None, None, participant.away),
            *(len(event.bookings_of.get(participant.key, ())), _presence(event, participant)),
            *(", ".join(access_needs(participant)), participant.workers, participant.area),
        ]
        participants.append(cells)
    hours = [Column("", 34), *(Column(clock(start), 26) for start in event.schedule.starts)]
    grids = (
        ("Par acheteur", by_participant(event, suppliers=False)),
        ("Par fournisseur", by_participant(event, suppliers=True)),
        ("Par table", by_table(event)),
    )
    journal = [(f"{line.at:%d/%m/%Y %H:%M} UTC, {line.who}", line.change.says(event)) for line in event.journal]
    return workbook_of(
        event.header.title,
        NO_DAY,
        Sheet("À savoir", (), event_lines(event)),
        Sheet("Rendez-vous", TIMETABLE, _meetings(event), frozen=2),
        *(Sheet(name, hours, [_grid(event, line) for line in lines], frozen=1) for name, lines in grids),
        Sheet("Participants", PARTICIPANTS, participants, frozen=3),
        Sheet("À rappeler", TO_RING, to_ring, frozen=1),
        Sheet("Journal", (), journal),
    )


def badges_csv(sheets: Sequence[ParticipantSheet]) -> DescribedFile:
    """Return one line a badge: one for each person, or one for the organisation where nobody is named."""
    badges: list[list[Cell]] = []
    for sheet in sheets:
        first = next((line.table for line in sheet.lines if line.filling is Filling.MEETING), None)
        names = [person.name for person in sheet.people if person.name] or [""]
        of_all = (sheet.participant.name, str(sheet.participant.sort), first, sheet.code)
        badges += [[name, *of_all] for name in names]
    return csv_of(BADGES, badges)


def letters_csv(event: MeetingDay, sheets: Sequence[ParticipantSheet]) -> DescribedFile:
    """Return one line a participant, with its meetings in columns, for a mail merge."""
    most = max((sheet.meetings for sheet in sheets), default=0)
    columns = [f"{what} {rank}" for rank in range(1, most + 1) for what in ("Heure et table", "Avec", "Pourquoi")]
    return csv_of([*LETTER, *columns], (_letter(event, sheet, most) for sheet in sheets))


def event_lines(event: MeetingDay) -> Iterator[Line]:
    """Yield the description of an event and of the quality of its timetable, as labels and texts."""
    header, schedule, rules = event.header, event.schedule, event.rules
    yield "Événement", header.title
    for label, text in (
        ("Organisateur", header.organiser),
        ("Courriel", header.email),
        ("Jour", day(header.day) if header.day else ""),
        ("Lieu", header.place),
    ):
        if text:
            yield label, text
    yield (
        "Heures",
        f"{clock(schedule.start)} à {clock(schedule.end)}, {count(schedule.slots, 'créneau', 'créneaux')} de {schedule.minutes} min",
    )
    for rest in schedule.breaks:
        yield rest.label.capitalize(), f"{clock(rest.start)} à {clock(rest.end)}"
    yield (
        "Salle",
        f"{count(rules.tables, 'table')}, dont {number(rules.accessible)} accessibles ; {count(rules.interpreters, 'interprète')}",
    )
    if rules.closed:
        yield "Tables retirées", enumeration(list(map(str, rules.closed)))
    sides = (len(event.list_seats(suppliers=False)), len(event.list_seats(suppliers=True)))
    yield (
        "Participants",
        f"{count(sides[0], 'acheteur ou attributaire', 'acheteurs et attributaires')}, {count(sides[1], 'fournisseur')}",
    )
    if (counts := summary(event)) and event.plan:
        yield from _quality(event, counts, event.plan)


def event_object(event: MeetingDay) -> dict[str, Any]:
    """Return an event as JSON: unknown values are null; persons and contacts are never included."""
    fields = (
        "key sort name siret? supplier_id? needs activity? place? workers area? access arrival departure away presence"
    )
    participants = [
        shaped(
            fields,
            participant,
            needs=[shaped("text place? amount hours", need) for need in participant.needs],
            access=access_needs(participant),
            arrival=None if participant.arrival is None else clock(participant.arrival),
            departure=None if participant.departure is None else clock(participant.departure),
            away=[[clock(leaves), clock(returns)] for leaves, returns in participant.away],
            presence=_presence(event, participant),
        )
        for participant in event.participants
    ]
    return {
        **shaped("id version", event),
        **shaped("title organiser? day place?", event.header),
        "slots": [clock(start) for start in event.schedule.starts],
        "minutes": event.schedule.minutes,
        "tables": event.rules.tables,
        "participants": participants,
        "questions": [shaped("number text answer?", question) for question in event.questions],
        "to_ring": [shaped("about topic written says", point) for point in event.to_ring],
        "timetable": timetable_object(event),
        "journal": journal_object(event),
    }


def timetable_object(event: MeetingDay) -> dict[str, Any] | None:
    """Return the timetable as JSON; None where there is none."""
    plan, counts = event.plan, summary(event)
    if plan is None or counts is None:
        return None
    return {
        **shaped("total bound proven gap mended", plan, proven=counts.proven, gap=counts.gap),
        **shaped("fewest wished kept needs answered short", counts, short=len(plan.short)),
        "unserved": [shaped("buyer need=text trade why", one, buyer=event.name_of(one.buyer)) for one in plan.unserved],
        "rivals": {one.name: shaped("total meetings fewest short kept answered", one) for one in plan.rivals},
        "meetings": [
            shaped(
                "hour table buyer supplier affinity level to_buyer to_supplier",
                one,
                hour=clock(event.schedule.starts[one.slot]),
                buyer=event.name_of(one.buyer),
                supplier=event.name_of(one.supplier),
            )
            for one in plan.bookings
        ],
    }


def listed_object(listing: EventSummary) -> dict[str, Any]:
    """Return an event of a list, as JSON."""
    fields = "id title=header.title day=header.day place?=header.place participants meetings questions version"
    return shaped(fields, listing)


def trouble_object(statement: TroubleText) -> dict[str, Any]:
    """Return a trouble of an event before planning, as JSON."""
    return shaped("code text participants=keys remark", statement)


def shortages_object(event: MeetingDay, shortages: Shortages) -> dict[str, Any]:
    """Return the shortages of an event and the gains of remedies, as JSON."""
    lacking = {trade: [event.name_of(key) for key in keys] for trade, keys in shortages.lacking.items()}
    return shaped("lacking nowhere remedies=tried left_out", shortages, lacking=lacking)


def _quality(event: MeetingDay, counts: Summary, plan: FrozenTimetable) -> Iterator[Line]:
    if sentences := needs_headline(event):
        yield "Besoins servis", " ".join(sentences)
    for missed in unserved_trades(event):
        yield f"Besoin non servi, {missed.trade}", f"{number(missed.needs)} : {missed.text}"
    yield "Rendez-vous", count(counts.meetings, "rendez-vous", "rendez-vous")
    most = "" if plan.mended else f", au plus {number(plan.bound, 1)}"
    yield "Horaire", f"{counts.quality} Affinité totale : {number(plan.total, 1)}{most}."
    yield "Le moins servi", f"{fewest_words(counts)} ({count(len(counts.fewest_keys), 'participant')})"
    since = (
        f", dont {count(since, 'vœu', 'vœux')} depuis que l’horaire est figé" if (since := counts.wished_since) else ""
    )
    yield "Vœux tenus", f"{number(counts.kept)} sur {number(counts.wished)}{since}"
    for by, other in counts.unkept:
        yield "Vœu non tenu", f"{event.name_of(by)} et {event.name_of(other)}"
    for table, buyers in shared_tables(event).items():
        yield "Table partagée", f"Table {table} : {', puis '.join(map(event.name_of, buyers))}"
    for key in plan.short:
        yield "Sous son minimum", event.name_of(key)
    for rival in compare_rivals(event):
        wishes = "" if rival.kept is None else f", {count(rival.kept, 'vœu tenu', 'vœux tenus')}"
        needs = "" if rival.answered is None else f", {count(rival.answered, 'besoin servi', 'besoins servis')}"
        short = f"{count(rival.short, 'participant')} sous son minimum, affinité {number(rival.total, 1)}"
        meetings = f"{count(rival.meetings, 'rendez-vous', 'rendez-vous')}{wishes}{needs}, le moins servi {number(rival.fewest)}"
        yield f"Par comparaison, {rival.name}", f"{meetings}, {short}"

    if price := price_of_total(event):
        yield "À lire", price


def _meetings(event: MeetingDay) -> Iterator[list[Cell]]:
    for booking in event.bookings:
        outcome, hour = event.outcomes.get(booking.pair), clock(event.schedule.starts[booking.slot])
        yield [
            *(hour, booking.table, event.name_of(booking.buyer), event.name_of(booking.supplier)),
            *(LEVELS[booking.level], booking.affinity, booking.to_buyer, booking.to_supplier),
            *("oui" if booking.held else "", str(outcome.result) if outcome else "", outcome.note if outcome else ""),
        ]


def _grid(event: MeetingDay, line: GridLine) -> list[Cell]:
    label = f"{line.label}\n{line.about}" if line.about else line.label
    cells: list[Cell] = [label]
    for bookings in line.cells:
        texts = []
        for booking in bookings:
            if line.label == f"Table {booking.table}":
                texts.append(f"{event.name_of(booking.buyer)} et {event.name_of(booking.supplier)}")
            else:
                other = booking.supplier if line.key == booking.buyer else booking.buyer
                texts.append(f"{event.name_of(other)} (table {booking.table})")
        cells.append(" / ".join(texts))
    return cells


def _contact_cells(persons: Sequence[Person]) -> tuple[str, str, str]:
    """Return the names, the telephones and the e-mails of persons."""
    phones = " ; ".join(shown_phone(p.phone) for p in persons if p.phone)
    emails = " ; ".join(p.email for p in persons if p.email)
    return ", ".join(p.name for p in persons if p.name), phones, emails


def _presence(event: MeetingDay, participant: Participant) -> str:
    if participant.key in event.doubles:
        return f"déjà n° {event.doubles[participant.key]}"
    return "absent" if participant.absent else "là" if participant.key in event.here else "attendu"


def _letter(event: MeetingDay, sheet: ParticipantSheet, most: int) -> list[Cell]:
    participant, header = sheet.participant, event.header
    meetings = [line for line in sheet.lines if line.filling is Filling.MEETING]
    names, phones, emails = _contact_cells(sheet.people)
    cells: list[Cell] = [
        *(participant.name, str(participant.sort), names, emails, phones),
        *(header.title, day(header.day) if header.day else "", header.place, sheet.code, sheet.meetings),
    ]
    for line in meetings:
        cells += [f"{line.hour}, table {line.table}", line.name, line.why]
    return [*cells, *[""] * (3 * (most - len(meetings)))]


def access_needs(participant: Participant) -> list[str]:
    """Return a participant's access needs, as French labels."""
    needed = {
        "table sans marche": participant.step_free,
        "interprète": participant.interpreter,
        "boucle magnétique": participant.hearing_loop,
    }
    return [label for label, needs in needed.items() if needs]


def need_with_size(text: str, amount: float | None, hours: float | None) -> str:
    """Return a need's text followed by its amount and hours."""
    size = [unit(amount, "€") if amount else "", unit(hours, "h") if hours else ""]
    return f"{text} ({', '.join(filter(None, size))})" if any(size) else text
