"""Filtering and sorting of a ranking for the page of candidates: its bands (levels of evidence), each sorted; and, for each
filter that the page offers, how many suppliers would remain with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import numpy as np
from msgspec import structs

from matcher.domain.fields import FIELDS, SupplierField
from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band, BandCounts, Match
from matcher.ranking.ask import covers_place
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import Ranking
from matcher.ranking.shelf.columns import first_of_each
from matcher.ranking.shelf.shelf import field_fact
from matcher.ranking.shelf.sphere import Rows
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import references
from matcher.ranking.signals.capacity import WORKERS

# Radii in kilometres that a page offers as filters; a supplier that declares to serve the place passes at any distance.
RADII = (10, 25, 50)
SCREEN = 10  # candidates of a first screen


class ListOrder(StrEnum):
    """Sort order inside a band; the first is by the score."""

    SCORE = "adequation"
    DISTANCE = "distance"
    COVERAGE = "connu"  # the share of the criteria that are known


class Beyond(StrEnum):
    """Parts of a list outside the bands: known for the trade but beyond reach; able only to lend staff; ineligible under the lot's article."""

    PLUS_LOIN = "plus_loin"
    PERSONNEL = "personnel"
    NON_ELIGIBLES = "non_eligibles"


_ROWS = {Beyond.PLUS_LOIN: "beyond", Beyond.PERSONNEL: "seconders", Beyond.NON_ELIGIBLES: "ineligible"}
# Parts that a page can show in full.
Part = Band | Beyond


@dataclass(frozen=True, slots=True)
class PartWords:
    """French words of a part of a list: for one supplier (`one`), after a count (`few`), its `title`, the sentence on its evidence (`told`),
    and the sentence where it is empty (`none`)."""

    one: str
    few: str
    title: str
    told: str
    none: str


# Bands of candidates for the need. `Band.AUTRE` (suppliers of another trade) has words, as a page can show it in full, but proposes nobody for the need.
BANDS = (Band.CONNU, Band.INDICE, Band.A_APPELER)
WORDS: Mapping[Part, PartWords] = MappingProxyType(
    {
        Band.CONNU: PartWords(
            "connu",
            "connus",
            "Connus pour ce métier",
            "Une source le dit. À confirmer en les appelant.",
            "Aucune source ne dit ce métier d’une structure à portée.",
        ),
        Band.INDICE: PartWords(
            "indice",
            "indices",
            "Indice à confirmer",
            "Le nom, un code ou une page y fait penser ; personne ne l’a confirmé.",
            "Aucun nom, code ni page n’y fait penser d’une autre.",
        ),
        Band.A_APPELER: PartWords(
            "à appeler",
            "à appeler",
            "À appeler : métier non connu",
            "À portée ; aucune source ne dit s’ils le font. Les plus vraisemblables d’abord.",
            "De toutes les structures à portée, une source dit ce qu’elles font.",
        ),
        Beyond.PLUS_LOIN: PartWords(
            "connu, plus loin",
            "connus plus loin",
            "Connus plus loin",
            "Leur métier est connu, mais le lieu est bien au-delà de leur rayon usuel ou hors de leur zone déclarée, ou leur adresse n’est pas située.",
            "Personne d’autre n’est connu pour ce métier plus loin.",
        ),
        Beyond.PERSONNEL: PartWords(
            "peut fournir du personnel",
            "peuvent fournir du personnel",
            "Ils peuvent fournir du personnel",
            "GEIQ et entreprises de travail temporaire à portée : ils ne réalisent pas ce lot, et prêtent des salariés à qui le réalise.",
            "Aucun GEIQ, aucune entreprise de travail temporaire à portée.",
        ),
        Beyond.NON_ELIGIBLES: PartWords(
            "non éligible",
            "non éligibles",
            "Non éligibles à cet article",
            "À portée, mais d’un type que l’article du lot n’admet pas : le lot ne peut pas leur être attribué.",
            "L’article du lot n’écarte personne à portée.",
        ),
        Band.AUTRE: PartWords(
            "autre métier",
            "d’un autre métier",
            "Autre métier, ou pour eux-mêmes",
            "Une liste, une classe ou un nom dit un autre métier ; ou ils ne travaillent que pour la collectivité ou l’œuvre qui les porte. Les plus vraisemblables d’abord.",
            "Personne à portée n’est connu pour un autre métier seulement, ni ne travaille pour qui le porte.",
        ),
    }
)
# A list saved by version 0.1 of the program has no bands.
NO_WORDS = PartWords("", "", "", "", "")


