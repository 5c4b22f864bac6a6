"""Scores every possible (buyer, supplier) meeting of a meeting day, from the ranking of each buyer's needs against the suppliers present.

Those present are first laid out as a shelf (suppliers loaded as arrays), each completed by what it wrote when it registered. A pair is worth score ×
(relative rank for the buyer + relative rank for the supplier) / 2, the best over the buyer’s needs: docs/decisions/0014."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.catalogue.intake.lookups import shipped_lookups
from matcher.cleaning.area import clean_area
from matcher.cleaning.names import name_key, tidy
from matcher.cleaning.words import stems
from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.planner.meetings import Meeting
from matcher.club.timetable.need_suppliers import (
    Bools,
    barred_rows,
    came_for,
    credible_rows,
    known_rows,
    shared_trade,
    trade_of,
    worth_meeting,
)
from matcher.domain.grouping import group_pairs
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Match
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace, Reading
from matcher.domain.supplier import Activity, Evidence, Site, Supplier
from matcher.need.answer import lay_on_shelf, understand
from matcher.need.fields import need_from
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.gates import GATES, REACH
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.intent import read_intent
from matcher.reading.notice import first_words
from matcher.reading.place.places import read_places
from matcher.reading.reader import read
from matcher.reference.trades.activities import claim_targets, taxonomy

SAID = "inscription"
# Least confidence at which a part of a participant's wording of its activity counts as a trade.
SURE = 0.6
# Size of the cache of texts of activities and places: those of a large event.
MOST_TEXTS = 5_000
# Size of the cache of needs that have been read.
MOST_READINGS = 2_000
_BETWEEN = re.compile(r"[;,/•\n+]")


def present_shelf(suppliers: Iterable[Participant], known: Mapping[str, Supplier]) -> tuple[Shelf, tuple[int, ...]]:
    """Return the shelf (suppliers loaded as arrays) of these participants, and the row of each. `known` are suppliers of the catalogue by id.

    A supplier of the catalogue has its known activities plus those of its registrations, whose workers and area replace its own; any other is described by
    its registration only."""
    supplier_by_id: dict[str, Supplier] = {}
    ids = []
    for participant in suppliers:
        supplier, known_supplier = (
            described_supplier(participant),
            supplier_by_id.get(participant.supplier_id) or known.get(participant.supplier_id),
        )
        if known_supplier is not None:
            supplier = replace(
                known_supplier,
                kinds=known_supplier.kinds or supplier.kinds,
                workers=known_supplier.workers if supplier.workers is None else supplier.workers,
                area=supplier.area or known_supplier.area,
                area_codes=supplier.area_codes or known_supplier.area_codes,
                description="\n".join(filter(None, dict.fromkeys((known_supplier.description, supplier.description)))),
                activities=tuple(dict.fromkeys((*known_supplier.activities, *supplier.activities))),
                sites=known_supplier.sites or supplier.sites,
            )
        supplier_by_id[supplier.id] = supplier
        ids.append(supplier.id)
    shelf = build_shelf(supplier_by_id.values())
    row_of = {key: row for row, key in enumerate(shelf.ids)}
    return shelf, tuple(row_of[key] for key in ids)


def described_supplier(participant: Participant) -> Supplier:
    """Return the supplier that a registration describes, with its activities as declared ones."""
    sites = [
        Site(
            city=place.name,
            insee=place.code if place.type is PlaceType.COMMUNE else "",
            lat=place.lat,
            lon=place.lon,
            approximate=True,
        )
        for place in places(participant.place)
        if place.lat is not None and place.lon is not None
    ]
    return Supplier(
        id=f"{SAID}:{name_key(participant.name)}:{participant.siret or participant.key}",
        name=participant.name,
        kinds=participant.kinds
        or tuple(SupplierKind(kind) for kind in read_intent(first_words(participant.name)).kinds),
        siret=participant.siret,
        workers=participant.workers,
        area=participant.area,
        area_codes=clean_area(participant.area, shipped_lookups().areas) if participant.area else (),
        description=participant.activity,
        sites=tuple(sites),
        activities=tuple(
            Activity(code, wording, Evidence.DECLARED if "." in code else Evidence.GROUP, SAID)
            for code, wording in claims(participant.activity)
        ),
    )


@lru_cache(maxsize=MOST_TEXTS)
def claims(text: str) -> tuple[tuple[str, str], ...]:
    """Return the activity codes that a text claims, each with its wording: read as a directory's wording, and part by part as a buyer’s need,
    so that « Espaces verts » written by either side is one trade."""
    wordings = dict(claim_targets("libre", text)) if text else {}
    for part in filter(None, map(tidy, _BETWEEN.split(text))):
        guesses = read(Lot(part)).activities
        # Confidence is shared among several trades named together: their sum counts.
        whole = max(
            [sum(guess.confidence for guess in guesses if guess.named), *(guess.confidence for guess in guesses[:1])]
        )
        if guesses and whole >= SURE and guesses[0].code not in wordings:
            wordings.pop(taxonomy().group_of(guesses[0].code), None)  # an activity replaces its group
            if (
                len(stems(part)) == 1
            ):  # one word states one trade: « débarras » is no cleaning, a meaning that the lexicon has too
                wordings = {code: wording for code, wording in wordings.items() if wording != part}
            wordings[guesses[0].code] = part
    return tuple(wordings.items())


@lru_cache(maxsize=MOST_TEXTS)
def places(text: str) -> tuple[Place, ...]:
    """Return the places that a participant's text names."""
    return read_places(Lot("", lieux=(RawPlace(code=text),))).places if text else ()


Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The buyer’s interest is strong where the engine finds the supplier credible; the supplier’s, where the need ranks in the first third of
# the day's needs for it, with a score of at least 50 of 100.
STRONG_PLACE, STRONG_SCORE = 2 / 3, 50.0
# Factor on the buyer's interest where the supplier came to offer another trade: such a meeting fills a free slot and never replaces
# a meeting that both came for.
UNSOUGHT = 0.1
SECONDED = "Mise à disposition de personnel :"
LEVELS = {3: "intérêt fort pour les deux", 2: "intérêt fort pour l’un", 1: "à découvrir"}
# Above this many pairs, only the best ones of each participant are planned.
DENSE_PAIRS = 200_000
KEPT_EACH = 40


