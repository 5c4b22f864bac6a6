"""Names of a reconciled sheet, to be settled one by one: the lines that write a supplier alike together, and what they weigh. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import fsum

from matcher.catalogue.identity.recogniser import Certainty, Recogniser, Recognition, WrittenSupplier
from matcher.decisions.purchases.reconciliation import ReconciledLine, written_of
from matcher.decisions.purchases.spending import Tax, amount_of


class NameState(StrEnum):
    """State of a name; the value names it in an address."""

    TO_SETTLE = "a-trancher"
    SURE = "surs"
    SETTLED = "tranches"
    UNKNOWN = "inconnus"


_BY_CERTAINTY = {
    Certainty.SURE: NameState.SURE,
    Certainty.TO_CONFIRM: NameState.TO_SETTLE,
    Certainty.UNKNOWN: NameState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class WrittenName:
    """A supplier as a sheet writes it, the `rank`-th from 1, on so many `lines`; `amounts` are its known euros, `unknown` how many lines
    have none. One whose `written` has no key tells nobody, and cannot be settled."""

    rank: int
    written: WrittenSupplier
    recognition: Recognition
    state: NameState
    lines: int
    amounts: Mapping[Tax, float]
    unknown: int


def replayed(lines: Iterable[ReconciledLine], recogniser: Recogniser) -> Iterator[ReconciledLine]:
    """Yield lines with what persons have settled since they were reconciled."""
    for line in lines:
        settled = None if line.entry.total else recogniser.answered(written_of(line.entry))
        yield line if settled is None else replace(line, recognition=settled)


def names_in(lines: Iterable[ReconciledLine], recogniser: Recogniser) -> tuple[WrittenName, ...]:
    """Return the names of reconciled lines in the order of the sheet, each with what persons have settled of it."""
    grouped: dict[str, list[ReconciledLine]] = {}
    for at, line in enumerate(replayed(lines, recogniser)):
        if not line.entry.total:
            grouped.setdefault(written_of(line.entry).key or f"?{at}", []).append(line)
    return tuple(_name(rank, its, recogniser) for rank, its in enumerate(grouped.values(), start=1))


def next_to_settle(names: Sequence[WrittenName], after: int = 0) -> int:
    """Return the rank of the next name to settle after one, round the sheet; 0 where none is left."""
    waiting = [its.rank for its in names if its.state is NameState.TO_SETTLE]
    return next((rank for rank in waiting if rank > after), waiting[0] if waiting else 0)


def amounts_by_state(names: Iterable[WrittenName]) -> dict[NameState, dict[Tax, float]]:
    """Return the known euros of the names, by state; a name settled as nobody's is of no inclusive supplier, and counts as unknown."""
    summed = {state: dict.fromkeys(Tax, 0.0) for state in NameState}
    for its in names:
        nobody = its.state is NameState.SETTLED and its.recognition.sure is None
        for tax, amount in its.amounts.items():
            summed[NameState.UNKNOWN if nobody else its.state][tax] += amount
    return summed


def _name(rank: int, lines: Sequence[ReconciledLine], recogniser: Recogniser) -> WrittenName:
    first = lines[0]
    written = written_of(first.entry)
    told = [amount_of(line.entry.fields.get("montant"), []) for line in lines]
    known = [(amount, tax) for amount, tax in told if amount is not None]
    settled = recogniser.answered(written) is not None
    return WrittenName(
        rank=rank,
        written=written,
        recognition=first.recognition,
        state=NameState.SETTLED if settled else _BY_CERTAINTY[first.recognition.certainty],
        lines=len(lines),
        amounts={
            tax: fsum(amount for amount, own in known if own is tax) for tax in Tax if tax in {t for _, t in known}
        },
        unknown=len(told) - len(known),
    )
