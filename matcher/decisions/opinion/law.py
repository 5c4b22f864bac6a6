"""The law of the day on a lot: may it be bought direct, is a social condition owed; None wherever what is known does not say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matcher.cleaning.siret import clean_siren
from matcher.decisions.asked import DecisionRefused
from matcher.domain.french import unit
from matcher.domain.reading import Reading
from matcher.reading.intent import INSERTION_CONTRACT
from matcher.reference.law import (
    BuyerNature,
    Exemption,
    LegalRule,
    LegalThreshold,
    exemption,
    nature_of,
    reached,
    thresholds,
)
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import normalise_cpv

# Divisions of the CPV that are works; all others are supplies or services, which the thresholds do not tell apart.
WORKS_CPV, WORKS_NATURE = "45", "travaux"
# A small lot is one of those that add up to no more than this share of the whole need.
SMALL_SHARE = 0.20
# Works shorter than this may be exempted from a social condition.
SHORT_WORKS_MONTHS = 6
# Years that a contract whose duration nobody gives may last, renewals included: the longest of a framework agreement (L2125-1).
MOST_YEARS = 4


@dataclass(frozen=True, slots=True)
class ToldByBuyer:
    """Facts that a buyer adds for the law to be said: `whole` the estimate of the whole need, all lots, like needs and renewals counted, before
    tax; its nature; the exception that it chooses, by its code, and why."""

    whole: float | None = None
    nature: BuyerNature | None = None
    exemption: str = ""
    reason: str = ""


NOTHING_TOLD = ToldByBuyer()


@dataclass(frozen=True, slots=True)
class LegalPosition:
    """Position of a need under the law of a day. `euros` is the estimate that counts: that of the whole, else the lot's own, which `whole_told`
    tells; `lot` the lot's own, renewals included; None where not known. `one_year`: `euros` is of one year, and nobody says of how many: what
    holds for one as for `MOST_YEARS` is told, the rest is not known.

    `direct`: no publicity nor competition is owed; `small_lot` the rule that a small lot of a larger need may use, None for none; `above`: it
    reaches the European threshold; `insertion`: insertion itself is bought, in an adapted procedure whatever the amount (R2123-1, 3°); `owed`: a social condition must be asked for. `direct_below` and `european` are the amounts that decide, several where what is bought or who
    buys is not known, none on a day that the tables do not cover.
    """

    on: date
    lot: float | None
    euros: float | None
    whole_told: bool
    one_year: bool
    works: bool | None
    nature: BuyerNature | None
    direct: bool | None
    small_lot: LegalThreshold | None
    above: bool | None
    insertion: bool
    owed: bool | None
    direct_below: tuple[LegalThreshold, ...]
    european: tuple[LegalThreshold, ...]
    short_works: bool
    exemption: Exemption | None
    reason: str


def legal_position(reading: Reading, on: date, told: ToldByBuyer) -> LegalPosition:
    """Return what the law says of a lot, on its own day where it has one, else on the day it is asked. Raises DecisionRefused for an
    exception that the lot cannot have."""
    day = reading.lot.date or on
    works, nature = works_asked(reading), told.nature or _nature(reading)
    exempted = exemption(told.exemption) if told.exemption else None
    if exempted and exempted.works_only:
        _refuse_short_works(exempted, works, reading.months)
    euros = reading.euros if told.whole is None else told.whole
    direct_below = thresholds(LegalRule.DIRECT, day, works=works)
    european = thresholds(LegalRule.EUROPEAN, day, works=works, buyer=nature)
    since = lever("clause").owed_from
    one_year = told.whole is None and reading.one_year
    most = euros * MOST_YEARS if one_year and euros is not None else euros
    above = _agreed(reached(euros, european), reached(most, european))
    return LegalPosition(
        on=day,
        lot=reading.euros,
        euros=euros,
        whole_told=told.whole is not None,
        one_year=one_year,
        works=works,
        nature=nature,
        direct=_negated(_agreed(reached(euros, direct_below), reached(most, direct_below))),
        small_lot=_small_lot(None if reading.one_year else reading.euros, told.whole, day, works, european),
        above=above,
        insertion=reading.levier_hint == INSERTION_CONTRACT,
        owed=False if since is None or day < since else above,
        direct_below=direct_below,
        european=european,
        short_works=bool(works and reading.months is not None and reading.months < SHORT_WORKS_MONTHS),
        exemption=exempted,
        reason=told.reason,
    )


def _refuse_short_works(exempted: Exemption, works: bool | None, months: float | None) -> None:
    """Raise DecisionRefused where a lot is known to be of no works, or of longer ones than the exception is for."""
    why = "ce lot est de fournitures ou de services" if works is False else ""
    if not why and months is not None and months >= SHORT_WORKS_MONTHS:
        why = f"ce lot dure {unit(months, 'mois', 1)}"
    if why:
        raise DecisionRefused(
            f"La dispense « {exempted.label.lower()} » ({exempted.article}) ne vaut que pour des travaux de moins de six mois : {why}. "
            "Choisissez un autre cas, ou n’en choisissez pas.",
            field="dispense",
        )


def works_asked(reading: Reading) -> bool | None:
    """Whether a lot is of works: by its CPV where it has any that can be read, else by its likeliest activity; None where neither says it."""
    return works_of(reading.lot.cpv, reading.activities[0].code if reading.activities else "")


def works_of(cpv: Iterable[str], activity: str) -> bool | None:
    """Whether a need is of works, by its CPV as written and by its likeliest activity, empty for none."""
    codes = [code for raw in cpv if (code := normalise_cpv(raw)[0])]
    if codes:
        return codes[0].startswith(WORKS_CPV)
    return taxonomy().nature_of(activity) == WORKS_NATURE if activity else None


def _nature(reading: Reading) -> BuyerNature | None:
    digits = "".join(reading.lot.acheteur_siret.split())[:9]
    siren = clean_siren(digits).value
    return nature_of(siren) if siren else None


def _agreed(least: bool | None, most: bool | None) -> bool | None:
    """What holds at both ends; None where they differ."""
    return least if least == most else None


def _negated(said: bool | None) -> bool | None:
    return None if said is None else not said


def _small_lot(
    lot: float | None, whole: float | None, day: date, works: bool | None, european: tuple[LegalThreshold, ...]
) -> LegalThreshold | None:
    """The lighter rule that a lot may use within a need larger than itself: bought direct, else in an adapted procedure."""
    if lot is None or whole is None or not lot < whole or lot > SMALL_SHARE * whole:
        return None
    for rule in (LegalRule.DIRECT, LegalRule.SMALL_LOT):
        below = thresholds(rule, day, works=works)
        needed = rule is LegalRule.DIRECT or reached(whole, european)
        if needed and reached(whole, below) and reached(lot, below) is False:
            return below[0]
    return None
