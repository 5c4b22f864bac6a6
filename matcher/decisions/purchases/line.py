"""A line of a programme as a need: what can be used of its cells, and in French what cannot."""

import re
from dataclasses import dataclass

from matcher.cleaning.numbers import clean_amount, with_tax
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodCell
from matcher.need.fields import ASKED_LEVERS, GivenLot, lot_from
from matcher.reading.intent import read_intent
from matcher.reference.levers import lever

MOST_LINES = 2_000
NEEDED, WANTED = ("objet", "cpv"), "d’objet ni de CPV"
_PARTS = re.compile(r"[;\n]")
_CODES = re.compile(r"[;,\n/|]|\s+(?=\d{8})")
_YEARS = re.compile(r"\b(?:ans?|ann[ée]es?)\b", re.IGNORECASE)
_NEGATIVE = ("-", "−", "(")
_NONE = frozenset(("non", "aucun", "aucune", "neant", "néant", "-", "sans", "/", "0", "n"))
NO_NEED = "Quel est cet achat ? Ni objet ni code CPV ne sont donnés."


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line and the need that it is. A line that adds others up is none: `given` is None."""

    entry: PurchaseSheetLine
    given: GivenLot | None

    @property
    def amount(self) -> float | None:
        """Euros before tax over the whole duration, None where not known."""
        return self.given.lot.montant if self.given else None


def purchase(entry: PurchaseSheetLine) -> Purchase:
    """Return the need of a line. Never raises: what cannot be used is left unknown and said in its doubts."""
    if entry.total:
        return Purchase(entry, None)
    doubts: list[str] = []
    if not entry.text("objet") and not entry.text("cpv"):
        doubts.append(NO_NEED)
    given = lot_from(
        {
            "objet": entry.text("objet"),
            "cpv": [code.strip() for code in _CODES.split(entry.text("cpv")) if code.strip()],
            "lieu": places_of(entry),
            "montant": amount_of(entry.fields.get("montant"), doubts),
            "duree": _months(entry.fields.get("duree"), doubts),
            "date": entry.text("date"),
            "levier": _lever(entry.text("levier"), doubts),
        }
    )
    return Purchase(entry, GivenLot(given.lot, (*doubts, *given.doubts)))


def amount_of(cell: UnderstoodCell | None, doubts: list[str], *, below_zero: bool = False) -> float | None:
    """Return the euros of a cell, « 180 k€ HT » and « 1 200,50 » included, None where there are none or they cannot be used: said in
    the doubts. A negative one, a credit, counts only where it may (`below_zero`)."""
    if cell is None:
        return None
    negative = cell.text.lstrip().startswith(_NEGATIVE)
    cleaned = clean_amount(cell.text.lstrip(" -−("))
    value = cleaned.value
    if value is None:
        if cleaned.flag:
            doubts.append(f"Le montant doit être un nombre, par exemple 180 000 : « {cell.text} » n’est pas utilisé.")
        return None
    if cleaned.flag:
        doubts.append(f"Montant « {cell.text} » : la borne basse est retenue.")
    if with_tax(cell.text):
        doubts.append(f"Montant « {cell.text} » : taxe comprise, pris comme hors taxe.")
    if negative and below_zero:
        return -value * cell.how.times
    if (negative or not value) and not below_zero:
        doubts.append(f"Quel est le montant ? « {cell.text} » n’en est pas un.")
        return None
    return value * cell.how.times


def places_of(entry: PurchaseSheetLine) -> list[str]:
    """Return where a line is, as one would type it."""
    towns = [part.strip() for part in _PARTS.split(entry.text("lieu")) if part.strip()]
    code = entry.text("code postal")
    if not code:
        return towns
    code = code.zfill(5) if code.isdigit() else code  # a spreadsheet takes the zero of « 02000 » off
    return [f"{code} {towns[0]}", *towns[1:]] if towns else [code]


def _months(cell: UnderstoodCell | None, doubts: list[str]) -> float | None:
    if cell is None:
        return None
    cleaned = clean_amount(cell.text)
    if cleaned.value is None or cleaned.value <= 0:
        if cleaned.flag or cleaned.value is not None:
            doubts.append(f"La durée doit être un nombre de mois, par exemple 12 : « {cell.text} » n’est pas utilisé.")
        return None
    return cleaned.value * (12.0 if _YEARS.search(cell.text) else cell.how.times)


def _lever(text: str, doubts: list[str]) -> str:
    """The code of the lever that a cell names, by its code, its article or its usual words."""
    asked = text.strip().lower()
    if not asked or asked in _NONE:
        return ""
    if asked in ASKED_LEVERS:
        return asked
    by_article = {lever(code).article.lower().replace(" ", ""): code for code in ASKED_LEVERS}
    found = by_article.get(asked.replace(" ", "").replace("‑", "-")) or read_intent(text).levier
    if found in ASKED_LEVERS:
        return found
    doubts.append(f"Levier « {text} » non reconnu : il n’est pas utilisé ({', '.join(ASKED_LEVERS)}).")
    return ""
