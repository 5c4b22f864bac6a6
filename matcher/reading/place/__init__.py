"""The place of a need."""
