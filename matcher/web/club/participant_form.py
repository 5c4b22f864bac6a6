"""Forms of a meeting day's participant (identity, hours, needs, persons who come) for organiser and participant, and of the terms of a contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Any

from werkzeug.datastructures import MultiDict

from matcher.cleaning.hours import Presence, clean_presence
from matcher.club.meeting_day.changes import LONGEST_WORDS
from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.schedule import Hours, absences_said, clock
from matcher.club.meeting_day.sequels import ContractNature, ContractTerms
from matcher.club.meeting_day.store import Person
from matcher.domain.french import number
from matcher.need.fields import need_from
from matcher.web.frame.forms import (
    Area,
    Line,
    OneOf,
    PageForm,
    Yes,
    amount,
    email,
    hour,
    hours_of_work,
    integer_field,
    phone_number,
    siret,
)

MOST_ROWS = 12  # needs, and persons, of one participant
MOST_MEETINGS = 60
MOST_WORKERS = 100_000
MOST_JOBS = 10_000
# Suffixes of the field names of a row, after its number, in the order of the fields of ParticipantNeed and Person.
_ROWS: Mapping[str, tuple[str, ...]] = {"need": ("", "_place", "_amount", "_hours"), "person": ("", "_phone", "_email")}


def read_absences(typed: str) -> Hours | None:
    """Parse absences, « 10 h à 10 h 30 », separated by commas, to minutes of the day; None where one is unreadable."""
    read = [clean_presence(f"sauf {part.strip()}") for part in typed.split(",") if part.strip()]
    away = [one.value for one in read if one.value and one.flag == "" and one.value == Presence(away=one.value.away)]
    return tuple(sorted(hours for one in away for hours in one.away)) if len(away) == len(read) else None


def absences(away: Hours | str) -> str:
    """Return absences as text for the form."""
    return away if isinstance(away, str) else ", ".join(absences_said(away))


class ParticipantForm(PageForm):
    """Form of a participant; fields that do not apply to its role (a supplier's needs, a buyer's activity) are removed."""

    sort = OneOf(
        "Il vient comme",
        [(one.value, one.value) for one in ParticipantRole],
        "Dites s’il vient comme acheteur, fournisseur ou attributaire.",
    )
    name = Line("Nom", needed="Écrivez le nom de la structure.")
    siret = siret("SIRET", hint="14 chiffres : c’est lui qui relie au catalogue.")
    place = Line("Ville", hint="Une commune, un code postal ou un département.")
    activity = Area("Activité", most=LONGEST_WORDS, hint="Ce que la structure vient proposer.")
    workers = integer_field("Effectif", 1, MOST_WORKERS)
    area = Line("Zone d’intervention", hint="« 50 km », « Nord, Pas-de-Calais », « France entière ».")
    people = integer_field("Combien de personnes", 1, 100, empty=1)
    abreast = integer_field("Rendez-vous à la fois", 1, 100, empty=1)
    arrival = hour("Arrivée", shown=clock)
    departure = hour("Départ", shown=clock)
    away = Line(
        "Absent de… à…",
        read_absences,
        "« {} » ne dit pas d’heures, par exemple 10 h à 10 h 30.",
        empty=(),
        shown=absences,
        hint="« 10 h à 10 h 30 »",
    )
    least = integer_field("Rendez-vous au moins", 0, MOST_MEETINGS)
    most = integer_field("Rendez-vous au plus", 0, MOST_MEETINGS)
    step_free = Yes("Table sans marche")
    interpreter = Yes("Interprète")
    hearing_loop = Yes("Boucle magnétique")
    visible = Yes(
        "Les autres participants peuvent lire avant le jour le nom de la structure, sa commune, et ce qu’elle propose ou cherche"
    )

    def __init__(self, sent: MultiDict[str, str] | None = None, **data: Any) -> None:
        super().__init__(sent, **data)
        if self.sort.data in set(ParticipantRole):
            unread = ("need_",) if self.sort.data == ParticipantRole.SUPPLIER else ("activity", "workers", "area")
            for name in [field.name for field in self if field.name.startswith(unread)]:
                del self[name]

    @classmethod
    def of(cls, shown: Participant, people: Sequence[Person]) -> "ParticipantForm":
        """Return the form filled with a participant and the persons who come for it."""
        rows = {
            f"{kind}_{row}{part}": value
            for kind, records in (("need", map(astuple, shown.needs)), ("person", map(astuple, people)))
            for row, values in enumerate(records, start=1)
            for part, value in zip(_ROWS[kind], values, strict=True)
        }
        return cls.showing(shown, **rows)

    def rows(self, kind: str, least: int) -> range:
        """Return the numbers of the rows to show: the filled ones and one more, `least` at least."""
        filled = [row for row, fields in self._rows(kind) if any(field.shown_text for field in fields)]
        return range(1, min(MOST_ROWS, max(least, max(filled, default=0) + 1)) + 1)

    def participant(self, key: int) -> Participant:
        """Return the participant; the form must have no faults."""
        needs = tuple(
            ParticipantNeed(text.data, place.data, _amount(text, place, euros)[0], hours.data)
            for _, (text, place, euros, hours) in self._rows("need")
            if text.data
        )
        return self.make(Participant, key=key, sort=ParticipantRole(self.sort.data), needs=needs)

    @property
    def persons(self) -> tuple[Person, ...]:
        """The persons who come."""
        rows = (tuple(field.data for field in fields) for _, fields in self._rows("person"))
        return tuple(Person(*texts) for texts in rows if any(texts))

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield (field, French fault) of values that contradict others."""
        for row, (text, place, euros, hours) in self._rows("need"):
            if text.data:
                yield from ((euros.name, fault) for fault in _amount(text, place, euros)[1])
            elif place.data or euros.data or hours.data:
                yield f"need_{row}", "Écrivez ce qui est cherché, ou videz la ligne."
        arrival, departure = self.arrival.data, self.departure.data
        if arrival is not None and departure is not None and departure <= arrival:
            yield "departure", "Le départ vient après l’arrivée."
        if self.abreast.data > self.people.data:
            yield "abreast", f"Pas plus que de personnes ({self.people.data})."

    def _rows(self, kind: str) -> Iterator[tuple[int, list[Any]]]:
        """Yield the number and fields of each row; none where the role has no such rows."""
        if f"{kind}_1" in self:
            for row in range(1, MOST_ROWS + 1):
                yield row, [self[f"{kind}_{row}{part}"] for part in _ROWS[kind]]


