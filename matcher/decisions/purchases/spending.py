"""Past spending: the part of it that went to inclusive suppliers, and similar ones near. A snapshot; nothing is inferred.

A supplier is inclusive where the catalogue surely recognises it (`matcher.catalogue.identity.recogniser`); one that it may be is to be confirmed and counts
apart; any other is absent from the catalogue, which does not make it not inclusive.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from math import fsum
from typing import Any, Self

import numpy as np

from matcher.catalogue.identity.recogniser import Certainty, Recogniser, Recognition
from matcher.cleaning.amounts import clean_amount, read_amount
from matcher.cleaning.dates import clean_date
from matcher.cleaning.naf import clean_naf
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import NUMBER_UNREADABLE
from matcher.cleaning.siret import SIRET_BAD_KEY, VAT_BAD_KEY, clean_siret_or_siren
from matcher.decisions.purchases.line import NOTHING_TOLD, LineTold, taxed_of, written_of
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
from matcher.reference.trades.naf import naf_label

# What the answers are made like: another number, and those kept from before are not taken up.
FORM = 3
_NEGATIVE = ("-", "−", "(")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
KIND_UNKNOWN = "type non connu"
YEAR_UNKNOWN, SERVICE_UNKNOWN = "année non connue", "service non connu"
NO_SUPPLIER = "Qui est ce fournisseur ? Ni SIRET ni nom ne sont donnés."
_NOBODY = "ne dit pas de quel fournisseur il s’agit : donnez son SIRET."


class KnownSupplier(StrEnum):
    """Match of a supplier of the sheet with the catalogue."""

    INCLUSIVE = "inclusif"
    TO_CONFIRM = "à confirmer"
    ABSENT = "absent du catalogue"
    UNREAD = "fournisseur illisible"


_STANDING = {
    Certainty.SURE: KnownSupplier.INCLUSIVE,
    Certainty.TO_CONFIRM: KnownSupplier.TO_CONFIRM,
    Certainty.UNKNOWN: KnownSupplier.ABSENT,
}


class Tax(StrEnum):
    """Count of the tax in an amount: two that differ are never added up, and an amount that gives none is with neither."""

    BEFORE = "HT"
    INCLUDED = "TTC"
    UNSAID = "HT ou TTC"


@dataclass(frozen=True, slots=True)
class Spent:
    """A line. `key` names its supplier (its id where it is sure, else SIRET, SIREN, else its name), empty where it has none; `amount` in
    euros, None where unknown, below zero for a credit; `id` is the supplier of the catalogue that it is, or may be; `doubts` are French."""

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
        """The year that a column gives, or that of its date, else « année non connue »."""
        return year_of(self.entry)

    @property
    def service(self) -> str:
        """Return who bought, by its column, else « service non connu »."""
        return self.entry.text("acheteur") or SERVICE_UNKNOWN


def year_of(entry: PurchaseSheetLine) -> str:
    """Return the year that a column gives (« Exercice 2026 » is 2026, « 2025-2026 » as written), or that of a line's date, else « année non connue »."""
    written = entry.text("annee")
    if len(set(years := _YEAR.findall(written))) == 1:
        return str(years[0])
    day = clean_date(entry.text("date")).value
    return str(day.year) if day else written or YEAR_UNKNOWN


@dataclass(frozen=True, slots=True)
class Similar:
    """The inclusive suppliers credible for what a line bought, near where it was: how many, and the first."""

    credible: int
    first: tuple[First, ...]


@dataclass(frozen=True, slots=True)
class SpendingPart:
    """Some of the lines: their suppliers, their known amounts added up before tax and with it, and how many have none."""

    label: str
    suppliers: int
    lines: int
    amounts: Mapping[Tax, float]
    unknown: int


