"""Sourcing files: what a team keeps and follows of a need."""
