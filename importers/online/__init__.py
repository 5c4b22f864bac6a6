"""HTTP clients of open data services and suppliers' websites, with rate limits and a cache; the only importers that use the network."""
