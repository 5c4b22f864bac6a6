"""Monitoring of a server by who runs it: its logs, its metrics. Neither holds a value that a person gave."""
