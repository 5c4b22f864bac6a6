"""Export of ranked lists of suppliers as a map in GeoJSON (RFC 7946), a point a candidate, for uMap, QGIS or a page of one's own."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from matcher.domain.age import DatedSource
from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.match import Match
from matcher.need.answer import Answer
from matcher.need.json_shapes import QuestionShape
from matcher.ranking.reasons import explanation
from matcher.render.described_file import DescribedFile, json_file
from matcher.render.shaped import shaped


class MatchProperties(TypedDict):
    """Le candidat d’un point ; `approximate` où le point est le centre de sa commune, nul sans point ; `score` nul où le métier n’est pas connu."""

    lot_id: str
    band: str | None
    place: int | None
    id: str
    siret: str | None
    name: str
    kinds: list[str]
    city: str | None
    phone: str | None
    score: float | None
    distance_km: float | None
    explanation: str
    approximate: bool | None


class MatchPoint(TypedDict):
    """Un point en WGS84, la longitude d’abord (RFC 7946)."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class MatchFeature(TypedDict):
    """Un candidat ; `geometry` est nulle où son adresse n’est pas située."""

    type: Literal["Feature"]
    geometry: MatchPoint | None
    properties: MatchProperties


class MatchMap(TypedDict):
    """Une liste en carte ; `attribution` a les sources à citer et leur date, `questions` ce qu’il faut demander des lots qui ne sont pas compris."""

    type: Literal["FeatureCollection"]
    attribution: list[str]
    questions: list[QuestionShape]
    features: list[MatchFeature]


def answers_geojson(
    answers: Sequence[Answer], contacts_of: ContactLookup, sources: Sequence[DatedSource] = ()
) -> DescribedFile:
    """Return the candidates of lists as points with the `sources` of the catalogue; a candidate that is not located has a null geometry."""
    contacts = contacts_of({match.id for answer in answers for match in answer.matches})

    def feature(match: Match, lot_id: str) -> dict[str, Any]:
        details = contacts.get(match.id, ContactDetails())
        point = details.point
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]} if point else None,
            "properties": shaped(
                MatchProperties,
                match,
                lot_id=lot_id,
                phone=details.phone,
                score=match.told_score,
                explanation=" ".join(explanation(match)),
                approximate=point.approximate if point else None,
            ),
        }

    lots = [(answer, answer.reading.lot.lot_id) for answer in answers]
    collection = {
        "type": "FeatureCollection",
        "attribution": [f"{source.title} : {source.date_words}" for source in sources],
        "questions": [{"lot_id": lot_id, "question": answer.question} for answer, lot_id in lots if answer.question],
        "features": [feature(match, lot_id) for answer, lot_id in lots for match in answer.matches],
    }
    return json_file(collection, MatchMap)
