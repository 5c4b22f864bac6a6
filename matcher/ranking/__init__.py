"""Floor 4: the matcher proper. A shelf of arrays, gates that refuse with a reason, signals that add up to a score. Pure."""
