"""Reading and ranking of a buyer's need: the `Answer` (ranked suppliers, counts, headline in French) that command line, pages and files show.

A shelf is the catalogue's suppliers loaded as arrays. A band is a level of evidence: known for the trade, pointed to by a clue, to be called."""

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
from matcher.reference.calibration import family_of
from matcher.reference.trades.activities import taxonomy

MOST_FURTHER = 3
# How many suppliers to call a headline names where the two surer bands are empty.
FIRST_CALLS = 3
# A known supplier farther than this is not named: the length of mainland France.
FARTHEST_KM = 1_000.0
# The headline gives the distance of the nearest supplier where it is greater than this.
NEAR_KM = 50.0
_SUPPOSED = {PlaceOrigin.DEFAUT: "votre lieu par défaut", PlaceOrigin.TITRE: "d’après le titre du tableau"}
_WHERE = "Lieu à préciser : où le lot s’exécute-t-il ?"
_NOT_EVEN_ANYWHERE = (
    "Aucun fournisseur n’est connu des annuaires pour ce métier précis, et le lieu du lot n’est pas connu."
)
_UNCLEAR = "Ni le métier ni le lieu ne sont compris"
_ONE_KNOWN = "Une source le dit ; reste à le confirmer, et à demander si elle est libre."
_EACH_KNOWN = "Une source le dit de chacune ; reste à le confirmer, et à demander si elles sont libres."
_HINT = "Un nom, un code ou une page y fait penser ; personne ne l’a confirmé."
_SHOWN_BY_BANDS = (_ONE_KNOWN, _EACH_KNOWN, _HINT)
WHAT_AND_WHERE = (
    "Quel métier, et dans quelle commune ? Dites l’un et l’autre en quelques mots, ou donnez un code CPV et un lieu."
)
_BEYOND_USUAL = "un peu loin"
# Selects at most that many candidates of a ranking: those of one screen, the first of each band, or those and the first by rank.
Chooser = Callable[[BandedRanking, int], tuple[Match, ...]]
EMPTY = "Le catalogue est vide", "Importez un annuaire (voir « entremise sources »), ou essayez « entremise demo »."


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranked list with the need as read and the state of the catalogue, complete enough to be read again in a year.

    `counts`: organisations of each band; `whole`: the same without the list's filters, None where these leave nobody out; `filters`: their
    French sentences; `understood`: whether the trade is sure enough to name suppliers; `further`: the nearest known suppliers beyond reach,
    where none is within reach; `known_by_activity`: known suppliers by activity; `share_to_call`: expected share of the « to call » band
    that does the trade; `nearest_km`: distance of the nearest known supplier, else of the nearest clue; `beyond_usual`: known
    suppliers a little beyond their usual reach. Fields added after version 0.1 are
    None in older frozen lists. `question`: what to ask the buyer where neither trade nor place is understood; the list is then empty.
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
    beyond_usual: int | None = None

    @property
    def headline(self) -> tuple[str, str]:
        """The answer in a few words, then the sentences on its evidence or on what to do."""
        few, why = self._headline_parts
        return few if few is _WHERE else f"{few}.", " ".join(why)

    @property
    def beside_bands(self) -> str:
        """The second part of the headline for a page that also shows the bands, without the sentences that these repeat."""
        none_known = _none_known(self.counts, self.reading) if self.counts else ""
        by_bands = (*_SHOWN_BY_BANDS, *self._first_calls, none_known)
        return " ".join(sentence for sentence in self._headline_parts[1] if sentence not in by_bands)

    @property
    def text(self) -> str:
        """The headline as one text, with the suppliers of `further`."""
        few, why = self.headline
        further = f" Plus loin : {enumeration(self.further)}." if self.further else ""
        return f"{few} {why}{further}"

    def screen(self, places: int) -> tuple[str, ...]:
        """Return the ids of the candidates that a screen of `places` rows shows, in order; empty for a list frozen by version 0.1."""
        sizes = dict(zip(BANDS, screen_sizes(self.counts.placed, places) if self.counts else (), strict=False))
        shown = sorted(
            (BANDS.index(match.band), match.place, match.id)
            for match in self.matches
            if match.band and match.place and match.place <= sizes.get(match.band, 0)
        )
        return tuple(match_id for *_, match_id in shown)

    @property
    def _first_calls(self) -> tuple[str, ...]:
        """Sentences on whom to call first and how many should do the trade; empty where the known or clue band holds anybody."""
        if not self.counts or self.counts.connu or self.counts.indice or self.share_to_call is None:
            return ()
        first = sorted(
            (match for match in self.matches if match.band is Band.A_APPELER and match.place),
            key=lambda match: match.place or 0,
        )
        named = enumeration([match.name for match in first[:FIRST_CALLS]])
        return (share_said(self.share_to_call), *((f"À appeler d’abord : {named}.",) if named else ()))

    def _scope(self, counts: BandCounts) -> str:
        """Return, in French, where the known suppliers of the headline are."""
        if self.whole is not None:
            return "avec vos filtres"
        if not self.beyond_usual:
            return "à portée"
        some = "" if self.beyond_usual == counts.connu else f"à portée, dont {number(self.beyond_usual)} "
        return some + _BEYOND_USUAL

    @property
    def _place_missing(self) -> bool:
        return self.understood and not self.reading.places and not self._all_refused

    @property
    def _all_refused(self) -> bool:
        """Return whether every supplier is refused."""
        return sum(refusal.count for refusal in self.refusals) == self.catalogue_suppliers

    @property
    def _headline_parts(self) -> tuple[str, tuple[str, ...]]:
        if not self.catalogue_suppliers:
            return EMPTY[0], EMPTY[1:]
        if self.question:
            return _UNCLEAR, (self.question,)
        if self._all_refused:
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
        if self._place_missing:
            known = count(counts.connu, "structure est connue", "structures sont connues")
            anywhere = (
                f"{known} des annuaires pour ce métier, où que ce soit : le lieu du lot n’est pas connu, ni qui en est proche."
                if counts.connu
                else _NOT_EVEN_ANYWHERE
            )
            return _WHERE, ("Dites-le, ou « France entière ».", anywhere)
        unfiltered = ""
        if self.whole is not None:
            parts = [f"{number(size)} {words}" for size, words in _band_sizes(self.whole) if size]
            unfiltered = f"Sans vos filtres : {_enumerate_non_empty(*parts)}."
        few, why = _known_among(counts, self._scope(counts), self.nearest_km, self.reading)
        why += (*self._first_calls, *filter(None, (unfiltered,)))
        if not self.understood:
            named = enumeration([f"« {guess.label} »" for guess in likeliest_of(self.reading)])
            if_so = f"Si c’est {named}, le plus vraisemblable : {few[0].lower()}{few[1:]}."
            return "Métier à confirmer", (if_so, *why)
        activities = counts_said(self.known_by_activity)
        return few, tuple(filter(None, (activities, *why, _worked_for_you(counts))))


