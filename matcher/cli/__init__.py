"""Command line: reads options, calls the rooms below and prints the answer. No computation here."""

from matcher.cli.app import main

__all__ = ["main"]
