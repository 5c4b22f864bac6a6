"""Floor 1: what the project talks about. Pure types, no lookups, no input or output."""
