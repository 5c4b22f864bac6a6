"""Processes and servers killed on purpose, and a count of what that lost or did twice: one module a scenario."""