@dataclass(frozen=True)
class Affinities:
    """Value of each pair of `buyers` (b) and `suppliers` (s).

    `worth` (b, s) in [0, 1], 0 where the pair is not proposed; `need` (b, s) index in the buyer's `needs_sought` of the need it answers; `levels` (b, s) from
    1 (to discover) to 3 (strong for both). `rows` (s,) are the suppliers' rows of the `shelf`. `needs` are those written by the buyers who are not absent, in
    order. `in_reach`: distance excludes nobody present and only orders. `spare` (b, s): the supplier came for another trade than the need's: a meeting for
    guests who would have none."""

    buyers: tuple[Participant, ...]
    suppliers: tuple[Participant, ...]
    worth: Floats
    need: Ints
    levels: Ints
    shelf: Shelf
    rows: Ints
    on: date
    needs: tuple["NeedAsked", ...]
    in_reach: bool
    spare: Bools

    def match(self, buyer: int, supplier: int, need: ParticipantNeed | None = None) -> Match:
        """Return the ranking of a supplier (row) for a `need` of a buyer (row), with its reasons; by default the need that the pair answers. Raises
        ValueError where the buyer has no need."""
        need = need or self.need_of(buyer, supplier)
        if need is None:
            raise ValueError("a buyer without a need")
        (match,) = self._ranking(buyer, need).matches(np.array([self.rows[supplier]]), [None])
        return match

    def shared_trade(self, buyer: int, supplier: int, need: ParticipantNeed) -> str:
        """Return the French name of the trade of a `need` of a buyer (row) that a supplier (row) is known for; empty where they meet to discover each other."""
        return shared_trade(self._ranking(buyer, need), int(self.rows[supplier]))

    def need_of(self, buyer: int, supplier: int) -> ParticipantNeed | None:
        """Return the need that a pair of rows would talk about; None where the buyer has none."""
        needs = needs_sought(self.buyers[buyer])
        return needs[int(self.need[buyer, supplier])] if needs else None

    def _ranking(self, buyer: int, need: ParticipantNeed) -> Ranking:
        key = self.buyers[buyer].key, need
        if key not in self._rankings:
            self._rankings[key] = rank_need(self.buyers[buyer], need, self.shelf, self.on, in_reach=self.in_reach)
        return self._rankings[key]

    @cached_property
    def _rankings(self) -> dict[tuple[int, ParticipantNeed], Ranking]:
        return {}


