"""Past spending: the suppliers that the catalogue knows as inclusive, and similar ones near. A snapshot; nothing is inferred.

A supplier is inclusive where its SIRET is in the catalogue. Its organisation known by another establishment, or its name alone, is to
be confirmed and counts apart; any other is absent from the catalogue, which is not to say that it is not inclusive.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from math import fsum
from typing import Any

import numpy as np

from matcher.cleaning.amounts import AMOUNT_TAXED, clean_amount
from matcher.cleaning.naf import clean_naf
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import NUMBER_UNREADABLE
from matcher.cleaning.siret import clean_siren, clean_siret
from matcher.decisions.purchases.programme import FIRST, First
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodCell
from matcher.domain.french import count, unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot
from matcher.domain.match import Band
from matcher.jobs.resume import KeptAnswers
from matcher.need.answer import laid
from matcher.need.fields import need_from
from matcher.ranking.bands import banded
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from matcher.reference.trades.naf import naf_label

MOST_LINES = 20_000
NEEDED, WANTED = ("siret", "fournisseur"), "de SIRET ni de nom de fournisseur"
# What the answers are made like: another number, and those kept from before are not taken up.
FORM = 2
_NEGATIVE = ("-", "−", "(")
KIND_UNKNOWN = "type non connu"
NO_SUPPLIER = "Qui est ce fournisseur ? Ni SIRET ni nom ne sont donnés."


class KnownSupplier(StrEnum):
    """Match of a supplier of the sheet with the catalogue."""

    INCLUSIVE = "inclusif"
    TO_CONFIRM = "à confirmer"
    ABSENT = "absent du catalogue"
    UNREAD = "fournisseur illisible"


@dataclass(frozen=True, slots=True)
class Spent:
    """A line. `key` names its supplier (SIRET, SIREN, else its name), empty where it has none; `amount` in euros, None where unknown, below
    zero for a credit; `id` is the supplier of the catalogue that it is, or may be; `doubts` are French."""

    entry: PurchaseSheetLine
    key: str
    amount: float | None
    standing: KnownSupplier
    id: str = ""
    kinds: tuple[SupplierKind, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Similar:
    """The inclusive suppliers credible for what a line bought, near where it was: how many, and the first."""

    credible: int
    first: tuple[First, ...]


@dataclass(frozen=True, slots=True)
class SpendingPart:
    """Some of the lines: their suppliers, their known amounts added up, and how many have none."""

    label: str
    suppliers: int
    lines: int
    amount: float
    unknown: int


@dataclass(frozen=True)
class Spending:
    """Every line in the order of the file, and by rank of line what is similar near it; a line without a place or a need has none."""

    lines: tuple[Spent, ...]
    similar: Mapping[int, Similar]

    @cached_property
    def whole(self) -> SpendingPart:
        """All the lines."""
        return _part("Ensemble", self.lines)

    @cached_property
    def by_standing(self) -> tuple[SpendingPart, ...]:
        """The lines by what the catalogue knows of their supplier; they add up to all."""
        return tuple(_part(str(each), [its for its in self.lines if its.standing is each]) for each in KnownSupplier)

    @cached_property
    def by_kind(self) -> tuple[SpendingPart, ...]:
        """The inclusive lines by the kinds of their supplier, all that it holds together, so that they add up."""
        return _by(self._inclusive, lambda its: ", ".join(its.kinds) or KIND_UNKNOWN)

    @cached_property
    def by_family(self) -> tuple[SpendingPart, ...]:
        """The inclusive lines by the families of their supplier."""
        return _by(self._inclusive, lambda its: ", ".join(sorted({kind.family for kind in its.kinds})) or KIND_UNKNOWN)

    @property
    def share_of_amount(self) -> float | None:
        """The inclusive part of the known amounts, in [0, 1]; None where they add up to nothing."""
        inclusive = self.by_standing[0].amount
        return inclusive / self.whole.amount if self.whole.amount > 0 <= inclusive <= self.whole.amount else None

    @property
    def share_of_suppliers(self) -> float | None:
        """The inclusive part of the suppliers, in [0, 1]; None where none can be read."""
        return self.by_standing[0].suppliers / self.whole.suppliers if self.whole.suppliers else None

    @property
    def alternatives(self) -> list[tuple[Spent, Similar]]:
        """The lines that have a similar inclusive supplier near, the dearest first."""
        found = [(self.lines[index], similar) for index, similar in sorted(self.similar.items()) if similar.credible]
        return sorted(found, key=lambda both: -(both[0].amount or 0))

    @property
    def _inclusive(self) -> list[Spent]:
        return [its for its in self.lines if its.standing is KnownSupplier.INCLUSIVE]


class SupplierIndex:
    """The suppliers of a shelf, found by SIRET, by SIREN, or by a name that one alone bears."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def by_siren(self, siren: str) -> int | None:
        """Return the first row of an organisation, None where the shelf has none."""
        row = bisect_left(self.shelf.ids, f"siret:{siren}")
        return row if row < len(self.shelf) and self.shelf.ids[row].startswith(f"siret:{siren}") else None

    def by_name(self, name: str) -> int | None:
        """Return the only row of this name, None where none or several have it."""
        return self._names.get(name_key(name))

    @cached_property
    def _names(self) -> Mapping[str, int | None]:
        found: dict[str, int | None] = {}
        for row in range(len(self.shelf)):
            key = name_key(self.shelf.suppliers[row].name)
            found[key] = None if key in found else row
        return found


