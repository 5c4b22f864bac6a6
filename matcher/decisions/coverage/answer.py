"""Compares a buyer's lots with the structures of a network (those of chosen kinds in a territory, or a list of them) in a lots × structures matrix, from
today's catalogue; called by command line and web page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from matcher.catalogue.store.read import load_these
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import known_candidates
from matcher.decisions.capacity_lookup import Means, means_of
from matcher.decisions.coverage.compute import (
    STANDINGS,
    Answering,
    ComparedStructure,
    CoveredLot,
    CoverMatrix,
    LotStanding,
    likely_answers,
)
from matcher.decisions.coverage.network import AskedLot, AskedLots, Network
from matcher.decisions.groupement.answer import MOST_PARTS
from matcher.decisions.groupement.compute import LotPart
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.french import enumeration, number, with_apostrophes
from matcher.domain.need import Need
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Reading
from matcher.need.answer import as_of, lay_on_shelf, understand
from matcher.ranking.ask import DECIMALS, LotOnShelf
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.known import (
    A_APPELER,
    AUTRE,
    BANDS,
    CONNU,
    INDICE,
    band_of_each,
    known_by_activity,
    within_reach,
)
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals import activity, references
from matcher.ranking.signals.capacity import WORKERS
from matcher.reading.trade.doubt import shown_activities
from matcher.reference.geography.communes import commune
from matcher.reference.geography.territories import departement, epci

# Name of the step, as a page shows it while it waits.
COMPARING = "lots comparés"
NO_TRADE, NO_PLACE = "métier non lu", "lieu non lu"
# Most cells of the matrix: beyond, nobody reads it, and the spreadsheet is slow to open.
MOST_PAIRS = 200_000
_STANDING_OF_BAND = {
    CONNU: LotStanding.KNOWN,
    INDICE: LotStanding.HINT,
    A_APPELER: LotStanding.TO_CALL,
    AUTRE: LotStanding.OTHER,
}
# The cells of the matrix are indices in STANDINGS. Index of each band's standing, by index of the band.
_INDEX_OF_BAND = np.array([STANDINGS.index(_STANDING_OF_BAND[band]) for band in range(len(BANDS))], dtype=np.int8)
_KNOWN, _HINT = _INDEX_OF_BAND[[CONNU, INDICE]]
_FAR, _REFUSED, _UNREAD = map(STANDINGS.index, (LotStanding.FAR, LotStanding.REFUSED, LotStanding.UNREAD))

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Result of a comparison: the matrix, the name of the network, and French remarks on lots and structures that were not used."""

    matrix: CoverMatrix
    network: str
    lots_said: tuple[str, ...]
    network_said: tuple[str, ...]
    catalogue_version: int
    catalogue_suppliers: int
    on: date


@dataclass(frozen=True, slots=True)
class _MatrixRow:
    """One row of the matrix: the lot without its name, two arrays over the structures, and the French reason by structure index (`said`)."""

    lot: CoveredLot
    standing: NDArray[np.int8]
    km: NDArray[np.float32]
    said: Mapping[int, str]


def cover_lots(
    engine: Engine, shelf: Shelf, lots: AskedLots, network: Network, on: date, tell: Tell = lambda *_: None
) -> Coverage:
    """Compare each lot with each structure of a network, on a shelf (suppliers as arrays) of these structures only, so that the time does not depend on the
    catalogue; `shelf` gives only the catalogue's version and size. `tell(step, done, total)` reports progress."""
    if not lots.lots:
        raise DecisionRefused("Il n’y a aucun lot : donnez une ligne par lot, avec son objet (ou un CPV) et son lieu.")
    if (pairs := len(lots.lots) * len(network.ids)) > MOST_PAIRS:
        raise DecisionRefused(
            f"{number(len(lots.lots))} lots × {number(len(network.ids))} structures : {number(pairs)} couples, {number(MOST_PAIRS)} au plus. "
            "Choisissez un territoire plus petit, moins de types, ou faites plusieurs fichiers."
        )
    network_shelf = build_shelf(load_these(engine, network.ids))
    means = means_of(engine, network.ids)
    lot_rows: dict[Need, _MatrixRow] = {}
    for done, lot in enumerate(lots.lots):
        tell(COMPARING, done, len(lots.lots))
        if lot.need not in lot_rows:
            lot_rows[lot.need] = _matrix_row(lot.need, network_shelf, on)
    return Coverage(
        matrix=_matrix(lots.lots, [lot_rows[one.need] for one in lots.lots], network_shelf, means),
        network=network.title,
        lots_said=lots.said,
        network_said=network.said,
        catalogue_version=shelf.version,
        catalogue_suppliers=len(shelf),
        on=on,
    )


