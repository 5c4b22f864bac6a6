"""Holds the path of the model that this process reads trades with: the one learned in the open catalogue, or None for the shipped one."""

from pathlib import Path

_chosen: Path | None = None


def choose_model(path: Path | None) -> None:
    """Choose the file of the model for this process; where it is missing, or None, the shipped model is used."""
    global _chosen
    _chosen = path


def chosen_model() -> Path | None:
    """Return the file of the model chosen. It may not exist."""
    return _chosen
