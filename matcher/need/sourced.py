"""Addition to each reason of a candidate of the source that gave the fact, with the date of its data, as lists and pages show it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from matcher.domain.age import SourcesOf, SupplierSources
from matcher.domain.match import Match, WhyNot
from matcher.need.answer import Answer
from matcher.ranking.gates import ENDED

_NONE = SupplierSources()


def not_asked(_: Collection[str]) -> Mapping[str, SupplierSources]:
    """Return no sources: the lookup for callers that show none."""
    return {}


def sourced_answers(answers: Sequence[Answer], sources_of: SourcesOf) -> list[Answer]:
    """Return several answers with the sources of their candidates, fetched in one query."""
    supplier_sources = sources_of({match.id for answer in answers for match in answer.matches})
    return [replace(answer, matches=with_sources(answer.matches, lambda _: supplier_sources)) for answer in answers]


def with_sources(matches: Sequence[Match], sources_of: SourcesOf) -> tuple[Match, ...]:
    """Return the matches with the current source of each contribution, fetched in one query; an unknown value has no source."""
    supplier_sources = sources_of({match.id for match in matches})
    dated_matches = []
    for match in matches:
        own, parts = supplier_sources.get(match.id, _NONE), []
        for part in match.contributions:
            source = own.of(part.field, part.quotes) if part.value is not None else ""
            parts.append(structs.replace(part, source=source) if source else part)
        refused = _sourced_reason(match.refused, own)
        dated_matches.append(structs.replace(match, contributions=tuple(parts), refused=refused))
    return tuple(dated_matches)


def sourced_reasons(reasons: Sequence[str], key: str, sources_of: SourcesOf) -> tuple[str, ...]:
    """Return the reasons that refuse a supplier (id `key`); that of an ended convention names its source and the date of its data."""
    own = sources_of({key}).get(key, _NONE)
    return tuple(_sourced_reason(reason, own) for reason in reasons)


def _sourced_reason(reason: str, own: SupplierSources) -> str:
    source = own.of("active") if reason == ENDED else ""
    return reason.replace("sa source", source) if source else reason


def sourced_why_not(answer: WhyNot, sources_of: SourcesOf) -> WhyNot:
    """Return the explanation for one supplier, with the sources of its contributions and of an ended convention."""
    refused = sourced_reasons(answer.refused, answer.id, sources_of)
    match = with_sources([answer.match], sources_of)[0] if answer.match else None
    return replace(answer, match=match, refused=refused)