@dataclass(frozen=True, slots=True)
class InclusiveShares:
    """The inclusive part of the amounts that count the tax alike, in [0, 1]: what is sure; with what is to be confirmed; at most, the lines of
    unreadable suppliers included. What the catalogue does not have is in none."""

    tax: Tax
    sure: float
    to_settle: float
    at_most: float


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
        """The lines by the standing of their supplier in the catalogue; they add up to all."""
        return tuple(_part(str(each), [its for its in self.lines if its.standing is each]) for each in KnownSupplier)

    @cached_property
    def by_kind(self) -> tuple[SpendingPart, ...]:
        """The inclusive lines by the kinds of their supplier, all that it holds together, so that they add up."""
        return self.by(lambda its: ", ".join(its.kinds) or KIND_UNKNOWN)

    @cached_property
    def by_family(self) -> tuple[SpendingPart, ...]:
        """The inclusive lines by the families of their supplier."""
        return self.by(lambda its: ", ".join(sorted({kind.family for kind in its.kinds})) or KIND_UNKNOWN)

    @cached_property
    def by_year(self) -> tuple[tuple[str, Self], ...]:
        """The lines of each year, in order; none where no column has it."""
        return self._split(lambda its: its.year, "annee", "date")

    @cached_property
    def by_service(self) -> tuple[tuple[str, Self], ...]:
        """The lines of each service, in order; none where no column has it."""
        return self._split(lambda its: its.service, "acheteur")

    @property
    def taxes(self) -> tuple[Tax, ...]:
        """The ways in which its amounts count the tax."""
        taxes = {its.tax for its in self.lines if its.amount is not None}
        return tuple(tax for tax in Tax if tax in taxes) or (Tax.BEFORE,)

    @cached_property
    def shares(self) -> tuple[InclusiveShares, ...]:
        """The inclusive shares, for each way to count the tax; none where the amounts add up to nothing, or credits outweigh."""
        shares = []
        for tax in self.taxes:
            inclusive, confirm, _, unread = (part.amounts[tax] for part in self.by_standing)
            whole, steps = self.whole.amounts[tax], (inclusive, inclusive + confirm, inclusive + confirm + unread)
            if whole > 0 and min(steps) >= 0 and max(steps) <= whole:
                shares.append(InclusiveShares(tax, *(step / whole for step in steps)))
        return tuple(shares)

    @property
    def share_of_suppliers(self) -> float | None:
        """The inclusive part of the suppliers, in [0, 1]; None where none can be read."""
        return self.by_standing[0].suppliers / self.whole.suppliers if self.whole.suppliers else None

    @property
    def alternatives(self) -> list[tuple[Spent, Similar]]:
        """The lines that have a similar inclusive supplier near, the dearest first."""
        pairs = [(self.lines[index], similar) for index, similar in sorted(self.similar.items()) if similar.credible]
        return sorted(pairs, key=lambda both: -(both[0].amount or 0))

    @property
    def _inclusive(self) -> list[Spent]:
        return [its for its in self.lines if its.standing is KnownSupplier.INCLUSIVE]

    def by(self, label: Callable[[Spent], str]) -> tuple[SpendingPart, ...]:
        """Return the inclusive lines by the `label` of each, the dearest first."""
        parts = [_part(each, its) for each, its in _grouped(self._inclusive, label).items()]
        return tuple(sorted(parts, key=lambda part: (*(-part.amounts[tax] for tax in Tax), part.label)))

    def _split(self, label: Callable[[Spent], str], *fields: str) -> tuple[tuple[str, Self], ...]:
        if not any(its.entry.text(field) for its in self.lines for field in fields):
            return ()
        return tuple((each, type(self)(tuple(its), {})) for each, its in sorted(_grouped(self.lines, label).items()))


def read_spending(
    entries: Iterable[PurchaseSheetLine], shelf: Shelf, recogniser: Recogniser, answers: SheetAnswers = NO_ANSWERS
) -> tuple[Spent, ...]:
    """Return every line that is a spending, in order, with the answers of persons on its tax: a line that adds others up is none."""
    of_lines = answers.facts_by_line()
    return tuple(
        _spent(entry, shelf, recogniser, of_lines.get(entry.key, NOTHING_TOLD)) for entry in entries if not entry.total
    )


def _spent(entry: PurchaseSheetLine, shelf: Shelf, recogniser: Recogniser, line_facts: LineTold) -> Spent:
    doubts: list[str] = []
    amount, tax = amount_of(entry.fields.get("montant"), doubts, line_facts)
    written, name = entry.text("siret"), entry.text("fournisseur")
    cleaned = clean_siret_or_siren(written)
    if cleaned.flag in (SIRET_BAD_KEY, VAT_BAD_KEY):
        kind = "SIRET" if cleaned.flag == SIRET_BAD_KEY else "numéro de TVA"
        doubts.append(f"« {written} » est un {kind} faux : sa clé ne tombe pas juste.")
    number = cleaned.value or ""
    if written and not number:
        doubts.append(f"« {written} » n’est ni un SIRET ni un SIREN.")
    recognition = recogniser.recognise(written_of(entry))
    standing = _STANDING[recognition.certainty]
    if standing is KnownSupplier.TO_CONFIRM:
        doubts.append(_perhaps(recognition))
    nobody = _names_nobody(standing, number, name)
    if nobody:
        doubts.append(f"« {name} » {_NOBODY}" if name else NO_SUPPLIER)
    likeliest = recognition.options[0].supplier.id if recognition.options else ""
    row = shelf.find(likeliest)
    return Spent(
        entry=entry,
        key="" if nobody else likeliest if recognition.sure else number or name_key(name),
        amount=amount,
        tax=tax,
        standing=KnownSupplier.UNREAD if nobody else standing,
        id=likeliest,
        kinds=shelf.suppliers[row].kinds if row is not None else (),
        doubts=tuple(doubts),
    )


