"""From a meeting day to the planner and back, in words."""
