"""Pages of the hours of insertion: those of a dossier, and the contracts with a clause of all of one's organisations."""