def _matrix(
    lots: Sequence[AskedLot], lot_rows: Sequence[_MatrixRow], shelf: Shelf, means: Mapping[str, Means]
) -> CoverMatrix:
    """Stack the rows into a matrix, with structures in alphabetical order."""
    cards = [shelf.suppliers[column] for column in range(len(shelf))]
    order = sorted(range(len(shelf)), key=lambda column: (cards[column].name, cards[column].id))
    workers = [float(its) if its > 0 else None for its in shelf[WORKERS]]
    reasons: dict[str, int] = {}
    reason = np.full((len(lot_rows), len(shelf)), -1, dtype=np.int32)
    for at, lot_row in enumerate(lot_rows):
        for column, says in lot_row.said.items():
            reason[at, column] = reasons.setdefault(says, len(reasons))
    return CoverMatrix(
        lots=tuple(
            replace(
                lot_row.lot,
                label=one.label,
                title=one.title,
                where=one.where,
                doubts=(*one.doubts, *lot_row.lot.doubts),
            )
            for one, lot_row in zip(lots, lot_rows, strict=True)
        ),
        structures=tuple(
            ComparedStructure(
                id=cards[column].id,
                name=cards[column].name,
                organisation=cards[column].organisation,
                kinds=cards[column].kinds,
                city=cards[column].city,
                workers=workers[column],
                turnover=means[cards[column].id].turnover if cards[column].id in means else None,
                capacity=means[cards[column].id].capacity if cards[column].id in means else "",
                located=bool(len(shelf.points.of(column))),
            )
            for column in order
        ),
        standing=np.stack([lot_row.standing for lot_row in lot_rows])[:, order],
        km=np.stack([lot_row.km for lot_row in lot_rows])[:, order],
        reason=reason[:, order],
        reasons=tuple(reasons),
    )


def _matrix_row(need: Need, shelf: Shelf, on: date) -> _MatrixRow:
    """Return the row of a lot over the structures of the network, which are the rows of `shelf` and the columns of the matrix."""
    reading = as_of(understand(need), on)
    ask = lay_on_shelf(reading, shelf, on)
    lot = _describe_lot(reading)
    lacking = (NO_TRADE if not ask.is_understood else "", NO_PLACE if not reading.places else "")
    if unread := ", ".join(filter(None, lacking)):
        nowhere = np.full(len(shelf), np.nan, dtype=np.float32)
        return _MatrixRow(replace(lot, unread=unread), np.full(len(shelf), _UNREAD, dtype=np.int8), nowhere, {})
    ranking = rank(ask)
    band = ask.once(band_of_each)
    near = np.where((band == AUTRE) | ask.once(within_reach), _INDEX_OF_BAND[band], np.int8(_FAR))
    standing = np.where(ranking.admits, near, np.int8(_REFUSED)).astype(np.int8)
    lot = replace(lot, answering=_answering(ranking, lot.etp))
    # Signals with their least value to be a reason: an activity of value 0, or a contract for another trade, is none.
    signals = [
        (one, ranking.of(one), least) for one, least in ((activity.SIGNAL, 0), (references.SIGNAL, references.PRIOR))
    ]
    reasons: dict[int, str] = {}
    for column in np.flatnonzero((standing == _KNOWN) | (standing == _HINT)).tolist():
        remarks = [
            signal.say(ask, column, round(float(values[column]), DECIMALS)).short
            for signal, values, least in signals
            if values[column] > least
        ]
        reasons[column] = " ; ".join(remarks)
    for gate, refused in reversed(ranking.refused):
        reasons |= {column: gate.says(ask, column) for column in np.flatnonzero(refused).tolist()}
    return _MatrixRow(lot, standing, ask.distance_km, reasons)


def _describe_lot(reading: Reading) -> CoveredLot:
    doubts = tuple(doubt.says for doubt in reading.doubts)
    etp = None
    try:
        etp = workload_of(reading, DEFAULT).etp
    except NeedRefused as refusal:
        doubts = (str(refusal), *doubts)
    territories = tuple(dict.fromkeys(map(_territory, reading.places)))
    return CoveredLot(
        label="",
        title="",
        where="",
        trade=" ; ".join(guess.label for guess in shown_activities(reading)),
        territory=enumeration(territories),
        places=tuple(place.name for place in reading.places),
        etp=etp,
        doubts=doubts,
        territories=territories,
    )


def _territory(place: Place) -> str:
    """Return the name of the EPCI of a commune, else of its département; of an area, its own name."""
    town = commune(place.code) if place.type is PlaceType.COMMUNE else None
    if town is None:
        return with_apostrophes(place.name)
    area = epci(town.epci) or departement(town.departement)
    return with_apostrophes(area.name if area else place.name)


def _answering(ranking: Ranking, etp: float | None) -> Answering:
    """Return how the network could answer a lot: by one organisation, or by a groupement (joint bid). The lot is split into parts, each trade that its text
    names × each place; one of too many parts is taken as one."""
    ask = ranking.ask
    named = [guess.code for guess in ask.reading.activities if guess.named and guess.code in ask.asked_codes]
    trades = named if len(named) > 1 else [""]
    parts = len(trades) * len(ask.reading.places)
    if not 1 < parts <= MOST_PARTS:
        return likely_answers([LotPart("", known_candidates(ranking), etp)], DEFAULT)
    each = None if etp is None else etp / parts
    lot_parts = []
    for place in ask.reading.places:
        here = LotOnShelf(replace(ask.reading, places=(place,)), ask.shelf, ask.on)
        candidates, known_of = known_candidates(rank(here)), here.once(known_by_activity)
        for trade in trades:  # an empty trade means any
            ids = {ask.shelf.ids[row] for row in np.flatnonzero(known_of[trade]).tolist()} if trade else None
            trade_candidates = tuple(one for one in candidates if ids is None or one.id in ids)
            lot_parts.append(LotPart(f"{trade}, {place.key}", trade_candidates, each))
    return likely_answers(lot_parts, DEFAULT)
