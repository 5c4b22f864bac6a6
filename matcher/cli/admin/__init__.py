"""Commands that run the installation: `serve`, `worker`, `db`, `demo`, `evaluate`."""
