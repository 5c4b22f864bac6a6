"""Results of back-tests of the opinion (the advice on reserving a lot to inclusive suppliers) on past contracts, for the pages that show how
reliable it is (data/reference/epreuves_avis.csv)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from matcher.reference.tables import rows

# Names of two rows: all contracts won by inclusive suppliers (three sets together), and contracts that none of them could carry out.
ALL_AWARDED = "les trois suites ensemble"
OUT_OF_REACH = "hors de portée du secteur"
COLUMNS = (
    *("contrats", "lots", "reserver", "plus_petit", "a_confirmer", "clause", "sourcing", "personne"),
    *("gagnant_credible", "gagnant_appele", "date", "commande"),
)


@dataclass(frozen=True, slots=True)
class OpinionBacktest:
    """One back-test on `lots` contracts whose outcome is known; other figures are numbers of lots. `winner_credible`, `winner_called`: the real
    winner is listed as credible, or as to be called. `reserve`, `smaller`, `confirm`, `clause`, `source`: the opinion advises to reserve, to make the
    lot smaller, to confirm first, a social clause, or to search the market. `command`: the shell command that repeats the measure."""

    contracts: str
    lots: int
    reserve: int
    smaller: int
    confirm: int
    clause: int
    source: int
    nobody: int
    winner_credible: int
    winner_called: int
    on: date
    command: str


@lru_cache(maxsize=1)
def opinion_backtests() -> tuple[OpinionBacktest, ...]:
    """Return every back-test, in the order of the table."""
    return tuple(
        OpinionBacktest(
            contracts=row["contrats"],
            lots=int(row["lots"]),
            reserve=int(row["reserver"]),
            smaller=int(row["plus_petit"]),
            confirm=int(row["a_confirmer"]),
            clause=int(row["clause"]),
            source=int(row["sourcing"]),
            nobody=int(row["personne"]),
            winner_credible=int(row["gagnant_credible"]),
            winner_called=int(row["gagnant_appele"]),
            on=date.fromisoformat(row["date"]),
            command=row["commande"],
        )
        for row in rows("epreuves_avis")
    )
