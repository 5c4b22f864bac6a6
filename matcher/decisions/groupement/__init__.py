"""Groupements: sets of suppliers that could answer together."""
