"""Communes and territories."""
