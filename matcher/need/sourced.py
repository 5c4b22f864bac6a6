"""Candidates with the source of each thing known of them, and the date of its data: what a list says beside a reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter

from matcher.domain.age import FieldSource, FieldSources
from matcher.domain.match import Contribution, Match, WhyNot
from matcher.need.answer import Answer

# All of a contribution but its source, in order: `replace` takes seven times as long, and a list has hundreds of them.
_OTHERS = attrgetter(*(field.name for field in fields(Contribution) if field.name != "source"))


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
        replace(match, contributions=_sourced(match.contributions, told.get(match.id, ()))) for match in matches
    )


def sourced_why_not(answer: WhyNot, sources_of: FieldSources) -> WhyNot:
    """Return where one supplier stands, with the sources of its contributions."""
    return replace(answer, match=sourced([answer.match], sources_of)[0]) if answer.match else answer


def _sourced(given: Sequence[Contribution], told: Sequence[FieldSource]) -> tuple[Contribution, ...]:
    """Words that are quoted have the source of their activity, anything else that of its field; the first of several."""
    quoted = {one.wording: one.says for one in reversed(told) if one.wording}
    whole = {one.field: one.says for one in reversed(told) if not one.wording}
    sources = (None if its.value is None else quoted.get(its.quotes) or whole.get(its.field) for its in given)
    return tuple(
        Contribution(*_OTHERS(its), source=says) if says else its for its, says in zip(given, sources, strict=True)
    )
