"""Coverage: lots set against the structures of a network, who may answer which, alone or with whom, and what nobody covers."""
