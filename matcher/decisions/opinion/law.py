"""The law of the day on a lot: may it be bought direct, by which procedure, is a social condition owed; None wherever what is known does not settle it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.cleaning.siret import clean_siren
from matcher.decisions.asked import DecisionRefused
from matcher.domain.french import unit
from matcher.domain.reading import Reading
from matcher.reading.intent import buys_insertion
from matcher.reference.duties import BuyerDuty, OwnLaw, buyer_duties, own_law
from matcher.reference.law import (
    BuyerNature,
    Exemption,
    LegalRule,
    LegalThreshold,
    exemption,
    law_thresholds,
    nature_of,
    reaches_threshold,
)
from matcher.reference.levers import lever
from matcher.reference.specific_services import ListedService, listed_service
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import normalise_cpv

# Divisions of the CPV that are works; all others are supplies or services, which the thresholds do not tell apart.
WORKS_CPV, WORKS_NATURE = "45", "travaux"
# A small lot is one of those that add up to no more than this share of the whole need.
SMALL_SHARE = 0.20
# Works shorter than this may be exempted from a social condition.
SHORT_WORKS_MONTHS = 6
# Share of what a text says, above which it is its main object.
HALF = 0.5
# Longest a lot may last under article L2113-15 (L2113-16).
LONGEST_ESS_MONTHS = 36
# Years that a contract whose duration nobody gives may last, renewals included: the longest of a framework agreement (L2125-1).
MOST_YEARS = 4


@dataclass(frozen=True, slots=True)
class ToldByBuyer:
    """Facts that a buyer adds for the law: `whole` the estimate of the whole need, all lots, like needs and renewals counted, before tax; its nature; the
    exception that it chooses, by its code, and why; whether these are works, None for what is read."""

    whole: float | None = None
    nature: BuyerNature | None = None
    exemption: str = ""
    reason: str = ""
    works: bool | None = None


NOTHING_TOLD = ToldByBuyer()


@dataclass(frozen=True, slots=True)
class LegalPosition:
    """Position of a need under the law of a day. `euros` is the estimate that counts: that of the whole where `whole_told`, else the lot's own; `lot` the
    lot's own, renewals included; None where not known. `one_year`: `euros` is of one year, of an unknown number: only what holds for one as for `MOST_YEARS`
    is settled.

    `direct`: no publicity nor competition is owed; `small_lot` the rule that a small lot of a larger need may use, None for none; `noticed`: a notice must be
    published; `above`: it reaches the European threshold; `owed`: a social condition must be asked for. `insertion`: insertion itself is bought; `service` is
    the line of the annexed list that it falls under: both go by an adapted procedure whatever the amount (R2123-1, 3°), with a notice by a rule of their own.
    `by_trade`: no CPV is given, so that what is bought is known by the trade alone. `direct_below`, `notice` and `european` are the amounts that decide,
    several where what is bought or who buys is not known, none on a day that the tables do not cover. `own_law` is that of a territory which the code does
    not reach: nothing is then compared. `duties` are those of whoever buys such things.
    """

    on: date
    lot: float | None
    euros: float | None
    whole_told: bool
    one_year: bool
    months: float | None
    works: bool | None
    nature: BuyerNature | None
    direct: bool | None
    small_lot: LegalThreshold | None
    noticed: bool | None
    above: bool | None
    insertion: bool
    service: ListedService | None
    by_trade: bool
    owed: bool | None
    direct_below: tuple[LegalThreshold, ...]
    notice: tuple[LegalThreshold, ...]
    european: tuple[LegalThreshold, ...]
    exemption: Exemption | None
    reason: str
    own_law: OwnLaw | None
    duties: tuple[BuyerDuty, ...]

    @property
    def is_adapted(self) -> bool:
        """Return whether an adapted procedure may be used whatever the amount (R2123-1, 3°)."""
        return self.insertion or self.service is not None

    @property
    def short_works(self) -> bool:
        """Return whether it is of works that may be exempted for being short."""
        return bool(self.works) and self.months is not None and self.months < SHORT_WORKS_MONTHS


def legal_position(reading: Reading, on: date, buyer_facts: ToldByBuyer) -> LegalPosition:
    """Return the legal position of a lot, on its own day where it has one, else on the day it is asked. Raises DecisionRefused for an exception that the lot
    cannot have."""
    day, elsewhere = reading.lot.date or on, own_law(reading.places)
    insertion, service = buys_insertion(reading.lot.objet), service_asked(reading)
    adapted = insertion or service is not None
    works = works_asked(reading) if buyer_facts.works is None else buyer_facts.works
    works = False if adapted else works
    siren = clean_siren("".join(reading.lot.acheteur_siret.split())[:9]).value
    nature = buyer_facts.nature or (nature_of(siren) if siren else None)
    amounts = {
        rule: law_thresholds(rule, day, works=works, buyer=nature) for rule in _rules(adapted=adapted, own=elsewhere)
    }
    direct_below, european = amounts.get(LegalRule.DIRECT, ()), amounts.get(LegalRule.EUROPEAN, ())
    notice = amounts.get(LegalRule.SPECIFIC_NOTICE, ()) or amounts.get(LegalRule.NOTICE, ())
    ends = _least_and_most(reading, buyer_facts)
    noticed, above = _reached(ends, notice), _reached(ends, european)
    return LegalPosition(
        on=day,
        lot=reading.euros,
        euros=ends[0],
        whole_told=buyer_facts.whole is not None,
        one_year=buyer_facts.whole is None and reading.one_year,
        months=reading.months,
        works=works,
        nature=nature,
        direct={True: False, False: True, None: None}[_reached(ends, direct_below)],
        small_lot=_small_lot(None if reading.one_year else reading.euros, buyer_facts.whole, amounts),
        noticed=noticed,
        above=above,
        insertion=insertion,
        service=service,
        by_trade=not _codes(reading.lot.cpv),
        owed=_owed(day, noticed, above, adapted=adapted),
        direct_below=direct_below,
        notice=notice,
        european=european,
        exemption=_exempted(buyer_facts, works, reading.months),
        reason=buyer_facts.reason,
        own_law=elsewhere,
        duties=() if elsewhere else buyer_duties(reading.asked, day),
    )


def _rules(*, adapted: bool, own: OwnLaw | None) -> tuple[LegalRule, ...]:
    """The rules that an amount may set off: none under a law of its own, and no formal procedure for what an adapted one always suits."""
    if own is not None:
        return ()
    if adapted:
        return LegalRule.DIRECT, LegalRule.SPECIFIC_NOTICE, LegalRule.EUROPEAN
    return LegalRule.DIRECT, LegalRule.SMALL_LOT, LegalRule.NOTICE, LegalRule.EUROPEAN


def _least_and_most(reading: Reading, buyer_facts: ToldByBuyer) -> tuple[float | None, float | None]:
    """The estimate that counts, twice, or of one year and of the most that an unknown duration may be."""
    if buyer_facts.whole is not None:
        return buyer_facts.whole, buyer_facts.whole
    if reading.euros is not None and reading.one_year:
        return reading.euros, reading.euros * MOST_YEARS
    return reading.euros, reading.euros


def _reached(ends: tuple[float | None, float | None], may_be: tuple[LegalThreshold, ...]) -> bool | None:
    """Return whether both ends reach a threshold, or neither does; None where they differ."""
    least, most = (reaches_threshold(end, may_be) for end in ends)
    return least if least == most else None


def _owed(day: date, noticed: bool | None, above: bool | None, *, adapted: bool) -> bool | None:
    """Return whether a social condition is owed. Of social and specific services, which of the two European thresholds decides is not settled: it is
    where both are reached."""
    since = lever("clause").owed_from
    if since is None or day < since:
        return False
    return (noticed or None) if adapted and above is not False else above


def _exempted(buyer_facts: ToldByBuyer, works: bool | None, months: float | None) -> Exemption | None:
    """The exception that the buyer chose. Raises DecisionRefused for one of short works where the lot is not known to be of such works."""
    exempted = exemption(buyer_facts.exemption) if buyer_facts.exemption else None
    if exempted is None or not exempted.works_only:
        return exempted
    why = ""
    if works is False:
        why = "ce lot est de fournitures ou de services"
    elif months is not None and months >= SHORT_WORKS_MONTHS:
        why = f"ce lot dure {unit(months, 'mois', 1)}"
    elif works is None:
        why = "rien ne dit que ce sont des travaux, donnez le code CPV"
    elif months is None:
        why = "la durée n’est pas connue, donnez-la"
    if why:
        raise DecisionRefused(
            f"La dispense « {exempted.label.lower()} » ({exempted.article}) ne vaut que pour des travaux de moins de six mois : {why}. "
            "Choisissez un autre cas, ou n’en choisissez pas.",
            field="dispense",
        )
    return exempted


def works_asked(reading: Reading) -> bool | None:
    """Return whether a lot is of works: by its CPV where it has any that can be read, else by its activities; None where neither settles it."""
    return works_of(reading.lot.cpv, [(guess.code, guess.confidence) for guess in reading.activities])


def works_of(cpv: Iterable[str], activities: Iterable[tuple[str, float]]) -> bool | None:
    """Return whether a need is of works, by its CPV as written, else by most of its (activity, confidence): its main object decides, not the likeliest of its
    activities. None where neither weighs more than half."""
    if codes := _codes(cpv):
        return codes[0].startswith(WORKS_CPV)
    weights = {True: 0.0, False: 0.0}
    for code, confidence in activities:
        weights[taxonomy().nature_of(code) == WORKS_NATURE] += confidence
    return next((works for works, weight in weights.items() if weight > HALF), None)


def service_asked(reading: Reading) -> ListedService | None:
    """Return the line of the annexed list that a lot falls under: by its CPV where it has any, else by its trade, where all that it asks for is
    listed: of a lot that is not, in part, the other rules hold (R2123-2)."""
    codes = reading.asked or tuple(guess.code for guess in reading.activities[:1]) or ("",)
    lines = [listed_service(reading.lot.cpv, code) for code in codes]
    return lines[0] if None not in lines else None


def unfit_for_ess(reading: Reading) -> str:
    """Return in French why article L2113-15 cannot reserve a lot; empty where it can."""
    service = service_asked(reading)
    if service is not None and service.reservable:
        return "la durée dépasse trois ans (L2113-16)" if (reading.months or 0) > LONGEST_ESS_MONTHS else ""
    why = (
        "ce n’est pas un service social ou spécifique de la liste annexée au code"
        if service is None
        else "ce service de la liste annexée au code n’est pas de ceux que cet article peut réserver"
    )
    return why if _codes(reading.lot.cpv) else f"d’après le métier lu, {why} ; donnez le code CPV"


def _codes(cpv: Iterable[str]) -> list[str]:
    return [code for raw in cpv if (code := normalise_cpv(raw)[0])]


def _small_lot(
    lot: float | None, whole: float | None, amounts: Mapping[LegalRule, tuple[LegalThreshold, ...]]
) -> LegalThreshold | None:
    """The lighter rule that a lot may use within a need larger than itself: bought direct, else in an adapted procedure."""
    if lot is None or whole is None or not lot < whole or lot > SMALL_SHARE * whole:
        return None
    for rule in (LegalRule.DIRECT, LegalRule.SMALL_LOT):
        below = amounts.get(rule, ())
        needed = rule is LegalRule.DIRECT or reaches_threshold(whole, amounts.get(LegalRule.EUROPEAN, ()))
        if below and needed and reaches_threshold(whole, below) and reaches_threshold(lot, below) is False:
            return below[0]
    return None
