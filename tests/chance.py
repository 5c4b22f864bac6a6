"""How often a test tries its luck, by the profile of Hypothesis: a little before each change, a lot every week."""

from hypothesis import settings

USUAL = 25


def tries(usual: int) -> int:
    """Return how often to try in this run what is tried `usual` times in a whole run before a change."""
    return max(1, usual * settings.default.max_examples // USUAL)
