"""The signals, in the order in which reasons are said. One file each; adding one is that file and a line here."""

from matcher.ranking.signal import Signal
from matcher.ranking.signals import activity, capacity, freshness, kind, proximity, wording

SIGNALS: tuple[Signal, ...] = (
    activity.SIGNAL,
    proximity.SIGNAL,
    kind.SIGNAL,
    capacity.SIGNAL,
    wording.SIGNAL,
    freshness.SIGNAL,
)
