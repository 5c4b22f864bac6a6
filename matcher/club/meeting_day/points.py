"""Points to confirm by telephone: what a participant wrote that was not read, or in doubt, until somebody confirms or corrects it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b


class Topic(StrEnum):
    """Topic of a point to confirm."""

    COMING = "venue"
    HOURS = "heures"
    PEOPLE = "personnes"
    NEEDS = "besoins"
    TRADE = "métier"
    AMOUNT = "montant"
    ACCESS = "accès"
    OTHER = "autre"


@dataclass(frozen=True, slots=True)
class PointToConfirm:
    """Cell that the participant `about` (key) wrote, and in French what was made of it. `settled`: confirmed, or corrected since."""

    about: int
    topic: Topic
    written: str
    says: str
    settled: bool = False

    @property
    def code(self) -> str:
        """Name of the point in its event: of the same words on the same topic there is one."""
        digest = blake2b(self.written.encode(), digest_size=4).hexdigest()
        return f"{self.about}-{self.topic.name.lower()}-{digest}"


def add_points(points: Iterable[PointToConfirm], new: Iterable[PointToConfirm]) -> tuple[PointToConfirm, ...]:
    """Return points with new ones; one that is there already stays as it is, settled or not."""
    by_code = {one.code: one for one in (*new, *points)}
    return tuple(by_code[code] for code in dict.fromkeys(one.code for one in (*points, *new)))


def settle_points(points: Iterable[PointToConfirm], codes: Collection[str]) -> tuple[PointToConfirm, ...]:
    """Return points, those of these codes settled."""
    return tuple(replace(one, settled=True) if one.code in codes else one for one in points)
