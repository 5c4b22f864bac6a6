"""French phrases, tables and JSON of families (groups of similar purchase needs): sum of each, its legal consequence, services that could pool."""

from dataclasses import replace
from datetime import date
from typing import Any

from matcher.decisions.opinion.law_words import ADAPTED, TO_CHECK, amounts_said, condition_words
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


def family_note(family: NeedFamily) -> str:
    """Return a phrase on the sum of a family and the threshold it exceeds."""
    direct = f"de {amounts_said(family.law.direct_below)}"
    passed = f"du seuil européen{_one_amount(family.law.european)}" if family.law.above else direct
    sentence = (
        f"avec ses besoins homogènes ({count(len(family.lines), 'ligne')}) : {sum_said(family)}, au-dessus {passed}"
    )
    return f"{sentence} ; {BY_OPERATION}" if family.works else sentence


def sum_said(family: NeedFamily) -> str:
    """Return the sum compared with the thresholds: « au moins 12 000 € HT en 2026 »."""
    if not family.has_amount:
        return "montant non connu"
    least = "au moins " if family.unknown else ""
    return f"{least}{unit(family.euros, '€ HT')}{f' en {family.year}' if family.year else ''}"


def duty_said(family: NeedFamily, on: date) -> str:
    """Return the phrase that a family's sum makes a social condition mandatory on a day; "" if it does not or is unknown."""
    return condition_words() if family.law.above and lever("clause").is_duty(on) else ""


def law_said(family: NeedFamily, on: date) -> str:
    """Return a phrase on the legal consequence of a family's sum on a day."""
    clause, below = lever("clause"), family.law.direct_below
    if family.law.above:
        duty = duty_said(family, on)
        sentence = f"seuil européen atteint{_one_amount(family.law.european)}{f', {duty}' if duty else ''}"
    elif family.law.direct is None:
        sentence = "seuils de ce jour non connus"
        if below:
            sentence = NOT_KNOWN if family.unknown else f"achat direct jusqu’à {amounts_said(below)}"
    elif family.law.direct:
        sentence = f"achat direct possible ({below[0].article})"
    else:
        sentence = f"au-dessus de l’achat direct ({amounts_said(below)}, {below[0].article})"
        if family.law.above is None and family.law.european and family.euros >= family.law.european[0].euros:
            sentence += " ; seuil européen selon l’acheteur"
    if family.law.adapted and family.law.direct is False:
        sentence += f" ; {ADAPTED}"
        sentence += (
            ""
            if family.law.above
            else f" ; condition sociale {TO_CHECK} au-dessus du seuil des autres services ({clause.duty})"
        )
    return f"{sentence} ; {BY_OPERATION}" if family.works else sentence


def nature_asked(families: NeedFamilies) -> str:
    """Return a sentence asking for the buyer's SIRET if a family's European threshold depends on it, else ""."""
    may_be = []
    for family in families.families:
        european = family.law.european
        reaches_some = any(one.euros <= family.euros for one in european)
        if family.law.above is None and len({one.buyer for one in european if one.buyer}) > 1 and reaches_some:
            may_be += [one for one in european if one.buyer]
    several = amounts_said(tuple(dict.fromkeys(may_be)))
    return f"Le seuil européen dépend de l’acheteur : {several}. Donnez une fois votre SIRET." if may_be else ""


def _one_amount(may_be: tuple[LegalThreshold, ...]) -> str:
    """Return the threshold in brackets if there is only one, else "" (`nature_asked` covers it)."""
    return f" ({amounts_said(may_be)})" if len({its.euros for its in may_be}) == 1 else ""


def says(family: NeedFamily, on: date) -> str:
    """Return the phrase shown on each line of a family: number of lines, sum, legal consequence."""
    return f"{count(len(family.lines), 'ligne')}, {sum_said(family)} : {law_said(family, on)}"


def family_tables(families: NeedFamilies, on: date, *, aside: bool = False) -> tuple[DocumentTable, DocumentTable]:
    """Return the tables of families and of purchases to pool; `aside`: only files have them."""
    rows = tuple(
        DocumentRow(
            (
                *(one.name, len(one.lines), one.year, one.euros if one.has_amount else None, one.unknown),
                *(one.with_tax or "", law_said(one, on)),
            )
        )
        for one in families.families
    )
    return DocumentTable("Familles", _FAMILIES, rows, aside=aside), replace(pooled_table(families), aside=aside)


def pooled_table(families: NeedFamilies) -> DocumentTable:
    """Return the table of families bought by several services, with the part of each."""
    rows = (
        DocumentRow(
            (one.name, part.service, part.lines, part.euros if part.unknown < part.lines else None, part.unknown)
        )
        for one in families.families
        if one.to_pool
        for part in one.services
    )
    return DocumentTable("À regrouper entre services", _POOLED, tuple(rows))


def family_object(families: NeedFamilies, family: NeedFamily, on: date) -> dict[str, Any]:
    """Return a family as JSON, with line numbers of the file; euros, unknown values null."""
    return {
        "name": family.name,
        "settled": family.settled,
        "lines": [families.lines[rank].entry.where for rank in family.lines],
        "amount": family.euros if family.has_amount else None,
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