def known_for_it(connu: int) -> str:
    """Return how many are known for the trade, in French: « 12 structures connues »."""
    return count(connu, "structure connue", "structures connues")


def _known_among(
    counts: BandCounts, whom: str, nearest_km: float | None, reading: Reading
) -> tuple[str, tuple[str, ...]]:
    """Return the headline of the surest band that is not empty, then sentences on its evidence and the other bands. `whom` (French) is the scope."""
    clues = count(counts.indice, "indice à confirmer", "indices à confirmer")
    if not (counts.connu or counts.indice):
        return f"Personne n’est connu {whom} pour ce métier", tuple(filter(None, (_none_known(counts, reading),)))
    rest = _enumerate_non_empty(clues if counts.connu and counts.indice else "", *_later_bands(counts))
    also = (f"Aussi : {rest}.",) if rest else ()
    away = f", à {unit(nearest_km, 'km')}" if nearest_km is not None and nearest_km > NEAR_KM else ""
    away += " au plus près" if away and (counts.connu or counts.indice) > 1 else ""
    if counts.connu:
        sentence = _ONE_KNOWN if counts.connu == 1 else _EACH_KNOWN
        return f"{known_for_it(counts.connu)} pour ce métier, {whom}{away}", (sentence, *also)
    return f"{clues} pour ce métier, {whom}{away}", (_HINT, *also)


def _later_bands(counts: BandCounts) -> tuple[str, str]:
    called = f"{number(counts.a_appeler)} à appeler (métier non connu)" if counts.a_appeler else ""
    return called, count(counts.plus_loin, "connue plus loin", "connues plus loin") if counts.plus_loin else ""


def _none_known(counts: BandCounts, reading: Reading) -> str:
    """Return the French sentence on the remaining bands and on PMSMP (a trial period of work), where the trade can offer one."""
    pmsmp = "si aucune ne convient, une immersion (PMSMP) peut être proposée"
    rest = _enumerate_non_empty(*_later_bands(counts))
    # A list frozen by another version may name activities that are gone.
    family = family_of(reading) if all(guess.code in taxonomy().index for guess in reading.activities) else None
    if family is not None and not family.gives_work:
        return f"Il y a {rest}." if rest else ""
    return f"Il y a {rest} ; {pmsmp}." if rest else f"{pmsmp[0].upper()}{pmsmp[1:]}."


def _band_sizes(counts: BandCounts) -> Iterator[tuple[int, str]]:
    """Yield the size of each band, with its French word."""
    yield counts.connu, "connue" if counts.connu == 1 else "connues"
    yield counts.indice, "indice" if counts.indice == 1 else "indices"
    yield counts.a_appeler, "à appeler"


