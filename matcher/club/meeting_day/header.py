"""Small data classes of a meeting day: its header, its rules (room, limits), figures of a planner, and corrections given to the catalogue."""

from dataclasses import dataclass
from datetime import date

# Time zones of French hours, and what people call them.
ZONES = {
    "Europe/Paris": "Paris",
    "America/Guadeloupe": "Guadeloupe",
    "America/Martinique": "Martinique",
    "America/Cayenne": "Guyane",
    "Indian/Reunion": "La Réunion",
    "America/Miquelon": "Saint-Pierre-et-Miquelon",
    "Indian/Mayotte": "Mayotte",
    "America/St_Barthelemy": "Saint-Barthélemy",
    "America/Marigot": "Saint-Martin",
    "Pacific/Wallis": "Wallis-et-Futuna",
    "Pacific/Tahiti": "Polynésie française",
    "Pacific/Noumea": "Nouvelle-Calédonie",
}


@dataclass(frozen=True, slots=True)
class DayHeader:
    """Header of a meeting day. `email`: the organiser's address for participants; `zone`: IANA name of its time zone, empty for that of its place."""

    title: str
    organiser: str = ""
    day: date | None = None
    place: str = ""
    email: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The room, and the default limits of participants: most meetings (None: as many as slots), and the least wished for.

    The first `accessible` tables are step-free; `interpreters`: how many meetings at once can have one. `supplier_most` and `supplier_least`: limits of
    suppliers; None: as for buyers. `avoid_met`: pairs that met at an earlier event are not proposed again. `closed`: numbers of unused tables. `in_reach`:
    distance excludes no pair and only orders them; None: decided when a timetable is made, True where registrations come from several départements."""

    tables: int = 25
    accessible: int = 0
    interpreters: int = 0
    most: int | None = None
    least: int = 1
    supplier_most: int | None = None
    supplier_least: int | None = None
    avoid_met: bool = True
    closed: tuple[int, ...] = ()
    in_reach: bool | None = None

    @property
    def open_tables(self) -> tuple[int, ...]:
        """Numbers of the tables in use, ascending."""
        return tuple(number for number in range(1, self.tables + 1) if number not in self.closed)

    @property
    def open_accessible(self) -> int:
        """Return how many of the open tables are step-free."""
        return sum(number <= self.accessible for number in self.open_tables)

    def most_of(self, *, suppliers: bool) -> int | None:
        """Return the most meetings of each participant of a side; None: as many as slots."""
        return self.supplier_most if suppliers and self.supplier_most is not None else self.most

    def least_of(self, *, suppliers: bool) -> int:
        """Return the least meetings wished for each participant of a side."""
        return self.supplier_least if suppliers and self.supplier_least is not None else self.least

    @property
    def faults(self) -> dict[str, str]:
        """French sentences on a least above a most, by the field to change. Older events may have some: the planner then lowers the least."""
        faults = {}
        for name, whose, suppliers in (("least", "Acheteurs", False), ("supplier_least", "Fournisseurs", True)):
            least, most = self.least_of(suppliers=suppliers), self.most_of(suppliers=suppliers)
            if most is not None and least > most:
                faults[name] = (
                    f"{whose} : {least} rendez-vous au moins et {most} au plus. Le minimum ne peut pas dépasser le maximum."
                )
        return faults


@dataclass(frozen=True, slots=True)
class Rival:
    """Figures of one planner's timetable: total of affinities, number of meetings, the `fewest` of a participant, how many participants have
    fewer than their least (`short`), wishes `kept` and needs `answered` (None in older timetables)."""

    name: str
    total: float
    meetings: int
    fewest: int
    short: int
    kept: int | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class TakenWord:
    """A text of the participant `by` (key) that the catalogue took over: the field (`champ`) of the correction and its content."""

    by: int
    champ: str
    text: str
