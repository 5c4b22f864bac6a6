"""Readings and matches as plain JSON objects: the shapes of the command contract, kept by scripts and by the API."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from matcher.domain.age import DatedSource
from matcher.domain.match import Contribution, Match, Refusal, WhyNot
from matcher.domain.place import Place
from matcher.domain.reading import Reading
from matcher.need.answer import Answer
from matcher.need.why_not import standing
from matcher.ranking.reasons import explanation, question_of
from matcher.reading.reader import LotRead, why_trade


def match_line(match: Match, lot_id: str) -> dict[str, Any]:
    """One candidate of one lot. `siret`, `distance_km` and a contribution's `value` are null where unknown; `explanation` is French."""
    return {
        "lot_id": lot_id,
        "rank": match.rank,
        "band": match.band,
        "place": match.place,
        **({"folded": match.folded} if match.folded else {}),
        "id": match.id,
        "siret": match.siret or None,
        "name": match.name,
        "kinds": list(match.kinds),
        "city": match.city or None,
        "score": match.score,
        "coverage": match.coverage,
        "distance_km": match.distance_km,
        "credible": match.credible,
        "known_for": list(match.known_for),
        "explanation": " ".join(explanation(match)),
        "contributions": [_contribution(one, question_of(match, one)) for one in match.contributions],
    }


def reading_line(reading: Reading, lots: Sequence[LotRead] = ()) -> dict[str, Any]:
    """What was understood of one lot, and of each lot of its text where it has several. `reserved_by` and the `words` of what was read
    quote the text; null where it does not say it."""
    return {
        "lot_id": reading.lot.lot_id,
        "objet": reading.lot.objet,
        "activities": [
            {"code": guess.code, "label": guess.label, "confidence": round(guess.confidence, 4)}
            for guess in reading.activities
        ],
        "asked": list(reading.asked),
        "sure": reading.understood,
        "options": list(reading.options),
        "places": [_place(place) for place in reading.places],
        "kinds_asked": list(reading.kinds_asked),
        "buyer": reading.buyer or None,
        "levier_hint": reading.levier_hint or None,
        "reserved_by": reading.reserved_by or None,
        "amount_read": _amount(reading),
        "duration_read": None if reading.duration is None else asdict(reading.duration),
        "mode": reading.mode or None,
        "doubts": [doubt.says for doubt in reading.doubts],
        **({"lots": [_lot(one) for one in lots]} if lots else {}),
    }


def _lot(one: LotRead) -> dict[str, Any]:
    """One lot of a notice: its number and title as written, then what was understood of it alone."""
    its = reading_line(one.reading)
    return {
        "number": one.number,
        "title": one.title,
        "quantity": one.quantity or None,
        "cpv": list(one.reading.lot.cpv),
        **{name: value for name, value in its.items() if name not in ("lot_id", "objet")},
    }


def sorted_reading_line(reading: Reading, lots: Sequence[LotRead] = (), *, why: bool = False) -> dict[str, Any]:
    """What was understood of one lot and of each lot of its text, with all groups and sectors of the marché, likeliest first, and `why`
    where it is asked."""
    return {
        **reading_line(reading, lots),
        "groups": list(reading.groups),
        "sectors": list(reading.sectors),
        **({"because": _because(reading)} if why else {}),
    }


def _because(reading: Reading) -> dict[str, Any] | None:
    """Why the first activity is read; null where no word tells it."""
    reasons = why_trade(reading)
    return (
        None
        if reasons is None
        else {
            "code": reasons.code,
            "words": list(reasons.words),
            "other": reasons.other or None,
            "other_words": list(reasons.other_words),
            "nearest": reasons.nearest or None,
        }
    )


def match_lines(lot_id: str, question: str, matches: Iterable[Match]) -> Iterator[dict[str, Any]]:
    """The candidates of one lot, one a line; of a lot that is not clear, the one question to ask."""
    if question:
        yield {"lot_id": lot_id, "question": question}
    yield from (match_line(match, lot_id) for match in matches)


def shortlist_object(shortlist: Answer, places: int, sources: Sequence[DatedSource] = ()) -> dict[str, Any]:
    """A whole answer: the lot as read, the catalogue it was asked of and its `sources`, the candidates, those of a screen of so many `places`,
    and the refused."""
    return {
        "lot": reading_line(shortlist.reading),
        "catalogue": {"version": shortlist.catalogue_version, "suppliers": shortlist.catalogue_suppliers},
        "sources": sources_object(sources),
        "date": shortlist.on.isoformat(),
        "matches": [match_line(match, shortlist.reading.lot.lot_id) for match in shortlist.matches],
        "screen": list(shortlist.screen(places)),
        "answer": shortlist.text,
        "question": shortlist.question or None,
        "counts": None if shortlist.counts is None else asdict(shortlist.counts),
        "known_by_activity": shortlist.known_by_activity,
        "refused": _refused(shortlist.refusals),
    }


def sources_object(sources: Sequence[DatedSource]) -> list[dict[str, Any]]:
    """The sources of a catalogue: the day that the data of each are of, null where nothing tells it, and that of its import."""
    return [
        {
            "source": its.key,
            "data_date": its.data_date.isoformat() if its.data_date else None,
            "imported": its.imported.isoformat(),
        }
        for its in sources
    ]


def why_not_object(reading: Reading, answer: WhyNot) -> dict[str, Any]:
    """Where one supplier stands for one lot and why; `choices` what each other lever or no kind would give, the best first."""
    return {
        "lot": reading_line(reading),
        "id": answer.id,
        "name": answer.name,
        "rank": answer.rank,
        "refused": list(answer.refused),
        "says": " ".join(standing(answer)),
        "choices": [
            {
                "levier": choice.levier or None,
                "kinds": list(choice.kinds),
                "label": choice.label,
                "rank": choice.rank,
                "refused": list(choice.refused),
            }
            for choice in answer.choices
        ],
        "match": None if answer.match is None else match_line(answer.match, reading.lot.lot_id),
    }


def _contribution(contribution: Contribution, question: str) -> dict[str, Any]:
    return {
        "signal": contribution.signal,
        "label": contribution.label,
        "value": contribution.value,
        "weight": contribution.weight,
        "points": contribution.points,
        "says": contribution.says,
        "stance": contribution.stance,
        "question": question or None,
        "source": contribution.source or None,
    }


def _amount(reading: Reading) -> dict[str, Any] | None:
    """The amount read, for the whole contract, with its ends as written: `euros` is null where it is a year's and nothing says how many."""
    amount = reading.amount
    return (
        None
        if amount is None
        else {
            "euros": amount.over(reading.months),
            "low": amount.low,
            "high": amount.high,
            "per": "year" if amount.yearly else "total",
            "basis": str(amount.basis),
            "tax": "HT" if amount.before_tax else None,
            "words": amount.words,
        }
    )


def _place(place: Place) -> dict[str, Any]:
    return {
        "type": str(place.type),
        "code": place.code,
        "name": place.name,
        "lat": place.lat,
        "lon": place.lon,
        "origin": str(place.origin),
    }


def _refused(refusals: Sequence[Refusal]) -> list[dict[str, Any]]:
    return [{"gate": r.gate, "reason": r.reason, "count": r.count} for r in refusals]
