"""Changes of the hours of insertion of a dossier: what is promised, what is noted by month, what is taken out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from math import isfinite

from matcher.decisions.clause.followup import (
    PMSMP,
    HoursKind,
    HoursPromise,
    InsertionHours,
    MonthHours,
    MonthImmersions,
    bare_month,
    first_day,
    label_of,
    promise_said,
)
from matcher.domain.french import count, number, of_month
from matcher.dossiers.dossier import Dossier, DossierChange
from matcher.dossiers.entry_changes import need
from matcher.journal.change import ChangeRefused, because

# Nobody works more in a month: 48 hours a week (labour code, L3121-20), 31 days.
MOST_MONTHLY = 48 * 31 / 7
# Beyond this many times its promise, a total is more likely a slip than an effort: it is asked.
MANY_TIMES = 3
MOST_HOURS = 30_000_000.0
MOST_PERIODS = 10_000
_CODE = re.compile(r"[a-z][a-z-]{1,39}")


@dataclass(frozen=True, slots=True)
class PromiseHours(DossierChange, action="promettre-heures"):
    """Say how many hours of insertion the contract promises, and when it begins and ends; `source` is the paper whose hours were confirmed."""

    promise: HoursPromise
    source: str = ""

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        its, held = self.promise, dossier.insertion
        if its.hours is not None and not (isfinite(its.hours) and 0 < its.hours <= MOST_HOURS):
            raise ChangeRefused(
                f"Heures promises : un nombre entre 1 et {number(MOST_HOURS)}, ou rien s’il n’est pas connu."
            )
        if its.end is not None and its.end < its.start:
            raise ChangeRefused("La fin du marché précède son début : corrigez l’une des deux dates.")
        for month in held.all_months:
            _within(its, month)
        return replace(dossier, insertion=replace(held, promise=its))

    def says(self, dossier: Dossier) -> str:
        confirmed = f", d’après : {self.source}" if self.source else ""
        return f"dit la clause du marché : {promise_said(self.promise)}{confirmed}"


@dataclass(frozen=True, slots=True)
class RecordHours(DossierChange, action="noter-heures"):
    """Note hours by month and modality, and PMSMP by month: what a line does not say stays as it was. `sure` where the writer has
    confirmed a total far beyond the promise."""

    months: tuple[MonthHours, ...] = ()
    immersions: tuple[MonthImmersions, ...] = ()
    sure: bool = False

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        held = dossier.insertion
        if held.promise is None:
            raise ChangeRefused("Dites d’abord quand le marché commence : les mois se comptent à partir de là.")
        if not self.months and not self.immersions:
            raise ChangeRefused("Donnez des heures, ou un nombre de PMSMP.")
        lines = {(one.month, one.modality): one for one in held.months}
        for one in self.months:
            lines[one.month, one.modality] = _checked(
                _over(lines.get((one.month, one.modality)), one), held.promise, at
            )
        periods = {one.month: one for one in held.immersions}
        for its in self.immersions:
            _within(held.promise, its.month)
            if not 0 <= its.count <= MOST_PERIODS:
                raise ChangeRefused(f"PMSMP : un nombre de périodes de 0 à {number(MOST_PERIODS)}.")
            periods[its.month] = its
        followed = InsertionHours(
            held.promise, tuple(lines[key] for key in sorted(lines)), tuple(periods[key] for key in sorted(periods))
        )
        if followed == held:
            raise ChangeRefused("Ces heures sont déjà notées, telles quelles.")
        if not self.sure:
            _likely(followed)
        return replace(dossier, insertion=followed)

    def says(self, dossier: Dossier) -> str:
        months = InsertionHours(None, self.months, self.immersions).all_months
        period = of_month(months[0]) + (f" à {bare_month(months[-1])}" if len(months) > 1 else "")
        return f"note les heures d’insertion {period} ({', '.join(_counted(self))})"


@dataclass(frozen=True, slots=True)
class RemoveHours(DossierChange, action="retirer-heures"):
    """Take out the hours of a month by a modality, or its PMSMP (`modality` is then `PMSMP`)."""

    month: date
    modality: str
    reason: str

    def applied(self, dossier: Dossier, at: datetime, who: str) -> Dossier:
        need(self.reason, "retirer des heures")
        held = dossier.insertion
        left = replace(
            held,
            months=tuple(one for one in held.months if (one.month, one.modality) != (self.month, self.modality)),
            immersions=tuple(one for one in held.immersions if (one.month, PMSMP) != (self.month, self.modality)),
        )
        if left == held:
            raise ChangeRefused(f"Rien n’est noté {of_month(self.month)} pour « {label_of(self.modality)} ».")
        return replace(dossier, insertion=left)

    def says(self, dossier: Dossier) -> str:
        what = "les PMSMP" if self.modality == PMSMP else f"les heures « {label_of(self.modality)} »"
        return f"retire {what} {of_month(self.month)}{because(self.reason)}"


def _counted(its: RecordHours) -> Iterator[str]:
    if its.months:
        yield count(len(its.months), "ligne")
    for kind in HoursKind:
        said = [hours for one in its.months if (hours := one.of(kind)) is not None]
        if said:
            yield f"{number(sum(said), 2)} {kind}"
    if its.immersions:
        yield f"{number(sum(one.count for one in its.immersions))} PMSMP"


def _over(former: MonthHours | None, new: MonthHours) -> MonthHours:
    """A line with what it did not say taken from the former one."""
    if former is None:
        return new
    said = {one.name: its for one in fields(new) if (its := getattr(new, one.name)) is not None}
    return replace(former, **said)


def _checked(one: MonthHours, promise: HoursPromise, at: datetime) -> MonthHours:
    """A line that can be; raises ChangeRefused for any other."""
    _within(promise, one.month)
    where = f"{label_of(one.modality)}, mois {of_month(one.month)}"
    if not _CODE.fullmatch(one.modality):
        raise ChangeRefused("Modalité inconnue : choisissez dans la liste.")
    if one.done is not None and one.month > first_day(at.date()):
        raise ChangeRefused(f"{where} : ce mois est à venir, ses heures sont prévues ou placées, pas faites.")
    for kind in HoursKind:
        hours = one.of(kind)
        if hours is not None and not (isfinite(hours) and 0 <= hours <= MOST_HOURS):
            raise ChangeRefused(f"{where} : des heures {kind} de 0 à {number(MOST_HOURS)}.")
        if hours is not None and one.people is not None and hours > MOST_MONTHLY * one.people:
            most = number(MOST_MONTHLY * one.people)
            raise ChangeRefused(
                f"{where} : {number(hours, 2)} heures {kind} pour {count(one.people, 'personne')}, c’est plus qu’un mois n’en "
                f"compte ({most} au plus, à 48 heures par semaine). Corrigez les heures, ou le nombre de personnes."
            )
    return one


def _within(promise: HoursPromise, month: date) -> None:
    """Raise ChangeRefused for a month that the contract does not have."""
    if month.day != 1:
        raise ChangeRefused("Un mois se dit par son premier jour.")
    if month < first_day(promise.start):
        raise ChangeRefused(
            f"Le mois {of_month(month)} précède le marché, qui commence en {promise.start:%m/%Y} : corrigez le mois, ou le début du marché."
        )
    if promise.end is not None and month > promise.end:
        raise ChangeRefused(
            f"Le mois {of_month(month)} suit la fin du marché ({promise.end:%m/%Y}) : corrigez le mois, ou la fin s’il est prolongé."
        )


def _likely(followed: InsertionHours) -> None:
    """Raise ChangeRefused where a total is many times the promise, which the writer may confirm."""
    promised = followed.promise.hours if followed.promise else None
    for kind in HoursKind:
        total = followed.total(kind)
        if promised and total is not None and total > MANY_TIMES * promised:
            raise ChangeRefused(
                f"{number(total, 2)} heures {kind} en tout, pour {number(promised, 2)} promises : est-ce bien cela ? Corrigez, ou cochez "
                "« Ces heures sont justes »."
            )
