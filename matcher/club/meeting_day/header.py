"""Small parts of a meeting day: its header and rules, the result of a simpler planner, what the catalogue took in of a participant."""

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
    """Header of a meeting day: its title, organiser, date and place; `email` is where participants write to the organiser, `zone` the time
    zone of its hours by its IANA name, empty for that of its place."""

    title: str
    organiser: str = ""
    day: date | None = None
    place: str = ""
    email: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The room, and what holds for whoever asks nothing else: most meetings (None: as many as slots), and the least wished for.

    The first `accessible` tables are without a step; `interpreters` is how many meetings at once can be helped. `supplier_most` and
    `supplier_least` are those of suppliers; None: as on the other side. `avoid_met`: whoever met at an earlier event is not proposed again.
    `closed`: the numbers of the tables that are not used. `in_reach`: whoever is there is in reach of all, and distance only orders; None:
    where registrations come from several départements when a timetable is made.
    """

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
        """Numbers of the tables that are used, those without a step first."""
        return tuple(number for number in range(1, self.tables + 1) if number not in self.closed)

    @property
    def open_accessible(self) -> int:
        """Return how many of the open tables are without a step."""
        return sum(number <= self.accessible for number in self.open_tables)

    def most_of(self, *, suppliers: bool) -> int | None:
        """Return the most meetings of each participant of a side; None: as many as slots."""
        return self.supplier_most if suppliers and self.supplier_most is not None else self.most

    def least_of(self, *, suppliers: bool) -> int:
        """Return the least meetings wished for each participant of a side."""
        return self.supplier_least if suppliers and self.supplier_least is not None else self.least

    @property
    def faults(self) -> dict[str, str]:
        """Faults of the bounds of a side, as French sentences, by the field to change. Older events may have some: their least gives way."""
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
    """Result of one planner on a day: its total, its meetings, the `fewest` meetings of those who come, how many participants have fewer
    than their least (`short`), how many wishes are `kept` and needs `answered`. None where an older timetable did not count them."""

    name: str
    total: float
    meetings: int
    fewest: int
    short: int
    kept: int | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class TakenWord:
    """A word of `by` (key) that the catalogue has: the champ of a correction and what is written there."""

    by: int
    champ: str
    text: str
