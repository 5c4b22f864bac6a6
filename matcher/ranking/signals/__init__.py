"""The signals, in the order in which reasons are shown. One file each; adding one is that file and a line here."""

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
