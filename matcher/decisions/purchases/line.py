"""Interprets one line of a purchase spreadsheet with users' answers: the need (object, place, dates…), its amount before tax over the whole duration, open
questions, and its supplier as written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from matcher.catalogue.identity.recogniser import WrittenSupplier
from matcher.cleaning.amounts import WrittenAmount, read_amount
from matcher.cleaning.dates import YEAR_UNTOLD, clean_start, year_told
from matcher.cleaning.words import fold
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodColumn
from matcher.domain.french import number
from matcher.domain.need import NO_DEFAULTS, UNCHOSEN, BuyerDefaults, Need, NeedChoices
from matcher.domain.reading import RawPlace
from matcher.need.fields import need_from
from matcher.reading.place.given import is_whole
from matcher.reference import name_words

# Answer to the question of the trade: none that inclusive suppliers do (electricity, insurance…).
NO_TRADE = "aucun"
NO_TRADE_LABEL = "Aucun : hors des métiers du secteur inclusif"
# Normal VAT rate, in per cent; the user may give another.
USUAL_VAT = 20.0


class LineQuestion(StrEnum):
    """Subject of an open question on a line; all but the last can be answered on the page of the sheet."""

    TRADE = "métier"
    PLACE = "lieu"
    AMOUNT = "montant"
    TAX = "taxe"
    PERIOD = "période"
    DURATION = "durée"
    OTHER = "autre"

    @property
    def asks(self) -> str:
        """The question as a short French phrase."""
        return _ASKS[self]


_ASKS = dict(
    zip(
        LineQuestion,
        (
            *("Quel métier ?", "Où ?", "Quel montant ?", "HT ou TTC ?", "Par an ou en tout ?"),
            *("Pendant combien de temps ?", "Autre doute"),
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A user's answers on a line, None or empty if not given: `amount` as typed; `taxed`: includes VAT at `vat` per cent; `yearly`: is per year; `months`:
    duration; `place` as typed; `activity`: code of the taxonomy, or `NO_TRADE`."""

    amount: str = ""
    taxed: bool | None = None
    vat: float | None = None
    yearly: bool | None = None
    months: float | None = None
    place: str = ""
    activity: str = ""

    def then(self, later: "LineFacts") -> "LineFacts":
        """Merge with later answers, which win."""
        later_values = {one.name: getattr(later, one.name) for one in fields(later)}
        mine = {one.name: getattr(self, one.name) for one in fields(self)}
        return LineFacts(**{name: mine[name] if value in (None, "") else value for name, value in later_values.items()})

    def only(self, questions: Collection[LineQuestion]) -> "LineFacts":
        """Return only the answers to some questions."""
        fields_by_question = {
            LineQuestion.TRADE: ("activity",),
            LineQuestion.PLACE: ("place",),
            LineQuestion.AMOUNT: ("amount",),
            LineQuestion.TAX: ("taxed", "vat"),
            LineQuestion.PERIOD: ("yearly",),
            LineQuestion.DURATION: ("months",),
        }
        names = {name for question in questions for name in fields_by_question.get(question, ())}
        return LineFacts(**{one.name: getattr(self, one.name) for one in fields(self) if one.name in names})

    @property
    def settles(self) -> frozenset[LineQuestion]:
        """The questions that these facts answer."""
        values_by_question = {
            LineQuestion.TRADE: self.activity,
            LineQuestion.PLACE: self.place,
            LineQuestion.AMOUNT: self.amount,
            LineQuestion.TAX: self.taxed is not None,
            LineQuestion.PERIOD: self.yearly is not None,
            LineQuestion.DURATION: self.months,
        }
        return frozenset(question for question, value in values_by_question.items() if value)

    def says(self, activity: str) -> str:
        """Return the answers in French; `activity`: label of the activity."""
        parts: Sequence[str] = (
            activity and f"métier « {activity} »",
            self.place and f"lieu « {self.place} »",
            self.amount and f"montant « {self.amount} »",
            "" if self.taxed is None else tax_words(self.vat) if self.taxed else "HT",
            "" if self.yearly is None else "par an" if self.yearly else "en tout",
            "" if self.months is None else f"pendant {number(self.months)} mois",
        )
        return ", ".join(filter(None, parts))


