"""Suite 11: needs as people type them. Is the trade read first one that is asked, is a sure reading right, does a question offer the answer?"""

from collections.abc import Collection, Sequence

from matcher.domain.reading import Reading
from matcher.evaluation.suites import Labelled
from matcher.reading.reader import read


def typed_figures(suite: Sequence[Labelled]) -> dict[str, float]:
    """Return the shares that the shared scorer computes, NaN where nothing is counted. Each label « asked » is a list, main first, of lists
    of codes that are equally right; it is empty where no activity is asked for."""
    readings = [(read(lot.need.lot), [frozenset(codes) for codes in lot.labels["asked"]]) for lot in suite]
    asked = [(reading, frozenset[str]().union(*right)) for reading, right in readings if right]
    return {
        "métier@1": _share([_among(reading, right, 1) for reading, right in asked]),
        "métier@3": _share([_among(reading, right, 3) for reading, right in asked]),
        "part sûre": _share([reading.sure for reading, _ in asked]),
        "juste si sûre": _share([_among(reading, right, 1) for reading, right in asked if reading.sure]),
        "juste ou proposée": _share([_is_helped(reading, right) for reading, right in asked]),
        "les deux d’un double": _share([_asks_all(*its) for its in readings if len(its[1]) > 1]),
        "rien, pas sûre": _share([not reading.sure for reading, right in readings if not right]),
    }


def _asks_all(reading: Reading, right: Sequence[frozenset[str]]) -> bool:
    return all(codes & set(reading.asked) for codes in right)


def _among(reading: Reading, right: Collection[str], first: int) -> bool:
    return any(guess.code in right for guess in reading.activities[:first])


def _is_helped(reading: Reading, right: Collection[str]) -> bool:
    return _among(reading, right, 1) if reading.sure else any(code in right for code in reading.options)


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else float("nan")
