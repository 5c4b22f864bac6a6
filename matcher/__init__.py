"""Entremise: from the directories of inclusive suppliers to a ranked, explained list."""
