"""Decides which family of suppliers a published lot is reserved for, and if it has a social clause: by the source's codes, else by its words. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from matcher.cleaning.words import fold
from matcher.domain.notice import ReservedFor
from matcher.reading.intent import lever_named
from matcher.reading.notice import sentences
from matcher.reading.reservation import LeverTold, Reserved, lever_told, of_the_lot_named, read_reservation
from matcher.reference.yes_no import clean_yes_no

# The law article of each family; an unspecified one gets the widest article that its code may mean, so that no eligible supplier is left out.
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
# The form FNSimple reserves « tout ou partie » of a contract, without the lots.
_SOME = "tout ou partie"
# BT-775 of eForms (social aim): jobs for the disadvantaged. Its other aims require no hours of insertion.
_EMPLOYMENT = "opp"

UNSAID = "réservé, sans dire à qui : L2113-12, L2113-13 ou L2113-14 ?"
SOME = "l’avis réserve tout ou partie du marché, sans dire quels lots ni à qui : celui-ci l’est-il ?"
CONTRARY = "le code dit que rien n’est réservé, le texte dit « {} » : qu’en est-il ?"
IN_PART = "le texte réserve un lot parmi d’autres : « {} ». Est-ce celui-ci ?"


def reserved_for(
    code: str, words: Iterable[str], named: Sequence[str] = ()
) -> tuple[ReservedFor | None, tuple[str, ...]]:
    """Return (family that a lot is reserved for, None if it is not reserved; doubts). `code` is the source's code, or its words for it. `words` are the lot's
    texts: they give the family, and decide alone without a code. They may be about several lots: `named` are the names of this one."""
    normal_code = code.strip().casefold()
    if normal_code == _PUBLIC_SERVICE:
        return ReservedFor.SOCIAL_ECONOMY, ()
    reserved = of_the_lot_named(_read_words(words), named)
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
    """Return the doubts about a lot reserved for a family; `some`: the notice reserves only some lots of the contract, without their numbers."""
    if some:
        return (SOME,)
    return (UNSAID,) if family is ReservedFor.UNSAID else ()


def denies_reservation(code: str) -> bool:
    """Return True if the source's code, or its word, is that a lot is not reserved; an empty code is no answer."""
    return code.strip().casefold() == _NONE or clean_yes_no(code).value is False


def social_clause(execution: str, social: Iterable[str], words: Iterable[str]) -> bool | None:
    """Return True if a lot has a social clause, by its codes, else by its words; None if neither mentions one."""
    if clean_yes_no(execution).value or any(aim == _EMPLOYMENT or "clause" in fold(aim) for aim in social):
        return True
    return True if any(not clause.to_ask for clause in _read_words(words).clauses) else None


def _read_words(words: Iterable[str]) -> Reserved:
    return read_reservation([sentence for text in words for sentence in sentences(text)])
