"""Types (TypedDict) of the JSON objects of a need that commands and the API return; their JSON schemas are generated from these classes.

The class docstrings are the descriptions in those schemas, hence French."""

from typing import NotRequired, TypedDict


class ContributionShape(TypedDict):
    """Part d’un signal dans un score ; `value` est nul où elle n’est pas connue."""

    signal: str
    label: str
    value: float | None
    weight: int
    points: float
    says: str
    stance: str
    question: str | None
    source: str | None


class MatchShape(TypedDict):
    """Un candidat d’un lot. `rank` et `place` sont nuls s’il est écarté, et `refused` dit pourquoi. `place` est nul aussi sous un autre
    établissement de la même organisation, dont `folded` donne l’identifiant. `siret` et `distance_km` le sont s’ils ne sont pas connus."""

    lot_id: str
    rank: int | None
    band: str | None
    place: int | None
    folded: NotRequired[str]
    refused: NotRequired[str]
    id: str
    siret: str | None
    name: str
    kinds: list[str]
    city: str | None
    score: float
    coverage: float
    distance_km: float | None
    credible: bool
    known_for: list[str]
    explanation: str
    contributions: list[ContributionShape]


class QuestionShape(TypedDict):
    """Ce qu’il faut demander d’un lot dont ni le métier ni le lieu ne sont compris : il n’a pas de candidat."""

    lot_id: str
    question: str


class ActivityShape(TypedDict):
    """Une activité dont le lot peut parler, et combien c’est sûr, de 0 à 1."""

    code: str
    label: str
    confidence: float


class PlaceShape(TypedDict):
    """Un lieu tel qu’il est compris, et d’où il est lu."""

    type: str
    code: str
    name: str
    lat: float | None
    lon: float | None
    origin: str


class AmountShape(TypedDict):
    """Le montant que dit un texte ; `euros` est nul s’il est par an et que rien ne dit combien d’années. `tax` est nul si le texte ne dit ni HT
    ni TTC : le montant est compté HT, et `counted`, la phrase de ce qui est compté, le dit."""

    euros: float | None
    low: float | None
    high: float | None
    per: str
    basis: str
    tax: str | None
    words: str
    counted: str


class DurationShape(TypedDict):
    """La durée que dit un texte, en mois."""

    months: float
    words: str
    renewals_months: float | None


class UnderstoodShape(TypedDict):
    """Lecture d’un texte, doutes compris. Où `sure` est faux, `options` sont les activités à proposer, les plus probables d’abord : la liste
    suit la première en attendant ; le code choisi se donne dans `activite`."""

    activities: list[ActivityShape]
    asked: list[str]
    sure: bool
    options: list[str]
    places: list[PlaceShape]
    kinds_asked: list[str]
    buyer: str | None
    levier_hint: str | None
    reserved_by: str | None
    amount_read: AmountShape | None
    duration_read: DurationShape | None
    mode: str | None
    doubts: list[str]


class NoticeLotShape(UnderstoodShape):
    """Un lot d’un avis qui en a plusieurs, lu seul."""

    number: str
    title: str
    quantity: str | None
    cpv: list[str]


class ReadingShape(UnderstoodShape):
    """Lecture d’un lot ; `lots` où son texte en a plusieurs."""

    lot_id: str
    objet: str
    lots: NotRequired[list[NoticeLotShape]]


class BecauseShape(TypedDict):
    """Pourquoi l’activité `code` est lue : les mots qui ont compté, tels qu’ils sont écrits, le plus fort d’abord ; ceux qui parlent plutôt
    pour `other`, la suivante ; la phrase du corpus d’apprentissage la plus proche."""

    code: str
    words: list[str]
    other: str | None
    other_words: list[str]
    nearest: str | None


class SortedReadingShape(ReadingShape):
    """Lecture d’un lot, avec les groupes et les secteurs du marché, les plus probables d’abord. `because` est là s’il est demandé, nul où
    aucun mot ne dit le métier."""

    groups: list[str]
    sectors: list[str]
    because: NotRequired[BecauseShape | None]


class CatalogueShape(TypedDict):
    """État du catalogue interrogé."""

    version: int
    suppliers: int


class SourceShape(TypedDict):
    """Une source du catalogue : le jour de ses données, nul si rien ne le dit, et celui de son import."""

    source: str
    data_date: str | None
    imported: str


class CountsShape(TypedDict):
    """Organisations de chaque partie d’une liste."""

    connu: int
    indice: int
    a_appeler: int
    autre: int
    plus_loin: int
    personnel: int | None
    titulaires: int | None
    non_eligibles: int | None


class RefusedShape(TypedDict):
    """Fournisseurs écartés pour une même raison."""

    gate: str
    reason: str
    count: int


class AnswerShape(TypedDict):
    """Réponse à un lot ; `question` dit quoi demander où ni son métier ni son lieu ne sont compris. `screen` nomme les candidats du premier
    écran, dans l’ordre où il les montre : les connus, les indices, ceux à appeler."""

    lot: ReadingShape
    catalogue: CatalogueShape
    sources: list[SourceShape]
    date: str
    matches: list[MatchShape]
    screen: list[str]
    answer: str
    question: str | None
    counts: CountsShape | None
    known_by_activity: dict[str, int]
    refused: list[RefusedShape]


class OtherChoiceShape(TypedDict):
    """Effet d’un autre levier, ou d’aucun type, sur un fournisseur."""

    levier: str | None
    kinds: list[str]
    label: str
    rank: int | None
    refused: list[str]


class WhyNotShape(TypedDict):
    """Place d’un fournisseur pour un lot, et pourquoi."""

    lot: ReadingShape
    id: str
    name: str
    rank: int | None
    refused: list[str]
    says: str
    choices: list[OtherChoiceShape]
    match: MatchShape | None
