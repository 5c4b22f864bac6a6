"""Query parameters of the list of candidates, parsed to a `Query`: the need as typed, the choices made since, the view. The URL is the only state."""

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
from matcher.domain.need import NO_DEFAULTS, BuyerDefaults, Need, NeedChoices
from matcher.domain.reading import Lot, Reading
from matcher.journal.change import LONGEST_LINE
from matcher.need.answer import understand
from matcher.need.fields import need_from
from matcher.need.listing import FACT_FILTERS, RADII, WORDS, ListOrder, Narrowing, Part
from matcher.need.title import cut_title, object_of
from matcher.reading.notice import condense
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import buyer_defaults

# Most characters of a need (a page of text): each link of a page repeats the address.
LONGEST_NEED = 3_000
_LONGEST_FIELD, _MOST_VALUES, _MOST_KEPT, _MOST_PAGES = 200, 20, 120, 10_000
# Value for an explicit « none »; an absent parameter leaves the field to what is read in the text.
NONE = "aucun"
# Most characters of a notice carried in the address of each of its lots: some fifty links of a page repeat it.
LONGEST_NOTICE = 2_000
# Value of `titulaires` that ranks suppliers who have already worked for the buyer first.
INCUMBENTS = "oui"
# Value of `distance` that removes distance from the score, for a list to be published.
NO_DISTANCE = "non"

_NEED = ("besoin", "lieu", "cpv", "montant", "duree", "levier", "debut", "acheteur")
# Parameters whose field of the need has another name.
_FIELDS = {"besoin": "objet", "debut": "date", "acheteur": "acheteur_siret"}
_CHOSEN = ("activite", "ou", "demande")
_VIEW = ("type", "rayon", "connu", "titulaires", "distance", "bande", "tri", "page")
# The notice or DCE (tender documents) that the lot belongs to and its number there; the lot of a dossier, « 12-1 »; the suppliers ticked to be
# kept and to be compared.
_AROUND = ("avis", "dce", "lot", "dossier", "retenu", "compare")
NAMES = (*_NEED, *_CHOSEN, *_VIEW, *_AROUND)
_SEVERAL = {"lieu", "cpv", "activite", "ou", "demande", "type", "connu", "retenu", "compare"}
_LONGEST = {"besoin": LONGEST_NEED, "avis": LONGEST_NOTICE}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Query:
    """Parameters of a list: `values` by name, as typed but shortened. A long need loses its usual clauses; `cut` is whether its text was cut
    too. `defaults` are the buyer's own place and SIRET, for what the need leaves out."""

    values: Values
    cut: bool = False
    defaults: BuyerDefaults = NO_DEFAULTS

    @classmethod
    def of(cls, arguments: MultiDict[str, str], defaults: BuyerDefaults = NO_DEFAULTS) -> "Query":
        """Build a query from the arguments of a request, cleaned and bounded; other names are ignored."""
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
        """Return the need as a one-line title: for a pasted notice, its object."""
        return cut_title(object_of(self.text("besoin")), LONGEST_LINE)

    def typed_value(self, name: str) -> str:
        """Return the text of a field, empty for an explicit « none »."""
        return "" if self.text(name) == NONE else self.text(name)

    def several(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that may have several."""
        return self.values.get(name, ())

    def joined_values(self, name: str) -> str:
        """Return the values of a field joined by « ; », as a form writes them."""
        return " ; ".join(self.several(name))

    def but(self, **changes: str | Iterable[str] | None) -> "Query":
        """Return the query with these fields changed (None or empty drops one) and back to the first page."""
        changed = {name: (value,) if isinstance(value, str) else tuple(value or ()) for name, value in changes.items()}
        values = {**self.values, "page": (), **changed}
        return replace(self, values={name: values[name] for name in NAMES if any(values.get(name, ()))})

    def only_need(self) -> "Query":
        """Return the need as typed, without the choices made since and without the view."""
        return replace(self, values={name: value for name, value in self.values.items() if name in _NEED})

    def without_view(self) -> "Query":
        """Return the need with the choices made since, without the parameters of the view (filters, sort, page)."""
        return replace(self, values={name: value for name, value in self.values.items() if name not in _VIEW})

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Return (name, value) of every field except `without`, for the hidden fields of a form."""
        return [(name, value) for name, values in self.values.items() if name not in without for value in values]

    def url(self, endpoint: str = "candidates.show", **more: str) -> str:
        """Return the address of a page about this query."""
        values: dict[str, Any] = {name: list(given) for name, given in self.values.items()}
        return url_for(endpoint, **{**values, **more})

    # ---- the need

    @cached_property
    def need(self) -> Need:
        """The need, with its faults; an activity that the taxonomy lacks is left out."""
        fields = {
            "objet": self.text("besoin"),
            "cpv": self.several("cpv"),
            "lieu": self.several("lieu"),
            "date": self.text("debut"),
            "acheteur_siret": self.text("acheteur"),
            **{name: self.typed_value(name) for name in ("montant", "duree", "levier")},
        }
        return replace(need_from(fields, self._choices_made), defaults=self.defaults)

    @property
    def lot(self) -> Lot:
        """The lot as typed."""
        return self.need.lot

    @cached_property
    def reading(self) -> Reading:
        """The need as read and completed by the choices made."""
        return understand(self.need)

    def faults(self) -> dict[str, str]:
        """Return the first fault of each field of the page, in French."""
        first = {fault.field: fault.says for fault in reversed(self.need.faults)}
        by_name = {name: first.get(_FIELDS.get(name, name), "") for name in _NEED}
        return {name: says for name, says in by_name.items() if says}

    # ---- the view

    def narrowing(self) -> Narrowing:
        """Return the filters of the list."""
        radius = self.text("rayon")
        return Narrowing(
            kinds=frozenset(_kinds(self.several("type"))),
            km=int(radius) if radius in {str(km) for km in RADII} else None,
            known=frozenset(self.several("connu")) & FACT_FILTERS.keys(),
        )

    @property
    def part(self) -> Part | None:
        """The part of the list to show in full; None for the first screen of each band (level of evidence)."""
        return next((part for part in WORDS if part == self.text("bande")), None)

    @property
    def sort(self) -> ListOrder:
        """Return how the list is sorted."""
        return next((sort for sort in ListOrder if sort == self.text("tri")), ListOrder.SCORE)

    @property
    def incumbents_first(self) -> bool:
        """Return whether suppliers who have already worked for the buyer come first."""
        return self.text("titulaires") == INCUMBENTS

    @property
    def without_distance(self) -> bool:
        """Return whether distance is taken out of the score."""
        return self.text("distance") == NO_DISTANCE

    @property
    def page(self) -> int:
        """The page number, from 1."""
        return min(whole_number(self.text("page")) or 1, _MOST_PAGES)

    @property
    def _choices_made(self) -> NeedChoices:
        known = taxonomy().index
        kinds, activities = self._choices("demande"), self._choices("activite")
        return NeedChoices(
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
    """Parse the arguments of a request; end it with status 400 where a field has a fault."""
    query = Query.of(arguments, buyer_defaults())
    if query.faults():
        abort(400)
    return query


def query_of(lot: Lot) -> Query:
    """Return the query whose form fields give this lot."""
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
