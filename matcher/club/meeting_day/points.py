"""Points to confirm by telephone before a meeting day: unread or doubtful cells of a participant's registration, until confirmed or corrected."""

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
    """Doubt on a cell `written` by the participant `about` (key). `says`: French sentence on its reading; `settled`: confirmed or corrected since."""

    about: int
    topic: Topic
    written: str
    says: str
    settled: bool = False

    @property
    def code(self) -> str:
        """Identifier of the point in its event, from the participant, topic and a hash of the cell."""
        digest = blake2b(self.written.encode(), digest_size=4).hexdigest()
        return f"{self.about}-{self.topic.name.lower()}-{digest}"


def add_points(points: Iterable[PointToConfirm], new: Iterable[PointToConfirm]) -> tuple[PointToConfirm, ...]:
    """Return points followed by the new ones; an existing point stays as it is, settled or not."""
    by_code = {one.code: one for one in (*new, *points)}
    return tuple(by_code[code] for code in dict.fromkeys(one.code for one in (*points, *new)))


def settle_points(points: Iterable[PointToConfirm], codes: Collection[str]) -> tuple[PointToConfirm, ...]:
    """Return points, those of these codes settled."""
    return tuple(replace(one, settled=True) if one.code in codes else one for one in points)
