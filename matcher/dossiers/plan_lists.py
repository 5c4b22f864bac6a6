"""Lists that a plan of clauses opens in a dossier: for each contract, the structures to call for its hours, frozen as the plan found them."""

from collections.abc import Sequence
from datetime import date

from matcher.decisions.clause.plan_answer import Planned, listed
from matcher.domain.age import DatedSource, SourcesOf
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.need.title import cut_title


def plan_lists(
    plan: Planned, sources_of: SourcesOf, catalogue_date: date | None, sources: Sequence[DatedSource]
) -> list[AddLot]:
    """Return the changes that add a list for each contract, in their order, with the structures that the plan names: an empty list where
    nobody could be called, as hours are followed there too."""
    lists = []
    for at, split in enumerate(plan.plan.splits):
        frozen = listed(plan, at, sources_of)
        named = dict.fromkeys(host.candidate.id for way in split.carrying for host in way.named)
        lists.append(
            AddLot(cut_title(split.contract.label), freeze(frozen), tuple(named), catalogue_date, tuple(sources))
        )
    return lists
