"""Reconciles the suppliers written in a spreadsheet (or pasted) with the catalogue: recognises each line, reads users' answers from the returned file, and
groups lines with the same written supplier into names to settle one by one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import fsum

from matcher.catalogue.identity.recogniser import NOBODY, Certainty, Recogniser, Recognition, WrittenSupplier
from matcher.cleaning.names import name_key
from matcher.cleaning.postcode import clean_post_code
from matcher.cleaning.siret import BAD_KEYS, clean_siret_or_siren
from matcher.decisions.purchases.line import written_of
from matcher.decisions.purchases.sheet import PurchaseSheetLine
from matcher.decisions.purchases.spending import Tax, amount_of
from matcher.domain.french import count, number

MOST_LINES = 20_000
# Version of stored sheets: incremented, they are read again.
FORM = 1
# Answers, in their column, for « this supplier is not in the catalogue ».
_NOBODY = frozenset({"aucun", "aucune", "non", "personne", "absent"})
_CUT = re.compile(r"[;\t]")
_UNUSABLE = "n’est pas au catalogue. Écrivez le SIRET de l’un de ses fournisseurs, ou « aucun »."
_TWICE = "une autre ligne du même fournisseur répond autrement ; la première réponse est gardée."


@dataclass(frozen=True, slots=True)
class ReconciledLine:
    """A line and its recognised supplier; nobody for a line of totals."""

    entry: PurchaseSheetLine
    recognition: Recognition


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A supplier as written by a user, and its position."""

    where: str
    text: str
    written: WrittenSupplier


def pasted_lines(text: str) -> Iterator[WrittenLine]:
    """Parse pasted suppliers, one a line: SIRET or SIREN, name, commune, postal code, in cells separated by semicolons or tabs."""
    for at, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in _CUT.split(line) if cell.strip()]
        if cells:
            yield WrittenLine(f"Ligne {at}", " ; ".join(cells), _supplier_of_cells(cells))


def _supplier_of_cells(cells: Sequence[str]) -> WrittenSupplier:
    numbers = [cell for cell in cells if clean_siret_or_siren(cell).value]
    codes = [cell for cell in cells if cell not in numbers and cell.isdigit() and clean_post_code(cell).value]
    name, city, *_ = (*(cell for cell in cells if cell not in numbers and cell not in codes), "", "")
    return WrittenSupplier(name, next(iter(numbers), ""), next(iter(codes), ""), city)


def recognise_entries(entries: Iterable[PurchaseSheetLine], recogniser: Recogniser) -> tuple[ReconciledLine, ...]:
    """Recognise the supplier of every line, in order."""
    return tuple(
        ReconciledLine(entry, NOBODY if entry.total else recogniser.recognise(written_of(entry))) for entry in entries
    )


# Message for a returned sheet whose answers have no author.
UNSIGNED = "Le tableau porte des réponses, qui n’ont pas été reprises : dites votre nom en le déposant."


