"""Lists the kinds of supplier (EA, ESAT, EI…) that a need's text refers to: those named, plus families that its legal article admits unnamed."""

from matcher.domain.kinds import Family, SupplierKind
from matcher.domain.reading import Reading
from matcher.reference.levers import lever

# Short names of a family; others are shown by their own name.
_SHORT = {Family.STPA: ("EA", "ESAT")}


def families_cited(reading: Reading) -> frozenset[Family]:
    """Return the families admitted by the article read in the text, of which it names no kind: SIAE in « réservé aux SIAE et aux EA ». Empty
    where it names no kind at all, or reserves nothing."""
    if not reading.kinds_asked or not reading.levier_hint:
        return frozenset()
    return lever(reading.levier_hint).families - {kind.family for kind in reading.kinds_asked}


def kinds_cited(reading: Reading) -> frozenset[SupplierKind]:
    """Return the kinds named, and all kinds of `families_cited`."""
    families = families_cited(reading)
    return frozenset(kind for kind in SupplierKind if kind in reading.kinds_asked or kind.family in families)


def said_kinds(reading: Reading) -> tuple[str, ...]:
    """Return the kinds named, then the families cited, as displayed: « EA », « SIAE »."""
    families = sorted(families_cited(reading))
    return (*reading.kinds_asked, *(word for family in families for word in _SHORT.get(family, (family.value,))))
