"""The list of signals (criteria of the score), in the order in which reasons are shown. To add one: its own file here, and a line below."""

from collections.abc import Mapping
from types import MappingProxyType

from matcher.ranking.ask import Signal
from matcher.ranking.signals import activity, capacity, freshness, incumbent, kind, proximity, references, wording

SIGNALS: tuple[Signal, ...] = (
    activity.SIGNAL,
    proximity.SIGNAL,
    kind.SIGNAL,
    references.SIGNAL,
    incumbent.SIGNAL,
    capacity.SIGNAL,
    wording.SIGNAL,
    freshness.SIGNAL,
)

BY_KEY: Mapping[str, Signal] = MappingProxyType({signal.key: signal for signal in SIGNALS})
