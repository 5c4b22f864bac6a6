"""French communes and territories: names, codes, populations, coordinates."""
