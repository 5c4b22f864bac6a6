"""Spreadsheets of participants → what they would change in an event, what is asked, and what is said of each line. Writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from importers.formats.columns import understood
from matcher.catalogue.identity.name_likeness import likeness
from matcher.catalogue.store.opt_outs import OPTED_OUT
from matcher.cleaning.names import name_key
from matcher.club.meeting_day.answers import NEW, NOBODY, OTHER, NotePoints
from matcher.club.meeting_day.changes import Amend, AnswerQuestion, AskQuestion, Bind, Register
from matcher.club.meeting_day.meeting_day import (
    Bond,
    DayChange,
    Doubt,
    ImportQuestion,
    MeetingDay,
    Option,
    Participant,
    ParticipantRole,
    Tie,
)
from matcher.club.meeting_day.points import PointToConfirm
from matcher.club.meeting_day.schedule import absent_together, clock, widest
from matcher.club.meeting_day.store import Person
from matcher.club.registration.cell_words import names_in
from matcher.club.registration.completed import as_lines_say, completed, with_corrections, words_of
from matcher.club.registration.doubts import points_of, with_hours
from matcher.club.registration.remarks import Fault, LineRemark, said_of_files
from matcher.club.registration.spreadsheet import PARTICIPANTS, Entrant, Spreadsheet
from matcher.club.registration.who_is_it import Catalogue, Who, among, spelt_alike, spelt_nearly
from matcher.domain.french import in_groups
from matcher.journal.change import one_line, tried

# Under this share of a name in common, a SIRET may be another’s.
SAME_NAME = 0.3
# From this likeness of the spelling, a name under a SIRET is the catalogue's, misspelt; a usual or a shorter name stays as it is written.
MISSPELT = 80.0
_NOBODY_MEANT = Option(NOBODY, "personne de cette liste")
_WHOM = " » : de qui s’agit-il ?"
_ASKED = {Tie.MUST: "souhaite rencontrer", Tie.NEVER: "ne veut pas rencontrer", Tie.MET: "a déjà rencontré"}


@dataclass(frozen=True)
class Intake:
    """Plan of an import: `changes` and `people` (keys of participants) to write, and counts that add up to the lines read.

    `repeated` lines say more of a participant already counted. `buyers`, attributaires with them, are of those `created`. `columns` says how each was understood, `unused` what of them was not read. `noted` is said of lines taken, `left` of lines left out.
    """

    changes: tuple[DayChange, ...]
    people: dict[int, tuple[Person, ...]]
    questions: tuple[ImportQuestion, ...]
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    in_catalogue: int = 0
    buyers: int = 0
    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    noted: tuple[LineRemark, ...] = ()
    left: tuple[LineRemark, ...] = ()

    @property
    def points(self) -> tuple[PointToConfirm, ...]:
        """Return what is kept to be confirmed."""
        return tuple(point for change in self.changes if isinstance(change, NotePoints) for point in change.points)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is said of lines, one sentence each."""
        return tuple(map(str, self.noted))

    @property
    def refused(self) -> tuple[str, ...]:
        """Lines that are left out, one sentence each."""
        return tuple(map(str, self.left))

    @property
    def read(self) -> int:
        """Number of lines read."""
        return self.created + self.updated + self.unchanged + self.repeated + len(self.refused)


def prepare(event: MeetingDay, sheets: Sequence[Spreadsheet], catalogue: Catalogue) -> Intake:
    """Return what these spreadsheets change in the event. The same spreadsheets again change nothing."""
    taking = _Taking(event, catalogue)
    for sheet in sheets:
        for entrant in sheet.entrants:
            taking.take(sheet, entrant)
    return taking.done(sheets)


def enter(event: MeetingDay, entrant: Entrant, catalogue: Catalogue, *, told: bool = True) -> Intake:
    """Return what one registration, from a form or a command, changes in the event: always a participant more, asked about where it
    may be one already. Whoever registers changes nobody else; `told` whether it does so itself."""
    sheet = Spreadsheet("inscription", understood(PARTICIPANTS, ()), (), (entrant,), (), ())
    taking = _Taking(event, catalogue, anew=True, told=told)
    taking.take(sheet, entrant)
    return taking.done([sheet])


