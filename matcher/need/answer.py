"""A need, read and ranked: the answer that the command line, the pages and the files all show, and its headline."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from matcher.domain.french import count, enumeration, number, unit
from matcher.domain.lot import RawPlace
from matcher.domain.match import BandCounts, Match, Refusal
from matcher.domain.need import Need
from matcher.domain.reading import ActivityGuess, Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import banded
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.place.places import Whereabouts, read_places
from matcher.reading.reader import read_apart
from matcher.reference.trades.activities import taxonomy

MOST_FURTHER = 3
EMPTY = "Le catalogue est vide", "Importez un annuaire (voir « entremise sources »), ou essayez « entremise demo »."


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranked list with its question and the state of the catalogue: enough to read it again in a year.

    `credible` is how many suppliers of the whole catalogue are known to do what is asked and to be within reach; `understood`
    whether the need itself is sure enough to say so; `further` names the first of the credible where the list is too short to show any.
    """

    reading: Reading
    matches: tuple[Match, ...]
    refusals: tuple[Refusal, ...]
    credible: int
    understood: bool
    catalogue_version: int
    catalogue_suppliers: int
    on: date
    further: tuple[str, ...] = ()
    counts: BandCounts | None = None

    @property
    def headline(self) -> tuple[str, str]:
        """The answer in a few words, and the sentence that says what they rest on or what to do."""
        few, why = self._said
        return f"{few}.", why

    @property
    def text(self) -> str:
        """The headline as one text, with how many of the credible are in this list, and who is further."""
        few, why = self._said
        if self._to_place:
            return f"{few}. {why}"
        here = sum(match.credible for match in self.matches)
        shown = f"dont {number(here)} dans" if here else "hors de"
        listed = "" if here == self.credible else f", {shown} cette liste"
        further = f" Plus loin : {enumeration(self.further)}." if self.further else ""
        return f"{few}{listed} : {why[0].lower()}{why[1:]}{further}"

    @property
    def _to_place(self) -> bool:
        return self.understood and not self.reading.places and not self._nobody

    @property
    def _nobody(self) -> bool:
        """Whether every supplier is refused."""
        return sum(refusal.count for refusal in self.refusals) == self.catalogue_suppliers

    @property
    def _said(self) -> tuple[str, str]:
        if not self.catalogue_suppliers:
            return EMPTY
        if self._nobody:
            return (
                "Personne",
                "D’après ce que le catalogue sait, aucun fournisseur ne peut répondre à ce lot tel qu’il est décrit.",
            )
        if not self.understood:
            return (
                "Le besoin n’est pas assez compris pour dire qui fait ce métier",
                "La liste ne compare que le lieu et le type. Dites l’activité en deux mots, ou donnez un code CPV.",
            )
        if self._to_place:
            return "Lieu à préciser", f"{_anywhere(self.credible)} Dites le lieu, ou « France entière »."
        if not self.credible:
            return (
                "Aucun fournisseur à portée n’est connu des annuaires pour ce métier précis",
                "Les suivants sont à appeler. Si aucun ne convient, une immersion (PMSMP) peut être proposée.",
            )
        theirs, their = ("le sien", "sa") if self.credible == 1 else ("le leur", "leur")
        return (
            credible_candidates(self.credible),
            f"Le métier est {theirs} d’après les annuaires, et le lieu est à {their} portée.",
        )


def credible_candidates(credible: int) -> str:
    """Say how many candidates are credible: « 12 candidats crédibles »."""
    return count(credible, "candidat crédible", "candidats crédibles")


def _anywhere(credible: int) -> str:
    """How many are known for a trade where no place is: none of them is said to be near."""
    if not credible:
        return "Aucun fournisseur n’est connu des annuaires pour ce métier précis, et le lieu du lot n’est pas connu."
    known = count(credible, "fournisseur est connu", "fournisseurs sont connus")
    return (
        f"{known} des annuaires pour ce métier, où que ce soit : le lieu du lot n’est pas connu, ni qui en est proche."
    )


