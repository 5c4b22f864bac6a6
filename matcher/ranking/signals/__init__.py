"""The signals, in the order in which reasons are said. One file each; adding one is that file and a line here."""

from matcher.ranking.signal import Signal
from matcher.ranking.signals import activity, capacity, freshness, kind, proximity, references, wording

SIGNALS: tuple[Signal, ...] = (
    activity.SIGNAL,
    proximity.SIGNAL,
    kind.SIGNAL,
    references.SIGNAL,
    capacity.SIGNAL,
    wording.SIGNAL,
    freshness.SIGNAL,
)
