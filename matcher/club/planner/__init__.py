"""Planner of meeting days: optimisation over numpy arrays, from guests and values of pairs to meetings; independent of the rest of the project."""
