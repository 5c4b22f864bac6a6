"""The command line `entremise`: each command reads its options, calls the packages of `matcher`, and prints or writes the answer. No computation here."""

from matcher.cli.app import main

__all__ = ["main"]
