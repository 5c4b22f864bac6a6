"""Reads the trade (activity of the taxonomy) that a buyer's need asks for: by a model learned from a corpus, by CPV codes, with what to ask in doubt."""
