"""Ranking of suppliers for a lot: a shelf of arrays, gates that refuse with a reason, signals that add up to a score. Pure."""
