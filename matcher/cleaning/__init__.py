"""Cleaning: one raw string in, one clean value out, with a French flag where something was repaired or is doubtful."""

from matcher.cleaning.cleaned import Cleaned

__all__ = ["Cleaned"]
