"""The trade of a need."""
