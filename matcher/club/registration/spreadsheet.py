"""Parses the lines of an organiser's sheet of participants, and faults for unread cells. No lookup in catalogue or event here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TypeVar

from importers.emit import Row
from importers.formats.column_tally import ColumnTally
from importers.formats.columns import Columns
from importers.importer import RefusedRow
from matcher.cleaning import Cleaned
from matcher.cleaning.amounts import clean_amount, clean_count
from matcher.cleaning.hours import Presence, clean_hour, clean_presence
from matcher.cleaning.kinds import clean_kinds
from matcher.cleaning.names import name_key, tidy
from matcher.cleaning.numbers import clean_number
from matcher.cleaning.phone import clean_contacts, clean_phones
from matcher.cleaning.siret import SIRET_ZERO_RESTORED, clean_siret
from matcher.cleaning.web import clean_email
from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole, Tie
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.points import Topic
from matcher.club.meeting_day.store import Person
from matcher.club.registration.cell_words import (
    AWAY,
    COMES,
    EITHER,
    ELSEWHERE,
    cell_meanings,
    is_title,
    role_of,
    word_of,
)
from matcher.club.registration.remarks import Fault
from matcher.domain.french import unit
from matcher.need.fields import need_from
from matcher.reading.insertion_hours import insertion_hours
from matcher.reading.several_needs import split_needs

T = TypeVar("T")
_NO = {"", "non", "n", "0", "faux", "false", "no", "aucun", "aucune", "neant", "sans"}
# « Total », « Total général 12 », « Total : 23 structures ».
_TOTAL = re.compile(r"(?:sous )?tota(?:l|ux)(?: general)?(?: \d+(?: [a-z]+)?)?")
# Meanings of words that ask for one kind of access, in any column; then the column that asks for any kind.
_NEEDED = {"step_free": "sans marche", "interpreter": "interprète", "hearing_loop": "boucle magnétique"}
_ANY_ACCESS = "access"
_TOPICS = {"coming": Topic.HOURS, "arrival": Topic.HOURS, "departure": Topic.HOURS, "people": Topic.PEOPLE}
# A line with only a name is doubtful where more columns than this are recognised.
_FEW = 2
# A number of people in the column of presence does not make presence doubtful.
_COUNT = re.compile(r"\d+(?: (?:pers\b\.?|personnes?|participants?))?", re.IGNORECASE)
_BETWEEN_AMOUNTS = re.compile(r"\s*[;\n+]\s*|\s+/\s+")
_BETWEEN_PERSONS = re.compile(r"\s*(?:[;\n/,]|\bet\b|&)\s*")


@dataclass(frozen=True, slots=True)
class DoubtfulCell:
    """A cell of a participant that is unread or doubtful. `says`: French sentence on its reading, empty for the hours of the line."""

    topic: Topic
    written: str
    says: str


@dataclass(frozen=True, slots=True)
class Entrant:
    """One line: a participant without a key; `people`: its persons; `named`: names, as written, that it wishes to meet, refuses or has met;
    `said`: fields that the line fills; `day_words`: hours in words that depend on the day (`Presence.words`); `doubts`: cells to confirm."""

    line: int
    participant: Participant
    people: tuple[Person, ...] = ()
    named: tuple[tuple[Tie, str], ...] = ()
    said: frozenset[str] = frozenset()
    day_words: tuple[str, ...] = ()
    doubts: tuple[DoubtfulCell, ...] = ()


class SheetReading:
    """Accumulates the lines of one sheet as they are read."""

    def __init__(self, columns: Columns, sort: ParticipantRole | None) -> None:
        self._columns, self._sort = columns.of, sort
        self.tally = ColumnTally(columns)
        self.entrants: list[Entrant] = []
        self.faults: list[Fault] = []
        self._doubts: list[DoubtfulCell] = []
        self.refused: list[Fault] = []

    def take(self, row: Row | RefusedRow) -> None:
        """Read one line: a participant, or a refusal."""
        if isinstance(row, RefusedRow):
            self.refused.append(Fault(row.line, "", row.reason))
            return
        cells = [text for column in row.leftovers() if (text := row.take(column))]
        self.tally.take(row.take)
        name = tidy(self._text(row, "name")) or self._text(row, "siret")
        if left := self._why_no_participant(row, cells, name):
            why, *quoted = left
            self.refused.append(Fault(row.line, "", f"{why} : la ligne est laissée.", tuple(quoted)))
            return
        self._doubts = []
        # Each reason to doubt that a line is a participant who comes.
        if self._is_name_only(cells, name):
            self._fault(row, "name", "« {} », seul sur sa ligne : un titre ? Il est inscrit, à vérifier.", name)
        for text, word in self._cells_without_hours(row):
            if word != COMES and not _COUNT.fullmatch(text):
                self._fault(row, "coming", "« {} » : inscrit quand même, à confirmer.", text)
                self._doubts.append(DoubtfulCell(Topic.COMING, text, "Inscrit quand même."))
        if name_key(sells := self._text(row, "sells")) not in _NO:
            self._fault(row, "sells", "« {} » : à inscrire aussi comme fournisseur.", sells)
            self._doubts.append(DoubtfulCell(Topic.OTHER, sells, "Vend aussi : à inscrire comme fournisseur ?"))
        if (sort := self._sort_of(row)) is None:
            self.refused.append(
                Fault(row.line, "", "ni acheteur, ni fournisseur, ni attributaire : la ligne est laissée.")
            )
        else:
            self.entrants.append(self._entrant(row, name, sort))

    def _entrant(self, row: Row, name: str, sort: ParticipantRole) -> Entrant:
        """Return the participant of a line, its persons, the participants that it names, and the doubts of this line."""
        named = tuple((tie, text) for tie in Tie for text in self._texts(row, _TIES[tie]))
        people = self._people(row)
        filled = frozenset(field for field in self._columns if self._text(row, field))
        participant, day_words = self._participant(row, name, sort, sum(bool(person.name) for person in people))
        return Entrant(row.line, participant, people, named, filled, day_words, tuple(dict.fromkeys(self._doubts)))

    def _why_no_participant(self, row: Row, cells: Sequence[str], name: str) -> tuple[str, ...]:
        """Return why a line is no participant, in French, and the cell concerned; nothing where it is one."""
        if any(_TOTAL.fullmatch(name_key(cell)) for cell in cells):
            return ("une ligne de total",)
        if not name_key(name):
            return ("ni nom ni SIRET",)
        if not any(map(str.isalpha, name)) and not self._text(row, "siret"):
            return "« {} » n’est pas un nom", name
        # « Collectivités » as the only cell is a section title; « Ville de Lille » is a participant.
        if self._is_name_only(cells, name) and is_title(name):
            return "« {} » est un titre, sans rien d’autre", name
        cells_of_sort = ((text, word_of(text)) for text in self._texts(row, "sort"))
        for text, word in (*self._cells_without_hours(row), *cells_of_sort):
            if word == AWAY:
                return "« {} » dit qu’il ne vient pas (s’il est déjà inscrit, désinscrivez-le)", text
        return ()

    def _is_name_only(self, cells: Sequence[str], name: str) -> bool:
        return cells == [name] and len(self._columns) > _FEW

    def _cells_without_hours(self, row: Row) -> list[tuple[str, str]]:
        """Return the cells of the columns of presence that hold no hours, with their meanings: « oui » under « Annulé ? » means an absence."""
        cells = []
        for column in self._columns.get("coming", ()):
            text = row.take(column)
            if text and clean_presence(text) == Cleaned(None):
                word, first = word_of(text), name_key(text).partition(" ")[0]
                if word_of(column) == AWAY:
                    word = COMES if first in _NO else AWAY if COMES in (word, word_of(first)) else word
                cells.append((text, word))
        return cells

    def _participant(
        self, row: Row, name: str, sort: ParticipantRole, named: int
    ) -> tuple[Participant, tuple[str, ...]]:
        siret = self._value(row, "siret", clean_siret)
        # In one column for both (« Besoins / offre »), a supplier writes its activity.
        written = self._trades(row, "activity") or (
            self._trades(row, "needs") if sort is ParticipantRole.SUPPLIER else []
        )
        activity = "\n".join(written)
        needs = self._needs(row, sort, activity)
        # The first cell that gives hours in words counts.
        hours = [self._clean(row, "coming", text, clean_presence) for text in self._texts(row, "coming")]
        presence, access = next(filter(None, hours), Presence()), self._access(row)
        arrival, departure = self._value(row, "arrival", clean_hour), self._value(row, "departure", clean_hour)
        participant = Participant(
            key=0,
            sort=sort,
            name=name,
            siret=siret or "",
            supplier_id=self._text(row, "supplier_id"),
            needs=needs,
            activity=activity if sort is ParticipantRole.SUPPLIER else "",
            place=tidy(self._text(row, "place")),
            workers=self._value(row, "workers", clean_number),
            area=tidy(self._text(row, "area")),
            arrival=presence.arrival if arrival is None else arrival,
            departure=presence.departure if departure is None else departure,
            away=presence.away,
            most=self._whole(row, "most"),
            least=self._whole(row, "least"),
            people=self._whole(row, "people", clean_count) or max(1, named),
            abreast=self._whole(row, "abreast") or 1,
            step_free=access["step_free"],
            interpreter=access["interpreter"],
            hearing_loop=access["hearing_loop"],
            kinds=tuple(
                dict.fromkeys(kind for text in self._texts(row, "sort") for kind in clean_kinds(text).value or ())
            )
            if sort is ParticipantRole.SUPPLIER
            else (),
        )
        return participant, presence.words

    def _trades(self, row: Row, field: str) -> list[str]:
        """Return the cells of needs or activity, without those that refer elsewhere, which become points to confirm."""
        texts = self._texts(row, field)
        for text in (text for text in texts if word_of(text) == ELSEWHERE):
            self._fault(row, field, "« {} » : quel métier ? La case est laissée.", text)
            self._doubts.append(DoubtfulCell(Topic.TRADE, text, "Non lu : quel métier ?"))
        return [text for text in texts if word_of(text) != ELSEWHERE]

    def _needs(self, row: Row, sort: ParticipantRole, activity: str) -> tuple[ParticipantNeed, ...]:
        """Return the needs of a line: none for a supplier; the activity where no need is written."""
        if sort is ParticipantRole.SUPPLIER:
            return ()
        texts = self._split_needs(row, self._trades(row, "needs") or [activity])
        place, amounts = tidy(self._text(row, "place")), self._amounts(row, len(texts))
        needs = [
            need_from({"objet": text, "lieu": place, "montant": amount})
            for text, amount in zip(texts, amounts or [self._text(row, "amount")] * len(texts), strict=True)
        ]
        for fault in chain.from_iterable(need.faults for need in needs):
            self._fault(row, "amount", fault.says)
            self._doubts.append(DoubtfulCell(Topic.AMOUNT, self._text(row, "amount"), "Non lu."))
        hours, several = self._value(row, "hours", clean_number), len(texts) > 1
        shared = several and not amounts and needs[0].lot.montant is not None
        for field in (*(["amount"] * shared), *(["hours"] * (several and hours is not None))):
            to_share = f"pour {len(texts)} besoins : à répartir"
            self._fault(row, field, f"« {{}} » {to_share}, une ligne par besoin.", self._text(row, field))
            self._doubts.append(DoubtfulCell(Topic.AMOUNT, self._text(row, field), f"Lu, {to_share}."))
        written = self._hours_in(row, texts, sort, hours)
        return tuple(
            ParticipantNeed(text, place, None if shared else need.lot.montant, in_need if several or in_need else hours)
            for text, need, in_need in zip(texts, needs, written, strict=True)
        )

    def _hours_in(
        self, row: Row, texts: Sequence[str], sort: ParticipantRole, hours: float | None
    ) -> list[float | None]:
        """Return the insertion hours written in each need of an attributaire whose line has none, with a remark for each; None for none."""
        if sort is not ParticipantRole.ATTRIBUTAIRE or hours is not None:
            return [None] * len(texts)
        written = [insertion_hours(text) for text in texts]
        for text, stated in zip(texts, written, strict=True):
            if stated:
                self._fault(
                    row, "needs", f"« {{}} » : {unit(stated, 'heures')} d’insertion, lues dans le besoin.", text
                )
        return written

    def _split_needs(self, row: Row, cells: Sequence[str]) -> list[str]:
        """Return the needs of the cells, each once, split where a cell holds several, with a fault."""
        texts: dict[str, None] = {}
        for cell in cells:
            cut = split_needs(cell, at_conjunctions=not self._text(row, "amount") and not self._text(row, "hours"))
            if cut.split_at_ambiguous_sign:
                self._fault(row, "needs", f"« {{}} » : une case de {len(cut.texts)} besoins, comptés un par un.", cell)
            if cut.doubtful:
                read = f"{' ; '.join(cut.texts)}." if len(cut.texts) > 1 else "un seul besoin. Plusieurs besoins ?"
                self._doubts.append(DoubtfulCell(Topic.NEEDS, cell, f"Lu : {read}"))
            texts |= dict.fromkeys(cut.texts)
        return list(texts)

    def _amounts(self, row: Row, needs: int) -> list[str]:
        """Return the amount of each need where the cell has as many amounts as needs, else an empty list."""
        parts = list(filter(None, map(tidy, _BETWEEN_AMOUNTS.split(self._text(row, "amount")))))
        each = len(parts) == needs and all(clean_amount(part).value is not None for part in parts)
        return parts if each else []

    def _people(self, row: Row) -> tuple[Person, ...]:
        first = tidy(self._text(row, "first_name"))
        names = [
            tidy(part) for text in self._texts(row, "person") for part in _BETWEEN_PERSONS.split(text) if tidy(part)
        ]
        if first:
            names = [" ".join([first, *names[:1]]), *names[1:]]
        phones, emails = self._contacts_of(row)
        reached = [Person("", phone, email) for phone, email in zip_longest(phones, emails, fillvalue="")]
        if not names:
            return tuple(reached)
        lead = replace(reached[0], name=names[0]) if reached else Person(names[0])
        return (lead, *(Person(name) for name in names[1:]), *reached[1:])

    def _contacts_of(self, row: Row) -> tuple[list[str], list[str]]:
        """Return the telephones and e-mails of a line, each once, those of dedicated columns before those of mixed « contact » cells."""
        own = self._value(row, "phone", clean_phones)
        phones = list(own or ())
        emails = [*filter(None, [self._value(row, "email", clean_email)])]
        for text in self._texts(row, "contact"):
            if mixed := self._clean(row, "contact", text, clean_contacts):
                phones += mixed.phones
                emails += mixed.emails
        return list(dict.fromkeys(phones)), list(dict.fromkeys(emails))

    def _sort_of(self, row: Row) -> ParticipantRole | None:
        """Return the role of a line: by its own cell, else the sheet's; « entreprise » does not decide."""
        texts = self._texts(row, "sort")
        words = [word for text in texts if (word := role_of(text))]
        for word in words:
            if word in list(ParticipantRole):
                return ParticipantRole(word)
        if texts and not words:
            taken = "« {} » : attendu, acheteur, fournisseur ou attributaire"
            remark = f"{taken} ; pris comme {self._sort.value}." if self._sort else f"{taken}."
            self._fault(row, "sort", remark, texts[0])
        return self._sort or (ParticipantRole.SUPPLIER if EITHER in words else None)

    def _whole(self, row: Row, field: str, clean: Callable[[str], Cleaned[float]] = clean_number) -> int | None:
        value = self._value(row, field, clean)
        if value is not None and (value != int(value) or not 0 < value <= 1000):
            self._fault(row, field, "attendu : un nombre entier, à partir de 1.")
            self._doubts.append(
                DoubtfulCell(
                    _TOPICS.get(field, Topic.OTHER), self._text(row, field), "Non lu : un nombre entier est attendu."
                )
            )
            return None
        return None if value is None else int(value)

    def _access(self, row: Row) -> dict[str, bool]:
        """Return the access needs of a line: by the words of a cell (« interprète LSF » under « Accessibilité », « PMR et boucle »), else by
        its column, where anything but a no is a yes."""
        needed = dict.fromkeys(_NEEDED, False)
        for column in (*_NEEDED, _ANY_ACCESS):
            for text in self._texts(row, column):
                meant = cell_meanings(text)
                named = [field for field, word in _NEEDED.items() if word in meant]
                if not named and name_key(text) not in _NO:
                    named = [column] if column in _NEEDED else []
                    if not named:
                        self._fault(
                            row,
                            column,
                            "« {} » : table sans marche, interprète ou boucle magnétique ? À préciser.",
                            text,
                        )
                        self._doubts.append(DoubtfulCell(Topic.ACCESS, text, "Non lu : quel besoin d’accès ?"))
                needed |= dict.fromkeys(named, True)
        return needed

    def _value(self, row: Row, field: str, clean: Callable[[str], Cleaned[T]]) -> T | None:
        return self._clean(row, field, self._text(row, field), clean)

    def _clean(self, row: Row, field: str, text: str, clean: Callable[[str], Cleaned[T]]) -> T | None:
        cleaned = clean(text)
        if text and cleaned.flag not in ("", SIRET_ZERO_RESTORED):
            outcome = "la case est laissée" if cleaned.value is None else "à vérifier"
            self._fault(row, field, f"« {{}} », {cleaned.flag} ; {outcome}.", text)
            topic = _TOPICS.get(field, Topic.OTHER)
            unread = f"Non lu ({cleaned.flag})." if cleaned.value is None else f"À vérifier : {cleaned.flag}."
            self._doubts.append(DoubtfulCell(topic, text, "" if topic is Topic.HOURS else unread))
        return cleaned.value

    def _fault(self, row: Row, field: str, text: str, cell: str = "") -> None:
        """Add a fault of a field, at the column that holds `cell` (which replaces « {} » in `text`), else at the field's first column."""
        columns = self._columns.get(field) or self._columns["activity"]  # a buyer may write its need under « Activité »
        column = next((one for one in columns if cell and row.take(one) == cell), columns[0])
        fault = Fault(row.line, column, text, (cell,) if cell else ())
        if fault not in self.faults:
            self.faults.append(fault)

    def _text(self, row: Row, field: str) -> str:
        return row.take(*self._columns.get(field, ()))

    def _texts(self, row: Row, field: str) -> list[str]:
        return list(filter(None, (row.take(column) for column in self._columns.get(field, ()))))


_TIES = {Tie.MUST: "must", Tie.NEVER: "never", Tie.MET: "met"}
