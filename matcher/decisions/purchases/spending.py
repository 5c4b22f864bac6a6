"""Analyses a buyer's past spending: recognises the supplier of each line, computes the share spent with inclusive suppliers, and finds similar inclusive
suppliers near the other purchases.

A supplier counts as inclusive only if the catalogue surely recognises it (`matcher.catalogue.identity.recogniser`); possible matches count separately; an
absent one may still be inclusive.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from math import fsum
from typing import Self

import numpy as np

from matcher.catalogue.identity.recogniser import Certainty, Recogniser
from matcher.cleaning.amounts import clean_amount, read_amount
from matcher.cleaning.dates import clean_date
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import NUMBER_UNREADABLE
from matcher.cleaning.siret import SIRET_BAD_KEY, VAT_BAD_KEY, clean_siret_or_siren
from matcher.decisions.purchases.line import NOTHING_TOLD, LineFacts, taxed_of, written_of
from matcher.decisions.purchases.programme import FIRST, First
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodCell
from matcher.decisions.purchases.sheet_answers import NO_ANSWERS, SheetAnswers
from matcher.domain.french import count, unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.domain.reading import Lot
from matcher.jobs.resume import LineAnswers
from matcher.need.answer import lay_on_shelf
from matcher.need.fields import need_from
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from matcher.reference.name_words import names_nobody
from matcher.reference.trades.naf import clean_naf, naf_label

# Version of stored answers: incremented, they are computed again.
FORM = 3
_NEGATIVE = ("-", "−", "(")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
KIND_UNKNOWN = "type non connu"
YEAR_UNKNOWN, SERVICE_UNKNOWN = "année non connue", "service non connu"
NO_SUPPLIER = "Qui est ce fournisseur ? Ni SIRET ni nom ne sont donnés."
_NOBODY = "ne dit pas de quel fournisseur il s’agit : donnez son SIRET."


class KnownSupplier(StrEnum):
    """Result of looking up a supplier of the sheet in the catalogue."""

    INCLUSIVE = "inclusif"
    TO_CONFIRM = "à confirmer"
    ABSENT = "absent du catalogue"
    UNREAD = "fournisseur illisible"


_BAD_KEYS = {SIRET_BAD_KEY: "SIRET", VAT_BAD_KEY: "numéro de TVA"}
_STANDING = {
    Certainty.SURE: KnownSupplier.INCLUSIVE,
    Certainty.TO_CONFIRM: KnownSupplier.TO_CONFIRM,
    Certainty.UNKNOWN: KnownSupplier.ABSENT,
}


class Tax(StrEnum):
    """Return whether an amount includes VAT; amounts of different kinds are never added up."""

    BEFORE = "HT"
    INCLUDED = "TTC"
    UNSAID = "HT ou TTC"


@dataclass(frozen=True, slots=True)
class SpendingLine:
    """A spending line. `key`: identifies its supplier (catalogue id if sure, else SIRET, SIREN, or name), empty if unreadable; `amount`: euros, None if
    unknown, negative for a credit; `id`: the certain or likeliest supplier of the catalogue; `doubts`: in French."""

    entry: PurchaseSheetLine
    key: str
    amount: float | None
    tax: Tax
    standing: KnownSupplier
    id: str = ""
    kinds: tuple[SupplierKind, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        """Year of its column or date, else « année non connue »."""
        return year_of(self.entry)

    @property
    def service(self) -> str:
        """Buying department, else « service non connu »."""
        return self.entry.text("acheteur") or SERVICE_UNKNOWN


def year_of(entry: PurchaseSheetLine) -> str:
    """Return the year of a line from its column (« Exercice 2026 » is 2026, « 2025-2026 » stays as written), else its date, else « année non connue »."""
    written = entry.text("annee")
    if len(set(years := _YEAR.findall(written))) == 1:
        return str(years[0])
    day = clean_date(entry.text("date")).value
    return str(day.year) if day else written or YEAR_UNKNOWN


@dataclass(frozen=True, slots=True)
class Similar:
    """Inclusive suppliers known for what a line bought, near its place: their number, and the best ones."""

    credible: int
    first: tuple[First, ...]


@dataclass(frozen=True, slots=True)
class SpendingPart:
    """Sums over some lines: numbers of suppliers and lines, known amounts by kind of VAT, number of unknown amounts."""

    label: str
    suppliers: int
    lines: int
    amounts: Mapping[Tax, float]
    unknown: int


@dataclass(frozen=True, slots=True)
class InclusiveShares:
    """Inclusive share of the amounts of one kind of VAT, in [0, 1]: `sure`; `to_settle`, with suppliers to be confirmed; `at_most`, with unreadable suppliers
    too."""

    tax: Tax
    sure: float
    to_settle: float
    at_most: float


@dataclass(frozen=True)
class Spending:
    """All spending lines in file order, and similar suppliers by line index; a line without place or need has none."""

    lines: tuple[SpendingLine, ...]
    similar: Mapping[int, Similar]

    @cached_property
    def whole(self) -> SpendingPart:
        """Sums over all lines."""
        return _part("Ensemble", self.lines)

    @cached_property
    def by_standing(self) -> tuple[SpendingPart, ...]:
        """Sums by standing of the supplier in the catalogue; a partition of all lines."""
        return tuple(
            _part(str(each), [expense for expense in self.lines if expense.standing is each]) for each in KnownSupplier
        )

    @property
    def inclusive(self) -> SpendingPart:
        """Sums over the lines of inclusive suppliers."""
        return self.by_standing[0]

    @cached_property
    def by_kind(self) -> tuple[SpendingPart, ...]:
        """Sums of the inclusive lines by kinds of supplier; several kinds of one supplier are one group, so that it is a partition."""
        return self.by(lambda its: ", ".join(its.kinds) or KIND_UNKNOWN)

    @cached_property
    def by_family(self) -> tuple[SpendingPart, ...]:
        """Sums of the inclusive lines by families of supplier."""
        return self.by(lambda its: ", ".join(sorted({kind.family for kind in its.kinds})) or KIND_UNKNOWN)

    @cached_property
    def by_year(self) -> tuple[tuple[str, Self], ...]:
        """The spending of each year, in order; empty if no column has it."""
        return self._split(lambda its: its.year, "annee", "date")

    @cached_property
    def by_service(self) -> tuple[tuple[str, Self], ...]:
        """The spending of each service (buying department), in order; empty if no column has it."""
        return self._split(lambda its: its.service, "acheteur")

    @property
    def taxes(self) -> tuple[Tax, ...]:
        """The kinds of VAT among its amounts."""
        taxes = {expense.tax for expense in self.lines if expense.amount is not None}
        return tuple(tax for tax in Tax if tax in taxes) or (Tax.BEFORE,)

    @cached_property
    def shares(self) -> tuple[InclusiveShares, ...]:
        """The inclusive shares by kind of VAT; none if the total is not positive, or credits make a share negative or over 1."""
        shares = []
        for tax in self.taxes:
            inclusive, confirm, _, unread = (part.amounts[tax] for part in self.by_standing)
            whole, steps = self.whole.amounts[tax], (inclusive, inclusive + confirm, inclusive + confirm + unread)
            if whole > 0 and min(steps) >= 0 and max(steps) <= whole:
                shares.append(InclusiveShares(tax, *(step / whole for step in steps)))
        return tuple(shares)

    @property
    def share_of_suppliers(self) -> float | None:
        """The inclusive share of the suppliers, in [0, 1]; None if none is readable."""
        return self.inclusive.suppliers / self.whole.suppliers if self.whole.suppliers else None

    @property
    def alternatives(self) -> list[tuple[SpendingLine, Similar]]:
        """The lines with a similar inclusive supplier nearby, the largest amounts first."""
        pairs = [(self.lines[index], similar) for index, similar in sorted(self.similar.items()) if similar.credible]
        return sorted(pairs, key=lambda both: -(both[0].amount or 0))

    @property
    def _inclusive(self) -> list[SpendingLine]:
        return [expense for expense in self.lines if expense.standing is KnownSupplier.INCLUSIVE]

    def by(self, label: Callable[[SpendingLine], str]) -> tuple[SpendingPart, ...]:
        """Return the sums of the inclusive lines grouped by `label`, the largest first."""
        parts = [_part(each, its) for each, its in _group_lines(self._inclusive, label).items()]
        return tuple(sorted(parts, key=lambda part: (*(-part.amounts[tax] for tax in Tax), part.label)))

    def _split(self, label_of: Callable[[SpendingLine], str], *fields: str) -> tuple[tuple[str, Self], ...]:
        if not any(expense.entry.text(field) for expense in self.lines for field in fields):
            return ()
        return tuple(
            (each, type(self)(tuple(its), {})) for each, its in sorted(_group_lines(self.lines, label_of).items())
        )


def read_spending(
    entries: Iterable[PurchaseSheetLine], shelf: Shelf, recogniser: Recogniser, answers: SheetAnswers = NO_ANSWERS
) -> tuple[SpendingLine, ...]:
    """Convert lines to spending, in order and without totals, with the users' answers on VAT."""
    of_lines = answers.facts_by_line()
    return tuple(
        _expense_of(entry, shelf, recogniser, of_lines.get(entry.key, NOTHING_TOLD))
        for entry in entries
        if not entry.total
    )