def answer_to(need: Need, shelf: Shelf, top: int, *, each_band: bool = False) -> Answer:
    """Read and rank a need, with its first `top` candidates by rank; the first `top` of `each_band` too, where that is asked."""
    found = banded(rank(laid(understand(need), shelf)))
    matches = found.first_of_each(top) if each_band else found.first(top)
    return replace(answer_from(found.ranking, matches), counts=found.counts)


def answer_from(ranking: Ranking, matches: tuple[Match, ...]) -> Answer:
    """Return these candidates of a ranking with all that says what they were drawn from."""
    ask = ranking.ask
    return Answer(
        reading=ask.reading,
        matches=matches,
        refusals=ranking.refusals(),
        credible=int(ranking.credible.sum()),
        understood=ask.understood,
        catalogue_version=ask.shelf.version,
        catalogue_suppliers=len(ask.shelf),
        on=ask.on,
        further=_further(ranking, matches),
    )


def understand(need: Need) -> Reading:
    """Read a need but for what a person chose: a choice is certain, and settles its doubts. Its faults are the first doubts.

    Activities that were read as well keep their shares of confidence; those only chosen count as much as the likeliest.
    Raises KeyError for an activity that the taxonomy lacks.
    """
    lot, chosen = need.lot, need.chosen
    reading, asked = read_apart(lot)
    if chosen.activities is not None:
        guesses = _guesses(chosen.activities, reading)
        reading, asked = (
            replace(reading, activities=guesses, told=bool(guesses), sure=bool(guesses)),
            replace(asked, activities=()),
        )
    if chosen.places is not None:
        given = replace(lot, objet="", acheteur_siret="", lieux=tuple(RawPlace(text) for text in chosen.places))
        where = read_places(given) if chosen.places else Whereabouts()
        reading = replace(reading, places=where.places, within=where.within)
        asked = replace(asked, places=where.doubts)
    if chosen.kinds is not None:
        reading = replace(reading, kinds_asked=chosen.kinds)
    if chosen.unreserved:
        reading, asked = replace(reading, levier_hint="", reserved_by=""), replace(asked, lever=())
    if chosen.without_amount:
        reading, asked = replace(reading, amount=None), replace(asked, amount=())
    if chosen.without_duration:
        reading, asked = replace(reading, duration=None), replace(asked, duration=())
    return replace(reading, doubts=(*map(str, need.faults), *asked.all))


def laid(reading: Reading, shelf: Shelf, today: date | None = None) -> LotOnShelf:
    """Lay what is understood on a shelf, on the day it is asked: its own, else `today`, by default this computer's; of a later day, on
    `today`: what the catalogue will be, nobody knows yet. Past awards are not compared with a lot that has no date: see `dated`."""
    today = today or this_day()
    return LotOnShelf(reading, shelf, min(reading.lot.date or today, today))


def dated(reading: Reading, today: date) -> Reading:
    """Return a reading as of today where it bears no date: a buyer who types a need asks for a contract to come."""
    return reading if reading.lot.date else replace(reading, lot=replace(reading.lot, date=today))


def this_day() -> date:
    """Today, on this computer."""
    return datetime.now().astimezone().date()


def _guesses(codes: tuple[str, ...], reading: Reading) -> tuple[ActivityGuess, ...]:
    names = taxonomy()
    read_as = {guess.code: guess.confidence for guess in reading.activities}
    most = max((read_as[code] for code in codes if code in read_as), default=1.0)
    shares = {code: read_as.get(code, most) for code in dict.fromkeys(codes)}
    total = sum(shares.values())
    ordered = sorted(shares, key=lambda code: -shares[code])
    return tuple(ActivityGuess(code, names.label(code), shares[code] / total) for code in ordered)


def _further(ranking: Ranking, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """The first of the credible, where none of them is among these candidates, each with its commune and how far it is."""
    if not matches or any(match.credible for match in matches):
        return ()
    rows = ranking.ranked(np.flatnonzero(ranking.credible))[:MOST_FURTHER]
    return tuple(map(_named, ranking.matches(rows, [None] * len(rows))))


def _named(match: Match) -> str:
    km = match.distance_km
    away = "" if km is None or km < 1 else f", à {unit(km, 'km')}"
    return f"{match.name} ({match.city or 'commune non connue'}{away})"
