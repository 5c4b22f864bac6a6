"""Address (URL) of a list of candidates: the need as typed, the choices made, the view. No other state is kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from flask import url_for

from matcher.cleaning.dates import clean_date
from matcher.cleaning.markup import plain_text
from matcher.cleaning.numbers import clean_amount, with_tax
from matcher.domain.french import number
from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot, RawPlace
from matcher.need.chosen import Chosen
from matcher.need.completion import complete_cpv
from matcher.need.fields import ASKED_LEVERS
from matcher.need.listing import KNOWN, RADII, ListOrder, Narrowing
from matcher.reading.notice import condensed
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import normalise_cpv

# What of a need is read. A page repeats its address in its links: this keeps it light, and it is a page of text.
LONGEST_NEED = 3_000
_LONGEST_FIELD, _MOST_VALUES, _MOST_PAGES = 200, 20, 10_000
_MOST_EUROS, _MOST_MONTHS = 10_000_000_000, 600
# The value that says « none », where no value leaves it to the reading.
NONE = "aucun"
ANY_RADIUS = "tous"

_NEED = ("besoin", "lieu", "cpv", "montant", "duree", "levier", "debut")
_CHOSEN = ("activite", "ou", "demande")
_VIEW = ("type", "rayon", "connu", "credible", "tri", "page")
NAMES = (*_NEED, *_CHOSEN, *_VIEW)
_SEVERAL = {"lieu", "cpv", "activite", "ou", "demande", "type", "connu"}
_MINUS = ("-", "−")
_YEARS = re.compile(r"\ban(?:s|nées?)?\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Values = Mapping[str, tuple[str, ...]]


class Arguments(Protocol):
    """The arguments of a request."""

    def getlist(self, name: str) -> list[str]:
        """Return every value of one argument."""


@dataclass(frozen=True)
class Query:
    """`values` by name, as typed but for their length: a long need loses its usual clauses first; `cut` tells whether that was not enough."""

    values: Values
    cut: bool = False

    @classmethod
    def of(cls, arguments: Arguments) -> "Query":
        """Take from the arguments of a request those that make a list."""
        values: dict[str, tuple[str, ...]] = {}
        cut = False
        for name in NAMES:
            given = [_CONTROL.sub(" ", value).strip() for value in arguments.getlist(name)]
            if name == "besoin" and given:
                long = len(given[0]) > LONGEST_NEED  # a page pasted whole; a shorter need is shown as it was typed
                need, cut = condensed(plain_text(given[0]) if long else given[0], LONGEST_NEED)
                given = [need]
            elif name in _SEVERAL:
                given = [part.strip() for value in given for part in re.split(r"[;\n]", value)]
            kept = [value[: LONGEST_NEED if name == "besoin" else _LONGEST_FIELD] for value in given if value]
            values[name] = tuple(dict.fromkeys(kept))[: _MOST_VALUES if name in _SEVERAL else 1]
        return cls({name: value for name, value in values.items() if value}, cut)

    def text(self, name: str) -> str:
        """Return the one value of a field, empty where there is none."""
        return next(iter(self.values.get(name, ())), "")

    def typed(self, name: str) -> str:
        """Return what was typed in a field, empty too where a choice has since set aside what was read for it."""
        return "" if self.text(name) == NONE else self.text(name)

    def several(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that may have several."""
        return self.values.get(name, ())

    def joined(self, name: str) -> str:
        """Return the values of a field as they are written in it, separated."""
        return " ; ".join(self.several(name))

    def but(self, **changes: str | Iterable[str] | None) -> "Query":
        """Return the same query with these fields changed, None or empty to drop one. It starts again from the first page."""
        given = {name: (value,) if isinstance(value, str) else tuple(value or ()) for name, value in changes.items()}
        values = {**self.values, "page": (), **given}
        return replace(self, values={name: values[name] for name in NAMES if any(values.get(name, ()))})

    def only_need(self) -> "Query":
        """Return the need as typed, without the choices made since and without the view."""
        return replace(self, values={name: value for name, value in self.values.items() if name in _NEED})

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Return (name, value) of every field, for the hidden fields of a form that has others of its own."""
        return [(name, value) for name, values in self.values.items() if name not in without for value in values]

    def url(self, endpoint: str = "candidates.show", **more: str) -> str:
        """Return the address of a page about this query."""
        values: dict[str, Any] = {name: list(given) for name, given in self.values.items()}
        return url_for(endpoint, **{**values, **more})

    # ---- what it asks

    def faults(self) -> dict[str, str]:
        """Return what cannot be used, by field, in French with what to write."""
        checks = {
            "besoin": self._need_fault(),
            "cpv": self._cpv_fault(),
            "montant": self._number_fault("montant", _MOST_EUROS, "Le montant doit être", "un nombre, par exemple 180 000.", "plus grand que zéro."),
            "duree": self._number_fault("duree", _MOST_MONTHS, "La durée doit être", "un nombre de mois, par exemple 12.", "plus grande que zéro."),
            "debut": "" if self._date() or not self.text("debut") else _seen("Écrivez une date, par exemple 01/03/2027.", self.text("debut")),
            "levier": "" if self.text("levier") in ("", NONE, *ASKED_LEVERS) else "Choisissez dans la liste.",
        }  # fmt: skip
        return {name: fault for name, fault in checks.items() if fault}

    @property
    def lot(self) -> Lot:
        """What is asked, once there is no fault."""
        lever = self.text("levier")
        return Lot(
            objet=self.text("besoin"),
            cpv=tuple(code for raw in self._cpv() if (code := normalise_cpv(raw)[0])),
            lieux=tuple(RawPlace(text) for text in self.several("lieu")),
            date=self._date(),
            montant=_amount(self.typed("montant")),
            duree=_months(self.typed("duree")),
            levier="" if lever == NONE else lever,
        )

    @property
    def chosen(self) -> Chosen:
        """What the person chose in place of what was read; an activity that the taxonomy lacks is left out."""
        known = taxonomy().index
        kinds = self._choices("demande")
        activities = self._choices("activite")
        return Chosen(
            activities=None if activities is None else tuple(code for code in activities if code in known),
            places=self._choices("ou"),
            kinds=None if kinds is None else _kinds(kinds),
            unreserved=self.text("levier") == NONE,
            without_amount=self.text("montant") == NONE,
            without_duration=self.text("duree") == NONE,
        )

    # ---- how it is looked at

    def narrowing(self, usual: int | None) -> Narrowing:
        """Return what the list is narrowed to, `usual` the distance where none was chosen."""
        radius = self.text("rayon")
        chosen = int(radius) if radius in {str(km) for km in RADII} else usual
        return Narrowing(
            kinds=frozenset(_kinds(self.several("type"))),
            km=None if radius == ANY_RADIUS else chosen,
            known=frozenset(self.several("connu")) & KNOWN.keys(),
            credible=bool(self.text("credible")),
        )

    @property
    def sort(self) -> ListOrder:
        """How the list is sorted."""
        return next((sort for sort in ListOrder if sort == self.text("tri")), ListOrder.SCORE)

    @property
    def page(self) -> int:
        """Which page of the list, from 1."""
        text = self.text("page")
        return min(max(int(text), 1), _MOST_PAGES) if text.isascii() and text.isdigit() else 1

    def _choices(self, name: str) -> tuple[str, ...] | None:
        given = self.values.get(name)
        return None if given is None else tuple(value for value in given if value != NONE)

    def _cpv(self) -> list[str]:
        return [part for value in self.several("cpv") for part in value.split(",") if part.strip()]

    def _date(self) -> date | None:
        return clean_date(self.text("debut")).value

    def _need_fault(self) -> str:
        told = self.text("besoin") or self.values.get("cpv") or self.values.get("activite")
        return "" if told else "Décrivez le besoin en une phrase, ou choisissez un code CPV."

    def _cpv_fault(self) -> str:
        for written in self._cpv():
            if normalise_cpv(written)[0] is None:
                near = [f"{found.value} ({found.label})" for found in complete_cpv(written)[:3]]
                advice = (
                    f"Peut-être : {' ; '.join(near)}." if near else "Écrivez un code à huit chiffres, ou laissez vide."
                )
                return f"« {written} » n’est pas un code CPV. {advice}"
        return ""

    def _number_fault(self, name: str, most: int, must_be: str, a_number: str, positive: str) -> str:
        text = self.typed(name)
        if with_tax(text):
            return _seen("Donnez-le hors taxes.", text)
        value = (_months if name == "duree" else _amount)(text)
        if not text or (value is not None and 0 < value <= most):
            return ""
        if value == 0 or (text.startswith(_MINUS) and clean_amount(text[1:]).value is not None):
            return _seen(f"{must_be} {positive}", text)
        return _seen(f"{must_be} {a_number}" if value is None else f"C’est trop : {number(most)} au plus.", text)


def _seen(advice: str, text: str) -> str:
    return f"{advice} Vous avez écrit « {text} »."


def _amount(text: str) -> float | None:
    return None if text.startswith(_MINUS) else clean_amount(text).value


def _months(text: str) -> float | None:
    """Months, or years where years are written."""
    value = _amount(text)
    return value * 12 if value is not None and _YEARS.search(text) else value


def _kinds(names: Iterable[str]) -> tuple[SupplierKind, ...]:
    asked = set(names)
    return tuple(kind for kind in SupplierKind if kind.value in asked)