def _expense_of(entry: PurchaseSheetLine, shelf: Shelf, recogniser: Recogniser, line_facts: LineFacts) -> SpendingLine:
    doubts: list[str] = []
    amount, tax = amount_of(entry.fields.get("montant"), doubts, line_facts)
    number, name = _number_of(entry.text("siret"), doubts), entry.text("fournisseur")
    recognition = recogniser.recognise(written_of(entry))
    standing = _STANDING[recognition.certainty]
    if standing is KnownSupplier.TO_CONFIRM:
        first, *others = recognition.options
        more = f" (ou {count(len(others), 'autre')})" if others else ""
        doubts.append(f"Est-ce {first.supplier.full_name}{more} ? {first.evidence}")
    nobody = not number and (not name or (standing is KnownSupplier.ABSENT and names_nobody(name)))
    if nobody:
        doubts.append(f"« {name} » {_NOBODY}" if name else NO_SUPPLIER)
    likeliest = recognition.options[0].supplier.id if recognition.options else ""
    row = shelf.find(likeliest)
    return SpendingLine(
        entry=entry,
        key="" if nobody else likeliest if recognition.sure else number or name_key(name),
        amount=amount,
        tax=tax,
        standing=KnownSupplier.UNREAD if nobody else standing,
        id=likeliest,
        kinds=shelf.suppliers[row].kinds if row is not None else (),
        doubts=tuple(doubts),
    )


