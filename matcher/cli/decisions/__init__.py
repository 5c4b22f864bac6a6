"""The commands of decisions."""
