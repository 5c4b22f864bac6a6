"""Lists that a plan of clauses opens in a dossier: for each contract, the structures to call for its hours, frozen as the plan found them."""

from collections.abc import Sequence
from datetime import date

from matcher.decisions.clause.plan_answer import Planned, listed
from matcher.domain.age import DatedSource, SourcesOf
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.need.title import cut

# Structures followed of each modality that has hours in a contract: whom one calls first. The others stay in the frozen list.
KEPT = 3


def plan_lists(
    its: Planned, sources_of: SourcesOf, catalogue_date: date | None, sources: Sequence[DatedSource]
) -> list[AddLot]:
    """Return what adds a list a contract, in their order; none for a contract that nobody could be called for."""
    lists = []
    for at, contract in enumerate(its.plan.contracts):
        frozen = listed(its, at, sources_of)
        if frozen.matches:
            lists.append(AddLot(cut(contract.label), freeze(frozen), _kept(its, at), catalogue_date, tuple(sources)))
    return lists


def _kept(its: Planned, at: int) -> tuple[str, ...]:
    """The ids of the first structures of each modality that has hours in a contract, each once."""
    called = (
        [host.candidate.id for host in way.hosts if at in host.contracts][:KEPT]
        for way in its.plan.carried
        if way.by_contract[at]
    )
    return tuple(dict.fromkeys(one for ids in called for one in ids))
