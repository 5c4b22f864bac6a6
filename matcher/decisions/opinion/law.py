"""Computes the legal position of a lot (French procurement code): direct purchase, procedure, mandatory social condition; None if undecided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from matcher.cleaning.siret import clean_siren
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.question import DecisionQuestion, amount, choice, text
from matcher.domain.french import unit
from matcher.domain.reading import Reading
from matcher.reading.intent import buys_insertion
from matcher.reading.reader import town_buying
from matcher.reference.law import (
    BUYER_NATURES,
    BuyerDuty,
    BuyerNature,
    Exemption,
    LegalRule,
    LegalThreshold,
    ListedService,
    OwnLaw,
    buyer_duties,
    exemption,
    exemptions,
    law_thresholds,
    listed_service,
    nature_of,
    own_law,
    reaches_threshold,
)
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import normalise_cpv

# CPV division of works; all others are supplies or services, which have the same thresholds.
WORKS_CPV, WORKS_NATURE = "45", "travaux"
# Small lots are those that together are at most this share of the whole need.
SMALL_SHARE = 0.20
# Works shorter than this may be exempted from a social condition.
SHORT_WORKS_MONTHS = 6
# Share of the reading's weight above which a nature (works or not) is the main object.
HALF = 0.5
# Longest a lot may last under article L2113-15 (L2113-16).
LONGEST_ESS_MONTHS = 36
# Longest duration assumed for a contract of unknown duration, renewals included: that of a framework agreement (L2125-1).
MOST_YEARS = 4


@dataclass(frozen=True, slots=True)
class ProcedureLots:
    """The lots of one procedure: their number, how many have no known amount (`unknown`), and the lowest and highest sum of the others, in euros before tax;
    `most` is None where an amount is unknown. `maxima`: number of lots that count by their written maximum."""

    count: int
    unknown: int
    least: float
    most: float | None
    maxima: int = 0

    @property
    def is_partial(self) -> bool:
        """Return whether the sum may be higher than `least`."""
        return self.most != self.least


def lots_of_procedure(lots: Sequence[Reading], unread: int = 0) -> ProcedureLots | None:
    """Return the sum of the lots of a procedure, `unread` more of which are not read; None for a single lot, or if no amount is known."""
    amounts = [_compared_amount(reading) for reading in lots]
    known = [(its.euros, its.most) for its in amounts if its.euros is not None and its.most is not None]
    count = len(lots) + unread
    if count < 2 or not known:
        return None
    least, most = (sum(ends) for ends in zip(*known, strict=True))
    unknown = count - len(known)
    return ProcedureLots(count, unknown, least, None if unknown else most, sum(its.is_maximum for its in amounts))


@dataclass(frozen=True, slots=True)
class _ComparedAmount:
    """The amount of a lot that is compared with the thresholds, in euros before tax: its written maximum (`is_maximum`), else its estimate; `one_year`: per
    year, for an unknown number of years."""

    euros: float | None
    one_year: bool
    is_maximum: bool = False

    @property
    def most(self) -> float | None:
        """The highest amount: over `MOST_YEARS` if it is yearly and the duration unknown."""
        return self.euros * MOST_YEARS if self.euros is not None and self.one_year else self.euros


def _compared_amount(reading: Reading) -> _ComparedAmount:
    """Return the amount of a lot that counts: the maximum that its text states (R2121-8), unless a higher estimate contradicts it."""
    estimate, maximum = reading.euros, reading.maximum
    euros = None if maximum is None else maximum.over(reading.months) or maximum.euros
    if maximum is None or euros is None or (estimate is not None and estimate > euros):
        return _ComparedAmount(estimate, reading.one_year)
    return _ComparedAmount(euros, maximum.yearly and reading.months is None, is_maximum=True)


@dataclass(frozen=True, kw_only=True)
class ToldByBuyer(DecisionQuestion):
    """Legal facts given by the buyer. `whole`: estimate before tax of the whole need (all lots, similar needs and renewals); `nature`: of the buyer;
    `exemption`: code of the exception chosen, and its `reason`; `works`: None to decide from the text; `procedure`: all the lots, this one included, whose
    sum counts without `whole`."""

    whole: float | None = amount(
        "ensemble",
        "L’estimation de tout le besoin",
        "Estimation HT de tout le besoin, sinon celle des lots",
        "Estimation HT de tout le besoin : tous lots, besoins semblables, reconductions ; sinon, le montant des lots.",
    )
    nature: BuyerNature | None = choice(
        "nature",
        "Nature de l’acheteur",
        "Nature de l’acheteur, dont dépendent les seuils européens ; sinon, d’après son SIRET.",
        BUYER_NATURES.items(),
        "celle qui est connue",
        default=None,
        read=BuyerNature,
        refusal="Choisissez la nature de l’acheteur dans la liste.",
    )
    exemption: str = choice(
        "dispense",
        "Dispense de condition sociale",
        "Cas de L2112-2-1 retenu pour ne pas prévoir de condition sociale.",
        [(one.code, one.label) for one in exemptions()],
        "aucune",
        refusal="Choisissez la dispense dans la liste.",
    )
    reason: str = text(
        "motif",
        "Motif de la dispense, gardé avec la décision",
        "Pourquoi cette dispense : gardé avec la décision.",
        most=2_000,
    )
    works: bool | None = None
    procedure: ProcedureLots | None = None

    @property
    def compared_lots(self) -> ProcedureLots | None:
        """The lots whose sum counts; None if the estimate of the whole need is given, which includes them."""
        return self.procedure if self.whole is None else None

    @property
    def least_whole(self) -> float | None:
        """The lowest estimate of more than the lot: of the whole need, else of the lots of the procedure."""
        return self.compared_lots.least if self.compared_lots else self.whole

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield the fault of a reason without an exemption."""
        if self.reason and not self.exemption:
            yield "reason", "Ce motif dit pourquoi une dispense est retenue : choisissez-la aussi."


