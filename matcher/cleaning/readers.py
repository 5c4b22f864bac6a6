"""Readers of one value typed by a person (a number within bounds, an amount, a measure, a month); each raises ValueError with the French sentence to show."""

from collections.abc import Callable
from datetime import date

from matcher.cleaning.amounts import AMOUNT_RANGE, clean_amount
from matcher.cleaning.dates import clean_month
from matcher.cleaning.numbers import clean_measure, clean_work_hours
from matcher.domain.french import number

_QUOTED = 40  # characters of the typed text quoted in a sentence


def whole_reader(name: str, least: int, most: int) -> Callable[[str], int]:
    """Return the reader of a whole number from `least` to `most`, named `name` in its refusal."""

    def read(typed: str) -> int:
        value, doubt = clean_measure(typed.replace("−", "-"))
        if value is None or doubt or value % 1 or not least <= value <= most:
            raise ValueError(
                f"{name} : un nombre entier de {number(least)} à {number(most)}. Vous avez écrit « {typed[:_QUOTED]} »."
            )
        return int(value)

    return read


def figure_reader(name: str, least: float, most: float, *, share: bool = False) -> Callable[[str], float]:
    """Return the reader of a number from `least` to `most`, with or without its unit; a `share` is typed in percent and read from 0 to 1."""

    def read(typed: str) -> float:
        value, flag = clean_amount(typed.rstrip(" %").replace("−", "-"))
        if value is None or flag or not least <= value <= most:
            doubt = f" ({flag})" if flag == AMOUNT_RANGE else ""
            raise ValueError(
                f"{name} : un nombre de {number(least, 2)} à {number(most)}{doubt}. Vous avez écrit « {typed[:_QUOTED]} »."
            )
        return value / 100 if share else value

    return read


def amount_reader(name: str) -> Callable[[str], float]:
    """Return the reader of an amount above zero, in euros before tax, named `name` in its refusal."""

    def read(typed: str) -> float:
        value, flag = clean_amount(typed)
        if not value or flag:
            doubt = f" ({flag})" if flag else ""
            raise ValueError(
                f"{name} : un montant hors taxes{doubt}, par exemple 180 000. Vous avez écrit « {typed[:_QUOTED]} »."
            )
        return value

    return read


def measure_reader(most: float, *units: str) -> Callable[[str], float]:
    """Return the reader of a number above zero, at most `most`, followed or not by one of `units`."""
    return _positive_reader(lambda typed: clean_measure(typed, *units).value, most)


def hours_reader(most: float, *, zero: bool = False) -> Callable[[str], float]:
    """Return the reader of hours of work (« 1 200 », « 48h30 ») above zero, or from `zero` on, at most `most`."""
    return _positive_reader(lambda typed: clean_work_hours(typed).value, most, zero=zero)


def _positive_reader(
    parse: Callable[[str], float | None], most: float, *, zero: bool = False
) -> Callable[[str], float]:
    def read(typed: str) -> float:
        value = parse(typed)
        if value is None or not (0 < value <= most or (zero and value == 0)):
            raise ValueError(f"« {typed[:_QUOTED]} » n’est pas un nombre positif, {number(most)} au plus.")
        return value

    return read


def read_month(typed: str) -> date:
    """Return the first day of a month written the French way. Raises ValueError."""
    month = clean_month(typed).value
    if month is None:
        raise ValueError(f"« {typed[:_QUOTED]} » n’est pas un mois, par exemple 03/2027.")
    return month