def _number_of(written: str, doubts: list[str]) -> str:
    """Return the SIRET or SIREN of a cell, else ""; a doubt is added to `doubts` where the cell gives none."""
    cleaned = clean_siret_or_siren(written)
    if kind := _BAD_KEYS.get(cleaned.flag):
        doubts.append(f"« {written} » est un {kind} faux : sa clé ne tombe pas juste.")
    number = cleaned.value or ""
    if written and not number:
        doubts.append(f"« {written} » n’est ni un SIRET ni un SIREN.")
    return number


def amount_of(
    cell: UnderstoodCell | None, doubts: list[str], line_facts: LineFacts = NOTHING_TOLD
) -> tuple[float | None, Tax]:
    """Parse the euros of a cell (« 180 k€ HT », « 1 200,50 », negative for a credit) and its kind of VAT; None if empty or unreadable, the latter added to
    `doubts`."""
    if cell is None:
        return None, Tax.UNSAID
    negative = cell.text.lstrip().startswith(_NEGATIVE)
    written = cell.text.strip().lstrip(" -−(").removesuffix(")") if negative else cell.text
    value, flag = clean_amount(written, unit=cell.how.times)
    amount = read_amount(written, unit=cell.how.times).value
    taxed = None if amount is None else taxed_of(amount, cell.how, line_facts)
    tax = Tax.UNSAID if taxed is None else Tax.INCLUDED if taxed else Tax.BEFORE
    if value is None:
        if flag:
            reason = f" ({flag})" if flag != NUMBER_UNREADABLE else ""
            doubts.append(
                f"Le montant doit être un nombre, par exemple 180 000{reason} : « {cell.text} » n’est pas utilisé."
            )
        return None, tax
    return -value if negative else value, tax