NOTHING_TOLD = ToldByBuyer()


@dataclass(frozen=True, slots=True)
class LegalPosition:
    """Legal position of a need on a day; None means undecided. `euros`: the estimate compared, of the whole need if `whole_told`, else of
    the lots of the `procedure`, else of the lot; `lot`: the lot's own, renewals included. `one_year`: `euros` is per year for an unknown number of years;
    a result must then hold for 1 as for `MOST_YEARS` years. `is_maximum`: `lot` is the maximum that the text states. `nature_words`: those of the text
    that propose the `nature`, "" if the buyer or its number gives it.

    `direct`: neither publicity nor competition is required; `small_lot`: rule that a small lot of a larger need may use; `noticed`: a notice must be
    published; `above`: the European threshold is reached; `owed`: a social condition is mandatory. `insertion`: insertion itself is bought; `service`: line of
    the annexed list of social services; both have an adapted procedure whatever the amount (R2123-1, 3°) and their own rule of notice. `by_trade`: without
    CPV, the trade read decides. `direct_below`, `notice`, `european`: thresholds compared; several if the purchase or buyer is uncertain, none if the tables
    do not cover the day. `own_law`: law of a territory outside the code; nothing is then compared. `duties`: other duties for such purchases.
    """

    on: date
    lot: float | None
    euros: float | None
    whole_told: bool
    procedure: ProcedureLots | None
    one_year: bool
    is_maximum: bool
    months: float | None
    works: bool | None
    nature: BuyerNature | None
    nature_words: str
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
        """Return whether an adapted procedure is allowed whatever the amount (R2123-1, 3°)."""
        return self.insertion or self.service is not None

    @property
    def short_works(self) -> bool:
        """Return whether these are works short enough for the exemption of short works."""
        return bool(self.works) and self.months is not None and self.months < SHORT_WORKS_MONTHS


def legal_position(reading: Reading, on: date, buyer_facts: ToldByBuyer) -> LegalPosition:
    """Return the legal position of a lot on its own day, else on `on`. Raises DecisionRefused for an exemption that cannot apply to the lot."""
    day, local_law = reading.lot.date or on, own_law(reading.places)
    insertion, service = buys_insertion(reading.lot.objet), service_asked(reading)
    adapted = insertion or service is not None
    works = works_asked(reading) if buyer_facts.works is None else buyer_facts.works
    works = False if adapted else works
    nature, nature_words = _nature_and_words(reading, buyer_facts)
    rules: tuple[LegalRule, ...] = (LegalRule.DIRECT, LegalRule.SMALL_LOT, LegalRule.NOTICE, LegalRule.EUROPEAN)
    if local_law is not None:
        rules = ()
    elif adapted:
        rules = (LegalRule.DIRECT, LegalRule.SPECIFIC_NOTICE, LegalRule.EUROPEAN)
    amounts = {rule: law_thresholds(rule, day, works=works, buyer=nature) for rule in rules}
    direct_below, european = amounts.get(LegalRule.DIRECT, ()), amounts.get(LegalRule.EUROPEAN, ())
    notice = amounts.get(LegalRule.SPECIFIC_NOTICE, ()) or amounts.get(LegalRule.NOTICE, ())
    own = _compared_amount(reading)
    bounds = own.euros, own.most
    if buyer_facts.whole is not None:
        bounds = buyer_facts.whole, buyer_facts.whole
    elif (procedure := buyer_facts.procedure) is not None:
        bounds = procedure.least, inf if procedure.most is None else procedure.most
    noticed, above = _reaches(bounds, notice), _reaches(bounds, european)
    return LegalPosition(
        on=day,
        lot=own.euros,
        euros=bounds[0],
        whole_told=buyer_facts.whole is not None,
        procedure=buyer_facts.compared_lots,
        one_year=buyer_facts.least_whole is None and own.one_year,
        is_maximum=own.is_maximum,
        months=reading.months,
        works=works,
        nature=nature,
        nature_words=nature_words,
        direct={True: False, False: True, None: None}[_reaches(bounds, direct_below)],
        small_lot=_small_lot(None if own.one_year else own.euros, buyer_facts.least_whole, amounts),
        noticed=noticed,
        above=above,
        insertion=insertion,
        service=service,
        by_trade=not _codes(reading.lot.cpv),
        owed=_condition_owed(day, noticed, above, adapted=adapted),
        direct_below=direct_below,
        notice=notice,
        european=european,
        exemption=_chosen_exemption(buyer_facts, works, reading.months),
        reason=buyer_facts.reason,
        own_law=local_law,
        duties=() if local_law else buyer_duties(reading.asked, day),
    )


