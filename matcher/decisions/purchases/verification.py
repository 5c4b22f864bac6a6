"""Numbers that a buyer checks (SIRET or SIREN): inclusive or not, which kinds, which articles, since when, by which source.

The catalogue answers for whom it has. A number that it does not have may be of an inclusive structure all the same: it is not known, never « no ».
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Engine

from matcher.catalogue.store.read import catalogue_version, load_numbered
from matcher.cleaning.siret import SIREN_BAD_KEY, SIRET_BAD_KEY, SIRET_UNREADABLE, clean_siret_or_siren
from matcher.domain.supplier import Supplier

MOST_NUMBERS = 5_000
_SIREN = 9  # digits
# A number that a spreadsheet has rounded has one letter alone: « 3,3957E+13 ».
_WORD = re.compile(r"[^\W\d_]{2}")


class InclusiveStanding(StrEnum):
    """Standing of a number, in the words of pages and files."""

    INCLUSIVE = "inclusif"
    ENDED = "ne l’est plus"
    SIBLING = "un autre établissement l’est"
    UNKNOWN = "inconnu du catalogue"
    WRONG_KEY = "numéro faux, sa clé ne tombe pas juste"
    UNREADABLE = "numéro illisible"


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A number as it was written, and who bears it. `number` is clean, empty where it is neither a SIRET nor a SIREN; `flag` says in French
    what is odd about it. `suppliers` are those that it tells: its own, else those of the same SIREN; a number of a wrong key has none of its own."""

    written: str
    number: str
    standing: InclusiveStanding
    flag: str = ""
    suppliers: tuple[Supplier, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """All the numbers of a question, in their order, each once; `repeated` were there more than once."""

    checked: tuple[CheckedNumber, ...]
    repeated: int
    on: date
    catalogue_version: int


def verify(engine: Engine, written: Iterable[str], on: date) -> Verification:
    """Return the standing of each number on the catalogue of today. Raises DatabaseError."""
    texts = [" ".join(text.split()) for text in written if text.strip()]
    read: dict[str, tuple[str, str, str]] = {}
    for text in texts:
        number, flag = clean_siret_or_siren(text)
        read.setdefault(number or text, (text, number or "", flag or ("" if number else SIRET_UNREADABLE)))
    bearers: dict[str, list[Supplier]] = {}
    for supplier in load_numbered(engine, {number[:_SIREN] for _, number, _ in read.values() if number}):
        bearers.setdefault(supplier.siren, []).append(supplier)
    checked = tuple(
        _checked(text, number, flag, bearers.get(number[:_SIREN], ())) for text, number, flag in read.values()
    )
    return Verification(checked, len(texts) - len(checked), on, catalogue_version(engine))


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text, a cell of a pasted column each: one a line, or between « ; », « , » and tabs."""
    return [part for part in re.split(r"[\n;\t]|,(?!\d*[eE]\+?\d)", text) if part.strip()]


def holds_names(text: str) -> bool:
    """Return whether a pasted column holds words, and nothing that reads as a number: it is then one of names."""
    return bool(_WORD.search(text)) and not any(clean_siret_or_siren(part).value for part in numbers_in(text))


def first_seen(supplier: Supplier) -> date | None:
    """Return the oldest day on which a source says that it lists a supplier, None where no source is dated."""
    return min((origin.date for origin in supplier.origins if origin.date), default=None)


def ended(supplier: Supplier) -> bool:
    """Whether a register says that it is closed, or a source that its convention has ended."""
    return bool(supplier.closed_reason) or supplier.active is False


def _checked(written: str, number: str, flag: str, bearers: Sequence[Supplier]) -> CheckedNumber:
    if not number:
        return CheckedNumber(written, "", InclusiveStanding.UNREADABLE, flag)
    others = tuple(one for one in bearers if one.kinds and one.siret != number and not ended(one))
    if flag in (SIRET_BAD_KEY, SIREN_BAD_KEY):  # most often a digit that was typed wrong
        return CheckedNumber(written, number, InclusiveStanding.WRONG_KEY, flag, others)
    own = tuple(one for one in bearers if one.kinds and number in (one.siret, one.siren))
    living = tuple(one for one in own if not ended(one))
    if not own:
        standing = InclusiveStanding.SIBLING if others else InclusiveStanding.UNKNOWN
        return CheckedNumber(written, number, standing, flag, others)
    standing = InclusiveStanding.INCLUSIVE if living else InclusiveStanding.ENDED
    return CheckedNumber(written, number, standing, flag, living or own)
