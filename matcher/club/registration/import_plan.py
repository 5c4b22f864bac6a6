"""Plans an import of participants from spreadsheets or a form: changes of the meeting day, questions to the organiser, remarks. Writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from importers.formats.columns import columns_of_header
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
from matcher.club.registration.cell_words import cell_names
from matcher.club.registration.completed import complete_participant, need_words, unlike_former, with_corrections
from matcher.club.registration.doubts import points_of, with_hours
from matcher.club.registration.remarks import Fault, LineRemark, said_of_files
from matcher.club.registration.spreadsheet import Entrant
from matcher.club.registration.who_is_it import Catalogue, Who, among, spelt_alike, spelt_nearly
from matcher.club.registration.workbook import PARTICIPANTS, Spreadsheet
from matcher.domain.french import in_groups
from matcher.journal.change import one_line, try_changes

# Below this share of common name words, the SIRET of a line may belong to another organisation.
SAME_NAME = 0.3
# From this spelling likeness (of 100), a name with a SIRET is a misspelling of the catalogue's; a usual or shorter name is left as it is.
MISSPELT = 80.0
_NOBODY_MEANT = Option(NOBODY, "personne de cette liste")
_WHOM = " » : de qui s’agit-il ?"
_ASKED = {Tie.MUST: "souhaite rencontrer", Tie.NEVER: "ne veut pas rencontrer", Tie.MET: "a déjà rencontré"}


@dataclass(frozen=True)
class Intake:
    """Plan of an import: `changes` and `people` (keys of participants) to write, and counts that add up to the lines read.

    `repeated` lines add to a participant already counted. `buyers` counts buyers and attributaires among those `created`. `columns`: sentences on how columns
    were understood; `skipped`: on sheets not read; `unused`: on columns not read. `noted`: remarks on lines taken; `left`: on lines left out."""

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
    skipped: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    noted: tuple[LineRemark, ...] = ()
    left: tuple[LineRemark, ...] = ()

    @property
    def points(self) -> tuple[PointToConfirm, ...]:
        """Return the points to confirm that the import adds."""
        return tuple(point for change in self.changes if isinstance(change, NotePoints) for point in change.points)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return the remarks on lines, one sentence each."""
        return tuple(map(str, self.noted))

    @property
    def refused_lines(self) -> tuple[str, ...]:
        """Lines that are left out, one sentence each."""
        return tuple(map(str, self.left))

    @property
    def read(self) -> int:
        """Number of lines read."""
        return self.created + self.updated + self.unchanged + self.repeated + len(self.refused_lines)


def plan_registrations(event: MeetingDay, sheets: Sequence[Spreadsheet], catalogue: Catalogue) -> Intake:
    """Return the plan of importing these spreadsheets into the event. Idempotent: importing them again changes nothing."""
    taking = _Taking(event, catalogue)
    for sheet in sheets:
        for entrant in sheet.entrants:
            taking.take(sheet, entrant)
    return taking.finish(sheets)


