"""An invented dossier for the tests: a lot, its frozen list of five, and what a team does with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from hypothesis import strategies as st
from msgspec import structs

from matcher.domain.age import DatedSource
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import BandCounts, Contribution, Match, Refusal, Stance
from matcher.domain.place import Place, PlaceOrigin, PlaceType
from matcher.domain.reading import ActivityGuess, DoubtKind, Lot, RawPlace, Reading, ReadingDoubt
from matcher.dossiers.changes import AddLot, CreateDossier
from matcher.dossiers.dossier import Dossier, DossierHeader
from matcher.dossiers.frozen_list import freeze
from matcher.journal.change import append
from matcher.need.answer import Answer
from matcher.render.document import ColumnKind, Document, DocumentColumn, DocumentKind, DocumentRow, DocumentTable
from tests.factories import siret
from tests.matcher.render.answers import ANSWER, KNOWN

AT = datetime(2026, 11, 16, 13, 32)  # noqa: DTZ001
WHO = "C. Exemple"
HEADER = DossierHeader(
    "Entretien des berges", "CA de Valbrune", siret(900), "Avesnois", "2026-BERGES", date(2026, 12, 15)
)

CANDIDATES = tuple(
    structs.replace(KNOWN, rank=rank, id=f"siret:{siret(rank)}", siret=siret(rank), name=f"Atelier {letter}")
    for rank, letter in enumerate("ABCDE", start=1)
)
IDS = tuple(match.id for match in CANDIDATES)
SHORTLIST = replace(ANSWER, matches=CANDIDATES, counts=BandCounts(5, 0, 0, 0, 0))

DECISION = Document(
    kind=DocumentKind.GROUPEMENT,
    title="Berges, deux sites",
    asked=("Activité : berges",),
    answer="Un groupement de Atelier A et Atelier B : chaque part a un membre à portée.",
    remarks=("Atelier A pourrait mener.",),
    tables=(
        DocumentTable(
            "Qui fait quoi",
            (DocumentColumn("Structure"), DocumentColumn("Part"), DocumentColumn("Distance", ColumnKind.NUMBER, "km")),
            (
                DocumentRow(("Atelier A", "Denain", 12.0), IDS[0]),
                DocumentRow(("Atelier B ; Atelier A", "Maubeuge", 3.0)),
            ),
        ),
    ),
    hypotheses=("Une structure donne 50 % de son effectif.",),
    names={IDS[0]: "Atelier A", IDS[1]: "Atelier B"},
    address="/groupement?objet=berges",
    catalogue_version=4,
    catalogue_suppliers=5,
    on=date(2026, 11, 10),
)


def opened() -> Dossier:
    """A dossier just opened."""
    return append(Dossier(1), CreateDossier(HEADER), at=AT, author=WHO)


FINESS = DatedSource("finess", "FINESS", date(2021, 3, 8), date(2026, 11, 10))


def with_list(kept: Sequence[str] = IDS[:3], shortlist: Answer = SHORTLIST) -> Dossier:
    """A dossier of one lot, some of whose frozen list is kept."""
    added = AddLot("Berges", freeze(shortlist), tuple(kept), date(2026, 11, 10), (FINESS,))
    return append(opened(), added, at=AT, author=WHO)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
DAYS = st.dates()
KINDS = st.lists(st.sampled_from(SupplierKind), max_size=3).map(tuple)


def several(one: st.SearchStrategy, most: int = 3) -> st.SearchStrategy:  # type: ignore[type-arg]
    """Tuples of at most `most`."""
    return st.lists(one, max_size=most).map(tuple)


CONTRIBUTIONS = st.builds(
    Contribution,
    TEXTS,
    TEXTS,
    st.none() | NUMBERS,
    st.integers(0, 100),
    points=NUMBERS,
    says=TEXTS,
    stance=st.sampled_from(Stance),
    spoken=TEXTS,
)
MATCHES = st.builds(
    Match,
    rank=st.none() | st.integers(1, 500),
    id=TEXTS,
    siret=TEXTS,
    name=TEXTS,
    kinds=KINDS,
    city=TEXTS,
    score=NUMBERS,
    coverage=NUMBERS,
    distance_km=st.none() | NUMBERS,
    credible=st.booleans(),
    contributions=several(CONTRIBUTIONS),
)
PLACES = st.builds(
    Place,
    st.sampled_from(PlaceType),
    TEXTS,
    TEXTS,
    st.none() | NUMBERS,
    st.none() | NUMBERS,
    several(TEXTS),
    st.sampled_from(PlaceOrigin),
)
LOTS = st.builds(
    Lot,
    objet=TEXTS,
    lot_id=TEXTS,
    cpv=several(TEXTS),
    lieux=several(st.builds(RawPlace, TEXTS, TEXTS, TEXTS)),
    acheteur_siret=TEXTS,
    date=st.none() | DAYS,
    montant=st.none() | NUMBERS,
    duree=st.none() | NUMBERS,
    levier=TEXTS,
    kinds=several(TEXTS),
)
READINGS = st.builds(
    Reading,
    lot=LOTS,
    activities=several(st.builds(ActivityGuess, TEXTS, TEXTS, NUMBERS)),
    groups=several(TEXTS),
    sectors=several(TEXTS),
    places=several(PLACES),
    kinds_asked=KINDS,
    levier_hint=TEXTS,
    mode=TEXTS,
    doubts=several(st.builds(ReadingDoubt, st.sampled_from(DoubtKind), TEXTS)),
)
SHORTLISTS = st.builds(
    Answer,
    reading=READINGS,
    matches=several(MATCHES),
    refusals=several(st.builds(Refusal, TEXTS, TEXTS, st.integers(0, 9999))),
    understood=st.booleans(),
    catalogue_version=st.integers(0, 9999),
    catalogue_suppliers=st.integers(0, 99999),
    on=DAYS,
    counts=st.none() | st.builds(BandCounts, *[st.integers(0, 9999)] * 5),
)


def with_trade(objet: str, code: str, *, told: bool) -> Answer:
    """A list frozen for a need, of a trade that a person chose where it is `told`."""
    guess = ActivityGuess(code, code, 1.0, named=True)
    reading = replace(
        SHORTLIST.reading, lot=replace(SHORTLIST.reading.lot, objet=objet), activities=(guess,), told=told
    )
    return replace(SHORTLIST, reading=reading)
