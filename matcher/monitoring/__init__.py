"""Logs and Prometheus metrics of a server; neither contains a value that a person typed."""
