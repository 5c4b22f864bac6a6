"""A lot, as the buyer writes it; and the result of reading it: activities, places, kinds, lever, size, and the doubts left."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place


@dataclass(frozen=True, slots=True)
class RawPlace:
    """A place as given: free text in `code` where `type` and `nom` are empty, or the three parts of a DECP `lieuExecution`."""

    code: str = ""
    type: str = ""
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A buyer's need as written. Amounts are euros before tax for the whole duration; `duree` is in months.

    `levier` is one of 12, 13, 13-1, 14, 15, clause, or empty; `kinds` are acronyms: both refuse suppliers (gates).
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
    """One activity that the lot may be about; `confidence` in [0, 1], and the guesses of a reading sum to at most 1. `named` where
    the text names it outright, beside whatever else it names, or a person chose it.
    """

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
    """An amount that the text gives, in its `words`: `euros` before tax, for a year where `yearly`, else for the whole duration.

    `low` and `high` are the ends that the text gives, None where it gives none; `euros` is the estimate, the middle of its range, or, where
    `basis` is « maximum », the high end for want of an estimate. `before_tax` where the text writes so itself.
    """

    euros: float
    yearly: bool
    words: str
    low: float | None = None
    high: float | None = None
    basis: AmountBasis = AmountBasis.ESTIMATE
    before_tax: bool = False

    def over(self, months: float | None) -> float | None:
        """The euros for the whole of a contract that lasts so many months; None where they are a year's and the months are unknown."""
        if not self.yearly:
            return self.euros
        return self.euros * max(months, 1.0) / 12.0 if months else None

    @property
    def sentence(self) -> str:
        """The amount in French, with its period: « 120 000 € HT par an »."""
        return f"{unit(self.euros, '€ HT', 2)} {'par an' if self.yearly else 'sur toute la durée'}"


@dataclass(frozen=True, slots=True)
class DurationRead:
    """Duration of a lot as the text gives it, in its `words`, its renewals included, in months; `renewals_months` are those of them that
    renewals add, None in a list frozen by version 0.1.
    """

    months: float
    words: str
    renewals_months: float | None = None

    @property
    def sentence(self) -> str:
        """The duration in French: « 48 mois »."""
        return unit(self.months, "mois", 1)


# Less likely than this share of the first, an activity that is not named is not one that the lot asks for.
ASKED_SHARE = 0.5
# A trade that is not sure is worth a list, « si c’est bien lui », and an answer of the question, from this confidence on.
SUPPOSED = 0.15


class DoubtKind(StrEnum):
    """Subject of a doubt, by which what settles it is found."""

    FAULT = "champ"
    TRADE_UNKNOWN = "métier non compris"
    TRADE_UNSURE = "métier à confirmer"
    TRADE = "métier"
    PLACE_UNKNOWN = "lieu non connu"
    PLACE = "lieu"
    LEVER = "levier"
    AMOUNT = "montant"
    DURATION = "durée"
    UNSORTED = "autre"


# The doubts that ask which trade it is; all that a choice of activities settles; all that a choice of places does.
WHICH_TRADE = frozenset((DoubtKind.TRADE_UNKNOWN, DoubtKind.TRADE_UNSURE))
ABOUT_TRADE = WHICH_TRADE | {DoubtKind.TRADE}
ABOUT_PLACE = frozenset((DoubtKind.PLACE_UNKNOWN, DoubtKind.PLACE))


@dataclass(frozen=True, slots=True)
class ReadingDoubt:
    """Sentence in French about what is not sure of a reading, and its subject. A list frozen by version 0.1 sorted none."""

    kind: DoubtKind
    says: str

    def __str__(self) -> str:
        return self.says


@dataclass(frozen=True, slots=True)
class Reading:
    """A lot as understood: activities and the marché's groups and sectors (best first), places, kinds and lever asked for.

    `within` holds the wider areas, finest first, in which one of the places lies and that were given, read or deduced too.
    `doubts` are what a page may ask; `levier_hint` is a lever code or empty;
    `mode` an activity code by which the need is met whatever its trade (staff seconded), or empty; `told` whether a
    person chose the activities, so that they are certain; `sure` whether the trade is understood without asking, and where it is not
    `options` are the codes to choose among. `reserved_by` quotes
    the sentence that names the lever outright, empty where it is only hinted at. `amount` and `duration` are those of the text, None
    where it has none or where the lot gives it.
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

    @property
    def lever(self) -> str:
        """The lever of the lot: as chosen, else as its text names it outright; empty where it is only hinted at."""
        return self.lot.levier or (self.levier_hint if self.reserved_by else "")

    @property
    def buyer(self) -> str:
        """SIRET or SIREN of the buyer: as given, else as the text names it; empty where neither gives it."""
        return self.lot.acheteur_siret or self.buyer_named

    @property
    def buyer_siren(self) -> str:
        """The first nine digits of it."""
        return "".join(filter(str.isdigit, self.buyer))[:9]

    @property
    def understood(self) -> bool:
        """Return whether what is asked is sure enough to list who does it."""
        return self.told or bool(self.mode) or self.sure

    @property
    def likely(self) -> bool:
        """Return whether a trade is likely enough to list who would do it, even where it is not understood."""
        return any(guess.named or guess.confidence >= SUPPOSED for guess in self.activities)

    @property
    def clear(self) -> bool:
        """Return whether its trade is guessed or its place is known: with neither, there is nothing to compare suppliers by."""
        return self.understood or self.likely or bool(self.places)

    @property
    def asked(self) -> tuple[str, ...]:
        """The activities that it asks for: those named, or about as likely as the first, or the first alone as long as its trade is asked about;
        its mode alone where the text names how the need is met and asks for no other trade first, nor for one by name that is half as likely
        (« restauration et mise à disposition de cuisiniers » asks for both).
        """
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
        """Duration of the lot in months: as given, else as read; None where neither gives it."""
        return self.lot.duree or (self.duration.months if self.duration else None)

    @property
    def years(self) -> float:
        """Duration in years: a month at least, and one year where it is unknown."""
        return max(self.months or 12.0, 1.0) / 12.0

    @property
    def euros(self) -> float | None:
        """Its amount for the whole duration, in euros before tax: as given, else as read; None where neither gives it."""
        if self.lot.montant and self.lot.montant > 0:
            return self.lot.montant
        if self.amount is None:
            return None
        return self.amount.euros * (self.years if self.amount.yearly else 1.0)

    @property
    def one_year(self) -> bool:
        """Return whether its amount is that of a year and their number is unknown: `euros` then counts the first alone."""
        read = self.amount is not None and self.amount.yearly
        return read and not (self.lot.montant and self.lot.montant > 0) and self.months is None

    @property
    def by_year(self) -> bool:
        """Return whether its amount is that of a year, so that the whole depends on the duration."""
        return not self.lot.montant and self.amount is not None and self.amount.yearly

    @property
    def yearly(self) -> float | None:
        """Its amount for a year, in euros before tax; None where it has none."""
        whole = self.euros
        return None if whole is None else whole / self.years
