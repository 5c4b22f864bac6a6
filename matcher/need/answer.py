"""A need, read and ranked: the answer that the command line, the pages and the files all show, and its headline."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np

from matcher import clock
from matcher.domain.french import count, enumeration, number, unit
from matcher.domain.match import Band, BandCounts, Match, Refusal
from matcher.domain.need import BuyerDefaults, Need
from matcher.domain.place import Place, PlaceOrigin
from matcher.domain.reading import (
    ABOUT_PLACE,
    ABOUT_TRADE,
    ActivityGuess,
    DoubtKind,
    Lot,
    RawPlace,
    Reading,
    ReadingDoubt,
)
from matcher.need.sentences import counts_said, share_said
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import BandedRanking, lay_out_bands, screen_sizes
from matcher.ranking.engine import rank
from matcher.ranking.known import BANDS
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.place.places import Whereabouts, read_places
from matcher.reading.reader import read
from matcher.reading.trade.doubt import likeliest_of
from matcher.reference.trades.activities import taxonomy

MOST_FURTHER = 3
# How many of those to call a headline names where nobody is known, nor pointed to.
FIRST_CALLS = 3
# Farther than this, who is known for a trade helps nobody: the length of the mainland.
FARTHEST_KM = 1_000.0
# Within reach of some trades, yet farther than this, the nearest is shown with its distance.
NEAR_KM = 50.0
_SUPPOSED = {PlaceOrigin.DEFAUT: "votre lieu par défaut", PlaceOrigin.TITRE: "d’après le titre du tableau"}
_WHERE = "Lieu à préciser : où le lot s’exécute-t-il ?"
_UNCLEAR = "Ni le métier ni le lieu ne sont compris"
_ONE_KNOWN = "Une source le dit ; reste à demander si elle est libre."
_EACH_KNOWN = "Une source le dit de chacune ; reste à demander si elles sont libres."
_HINT = "Un nom, un code ou une page y fait penser ; personne ne l’a confirmé."
_SHOWN_BY_BANDS = (_ONE_KNOWN, _EACH_KNOWN, _HINT)
WHAT_AND_WHERE = (
    "Quel métier, et dans quelle commune ? Dites l’un et l’autre en quelques mots, ou donnez un code CPV et un lieu."
)
# Takes so many candidates of a ranking: those of one screen, the first of each band, or those and the first by rank.
Chooser = Callable[[BandedRanking, int], tuple[Match, ...]]
EMPTY = "Le catalogue est vide", "Importez un annuaire (voir « entremise sources »), ou essayez « entremise demo »."


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranked list with its question and the state of the catalogue: enough to read it again in a year.

    `counts` are the organisations of each band, None in a list frozen by version 0.1, `whole` the same without the filters of the list, None
    where these leave nobody out; `filters` are these in French, None in a list frozen before they were kept; `understood` is whether the need is sure enough
    to name who does it; `further` names the nearest of those known beyond reach, where nobody within it is;
    `known_by_activity` how many of those listed are known for each activity asked, `share_to_call` the share of those to call that should do it,
    `nearest_km` how far the nearest of those known is, else of those pointed to, both None in a list frozen before they were kept. `question` is what to ask where neither trade nor place is
    understood: there is no list then, and nothing is counted.
    """

    reading: Reading
    matches: tuple[Match, ...]
    refusals: tuple[Refusal, ...]
    understood: bool
    catalogue_version: int
    catalogue_suppliers: int
    on: date
    further: tuple[str, ...] = ()
    counts: BandCounts | None = None
    known_by_activity: dict[str, int] = field(default_factory=dict)
    question: str = ""
    whole: BandCounts | None = None
    filters: tuple[str, ...] | None = None
    share_to_call: float | None = None
    nearest_km: float | None = None

    @property
    def headline(self) -> tuple[str, str]:
        """The answer in a few words, and the sentence on what they rest on or what to do."""
        few, why = self._said
        return few if few is _WHERE else f"{few}.", " ".join(why)

    @property
    def beside_bands(self) -> str:
        """The second sentence as a page shows it beside the bands of the list, without what each band shows already and, where nobody is known
        nor pointed to, without whom to call first.
        """
        by_bands = (*_SHOWN_BY_BANDS, *self._first_calls, _none_known(self.counts) if self.counts else "")
        return " ".join(sentence for sentence in self._said[1] if sentence not in by_bands)

    @property
    def text(self) -> str:
        """The headline as one text, and who is further."""
        few, why = self.headline
        further = f" Plus loin : {enumeration(self.further)}." if self.further else ""
        return f"{few} {why}{further}"

    def screen(self, places: int) -> tuple[str, ...]:
        """Return the ids of the candidates that a screen of so many `places` shows, in their order; none of a list frozen by version 0.1."""
        sizes = dict(zip(BANDS, screen_sizes(self.counts.placed, places) if self.counts else (), strict=False))
        shown = sorted(
            (BANDS.index(match.band), match.place, match.id)
            for match in self.matches
            if match.band and match.place and match.place <= sizes.get(match.band, 0)
        )
        return tuple(match_id for *_, match_id in shown)

    @property
    def _first_calls(self) -> tuple[str, ...]:
        """Whom to call first where nobody is known for the trade nor pointed to, and how many of them should do it."""
        if not self.counts or self.counts.connu or self.counts.indice or self.share_to_call is None:
            return ()
        first = sorted(
            (its for its in self.matches if its.band is Band.A_APPELER and its.place), key=lambda its: its.place or 0
        )
        named = enumeration([its.name for its in first[:FIRST_CALLS]])
        return (share_said(self.share_to_call), *((f"À appeler d’abord : {named}.",) if named else ()))

    @property
    def _to_place(self) -> bool:
        return self.understood and not self.reading.places and not self._nobody

    @property
    def _nobody(self) -> bool:
        """Return whether every supplier is refused."""
        return sum(refusal.count for refusal in self.refusals) == self.catalogue_suppliers

    @property
    def _said(self) -> tuple[str, tuple[str, ...]]:
        if not self.catalogue_suppliers:
            return EMPTY[0], EMPTY[1:]
        if self.question:
            return _UNCLEAR, (self.question,)
        if self._nobody:
            return (
                "Personne",
                (
                    "D’après ce que le catalogue sait, aucun fournisseur ne peut répondre à ce lot tel qu’il est décrit.",
                ),
            )
        if not (self.understood or self.reading.likely):
            return (
                "Le besoin n’est pas assez compris pour dire qui fait ce métier",
                (
                    "La liste ne compare guère que le lieu et le type. Dites l’activité en deux mots, ou donnez un code CPV.",
                ),
            )
        counts = self.counts or BandCounts(sum(match.credible for match in self.matches), 0, 0, 0, 0)
        if self._to_place:
            return _WHERE, ("Dites-le, ou « France entière ».", _anywhere(counts.connu))
        few, why = _known_among(counts, "avec vos filtres" if self.whole else "à portée", self.nearest_km)
        why += self._first_calls
        if self.whole is not None:
            parts = [f"{number(held)} {words}" for held, words in _held(self.whole) if held]
            why += (f"Sans vos filtres : {_listed(*parts)}.",)
        if not self.understood:
            named = enumeration([f"« {guess.label} »" for guess in likeliest_of(self.reading)])
            if_so = f"Si c’est {named}, le plus vraisemblable : {few[0].lower()}{few[1:]}."
            return "Métier à confirmer", (if_so, *why)
        activities = counts_said(self.known_by_activity)
        return few, tuple(filter(None, (activities, *why, _worked_for_you(counts))))