def plan_entry(event: MeetingDay, entrant: Entrant, catalogue: Catalogue, *, by_oneself: bool = True) -> Intake:
    """Return the plan of one registration from a form or a command: always a new participant, with a question where it may be registered
    already. `by_oneself`: in the participant's own words, not the organiser's."""
    sheet = Spreadsheet("inscription", columns_of_header(PARTICIPANTS, ()), (), (entrant,), (), ())
    taking = _Taking(event, catalogue, anew=True, told=by_oneself)
    taking.take(sheet, entrant)
    return taking.finish([sheet])


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
        for participant in self.event.participants:
            for name in _names(participant):
                self.keys.setdefault(name, []).append(participant.key)

    def take(self, sheet: Spreadsheet, entrant: Entrant) -> None:
        """Take one line: add a participant, or complete one."""
        newcomer = one_line(with_hours(entrant, self.event.schedule))
        key, is_repeat = self._key(newcomer)
        newcomer = with_corrections(newcomer, entrant, self.event.by_key.get(key), self.event.points)
        participant = self.drafts[key] if is_repeat else self.event.by_key.get(key)
        line, before = {*map(need_words, one_line(entrant.participant).needs)}, self.needs.setdefault(key, set())
        if is_repeat and participant:
            self.repeated += 1
            newcomer = self._merge_line(sheet, entrant, *unlike_former(participant, newcomer, line, before))
        elif participant:
            newcomer = complete_participant(newcomer, participant, entrant.said)
        else:
            newcomer = replace(newcomer, key=key)
        if newcomer.supplies and not is_repeat:
            if not self.anew and f"siret:{newcomer.siret}" in self.catalogue.left:
                text = f"« {{}} », {OPTED_OUT} : à lui de s’inscrire s’il le souhaite."
                self.refused.append(LineRemark(sheet.name, Fault(entrant.line, "", text, (newcomer.name,))))
                return
            newcomer = self._link_to_catalogue(sheet, entrant, newcomer)
        before |= line
        self.drafts[newcomer.key] = newcomer
        self.last = max(self.last, newcomer.key)
        for name in _names(newcomer):
            if newcomer.key not in (keys := self.keys.setdefault(name, [])):
                keys.append(newcomer.key)
        former = self.people.get(key, ())
        met = {person.name for person in former}
        if people := (*former, *(person for person in entrant.people if person.name not in met)):
            self.people[key] = people
        self.named.append((sheet, entrant, key))

    def finish(self, sheets: Sequence[Spreadsheet]) -> Intake:
        """Return the plan of all lines taken."""
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
            columns=tuple(sheet.columns_sentence for sheet in sheets),
            skipped=tuple(chain.from_iterable(sheet.skipped for sheet in sheets)),
            unused=said_of_files((sheet.name, said) for sheet in sheets for said in sheet.unused),
            noted=(*self.remarks, *(LineRemark(sheet.name, fault) for sheet in sheets for fault in sheet.faults)),
            left=(*self.refused, *(LineRemark(sheet.name, fault) for sheet in sheets for fault in sheet.refused)),
        )

    def _changes(
        self, registered: tuple[Participant, ...], amended: tuple[Participant, ...]
    ) -> tuple[tuple[DayChange, ...], tuple[ImportQuestion, ...]]:
        """Return the changes in the order to apply them, and the questions that they leave open."""
        changes: list[DayChange] = []
        if registered:
            changes.append(Register(registered, told=self.told))
        if amended:
            changes.append(Amend(amended, doubted=self._points_to_keep()))
        after = try_changes(self.event, *changes)
        bonds = self._bonds(after)
        import_questions, reopened, settled = self._new_questions(after), *self._asked_again(after)
        if new := tuple(bond for bond in dict.fromkeys(bonds) if bond not in after.bonds):
            changes.append(Bind(new))
        if import_questions or reopened:
            changes.append(AskQuestion((*reopened, *import_questions)))
        known = {one.code for one in after.points}
        points = dict.fromkeys(one for one in self._doubtful_points(after.by_key) if one.code not in known)
        if points:
            changes.append(NotePoints(tuple(points)))
        answered = {answer.number for answer in settled}
        return (*changes, *settled), (*(one for one in reopened if one.number not in answered), *import_questions)

    def _key(self, newcomer: Participant) -> tuple[int, bool]:
        """Return the key of a line's participant, and whether an earlier line of this import is the same participant (buyers only: a
        supplier registered twice is a question)."""
        if self.anew:
            return self.event.next_key, False
        drafted: list[int] = []
        known: list[int] = []
        for key in sorted(key for name in _names(newcomer) for key in self.keys.get(name, ())):
            other = self.drafts.get(key) or self.event.by_key[key]
            # The same participant: by SIRET where both have one, else by name.
            if newcomer.siret and other.siret:
                same = newcomer.siret == other.siret
            else:
                same = not {*map(name_key, newcomer.names)}.isdisjoint(map(name_key, other.names))
            if same and newcomer.sort is other.sort:
                (drafted if key in self.drafts else known).append(key)
        if drafted and not newcomer.supplies:
            return drafted[0], True
        if known:
            return known[0], False
        return max(self.event.taken, self.last) + 1, False

    def _merge_line(
        self, sheet: Spreadsheet, entrant: Entrant, former: Participant, newcomer: Participant
    ) -> Participant:
        """Return a participant merged with one more of its lines: another need, or another person with other hours."""
        known = {person.name for person in self.people.get(former.key, ())}
        added = known and {person.name for person in entrant.people if person.name} - known
        joined = former.merge(newcomer)
        arrival, departure, away = joined.arrival, joined.departure, joined.away
        if added:
            arrival, departure = (
                widest(min, former.arrival, newcomer.arrival),
                widest(max, former.departure, newcomer.departure),
            )
            away = absent_together(former.away, newcomer.away)
        stays = {(former.arrival, former.departure), (newcomer.arrival, newcomer.departure)} - {(None, None)}
        if stays - {(arrival, departure)} or (arrival, departure) != (former.arrival, former.departure):
            start = "du début" if arrival is None else f"de {clock(arrival)}"
            end = "à la fin" if departure is None else f"à {clock(departure)}"
            several = "vient à plusieurs, pas aux mêmes heures" if added else "a plusieurs lignes, pas aux mêmes heures"
            how = "les uns prenant la suite des autres" if added else "quand toutes le disent là"
            self._remark(sheet, entrant, f"« {{}} » {several} : attendu {start} {end}, {how}.", former.name)
        return replace(
            joined,
            siret=former.siret or newcomer.siret,
            arrival=arrival,
            departure=departure,
            away=away,
            people=max(former.people, newcomer.people, len(known) + len(added or ())),
        )

    def _link_to_catalogue(self, sheet: Spreadsheet, entrant: Entrant, newcomer: Participant) -> Participant:
        """Return a supplier with its catalogue id, found by number or exact name; possible matches are kept in `options` for a question."""
        number = newcomer.supplier_id or newcomer.siret
        supplier_id = self.catalogue.by_number(number) if number else ""
        if not supplier_id and not number:
            meant = self.catalogue.by_name(newcomer.name, newcomer.place)
            supplier_id = meant.sure
            if not supplier_id and meant.options:
                self.options[newcomer.key] = meant
        card = self.catalogue.card(supplier_id) if supplier_id else None
        if card is None:
            return replace(newcomer, supplier_id="")
        if number and likeness((newcomer.name,), (card.name,)).share < SAME_NAME and newcomer.name != newcomer.siret:
            self._remark(
                sheet, entrant, "« {} » est inscrit sous le SIRET de « {} » : à vérifier.", newcomer.name, card.name
            )
        linked = replace(newcomer, supplier_id=card.id, siret=newcomer.siret or card.siret)
        return spelt(linked, card.name) if entrant.participant.siret else linked

    def _bonds(self, after: MeetingDay) -> list[Bond]:
        """Return the bonds whose names surely match a participant; doubtful names go to `wishes` (questions), names of the same side to remarks."""
        bonds = []
        for sheet, entrant, key in self.named:
            others = [one for one in after.participants if one.supplies != after.by_key[key].supplies]
            for tie, cell in entrant.named:
                whole = among(cell, others, after.doubles.items())
                for name in (cell,) if whole.sure else cell_names(cell):
                    meant = whole if whole.sure else among(name, others, after.doubles.items())
                    if meant.sure:
                        bonds.append(Bond(tie, key, int(meant.sure)))
                    elif among(name, [one for one in after.participants if one not in others]).sure:
                        text = "« {} » est du même côté que « {} » : le vœu est laissé."
                        self._remark(sheet, entrant, text, name, after.by_key[key].name)
                    else:
                        self.wishes.append((key, tie, name, meant))
        return bonds

    def _points_to_keep(self) -> tuple[str, ...]:
        """Return the open points to confirm (codes) of the event that the lines repeat."""
        waiting = {point.code for point in self.event.points if not point.settled}
        return tuple(dict.fromkeys(one.code for one in self._doubtful_points(self.drafts) if one.code in waiting))

    def _doubtful_points(self, by_key: Mapping[int, Participant]) -> Iterator[PointToConfirm]:
        """Yield the points to confirm of all lines."""
        for _, entrant, key in self.named:
            yield from points_of(entrant, by_key[key], self.event.schedule)

    def _new_questions(self, after: MeetingDay) -> tuple[ImportQuestion, ...]:
        """Return the new questions."""
        known = {_asks(one) for one in self.event.questions}
        drafts = []
        for key, meant in self.options.items():
            if not after.by_key[key].supplier_id:
                text = f"« {after.by_key[key].name} » : est-ce un fournisseur du catalogue ?"
                options = (*meant.options, Option(NEW, "aucun : un nouveau"))
                drafts.append(ImportQuestion(0, Doubt.WHO, key, text, options))
        # Until the organiser answers, participants with the same number count as one, those with the same name as two.
        for supplies in (False, True):
            drafts += self._twice([one for one in after.participants if one.supplies is supplies])
        for key, tie, name, meant in dict.fromkeys(self.wishes):
            text = f"« {after.by_key[key].name} » {_ASKED[tie]} « {name}{_WHOM}"
            drafts.append(ImportQuestion(0, Doubt.WISH, key, text, (*meant.options, _NOBODY_MEANT), tie))
        new = [one for one in drafts if _asks(one) not in known]
        return tuple(replace(one, number=number) for number, one in enumerate(new, start=len(self.event.questions) + 1))

    def _asked_again(self, after: MeetingDay) -> tuple[list[ImportQuestion], list[AnswerQuestion]]:
        """Return open questions on wishes that new participants may resolve, with updated options, and the answers that are now certain."""
        reopened, settled = [], []
        for question in self.event.open_questions:
            if not question.tie or not self.drafts:
                continue
            name = question.text.partition(f" » {_ASKED[question.tie]} « ")[2].removesuffix(_WHOM)
            if not name:
                continue
            others = [other for other in after.participants if other.supplies != after.by_key[question.about].supplies]
            meant = among(name, others, after.doubles.items())
            options = (Option(meant.sure, after.name_of(int(meant.sure))),) if meant.sure else meant.options
            if not {option.code for option in options} <= {option.code for option in question.options}:
                reopened.append(replace(question, options=(*options, _NOBODY_MEANT)))
                settled += [AnswerQuestion(question.number, meant.sure)] if meant.sure else []
        return reopened, settled

    def _twice(self, side: Sequence[Participant]) -> Iterable[ImportQuestion]:
        first: dict[str, Participant] = {}
        alike = spelt_nearly(side)
        for candidate in side:
            if candidate.same_as is not None:
                continue
            participant = first.get(candidate.number) if candidate.number else None
            participant = participant or first.get(name_key(candidate.name)) or alike.get(candidate.key)
            if participant is not None:
                number = candidate.number and candidate.number == participant.number
                same = "même fournisseur du catalogue" if number else "même nom"
                if number and candidate.siret and candidate.siret == participant.siret:
                    same = f"même SIRET ({in_groups(candidate.siret)})"
                elif not number and name_key(candidate.name) != name_key(participant.name):
                    same = f"nom proche de « {participant.name} »"
                text = f"« {candidate.name} » est inscrit deux fois (n° {participant.key} et n° {candidate.key}), {same} : est-ce une seule structure ?"
                options = (
                    Option(str(participant.key), "une seule place"),
                    Option(OTHER, "deux structures, deux places"),
                )
                yield ImportQuestion(0, Doubt.TWICE, candidate.key, text, options)
            for key in filter(None, (candidate.number, name_key(candidate.name))):
                first.setdefault(key, candidate)

    def _remark(self, sheet: Spreadsheet, entrant: Entrant, text: str, *quoted: str) -> None:
        self.remarks.append(LineRemark(sheet.name, Fault(entrant.line, "", text, quoted)))


def spelt(participant: Participant, known: str) -> Participant:
    """Return a participant under its catalogue name `known`, where its own name is just its SIRET or a misspelling of that name."""
    if participant.name == participant.siret:
        return replace(participant, name=known)
    misspelt = name_key(participant.name) != name_key(known) and spelt_alike(participant.name, known) >= MISSPELT
    return replace(participant, name=known, written=participant.name) if misspelt else participant


def _names(participant: Participant) -> set[tuple[ParticipantRole, str]]:
    """Return the keys that identify a line's participant: its role with its SIRET, and with each of its names."""
    return {(participant.sort, text) for text in (participant.siret, *map(name_key, participant.names)) if text}


def _asks(question: ImportQuestion) -> tuple[Doubt, int, str]:
    """Return the key of a question: its kind and participant, and its text for wishes, since one participant may have several."""
    return question.doubt, question.about, question.text if question.doubt is Doubt.WISH else ""
