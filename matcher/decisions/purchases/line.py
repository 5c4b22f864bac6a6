"""A line of a programme as a need: what can be used of its cells and of what persons tell, and in French what cannot."""

from dataclasses import dataclass, replace

from matcher.cleaning.words import fold
from matcher.decisions.purchases.columns import UnderstoodColumn
from matcher.decisions.purchases.line_amount import UNWRITTEN, LineAmount, line_amount
from matcher.decisions.purchases.questions import NOTHING_TOLD, LineQuestion, LineTold
from matcher.decisions.purchases.sheet import PurchaseSheetLine
from matcher.domain.need import NO_DEFAULTS, UNCHOSEN, BuyerDefaults, Chosen, Need, NeedFault
from matcher.need.fields import need_from

MOST_LINES = 2_000
_AMOUNT = "montant"
_NO_COLUMN = UnderstoodColumn(_AMOUNT)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line, the need that it is and what it is worth. A line that adds others up is none: `need` is None. The need supposes what an
    unanswered question leaves open, so that there is an opinion; totals do not."""

    entry: PurchaseSheetLine
    need: Need | None
    worth: LineAmount = UNWRITTEN

    @property
    def amount(self) -> float | None:
        """Euros before tax over the whole duration, None where not known or where a question may change them."""
        return self.worth.sure

    @property
    def doubts(self) -> tuple[str, ...]:
        """What its amount depends on, in French, with the column where it stands."""
        cell = self.entry.fields.get(_AMOUNT)
        where = f"Colonne « {cell.column} » : " if cell else ""
        kinds = [question for question in self.worth.asks if question is not LineQuestion.AMOUNT]  # a fault says it
        return tuple(f"{where}{question.asks}{_MEANWHILE[question]}" for question in kinds)

    def likeness(self, question: LineQuestion) -> str:
        """What lines that one answer may settle have in common."""
        cell = self.entry.fields.get(_AMOUNT)
        match question:
            case LineQuestion.TRADE:
                return fold(self.entry.text("objet") or self.entry.text("cpv"))
            case LineQuestion.PLACE:
                return fold(self.entry.place)
            case LineQuestion.AMOUNT:
                return cell.text if cell else ""
            case LineQuestion.TAX | LineQuestion.PERIOD:
                return cell.column if cell else ""
        return ""


_MEANWHILE = {
    LineQuestion.TAX: " Compté HT en attendant.",
    LineQuestion.PERIOD: " Compté en tout en attendant.",
    LineQuestion.DURATION: " Le montant est par an : donnez la durée.",
}


def purchase(
    entry: PurchaseSheetLine, told: LineTold = NOTHING_TOLD, defaults: BuyerDefaults = NO_DEFAULTS
) -> Purchase:
    """Return the need of a line, each of its faults with the column where it stands. Never raises."""
    if entry.total:
        return Purchase(entry, None)
    fields: dict[str, object] = {field: cell.text for field, cell in entry.fields.items()}
    times = {field: cell.how.times for field, cell in entry.fields.items()}
    fields["lieu"] = told.place or entry.place
    if told.months is not None:
        fields["duree"], times["duree"] = told.months, 1.0
    worth = _worth(entry, told, need_from({"duree": fields.get("duree")}, times=times).lot.duree)
    if worth.euros is not None:
        fields[_AMOUNT], times[_AMOUNT] = worth.euros, 1.0
    elif worth.asks:
        fields[_AMOUNT] = ""
    elif told.amount:
        fields[_AMOUNT], times[_AMOUNT] = told.amount, 1.0
    need = need_from(fields, Chosen(activities=(told.activity,)) if told.activity else UNCHOSEN, times=times)
    if need.lot.montant is None and any(fault.field == _AMOUNT for fault in need.faults):
        worth = LineAmount(None, LineQuestion.AMOUNT.asks, (LineQuestion.AMOUNT,))
    faults = tuple(_located(fault, entry) for fault in need.faults)
    return Purchase(entry, replace(need, faults=faults, defaults=defaults), worth)


def _worth(entry: PurchaseSheetLine, told: LineTold, months: float | None) -> LineAmount:
    cell = entry.fields.get(_AMOUNT)
    text = told.amount or entry.text(_AMOUNT)
    return line_amount(text, cell.how if cell else _NO_COLUMN, told, months) if text else UNWRITTEN


def _located(fault: NeedFault, entry: PurchaseSheetLine) -> NeedFault:
    cell = entry.fields.get(fault.field)
    return replace(fault, where=f"Colonne « {cell.column} »") if cell else fault
