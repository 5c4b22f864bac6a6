"""Answer to a query of the pages: read, ranked, narrowed, with the questions and offers shown beside the list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from matcher.domain.french import count, unit, with_apostrophes
from matcher.domain.kinds import SupplierKind
from matcher.domain.lot import Lot, RawPlace
from matcher.domain.match import Match
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import ActivityGuess, Reading
from matcher.need.answer import day_asked, doing_it_anywhere
from matcher.need.chosen import read_chosen
from matcher.need.fields import ASKED_LEVERS
from matcher.need.listing import KNOWN, RADII, Listing, Narrowing, listing, usual_radius
from matcher.need.title import object_of
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.reasons import unknowns
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.kinds_cited import said_kinds
from matcher.reading.place.places import read_places
from matcher.reading.trade.doubt import shown_activities
from matcher.reference.geography.communes import commune, communes_named
from matcher.reference.levers import eligible_kinds, lever
from matcher.web.frame.app_state import Desk
from matcher.web.need.address import ANY_RADIUS, NONE, Query

PAGE = 20
_FIRST = 5  # the candidates that the brief speaks of


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing understood. `off` is what `retirer` says to take it off, empty where it stays; `words` those that it was read in."""

    label: str
    value: str
    off: str
    doubt: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Another query, how it is said, and what it would give: candidates in its list, credible ones among all."""

    label: str
    query: Query
    listed: int
    credible: int


@dataclass(frozen=True)
class Answer:
    """Content of the list page of a query."""

    query: Query
    reading: Reading
    ranking: Ranking
    listing: Listing

    @cached_property
    def candidates(self) -> tuple[Match, ...]:
        """The candidates of this page."""
        return self.listing.page(self.page, PAGE)

    @property
    def page(self) -> int:
        """The page shown: the last one where the address asks further."""
        return min(self.query.page, self.pages)

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-len(self.listing.rows) // PAGE))

    @cached_property
    def credible(self) -> int:
        """How many are credible in the whole catalogue."""
        return int(self.ranking.credible.sum())

    @cached_property
    def first(self) -> tuple[Match, ...]:
        """The first candidates of the list, whatever the page."""
        return self.candidates[:_FIRST] if self.page == 1 else self.listing.page(1, _FIRST)

    @cached_property
    def first_credible(self) -> Match | None:
        """The first credible candidate of the list, where others come before; None where it leads, or where there is none."""
        found = np.flatnonzero(self.ranking.credible[self.listing.rows])
        return self.listing.page(int(found[0]) + 1, 1)[0] if found.size and found[0] else None

    @property
    def placed(self) -> bool:
        """Whether a place of the lot is known: without one, who is within reach is not."""
        return bool(self.reading.places)

    @property
    def headline(self) -> tuple[str, str]:
        """The answer in a few words, and the sentence that says what they rest on."""
        if not len(self.ranking.ask.shelf):
            return "Le catalogue est vide.", "Importez un annuaire : « entremise sources » dit lesquels et comment."
        if not self.ranking.ask.understood:
            return (
                "Métier à préciser.",
                "La liste ne compare que le lieu et le type : dites l’activité en deux mots, ou donnez un code CPV.",
            )
        if not self.placed:
            return "Lieu à préciser.", f"{doing_it_anywhere(self.credible)} Dites le lieu, ou « France entière »."
        if self.credible == 1:
            return (
                "1 candidat crédible.",
                "Le métier est le sien d’après les annuaires, et le lieu est à sa portée.",
            )
        if not self.credible:
            return (
                "Aucun candidat crédible.",
                "Aucun fournisseur à portée n’est connu des annuaires pour ce métier précis : les suivants sont à appeler.",
            )
        return (
            f"{count(self.credible, 'candidat crédible', 'candidats crédibles')}.",
            "Le métier est le leur d’après les annuaires, et le lieu est à leur portée.",
        )

    @property
    def unknown_of_first(self) -> tuple[str, str]:
        """The weightiest thing not known of the first candidates, and of which: « Activité », « nᵒˢ 2 et 3 »; empty where none."""
        weight: dict[str, int] = {}
        who: dict[str, list[int]] = {}
        for match in self.first:
            for contribution in unknowns(match):
                weight[contribution.label] = weight.get(contribution.label, 0) + contribution.weight
                who.setdefault(contribution.label, []).append(match.rank or 0)
        if not weight:
            return "", ""
        label = max(weight, key=lambda name: (weight[name], name))
        if len(who[label]) == len(self.first):
            return label, "de tous les premiers" if len(self.first) > 1 else "du premier"
        ranks = sorted(who[label])
        listed = " et ".join(filter(None, (", ".join(map(str, ranks[:-1])), str(ranks[-1]))))
        return label, f"des nᵒˢ {listed}" if len(ranks) > 1 else f"du nᵒ {listed}"

    @property
    def chips(self) -> tuple[Chip, ...]:
        """What was understood, in the order that the page shows it."""
        return tuple(_chips(self.reading, self.query))

    @property
    def need(self) -> str:
        """The need on one line: of a notice pasted whole, its object."""
        return object_of(self.query.text("besoin"))

    @property
    def activities(self) -> tuple[ActivityGuess, ...]:
        """What is shown as understood of the trade."""
        return shown_activities(self.reading)

    @cached_property
    def wider(self) -> tuple[Offer, ...]:
        """Ways to widen a list that is empty, or without anyone credible, each with what it would bring."""
        if len(self.listing.rows) and self.credible:
            return ()
        return tuple(
            offer for offer in _wider(self) if offer.listed > len(self.listing.rows) or offer.credible > self.credible
        )

    @cached_property
    def other_levers(self) -> tuple[Offer, ...]:
        """What each other article would give, where one is chosen."""
        if not self.query.lot.levier:
            return ()
        found = (
            self.offer(f"avec l’article {lever(code).article}", self.query.but(levier=code))
            for code in ASKED_LEVERS
            if code not in (self.query.lot.levier, "clause")
        )
        return tuple(found)  # fmt: skip

    def offer(self, label: str, query: Query) -> Offer:
        """Answer another query on the same shelf, on the same day, for its counts alone."""
        other = answer_on(self.ranking.ask.shelf, self.ranking.ask.on, query)
        return Offer(label, query, len(other.listing.rows), other.credible)

    def radii(self) -> tuple[tuple[str, str, int, bool], ...]:
        """Each distance offered: its value in the address, how it is said, how many would remain, whether it is the one."""
        choices: list[tuple[str, str, int | None]] = [(str(km), unit(km, "km"), km) for km in RADII]
        choices.append((ANY_RADIUS, "sans limite", None))
        now = self.listing.narrowing.km
        return tuple((value, label, self.listing.within(km), km == now) for value, label, km in choices)

    def kinds(self) -> tuple[tuple[SupplierKind, int, bool], ...]:
        """Each kind that anyone holds, how many would remain of it alone, whether it is chosen."""
        chosen = self.listing.narrowing.kinds
        counted = ((kind, self.listing.of_kind(kind)) for kind in SupplierKind)
        return tuple((kind, left, kind in chosen) for kind, left in counted if left or kind in chosen)

    def known(self) -> tuple[tuple[str, str, int, bool], ...]:
        """Each thing that may be known: its value in the address, how it is said, how many would remain, whether it is chosen."""
        chosen = self.listing.narrowing.known
        return tuple((key, known.label, self.listing.knowing(key), key in chosen) for key, known in KNOWN.items())

    @property
    def narrowed(self) -> int:
        """How many filters the buyer has set."""
        return (
            len(self.query.several("type"))
            + len(self.query.several("connu"))
            + len({*self.query.values} & {"rayon", "credible"})
        )


def answer(desk: Desk, query: Query) -> Answer:
    """Answer a query that has no fault, on the catalogue as it is."""
    return answer_on(desk.shelf(), desk.today(), query)


def answer_on(shelf: Shelf, today: date, query: Query) -> Answer:
    """Answer a query on a shelf. A need without a date is asked today; one of an earlier day on that day, of a later one today:
    what the catalogue will be, nobody knows yet."""
    ranking = rank(asked(shelf, today, query))
    return Answer(
        query, ranking.ask.reading, ranking, listing(ranking, query.narrowing(usual_radius(ranking)), query.sort)
    )


def asked(shelf: Shelf, today: date, query: Query) -> LotOnShelf:
    """Return what a query asks of a shelf, on the day that `answer_on` says."""
    lot = query.lot
    reading = read_chosen(replace(lot, date=lot.date or today), query.chosen)
    return LotOnShelf(reading, shelf, day_asked(reading, today))


def query_of(reading: Reading) -> Query:
    """Return the query that is read as this was, with what a person had chosen then."""
    lot = reading.lot
    values = {
        "besoin": [lot.objet],
        "cpv": lot.cpv,
        "montant": [f"{lot.montant:.2f}"] if lot.montant is not None else [] if reading.amount else [NONE],
        "duree": [f"{lot.duree:g}"] if lot.duree is not None else [] if reading.duration else [NONE],
        "levier": [lot.levier or ("" if reading.levier_hint else NONE)],
        "debut": [lot.date.isoformat()] if lot.date else [],
        "activite": [guess.code for guess in reading.activities] if reading.told else [],
        "ou": [place.key for place in reading.places] or [NONE],
        "demande": [kind.value for kind in reading.kinds_asked] or [NONE],
    }
    return Query({}).but(**values)


def places_said(query: Query) -> tuple[str, ...]:
    """Return where a need is done, each as one writes it in a field: as chosen, else as typed, else as its text says; empty where it
    does not say, or asks nothing."""
    if not query.several("ou") and (query.several("lieu") or not query.text("besoin")):
        return query.several("lieu")
    return tuple(map(_written, read_chosen(query.lot, query.chosen).places))


def months_of(query: Query) -> float | None:
    """Return how many months a need lasts, as typed, else as its text says; None where neither does."""
    months = query.lot.duree
    return read_chosen(query.lot, query.chosen).months if months is None and query.text("besoin") else months


def lever_said(query: Query) -> str:
    """Return the lever of a need: as chosen, else as its text says it outright; empty where neither does."""
    if query.text("levier") or not query.text("besoin"):
        return query.text("levier") if query.text("levier") in ASKED_LEVERS else ""
    reading = read_chosen(query.lot, query.chosen)
    return reading.levier_hint if reading.reserved_by and reading.levier_hint in ASKED_LEVERS else ""


def _written(place: Place) -> str:
    """A place as one would type it: its name, with its département where there are homonyms, else the key that nothing else reads as."""
    town = commune(place.code) if place.type is PlaceType.COMMUNE else None
    homonyms = town is not None and len(communes_named(town.name)) > 1
    name = f"{place.name} ({town.departement})" if town and homonyms else place.name
    read_as = read_places(Lot("", lieux=(RawPlace(name),))).places
    return name if [one.key for one in read_as] == [place.key] else place.key


def without(query: Query, reading: Reading, what: str) -> Query:
    """Return the query once a chip is taken off: `activite:…`, `ou:…`, `cpv:…`, or the name of a field."""
    name, _, value = what.partition(":")
    rest = {
        "activite": [guess.code for guess in shown_activities(reading)],
        "ou": [place.key for place in reading.places],
        "cpv": list(query.lot.cpv),
    }.get(name)
    if rest is not None:
        left = [one for one in rest if one != value]
        return query.but(**{name: left or ([] if name == "cpv" else [NONE])})
    if name in ("levier", "demande"):
        return query.but(**{name: NONE})
    if name in ("montant", "duree"):
        return query.but(**{name: None if query.typed(name) else NONE})
    return query.but(debut=None) if name == "debut" else query


def _chips(reading: Reading, query: Query) -> Iterator[Chip]:
    lot = query.lot
    sure = reading.told or reading.sure
    for guess in shown_activities(reading):
        yield Chip("activité", guess.label, f"activite:{guess.code}", doubt=not sure)
    for place in reading.places:
        yield Chip("lieu", with_apostrophes(place.name), f"ou:{place.key}")
    if lot.levier:
        chosen = lever(lot.levier)
        who = "" if chosen.open_to_all else f" : {', '.join(sorted(eligible_kinds(lot.levier)))}"
        yield Chip("clause" if chosen.open_to_all else "réservé", f"{chosen.article}{who}", "levier")
    elif hint := reading.levier_hint:
        read_in = reading.reserved_by
        yield Chip("lu" if read_in else "à confirmer", lever(hint).label, "levier", doubt=not read_in)
    if cited := said_kinds(reading):
        yield Chip("types cités" if len(cited) > 1 else "type cité", ", ".join(cited), "demande")
    for code in lot.cpv:
        yield Chip("CPV", code, f"cpv:{code}")
    yield from _sizes(reading)
    if lot.date is not None:
        yield Chip("début", _short(lot.date), "debut")


def _sizes(reading: Reading) -> Iterator[Chip]:
    lot, amount, duration = reading.lot, reading.amount, reading.duration
    if lot.montant is not None:
        yield Chip("montant", unit(lot.montant, "€ HT", 2), "montant")
    elif amount:
        yield Chip("montant lu", amount.said, "montant", words=amount.words)
    if lot.duree is not None:
        yield Chip("durée", unit(lot.duree, "mois", 1), "duree")
    elif duration:
        yield Chip("durée lue", duration.said, "duree", words=duration.words)


def _short(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _wider(answer: Answer) -> Iterator[Offer]:
    query, narrowing = answer.query, answer.listing.narrowing
    if narrowing.km is not None:
        for km in [*(km for km in RADII if km > narrowing.km), None]:
            label = f"jusqu’à {unit(km, 'km')}" if km else "sans limite de distance"
            yield Offer(
                label, query.but(rayon=str(km) if km else ANY_RADIUS), answer.listing.within(km), answer.credible
            )
    if narrowing.kinds:
        left = listing(answer.ranking, replace(narrowing, kinds=frozenset())).rows
        yield Offer("tous les types", query.but(type=None), len(left), answer.credible)
    if narrowing.known:
        left = listing(answer.ranking, Narrowing(narrowing.kinds, narrowing.km)).rows
        yield Offer("y compris ce qui n’est pas connu", query.but(connu=None), len(left), answer.credible)
    yield from answer.other_levers
    if query.lot.levier:
        yield answer.offer("sans réserver", query.but(levier=NONE))
