"""Candidates with the source of each thing known of them, and the date of its data: what a list says beside a reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from matcher.domain.age import FieldSource, FieldSources
from matcher.domain.match import Contribution, Match, WhyNot
from matcher.need.answer import Answer


def not_asked(_: Collection[str]) -> Mapping[str, Sequence[FieldSource]]:
    """Return no source: for who shows none."""
    return {}


def sourced_answers(answers: Sequence[Answer], sources_of: FieldSources) -> list[Answer]:
    """Return several answers with the sources of their candidates, read once for all."""
    told = sources_of({match.id for answer in answers for match in answer.matches})
    return [replace(answer, matches=sourced(answer.matches, lambda _: told)) for answer in answers]


def sourced(matches: Sequence[Match], sources_of: FieldSources) -> tuple[Match, ...]:
    """Return the matches with the sources of their contributions, as the catalogue has them now, read once for all."""
    told = sources_of({match.id for match in matches})
    return tuple(
        replace(match, contributions=tuple(_sourced(its, told.get(match.id, ())) for its in match.contributions))
        for match in matches
    )


def sourced_why_not(answer: WhyNot, sources_of: FieldSources) -> WhyNot:
    """Return where one supplier stands, with the sources of its contributions."""
    return replace(answer, match=sourced([answer.match], sources_of)[0]) if answer.match else answer


def _sourced(its: Contribution, told: Sequence[FieldSource]) -> Contribution:
    """Words that are quoted have the source of their activity, anything else that of its field."""
    if its.value is None:
        return its
    quoted = (one for one in told if one.wording and one.wording == its.quotes)
    whole = (one for one in told if not one.wording and one.field == its.field)
    found = next(quoted, None) or next(whole, None)
    return replace(its, source=found.says) if found else its