NOTHING_TOLD = LineFacts()


def tax_words(vat: float | None) -> str:
    """Return the VAT rate removed from an amount, in French: « TTC à 20 % »."""
    rate = USUAL_VAT if vat is None else vat
    return f"TTC à {number(rate, 1 if rate % 1 else 0)} %"


_A_YEAR = 12.0


@dataclass(frozen=True, slots=True)
class LineAmount:
    """Amount of a line: `euros` before tax over the whole duration, None if unknown or if only the duration is missing. `asks`: open questions, until which it
    is taken as before tax and for the whole duration; `how`: French derivation, empty if nothing is written."""

    euros: float | None = None
    how: str = ""
    asks: tuple[LineQuestion, ...] = ()

    @property
    def sure(self) -> float | None:
        """The euros, if no open question can change them."""
        return None if self.asks else self.euros

    @property
    def supposed_euros(self) -> float | None:
        """The euros, if an open question can change them."""
        return self.euros if self.asks else None


UNWRITTEN = LineAmount()


def line_amount(text: str, column: UnderstoodColumn, line_facts: LineFacts, months: float | None) -> LineAmount:
    """Parse the amount of a cell for a contract of `months`; `UNWRITTEN` if the text is not a single amount."""
    written = read_amount(line_facts.amount or text, unit=1.0 if line_facts.amount else column.times).value
    if written is None or written.low is None or written.low != written.high:
        return UNWRITTEN
    taxed = taxed_of(written, column, line_facts)
    vat = USUAL_VAT if line_facts.vat is None else line_facts.vat
    before_tax = written.low / (1 + vat / 100) if taxed else written.low
    tax_question = () if taxed is not None else (LineQuestion.TAX,)
    words = LineQuestion.TAX.asks if taxed is None else tax_words(line_facts.vat) if taxed else "HT"
    amount = _total(round(before_tax, 2), _yearly(written, column, line_facts, months), written.months or months)
    return replace(amount, how=f"{words} · {amount.how}" if amount.how else words, asks=(*tax_question, *amount.asks))


def taxed_of(written: WrittenAmount, column: UnderstoodColumn, line_facts: LineFacts) -> bool | None:
    """Return whether an amount includes VAT, from the user's answer, else its cell, else its column; None if undecided."""
    if line_facts.taxed is not None:
        return line_facts.taxed
    for taxed, net in ((written.taxed, written.net), (column.with_tax, column.before_tax)):
        if taxed or net:
            return taxed
    return None


def _yearly(
    written: WrittenAmount, column: UnderstoodColumn, line_facts: LineFacts, months: float | None
) -> bool | None:
    """Return whether an amount is per year, by the user's answer, its cell, its column, else False for a contract of a year at most; None if undecided."""
    if line_facts.yearly is not None:
        return line_facts.yearly
    for yearly, whole in ((written.yearly, written.for_all), (column.yearly, column.for_all)):
        if yearly or whole:
            return yearly
    return False if months is not None and months <= _A_YEAR else None


def _total(euros: float, yearly: bool | None, months: float | None) -> LineAmount:
    if yearly is None:
        return LineAmount(euros, LineQuestion.PERIOD.asks, (LineQuestion.PERIOD,))
    if not yearly:
        return LineAmount(euros, "en tout" if months is None or months > _A_YEAR else "")
    if months is None:
        return LineAmount(None, f"par an · {LineQuestion.DURATION.asks.lower()}", (LineQuestion.DURATION,))
    years = max(months, 1.0) / _A_YEAR
    return LineAmount(round(euros * years, 2), f"par an × {number(years, 2 if years % 1 else 0)}")