def known_for_it(connu: int) -> str:
    """Return how many are known for the trade, in French: « 12 structures connues »."""
    return count(connu, "structure connue", "structures connues")


def _known_among(counts: BandCounts, whom: str, nearest_km: float | None) -> tuple[str, tuple[str, ...]]:
    """Return the surest band that holds anyone, in words, then what it rests on and what the others hold; `whom` are those of the list."""
    clues = count(counts.indice, "indice à confirmer", "indices à confirmer")
    if not (counts.connu or counts.indice):
        return f"Personne n’est connu {whom} pour ce métier", (_none_known(counts),)
    rest = _listed(clues if counts.connu and counts.indice else "", *_rest(counts))
    also = (f"Aussi : {rest}.",) if rest else ()
    away = f", à {unit(nearest_km, 'km')}" if nearest_km is not None and nearest_km > NEAR_KM else ""
    away += " au plus près" if away and (counts.connu or counts.indice) > 1 else ""
    if counts.connu:
        sentence = _ONE_KNOWN if counts.connu == 1 else _EACH_KNOWN
        return f"{known_for_it(counts.connu)} pour ce métier, {whom}{away}", (sentence, *also)
    return f"{clues} pour ce métier, {whom}{away}", (_HINT, *also)


def _rest(counts: BandCounts) -> tuple[str, str]:
    called = f"{number(counts.a_appeler)} à appeler (métier non connu)" if counts.a_appeler else ""
    return called, count(counts.plus_loin, "connue plus loin", "connues plus loin") if counts.plus_loin else ""


