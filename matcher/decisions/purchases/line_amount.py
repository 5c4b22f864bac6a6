"""Amount of a line before tax over its whole duration, from its cell, its column and what persons tell; how it was found, and what it depends on."""

from dataclasses import dataclass, replace

from matcher.cleaning.amounts import WrittenAmount, read_amount
from matcher.decisions.purchases.columns import UnderstoodColumn
from matcher.decisions.purchases.questions import USUAL_VAT, LineQuestion, LineTold, tax_words
from matcher.domain.french import number

_A_YEAR = 12.0


@dataclass(frozen=True, slots=True)
class LineAmount:
    """`euros` None where nothing says them. While it `asks`, they suppose an amount before tax and for the whole duration; where only a
    duration is missing, there are none. `how` says from what they come, in French; empty where nothing is written."""

    euros: float | None = None
    how: str = ""
    asks: tuple[LineQuestion, ...] = ()

    @property
    def sure(self) -> float | None:
        """The euros that no question may change."""
        return None if self.asks else self.euros

    @property
    def supposed(self) -> float | None:
        """The euros that an answer may change."""
        return self.euros if self.asks else None


UNWRITTEN = LineAmount()


def line_amount(text: str, column: UnderstoodColumn, told: LineTold, months: float | None) -> LineAmount:
    """Return the amount of a cell that lasts so many months; none where its text is not one amount, which is asked as a whole."""
    written = read_amount(told.amount or text, unit=1.0 if told.amount else column.times).value
    if written is None or written.low is None or written.low != written.high:
        return UNWRITTEN
    taxed = taxed_of(written, column, told)
    vat = USUAL_VAT if told.vat is None else told.vat
    before_tax = written.low / (1 + vat / 100) if taxed else written.low
    asked = () if taxed is not None else (LineQuestion.TAX,)
    words = LineQuestion.TAX.asks if taxed is None else tax_words(told.vat) if taxed else "HT"
    its = _over(round(before_tax, 2), _yearly(written, column, told, months), written.months or months)
    return replace(its, how=f"{words} · {its.how}" if its.how else words, asks=(*asked, *its.asks))


def taxed_of(written: WrittenAmount, column: UnderstoodColumn, told: LineTold) -> bool | None:
    """Return whether an amount holds its tax: as told, else as its cell says, else its column; None where nothing says it."""
    if told.taxed is not None:
        return told.taxed
    for taxed, net in ((written.taxed, written.net), (column.with_tax, column.before_tax)):
        if taxed or net:
            return taxed
    return None


def _yearly(written: WrittenAmount, column: UnderstoodColumn, told: LineTold, months: float | None) -> bool | None:
    """Whether it is of one year: as told, else as its cell says, else its column; what lasts a year at most is all that it costs."""
    if told.yearly is not None:
        return told.yearly
    for yearly, whole in ((written.yearly, written.for_all), (column.yearly, column.for_all)):
        if yearly or whole:
            return yearly
    return False if months is not None and months <= _A_YEAR else None


def _over(euros: float, yearly: bool | None, months: float | None) -> LineAmount:
    if yearly is None:
        return LineAmount(euros, LineQuestion.PERIOD.asks, (LineQuestion.PERIOD,))
    if not yearly:
        return LineAmount(euros, "en tout" if months is None or months > _A_YEAR else "")
    if months is None:
        return LineAmount(None, f"par an · {LineQuestion.DURATION.asks.lower()}", (LineQuestion.DURATION,))
    years = max(months, 1.0) / _A_YEAR
    return LineAmount(round(euros * years, 2), f"par an × {number(years, 2 if years % 1 else 0)}")