def _amount(text: Line, place: Line, euros: Line) -> tuple[float | None, list[str]]:
    """Return the amount of a need and the faults of the need, as `need_from` parses all needs."""
    need = need_from({"objet": text.data, "lieu": place.data, "montant": euros.data})
    return need.lot.montant, [fault.says for fault in need.faults]


def _size(value: float | str) -> str:
    return value if isinstance(value, str) else number(value, 2 if value % 1 else 0)


class TermsForm(PageForm):
    """Form of the terms of a contract; empty fields are unknown."""

    amount = amount("Montant, € HT", "Montant", shown=_size)
    nature = OneOf("Nature", [("", "non dite"), *((one.value, one.value) for one in ContractNature)])
    hours = hours_of_work("Heures d’insertion", shown=_size)
    jobs = integer_field("Emplois", 0, MOST_JOBS)

    @property
    def terms(self) -> ContractTerms:
        """The terms; the form must have no faults."""
        nature = ContractNature(self.nature.data) if self.nature.data else None
        return ContractTerms(self.amount.data, nature, self.hours.data, self.jobs.data)


for _row in range(1, MOST_ROWS + 1):
    for _name, _field in (
        (f"need_{_row}", Line("Ce qui est cherché", most=LONGEST_WORDS)),
        (f"need_{_row}_place", Line("Où")),
        (f"need_{_row}_amount", Line("Montant, € HT", shown=_size)),
        (f"need_{_row}_hours", hours_of_work("Heures d’insertion", shown=_size)),
        (f"person_{_row}", Line("Nom", most=120)),
        (f"person_{_row}_phone", phone_number("Téléphone")),
        (f"person_{_row}_email", email("Courriel")),
    ):
        setattr(ParticipantForm, _name, _field)
