"""Trades: the taxonomy of activities, the lexicon that recognises them in texts, and links to nomenclatures (CPV, NAF, ROME)."""
