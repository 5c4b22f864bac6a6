"""`serve`, `db`, `demo`, `evaluate`."""
