"""The planner: arrays in, meetings out. It knows nothing of the project."""
