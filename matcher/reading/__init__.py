"""Reading of a lot: its text, CPV, places and buyer made into a `Reading`. Pure."""
