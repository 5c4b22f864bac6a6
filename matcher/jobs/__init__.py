"""Background jobs: work that outlives a request. Knows no noun."""
