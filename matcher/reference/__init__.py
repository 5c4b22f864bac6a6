"""Floor 2: lookups over the tables of data/reference. Pure."""
