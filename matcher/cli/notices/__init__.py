"""The commands of published notices."""
