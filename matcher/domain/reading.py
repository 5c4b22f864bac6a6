"""A lot as the buyer writes it, and its reading, the interpretation of its text: activities, places, kinds, lever (legal means: reservation or
clause), amount, duration, and the doubts that remain."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.french import number, unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place


@dataclass(frozen=True, slots=True)
class RawPlace:
    """A place as given: free text in `code` with `type` and `nom` empty, or the three parts of a DECP `lieuExecution`."""

    code: str = ""
    type: str = ""
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A buyer's need as written. Amounts are euros before tax for the whole duration; `duree` is in months.

    `levier` is the article that reserves the lot (12, 13, 13-1, 14, 15), clause, or empty; `kinds` are acronyms: both eliminate suppliers.
    """

    objet: str
    lot_id: str = ""
    cpv: tuple[str, ...] = ()
    lieux: tuple[RawPlace, ...] = ()
    acheteur_siret: str = ""
    date: datetime.date | None = None
    montant: float | None = None
    duree: float | None = None
    levier: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivityGuess:
    """An activity the lot may be about; `confidence` in [0, 1] (at most 1 in all per reading); `named` by the text explicitly, or chosen by a person."""

    code: str
    label: str
    confidence: float
    named: bool = False


class AmountBasis(StrEnum):
    """Meaning of the euros of an amount."""

    ESTIMATE = "estimate"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True)
class AmountRead:
    """An amount in the text, `words`: `euros` before tax, per year if `yearly`, else for the whole duration.

    `low` and `high` are the ends given, None where not; `euros` is the estimate, the middle of the range, or, where `basis` is « maximum », the
    high end. `before_tax`: the text writes so, else it is assumed.
    """

    euros: float
    yearly: bool
    words: str
    low: float | None = None
    high: float | None = None
    basis: AmountBasis = AmountBasis.ESTIMATE
    before_tax: bool = False

    def over(self, months: float | None) -> float | None:
        """Euros for a contract of that many months; None where the amount is yearly and the months are unknown."""
        if not self.yearly:
            return self.euros
        return self.euros * max(months, 1.0) / 12.0 if months else None

    @property
    def sentence(self) -> str:
        """The amount in French, with its period: « 120 000 € HT par an »."""
        return f"{unit(self.euros, '€ HT', 2)} {'par an' if self.yearly else 'sur toute la durée'}"


@dataclass(frozen=True, slots=True)
class DurationRead:
    """Duration in the text, `words`, in months, renewals included; `renewals_months` is the part of renewals, None in a list stored by version 0.1."""

    months: float
    words: str
    renewals_months: float | None = None

    @property
    def sentence(self) -> str:
        """The duration in French, with its part of renewals: « 48 mois, dont 24 de reconduction »."""
        renewed = f", dont {number(self.renewals_months, 1)} de reconduction" if self.renewals_months else ""
        return f"{unit(self.months, 'mois', 1)}{renewed}"


# An activity not named in the text is asked for only if its confidence is at least this share of the best one's.
ASKED_SHARE = 0.5
# Least confidence of an unsure trade for a list (« si c’est bien lui ») and an option of the question.
SUPPOSED = 0.15


class DoubtKind(StrEnum):
    """Subject of a doubt, which decides what settles it."""

    FAULT = "champ"
    TRADE_UNKNOWN = "métier non compris"
    TRADE_UNSURE = "métier à confirmer"
    TRADE = "métier"
    PLACE_UNKNOWN = "lieu non connu"
    PLACE = "lieu"
    LEVER = "levier"
    AMOUNT = "montant"
    DURATION = "durée"
    LOTS = "lots"
    UNSORTED = "autre"


# Doubts that ask which trade it is; those settled by a choice of activities; those settled by a choice of places.
WHICH_TRADE = frozenset((DoubtKind.TRADE_UNKNOWN, DoubtKind.TRADE_UNSURE))
ABOUT_TRADE = WHICH_TRADE | {DoubtKind.TRADE}
ABOUT_PLACE = frozenset((DoubtKind.PLACE_UNKNOWN, DoubtKind.PLACE))


@dataclass(frozen=True, slots=True)
class ReadingDoubt:
    """A French sentence about what is unsure in a reading, and its subject (« autre » in a list stored by version 0.1)."""

    kind: DoubtKind
    says: str

    def __str__(self) -> str:
        return self.says


