"""Promise of the reader: it is sure and right, or it asks with the right answer among its options."""

from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reference.trades.activities import taxonomy


def is_answered(objet: str, *codes: str, cpv: tuple[str, ...] = ()) -> bool:
    """Return True where a need is read, or asked about, as one of some activities or as an activity of one of some groups."""
    reading = read(Lot(objet, cpv=cpv))
    answers = reading.asked if reading.sure else reading.options
    return any({answer, taxonomy().group_of(answer)} & set(codes) for answer in answers)
