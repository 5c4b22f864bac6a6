"""The planner: arrays in, meetings out, without anything of the project."""