MOST_LINES = 2_000
_AMOUNT = "montant"
_NO_COLUMN = UnderstoodColumn(_AMOUNT)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line with its need (None for a line of totals) and its amount. The need uses the supposed amount while questions are open, so that an opinion is
    possible; sums do not."""

    entry: PurchaseSheetLine
    need: Need | None
    worth: LineAmount = UNWRITTEN

    @property
    def amount(self) -> float | None:
        """Euros before tax over the whole duration, None if unknown or if an open question can change them."""
        return self.worth.sure

    @property
    def without_trade(self) -> bool:
        """Return whether a user answered that no trade of inclusive suppliers is asked for."""
        return self.need is not None and self.need.chosen.activities == ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """The open questions on its amount, in French, with the column."""
        cell = self.entry.fields.get(_AMOUNT)
        where = f"Colonne « {cell.column} » : " if cell else ""
        kinds = [question for question in self.worth.asks if question is not LineQuestion.AMOUNT]  # a fault says it
        return tuple(f"{where}{question.asks}{_MEANWHILE[question]}" for question in kinds)

    def likeness(self, question: LineQuestion) -> str:
        """Return the key shared by the lines that one answer to a question can settle together."""
        cell = self.entry.fields.get(_AMOUNT)
        match question:
            case LineQuestion.TRADE:
                return fold(self.entry.text("objet") or self.entry.text("cpv"))
            case LineQuestion.PLACE:
                return "" if is_whole(RawPlace(self.entry.place)) else fold(self.entry.place)
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
    entry: PurchaseSheetLine, line_facts: LineFacts = NOTHING_TOLD, defaults: BuyerDefaults = NO_DEFAULTS
) -> Purchase:
    """Return the need of a line; its faults name the column. Never raises."""
    if entry.total:
        return Purchase(entry, None)
    fields, times = _typed_fields(entry, line_facts, defaults)
    months = need_from({"duree": fields.get("duree")}, times=times).lot.duree
    amount_cell, amount_text = entry.fields.get(_AMOUNT), line_facts.amount or entry.text(_AMOUNT)
    worth = UNWRITTEN
    if amount_text:
        worth = line_amount(amount_text, amount_cell.how if amount_cell else _NO_COLUMN, line_facts, months)
    if worth.euros is not None:
        fields[_AMOUNT], times[_AMOUNT] = worth.euros, 1.0
    elif worth.asks:
        fields[_AMOUNT] = ""
    elif line_facts.amount:
        fields[_AMOUNT], times[_AMOUNT] = line_facts.amount, 1.0
    chosen = UNCHOSEN
    if line_facts.activity:
        chosen = NeedChoices(activities=() if line_facts.activity == NO_TRADE else (line_facts.activity,))
    need = need_from(fields, chosen, times=times)
    if need.lot.montant is None and any(fault.field == _AMOUNT for fault in need.faults):
        worth = LineAmount(None, LineQuestion.AMOUNT.asks, (LineQuestion.AMOUNT,))
    faults = []
    for fault in need.faults:
        cell = entry.fields.get(fault.field)
        faults.append(replace(fault, where=f"Colonne « {cell.column} »") if cell else fault)
    return Purchase(entry, replace(need, faults=tuple(faults), defaults=defaults), worth)


def _typed_fields(
    entry: PurchaseSheetLine, line_facts: LineFacts, defaults: BuyerDefaults
) -> tuple[dict[str, object], dict[str, float]]:
    """Return the fields of a line's need as text, and the units of their columns, where its user's answers replace its cells."""
    fields: dict[str, object] = {field: cell.text for field, cell in entry.fields.items()}
    times = {field: cell.how.times for field, cell in entry.fields.items()}
    fields["lieu"] = line_facts.place or entry.place
    fields["date"] = entry.text("date")
    # A date without year takes that of its column title, else of its sheet.
    day = entry.fields.get("date")
    if day is not None and clean_start(day.text).flag == YEAR_UNTOLD:
        fields["date"] = f"{day.text} {year_told([day.column]) or defaults.year or ''}".strip()
    if line_facts.months is not None:
        fields["duree"], times["duree"] = line_facts.months, 1.0
    return fields, times


def written_of(entry: PurchaseSheetLine) -> WrittenSupplier:
    """Return the supplier as written on a line; its town is that of its own column, else the place of the purchase."""
    supplier_place = entry.text("commune fournisseur"), entry.text("code postal fournisseur")
    city, post_code = supplier_place if any(supplier_place) else (entry.text("lieu"), entry.text("code postal"))
    kind = name_words.parse_name(entry.text("type")).kind
    return WrittenSupplier(entry.text("fournisseur"), entry.text("siret"), post_code, city, (kind,) if kind else ())
