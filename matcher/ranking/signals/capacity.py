"""Signal (criterion of the score) of capacity: has the supplier enough people for the lot (a buyer's need)?

The yearly amount of the lot, divided by the turnover of one full-time equivalent (ETP) in its trade, is compared with the supplier's workers.
Where no directory gives these, the lower bound of Sirene's range of employees is used (which excludes the workers of an ESAT). Unknown for most
suppliers, or where the trade has no calibration. Value 0 where the lot would take the whole workforce.
"""

import numpy as np

from matcher.domain.french import number, unit
from matcher.domain.supplier import Supplier
from matcher.ranking.ask import LotOnShelf, Saying, Signal, all_unknown
from matcher.ranking.shelf.shelf import ShelfFact
from matcher.ranking.shelf.sphere import Floats
from matcher.reference.calibration import Span, euros_per_etp
from matcher.reference.sizes import band

PRIOR = 0.5
# A lot that takes at most half of the workforce is a reason for; one that takes more than three quarters a reason against.
EASE, STRAIN = 0.5, 0.25


def _workers(supplier: Supplier) -> float:
    """Return the workers given by a directory, else the lower bound of the register's range of employees; NaN where unknown or 0."""
    if supplier.workers is not None:
        return supplier.workers
    employees = band(supplier.headcount)
    return float(employees.least) if employees is not None and employees.least else np.nan


WORKERS = ShelfFact("workers", _workers)


def _each(ask: LotOnShelf) -> Span | None:
    """Return the yearly turnover in euros of one full-time equivalent in the lot's trade; None where not calibrated."""
    return euros_per_etp(ask.reading)


def etp_needed(ask: LotOnShelf) -> float | None:
    """Return the full-time equivalents that the lot needs, from its yearly amount; None where the amount or the turnover is unknown."""
    if ask.reading.yearly is None:
        return None
    each = ask.once(_each)
    return None if each is None else ask.reading.yearly / each.middle


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) 1 − share of the workforce that the lot takes, floored at 0; NaN where the amount or the workers are unknown."""
    etp = ask.once(etp_needed)
    if etp is None:
        return all_unknown(ask)
    workers = np.where(ask.shelf[WORKERS] > 0, ask.shelf[WORKERS], np.nan)
    return np.maximum(1.0 - etp / workers, 0.0).astype(np.float32)


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts: the workforce compared with the need, or which of the two is unknown."""
    if np.isnan(ask.shelf[WORKERS][row]):
        return Saying("effectif non connu : à demander", "effectif non connu", "combien de personnes peut-il y mettre")
    # The directory's figure, else the register's range, of which the lower bound is compared.
    supplier = ask.shelf.suppliers[row]
    employees = band(supplier.headcount) if supplier.workers is None else None
    workers = f"{number(float(ask.shelf[WORKERS][row]), 1)} travailleurs"
    workforce = f"tranche {employees.label}" if employees else workers
    etp = ask.once(etp_needed)
    each = None if etp is None else ask.once(_each)
    if each is None or etp is None:
        missing = "montant du lot non donné" if ask.reading.yearly is None else "métier à caler : ETP non connus"
        return Saying(f"{workforce} ; {missing}", f"effectif : {workforce}, {missing}")
    read = "montant lu dans le texte ; " if ask.reading.amount else ""
    need = (
        f"pour un besoin d’environ {number(etp, 1)} ETP ({read}hypothèse : {unit(each.middle, '€')} par ETP et par an)"
    )
    return Saying(f"{workforce}, {need}", f"effectif : {workforce}, {need}")


TOLD = (
    "Les personnes qu’il faut au lot chaque année, d’après son montant et ce que fait un ETP dans ce métier, rapportées à son "
    "effectif. À la limite de ses forces, il vaut zéro."
)
SIGNAL = Signal(
    key="capacity",
    label="Capacité",
    told=TOLD,
    prior=PRIOR,
    values=values,
    say=say,
    mail="Combien de personnes pourriez-vous y affecter, et à partir de quand ?",
    field="workers",
    facts=(WORKERS,),
    speaks_for=EASE,
    speaks_against=STRAIN,
)
