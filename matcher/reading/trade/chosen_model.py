"""Choice of the model that this process reads trades with: the one shipped, or the one learned in the catalogue that it has open."""

from pathlib import Path

_chosen: Path | None = None


def choose_model(path: Path | None) -> None:
    """Read, from now on in this process, with the model of a file as long as it is there, else with the shipped one; None for that one alone."""
    global _chosen
    _chosen = path


def chosen_model() -> Path | None:
    """Return the file of the model chosen. It may not exist."""
    return _chosen
