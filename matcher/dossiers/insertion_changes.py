"""Journal changes of the hours of insertion (work given to people far from employment under a social clause): promise, monthly notes, corrections, checks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Self

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
    plus,
    promise_said,
)
from matcher.domain.french import count, day, number, of_month, unit
from matcher.dossiers.dossier import WHOLE, Dossier, DossierChange
from matcher.dossiers.entry_changes import require_reason
from matcher.journal.change import LONGEST_LINE, ChangeRefused, because, one_line, tidy_lines
from matcher.reference.wordings import persona_wording

# Most hours of one person in a month: 48 hours a week (labour code, L3121-20), 31 days.
MOST_MONTHLY = 48 * 31 / 7
# A total beyond this many times the promise is probably a typing error: the writer must confirm it.
MANY_TIMES = 3
MOST_HOURS = 30_000_000.0
MOST_PERIODS = 10_000
_CODE = re.compile(r"[a-z][a-z-]{1,39}")
_CLASHES = 3  # conflicting figures quoted in a refusal


class Over(StrEnum):
    """Choice for new hours of a month that already has other hours: ask the writer, replace, or add."""

    ASK = ""
    REPLACE = "remplacer"
    ADD = "ajouter"


@dataclass(frozen=True, slots=True)
class PromiseHours(DossierChange, action="promettre-heures"):
    """Set the promise of a lot's contract, or of the whole dossier's: hours of insertion, start, end; `source` is the decision whose hours were confirmed."""

    promise: HoursPromise
    source: str = ""
    lot: int = WHOLE

    def tidy(self) -> Self:
        return replace(self, promise=one_line(self.promise), source=tidy_lines(self.source))

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        promise, hours = self.promise, dossier.followed.get(self.lot, InsertionHours())
        if self.lot != WHOLE:
            dossier.lot(self.lot)
        _check_no_double_count(self.lot, dossier.followed)
        if promise.hours is not None and not (isfinite(promise.hours) and 0 < promise.hours <= MOST_HOURS):
            raise ChangeRefused(
                f"Heures promises : un nombre entre 1 et {number(MOST_HOURS)}, ou rien s’il n’est pas connu."
            )
        if promise.end is not None and promise.end < promise.start:
            raise ChangeRefused("La fin du marché précède son début : corrigez l’une des deux dates.")
        if max(len(promise.client), len(promise.reference)) > LONGEST_LINE:
            raise ChangeRefused(f"{persona_wording('client')} et référence : {LONGEST_LINE} caractères au plus.")
        for month in hours.all_months:
            _check_month(promise, month)
        return _with_hours(dossier, self.lot, replace(hours, promise=promise))

    def says(self, dossier: Dossier) -> str:
        confirmed = f", d’après : {self.source}" if self.source else ""
        return f"dit la clause{_of_lot(dossier, self.lot) or ' du marché'} : {promise_said(self.promise)}{confirmed}"


@dataclass(frozen=True, slots=True)
class RecordHours(DossierChange, action="noter-heures"):
    """Note hours of a contract by month, modality (way of doing them) and public, and PMSMP (immersion periods) by month; an empty figure leaves the former
    one. `over`: what to do with hours noted already; `sure`: the writer has confirmed a total far beyond the promise."""

    months: tuple[MonthHours, ...] = ()
    immersions: tuple[MonthImmersions, ...] = ()
    sure: bool = False
    lot: int = WHOLE
    over: Over = Over.ASK

    @classmethod
    def from_older(cls, data: Any) -> Any:
        """Read an older change: before `over` existed, new hours replaced the former ones."""
        return {"over": Over.REPLACE.value, **data}

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        hours = _promised_hours(dossier, self.lot)
        if not self.months and not self.immersions:
            raise ChangeRefused("Donnez des heures, ou un nombre de PMSMP.")
        followed = self.merge_with(hours)
        self._check_repeats(dossier, hours, followed)
        lines, promise = {one.key: one for one in followed.months}, hours.promise
        for month_hours in self.months:
            _check_line(lines[month_hours.key], promise, at)
        for period in self.immersions:
            _check_month(promise, period.month)
            if not 0 <= period.count <= MOST_PERIODS:
                raise ChangeRefused(f"PMSMP : un nombre de périodes de 0 à {number(MOST_PERIODS)}.")
        if not self.sure:
            _check_totals(followed)
        return _with_hours(dossier, self.lot, followed)

    def is_noted(self, dossier: Dossier) -> bool:
        """Return whether the contract already has exactly these hours."""
        hours = dossier.followed.get(self.lot, InsertionHours())
        return self.merge_with(hours) == hours

    def merge_with(self, former_hours: InsertionHours) -> InsertionHours:
        """Return the hours of a contract with the new ones merged in, added or replaced as `over` asks."""
        lines = {one.key: one for one in former_hours.months}
        periods = {one.month: one for one in former_hours.immersions}
        for line in self.months:
            former = lines.get(line.key)
            if former is None:
                lines[line.key] = line
            elif self.over is Over.ADD:
                lines[line.key] = plus(former, line)
            else:
                filled = {one.name: value for one in fields(line) if (value := getattr(line, one.name)) is not None}
                lines[line.key] = replace(former, **filled)
        for period in self.immersions:
            before = periods[period.month].count if self.over is Over.ADD and period.month in periods else 0
            periods[period.month] = replace(period, count=period.count + before)
        return InsertionHours(
            former_hours.promise,
            tuple(lines[key] for key in sorted(lines)),
            tuple(periods[key] for key in sorted(periods)),
        )

    def says(self, dossier: Dossier) -> str:
        months = InsertionHours(None, self.months, self.immersions).all_months
        period = of_month(months[0]) + (f" à {bare_month(months[-1])}" if len(months) > 1 else "")
        added_up = ", en plus de celles notées" if self.over is Over.ADD else ""
        counts = [count(len(self.months), "ligne")] if self.months else []
        for kind in HoursKind:
            known_hours = [hours for line in self.months if (hours := line.of(kind)) is not None]
            if known_hours:
                counts.append(f"{number(sum(known_hours), 2)} {kind}")
        if self.immersions:
            counts.append(f"{number(sum(one.count for one in self.immersions))} PMSMP")
        return f"note les heures d’insertion {period}{_of_lot(dossier, self.lot)} ({', '.join(counts)}){added_up}"

    def _check_repeats(self, dossier: Dossier, former_hours: InsertionHours, followed: InsertionHours) -> None:
        """Raise ChangeRefused for hours noted already: the same, or different ones while `over` is ASK."""
        if followed == former_hours:
            raise ChangeRefused("Ces heures sont déjà notées, telles quelles.")
        # The journal line that noted the same hours, unless hours were removed or moved since.
        same = None
        for event in reversed(dossier.journal):
            change = event.change
            if isinstance(change, RemoveHours | MoveHours):
                break
            if isinstance(change, RecordHours) and replace(change, sure=self.sure, over=self.over) == self:
                same = event
                break
        if same and self.over is not Over.REPLACE and not (self.over and self.sure):
            cure = (
                "Si ce sont celles d’une autre structure, cochez « Ces heures sont justes »."
                if self.over
                else f"Pour les remettre à la place de ce qui a changé depuis, choisissez « {Over.REPLACE} »."
            )
            raise ChangeRefused(f"Ces heures sont déjà notées, le {day(same.at.date())}, par {same.who}. {cure}")
        if self.over is Over.ASK and (clashes := list(self._clashes(former_hours))):
            others_count = len(clashes) - _CLASHES
            others = f" et {count(others_count, 'autre mois', 'autres mois')}" if others_count > 0 else ""
            raise ChangeRefused(
                f"Déjà noté autrement : {' ; '.join(clashes[:_CLASHES])}{others}. Dites s’il faut « {Over.REPLACE} » ce qui est noté, ou « {Over.ADD} »."
            )

    def _clashes(self, hours: InsertionHours) -> Iterator[str]:
        """Yield, in French, the figures that conflict with those noted already."""
        lines = {line.key: line for line in hours.months}
        for line in self.months:
            for kind in HoursKind if line.key in lines else ():
                new, old = line.of(kind), lines[line.key].of(kind)
                if new is not None and old is not None and new != old:
                    where = f"{label_of(line.modality)}, {bare_month(line.month)}"
                    yield f"{where}, {unit(old, 'heures', 2)} {kind}, et non {number(new, 2)}"
        counts = {period.month: period.count for period in hours.immersions}
        for period in self.immersions:
            if (noted := counts.get(period.month, period.count)) != period.count:
                yield f"PMSMP, {bare_month(period.month)}, {number(noted)}, et non {number(period.count)}"


@dataclass(frozen=True, slots=True)
class CorrectHours(DossierChange, action="corriger-heures"):
    """Correct the hours noted for a month and a modality by a difference: `line` has the hours to add by kind, negative to take off; `sure`: the writer has
    confirmed a total far beyond the promise."""

    line: MonthHours
    reason: str
    lot: int = WHOLE
    sure: bool = False

    @classmethod
    def from_older(cls, data: Any) -> Any:
        """Read an older change: corrections noted before totals were checked are taken as sure."""
        return {"sure": True, **data}

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "corriger des heures")
        former_hours = _promised_hours(dossier, self.lot)
        former = next((one for one in former_hours.months if one.key == self.line.key), None)
        where = f"{label_of(self.line.modality)}, mois {of_month(self.line.month)}"
        if self.is_noted(dossier):
            raise ChangeRefused(
                f"{where} : cette correction est déjà notée. Si c’en est une autre, dites-le dans son motif."
            )
        corrections = [(kind, hours) for kind in HoursKind if (hours := self.line.of(kind))]
        if not corrections:
            raise ChangeRefused("Donnez les heures à ajouter, ou à retirer (−20).")
        for kind, hours in corrections:
            _check_correction(where, kind, former.of(kind) if former else None, hours)
        corrected = plus(former or self.line, replace(self.line, people=None))
        _check_line(corrected, former_hours.promise, at)
        months = tuple(corrected if one is former else one for one in former_hours.months)
        followed = replace(former_hours, months=months)
        if not self.sure:
            _check_totals(followed, tuple(kind for kind, hours in corrections if hours > 0))
        return _with_hours(dossier, self.lot, followed)

    def is_noted(self, dossier: Dossier) -> bool:
        """Return whether the same correction was noted already."""
        return any(
            isinstance(change := event.change, CorrectHours) and replace(change, sure=self.sure) == self
            for event in dossier.journal
        )

    def says(self, dossier: Dossier) -> str:
        hours = ", ".join(f"{number(figure, 2)} {kind}" for kind in HoursKind if (figure := self.line.of(kind)))
        where = f"« {label_of(self.line.modality)} » {of_month(self.line.month)}{_of_lot(dossier, self.lot)}"
        return f"corrige les heures {where} ({hours}){because(self.reason)}"


@dataclass(frozen=True, slots=True)
class RemoveHours(DossierChange, action="retirer-heures"):
    """Take out the hours of a month for a modality and a public, or the month's PMSMP (`modality` is then `PMSMP`)."""

    month: date
    modality: str
    reason: str
    lot: int = WHOLE
    public: str = ""

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        require_reason(self.reason, "retirer des heures")
        hours = dossier.followed.get(self.lot, InsertionHours())
        key = self.month, self.modality, self.public
        left = replace(
            hours,
            months=tuple(one for one in hours.months if one.key != key),
            immersions=tuple(one for one in hours.immersions if (one.month, PMSMP, "") != key),
        )
        if left == hours:
            raise ChangeRefused(f"Rien n’est noté {of_month(self.month)} pour « {label_of(self.modality)} ».")
        return _with_hours(dossier, self.lot, left)

    def says(self, dossier: Dossier) -> str:
        what = "les PMSMP" if self.modality == PMSMP else f"les heures « {label_of(self.modality)} »"
        return f"retire {what} {of_month(self.month)}{_of_lot(dossier, self.lot)}{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class MoveHours(DossierChange, action="rattacher-heures"):
    """Move the followed hours of a contract, with its promise, to another lot or to the whole dossier."""

    lot: int
    to: int

    def apply(self, dossier: Dossier, at: datetime, author: str) -> Dossier:
        followed = dict(dossier.followed)
        if self.lot not in followed:
            raise ChangeRefused(f"Aucune heure n’est suivie pour {_lot_words(self.lot)}.")
        if self.to != WHOLE:
            dossier.lot(self.to)
        if self.to in followed:
            raise ChangeRefused(f"Des heures sont déjà suivies pour {_lot_words(self.to)}.")
        hours = followed.pop(self.lot)
        _check_no_double_count(self.to, followed)
        return replace(dossier, followed={**followed, self.to: hours})

    def says(self, dossier: Dossier) -> str:
        to = "à tout le dossier" if self.to == WHOLE else f"au lot {self.to}"
        return f"rattache {to} les heures d’insertion suivies pour {_lot_words(self.lot)}"


