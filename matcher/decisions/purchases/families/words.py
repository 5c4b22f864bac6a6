"""Families in words: the sum of each and what the law makes of it, the note of its lines, its tables and its JSON."""

from dataclasses import replace
from datetime import date
from typing import Any

from matcher.decisions.opinion.law_words import ADAPTED, TO_CHECK, amounts_said
from matcher.decisions.purchases.families.compute import NeedFamilies, NeedFamily
from matcher.domain.french import count, unit
from matcher.reference.law import LegalThreshold
from matcher.reference.levers import lever
from matcher.render.document import ColumnKind, DocumentColumn, DocumentRow, DocumentTable

BY_OPERATION = "travaux : comptez par opération (R2121-5)"
NOT_KNOWN = "montants à compléter avant de conclure"
_NUMBER = ColumnKind.NUMBER
_EUROS = DocumentColumn("Montants connus", _NUMBER, "€ HT", 2)
_UNKNOWN = DocumentColumn("Non connus", _NUMBER)
_FAMILIES = (
    *(DocumentColumn("Famille"), DocumentColumn("Lignes", _NUMBER), DocumentColumn("Année qui compte")),
    *(_EUROS, _UNKNOWN, DocumentColumn("Montants TTC, à part", _NUMBER, "€", 2, aside=True)),
    DocumentColumn("Ce que cela change"),
)
_POOLED = (
    *(DocumentColumn("Famille"), DocumentColumn("Service ou acheteur"), DocumentColumn("Lignes", _NUMBER)),
    *(_EUROS, _UNKNOWN),
)


def note(its: NeedFamily) -> str:
    """Return the sum of a family that passes a threshold, and that threshold, in a few words."""
    direct = f"de {amounts_said(its.law.direct_below)}"
    passed = f"du seuil européen{_one_amount(its.law.european)}" if its.law.above else direct
    said = f"avec ses besoins homogènes ({count(len(its.lines), 'ligne')}) : {sum_said(its)}, au-dessus {passed}"
    return f"{said} ; {BY_OPERATION}" if its.works else said


def sum_said(its: NeedFamily) -> str:
    """The sum that counts: « au moins 12 000 € HT en 2026 »."""
    if not its.priced:
        return "montant non connu"
    least = "au moins " if its.unknown else ""
    return f"{least}{unit(its.euros, '€ HT')}{f' en {its.year}' if its.year else ''}"


def law_said(its: NeedFamily, on: date) -> str:
    """What the sum of a family changes under the law of a day."""
    clause = lever("clause")
    if its.law.above:
        owed = clause.owed_from is not None and clause.owed_from <= on
        duty = f", condition sociale d’exécution obligatoire ({clause.duty})" if owed else ""
        said = f"seuil européen atteint{_one_amount(its.law.european)}{duty}"
    elif its.law.direct is None:
        said = NOT_KNOWN if its.law.direct_below and its.unknown else _between(its.law.direct_below)
    elif its.law.direct:
        said = f"achat direct possible ({its.law.direct_below[0].article})"
    else:
        below = its.law.direct_below
        said = f"au-dessus de l’achat direct ({amounts_said(below)}, {below[0].article})"
        if its.law.above is None and its.law.european and its.euros >= its.law.european[0].euros:
            said += " ; seuil européen selon l’acheteur"
    if its.law.adapted and its.law.direct is False:
        said += f" ; {ADAPTED}"
        said += (
            ""
            if its.law.above
            else f" ; condition sociale {TO_CHECK} au-dessus du seuil des autres services ({clause.duty})"
        )
    return f"{said} ; {BY_OPERATION}" if its.works else said


def nature_asked(found: NeedFamilies) -> str:
    """Return what to say once of the European thresholds where they depend on who buys, empty where no sum depends on it."""
    may_be = [its for one in found.families if _depends(one) for its in one.law.european if its.buyer]
    several = amounts_said(tuple(dict.fromkeys(may_be)))
    return f"Le seuil européen dépend de l’acheteur : {several}. Donnez une fois votre SIRET." if may_be else ""


def _depends(its: NeedFamily) -> bool:
    """Whether a sum reaches the European threshold of some buyers, and not of others."""
    buyers = {one.buyer for one in its.law.european}
    return its.law.above is None and len(buyers) > 1 and any(one.euros <= its.euros for one in its.law.european)


def _one_amount(may_be: tuple[LegalThreshold, ...]) -> str:
    """The threshold between brackets where it is known, empty where it depends on who buys: that is said once, at the head."""
    return f" ({amounts_said(may_be)})" if len({its.euros for its in may_be}) == 1 else ""


def says(its: NeedFamily, on: date) -> str:
    """What a family says on each of its lines: its sum, then what that changes."""
    return f"{count(len(its.lines), 'ligne')}, {sum_said(its)} : {law_said(its, on)}"


def family_tables(found: NeedFamilies, on: date, *, aside: bool = False) -> tuple[DocumentTable, DocumentTable]:
    """Return the families, and what several services may pool; in files alone where they are `aside`."""
    rows = tuple(_family(one, on) for one in found.families)
    return DocumentTable("Familles", _FAMILIES, rows, aside=aside), replace(pooled_table(found), aside=aside)


def pooled_table(found: NeedFamilies) -> DocumentTable:
    """The families that several services buy, and what each of them does."""
    rows = (
        DocumentRow(
            (one.name, part.service, part.lines, part.euros if part.unknown < part.lines else None, part.unknown)
        )
        for one in found.families
        if one.to_pool
        for part in one.services
    )
    return DocumentTable("À regrouper entre services", _POOLED, tuple(rows))


def _between(may_be: tuple[LegalThreshold, ...]) -> str:
    return f"achat direct jusqu’à {amounts_said(may_be)}" if may_be else "seuils de ce jour non connus"


def _family(its: NeedFamily, on: date) -> DocumentRow:
    return DocumentRow(
        (
            *(its.name, len(its.lines), its.year, its.euros if its.priced else None, its.unknown),
            *(its.with_tax or "", law_said(its, on)),
        )
    )


def family_object(found: NeedFamilies, family: NeedFamily, on: date) -> dict[str, Any]:
    """Return a family as JSON, its lines by their number in the file; euros, unknown as null."""
    return {
        "name": family.name,
        "settled": family.settled,
        "lines": [found.lines[rank].entry.where for rank in family.lines],
        "amount": family.euros if family.priced else None,
        "amounts_unknown": family.unknown,
        "amount_with_tax": family.with_tax or None,
        "year": family.year or None,
        "works": family.works,
        "direct": family.law.direct,
        "above_european": family.law.above,
        "says": says(family, on),
        "services": [
            {"name": part.service, "lines": part.lines, "amount": part.euros, "amounts_unknown": part.unknown}
            for part in family.services
        ],
    }
