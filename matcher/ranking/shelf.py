"""The shelf: every supplier of a catalogue laid out as arrays, built once per catalogue version and read by each lot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Supplier
from matcher.ranking.awards import Awards, awards_of
from matcher.ranking.evidence import Clue, clues, other_trade
from matcher.ranking.sphere import Floats, Rows, commune_rows, unit_vectors
from matcher.ranking.wording import Wordings
from matcher.reference.activities import taxonomy
from matcher.reference.headcounts import band

Bools = NDArray[np.bool_]

KINDS: tuple[SupplierKind, ...] = tuple(SupplierKind)
KIND_INDEX = {kind: i for i, kind in enumerate(KINDS)}


# INSEE gives public bodies a SIREN that begins with 1 (State) or 2 (local bodies, their CCAS and hospitals).
PUBLIC_SIREN = ("1", "2")


@dataclass(frozen=True, slots=True)
class Shelf:
    """n suppliers, m located sites, A codes of the taxonomy (leaves and groups).

    `kinds` is (n, 12) in the order of SupplierKind; `site_vectors` (m, 3) unit vectors on the sphere, `site_owner` (m,)
    the row of the supplier they belong to, sorted, `site_commune` (m,) the row of their commune, -1 where unknown;
    `evidence` (n, A) how surely each activity is known, 0 where nothing says so; `other` (n,) what the supplier is worth to a lot for an activity that its record does not name, NaN where the record
    names no trade; `refusing` the rows of which the team says something that they do not do; `workers` and `updated` (ordinal
    days) are NaN where unknown; `closed` is the ordinal day a register says the door closed, 0 where it does not say which, NaN
    where it says nothing of the kind; `public` (n,) tells what a public body runs, `ranged` (n,) who declares an area of
    intervention; `clues` keeps, per supplier, what each evidence was taken from; `awards` their past contracts.
    """

    version: int
    suppliers: tuple[Supplier, ...]
    row: dict[str, int]
    kinds: Bools
    site_vectors: Floats
    site_owner: Rows
    site_commune: Rows
    evidence: Floats
    other: Floats
    workers: Floats
    updated: Floats
    inactive: Bools
    public: Bools
    ranged: Bools
    refusing: tuple[int, ...]
    closed: Floats
    clues: tuple[tuple[Clue, ...], ...]
    awards: Awards
    wordings: Wordings

    def __len__(self) -> int:
        return len(self.suppliers)

    def find(self, key: str) -> int | None:
        """Return the row of a supplier by its id or its SIRET, None where the shelf has none."""
        return self.row.get(key, self.row.get(f"siret:{key}"))


def build_shelf(suppliers: Iterable[Supplier], version: int = 0) -> Shelf:
    """Lay suppliers out as arrays, sorted by id so that the same catalogue gives the same shelf."""
    ordered = tuple(sorted(suppliers, key=lambda supplier: supplier.id))
    found = tuple(clues(supplier) for supplier in ordered)
    located = [
        (i, site.lat, site.lon, site.insee)
        for i, supplier in enumerate(ordered)
        for site in supplier.sites
        if site.lat is not None and site.lon is not None
    ]
    return Shelf(
        version=version,
        suppliers=ordered,
        row={supplier.id: i for i, supplier in enumerate(ordered)},
        kinds=_kinds(ordered),
        site_vectors=unit_vectors([lat for _, lat, _, _ in located], [lon for _, _, lon, _ in located]),
        site_owner=np.array([i for i, _, _, _ in located], dtype=np.intp),
        site_commune=commune_rows([insee for _, _, _, insee in located]),
        evidence=_evidence(found),
        other=np.array([other_trade(its) for its in found], dtype=np.float32),
        workers=np.array([_workers(s) for s in ordered], dtype=np.float32),
        updated=np.array([np.nan if s.updated is None else s.updated.toordinal() for s in ordered], dtype=np.float32),
        public=np.array([s.siren.startswith(PUBLIC_SIREN) for s in ordered], dtype=bool),
        ranged=np.array([bool(s.area_codes) for s in ordered], dtype=bool),
        inactive=np.array([s.active is False for s in ordered], dtype=bool),
        refusing=tuple(i for i, s in enumerate(ordered) if s.refused_activities),
        closed=np.array([_closing_day(s) for s in ordered], dtype=np.float32),
        clues=found,
        awards=awards_of(ordered),
        wordings=Wordings.of(ordered),
    )


def _workers(supplier: Supplier) -> float:
    """What a directory says, else the lower bound of the register's band, where it has people; NaN where unknown."""
    if supplier.workers is not None:
        return supplier.workers
    employees = band(supplier.headcount)
    return float(employees.least) if employees is not None and employees.least else np.nan


def _closing_day(supplier: Supplier) -> float:
    if not supplier.closed_reason:
        return np.nan
    return float(supplier.closed.toordinal()) if supplier.closed else 0.0


def _kinds(suppliers: Sequence[Supplier]) -> Bools:
    held = np.zeros((len(suppliers), len(KINDS)), dtype=bool)
    for i, supplier in enumerate(suppliers):
        for kind in supplier.kinds:
            held[i, KIND_INDEX[kind]] = True
    return held


def _evidence(found: Sequence[Sequence[Clue]]) -> Floats:
    index = taxonomy().index
    evidence = np.zeros((len(found), len(index)), dtype=np.float32)
    for i, its in enumerate(found):
        for clue in its:
            column = index[clue.code]
            evidence[i, column] = max(evidence[i, column], clue.strength)
    return evidence
