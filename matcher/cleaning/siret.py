"""Cleaning of SIRET, SIREN, FINESS and French VAT numbers: separators, lost zeros, numbers rounded by spreadsheets, check digits."""

import re

from stdnum import luhn
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.fr import tva as stdnum_vat

from matcher.cleaning import Cleaned

SIRET_UNREADABLE = "SIRET illisible"
SIRET_ROUNDED = "SIRET arrondi par le tableur : mettez sa colonne au format texte et redonnez-le"
SIRET_BAD_KEY = "SIRET invalide (clé)"
SIRET_ZERO_RESTORED = "SIRET : zéro initial rétabli"
SIRET_PSEUDO = "SIRET fictif d’antenne"
SIREN_ONLY = "SIREN seul, sans établissement"
SIREN_UNREADABLE = "SIREN illisible"
SIREN_BAD_KEY = "SIREN invalide (clé)"
SIREN_ZERO_RESTORED = "SIREN : zéro initial rétabli"
SIREN_OF_VAT = "SIREN tiré du numéro de TVA"
VAT_BAD_KEY = "numéro de TVA invalide (clé)"
BAD_KEYS = (SIRET_BAD_KEY, SIREN_BAD_KEY, VAT_BAD_KEY)

# Fictional SIRETs that « Les emplois » gives to branches, absent from Sirene.
_PSEUDO = re.compile(r"\d{9}999\d\d")
_EMPTY_WORDS = frozenset({"", "0", "nc", "n/c", "nd", "n/d", "#n/d", "#n/a", "néant", "neant", "-", "null", "none"})
FINESS_UNREADABLE = "numéro FINESS illisible"
FINESS_ZERO_RESTORED = "FINESS : zéro initial rétabli"

# Numbers of Monaco have 000 where the SIREN would begin, and no SIREN.
_VAT = re.compile(r"FR[0-9A-HJ-NP-Z]{2}(?!000)(\d{9})", re.ASCII)
_SHAPE = re.compile(r"[0-9][0-9A-Z][0-9]{7}")
_FLOAT = re.compile(r"(\d+)[.,]0+")
_EXPONENT = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_SEPARATORS = re.compile(r"[\s.\-_’']+")


def digits_of(raw: str) -> str | None:
    """Return the digits of an identifier without separators, empty for an empty text, None where it has anything else. A number with an exponent is
    read only if its mantissa has all the digits: `4.1E+13` has lost eleven."""
    text = raw.strip()
    if match := _FLOAT.fullmatch(text):
        return match[1] if match[1].isascii() else None
    if match := _EXPONENT.fullmatch(text):
        digits = match[1] + (match[2] or "")
        return digits if len(digits) == int(match[3]) + 1 else None
    compact = _SEPARATORS.sub("", text)
    return compact if not compact or (compact.isascii() and compact.isdigit()) else None


def is_rounded(raw: str) -> bool:
    """Return whether a spreadsheet rounded an identifier into scientific notation, losing digits."""
    return _EXPONENT.fullmatch(raw.strip()) is not None and digits_of(raw) is None


def clean_siret(raw: str) -> Cleaned[str]:
    """Return 14 digits. A wrong check digit is accepted, flagged; a lost leading zero is restored only if the check digit then fits. Nine digits are
    a SIREN, refused with its own flag. La Poste's exception is handled by python-stdnum."""
    if raw.strip().lower() in _EMPTY_WORDS:
        return Cleaned(None)
    digits = digits_of(raw)
    if digits is None:
        return Cleaned(None, SIRET_ROUNDED if is_rounded(raw) else SIRET_UNREADABLE)
    if len(digits) == 13 and stdnum_siret.is_valid("0" + digits):
        return Cleaned("0" + digits, SIRET_ZERO_RESTORED)
    if len(digits) in (8, 9) and clean_siren(raw).value is not None:
        return Cleaned(None, SIREN_ONLY)
    if len(digits) != 14 or len(set(digits)) == 1 or digits.startswith("000000000"):
        return Cleaned(None, SIRET_UNREADABLE)
    if _PSEUDO.fullmatch(digits):
        return Cleaned(digits, SIRET_PSEUDO)
    return Cleaned(digits, "" if stdnum_siret.is_valid(digits) else SIRET_BAD_KEY)


def clean_siren(raw: str) -> Cleaned[str]:
    """Return 9 digits; a wrong check digit is flagged, and a lost zero restored only if the check digit then fits."""
    if raw.strip().lower() in _EMPTY_WORDS:
        return Cleaned(None)
    digits = digits_of(raw)
    if digits is None or not digits:
        return Cleaned(None, SIREN_UNREADABLE)
    if len(digits) == 8 and luhn.is_valid("0" + digits):
        return Cleaned("0" + digits, SIREN_ZERO_RESTORED)
    if len(digits) != 9 or len(set(digits)) == 1:
        return Cleaned(None, SIREN_UNREADABLE)
    return Cleaned(digits, "" if stdnum_siren.is_valid(digits) else SIREN_BAD_KEY)


def clean_siret_or_siren(raw: str) -> Cleaned[str]:
    """Return the SIRET or SIREN of a text, or the SIREN of a French VAT number, a wrong check digit flagged; else None, with its flag as a SIRET."""
    if vat := _VAT.fullmatch(_SEPARATORS.sub("", raw).upper()):
        return Cleaned(vat[1], SIREN_OF_VAT if stdnum_vat.is_valid(vat[0]) else VAT_BAD_KEY)
    siret = clean_siret(raw)
    if siret.value is not None:
        return siret
    siren = clean_siren(raw)
    return siret if siren.value is None else siren


def clean_finess(raw: str) -> Cleaned[str]:
    """Return the nine characters of a FINESS number; a lost zero is restored only if the check digit then fits."""
    compact = re.sub(r"[\s.\-]+", "", raw).upper()
    if not compact:
        return Cleaned(None)
    if _SHAPE.fullmatch(compact):
        return Cleaned(compact)
    if re.fullmatch(r"[0-9]{8}", compact) and luhn.is_valid("0" + compact):
        return Cleaned("0" + compact, FINESS_ZERO_RESTORED)
    return Cleaned(None, FINESS_UNREADABLE)
