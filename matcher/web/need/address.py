"""Address (URL) of a list of candidates: the need as typed, the choices made, the view. No other state is kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import abort, url_for
from werkzeug.datastructures import MultiDict

from matcher.cleaning.markup import plain_text
from matcher.cleaning.numbers import whole_number
from matcher.domain.kinds import SupplierKind
from matcher.domain.need import NO_DEFAULTS, BuyerDefaults, Chosen, Need
from matcher.domain.reading import Lot, Reading
from matcher.journal.change import LONGEST_LINE
from matcher.need.answer import understand
from matcher.need.fields import need_from
from matcher.need.listing import KNOWN, RADII, WORDS, ListOrder, Narrowing, Part
from matcher.need.title import cut_title, object_of
from matcher.reading.notice import condense
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import buyer_defaults

# What of a need is read. A page repeats its address in its links: this keeps it light, and it is a page of text.
LONGEST_NEED = 3_000
_LONGEST_FIELD, _MOST_VALUES, _MOST_KEPT, _MOST_PAGES = 200, 20, 120, 10_000
# The value that says « none », where no value leaves it to the reading.
NONE = "aucun"
# A page repeats in some fifty links the notice that its lot is of: a longer one is not carried from lot to lot.
LONGEST_NOTICE = 2_000
# The value of `titulaires`, which moves up who has already worked for the buyer.
INCUMBENTS = "oui"
# The value of `distance`, which takes distance out of the score of a list that is published.
NO_DISTANCE = "non"

_NEED = ("besoin", "lieu", "cpv", "montant", "duree", "levier", "debut", "acheteur")
# The fields of a need that an address has another name for.
_FIELDS = {"besoin": "objet", "debut": "date", "acheteur": "acheteur_siret"}
_CHOSEN = ("activite", "ou", "demande")
_VIEW = ("type", "rayon", "connu", "titulaires", "distance", "bande", "tri", "page")
# The notice, or the DCE, that this is a lot of and its number there; the lot of a dossier that it asks again, « 12-1 »; the suppliers ticked,
# to be kept and to be compared.
_AROUND = ("avis", "dce", "lot", "dossier", "retenu", "compare")
NAMES = (*_NEED, *_CHOSEN, *_VIEW, *_AROUND)
_SEVERAL = {"lieu", "cpv", "activite", "ou", "demande", "type", "connu", "retenu", "compare"}
_LONGEST = {"besoin": LONGEST_NEED, "avis": LONGEST_NOTICE}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Query:
    """`values` by name, as typed but for their length: a long need loses its usual clauses first; `cut` is whether that was not enough.
    `defaults` are the buyer's own, for what it leaves out."""

    values: Values
    cut: bool = False
    defaults: BuyerDefaults = NO_DEFAULTS

    @classmethod
    def of(cls, arguments: MultiDict[str, str], defaults: BuyerDefaults = NO_DEFAULTS) -> "Query":
        """Take from the arguments of a request those that make a list."""
        values: dict[str, tuple[str, ...]] = {}
        cut = False
        for name in NAMES:
            typed = [_CONTROL.sub(" ", value).strip() for value in arguments.getlist(name)]
            if name == "besoin" and typed:
                long = len(typed[0]) > LONGEST_NEED  # a page pasted whole; a shorter need is shown as it was typed
                need, cut = condense(plain_text(typed[0]) if long else typed[0], LONGEST_NEED)
                typed = [need]
            elif name in _SEVERAL:
                typed = [part.strip() for value in typed for part in re.split(r"[;\n]", value)]
            shortened = [value[: _LONGEST.get(name, _LONGEST_FIELD)] for value in typed if value]
            most = _MOST_KEPT if name == "retenu" else _MOST_VALUES if name in _SEVERAL else 1
            values[name] = tuple(dict.fromkeys(shortened))[:most]
        return cls({name: value for name, value in values.items() if value}, cut, defaults)

    def text(self, name: str) -> str:
        """Return the one value of a field, empty where there is none."""
        return next(iter(self.values.get(name, ())), "")

    @property
    def activity(self) -> str:
        """Return what a field of one line holds of the need: of a notice pasted whole, its object."""
        return cut_title(object_of(self.text("besoin")), LONGEST_LINE)

    def typed_value(self, name: str) -> str:
        """Return what was typed in a field, empty too where a choice has since set aside what was read for it."""
        return "" if self.text(name) == NONE else self.text(name)

    def several(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that may have several."""
        return self.values.get(name, ())

    def joined_values(self, name: str) -> str:
        """Return the values of a field as they are written in it, separated."""
        return " ; ".join(self.several(name))

    def but(self, **changes: str | Iterable[str] | None) -> "Query":
        """Return the same query with these fields changed, None or empty to drop one. It starts again from the first page."""
        changed = {name: (value,) if isinstance(value, str) else tuple(value or ()) for name, value in changes.items()}
        values = {**self.values, "page": (), **changed}
        return replace(self, values={name: values[name] for name in NAMES if any(values.get(name, ()))})

    def only_need(self) -> "Query":
        """Return the need as typed, without the choices made since and without the view."""
        return replace(self, values={name: value for name, value in self.values.items() if name in _NEED})

    def without_view(self) -> "Query":
        """Return the need with the choices made since, without the view."""
        return replace(self, values={name: value for name, value in self.values.items() if name not in _VIEW})

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Return (name, value) of every field, for the hidden fields of a form that has others of its own."""
        return [(name, value) for name, values in self.values.items() if name not in without for value in values]

    def url(self, endpoint: str = "candidates.show", **more: str) -> str:
        """Return the address of a page about this query."""
        values: dict[str, Any] = {name: list(given) for name, given in self.values.items()}
        return url_for(endpoint, **{**values, **more})

    # ---- what it asks

    @cached_property
    def need(self) -> Need:
        """Return what is asked, with what of it cannot be used; an activity that the taxonomy lacks is left out."""
        fields = {
            "objet": self.text("besoin"),
            "cpv": self.several("cpv"),
            "lieu": self.several("lieu"),
            "date": self.text("debut"),
            "acheteur_siret": self.text("acheteur"),
            **{name: self.typed_value(name) for name in ("montant", "duree", "levier")},
        }
        return replace(need_from(fields, self._chosen), defaults=self.defaults)

    @property
    def lot(self) -> Lot:
        """The lot that is asked for, as typed."""
        return self.need.lot

    @cached_property
    def reading(self) -> Reading:
        """Return what is understood of it."""
        return understand(self.need)

    def faults(self) -> dict[str, str]:
        """Return what cannot be used, by field of the page, in French with what to write."""
        first = {fault.field: fault.says for fault in reversed(self.need.faults)}
        by_name = {name: first.get(_FIELDS.get(name, name), "") for name in _NEED}
        return {name: says for name, says in by_name.items() if says}

    # ---- how it is looked at

    def narrowing(self) -> Narrowing:
        """Return what the list is narrowed to."""
        radius = self.text("rayon")
        return Narrowing(
            kinds=frozenset(_kinds(self.several("type"))),
            km=int(radius) if radius in {str(km) for km in RADII} else None,
            known=frozenset(self.several("connu")) & KNOWN.keys(),
        )

    @property
    def part(self) -> Part | None:
        """The part of the list that is shown whole; None for the first screen of each band."""
        return next((part for part in WORDS if part == self.text("bande")), None)

    @property
    def sort(self) -> ListOrder:
        """Return how the list is sorted."""
        return next((sort for sort in ListOrder if sort == self.text("tri")), ListOrder.SCORE)

    @property
    def incumbents_first(self) -> bool:
        """Return whether who has already worked for the buyer comes first."""
        return self.text("titulaires") == INCUMBENTS

    @property
    def without_distance(self) -> bool:
        """Return whether distance is taken out of the score."""
        return self.text("distance") == NO_DISTANCE

    @property
    def page(self) -> int:
        """Which page of the list, from 1."""
        return min(whole_number(self.text("page")) or 1, _MOST_PAGES)

    @property
    def _chosen(self) -> Chosen:
        known = taxonomy().index
        kinds, activities = self._choices("demande"), self._choices("activite")
        return Chosen(
            activities=None if activities is None else tuple(code for code in activities if code in known),
            places=self._choices("ou"),
            kinds=None if kinds is None else _kinds(kinds),
            unreserved=self.text("levier") == NONE,
            without_amount=self.text("montant") == NONE,
            without_duration=self.text("duree") == NONE,
        )

    def _choices(self, name: str) -> tuple[str, ...] | None:
        choices = self.values.get(name)
        return None if choices is None else tuple(value for value in choices if value != NONE)


def usable_query(arguments: MultiDict[str, str]) -> Query:
    """Return what arguments ask for; the request ends (400) where something of it cannot be used."""
    query = Query.of(arguments, buyer_defaults())
    if query.faults():
        abort(400)
    return query


def query_of(lot: Lot) -> Query:
    """Return the query that types a lot."""
    return Query({}).but(
        besoin=lot.objet,
        lieu=[place.code for place in lot.lieux],
        cpv=lot.cpv,
        montant=f"{lot.montant:.2f}" if lot.montant is not None else None,
        duree=f"{lot.duree:g}" if lot.duree is not None else None,
        levier=lot.levier,
        debut=lot.date.isoformat() if lot.date else None,
        acheteur=lot.acheteur_siret,
    )


def _kinds(names: Iterable[str]) -> tuple[SupplierKind, ...]:
    wanted = set(names)
    return tuple(kind for kind in SupplierKind if kind.value in wanted)
