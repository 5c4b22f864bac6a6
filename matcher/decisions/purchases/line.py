"""A line of a programme as a need: what can be used of its cells, and in French what cannot."""

from dataclasses import dataclass, replace

from matcher.decisions.purchases.sheet import PurchaseSheetLine
from matcher.domain.need import Need, NeedFault
from matcher.need.fields import need_from

MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line and the need that it is. A line that adds others up is none: `need` is None."""

    entry: PurchaseSheetLine
    need: Need | None

    @property
    def amount(self) -> float | None:
        """Euros before tax over the whole duration, None where not known."""
        return self.need.lot.montant if self.need else None


def purchase(entry: PurchaseSheetLine) -> Purchase:
    """Return the need of a line, each of its faults with the column where it stands. Never raises."""
    if entry.total:
        return Purchase(entry, None)
    fields = {field: cell.text for field, cell in entry.fields.items()}
    times = {field: cell.how.times for field, cell in entry.fields.items()}
    need = need_from({**fields, "lieu": entry.place}, times=times)
    return Purchase(entry, replace(need, faults=tuple(_located(fault, entry) for fault in need.faults)))


def _located(fault: NeedFault, entry: PurchaseSheetLine) -> NeedFault:
    cell = entry.fields.get(fault.field)
    return replace(fault, where=f"Colonne « {cell.column} »") if cell else fault