def spent(entries: Iterable[PurchaseSheetLine], shelf: Shelf) -> tuple[Spent, ...]:
    """Return every line that is a spending, in order: a line that adds others up is none."""
    directory = SupplierIndex(shelf)
    return tuple(_spent(entry, directory) for entry in entries if not entry.total)


def _spent(entry: PurchaseSheetLine, directory: SupplierIndex) -> Spent:
    doubts: list[str] = []
    amount = amount_of(entry.fields.get("montant"), doubts)
    written, name = entry.text("siret"), entry.text("fournisseur")
    siret = clean_siret(written).value
    siren = siret[:9] if siret else clean_siren(written).value
    if written and not siren:
        doubts.append(f"« {written} » n’est ni un SIRET ni un SIREN.")
    row = directory.shelf.find(siret) if siret else None
    standing = KnownSupplier.INCLUSIVE if row is not None else KnownSupplier.ABSENT
    if row is None and siren and (row := directory.by_siren(siren)) is not None:
        standing = KnownSupplier.TO_CONFIRM
        doubts.append("Le catalogue connaît un autre établissement de cette organisation : est-ce lui ?")
    if row is None and not siren and name and (row := directory.by_name(name)) is not None:
        standing = KnownSupplier.TO_CONFIRM
        doubts.append("Reconnu à son nom seul : est-ce lui ?")
    if not (siren or name):
        standing = KnownSupplier.UNREAD
        doubts.append(NO_SUPPLIER)
    card = directory.shelf.suppliers[row] if row is not None else None
    return Spent(
        entry=entry,
        key=siret or siren or name_key(name),
        amount=amount,
        standing=standing,
        id=card.id if card else "",
        kinds=card.kinds if card else (),
        doubts=tuple(doubts),
    )


def amount_of(cell: UnderstoodCell | None, doubts: list[str]) -> float | None:
    """Return the euros of a cell, « 180 k€ HT » and « 1 200,50 » included, below zero for a credit; None where there are none or they
    cannot be used: said in the doubts."""
    if cell is None:
        return None
    negative = cell.text.lstrip().startswith(_NEGATIVE)
    written = cell.text.strip().lstrip(" -−(").removesuffix(")") if negative else cell.text
    value, flag = clean_amount(written, unit=cell.how.times)
    if value is None:
        if flag:
            said = f" ({flag})" if flag != NUMBER_UNREADABLE else ""
            doubts.append(
                f"Le montant doit être un nombre, par exemple 180 000{said} : « {cell.text} » n’est pas utilisé."
            )
        return None
    if flag == AMOUNT_TAXED:
        doubts.append(f"Montant « {cell.text} » : taxe comprise, pris comme hors taxe.")
    return -value if negative else value


