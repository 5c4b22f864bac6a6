"""Background jobs: work that outlives a request, whatever it is about."""
