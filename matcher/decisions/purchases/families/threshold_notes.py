"""Notes on lines whose like needs, counted together, pass a threshold that the law sets."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.decisions.opinion.law_words import amounts_said
from matcher.decisions.purchases.families.compute import NeedFamilies, NeedFamily
from matcher.domain.french import count, unit

BY_OPERATION = "travaux : comptez par opération (R2121-5)"


@dataclass(frozen=True, slots=True)
class ThresholdNote:
    """Sum of the family of a line and the threshold that it passes, in a few words of French."""

    family: str
    euros: float
    says: str


def threshold_notes(found: NeedFamilies) -> Mapping[str, ThresholdNote]:
    """Return the notes of the lines whose family, of several lines, passes the European threshold or what may be bought direct, by key."""
    noted = [its for its in found.families if len(its.lines) > 1 and its.law.direct is False]
    return {
        found.lines[rank].entry.key: ThresholdNote(its.name, its.euros, _says(its))
        for its in noted
        for rank in its.lines
    }


def sum_said(its: NeedFamily) -> str:
    """The sum that counts: « au moins 12 000 € HT en 2026 »."""
    if not its.priced:
        return "montant non connu"
    least = "au moins " if its.unknown else ""
    return f"{least}{unit(its.euros, '€ HT')}{f' en {its.year}' if its.year else ''}"


def _says(its: NeedFamily) -> str:
    passed = its.law.european if its.law.above else its.law.direct_below
    said = f"avec ses besoins homogènes ({count(len(its.lines), 'ligne')}) : {sum_said(its)}, au-dessus de {amounts_said(passed)}"
    return f"{said} ; {BY_OPERATION}" if its.works else said