def _names_nobody(standing: KnownSupplier, number: str, name: str) -> bool:
    """Return whether neither the number nor the name of a line is of a supplier in particular."""
    return not number and (not name or (standing is KnownSupplier.ABSENT and names_nobody(name)))


def _perhaps(recognition: Recognition) -> str:
    """The likeliest supplier that it may be, as a question."""
    first, *others = recognition.options
    more = f" (ou {count(len(others), 'autre')})" if others else ""
    return f"Est-ce {first.supplier.full_name}{more} ? {first.evidence}"


def amount_of(
    cell: UnderstoodCell | None, doubts: list[str], line_facts: LineTold = NOTHING_TOLD
) -> tuple[float | None, Tax]:
    """Return the euros of a cell, « 180 k€ HT » and « 1 200,50 » included, below zero for a credit, and how they count the tax; None where there are none or
    they cannot be used, which is added to the doubts."""
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


def photograph(
    shelf: Shelf,
    lines: Sequence[Spent],
    place: str,
    today: date,
    answers: LineAnswers,
    progress: Callable[[int, int], None],
) -> Spending:
    """Return what was spent, and who similar is near: near the line's own place, else near `place`; with neither, nobody."""
    similar: dict[int, Similar] = {}
    same: dict[Lot, Similar | None] = {}
    for index, expense in enumerate(lines):
        lot = need_of_line(expense, place)
        if lot is not None:
            if (name := str(index)) in answers.held:
                alternative = _similar_of(answers.held[name])
            else:
                alternative = same[lot] if lot in same else _similar(shelf, lot, today)
                answers.keep(name, {"similar": _kept(alternative)})
            same[lot] = alternative
            if alternative is not None:
                similar[index] = alternative
        progress(index + 1, len(lines))
    return Spending(tuple(lines), similar)


def spending_headline(spending: Spending) -> tuple[str, str]:
    """The inclusive shares in one sentence, and what they leave aside in another."""
    whole, inclusive, confirm, absent, unread = spending.whole, *spending.by_standing
    first = " ".join(_share_words(spending, shares) for shares in spending.shares)
    suppliers = f"{count(inclusive.suppliers, 'fournisseur inclusif', 'fournisseurs inclusifs')} sur {count(whole.suppliers, 'fournisseur')}"
    aside = [f"{count(confirm.suppliers, 'autre')} à confirmer"] if confirm.lines else []
    aside += [f"{count(absent.suppliers, 'absent', 'absents')} du catalogue"] if absent.lines else []
    aside += [f"{count(unread.lines, 'ligne')} sans fournisseur lisible"] if unread.lines else []
    aside += [f"{count(whole.unknown, 'montant non connu', 'montants non connus')}"] if whole.unknown else []
    return first or "Part inclusive : non connue, faute de montants.", f"{' ; '.join([suppliers, *aside])}."


def _share_words(spending: Spending, shares: InclusiveShares) -> str:
    amount, whole = (unit(part.amounts[shares.tax], "€") for part in (spending.by_standing[0], spending.whole))
    sentence = (
        f"{unit(100 * shares.sure, '%', 1)} des dépenses connues sont inclusives : {amount} sur {whole} {shares.tax}"
    )
    if shares.to_settle > shares.sure:
        sentence += f" ; {unit(100 * shares.to_settle, '%', 1)} avec ce qui est à confirmer"
    if shares.at_most > shares.to_settle:
        sentence += f" ; au plus {unit(100 * shares.at_most, '%', 1)}, fournisseurs illisibles compris"
    return f"{sentence}."


def need_of_line(expense: Spent, place: str) -> Lot | None:
    """Return what a line that is not inclusive bought, and where; None where one or the other is unknown."""
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


def _kept(similar: Similar | None) -> dict[str, Any] | None:
    if similar is None:
        return None
    return {"credible": similar.credible, "first": [[one.id, one.km] for one in similar.first]}


def _similar_of(payload: Mapping[str, Any]) -> Similar | None:
    similar = payload["similar"]
    if similar is None:
        return None
    return Similar(similar["credible"], tuple(First(key, km) for key, km in similar["first"]))


def _grouped(lines: Iterable[Spent], label: Callable[[Spent], str]) -> dict[str, list[Spent]]:
    grouped: dict[str, list[Spent]] = {}
    for expense in lines:
        grouped.setdefault(label(expense), []).append(expense)
    return grouped


def _part(label: str, lines: Sequence[Spent]) -> SpendingPart:
    known = [(its.tax, its.amount) for its in lines if its.amount is not None]
    amounts = {tax: round(fsum(amount for own, amount in known if own is tax), 2) for tax in Tax}
    suppliers = len({its.key for its in lines if its.key})
    return SpendingPart(label, suppliers, len(lines), amounts, len(lines) - len(known))
