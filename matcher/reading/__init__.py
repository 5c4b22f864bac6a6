"""Understands a lot (a buyer's need): from its text, CPV code, places and buyer to a structured `Reading`. Pure: no database."""