def read_sheet_answers(
    entries: Iterable[PurchaseSheetLine], recogniser: Recogniser
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read the user's answers from a returned sheet: supplier ids (empty for « not in the catalogue ») by key of the written supplier, and French faults."""
    answers: dict[str, str] = {}
    faults: list[str] = []
    for entry in entries:
        cell, key = entry.fields.get("reponse"), written_of(entry).key
        if cell is None or not key:
            continue
        where = f"{entry.where[0].upper()}{entry.where[1:]}, colonne « {cell.column} »"
        supplier = recogniser.find(cell.text)
        chosen = supplier.id if supplier else ""
        if supplier is None and name_key(cell.text) not in _NOBODY:
            faults.append(f"{where} : « {cell.text} » {_UNUSABLE}")
        elif answers.setdefault(key, chosen) != chosen:
            faults.append(f"{where} : {_TWICE}")
    return answers, tuple(faults)


def reconciliation_headline(lines: Iterable[ReconciledLine]) -> str:
    """Return the numbers of lines by certainty, without lines of totals, in one French sentence."""
    counted = dict.fromkeys(Certainty, 0)
    for line in lines:
        counted[line.recognition.certainty] += not line.entry.total
    sure, confirm, unknown = counted.values()
    return (
        f"{count(sure, 'ligne reconnue', 'lignes reconnues')}, {number(confirm)} à confirmer, "
        f"{number(unknown)} sans fournisseur du catalogue."
    )


def unusable_numbers(lines: Iterable[ReconciledLine]) -> Iterator[str]:
    """Yield « ligne 5, « 123 456 789 00012 » (SIRET invalide (clé)) » for each line whose SIRET or SIREN cannot be read, or has a wrong check digit."""
    for line in lines:
        written = line.entry.text("siret")
        number, flag = clean_siret_or_siren("" if line.entry.total else written)
        if flag and (number is None or flag in BAD_KEYS):
            yield f"{line.entry.where}, « {written} » ({flag})"


class NameState(StrEnum):
    """State of a name; its value is used in URLs."""

    TO_SETTLE = "a-trancher"
    SURE = "surs"
    SETTLED = "tranches"
    UNKNOWN = "inconnus"


_BY_CERTAINTY = {
    Certainty.SURE: NameState.SURE,
    Certainty.TO_CONFIRM: NameState.TO_SETTLE,
    Certainty.UNKNOWN: NameState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class WrittenName:
    """A distinct supplier as written in a sheet. `rank`: from 1, in the order of the sheet; `lines`: number of its lines; `amounts`: known euros; `unknown`:
    number of unknown amounts. If `written` has no key, it names nobody and cannot be settled."""

    rank: int
    written: WrittenSupplier
    recognition: Recognition
    state: NameState
    lines: int
    amounts: Mapping[Tax, float]
    unknown: int


def replay_settled(lines: Iterable[ReconciledLine], recogniser: Recogniser) -> Iterator[ReconciledLine]:
    """Yield lines with the users' decisions made since the reconciliation."""
    for line in lines:
        settled = None if line.entry.total else recogniser.settled_answer(written_of(line.entry))
        yield line if settled is None else replace(line, recognition=settled)


def list_names(lines: Iterable[ReconciledLine], recogniser: Recogniser) -> tuple[WrittenName, ...]:
    """Group reconciled lines by written supplier, in the order of the sheet, with the users' decisions."""
    grouped: dict[str, list[ReconciledLine]] = {}
    for at, line in enumerate(replay_settled(lines, recogniser)):
        if not line.entry.total:
            grouped.setdefault(written_of(line.entry).key or f"?{at}", []).append(line)
    return tuple(_name(rank, its, recogniser) for rank, its in enumerate(grouped.values(), start=1))


def next_to_settle(names: Sequence[WrittenName], after: int = 0) -> int:
    """Return the rank of the next name to settle after `after`, wrapping around; 0 if none is left."""
    waiting = [its.rank for its in names if its.state is NameState.TO_SETTLE]
    return next((rank for rank in waiting if rank > after), waiting[0] if waiting else 0)


def amounts_by_state(names: Iterable[WrittenName]) -> dict[NameState, dict[Tax, float]]:
    """Return the known euros of the names by state; a name settled as « not in the catalogue » counts as unknown."""
    summed = {state: dict.fromkeys(Tax, 0.0) for state in NameState}
    for name in names:
        nobody = name.state is NameState.SETTLED and name.recognition.sure is None
        for tax, amount in name.amounts.items():
            summed[NameState.UNKNOWN if nobody else name.state][tax] += amount
    return summed


def _name(rank: int, lines: Sequence[ReconciledLine], recogniser: Recogniser) -> WrittenName:
    first = lines[0]
    written = written_of(first.entry)
    amounts = [amount_of(line.entry.fields.get("montant"), []) for line in lines]
    known = [(amount, tax) for amount, tax in amounts if amount is not None]
    settled = recogniser.settled_answer(written) is not None
    return WrittenName(
        rank=rank,
        written=written,
        recognition=first.recognition,
        state=NameState.SETTLED if settled else _BY_CERTAINTY[first.recognition.certainty],
        lines=len(lines),
        amounts={
            tax: fsum(amount for amount, own in known if own is tax) for tax in Tax if tax in {t for _, t in known}
        },
        unknown=len(amounts) - len(known),
    )