def _lot_words(lot: int) -> str:
    return "tout le dossier" if lot == WHOLE else f"le lot {lot}"


def _of_lot(dossier: Dossier, lot: int) -> str:
    return "" if lot == WHOLE or len(dossier.lots) == 1 else f" du lot {lot}"


def _with_hours(dossier: Dossier, lot: int, hours: InsertionHours) -> Dossier:
    return replace(dossier, followed={**dossier.followed, lot: hours})


def _check_no_double_count(lot: int, followed: Mapping[int, InsertionHours]) -> None:
    """Raise ChangeRefused where hours would be followed both for a lot and for the whole dossier."""
    if lot not in followed and followed and WHOLE in (lot, *followed):
        raise ChangeRefused(
            "Des heures de tout le dossier et d’un lot compteraient deux fois : dites d’abord de quel lot sont celles qui sont suivies."
        )


def _promised_hours(dossier: Dossier, lot: int) -> InsertionHours:
    """Return the hours of a contract. Raises ChangeRefused where it has no promise."""
    hours = dossier.followed.get(lot, InsertionHours())
    if hours.promise is None:
        raise ChangeRefused("Dites d’abord quand le marché commence : les mois se comptent à partir de là.")
    return hours


def _check_correction(where: str, kind: HoursKind, noted: float | None, hours: float) -> None:
    """Raise ChangeRefused where there is nothing to correct, or where the result would be below 0."""
    if noted is None:
        raise ChangeRefused(f"{where} : aucune heure {kind[:-1]} n’y est notée, rien n’est à corriger.")
    if noted + hours < 0:
        raise ChangeRefused(f"{where} : {number(noted, 2)} notées, {number(-hours, 2)} ne peuvent en être retirées.")


