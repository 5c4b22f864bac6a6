"""Readings and matches as plain JSON objects: the shapes of the command contract, kept by scripts and by the API."""

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
    """One candidate of one lot. `siret`, `distance_km` and a contribution's `value` are null where unknown; `explanation` is French."""
    line = shaped(MatchShape, match, lot_id=lot_id, explanation=" ".join(explanation(match)))
    for contribution, part in zip(line["contributions"], match.contributions, strict=True):
        if part.signal == TRADE:  # whose question depends on the candidate
            contribution["question"] = question_left(match, part) or None
    return line


def reading_line(reading: Reading, lots: Sequence[LotRead] = ()) -> dict[str, Any]:
    """Return what was understood of one lot, and of each lot of its text where it has several. `reserved_by` and the `words` of what was read
    quote the text; null where it is silent.
    """
    line = shaped("lot_id objet", reading.lot) | _understood(reading)
    if lots:
        # the number and title of each as written, then what was understood of it alone
        numbered = [shaped("number title quantity? cpv", lot, cpv=lot.reading.lot.cpv) for lot in lots]
        line["lots"] = [head | _understood(lot.reading) for head, lot in zip(numbered, lots, strict=True)]
    return line


def _understood(reading: Reading) -> dict[str, Any]:
    """Return what was understood of a text. The amount is for the whole contract: `euros` is null where it is a year's, of an unknown number of years."""
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
        ),
        duration_read=reading.duration,
        doubts=[doubt.says for doubt in reading.doubts],
    )


def sorted_reading_line(reading: Reading, lots: Sequence[LotRead] = (), *, why: bool = False) -> dict[str, Any]:
    """Return what was understood of one lot and of each lot of its text, with all groups and sectors of the marché, likeliest first, and where it is
    asked `because`, why the first activity is read; null where it was read from no word.
    """
    line = reading_line(reading, lots) | shaped("groups sectors", reading)
    if why:
        reasons = why_trade(reading)
        line["because"] = reasons and shaped(BecauseShape, reasons)
    return line


def match_lines(lot_id: str, question: str, matches: Iterable[Match]) -> Iterator[dict[str, Any]]:
    """The candidates of one lot, one a line; of a lot that is not clear, the one question to ask."""
    if question:
        yield {"lot_id": lot_id, "question": question}
    yield from (match_line(match, lot_id) for match in matches)


def shortlist_object(shortlist: Answer, places: int, sources: Sequence[DatedSource] = ()) -> dict[str, Any]:
    """A whole answer: the lot as read, the catalogue it was asked of and its `sources`, the candidates, those of a screen of so many `places`,
    and the refused."""
    return shaped(
        AnswerShape,
        shortlist,
        lot=reading_line(shortlist.reading),
        catalogue={"version": shortlist.catalogue_version, "suppliers": shortlist.catalogue_suppliers},
        sources=sources_object(sources),
        date=shortlist.on,
        matches=[match_line(match, shortlist.reading.lot.lot_id) for match in shortlist.matches],
        screen=shortlist.screen(places),
        answer=shortlist.text,
        refused=shortlist.refusals,
    )


def sources_object(sources: Sequence[DatedSource]) -> list[dict[str, Any]]:
    """The sources of a catalogue: the day that the data of each are of, null where unknown, and that of its import."""
    return [shaped(SourceShape, source, source=source.key) for source in sources]


def why_not_object(reading: Reading, answer: WhyNot) -> dict[str, Any]:
    """Return where one supplier stands for one lot and why; `choices` what each other lever or no kind would give, the best first."""
    return shaped(
        WhyNotShape,
        answer,
        lot=reading_line(reading),
        says=" ".join(standing_sentences(answer)),
        match=answer.match and match_line(answer.match, reading.lot.lot_id),
    )
