"""Candidates with the source of each thing known of them, and the date of its data: what a list says beside a reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from matcher.domain.age import SourcesOf, SupplierSources
from matcher.domain.match import Contribution, Match, WhyNot
from matcher.need.answer import Answer

_NONE = SupplierSources()


def not_asked(_: Collection[str]) -> Mapping[str, SupplierSources]:
    """Return no source: for who shows none."""
    return {}


def sourced_answers(answers: Sequence[Answer], sources_of: SourcesOf) -> list[Answer]:
    """Return several answers with the sources of their candidates, read once for all."""
    supplier_sources = sources_of({match.id for answer in answers for match in answer.matches})
    return [replace(answer, matches=sourced(answer.matches, lambda _: supplier_sources)) for answer in answers]


def sourced(matches: Sequence[Match], sources_of: SourcesOf) -> tuple[Match, ...]:
    """Return the matches with the sources of their contributions, as the catalogue has them now, read once for all."""
    supplier_sources = sources_of({match.id for match in matches})
    return tuple(
        structs.replace(match, contributions=_sourced(match.contributions, supplier_sources.get(match.id, _NONE)))
        for match in matches
    )


def sourced_why_not(answer: WhyNot, sources_of: SourcesOf) -> WhyNot:
    """Return where one supplier stands, with the sources of its contributions."""
    return replace(answer, match=sourced([answer.match], sources_of)[0]) if answer.match else answer


def _sourced(contributions: Sequence[Contribution], supplier_sources: SupplierSources) -> tuple[Contribution, ...]:
    """Return the contributions with their sources; one whose value is not known has none."""
    return tuple(
        [
            structs.replace(its, source=says)
            if its.value is not None and (says := supplier_sources.of(its.field, its.quotes))
            else its
            for its in contributions
        ]
    )
