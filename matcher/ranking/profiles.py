"""Weights of the signals in the score, by profile: integers that sum to 100, by the key of the signal. The only place where they are set."""

from collections.abc import Mapping
from types import MappingProxyType

# One line a signal, one column a profile: the default, and incumbents first (`--titulaires`), where past contracts weigh more. A signal of
# weight 0 is shown but does not change the order. docs/scoring.md explains how they were compared.
_WEIGHTS = {
    "activity": (30, 23),
    "proximity": (37, 27),
    "kind": (25, 18),
    "references": (4, 13),
    "incumbent": (0, 15),
    "wording": (2, 2),
    "capacity": (1, 1),
    "freshness": (1, 1),
}


def _profile(column: int) -> Mapping[str, int]:
    return MappingProxyType({signal: weights[column] for signal, weights in _WEIGHTS.items()})


DEFAULT, INCUMBENTS_FIRST = _profile(0), _profile(1)
_WHOLE, _DISTANCE = 100, "proximity"


def weights_of(*, incumbents_first: bool = False, without_distance: bool = False) -> Mapping[str, int]:
    """Return the weights of a profile. `without_distance` (for a published list): the weight of distance is shared among the other signals in
    proportion, by the largest remainder method, so that they still sum to 100."""
    weights = INCUMBENTS_FIRST if incumbents_first else DEFAULT
    if not without_distance:
        return weights
    rest = _WHOLE - weights[_DISTANCE]
    exact = {signal: _WHOLE * weight / rest for signal, weight in weights.items() if signal != _DISTANCE}
    weights_rounded = {signal: int(exact.get(signal, 0)) for signal in weights}
    nearest = sorted(exact, key=lambda signal: (weights_rounded[signal] - exact[signal], signal))
    for signal in nearest[: _WHOLE - sum(weights_rounded.values())]:
        weights_rounded[signal] += 1
    return MappingProxyType(weights_rounded)


PROFILES = tuple(
    weights_of(incumbents_first=first, without_distance=without) for first in (False, True) for without in (False, True)
)
