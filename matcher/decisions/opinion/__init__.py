"""Reserve a lot or not, and how."""