def photograph(
    shelf: Shelf,
    lines: Sequence[Spent],
    place: str,
    today: date,
    kept: KeptAnswers,
    progress: Callable[[int, int], None],
) -> Spending:
    """Return what was spent, and who similar is near: near the line's own place, else near `place`; with neither, it is not said."""
    similar: dict[int, Similar] = {}
    same: dict[Lot, Similar | None] = {}
    for index, its in enumerate(lines):
        lot = need_of_line(its, place)
        if lot is not None:
            if index in kept.held:
                found = _similar_of(kept.held[index])
            else:
                found = same[lot] if lot in same else _similar(shelf, lot, today)
                kept.keep(index, {"similar": _kept(found)})
            same[lot] = found
            if found is not None:
                similar[index] = found
        progress(index + 1, len(lines))
    return Spending(tuple(lines), similar)


def headline(its: Spending) -> tuple[str, str]:
    """The inclusive share in one sentence, and what it leaves aside in another."""
    whole, inclusive, confirm, absent, unread = its.whole, *its.by_standing
    if its.share_of_amount is None:
        first = "Part inclusive : non connue, faute de montants."
    else:
        first = (
            f"{unit(100 * its.share_of_amount, '%', 1)} des dépenses connues sont inclusives : "
            f"{unit(inclusive.amount, '€')} sur {unit(whole.amount, '€')}."
        )
    suppliers = f"{count(inclusive.suppliers, 'fournisseur inclusif', 'fournisseurs inclusifs')} sur {count(whole.suppliers, 'fournisseur')}"
    aside = [f"{count(confirm.suppliers, 'autre')} à confirmer"] if confirm.lines else []
    aside += [f"{count(absent.suppliers, 'absent', 'absents')} du catalogue"] if absent.lines else []
    aside += [f"{count(unread.lines, 'ligne')} sans fournisseur lisible"] if unread.lines else []
    aside += [f"{count(whole.unknown, 'montant non connu', 'montants non connus')}"] if whole.unknown else []
    return first, f"{' ; '.join([suppliers, *aside])}."


def need_of_line(its: Spent, place: str) -> Lot | None:
    """Return what a line that is not inclusive bought, and where; None where one or the other is not told."""
    where = its.entry.place or place
    objet = its.entry.text("objet") or naf_label(clean_naf(its.entry.text("naf")).value or "")
    cpv = its.entry.text("cpv")
    if its.standing is not KnownSupplier.ABSENT or not where or not (objet or cpv):
        return None
    return need_from({"objet": objet, "cpv": cpv, "lieu": where}).lot


def _similar(shelf: Shelf, lot: Lot, today: date) -> Similar | None:
    reading = read(lot)
    ask = laid(reading, shelf, today)
    if not ask.understood or not reading.places:
        return None
    rows = banded(rank(ask), ~np.isnan(ask.distance_km)).of(Band.CONNU).tolist()
    return Similar(len(rows), tuple(First(shelf.suppliers[row].id, ask.km(row)) for row in rows[:FIRST]))


def _kept(its: Similar | None) -> dict[str, Any] | None:
    if its is None:
        return None
    return {"credible": its.credible, "first": [[one.id, one.km] for one in its.first]}


def _similar_of(kept: Mapping[str, Any]) -> Similar | None:
    told = kept["similar"]
    if told is None:
        return None
    return Similar(told["credible"], tuple(First(key, km) for key, km in told["first"]))


def _by(lines: Iterable[Spent], label: Callable[[Spent], str]) -> tuple[SpendingPart, ...]:
    grouped: dict[str, list[Spent]] = {}
    for its in lines:
        grouped.setdefault(label(its), []).append(its)
    parts = [_part(each, its) for each, its in grouped.items()]
    return tuple(sorted(parts, key=lambda part: (-part.amount, part.label)))


def _part(label: str, lines: Sequence[Spent]) -> SpendingPart:
    known = [its.amount for its in lines if its.amount is not None]
    suppliers = len({its.key for its in lines if its.key})
    return SpendingPart(label, suppliers, len(lines), round(fsum(known), 2), len(lines) - len(known))
