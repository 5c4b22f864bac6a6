"""Groups of a study's needs, kept beside its answers as long as its needs and what persons corrected are the same."""

from collections.abc import Mapping, Sequence

import msgspec

from matcher.decisions.purchases.families.compute import NeedGroup, NeedLine, WrittenNeed, grouped_needs, needs_of
from matcher.jobs.resume import LineAnswers, name_of

# What they are made like: another number, and those kept from before are made again.
_FORM = 1
KEPT_GROUPS = "familles"


def kept_groups(
    lines: Sequence[NeedLine], settled: Mapping[WrittenNeed, str], kept: LineAnswers
) -> tuple[NeedGroup, ...]:
    """Return the groups of the needs of lines, from what is kept where nothing has changed. Raises FamiliesRefused."""
    needs = needs_of(lines)
    of = name_of(_FORM, sorted(needs), sorted(map(str, settled.items())))
    held = kept.held.get(KEPT_GROUPS)
    if held is not None and held["of"] == of:
        return msgspec.convert(held["groups"], tuple[NeedGroup, ...])
    groups = grouped_needs(needs, settled)
    kept.keep(KEPT_GROUPS, {"of": of, "groups": msgspec.to_builtins(groups)})
    return groups
