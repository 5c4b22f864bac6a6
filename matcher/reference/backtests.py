"""Back-tests of the opinion on reserving, each as measured on a day (data/reference/epreuves_avis.csv)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from matcher.reference.tables import rows

# Names of two rows: the three suites of contracts that inclusive suppliers won, and contracts that none could carry out.
ALL_AWARDED = "les trois suites ensemble"
OUT_OF_REACH = "hors de portée du secteur"
COLUMNS = (
    *("contrats", "lots", "reserver", "plus_petit", "a_confirmer", "clause", "sourcing", "personne"),
    *("gagnant_credible", "gagnant_appele", "date", "commande"),
)


@dataclass(frozen=True, slots=True)
class OpinionBacktest:
    """Measure of the opinion on `lots` contracts whose outcome is known, in numbers of lots; `winner_credible` and `winner_called` count
    those whose real winner the opinion takes as credible, or proposes to call; `smaller`, `confirm` and `source` those where it advises a
    smaller lot, to confirm first, to search the market; `command` is the shell command that measures again.
    """

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