def _none_known(counts: BandCounts) -> str:
    """Return whom there is where nobody is known nor pointed to, as far as directories go."""
    pmsmp = "si aucun ne convient, une immersion (PMSMP) peut être proposée"
    rest = _listed(*_rest(counts))
    return f"Il y a {rest} ; {pmsmp}." if rest else f"{pmsmp[0].upper()}{pmsmp[1:]}."


def _held(counts: BandCounts) -> Iterator[tuple[int, str]]:
    """Yield how many each band holds, with its French word."""
    yield counts.connu, "connue" if counts.connu == 1 else "connues"
    yield counts.indice, "indice" if counts.indice == 1 else "indices"
    yield counts.a_appeler, "à appeler"


def _worked_for_you(counts: BandCounts) -> str:
    if not counts.titulaires:
        return ""
    listed = count(sum(counts.placed), "structure")
    worked = count(counts.titulaires, "a déjà travaillé pour vous", "ont déjà travaillé pour vous")
    return f"{listed} à portée, dont {worked}."


def _listed(*parts: str) -> str:
    return enumeration([part for part in parts if part])


def _anywhere(connu: int) -> str:
    """Return how many are known for a trade where no place is: none of them is near for sure."""
    if not connu:
        return "Aucun fournisseur n’est connu des annuaires pour ce métier précis, et le lieu du lot n’est pas connu."
    known = count(connu, "structure est connue", "structures sont connues")
    return (
        f"{known} des annuaires pour ce métier, où que ce soit : le lieu du lot n’est pas connu, ni qui en est proche."
    )


def answer_to(
    need: Need,
    shelf: Shelf,
    top: int,
    chosen: Chooser = BandedRanking.screen_matches,
    weights: Mapping[str, int] = DEFAULT,
    today: date | None = None,
) -> Answer:
    """Read and rank a need, with the candidates `chosen` for `top` places: those of one screen, by default. `today` is that of `lay_on_shelf`."""
    ranking = rank_need(need, shelf, weights, today)
    return answer_from(ranking, chosen(ranking, top))


def rank_need(
    need: Need, shelf: Shelf, weights: Mapping[str, int] = DEFAULT, today: date | None = None
) -> BandedRanking:
    """Read a need and rank the suppliers of a shelf for it. `today` is that of `lay_on_shelf`."""
    return lay_out_bands(rank(lay_on_shelf(understand(need), shelf, today), weights))


def clarifying_question(reading: Reading) -> str:
    """Return the question that a need must be asked before anybody is named for it; empty where it is clear."""
    return "" if reading.clear else WHAT_AND_WHERE


def answer_from(ranking: BandedRanking, matches: tuple[Match, ...], filters: tuple[str, ...] = ()) -> Answer:
    """Return these candidates of a ranking with all that they were drawn from, `filters` too; of a need that is not clear, the
    question alone.
    """
    ask = ranking.ranking.ask
    clear = ask.reading.clear
    whole = None
    if clear and not ranking.kept.all():
        unfiltered = lay_out_bands(ranking.ranking).counts
        whole = None if list(_held(unfiltered)) == list(_held(ranking.counts)) else unfiltered
    return Answer(
        reading=ask.reading,
        matches=matches if clear else (),
        refusals=ranking.ranking.refusals() if clear else (),
        understood=ask.is_understood,
        catalogue_version=ask.shelf.version,
        catalogue_suppliers=len(ask.shelf),
        on=ask.on,
        further=_further(ranking),
        counts=ranking.counts if clear else None,
        known_by_activity=dict(ranking.counts_by_activity) if clear else {},
        question=clarifying_question(ask.reading),
        whole=whole,
        filters=filters,
        share_to_call=ranking.share_to_call if clear else None,
        nearest_km=ranking.nearest_km if clear else None,
    )


