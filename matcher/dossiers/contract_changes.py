"""Journal changes that note an awarded contract in a dossier, or take it out, and the French lines that show it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self

from matcher.domain.french import day, enumeration, in_groups, unit
from matcher.dossiers.dossier import WHOLE, AwardedContract, Dossier, DossierChange, Stage
from matcher.dossiers.entry_changes import require_reason
from matcher.journal.change import LONGEST_LINE, ChangeRefused, because, one_line
from matcher.reference.levers import lever, levers

# Levers (legal means to reach inclusive suppliers: reservation, clause, criterion…) that a contract may have used, code → label.
USED = {one.code: one.label for one in levers() if one.families or one.open_to_all}
_FIRST_DAY = date(1990, 1, 1)
# The journal is in UTC: the local day may be one ahead.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RecordContract(DossierChange, action="attribuer"):
    """Note the contract awarded for a lot, or for the whole dossier, replacing the one noted before; once every lot has a contract, the purchase's
    stage becomes « attribué »."""

    contract: AwardedContract

    def tidy(self) -> Self:
        return replace(self, contract=one_line(self.contract))

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        contract = self.contract
        if contract.lot != WHOLE:
            dossier.lot(contract.lot)
        _check_contract(contract, at.date() + _AHEAD)
        others = [one for one in dossier.contracts if one.lot != contract.lot]
        if others and WHOLE in (contract.lot, *(one.lot for one in others)):
            raise ChangeRefused(
                "Un marché de tout le dossier et un marché d’un lot compteraient deux fois : retirez d’abord l’un des deux."
            )
        contracts = tuple(sorted((*others, contract), key=lambda one: one.lot))
        done = contract.lot == WHOLE or {lot.number for lot in dossier.lots} <= {one.lot for one in contracts}
        course = replace(dossier.course, stage=Stage.AWARDED) if done else dossier.course
        named = {f"siret:{contract.winner_siret}": contract.winner} if contract.winner_siret else {}
        return replace(dossier, contracts=contracts, course=course, names={**named, **dossier.names})

    def says(self, dossier: Dossier) -> str:
        contract_words = " ; ".join(f"{label.lower()} : {text}" for label, text in contract_said(self.contract))
        return f"note l’attribution {_of(self.contract.lot)} ({contract_words})"


@dataclass(frozen=True, slots=True)
class RemoveContract(DossierChange, action="retirer-attribution"):
    """Take out a contract noted by mistake. The stage of the purchase stays."""

    lot: int
    reason: str

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "retirer un marché")
        if dossier.contract(self.lot) is None:
            whole = "tout le dossier" if self.lot == WHOLE else f"le lot {self.lot}"
            raise ChangeRefused(f"Aucun marché n’est noté pour {whole}.")
        return replace(dossier, contracts=tuple(one for one in dossier.contracts if one.lot != self.lot))

    def says(self, dossier: Dossier) -> str:
        return f"retire l’attribution {_of(self.lot)}{because(self.reason)}"


def contract_lines(dossier: Dossier) -> Iterator[tuple[str, str]]:
    """Yield each contract as a pair (label with its lot, one line of text)."""
    for contract in dossier.contracts:
        label = "Marché attribué" if contract.lot == WHOLE else f"Marché attribué, lot {contract.lot}"
        yield label, " ; ".join(f"{field.lower()} {text}" for field, text in contract_said(contract))


def contract_said(contract: AwardedContract) -> Iterator[tuple[str, str]]:
    """Yield the facts of a contract as pairs (label, text), « non connu » for an unknown one."""
    holder = " ".join(
        filter(None, (contract.winner, f"(SIRET {in_groups(contract.winner_siret)})" if contract.winner_siret else ""))
    )
    yield "Notifié le", day(contract.notified)
    yield "Montant", "non connu" if contract.amount is None else unit(contract.amount, "€ HT", 2)
    yield "Titulaire", holder or "non connu"
    yield "Leviers", levers_said(contract.levers)


def levers_said(used: tuple[str, ...] | None) -> str:
    """Return the levers used by a contract, in French: names, « aucun », or « non dits » where they are unknown."""
    if used is None:
        return "non dits"
    return enumeration([lever(code).label for code in used]) or "aucun"


def _check_contract(contract: AwardedContract, last: date) -> None:
    """Raise ChangeRefused where a date, an amount, a lever or a name is invalid; `last` is the latest day of notification."""
    if not _FIRST_DAY <= contract.notified <= last:
        raise ChangeRefused(
            f"Un marché se note une fois notifié : le {day(contract.notified)} est {'à venir' if contract.notified > last else 'trop ancien'}."
        )
    if contract.amount is not None and not contract.amount > 0:
        raise ChangeRefused("Le montant est au-dessus de zéro ; laissez-le vide s’il n’est pas connu.")
    if unknown := [code for code in contract.levers or () if code not in USED]:
        raise ChangeRefused(f"Levier inconnu : {', '.join(unknown)}. Choisissez parmi {', '.join(USED)}.")
    if len(contract.winner) > LONGEST_LINE:
        raise ChangeRefused(f"Titulaire : {LONGEST_LINE} caractères au plus.")


def _of(lot: int) -> str:
    return "du marché" if lot == WHOLE else f"du lot {lot}"