@dataclass(frozen=True, slots=True)
class Reading:
    """A lot as interpreted: activities, and market groups and sectors (best first), places, kinds and lever (reservation or clause) asked for.

    `within` holds wider areas that contain one of the places and were also given, read or deduced, finest first. `levier_hint` is a lever code or
    empty; `reserved_by` quotes the sentence that names the lever explicitly, empty where it is only hinted at. `mode` is an activity code that
    meets the need whatever its trade (staff seconded), or empty. `told`: a person chose the activities, so they are certain; `sure`: the trade is
    understood without asking, else `options` are the codes to choose from. `amount` and `duration` are those of the text, None where absent or
    given by the lot; `maximum` is the maximum that the text states, if any. `doubts` are what a page may ask.
    """

    lot: Lot
    activities: tuple[ActivityGuess, ...] = ()
    groups: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    within: tuple[Place, ...] = ()
    kinds_asked: tuple[SupplierKind, ...] = ()
    levier_hint: str = ""
    mode: str = ""
    told: bool = False
    sure: bool = False
    options: tuple[str, ...] = ()
    reserved_by: str = ""
    amount: AmountRead | None = None
    duration: DurationRead | None = None
    doubts: tuple[ReadingDoubt, ...] = ()
    buyer_named: str = ""
    maximum: AmountRead | None = None

    @property
    def lever(self) -> str:
        """Lever of the lot: as chosen, else as its text names it explicitly; empty where only hinted at."""
        return self.lot.levier or (self.levier_hint if self.reserved_by else "")

    @property
    def buyer(self) -> str:
        """SIRET or SIREN of the buyer: as given, else as named in the text; else empty."""
        return self.lot.acheteur_siret or self.buyer_named

    @property
    def buyer_siren(self) -> str:
        """First nine digits of the buyer's number."""
        return "".join(filter(str.isdigit, self.buyer))[:9]

    @property
    def understood(self) -> bool:
        """Return whether the trade is sure enough to list suppliers."""
        return self.told or bool(self.mode) or self.sure

    @property
    def likely(self) -> bool:
        """Return whether a trade is likely enough to list suppliers, even if not sure."""
        return any(guess.named or guess.confidence >= SUPPOSED for guess in self.activities)

    @property
    def clear(self) -> bool:
        """Return whether there is a trade or a place to compare suppliers by."""
        return self.understood or self.likely or bool(self.places)

    @property
    def asked(self) -> tuple[str, ...]:
        """Codes of the activities asked for: those named, or nearly as likely as the best; only the best while the trade is a question. Only `mode`
        where the text gives one, unless another trade is asked first, or named and at least half as likely (« restauration et mise à disposition de
        cuisiniers » asks for both)."""
        likeliest = max((guess.confidence for guess in self.activities), default=0.0)
        least = likeliest if self.options else ASKED_SHARE * likeliest
        codes = tuple(guess.code for guess in self.activities if guess.named or guess.confidence >= least)
        by_name = {
            guess.code for guess in self.activities if guess.named and guess.confidence >= ASKED_SHARE * likeliest
        }
        both = self.mode in codes[1:] or (self.mode in codes and by_name - {self.mode})
        return (self.mode,) if self.mode and not both else codes

    @property
    def months(self) -> float | None:
        """Duration in months: as given, else as read; None where unknown."""
        return self.lot.duree or (self.duration.months if self.duration else None)

    @property
    def years(self) -> float:
        """Duration in years: at least a month; one year where unknown."""
        return max(self.months or 12.0, 1.0) / 12.0

    @property
    def euros(self) -> float | None:
        """Amount for the whole duration, in euros before tax: as given, else as read; None where unknown."""
        if self.lot.montant and self.lot.montant > 0:
            return self.lot.montant
        if self.amount is None:
            return None
        return self.amount.euros * (self.years if self.amount.yearly else 1.0)

    @property
    def one_year(self) -> bool:
        """Return whether the amount is yearly and the duration unknown: `euros` then counts one year."""
        read = self.amount is not None and self.amount.yearly
        return read and not (self.lot.montant and self.lot.montant > 0) and self.months is None

    @property
    def amount_counted(self) -> str:
        """The amount read in the text, in French, with how it is counted: « 40 000 € HT par an × 4 ans = 160 000 € HT », and that HT is assumed where
        the text writes neither HT nor TTC; empty without one."""
        if self.amount is None:
            return ""
        assumed = "" if self.amount.before_tax else " (HT ou TTC non dit : compté HT)"
        total = self.amount.over(self.months)
        if not self.by_year or self.years == 1.0 or total is None:
            return f"{self.amount.sentence}{assumed}"
        years = unit(self.years, "an" if self.years < 2 else "ans", 2)
        return f"{self.amount.sentence} × {years} = {unit(total, '€ HT', 2)}{assumed}"

    @property
    def by_year(self) -> bool:
        """Return whether the amount read is yearly, so that the total depends on the duration."""
        return not self.lot.montant and self.amount is not None and self.amount.yearly

    @property
    def yearly(self) -> float | None:
        """Amount per year, in euros before tax: a rate under a year, the whole one without a duration; None where unknown."""
        whole = self.euros
        return None if whole is None else whole / self.years