def understand(need: Need) -> Reading:
    """Read a need but for what a person chose: a choice is certain, and settles its doubts. Its faults are the first doubts.

    Activities that were read as well keep their shares of confidence; those only chosen count as much as the likeliest.
    Raises KeyError for an activity that the taxonomy lacks.
    """
    chosen, reading = need.chosen, _with_defaults(read(need.lot), need.defaults)
    settled: set[DoubtKind] = set()
    doubts = [ReadingDoubt(DoubtKind.FAULT, str(fault)) for fault in need.faults]
    if chosen.activities is not None:
        guesses = _guesses(chosen.activities, reading)
        options = () if guesses else reading.options
        reading = replace(reading, activities=guesses, told=bool(guesses), sure=bool(guesses), options=options)
        settled |= ABOUT_TRADE
    if chosen.places is not None:
        lot = replace(need.lot, objet="", acheteur_siret="", lieux=tuple(RawPlace(text) for text in chosen.places))
        where = read_places(lot) if chosen.places else Whereabouts()
        reading = replace(reading, places=where.places, within=where.within)
        doubts += (ReadingDoubt(DoubtKind.PLACE, says) for says in where.doubts)
        settled |= ABOUT_PLACE
    if chosen.kinds is not None:
        reading = replace(reading, kinds_asked=chosen.kinds)
    if chosen.unreserved:
        reading = replace(reading, levier_hint="", reserved_by="")
        settled.add(DoubtKind.LEVER)
    if chosen.without_amount:
        reading = replace(reading, amount=None)
        settled.add(DoubtKind.AMOUNT)
    if chosen.without_duration:
        reading = replace(reading, duration=None)
        settled.add(DoubtKind.DURATION)
    left = (doubt for doubt in reading.doubts if doubt.kind not in settled)
    return replace(reading, doubts=(*doubts, *left))


def _with_defaults(reading: Reading, buyer_defaults: BuyerDefaults) -> Reading:
    """A reading with the buyer's own number and place where the need gives none; the place is marked as supposed. A place that is in doubt is asked."""
    if buyer_defaults.siret and not reading.buyer:
        reading = replace(reading, buyer_named=buyer_defaults.siret)
    if not buyer_defaults.place or reading.places or any(doubt.kind is DoubtKind.PLACE for doubt in reading.doubts):
        return reading
    if not (places := _supposed(buyer_defaults.place, buyer_defaults.origin)):
        return reading
    names = enumeration([place.name for place in places])
    says = f"Lieu supposé : {names}, {_SUPPOSED[buyer_defaults.origin]} ; le besoin n’en dit pas."
    doubts = (doubt for doubt in reading.doubts if doubt.kind is not DoubtKind.PLACE_UNKNOWN)
    return replace(reading, places=places, doubts=(*doubts, ReadingDoubt(DoubtKind.PLACE, says)))


@lru_cache(maxsize=256)
def _supposed(text: str, origin: PlaceOrigin) -> tuple[Place, ...]:
    """The places of a buyer's default, read once for all its needs."""
    return tuple(replace(place, origin=origin) for place in read_places(Lot("", lieux=(RawPlace(text),))).places)


def lay_on_shelf(
    reading: Reading, shelf: Shelf, today: date | None = None, declined: Mapping[str, str] | None = None
) -> LotOnShelf:
    """Lay what is understood on a shelf, on the day it is asked: its own, else `today`, by default this computer's; of a later day, on
    `today`: the catalogue of a day to come does not exist yet. Past awards are not compared with a lot that has no date: see `as_of`. `declined`
    gives the reason of each supplier that refused it.
    """
    today = today or clock.today()
    return LotOnShelf(reading, shelf, min(reading.lot.date or today, today), declined or {})


def as_of(reading: Reading, today: date) -> Reading:
    """Return a reading as of today where it bears no date: a buyer who types a need asks for a contract to come."""
    return reading if reading.lot.date else replace(reading, lot=replace(reading.lot, date=today))


def _guesses(codes: tuple[str, ...], reading: Reading) -> tuple[ActivityGuess, ...]:
    names = taxonomy()
    read_as = {guess.code: guess.confidence for guess in reading.activities}
    most = max((read_as[code] for code in codes if code in read_as), default=1.0)
    shares = {code: read_as.get(code, most) for code in dict.fromkeys(codes)}
    total = sum(shares.values())
    ordered = sorted(shares, key=lambda code: -shares[code])
    return tuple(ActivityGuess(code, names.label(code), shares[code] / total, named=True) for code in ordered)


def _further(ranking: BandedRanking) -> tuple[str, ...]:
    """The nearest of those known beyond reach, each with its commune and how far it is; none where somebody within reach is known.

    Nobody is named of whom it is not known how far, nor from beyond where anybody comes: La Réunion has no use for a caterer of Marseille.
    """
    ask = ranking.ranking.ask
    if ranking.counts.connu or not ask.is_understood:
        return ()
    km = ask.distance_km[ranking.beyond]
    nearest = np.argsort(km, kind="stable")[: np.count_nonzero(km <= FARTHEST_KM)]
    named = []
    for match in ranking.matches(ranking.beyond[nearest[:MOST_FURTHER]]):
        away = match.distance_km
        far = "" if away is None or away < 1 else f", à {unit(away, 'km')}"
        named.append(f"{match.name} ({match.city or 'commune non connue'}{far})")
    return tuple(named)
