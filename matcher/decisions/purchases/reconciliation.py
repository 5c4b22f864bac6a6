"""Lines of a sheet, or pasted, and the suppliers of the catalogue that they name; the answers of a person that the sheet gives back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matcher.catalogue.identity.recogniser import NOBODY, Certainty, Recogniser, Recognition, WrittenSupplier
from matcher.cleaning.names import name_key
from matcher.cleaning.postcode import clean_post_code
from matcher.cleaning.siret import clean_siret_or_siren
from matcher.decisions.purchases.sheet import PurchaseSheetLine
from matcher.domain.french import count, number
from matcher.reference.name_words import told

MOST_LINES = 20_000
# What the sheet is kept like: another number, and one kept from before is read again.
FORM = 1
# What is written in the column of the answer for a supplier that the catalogue does not have.
_NOBODY = frozenset({"aucun", "aucune", "non", "personne", "absent"})
_CUT = re.compile(r"[;\t]")
_UNUSABLE = "n’est pas au catalogue. Écrivez le SIRET de l’un de ses fournisseurs, ou « aucun »."
_TWICE = "une autre ligne du même fournisseur répond autrement ; la première réponse est gardée."


@dataclass(frozen=True, slots=True)
class ReconciledLine:
    """A line and who its supplier is. A line that adds others up names nobody."""

    entry: PurchaseSheetLine
    recognition: Recognition


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A supplier as somebody wrote it, and where."""

    where: str
    text: str
    written: WrittenSupplier


def pasted_lines(text: str) -> Iterator[WrittenLine]:
    """Yield suppliers as they are pasted, one a line: a SIRET or a SIREN, a name, a commune with or without its postal code, between
    semicolons or tabs."""
    for at, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in _CUT.split(line) if cell.strip()]
        if cells:
            yield WrittenLine(f"Ligne {at}", " ; ".join(cells), _written(cells))


def _written(cells: Sequence[str]) -> WrittenSupplier:
    numbers = [cell for cell in cells if clean_siret_or_siren(cell).value]
    codes = [cell for cell in cells if cell not in numbers and cell.isdigit() and clean_post_code(cell).value]
    name, city, *_ = (*(cell for cell in cells if cell not in numbers and cell not in codes), "", "")
    return WrittenSupplier(name, next(iter(numbers), ""), next(iter(codes), ""), city)


def written_of(entry: PurchaseSheetLine) -> WrittenSupplier:
    """Return what a line writes of its supplier: in its own town where a column gives it, else where the purchase was."""
    own = entry.text("commune fournisseur"), entry.text("code postal fournisseur")
    city, post_code = own if any(own) else (entry.text("lieu"), entry.text("code postal"))
    kind = told(entry.text("type")).kind
    return WrittenSupplier(entry.text("fournisseur"), entry.text("siret"), post_code, city, (kind,) if kind else ())


def reconciled(entries: Iterable[PurchaseSheetLine], recogniser: Recogniser) -> tuple[ReconciledLine, ...]:
    """Return every line in its order."""
    return tuple(
        ReconciledLine(entry, NOBODY if entry.total else recogniser.recognise(written_of(entry))) for entry in entries
    )


# Said where a sheet gives answers back and nobody signs them.
UNSIGNED = "Le tableau porte des réponses, qui n’ont pas été reprises : dites votre nom en le déposant."


def answers_in(entries: Iterable[PurchaseSheetLine], recogniser: Recogniser) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the answers that a sheet gives back, the id of a supplier (empty for nobody) by key of what was written, and in French
    those that cannot be used."""
    answers: dict[str, str] = {}
    faults: list[str] = []
    for entry in entries:
        cell, key = entry.fields.get("reponse"), written_of(entry).key
        if cell is None or not key:
            continue
        where = f"{entry.where[0].upper()}{entry.where[1:]}, colonne « {cell.column} »"
        found = recogniser.find(cell.text)
        chosen = found.id if found else ""
        if found is None and name_key(cell.text) not in _NOBODY:
            faults.append(f"{where} : « {cell.text} » {_UNUSABLE}")
        elif answers.setdefault(key, chosen) != chosen:
            faults.append(f"{where} : {_TWICE}")
    return answers, tuple(faults)


def headline(lines: Iterable[ReconciledLine]) -> str:
    """The number of lines by certainty, in one sentence."""
    counted = dict.fromkeys(Certainty, 0)
    for line in lines:
        counted[line.recognition.certainty] += 1
    sure, confirm, unknown = counted.values()
    return (
        f"{count(sure, 'ligne reconnue', 'lignes reconnues')}, {number(confirm)} à confirmer, "
        f"{number(unknown)} sans fournisseur du catalogue."
    )