def _check_line(month_hours: MonthHours, promise: HoursPromise | None, at: datetime) -> None:
    """Raise ChangeRefused for an invalid line: month, modality, public, or hours out of bounds."""
    _check_month(promise, month_hours.month)
    where = f"{label_of(month_hours.modality)}, mois {of_month(month_hours.month)}"
    if not _CODE.fullmatch(month_hours.modality):
        raise ChangeRefused("Modalité inconnue : choisissez dans la liste.")
    if month_hours.public and not _CODE.fullmatch(month_hours.public):
        raise ChangeRefused("Public inconnu : choisissez dans la liste.")
    if month_hours.done is not None and month_hours.month > first_day(at.date()):
        raise ChangeRefused(f"{where} : ce mois est à venir, ses heures sont prévues ou placées, pas faites.")
    for kind in HoursKind:
        hours = month_hours.of(kind)
        if hours is not None and not (isfinite(hours) and 0 <= hours <= MOST_HOURS):
            raise ChangeRefused(f"{where} : des heures {kind} de 0 à {number(MOST_HOURS)}.")
        if hours is not None and month_hours.people is not None and hours > MOST_MONTHLY * month_hours.people:
            most = number(MOST_MONTHLY * month_hours.people)
            raise ChangeRefused(
                f"{where} : {number(hours, 2)} heures {kind} pour {count(month_hours.people, 'personne')}, c’est plus qu’un mois n’en "
                f"compte ({most} au plus, à 48 heures par semaine). Corrigez les heures, ou le nombre de personnes."
            )


def _check_month(promise: HoursPromise | None, month: date) -> None:
    """Raise ChangeRefused for a month outside the contract, or a day that is not the first of its month."""
    if promise is None:
        return
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


def _check_totals(followed: InsertionHours, kinds: Iterable[HoursKind] = tuple(HoursKind)) -> None:
    """Raise ChangeRefused where a total is more than `MANY_TIMES` the promise; the writer may then confirm it."""
    promised = followed.promise.hours if followed.promise else None
    for kind in kinds:
        total = followed.total(kind)
        if promised and total is not None and total > MANY_TIMES * promised:
            raise ChangeRefused(
                f"{number(total, 2)} heures {kind} en tout, pour {number(promised, 2)} promises : est-ce bien cela ? Corrigez, ou cochez "
                "« Ces heures sont justes »."
            )
