"""Steward's work on the catalogue (the steward is the person who keeps its data right): corrections, review, quality, privacy, export, backup."""
