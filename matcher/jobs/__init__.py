"""Work that outlives a request. Knows no noun."""
