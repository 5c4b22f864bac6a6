"""Families that a published lot is reserved for, and its social clause: by the source's code, and by its words where the code is silent. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from matcher.cleaning.words import fold
from matcher.domain.notice import ReservedFor
from matcher.reading.intent import lever_named
from matcher.reading.notice import sentences
from matcher.reading.reservation import LeverTold, Reserved, lever_told, of_the_lot_named, read_reservation
from matcher.reference.yes_no import clean_yes_no

# The article of each family; « à préciser » is the widest of those that its code may mean, so that nobody is left out who may answer.
LEVERS: Mapping[ReservedFor, str] = {
    ReservedFor.HANDICAP: "12",
    ReservedFor.INSERTION: "13",
    ReservedFor.PRISON: "13-1",
    ReservedFor.EITHER: "14",
    ReservedFor.SOCIAL_ECONOMY: "15",
    ReservedFor.UNSAID: "14",
}
FAMILIES = {lever: family for family, lever in LEVERS.items() if family is not ReservedFor.UNSAID}
# BT-71 of eForms; other forms ask yes or no.
_WORKSHOPS, _PUBLIC_SERVICE, _NONE = "res-ws", "res-pub-ser", "none"
# FNSimple reserves « tout ou partie » of a contract, and does not say which of its lots.
_SOME = "tout ou partie"
# BT-775 of eForms: jobs for those who are far from them. Its other aims ask no hours of insertion.
_EMPLOYMENT = "opp"

UNSAID = "réservé, sans dire à qui : L2113-12, L2113-13 ou L2113-14 ?"
SOME = "l’avis réserve tout ou partie du marché, sans dire quels lots ni à qui : celui-ci l’est-il ?"
CONTRARY = "le code dit que rien n’est réservé, le texte dit « {} » : qu’en est-il ?"
IN_PART = "le texte réserve un lot parmi d’autres : « {} ». Est-ce celui-ci ?"


def reserved_for(
    code: str, words: Iterable[str], named: Sequence[str] = ()
) -> tuple[ReservedFor | None, tuple[str, ...]]:
    """Return the families that a lot is reserved for, None where it is not, and what is in doubt.

    `code` is the source's own, or its words for it; `words` are those of the lot, which give the family, and reserve alone where no code does. They may be
    those of several lots: `named` is how this one is named among them.
    """
    normal_code = code.strip().casefold()
    if normal_code == _PUBLIC_SERVICE:
        return ReservedFor.SOCIAL_ECONOMY, ()
    reserved = of_the_lot_named(_said(words), named)
    lever = lever_told(reserved, {}) if reserved.by else LeverTold()
    if denies_reservation(code):
        return None, (CONTRARY.format(lever.outright),) if lever.outright else ()
    named = lever_named(fold(code)) or ("" if lever.doubts else lever.lever)
    coded = normal_code in (_WORKSHOPS, _SOME) or clean_yes_no(code).value or (normal_code and named in FAMILIES)
    if not (coded or lever.outright):
        return None, (IN_PART.format(lever.in_part),) if lever.in_part else ()
    family = FAMILIES.get(named, ReservedFor.UNSAID)
    return family, _to_ask(family, some=normal_code == _SOME and not lever.outright)


def _to_ask(family: ReservedFor, *, some: bool) -> tuple[str, ...]:
    """Return what is in doubt of a lot reserved for a family, or perhaps, where `some` lots of its contract are."""
    if some:
        return (SOME,)
    return (UNSAID,) if family is ReservedFor.UNSAID else ()


def denies_reservation(code: str) -> bool:
    """Return True where the source's own code, or its word, is that a lot is not reserved; an empty one denies nothing."""
    return code.strip().casefold() == _NONE or clean_yes_no(code).value is False


def social_clause(execution: str, social: Iterable[str], words: Iterable[str]) -> bool | None:
    """Return True where a lot is to be executed with a social clause, by its codes, else by its words; None where neither gives one."""
    if clean_yes_no(execution).value or any(aim == _EMPLOYMENT or "clause" in fold(aim) for aim in social):
        return True
    return True if any(not one.to_ask for one in _said(words).clauses) else None


def _said(words: Iterable[str]) -> Reserved:
    return read_reservation([sentence for text in words for sentence in sentences(text)])
