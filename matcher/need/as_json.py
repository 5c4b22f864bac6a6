"""Conversion of readings (a lot as understood) and matches (ranked suppliers) to the JSON objects of `json_shapes`, for commands and the API."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from matcher.domain.age import DatedSource
from matcher.domain.match import Match, WhyNot
from matcher.domain.reading import Reading
from matcher.need.answer import Answer
from matcher.need.json_shapes import (
    ActivityShape,
    AmountShape,
    AnswerShape,
    BecauseShape,
    MatchShape,
    SourceShape,
    UnderstoodShape,
    WhyNotShape,
)
from matcher.need.why_not import standing_sentences
from matcher.ranking.reasons import TRADE, explanation, question_left
from matcher.reading.reader import LotRead, why_trade
from matcher.render.shaped import shaped


def match_line(match: Match, lot_id: str) -> dict[str, Any]:
    """Return one candidate of one lot. `siret`, `distance_km` and a contribution's `value` are null where unknown; `explanation` is French."""
    line = shaped(MatchShape, match, lot_id=lot_id, explanation=" ".join(explanation(match)))
    for contribution, part in zip(line["contributions"], match.contributions, strict=True):
        if part.signal == TRADE:  # the question of this signal (what to ask the supplier) depends on the candidate
            contribution["question"] = question_left(match, part) or None
    return line


def reading_line(reading: Reading, lots: Sequence[LotRead] = ()) -> dict[str, Any]:
    """Return the reading of one lot, and in `lots` that of each lot of its text where it has several."""
    line = shaped("lot_id objet", reading.lot) | _understood_object(reading)
    if lots:
        # each lot: its number and title as written, then its own reading
        numbered = [shaped("number title quantity? cpv", lot, cpv=lot.reading.lot.cpv) for lot in lots]
        line["lots"] = [head | _understood_object(lot.reading) for head, lot in zip(numbered, lots, strict=True)]
    return line


def _understood_object(reading: Reading) -> dict[str, Any]:
    """Return a reading as `UnderstoodShape`, whose keys `reserved_by` and `words` quote the text.

    `euros` is for the whole contract: null where the text gives a yearly amount and no duration."""
    amount = reading.amount
    return shaped(
        UnderstoodShape,
        reading,
        activities=[
            shaped(ActivityShape, guess, confidence=round(guess.confidence, 4)) for guess in reading.activities
        ],
        sure=reading.understood,
        amount_read=amount
        and shaped(
            AmountShape,
            amount,
            euros=amount.over(reading.months),
            per="year" if amount.yearly else "total",
            tax="HT" if amount.before_tax else None,
            counted=reading.amount_counted,
        ),
        duration_read=reading.duration,
        doubts=[doubt.says for doubt in reading.doubts],
    )


def sorted_reading_line(reading: Reading, lots: Sequence[LotRead] = (), *, why: bool = False) -> dict[str, Any]:
    """Return `reading_line` with the groups and sectors of activities, likeliest first, and with `why` the key `because`: the words for which
    the first activity is read, null where there are none."""
    line = reading_line(reading, lots) | shaped("groups sectors", reading)
    if why:
        reasons = why_trade(reading)
        line["because"] = reasons and shaped(BecauseShape, reasons)
    return line


def match_lines(lot_id: str, question: str, matches: Iterable[Match]) -> Iterator[dict[str, Any]]:
    """Yield the candidates of one lot, one a line, after the question to ask where the lot is not clear."""
    if question:
        yield {"lot_id": lot_id, "question": question}
    yield from (match_line(match, lot_id) for match in matches)


def shortlist_object(shortlist: Answer, rows_shown: int, sources: Sequence[DatedSource] = ()) -> dict[str, Any]:
    """Return a whole answer: lot, catalogue, dated `sources`, candidates, ids of the first screen (of `rows_shown` rows),
    counts of suppliers refused, by reason."""
    return shaped(
        AnswerShape,
        shortlist,
        lot=reading_line(shortlist.reading),
        catalogue={"version": shortlist.catalogue_version, "suppliers": shortlist.catalogue_suppliers},
        sources=sources_object(sources),
        date=shortlist.on,
        matches=[match_line(match, shortlist.reading.lot.lot_id) for match in shortlist.matches],
        screen=shortlist.screen(rows_shown),
        answer=shortlist.text,
        refused=shortlist.refusals,
    )


def sources_object(sources: Sequence[DatedSource]) -> list[dict[str, Any]]:
    """Return the sources of a catalogue with the date of their data, null where unknown, and the day of their import."""
    return [shaped(SourceShape, source, source=source.key) for source in sources]


def why_not_object(reading: Reading, answer: WhyNot) -> dict[str, Any]:
    """Return the rank of one supplier for one lot, or why it is refused.

    `choices`, best first: its rank had the buyer chosen another lever (reservation article, clause or none) or asked for no kind of structure."""
    return shaped(
        WhyNotShape,
        answer,
        lot=reading_line(reading),
        says=" ".join(standing_sentences(answer)),
        match=answer.match and match_line(answer.match, reading.lot.lot_id),
    )
