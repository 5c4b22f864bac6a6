"""Floor 7: what is kept of a need: the list that was found for it, and later the dossier that follows it."""
