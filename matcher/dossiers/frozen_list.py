"""Frozen lists: serialise the answer to a need (its ranked list of suppliers) as versioned JSON, to store it in a dossier, and load it back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from msgspec import structs

from matcher.domain.match import Contribution, Match, Stance
from matcher.domain.reading import DoubtKind, ReadingDoubt
from matcher.journal.change import FrozenError, build, plain
from matcher.need.answer import Answer
from matcher.ranking.signals import BY_KEY

# To increment when a field is renamed or changes its meaning, with code that reads the former one; not for a new field with a default.
SCHEMA = 1


def freeze(shortlist: Answer) -> dict[str, Any]:
    """Return a shortlist as a JSON object, with its sentence in today's words and the version of the format."""
    return {"schema": SCHEMA, "answer": shortlist.text, "shortlist": plain(shortlist)}


def thaw(frozen: Mapping[str, Any]) -> Answer:
    """Return the shortlist that `freeze` was given. Raises FrozenError where the format is unknown or a part is missing."""
    if not isinstance(frozen, Mapping) or frozen.get("schema") != SCHEMA:
        schema = frozen.get("schema") if isinstance(frozen, Mapping) else None
        raise FrozenError(
            f"Liste figée au format « {schema} », inconnu de cette version d’Entremise (format {SCHEMA}) ; mettez Entremise à jour."
        )
    shortlist = frozen.get("shortlist")
    match shortlist:
        case {"reading": {"doubts": list(doubts), **reading}, **others}:
            # Version 0.1 stored doubts as plain sentences.
            unsorted = [
                plain(ReadingDoubt(DoubtKind.UNSORTED, text)) if isinstance(text, str) else text for text in doubts
            ]
            shortlist = {**others, "reading": {**reading, "doubts": unsorted}}
    answer = build(Answer, shortlist, "liste")
    return replace(answer, matches=tuple(map(restate_match, answer.matches)))


def restate_match(match: Match) -> Match:
    """Return a match with the stance (for, against, silent) of each contribution computed where version 0.1 did not store it."""
    return structs.replace(match, contributions=tuple(map(_with_stance, match.contributions)))


def _with_stance(contribution: Contribution) -> Contribution:
    if contribution.spoken is not None:
        return contribution
    signal = BY_KEY.get(contribution.signal)
    stance = signal.stance(contribution.value) if signal else Stance.SILENT
    return structs.replace(contribution, stance=stance, spoken=f"{contribution.label.lower()} : {contribution.says}")