def _nature_and_words(reading: Reading, buyer_facts: ToldByBuyer) -> tuple[BuyerNature | None, str]:
    """Return the nature of the buyer, as given or by its number, else the one that the text proposes, with the words that propose it."""
    nature = buyer_facts.nature or nature_of(clean_siren(reading.buyer_siren).value or "")
    if buyer_facts.nature or reading.lot.acheteur_siret or nature not in (None, BuyerNature.OTHER):
        return nature, ""
    words = town_buying(reading.lot.objet)
    return BuyerNature.OTHER if words else nature, words


def _reaches(bounds: tuple[float | None, float | None], may_be: tuple[LegalThreshold, ...]) -> bool | None:
    """Return whether both estimates reach a threshold; None if only one does."""
    least, most = (reaches_threshold(end, may_be) for end in bounds)
    return least if least == most else None


def _condition_owed(day: date, noticed: bool | None, above: bool | None, *, adapted: bool) -> bool | None:
    """Return whether a social condition is mandatory. For social and specific services the law does not settle which of two European thresholds applies: True
    if both are reached."""
    if not lever("clause").is_duty(day):
        return False
    return (noticed or None) if adapted and above is not False else above


def _chosen_exemption(buyer_facts: ToldByBuyer, works: bool | None, months: float | None) -> Exemption | None:
    """Return the buyer's exemption. Raises DecisionRefused for that of short works if the lot is not known to be such works."""
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
    """Return whether a lot is of works, by its CPV, else by its activities; None if undecided."""
    return works_of(reading.lot.cpv, [(guess.code, guess.confidence) for guess in reading.activities])


def works_of(cpv: Iterable[str], activities: Iterable[tuple[str, float]]) -> bool | None:
    """Return whether a need is of works, by its first CPV, else by the nature that has more than half of the weight of its (activity, confidence) pairs; None
    if neither has."""
    if codes := _codes(cpv):
        return codes[0].startswith(WORKS_CPV)
    weights = {True: 0.0, False: 0.0}
    for code, confidence in activities:
        weights[taxonomy().nature_of(code) == WORKS_NATURE] += confidence
    return next((works for works, weight in weights.items() if weight > HALF), None)


def service_asked(reading: Reading) -> ListedService | None:
    """Return the line of the annexed list of social and specific services for a lot, by CPV, else by trade; None unless all its activities are listed: a
    mixed lot follows the common rules (R2123-2)."""
    codes = reading.asked or tuple(guess.code for guess in reading.activities[:1]) or ("",)
    lines = [listed_service(reading.lot.cpv, code) for code in codes]
    return lines[0] if None not in lines else None


def unfit_for_ess(reading: Reading) -> str:
    """Return the French reason why article L2113-15 (reservation for the ESS) cannot apply to a lot, or ""."""
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
    """Return the lighter rule that a small lot of a larger need may use: direct purchase, else adapted procedure; None if none applies."""
    if lot is None or whole is None or not lot < whole or lot > SMALL_SHARE * whole:
        return None
    for rule in (LegalRule.DIRECT, LegalRule.SMALL_LOT):
        below = amounts.get(rule, ())
        needed = rule is LegalRule.DIRECT or reaches_threshold(whole, amounts.get(LegalRule.EUROPEAN, ()))
        if below and needed and reaches_threshold(whole, below) and reaches_threshold(lot, below) is False:
            return below[0]
    return None
