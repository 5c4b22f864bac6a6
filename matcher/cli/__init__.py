"""Floor 10: the command line. Thin: it reads options, calls the floors below and renders."""

from matcher.cli.app import main

__all__ = ["main"]
