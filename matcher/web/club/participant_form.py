"""The form of a participant, for the organiser and behind the registration link: its own fields, its needs and who comes, row by row."""

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
# The fields of a row by what follows its number, in the order of what they fill.
_ROWS: Mapping[str, tuple[str, ...]] = {"need": ("", "_place", "_amount", "_hours"), "person": ("", "_phone", "_email")}


def read_absences(typed: str) -> Hours | None:
    """Return the minutes of absences: « 10 h à 10 h 30 »; several between commas."""
    read = [clean_presence(f"sauf {part.strip()}") for part in typed.split(",") if part.strip()]
    away = [one.value for one in read if one.value and one.flag == "" and one.value == Presence(away=one.value.away)]
    return tuple(sorted(hours for one in away for hours in one.away)) if len(away) == len(read) else None


def absences(away: Hours | str) -> str:
    """Return absences as the form shows them."""
    return away if isinstance(away, str) else ", ".join(absences_said(away))


class ParticipantForm(PageForm):
    """Form of a participant; the fields that its sort does not have (a supplier's needs, a buyer's activity) are not read."""

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
            for name in [its.name for its in self if its.name.startswith(unread)]:
                del self[name]

    @classmethod
    def of(cls, shown: Participant, people: Sequence[Person]) -> "ParticipantForm":
        """Return the form that a participant fills, and who comes for it."""
        rows = {
            f"{kind}_{row}{part}": value
            for kind, held in (("need", map(astuple, shown.needs)), ("person", map(astuple, people)))
            for row, values in enumerate(held, start=1)
            for part, value in zip(_ROWS[kind], values, strict=True)
        }
        return cls.showing(shown, **rows)

    def rows(self, kind: str, least: int) -> range:
        """Return the rows to show: those filled and one more, `least` at least."""
        filled = [row for row, fields in self._rows(kind) if any(its.shown_text for its in fields)]
        return range(1, min(MOST_ROWS, max(least, max(filled, default=0) + 1)) + 1)

    def participant(self, key: int) -> Participant:
        """Return the participant that the form gives, once it has no faults."""
        needs = tuple(
            ParticipantNeed(text.data, place.data, _amount(text, place, euros)[0], hours.data)
            for _, (text, place, euros, hours) in self._rows("need")
            if text.data
        )
        return self.make(Participant, key=key, sort=ParticipantRole(self.sort.data), needs=needs)

    @property
    def persons(self) -> tuple[Person, ...]:
        """Return who comes, as the form gives them."""
        rows = (tuple(its.data for its in fields) for _, fields in self._rows("person"))
        return tuple(Person(*texts) for texts in rows if any(texts))

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield what cannot be used beside the rest."""
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
        """The fields of each row, none where its sort has no such rows."""
        if f"{kind}_1" in self:
            for row in range(1, MOST_ROWS + 1):
                yield row, [self[f"{kind}_{row}{part}"] for part in _ROWS[kind]]


def _amount(text: Line, place: Line, euros: Line) -> tuple[float | None, list[str]]:
    """The amount of a need, and what of it cannot be used, as the one judge of needs reads it."""
    need = need_from({"objet": text.data, "lieu": place.data, "montant": euros.data})
    return need.lot.montant, [fault.says for fault in need.faults]


def _size(value: float | str) -> str:
    return value if isinstance(value, str) else number(value, 2 if value % 1 else 0)


class TermsForm(PageForm):
    """Form of the terms of a contract; what is left empty is not known."""

    amount = amount("Montant, € HT", "Montant", shown=_size)
    nature = OneOf("Nature", [("", "non dite"), *((one.value, one.value) for one in ContractNature)])
    hours = hours_of_work("Heures d’insertion", shown=_size)
    jobs = integer_field("Emplois", 0, MOST_JOBS)

    @property
    def terms(self) -> ContractTerms:
        """The terms that it gives, once it has no faults."""
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
