"""Entremise: finds inclusive suppliers (SIAE, ESAT, EA) for a need, as a ranked and explained list, from public directories."""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.api import OpenCatalogue, QuestionRefused, open_catalogue

# Public Python API, documented in docs/python.md; anything else may change in any version.
__all__ = ["OpenCatalogue", "QuestionRefused", "open_catalogue"]

# Matrices here are small: with several threads, products are slower, four times so on a busy machine. Set before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> object:
    """Import the names of `__all__` lazily, since every command imports this package without needing them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("matcher.api"), name)
