"""Plaquette: printable directory of a territory's inclusive suppliers by trade, also as files, limited to the data that each source allows to share."""
