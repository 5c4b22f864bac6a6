"""Hours of insertion of a dossier that has a social clause: promised, planned, placed and done; counts, never persons."""