def _worked_for_you(counts: BandCounts) -> str:
    if not counts.titulaires:
        return ""
    listed = count(sum(counts.placed), "structure")
    worked = count(counts.titulaires, "a déjà travaillé pour vous", "ont déjà travaillé pour vous")
    return f"{listed} à portée, dont {worked}."


def _enumerate_non_empty(*parts: str) -> str:
    return enumeration([part for part in parts if part])


def answer_to(
    need: Need,
    shelf: Shelf,
    top: int,
    chosen: Chooser = BandedRanking.screen_matches,
    weights: Mapping[str, int] = DEFAULT,
    today: date | None = None,
) -> Answer:
    """Read and rank a need, and keep the candidates that `chosen` selects for `top` places: by default those of one screen."""
    ranking = rank_need(need, shelf, weights, today)
    return answer_from(ranking, chosen(ranking, top))


def rank_need(
    need: Need, shelf: Shelf, weights: Mapping[str, int] = DEFAULT, today: date | None = None
) -> BandedRanking:
    """Read a need and rank the suppliers of a shelf for it. `today` is as in `lay_on_shelf`."""
    return lay_out_bands(rank(lay_on_shelf(understand(need), shelf, today), weights))


def clarifying_question(reading: Reading) -> str:
    """Return the question to ask the buyer before any supplier is named; empty where the need is clear."""
    return "" if reading.clear else WHAT_AND_WHERE


def answer_from(ranking: BandedRanking, matches: tuple[Match, ...], filters: tuple[str, ...] = ()) -> Answer:
    """Build the answer that holds these candidates of a ranking; for a need that is not clear, only the question to ask."""
    ask = ranking.ranking.ask
    clear = ask.reading.clear
    whole = None
    if clear and not ranking.kept.all():
        unfiltered = lay_out_bands(ranking.ranking).counts
        whole = None if list(_band_sizes(unfiltered)) == list(_band_sizes(ranking.counts)) else unfiltered
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
        beyond_usual=ranking.beyond_usual if clear else None,
    )


def understand(need: Need) -> Reading:
    """Read the text of a need, then override the reading with what a person chose and drop the doubts that these choices settle.

    The faults of the need become the first doubts. A chosen activity that was also read keeps its confidence; another counts as the likeliest.
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
        reading = replace(reading, amount=None, maximum=None)
        settled.add(DoubtKind.AMOUNT)
    if chosen.without_duration:
        reading = replace(reading, duration=None)
        settled.add(DoubtKind.DURATION)
    open_doubts = (doubt for doubt in reading.doubts if doubt.kind not in settled)
    return replace(reading, doubts=(*doubts, *open_doubts))


def _with_defaults(reading: Reading, buyer_defaults: BuyerDefaults) -> Reading:
    """Fill in the buyer's own SIRET and default place where the need gives none, with a doubt on the place; a place already in doubt stays so."""
    if buyer_defaults.siret and not reading.buyer:
        reading = replace(reading, buyer_named=buyer_defaults.siret)
    if not buyer_defaults.place or reading.places or any(doubt.kind is DoubtKind.PLACE for doubt in reading.doubts):
        return reading
    if not (places := _default_places(buyer_defaults.place, buyer_defaults.origin)):
        return reading
    names = enumeration([place.name for place in places])
    says = f"Lieu supposé : {names}, {_SUPPOSED[buyer_defaults.origin]} ; le besoin n’en dit pas."
    doubts = (doubt for doubt in reading.doubts if doubt.kind is not DoubtKind.PLACE_UNKNOWN)
    return replace(reading, places=places, doubts=(*doubts, ReadingDoubt(DoubtKind.PLACE, says)))


@lru_cache(maxsize=256)
def _default_places(text: str, origin: PlaceOrigin) -> tuple[Place, ...]:
    """Read the default place of a buyer, cached for all its needs."""
    return tuple(replace(place, origin=origin) for place in read_places(Lot("", lieux=(RawPlace(text),))).places)


def lay_on_shelf(
    reading: Reading, shelf: Shelf, today: date | None = None, declined: Mapping[str, str] | None = None
) -> LotOnShelf:
    """Pair a reading with the shelf that it is ranked on, and with a day: the lot's date, at most `today` (by default this computer's). Past awards
    are not compared with a lot that has no date: see `as_of`. `declined` gives the reason of each supplier that refused the lot."""
    today = today or clock.today()
    return LotOnShelf(reading, shelf, min(reading.lot.date or today, today), declined or {})


def as_of(reading: Reading, today: date) -> Reading:
    """Date a reading today where it has no date: a buyer who types a need asks for a contract to come."""
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
    """Return the nearest known suppliers beyond reach, with commune and distance, in French; empty where one within reach is known. Suppliers at an
    unknown distance or beyond `FARTHEST_KM` are left out: La Réunion has no use for a caterer of Marseille."""
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
