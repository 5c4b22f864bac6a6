"""Reference data: lookups over the tables of data/reference. Pure."""
