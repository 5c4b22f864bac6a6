"""One signal asked about one supplier: its value, None where unknown, and its sentence."""

import numpy as np

from matcher.domain.supplier import Supplier
from matcher.ranking.ask import Signal
from tests.factories import ask


def value(signal: Signal, objet: str, one: Supplier, **lot: object) -> float | None:
    asked = ask(objet, [one], **lot)
    found = float(signal.values(asked)[0])
    return None if np.isnan(found) else found


def says(signal: Signal, objet: str, one: Supplier, **lot: object) -> str:
    asked = ask(objet, [one], **lot)
    found = float(signal.values(asked)[0])
    return signal.say(asked, 0, None if np.isnan(found) else found).short