@dataclass
class _Taking:
    event: MeetingDay
    catalogue: Catalogue
    anew: bool = False
    told: bool = True
    drafts: dict[int, Participant] = field(default_factory=dict)
    people: dict[int, tuple[Person, ...]] = field(default_factory=dict)
    named: list[tuple[Spreadsheet, Entrant, int]] = field(default_factory=list)
    options: dict[int, Who] = field(default_factory=dict)
    wishes: list[tuple[int, Tie, str, Who]] = field(default_factory=list)
    remarks: list[LineRemark] = field(default_factory=list)
    refused: list[LineRemark] = field(default_factory=list)
    repeated: int = 0
    last: int = 0
    keys: dict[tuple[ParticipantRole, str], list[int]] = field(default_factory=dict)
    needs: dict[int, set[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.event.participants:
            for name in _names(one):
                self.keys.setdefault(name, []).append(one.key)

    def take(self, sheet: Spreadsheet, entrant: Entrant) -> None:
        """Take one line: a participant more, or more of one."""
        one = one_line(with_hours(entrant, self.event.schedule))
        key, again = self._key(one)
        one = self._corrected(key, entrant, one)
        held = self.drafts[key] if again else self.event.by_key.get(key)
        line, before = {*map(words_of, one_line(entrant.participant).needs)}, self.needs.setdefault(key, set())
        if again and held:
            self.repeated += 1
            one = self._joined(sheet, entrant, *as_lines_say(held, one, line, before))
        elif held:
            one = completed(one, held, entrant.said)
        else:
            one = replace(one, key=key)
        if one.supplies and not again:
            if not self.anew and f"siret:{one.siret}" in self.catalogue.left:
                text = f"« {{}} », {OPTED_OUT} : à lui de s’inscrire s’il le souhaite."
                self.refused.append(LineRemark(sheet.name, Fault(entrant.line, "", text, (one.name,))))
                return
            one = self._linked(sheet, entrant, one)
        before |= line
        self._keep(one)
        former = self.people.get(key, ())
        met = {person.name for person in former}
        if people := (*former, *(person for person in entrant.people if person.name not in met)):
            self.people[key] = people
        self.named.append((sheet, entrant, key))

    def done(self, sheets: Sequence[Spreadsheet]) -> Intake:
        """Return what was taken."""
        registered = tuple(one for key, one in self.drafts.items() if key not in self.event.by_key)
        amended = tuple(one for key, one in self.drafts.items() if one != self.event.by_key.get(key, one))
        changes, questions = self._changes(registered, amended)
        return Intake(
            changes=changes,
            people=self.people,
            questions=questions,
            created=len(registered),
            buyers=sum(not one.supplies for one in registered),
            updated=len(amended),
            unchanged=len(self.drafts) - len(registered) - len(amended),
            repeated=self.repeated,
            in_catalogue=len({one.supplier_id for one in self.drafts.values()} - {""}),
            columns=tuple(f"« {sheet.name} » : {' ; '.join(sheet.columns.says)}." for sheet in sheets),
            unused=said_of_files((sheet.name, said) for sheet in sheets for said in sheet.unused),
            noted=(*self.remarks, *(LineRemark(sheet.name, fault) for sheet in sheets for fault in sheet.faults)),
            left=(*self.refused, *(LineRemark(sheet.name, fault) for sheet in sheets for fault in sheet.refused)),
        )

    def _changes(
        self, registered: tuple[Participant, ...], amended: tuple[Participant, ...]
    ) -> tuple[tuple[DayChange, ...], tuple[ImportQuestion, ...]]:
        """The changes, in the order in which they are made, and the questions that they leave open."""
        changes: list[DayChange] = []
        if registered:
            changes.append(Register(registered, told=self.told))
        if amended:
            changes.append(Amend(amended, doubted=self._doubted()))
        after = tried(self.event, *changes)
        bonds = self._bonds(after)
        asked, again, settled = self._asked(after), *self._asked_again(after)
        if new := tuple(bond for bond in dict.fromkeys(bonds) if bond not in after.bonds):
            changes.append(Bind(new))
        if asked or again:
            changes.append(AskQuestion((*again, *asked)))
        if points := self._points(after):
            changes.append(NotePoints(points))
        answered = {answer.number for answer in settled}
        return (*changes, *settled), (*(one for one in again if one.number not in answered), *asked)

    def _key(self, one: Participant) -> tuple[int, bool]:
        """Return the key of a line's participant, and whether this import has already taken it: a buyer has a line a need, a supplier
        that is there twice is asked about."""
        if self.anew:
            return self.event.next_key, False
        named = (key for name in _names(one) for key in self.keys.get(name, ()))
        alike = sorted(key for key in named if _same(one, self.drafts.get(key) or self.event.by_key[key]))
        if not one.supplies and (again := [key for key in alike if key in self.drafts]):
            return again[0], True
        if known := [key for key in alike if key not in self.drafts]:
            return known[0], False
        return max(self.event.taken, self.last) + 1, False

    def _corrected(self, key: int, entrant: Entrant, one: Participant) -> Participant:
        """Return the participant of a line with what was corrected by hand of the one that it is."""
        held, its_own = self.event.by_key.get(key), (point for point in self.event.points if point.about == key)
        return with_corrections(one, entrant, held, its_own) if held else one

    def _keep(self, one: Participant) -> None:
        self.drafts[one.key] = one
        self.last = max(self.last, one.key)
        for name in _names(one):
            if one.key not in (held := self.keys.setdefault(name, [])):
                held.append(one.key)

    def _joined(self, sheet: Spreadsheet, entrant: Entrant, held: Participant, one: Participant) -> Participant:
        """Return a participant with what one more line says of it: a need, or somebody who comes for it at hours of its own."""
        known = {person.name for person in self.people.get(held.key, ())}
        more = known and {person.name for person in entrant.people if person.name} - known
        joined = held.joined(one)
        arrival, departure, away = joined.arrival, joined.departure, joined.away
        if more:
            arrival, departure = (
                widest(min, held.arrival, one.arrival),
                widest(max, held.departure, one.departure),
            )
            away = absent_together(held.away, one.away)
        told = {(held.arrival, held.departure), (one.arrival, one.departure)} - {(None, None)}
        if told - {(arrival, departure)} or (arrival, departure) != (held.arrival, held.departure):
            start = "du début" if arrival is None else f"de {clock(arrival)}"
            end = "à la fin" if departure is None else f"à {clock(departure)}"
            several = "vient à plusieurs, pas aux mêmes heures" if more else "a plusieurs lignes, pas aux mêmes heures"
            how = "les uns prenant la suite des autres" if more else "quand toutes le disent là"
            self._say(sheet, entrant, f"« {{}} » {several} : attendu {start} {end}, {how}.", held.name)
        return replace(
            joined,
            siret=held.siret or one.siret,
            arrival=arrival,
            departure=departure,
            away=away,
            people=max(held.people, one.people, len(known) + len(more or ())),
        )

    def _linked(self, sheet: Spreadsheet, entrant: Entrant, one: Participant) -> Participant:
        """Return a supplier with its id in the catalogue, where its number or its very name tells; what may be it is kept to be asked."""
        number = one.supplier_id or one.siret
        found = self.catalogue.by_number(number) if number else ""
        if not found and not number:
            who = self.catalogue.by_name(one.name, one.place)
            found = who.sure
            if not found and who.options:
                self.options[one.key] = who
        card = self.catalogue.card(found) if found else None
        if card is None:
            return replace(one, supplier_id="")
        if number and likeness((one.name,), (card.name,)).share < SAME_NAME and one.name != one.siret:
            self._say(sheet, entrant, "« {} » est inscrit sous le SIRET de « {} » : à vérifier.", one.name, card.name)
        linked = replace(one, supplier_id=card.id, siret=one.siret or card.siret)
        return spelt(linked, card.name) if entrant.participant.siret else linked

    def _bonds(self, after: MeetingDay) -> list[Bond]:
        """Return what names surely tie; what they may name is asked by `_asked`, whom they cannot name is said."""
        bonds = []
        for sheet, entrant, key in self.named:
            others = [one for one in after.participants if one.supplies != after.by_key[key].supplies]
            for tie, cell in entrant.named:
                whole = among(cell, others, after.doubles.items())
                for name in (cell,) if whole.sure else names_in(cell):
                    who = whole if whole.sure else among(name, others, after.doubles.items())
                    if who.sure:
                        bonds.append(Bond(tie, key, int(who.sure)))
                    elif among(name, [one for one in after.participants if one not in others]).sure:
                        text = "« {} » est du même côté que « {} » : le vœu est laissé."
                        self._say(sheet, entrant, text, name, after.by_key[key].name)
                    else:
                        self.wishes.append((key, tie, name, who))
        return bonds

    def _points(self, after: MeetingDay) -> tuple[PointToConfirm, ...]:
        """Return what is to be confirmed and was not yet."""
        known = {one.code for one in after.points}
        return tuple(dict.fromkeys(one for one in self._points_said(after.by_key) if one.code not in known))

    def _doubted(self) -> tuple[str, ...]:
        """Return the points (codes) that wait already, and that the lines say again."""
        waiting = {point.code for point in self.event.points if not point.settled}
        return tuple(dict.fromkeys(one.code for one in self._points_said(self.drafts) if one.code in waiting))

    def _points_said(self, by_key: Mapping[int, Participant]) -> Iterator[PointToConfirm]:
        """Yield what the lines leave to be confirmed."""
        for _, entrant, key in self.named:
            yield from points_of(entrant, by_key[key], self.event.schedule)

    def _asked(self, after: MeetingDay) -> tuple[ImportQuestion, ...]:
        """Return the questions that nobody was asked yet."""
        known = {_asks(one) for one in self.event.questions}
        drafts = [*self._who(after)]
        # Suppliers of one number are one until someone says otherwise, those of one name are two.
        for supplies in (False, True):
            drafts += self._twice([one for one in after.participants if one.supplies is supplies])
        for key, tie, name, who in dict.fromkeys(self.wishes):
            text = f"« {after.by_key[key].name} » {_ASKED[tie]} « {name}{_WHOM}"
            drafts.append(ImportQuestion(0, Doubt.WISH, key, text, (*who.options, _NOBODY_MEANT), tie))
        new = [one for one in drafts if _asks(one) not in known]
        return tuple(replace(one, number=number) for number, one in enumerate(new, start=len(self.event.questions) + 1))

    def _asked_again(self, after: MeetingDay) -> tuple[list[ImportQuestion], list[AnswerQuestion]]:
        """Return the wishes that wait to whom those who have come since may answer, and the answers where one alone surely does."""
        again, settled = [], []
        for one in self.event.open_questions:
            if not one.tie or not self.drafts:
                continue
            name = one.text.partition(f" » {_ASKED[one.tie]} « ")[2].removesuffix(_WHOM)
            if not name:
                continue
            others = [other for other in after.participants if other.supplies != after.by_key[one.about].supplies]
            who = among(name, others, after.doubles.items())
            found = (Option(who.sure, after.name_of(int(who.sure))),) if who.sure else who.options
            if not {option.code for option in found} <= {option.code for option in one.options}:
                again.append(replace(one, options=(*found, _NOBODY_MEANT)))
                settled += [AnswerQuestion(one.number, who.sure)] if who.sure else []
        return again, settled

    def _who(self, after: MeetingDay) -> Iterable[ImportQuestion]:
        for key, who in self.options.items():
            if not after.by_key[key].supplier_id:
                text = f"« {after.by_key[key].name} » : est-ce un fournisseur du catalogue ?"
                options = (*who.options, Option(NEW, "aucun : un nouveau"))
                yield ImportQuestion(0, Doubt.WHO, key, text, options)

    def _twice(self, side: Sequence[Participant]) -> Iterable[ImportQuestion]:
        first: dict[str, Participant] = {}
        alike = spelt_nearly(side)
        for one in side:
            if one.same_as is not None:
                continue
            held = first.get(one.number) if one.number else None
            held = held or first.get(name_key(one.name)) or alike.get(one.key)
            if held is not None:
                number = one.number and one.number == held.number
                same = "même fournisseur du catalogue" if number else "même nom"
                if number and one.siret and one.siret == held.siret:
                    same = f"même SIRET ({in_groups(one.siret)})"
                elif not number and name_key(one.name) != name_key(held.name):
                    same = f"nom proche de « {held.name} »"
                text = f"« {one.name} » est inscrit deux fois (n° {held.key} et n° {one.key}), {same} : est-ce une seule structure ?"
                options = (Option(str(held.key), "une seule place"), Option(OTHER, "deux structures, deux places"))
                yield ImportQuestion(0, Doubt.TWICE, one.key, text, options)
            for key in filter(None, (one.number, name_key(one.name))):
                first.setdefault(key, one)

    def _say(self, sheet: Spreadsheet, entrant: Entrant, text: str, *quoted: str) -> None:
        self.remarks.append(LineRemark(sheet.name, Fault(entrant.line, "", text, quoted)))


def spelt(one: Participant, known: str) -> Participant:
    """Return a participant of whom the number is known under the name of the catalogue where its own is none, or is that misspelt."""
    if one.name == one.siret:
        return replace(one, name=known)
    misspelt = name_key(one.name) != name_key(known) and spelt_alike(one.name, known) >= MISSPELT
    return replace(one, name=known, written=one.name) if misspelt else one


def _names(one: Participant) -> set[tuple[ParticipantRole, str]]:
    """What a line may be recognised by: its SIRET and its name, among those who come as the same."""
    return {(one.sort, text) for text in (one.siret, *map(name_key, one.names)) if text}


def _same(one: Participant, other: Participant) -> bool:
    """Whether two lines are of one participant: by SIRET where both have one, else by name."""
    if one.sort is not other.sort:
        return False
    if one.siret and other.siret:
        return one.siret == other.siret
    return not {*map(name_key, one.names)}.isdisjoint(map(name_key, other.names))


def _asks(question: ImportQuestion) -> tuple[Doubt, int, str]:
    """What a question is about: only wishes are several for one participant."""
    return question.doubt, question.about, question.text if question.doubt is Doubt.WISH else ""
