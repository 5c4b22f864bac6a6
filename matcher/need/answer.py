"""A need, read and ranked: the answer that the command line, the pages and the files all show."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from matcher.domain.french import count, enumeration, number, unit
from matcher.domain.match import Match, Refusal
from matcher.domain.reading import Reading
from matcher.need.fields import GivenLot
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read

MOST_FURTHER = 3
NOBODY = "Personne : d’après ce que le catalogue sait, aucun fournisseur ne peut répondre à ce lot tel qu’il est décrit"


@dataclass(frozen=True, slots=True)
class Shortlist:
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

    @property
    def answer(self) -> str:
        """The answer in one French sentence: who is known to do it, within reach; or that nobody is, and what can be done."""
        if not self.matches:
            return f"{NOBODY}."
        if not self.understood:
            return (
                "Le besoin n’est pas assez compris pour dire qui fait ce métier : la liste ne compare que le lieu et le type. "
                "Dites l’activité en deux mots, ou donnez un code CPV."
            )
        if not self.reading.places:
            return f"Lieu à préciser. {doing_it_anywhere(self.credible)} Dites le lieu, ou « France entière »."
        if not self.credible:
            return (
                "Aucun fournisseur à portée n’est connu des annuaires pour ce métier précis : les suivants sont à "
                "appeler. Si aucun ne convient, une immersion (PMSMP) peut être proposée."
            )
        here = sum(match.credible for match in self.matches)
        shown = f"dont {number(here)} dans" if here else "hors de"
        listed = "" if here == self.credible else f", {shown} cette liste"
        further = f" Plus loin : {enumeration(self.further)}." if self.further else ""
        return (
            f"{count(self.credible, 'candidat crédible', 'candidats crédibles')}{listed} : "
            f"le métier est le leur d’après les annuaires, et le lieu est à leur portée.{further}"
        )


def doing_it_anywhere(credible: int) -> str:
    """Say how many are known for a trade where no place is: none of them is said to be near."""
    if not credible:
        return "Aucun fournisseur n’est connu des annuaires pour ce métier précis, et le lieu du lot n’est pas connu."
    known = count(credible, "fournisseur est connu", "fournisseurs sont connus")
    return (
        f"{known} des annuaires pour ce métier, où que ce soit : le lieu du lot n’est pas connu, ni qui en est proche."
    )


def shortlist_of(shelf: Shelf, given: GivenLot, top: int) -> Shortlist:
    """Read and rank one lot: the call that the command line and the pages share."""
    reading = read(given.lot, given.doubts)
    ranking = rank(LotOnShelf(reading, shelf, day_asked(reading)))
    return shortlist_from(ranking, ranking.top(top))


def shortlist_from(ranking: Ranking, matches: tuple[Match, ...]) -> Shortlist:
    """Return these candidates of a ranking with all that says what they were drawn from."""
    ask = ranking.ask
    return Shortlist(
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


def day_asked(reading: Reading, today: date | None = None) -> date:
    """The day a lot is asked: an earlier date of its own, else `today`, by default this computer's: what the catalogue will be on a later
    one, nobody knows yet."""
    now = today or this_day()
    return min(reading.lot.date or now, now)


def this_day() -> date:
    """Today, on this computer."""
    return datetime.now().astimezone().date()