def affinities(
    buyers: Sequence[Participant],
    suppliers: Sequence[Participant],
    shelf: Shelf,
    rows: Sequence[int],
    on: date,
    *,
    in_reach: bool = False,
) -> Affinities:
    """Return the value of each pair: rank every need of the buyers against the suppliers at these rows of the shelf, on the day `on`.

    `in_reach`: distance excludes nobody present and only orders."""
    at = np.asarray(rows, dtype=np.int64)
    everybody = np.arange(len(shelf))  # each supplier once, even where two participants are one supplier
    owners = np.array([place for place, buyer in enumerate(buyers) for _ in needs_sought(buyer)], dtype=np.int64)
    wanted = [(buyer, need) for buyer in buyers for need in needs_sought(buyer)]
    offers = offered_activities(suppliers)
    here = np.array([not one.absent for one in suppliers], dtype=bool)
    scores = np.zeros((len(wanted), len(at)))
    sought = np.ones(scores.shape, dtype=bool)
    credible, spare = (np.zeros((len(wanted), len(at)), dtype=bool) for _ in range(2))
    needs = []
    for line, (buyer, need) in enumerate(wanted):
        ranking = rank_need(buyer, need, shelf, on, in_reach=in_reach)
        known, answers = known_rows(ranking), credible_rows(ranking, in_reach=in_reach)
        scores[line] = np.where(worth_meeting(ranking), ranking.score_rows(everybody)[0], 0.0)[at]
        credible[line] = answers[at]
        sought[line] = came_for(ranking, offers)
        spare[line] = ~sought[line] & ~credible[line] & ranking.ask.is_understood
        if need in buyer.needs and not buyer.absent:  # not the seconded staff derived from a need
            trade, known_here = trade_of(ranking.ask.reading), known[at] & here
            able = credible[line] & here
            serving = able & sought[line] if (able & sought[line]).any() else able
            admitted = ~barred_rows(ranking)[at] & here
            needs.append(NeedAsked(int(owners[line]), need, trade, known_here, able, serving, admitted))
    for_buyer, for_supplier = relative_ranks(scores), relative_ranks(np.where(sought, scores, 0.0).T).T
    mutual = scores / 100 * np.where(sought, for_buyer + for_supplier, UNSOUGHT * for_buyer) / 2
    levels = 1 + credible + ((for_supplier >= STRONG_PLACE) & (scores >= STRONG_SCORE))
    worth, best, (level, useless) = _by_buyer(len(buyers), owners, mutual, (levels, spare))
    level = np.where(worth > 0, level, 0)
    sides = tuple(buyers), tuple(suppliers)
    return Affinities(*sides, worth, best, level, shelf, at, on, tuple(needs), in_reach, useless > 0)


def needs_sought(buyer: Participant) -> tuple[ParticipantNeed, ...]:
    """Return the needs of a buyer; for an attributaire (contract winner) also, for each need with insertion hours, the staff to do them."""
    if buyer.sort is not ParticipantRole.ATTRIBUTAIRE:
        return buyer.needs
    hours = [need for need in buyer.needs if need.hours and not read_participant_need(buyer, need).mode]
    return (*buyer.needs, *(replace(need, text=f"{SECONDED} {need.text}") for need in hours))


def rank_need(buyer: Participant, need: ParticipantNeed, shelf: Shelf, on: date, *, in_reach: bool = False) -> Ranking:
    """Rank the suppliers of a shelf for a need; an attributaire’s need is read as a social clause. `in_reach`: skip the gate on distance."""
    gates = tuple(gate for gate in GATES if gate.key != REACH) if in_reach else GATES
    return rank(lay_on_shelf(read_participant_need(buyer, need), shelf, on), gates=gates)


