"""Invented answers for the tests of files: one lot, its candidates, the refused."""

from dataclasses import replace
from datetime import date

from msgspec import structs

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band, BandCounts, Contribution, Match, Refusal, Stance
from matcher.domain.place import Place, PlaceOrigin, PlaceType
from matcher.domain.reading import ActivityGuess, DoubtKind, Lot, RawPlace, Reading, ReadingDoubt
from matcher.need.answer import Answer

SIRET = "00012345600017"
ON = date(2026, 12, 1)

PROXIMITY = Contribution(
    "proximity",
    "Proximité",
    0.66,
    60,
    39.6,
    "à 12 km du lieu d’exécution (Maubeuge)",
    Stance.FOR,
    "il est à 12 km du lieu d’exécution (Maubeuge)",
    field="sites",
)
CAPACITY = Contribution(
    "capacity",
    "Capacité",
    None,
    40,
    20.0,
    "effectif non connu : à demander",
    Stance.UNKNOWN,
    "effectif non connu",
    "combien de personnes peut-il y mettre",
)

KNOWN = Match(
    rank=1,
    id=f"siret:{SIRET}",
    siret=SIRET,
    name="Les Ateliers du Marais",
    kinds=(SupplierKind.EA, SupplierKind.ESAT),
    city="Maubeuge",
    score=59.6,
    coverage=0.6,
    distance_km=12.5,
    credible=True,
    contributions=(PROXIMITY, CAPACITY),
    band=Band.CONNU,
    place=1,
)
# Everything that a poor record lacks.
POOR = structs.replace(
    KNOWN,
    rank=2,
    id="finess:990000012",
    siret="",
    name="ESAT des Trois Ponts",
    kinds=(),
    city="",
    score=32.0,
    coverage=0.0,
    distance_km=None,
    credible=False,
    contributions=(
        structs.replace(
            PROXIMITY,
            value=None,
            points=12.0,
            says="adresse du fournisseur non située",
            stance=Stance.UNKNOWN,
            spoken="adresse du fournisseur non située",
            question="vient-il jusqu’au lieu du lot",
        ),
        CAPACITY,
    ),
    band=Band.A_APPELER,
    place=1,
)

READING = Reading(
    lot=Lot(
        objet="Entretien des espaces verts",
        lot_id="berges",
        cpv=("77310000",),
        lieux=(RawPlace("Maubeuge"),),
        montant=180000.0,
        duree=12.0,
        levier="12",
        date=ON,
    ),
    activities=(ActivityGuess("espaces-verts.creation-entretien", "Création et entretien des espaces verts", 0.87),),
    groups=("Espaces verts",),
    sectors=("espaces-verts",),
    places=(
        Place(PlaceType.COMMUNE, "59392", "Maubeuge", 50.278, 3.973, ("59392",)),
        Place(PlaceType.DEPARTEMENT, "59", "Nord", None, None, ("59392",), PlaceOrigin.ACHETEUR),
    ),
    kinds_asked=(SupplierKind.EA,),
    levier_hint="13",
    doubts=(ReadingDoubt(DoubtKind.PLACE, "Deux communes portent ce nom."),),
)

ANSWER = Answer(
    reading=READING,
    matches=(KNOWN, POOR),
    refusals=(Refusal("famille", "pas éligible à ce lot", 26), Refusal("portee", "hors de sa zone", 1)),
    counts=BandCounts(1, 0, 1, 0, 0),
    understood=True,
    catalogue_version=7,
    catalogue_suppliers=5820,
    on=ON,
)
NOBODY = replace(
    ANSWER,
    reading=Reading(Lot(objet="Fibre optique", lot_id="fibre")),
    matches=(),
    refusals=(Refusal("type", "n’est pas du type demandé", 5820),),
    counts=BandCounts(0, 0, 0, 0, 0),
)


def named(name: str) -> Answer:
    """The same answer, its first candidate under another name."""
    return replace(ANSWER, matches=(structs.replace(KNOWN, name=name), POOR))