def band_words(band: Band | None) -> PartWords:
    """Return the words of a band; empty where there is none."""
    return WORDS[band] if band else NO_WORDS


@dataclass(frozen=True, slots=True)
class FactFilter:
    """Filter « only those »: its French words (« dont on connaît l’effectif »), and the mask of the suppliers of a ranking that pass."""

    label: str
    of: Callable[[Ranking], Bools]


def field_filter(field: SupplierField) -> FactFilter:
    """Return the filter of lists by a field of suppliers that has one."""
    fact = field_fact(field)
    return FactFilter(field.filter, lambda ranking: ranking.ask.shelf[fact])


FACT_FILTERS: Mapping[str, FactFilter] = MappingProxyType(
    {
        "effectif": FactFilter(
            "dont on connaît l’effectif", lambda ranking: np.asarray(~np.isnan(ranking.ask.shelf[WORKERS]))
        ),
        "reference": FactFilter(
            "dont on connaît une référence", lambda ranking: np.asarray(~np.isnan(ranking.of(references.SIGNAL)))
        ),
        **{field.champ: field_filter(field) for field in FIELDS if field.filter},
    }
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Filters of a list: any of `kinds`, at most `km` from the place (or declaring to come), and the filters of facts `known`, each a key of
    `FACT_FILTERS`."""

    kinds: frozenset[SupplierKind] = frozenset()
    km: int | None = None
    known: frozenset[str] = frozenset()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each active filter in French, as a file writes it."""
        kinds = f"type {' ou '.join(sorted(self.kinds))}" if self.kinds else ""
        distance = "" if self.km is None else f"à {unit(self.km, 'km')} au plus du lieu, ou qui déclare y venir"
        known = (its.label for key, its in FACT_FILTERS.items() if key in self.known)
        return tuple(filter(None, (kinds, distance, *known)))


@dataclass(frozen=True)
class Listing:
    """A ranking in bands of the suppliers that pass the filters. Each part is numbered from 1, without gaps, in the order shown."""

    found: BandedRanking
    narrowing: Narrowing
    sort: ListOrder

    @property
    def counts(self) -> BandCounts:
        """Return how many organisations each part holds."""
        return self.found.counts

    def count(self, part: Part) -> int:
        """Return how many organisations a part holds."""
        return int(getattr(self.counts, part.value) or 0)  # None in a list saved by an older version

    def told_of(self, part: Part) -> str:
        """Return the French sentence on a part's evidence, or on its being empty; one sentence for the whole list where nobody is in reach."""
        counts = self.counts
        if self.count(part):
            return self.placed(WORDS[part].told)
        if part not in BANDS or counts.connu or counts.indice or counts.a_appeler or counts.autre:
            return self.placed(WORDS[part].none)
        filtered = ", avec vos filtres" if self.narrowing.sentences else ""
        return f"Personne qui puisse répondre n’est à portée{filtered}." if part is BANDS[0] else ""

    def placed(self, words: str) -> str:
        """Return French words without « à portée » where the lot has no known place, from which nothing is in reach."""
        if self.found.ranking.ask.has_place:
            return words
        return words.replace("À portée", "Partout, faute de lieu").replace("à portée", "du catalogue")

    @property
    def standing(self) -> int:
        """Return how many organisations are in a band."""
        return sum(self.found.place_counts)

    def rows(self, part: Part) -> Rows:
        """Return the rows of a part, one an organisation, in the order shown."""
        rows: Rows = self.found.of(part) if isinstance(part, Band) else getattr(self.found, _ROWS[part])
        ranking = self.found.ranking
        # rows come by the score, and the sort is stable
        if self.sort is ListOrder.DISTANCE:
            km = ranking.ask.distance_km[rows]
            order = np.argsort(np.where(np.isnan(km), np.inf, km), kind="stable")
        elif self.sort is ListOrder.COVERAGE:
            _, coverage = ranking.score_rows(rows)
            order = np.argsort(-coverage, kind="stable")
        else:
            order = np.arange(len(rows))
        return np.asarray(rows[order])

    def page(self, part: Part, number: int, size: int) -> tuple[Match, ...]:
        """Return one page, from 1, of a part with its reasons; empty past the last one."""
        return self._matches(part, (number - 1) * size, size)

    def screen(self) -> dict[Part, tuple[Match, ...]]:
        """Return the candidates of the first screen, by band."""
        room = self.found.screen(SCREEN)
        return {part: self._matches(part, 0, len(room[part])) for part in BANDS}

    def first(self, count: int, bands: Sequence[Band] = BANDS) -> tuple[Match, ...]:
        """Return the first `count` candidates, one band after the other, in their own order whatever the sort."""
        return self.found.matches(self._first_rows(count, bands))

    def file(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` candidates for a file: every band in turn, then those that only the lot's article refuses."""
        rows = np.concatenate((self._first_rows(count, tuple(Band)), self.found.ineligible))
        return self.found.matches(rows[:count])

    def first_ids(self, count: int) -> tuple[str, ...]:
        """Return the ids of the first `count` candidates."""
        return tuple(self.found.ranking.ask.shelf.ids[row] for row in self._first_rows(count, BANDS).tolist())

    def _first_rows(self, count: int, bands: Sequence[Band]) -> Rows:
        return np.concatenate([self.found.of(band) for band in bands])[:count]

    def of_kind(self, kind: SupplierKind) -> int:
        """Return how many organisations would remain with this kind as the only kind, other filters unchanged."""
        return self._count(replace(self.narrowing, kinds=frozenset({kind})))

    def within(self, km: int | None) -> int:
        """Return how many organisations would remain within this distance (None: within reach), other filters unchanged."""
        return self._count(replace(self.narrowing, km=km))

    def knowing(self, key: str) -> int:
        """Return how many organisations would remain with this filter of `FACT_FILTERS` added."""
        return self._count(replace(self.narrowing, known=self.narrowing.known | {key}))

    @cached_property
    def left_out(self) -> int:
        """Return how many organisations the filters leave out."""
        return self._count(Narrowing()) - self.standing

    @cached_property
    def unlocated_count(self) -> int:
        """Return how many organisations are in no band because their place is unknown."""
        ask, ranking = self.found.ranking.ask, self.found
        mask = _passing_rows(ranking.ranking, replace(self.narrowing, km=None))
        lost = ranking.ranking.admits & mask & ~ranking.within_reach & np.isnan(ask.distance_km)
        return len(first_of_each(ranking.ranking.ask.shelf.organisations[lost]))

    def _matches(self, part: Part, begin: int, count: int) -> tuple[Match, ...]:
        shown = self.found.matches(self.rows(part)[begin : begin + count])
        return tuple(structs.replace(match, place=place) for place, match in enumerate(shown, begin + 1))

    def _count(self, narrowing: Narrowing) -> int:
        stands = self.found.unfiltered & _passing_rows(self.found.ranking, narrowing)
        return len(first_of_each(self.found.ranking.ask.shelf.organisations[stands]))


def listing(ranking: Ranking, narrowing: Narrowing = Narrowing(), sort: ListOrder = ListOrder.SCORE) -> Listing:
    """Narrow and sort a ranking. Raises KeyError for a `known` that `FACT_FILTERS` lacks."""
    return Listing(lay_out_bands(ranking, _passing_rows(ranking, narrowing)), narrowing, sort)


def _passing_rows(ranking: Ranking, narrowing: Narrowing) -> Bools:
    mask = np.ones(len(ranking.ask.shelf), dtype=bool)
    if narrowing.kinds:
        mask &= ranking.ask.shelf.kinds.any_of(narrowing.kinds)
    if narrowing.km is not None:
        mask &= (np.nan_to_num(ranking.ask.distance_km, nan=np.inf) <= narrowing.km) | ranking.ask.once(covers_place)
    for key in sorted(narrowing.known):
        mask &= FACT_FILTERS[key].of(ranking)
    return mask