def offered_activities(suppliers: Sequence[Participant]) -> Bools:
    """Return (s, A) True for the activities of the taxonomy that each supplier declares."""
    index = taxonomy().index
    offers = np.zeros((len(suppliers), len(index)), dtype=bool)
    for row, participant in enumerate(suppliers):
        offers[row, [index[code] for code, _ in claims(participant.activity)]] = True
    return offers


def read_participant_need(buyer: Participant, need: ParticipantNeed) -> Reading:
    """Return the reading of a need, located at its place, else the buyer’s, else that of the buyer's SIRET."""
    lever = "clause" if buyer.sort is ParticipantRole.ATTRIBUTAIRE else ""
    return _understand_cached(need.text, need.place or buyer.place, buyer.siret, need.amount, lever)


@lru_cache(maxsize=MOST_READINGS)
def _understand_cached(text: str, place: str, siret: str, amount: float | None, lever: str) -> Reading:
    fields = {"objet": text, "lieu": place, "acheteur_siret": siret, "montant": amount, "levier": lever}
    return understand(need_from(fields))


def relative_ranks(scores: Floats) -> Floats:
    """Return the relative rank of each score within its line, in ]0, 1]: 1 for the best, ties equal; 0 for a score of 0."""
    order = np.sort(scores, axis=1)
    better = (
        np.stack(
            [len(line) - np.searchsorted(line, own, side="right") for line, own in zip(order, scores, strict=True)]
        )
        if len(scores)
        else scores
    )
    proposed = (scores > 0).sum(axis=1, keepdims=True)
    return np.where(scores > 0, 1 - better / np.maximum(proposed, 1), 0.0)


def keep_best(worth: Floats, dense: int = DENSE_PAIRS, each: int = KEPT_EACH) -> Floats:
    """Return the array, where it has more than `dense` cells with only the best `each` of each line and column, ties included; 0 elsewhere."""
    if worth.size <= dense:
        return worth
    by_line = np.partition(worth, -min(each, worth.shape[1]), axis=1)[:, [-min(each, worth.shape[1])]]
    by_column = np.partition(worth, -min(each, worth.shape[0]), axis=0)[[-min(each, worth.shape[0])], :]
    return np.where((worth >= by_line) | (worth >= by_column), worth, 0.0)


def _by_buyer(
    buyer_count: int, owners: Ints, mutual: Floats, others: Sequence[Ints | Bools]
) -> tuple[Floats, Ints, list[Ints]]:
    """Reduce lines (needs) to buyers: for each pair, the worth of its best need (first of ties), that need's index, its values in `others`."""
    shape = (buyer_count, mutual.shape[1])
    worth, need = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    best_of = [np.zeros(shape, dtype=np.int64) for _ in others]
    columns = np.arange(mutual.shape[1])
    for place in range(buyer_count):
        own = np.flatnonzero(owners == place)
        if len(own) and len(columns):
            best = mutual[own].argmax(axis=0)
            worth[place], need[place] = mutual[own][best, columns], best
            for best_each, values in zip(best_of, others, strict=True):
                best_each[place] = values[own][best, columns]
    return worth, need, best_of


@dataclass(frozen=True, eq=False, slots=True)
class NeedAsked:
    """One need of the buyer of a row. `trade` is its name in French, `NOT_READ` where it is not understood. Masks (s,) of the suppliers
    present: `known` for the trade; `credible`: those of them who answer the need (`credible_rows`); `serving`: the credible ones who came
    to offer it, or all of them where none did; `admitted`: not refused by a gate other than that of distance."""

    buyer: int
    need: ParticipantNeed
    trade: str
    known: Bools
    credible: Bools
    serving: Bools
    admitted: Bools


def count_answered(needs: Sequence[NeedAsked], meetings: Iterable[Meeting]) -> int:
    """Return how many needs are answered, i.e. their buyer meets a supplier who serves them."""
    met = group_pairs((one.buyer, one.supplier) for one in meetings)
    return sum(bool(need.serving[met.get(need.buyer, [])].any()) for need in needs)
