"""The kinds that a text cites: those it names, and those of a family that its article admits and of which it names none."""

from matcher.domain.kinds import Family, SupplierKind
from matcher.domain.reading import Reading
from matcher.reference.levers import lever

# How people say a family in short; a family that is not here is said by its own name.
_SHORT = {Family.STPA: ("EA", "ESAT")}


def families_cited(reading: Reading) -> frozenset[Family]:
    """Return the families that the article read in the text admits and of which it names no kind: « réservé aux SIAE et aux EA » cites
    the SIAE as well. Empty where it names no kind at all, or reserves nothing."""
    if not reading.kinds_asked or not reading.levier_hint:
        return frozenset()
    return lever(reading.levier_hint).families - {kind.family for kind in reading.kinds_asked}


def kinds_cited(reading: Reading) -> frozenset[SupplierKind]:
    """Return the kinds named, and all those of the families cited."""
    families = families_cited(reading)
    return frozenset(kind for kind in SupplierKind if kind in reading.kinds_asked or kind.family in families)


def said_kinds(reading: Reading) -> tuple[str, ...]:
    """Return the kinds named then the families cited, as people state them: « EA », « SIAE »."""
    families = sorted(families_cited(reading))
    return (*reading.kinds_asked, *(word for family in families for word in _SHORT.get(family, (family.value,))))
