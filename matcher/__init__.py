"""Entremise: from the directories of inclusive suppliers to a ranked, explained list."""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.api import OpenCatalogue, QuestionRefused, open_catalogue

# All that a script may import and keep: docs/python.md. Anything below may move with any version.
__all__ = ["OpenCatalogue", "QuestionRefused", "open_catalogue"]

# The matrices here are small: of two threads that wait for one another, the product takes longer than of one, and four times as long
# on a machine that does something else. Set before numpy reads it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> object:
    """The names of `__all__`, fetched when they are asked for: every command imports this package and needs none of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("matcher.api"), name)
