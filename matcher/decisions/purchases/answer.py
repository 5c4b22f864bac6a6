"""Answers a buyer's whole purchase spreadsheet in one call, for the command line and the API: whether to reserve each future purchase, what past spending
went to inclusive suppliers, and families of similar needs."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlalchemy import Engine

from matcher.catalogue.store.recognition import load_recogniser
from matcher.cleaning.siret import clean_siren, clean_siret
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.purchases.families.compute import NeedLine, form_families, lines_of_programme, lines_of_sheet
from matcher.decisions.purchases.families.corrections import load_families
from matcher.decisions.purchases.families.document import FamilySheet
from matcher.decisions.purchases.line import LineFacts
from matcher.decisions.purchases.programme import answer_programme
from matcher.decisions.purchases.programme_document import ProgrammeAnswer
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.decisions.purchases.sheet_answers import purchases_alike
from matcher.decisions.purchases.spending import SpendingLine, Tax, read_spending, take_snapshot
from matcher.decisions.purchases.spending_document import SpendingSnapshot
from matcher.domain.need import BuyerDefaults
from matcher.domain.reading import Lot, RawPlace
from matcher.jobs.resume import KeptAnswers, LineAnswers
from matcher.ownership import OrganisationId
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.place.places import read_places
from matcher.reference.law import BuyerNature, nature_of

# Called with (done, total) after each line.
Progress = Callable[[int, int], None]
_Line = TypeVar("_Line", SpendingLine, NeedLine)

# Nothing is stored, nor resumed.
_NOTHING_KEPT = KeptAnswers(None, "")


def check_buyer(siret: str, place: str) -> None:
    """Validate the buyer's SIRET and place, empty if unknown. Raises DecisionRefused, with the field at fault."""
    if siret and not (clean_siret(siret).value or clean_siren(siret).value):
        raise DecisionRefused(f"« {siret} » n’est ni un SIRET ni un SIREN.", field="acheteur")
    if place and not read_places(Lot("", lieux=(RawPlace(place),))).places:
        raise DecisionRefused(
            f"« {place} » n’est pas un lieu reconnu : donnez une commune, un code postal, un département.", field="lieu"
        )


def answer_sheet(
    engine: Engine,
    owner: OrganisationId,
    shelf: Shelf,
    sheet: PurchaseSheet,
    buyer: BuyerDefaults,
    line_facts: LineFacts,
    assumed: Assumptions,
    on: date,
    answers: LineAnswers = _NOTHING_KEPT,
    progress: Progress = lambda *_: None,
) -> ProgrammeAnswer:
    """Return the opinion on reserving each line of a programme (future purchases), and the families of its lines (similar needs). Raises FamiliesRefused.

    `line_facts`: tax and period of the amounts, duration…, given once for all lines and used where a line leaves the question open.
    `answers`: results kept from an interrupted run, and extended."""
    purchases = purchases_alike(sheet.entries, line_facts, buyer)
    programme = answer_programme(shelf, purchases, on, assumed, answers, progress)
    lines, nature = lines_of_programme(programme.purchases), nature_of(buyer.siret[:9])
    return ProgrammeAnswer(
        sheet, programme, shelf, assumed, on, form_families(lines, load_families(engine, owner), on, nature)
    )


def spending_lines(engine: Engine, shelf: Shelf, sheet: PurchaseSheet, tax: Tax | None) -> tuple[SpendingLine, ...]:
    """Return the spending lines of a sheet, suppliers recognised; `tax` (with or without VAT) applies to amounts that do not state it."""
    return _with_default_tax(read_spending(sheet.entries, shelf, load_recogniser(engine)), tax)


def spending_snapshot(
    engine: Engine,
    shelf: Shelf,
    sheet: PurchaseSheet,
    place: str,
    tax: Tax | None,
    on: date,
    answers: LineAnswers = _NOTHING_KEPT,
    progress: Progress = lambda *_: None,
) -> SpendingSnapshot:
    """Return the inclusive share of past spending, and inclusive suppliers known for the trade near each purchase whose supplier the catalogue lacks.

    `place` is that of lines without one; `answers`: results kept from an interrupted run, and extended."""
    lines = spending_lines(engine, shelf, sheet, tax)
    return SpendingSnapshot(sheet, take_snapshot(shelf, lines, place, on, answers, progress), shelf, on)


def group_families(
    engine: Engine,
    owner: OrganisationId,
    shelf: Shelf,
    sheet: PurchaseSheet,
    tax: Tax | None,
    nature: BuyerNature | None,
    on: date,
) -> FamilySheet:
    """Return the families of similar needs of a sheet, as the organisation has corrected them. Raises FamiliesRefused."""
    grouped_families = form_families(
        _with_default_tax(lines_of_sheet(sheet.entries), tax), load_families(engine, owner), on, nature
    )
    return FamilySheet(sheet, grouped_families, on, shelf.version, len(shelf))


def _with_default_tax(lines: Iterable[_Line], tax: Tax | None) -> tuple[_Line, ...]:
    """Set `tax` on the lines whose amount does not state it."""
    return tuple(replace(its, tax=tax) if tax and its.tax is Tax.UNSAID else its for its in lines)
