"""Evaluation suites: measure reading and ranking on labelled lots. Called by the command line alone."""