def take_snapshot(
    shelf: Shelf,
    lines: Sequence[SpendingLine],
    place: str,
    today: date,
    answers: LineAnswers,
    progress: Callable[[int, int], None],
) -> Spending:
    """Analyse lines of spending: find similar suppliers for each near its own place, else near `place`; stored `answers` by line index are reused and extended."""
    similar: dict[int, Similar] = {}
    similar_by_lot: dict[Lot, Similar | None] = {}
    for index, expense in enumerate(lines):
        lot = need_of_line(expense, place)
        if lot is not None:
            if (name := str(index)) in answers.held:
                stored = answers.held[name]["similar"]
                alternative = stored and Similar(
                    stored["credible"], tuple(First(key, km) for key, km in stored["first"])
                )
            else:
                alternative = similar_by_lot[lot] if lot in similar_by_lot else _similar(shelf, lot, today)
                first = [[one.id, one.km] for one in alternative.first] if alternative else []
                answers.keep(name, {"similar": alternative and {"credible": alternative.credible, "first": first}})
            similar_by_lot[lot] = alternative
            if alternative is not None:
                similar[index] = alternative
        progress(index + 1, len(lines))
    return Spending(tuple(lines), similar)


def spending_headline(spending: Spending) -> tuple[str, str]:
    """Return two French sentences: inclusive shares; numbers of suppliers, and of what is not counted."""
    whole, inclusive, confirm, absent, unread = spending.whole, *spending.by_standing
    first = " ".join(_share_words(spending, shares) for shares in spending.shares)
    suppliers = f"{count(inclusive.suppliers, 'fournisseur inclusif', 'fournisseurs inclusifs')} sur {count(whole.suppliers, 'fournisseur')}"
    other_counts = [f"{count(confirm.suppliers, 'autre')} à confirmer"] if confirm.lines else []
    other_counts += [f"{count(absent.suppliers, 'absent', 'absents')} du catalogue"] if absent.lines else []
    other_counts += [f"{count(unread.lines, 'ligne')} sans fournisseur lisible"] if unread.lines else []
    other_counts += [f"{count(whole.unknown, 'montant non connu', 'montants non connus')}"] if whole.unknown else []
    return first or "Part inclusive : non connue, faute de montants.", f"{' ; '.join([suppliers, *other_counts])}."


def _share_words(spending: Spending, shares: InclusiveShares) -> str:
    amount, whole = (unit(part.amounts[shares.tax], "€") for part in (spending.inclusive, spending.whole))
    sentence = (
        f"{unit(100 * shares.sure, '%', 1)} des dépenses connues sont inclusives : {amount} sur {whole} {shares.tax}"
    )
    if shares.to_settle > shares.sure:
        sentence += f" ; {unit(100 * shares.to_settle, '%', 1)} avec ce qui est à confirmer"
    if shares.at_most > shares.to_settle:
        sentence += f" ; au plus {unit(100 * shares.at_most, '%', 1)}, fournisseurs illisibles compris"
    return f"{sentence}."


def need_of_line(expense: SpendingLine, place: str) -> Lot | None:
    """Return the need and place of a line whose supplier is absent from the catalogue; None for other lines, or if need or place is unknown."""
    where = expense.entry.place or place
    objet = expense.entry.text("objet") or naf_label(clean_naf(expense.entry.text("naf")).value or "")
    cpv = expense.entry.text("cpv")
    if expense.standing is not KnownSupplier.ABSENT or not where or not (objet or cpv):
        return None
    return need_from({"objet": objet, "cpv": cpv, "lieu": where}).lot


def _similar(shelf: Shelf, lot: Lot, today: date) -> Similar | None:
    reading = read(lot)
    ask = lay_on_shelf(reading, shelf, today)
    if not ask.is_understood or not reading.places:
        return None
    rows = lay_out_bands(rank(ask), ~np.isnan(ask.distance_km)).of(Band.CONNU).tolist()
    return Similar(len(rows), tuple(First(shelf.suppliers[row].id, ask.km(row)) for row in rows[:FIRST]))


def _group_lines(
    lines: Iterable[SpendingLine], label_of: Callable[[SpendingLine], str]
) -> dict[str, list[SpendingLine]]:
    grouped: dict[str, list[SpendingLine]] = {}
    for expense in lines:
        grouped.setdefault(label_of(expense), []).append(expense)
    return grouped


def _part(label: str, lines: Sequence[SpendingLine]) -> SpendingPart:
    known = [(expense.tax, expense.amount) for expense in lines if expense.amount is not None]
    amounts = {tax: round(fsum(amount for own, amount in known if own is tax), 2) for tax in Tax}
    suppliers = len({expense.key for expense in lines if expense.key})
    return SpendingPart(label, suppliers, len(lines), amounts, len(lines) - len(known))
