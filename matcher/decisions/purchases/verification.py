"""Checks company numbers (SIRET, SIREN, VAT) against the catalogue for a buyer: inclusive or not, kinds, legal articles, listed since, source.

A number absent from the catalogue is « unknown », never « no »: the structure may still be inclusive.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine

from matcher.catalogue.identity.trust import short_title
from matcher.catalogue.store.read import catalogue_version, load_numbered
from matcher.cleaning.siret import BAD_KEYS, SIRET_UNREADABLE, VAT_BAD_KEY, clean_siret_or_siren
from matcher.domain.french import count, day, enumeration, in_groups
from matcher.domain.supplier import Supplier
from matcher.reference.levers import reserving_articles
from matcher.render.document import Document, DocumentColumn, DocumentKind, DocumentRow, DocumentTable
from matcher.render.shaped import shaped

MOST_NUMBERS = 5_000
_SIREN = 9  # digits
# Two letters in a row: a word, unlike the single letter of a number in scientific notation, « 3,3957E+13 ».
_WORD = re.compile(r"[^\W\d_]{2}")
LIMITS = (
    "« Inclusif » est ce que disent les annuaires importés, à leur date : faites confirmer l’agrément ou la convention par la structure avant d’attribuer.",
    "Un numéro inconnu du catalogue n’est pas un refus : les annuaires importés ne le citent pas, ce qui ne dit pas que la structure n’est pas inclusive.",
)
_COLUMNS = tuple(
    map(
        DocumentColumn,
        ("Numéro", "Réponse", "Structure", "Types", "Articles ouverts", "Listé depuis", "Source", "À savoir"),
    )
)
_NAMED = 2
_UNDATED = "jour non connu"


class InclusiveStanding(StrEnum):
    """Result of checking a number, in the French words shown."""

    INCLUSIVE = "inclusif"
    ENDED = "ne l’est plus"
    SIBLING = "un autre établissement l’est"
    UNKNOWN = "inconnu du catalogue"
    WRONG_KEY = "numéro faux, sa clé ne tombe pas juste"
    UNREADABLE = "numéro illisible"


_ORDER = (
    (InclusiveStanding.INCLUSIVE, "inclusif", "inclusifs"),
    (InclusiveStanding.SIBLING, "dont un autre établissement l’est", None),
    (InclusiveStanding.ENDED, "qui ne l’est plus", "qui ne le sont plus"),
    (InclusiveStanding.UNKNOWN, "inconnu du catalogue", "inconnus du catalogue"),
    (InclusiveStanding.WRONG_KEY, "faux (clé)", "faux (clé)"),
    (InclusiveStanding.UNREADABLE, "illisible", "illisibles"),
)


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A checked number. `number`: normalised, empty if unreadable; `flag`: French anomaly; `suppliers`: those with this number, else others of the same SIREN
    (always others if the check digit is wrong)."""

    written: str
    number: str
    standing: InclusiveStanding
    flag: str = ""
    suppliers: tuple[Supplier, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """All distinct numbers of a request, in order; `repeated`: number of duplicates."""

    checked: tuple[CheckedNumber, ...]
    repeated: int
    on: date
    catalogue_version: int


def check_numbers(engine: Engine, written: Iterable[str], on: date) -> Verification:
    """Look each number up in today's catalogue. Raises DatabaseError."""
    texts = [" ".join(text.split()) for text in written if text.strip()]
    read: dict[str, tuple[str, str, str]] = {}
    for text in texts:
        number, flag = clean_siret_or_siren(text)
        read.setdefault(
            text if flag == VAT_BAD_KEY else number or text,
            (text, number or "", flag or ("" if number else SIRET_UNREADABLE)),
        )
    bearers: dict[str, list[Supplier]] = {}
    for supplier in load_numbered(engine, {number[:_SIREN] for _, number, _ in read.values() if number}):
        if supplier.kinds:
            bearers.setdefault(supplier.siren, []).append(supplier)
    checked = tuple(
        _check_number(text, number, flag, bearers.get(number[:_SIREN], ())) for text, number, flag in read.values()
    )
    return Verification(checked, len(texts) - len(checked), on, catalogue_version(engine))


def pasted_numbers(text: str) -> list[str]:
    """Split a pasted text into numbers, one a line or separated by semicolons, commas or tabs."""
    return [part for part in re.split(r"[\n;\t]|,(?!\d*[eE]\+?\d)", text) if part.strip()]


def holds_names(text: str) -> bool:
    """Return whether a pasted column is of names: it has words and no valid number."""
    return bool(_WORD.search(text)) and not any(clean_siret_or_siren(part).value for part in pasted_numbers(text))


def _first_seen(supplier: Supplier) -> date | None:
    """Return the oldest date of a supplier's sources, None if none is dated."""
    return min((origin.date for origin in supplier.origins if origin.date), default=None)


def _has_ended(supplier: Supplier) -> bool:
    """Return whether a register closed the supplier, or a source states that its convention ended."""
    return bool(supplier.closed_reason) or supplier.active is False


def _check_number(written: str, number: str, flag: str, bearers: Sequence[Supplier]) -> CheckedNumber:
    if not number:
        return CheckedNumber(written, "", InclusiveStanding.UNREADABLE, flag)
    others = tuple(one for one in bearers if one.siret != number and not _has_ended(one))
    if flag in BAD_KEYS:  # usually a mistyped digit
        return CheckedNumber(written, number, InclusiveStanding.WRONG_KEY, flag, others)
    bearers_of_number = tuple(one for one in bearers if number in (one.siret, one.siren))
    still_listed = tuple(one for one in bearers_of_number if not _has_ended(one))
    if not bearers_of_number:
        standing = InclusiveStanding.SIBLING if others else InclusiveStanding.UNKNOWN
        return CheckedNumber(written, number, standing, flag, others)
    standing = InclusiveStanding.INCLUSIVE if still_listed else InclusiveStanding.ENDED
    return CheckedNumber(written, number, standing, flag, still_listed or bearers_of_number)


def verification_document(verification: Verification, suppliers: int, address: str = "") -> Document:
    """Return the Document: one row per number. `suppliers`: size of the catalogue; `address`: URL of the same request."""
    repeated = (
        f"{count(verification.repeated, 'numéro répété n’est', 'numéros répétés ne sont')} montré qu’une fois.",
    )
    return Document(
        kind=DocumentKind.VERIFICATION,
        title="Vérification de SIRET",
        asked=(count(len(verification.checked) + verification.repeated, "numéro"),),
        answer=verification_headline(verification),
        remarks=(*LIMITS, *(repeated if verification.repeated else ())),
        tables=(DocumentTable("Les numéros", _COLUMNS, tuple(map(_row, verification.checked))),),
        names={one.id: one.name for checked in verification.checked for one in checked.suppliers},
        address=address,
        catalogue_version=verification.catalogue_version,
        catalogue_suppliers=suppliers,
        on=verification.on,
    )


def verification_headline(verification: Verification) -> str:
    """Return the counts of numbers by result in one sentence; for a single number, its result."""
    if len(verification.checked) == 1:
        (number_check,) = verification.checked
        bearers = " : ce SIREN est celui de " if number_check.standing is InclusiveStanding.WRONG_KEY else " : "
        identity = (
            f"{bearers}{enumeration(_first_texts(named.name for named in number_check.suppliers))}"
            if number_check.suppliers
            else ""
        )
        return f"{_number(number_check)} : {number_check.standing}{identity}."
    counted = {standing: sum(one.standing is standing for one in verification.checked) for standing, *_ in _ORDER}
    return f"{enumeration([count(counted[standing], *words) for standing, *words in _ORDER if counted[standing]])}."


def verification_object(verification: Verification) -> dict[str, Any]:
    """Return the verification as JSON; unknown values are null."""
    numbers = []
    for checked in verification.checked:
        suppliers = [
            shaped(
                "id siret? name kinds articles since ended successor? sources",
                one,
                articles=reserving_articles(one.kinds) if not _has_ended(one) else [],
                since=_first_seen(one),
                ended=_has_ended(one),
                sources=[shaped("source ref date", origin) for origin in one.origins],
            )
            for one in checked.suppliers
        ]
        numbers.append(shaped("written number? standing flag? suppliers", checked, suppliers=suppliers))
    return {
        "headline": verification_headline(verification),
        "limits": list(LIMITS),
        "numbers": numbers,
        "repeated": verification.repeated,
        "catalogue": {"version": verification.catalogue_version},
        "date": verification.on.isoformat(),
    }


def _row(number_check: CheckedNumber) -> DocumentRow:
    if not number_check.suppliers:
        return DocumentRow((_number(number_check), number_check.standing, "", "", "", "", "", number_check.flag))
    opened = number_check.standing is InclusiveStanding.INCLUSIVE
    dated = list(filter(None, map(_first_seen, number_check.suppliers)))
    several = (
        f"{count(len(number_check.suppliers), 'établissement')} du catalogue" if len(number_check.suppliers) > 1 else ""
    )
    cells = (
        ", ".join(_first_texts(dict.fromkeys(one.name for one in number_check.suppliers))),
        ", ".join(dict.fromkeys(str(kind) for one in number_check.suppliers for kind in one.kinds)),
        ", ".join(dict.fromkeys(article for one in number_check.suppliers for article in reserving_articles(one.kinds)))
        if opened
        else "",
        day(min(dated)) if dated else _UNDATED,
        " ; ".join(
            dict.fromkeys(
                f"{short_title(origin.source)}, {day(origin.date) if origin.date else 'sans date'}"
                for one in number_check.suppliers
                for origin in one.origins
            )
        ),
        " ; ".join(
            filter(
                None,
                (
                    number_check.flag,
                    several,
                    *_first_texts(dict.fromkeys(_other_facts(one, number_check) for one in number_check.suppliers)),
                ),
            )
        ),
    )
    return DocumentRow(
        (_number(number_check), number_check.standing, *cells),
        number_check.suppliers[0].id if len(number_check.suppliers) == 1 else "",
    )


def _first_texts(names: Iterable[str]) -> list[str]:
    """Return the first texts and « et n autres »: an organisation may have fifty agencies."""
    filled = list(filter(None, names))
    more = len(filled) - _NAMED
    return [*filled[:_NAMED], f"et {count(more, 'autre')}"] if more > 0 else filled


def _number(number_check: CheckedNumber) -> str:
    return (
        in_groups(number_check.number)
        if number_check.number and number_check.flag != VAT_BAD_KEY
        else number_check.written
    )


def _other_facts(supplier: Supplier, number_check: CheckedNumber) -> str:
    """Return other facts on a supplier in French: closed, convention ended, successor, its own SIRET if another was checked."""
    facts = [supplier.closed_reason or ("convention terminée" if _has_ended(supplier) else "")]
    if supplier.successor:
        facts.append(f"continue sous le SIRET {in_groups(supplier.successor)}")
    if number_check.standing in (InclusiveStanding.SIBLING, InclusiveStanding.WRONG_KEY) and supplier.siret:
        facts.append(f"l’établissement connu est {in_groups(supplier.siret)}")
    return ", ".join(filter(None, facts))
